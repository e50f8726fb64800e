#include "manual.h"

#include "commands.h"
#include "usage.h"

#include <string.h>

/* Text as roff prints it: a line that begins with a dot or a quote would be a request, and a plain
 * dash is a hyphen that cannot be copied into a shell. */
static void put_text(ob_buf *out, const char *text)
{
    bool line_start = true;
    for (; *text != '\0'; text++) {
        if (line_start && (*text == '.' || *text == '\'')) {
            ob_buf_put_text(out, "\\&");
        }
        line_start = *text == '\n';
        if (*text == '\\') {
            ob_buf_put_text(out, "\\e");
        } else if (*text == '-') {
            ob_buf_put_text(out, "\\-");
        } else {
            ob_buf_put_u8(out, (uint8_t)*text);
        }
    }
}

static void put_options(ob_buf *out, const ob_arg_option *options, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ob_buf_put_text(out, ".TP\n.B ");
        if (options[i].letter != 0) {
            const char letter[] = {'-', options[i].letter, ',', ' ', '\0'};
            put_text(out, letter);
        }
        put_text(out, "--");
        put_text(out, options[i].name);
        if (options[i].value != NULL) {
            ob_buf_put_text(out, " ");
            put_text(out, options[i].value);
        }
        ob_buf_put_text(out, "\n");
        put_text(out, options[i].help);
        ob_buf_put_text(out, ".\n");
    }
}

static void put_examples(ob_buf *out, const char *examples)
{
    ob_buf_put_text(out, ".PP\n.EX\n");
    put_text(out, examples);
    ob_buf_put_text(out, ".EE\n");
}

static void put_command(ob_buf *out, const ob_command *command)
{
    size_t count = 0;
    while (count < OB_COMMAND_OPTIONS && command->options[count].id != 0) {
        count++;
    }
    ob_buf_put_text(out, ".SS \"obctl ");
    put_text(out, command->noun);
    ob_buf_put_text(out, command->verb != NULL ? " " : "");
    put_text(out, command->verb != NULL ? command->verb : "");
    ob_buf_put_text(out, command->operands[0] != '\0' ? " " : "");
    put_text(out, command->operands);
    ob_buf_put_text(out, "\"\n");
    put_text(out, command->summary);
    ob_buf_put_text(out, ".\n");
    put_text(out, command->about);
    put_options(out, command->options, count);
    put_examples(out, command->examples);
}

void ob_manual_page(ob_buf *out)
{
    size_t count = 0;
    int code = 0;
    const ob_arg_option *common = ob_command_common_options(&count);
    ob_buf_put_text(out, ".TH OBCTL 1 \"\" \"Online Backup " OB_VERSION "\" \"Online Backup\"\n"
                         ".SH NAME\nobctl \\- control the Online Backup agent of this machine\n"
                         ".SH SYNOPSIS\n.B obctl\n.I COMMAND\n[\\fIOPTION\\fR...]\n"
                         "[\\fIARGUMENT\\fR...]\n.SH COMMANDS\n");
    for (size_t i = 0; ob_command_at(i) != NULL; i++) {
        put_command(out, ob_command_at(i));
    }
    ob_buf_put_text(out, ".SH COMMON OPTIONS\n");
    put_options(out, common, count);
    ob_buf_put_text(out, ".SH EXIT STATUS\n");
    for (size_t i = 0; ob_usage_exit_code(i, &code) != NULL; i++) {
        ob_buf_printf(out, ".TP\n.B %d\n", code);
        put_text(out, ob_usage_exit_code(i, &code));
        ob_buf_put_text(out, ".\n");
    }
    ob_buf_put_text(out, ".SH ENVIRONMENT\n.TP\n.B OBAGENT_ENDPOINT\n"
                         "The agent to talk to, if \\-\\-endpoint does not say.\n"
                         ".TP\n.B TMPDIR\nWhere obctl rescue has its cache while it runs.\n");
}
