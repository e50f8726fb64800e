#include "completion.h"

#include "commands.h"

#include <string.h>

/* Names of options, as words; `with_value`: only those that take one, separated by '|'. */
static void put_options(ob_buf *out, const ob_arg_option *options, size_t most, bool with_value)
{
    for (size_t i = 0; i < most && options[i].id != 0; i++) {
        if (!with_value || options[i].value != NULL) {
            ob_buf_printf(out, with_value ? "|--%s" : " --%s", options[i].name);
        }
    }
}

static bool is_first_of_noun(size_t position)
{
    const char *noun = ob_command_at(position)->noun;
    return ob_command_first(noun) == ob_command_at(position);
}

/* The words that may follow the noun, or the noun and its verb. */
static void put_cases(ob_buf *out)
{
    for (size_t i = 0; ob_command_at(i) != NULL; i++) {
        const ob_command *command = ob_command_at(i);
        if (command->verb != NULL && is_first_of_noun(i)) {
            ob_buf_printf(out, "    '%s ') words='", command->noun);
            for (size_t k = i; ob_command_at(k) != NULL; k++) {
                if (strcmp(ob_command_at(k)->noun, command->noun) == 0) {
                    ob_buf_printf(out, "%s ", ob_command_at(k)->verb);
                }
            }
            ob_buf_put_text(out, "' ;;\n");
        }
        ob_buf_printf(out, "    '%s %s'%s) words=\"", command->noun,
                      command->verb != NULL ? command->verb : "", command->verb != NULL ? "" : "*");
        ob_buf_put_text(out, strstr(command->operands, "latest") != NULL ? "latest" : "");
        put_options(out, command->options, OB_COMMAND_OPTIONS, false);
        ob_buf_put_text(out, " $common\" ;;\n");
    }
}

void ob_completion_bash(ob_buf *out)
{
    size_t count = 0;
    const ob_arg_option *common = ob_command_common_options(&count);
    ob_buf_put_text(out, "# For bash: source <(obctl completion bash)\n"
                         "_obctl() {\n"
                         "    local i noun= verb= words= common='");
    put_options(out, common, count, false);
    ob_buf_put_text(out, "'\n"
                         "    COMPREPLY=()\n"
                         "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                         "        case ${COMP_WORDS[i]} in\n"
                         "        --none");
    put_options(out, common, count, true);
    for (size_t i = 0; ob_command_at(i) != NULL; i++) {
        put_options(out, ob_command_at(i)->options, OB_COMMAND_OPTIONS, true);
    }
    ob_buf_put_text(out, ")\n"
                         "            i=$((i + 1)) # its value\n"
                         "            [ \"$i\" -lt \"$COMP_CWORD\" ] || return 0 ;;\n"
                         "        -*) ;;\n"
                         "        *)\n"
                         "            if [ -z \"$noun\" ]; then noun=${COMP_WORDS[i]}\n"
                         "            elif [ -z \"$verb\" ]; then verb=${COMP_WORDS[i]}; fi ;;\n"
                         "        esac\n"
                         "    done\n"
                         "    case \"$noun $verb\" in\n"
                         "    ' ') words=\"");
    for (size_t i = 0; ob_command_at(i) != NULL; i++) {
        if (is_first_of_noun(i)) {
            ob_buf_printf(out, "%s ", ob_command_at(i)->noun);
        }
    }
    ob_buf_put_text(out, "$common\" ;;\n");
    put_cases(out);
    ob_buf_put_text(out,
                    "    esac\n"
                    "    COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
                    "}\n"
                    "complete -o default -F _obctl obctl\n");
}
