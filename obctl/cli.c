#include "cli.h"

#include "commands.h"
#include "ob/alloc.h"
#include "output.h"
#include "usage.h"

#include <string.h>

#define OPTIONS_MOST (OB_COMMAND_OPTIONS + 8)
#define COMMAND_TEXT 64

/* What is known of the command while its words are read. */
typedef struct parse {
    ob_args args;
    const char *noun;
    const ob_command *command; /* NULL until noun and verb are read */
    ob_arg_option options[OPTIONS_MOST];
    bool help;
    bool version;
} parse;

const char *ob_cli_option_value(const ob_cli *cli, int id)
{
    const char *value = NULL;
    for (size_t i = 0; i < cli->option_count; i++) {
        if (cli->options[i].id == id) {
            value = cli->options[i].value != NULL ? cli->options[i].value : "";
        }
    }
    return value;
}

bool ob_cli_has(const ob_cli *cli, int id)
{
    return ob_cli_option_value(cli, id) != NULL;
}

int ob_cli_connect(ob_cli *cli)
{
    if (cli->client == NULL && OB_FAILED(ob_client_connect(cli->endpoint, &cli->client))) {
        cli->client = NULL;
        return ob_output_client_error(cli);
    }
    return OB_EXIT_OK;
}

/* From now on the command's own options are known beside the common ones. */
static void set_command(parse *self, const ob_command *command)
{
    size_t count = 0;
    const ob_arg_option *common = ob_command_common_options(&count);
    size_t used = 0;
    while (used < OB_COMMAND_OPTIONS && command->options[used].id != 0) {
        self->options[used] = command->options[used];
        used++;
    }
    memcpy(self->options + used, common, count * sizeof *common);
    self->args.options = self->options;
    self->args.count = used + count;
    self->command = command;
}

/* The words of a command for messages: "job list". */
static void name_of(const parse *self, char out[COMMAND_TEXT])
{
    const char *verb = self->command != NULL ? self->command->verb : NULL;
    snprintf(out, COMMAND_TEXT, "%s%s%s", self->noun != NULL ? self->noun : "",
             verb != NULL ? " " : "", verb != NULL ? verb : "");
}

static int take_word(ob_cli *cli, parse *self, const char *word)
{
    if (self->command != NULL) {
        cli->operands[cli->operand_count++] = word;
        return OB_EXIT_OK;
    }
    if (self->noun == NULL && strcmp(word, "help") == 0) {
        self->help = true;
        return OB_EXIT_OK;
    }
    if (self->noun == NULL) {
        const ob_command *first = ob_command_first(word);
        if (first == NULL) {
            return ob_output_usage_error(cli, "", "there is no command %s", word);
        }
        self->noun = first->noun;
        if (first->verb == NULL) {
            set_command(self, first);
        }
        return OB_EXIT_OK;
    }
    const ob_command *command = ob_command_find(self->noun, word);
    if (command == NULL) {
        return ob_output_usage_error(cli, self->noun, "there is no command %s %s", self->noun,
                                     word);
    }
    set_command(self, command);
    return OB_EXIT_OK;
}

static void take_option(ob_cli *cli, parse *self, int id, const char *value)
{
    switch (id) {
    case OB_OPTION_JSON:
        cli->json = true;
        break;
    case OB_OPTION_ENDPOINT:
        cli->endpoint = value;
        break;
    case OB_OPTION_HELP:
        self->help = true;
        break;
    case OB_OPTION_VERSION:
        self->version = true;
        break;
    default:
        cli->options[cli->option_count++] = (ob_cli_option){id, value};
        break;
    }
}

/* A word like -2147220976, which is a status and no option. */
static const char *take_negative_number(ob_args *args)
{
    const char *word = *args->next;
    bool inside = args->letters != NULL && *args->letters != '\0';
    if (inside || word == NULL || word[0] != '-' || word[1] < '0' || word[1] > '9') {
        return NULL;
    }
    args->next++;
    return word;
}

static int read_words(ob_cli *cli, parse *self)
{
    for (;;) {
        int id = OB_ARG_PLAIN;
        const char *value = take_negative_number(&self->args);
        if (value == NULL && OB_FAILED(ob_args_next(&self->args, &id, &value))) {
            char name[COMMAND_TEXT];
            name_of(self, name);
            return ob_output_usage_error(cli, name, "%s", ob_detail());
        }
        if (id == OB_ARG_END) {
            return OB_EXIT_OK;
        }
        if (id != OB_ARG_PLAIN) {
            take_option(cli, self, id, value);
            continue;
        }
        int code = take_word(cli, self, value);
        if (code != OB_EXIT_OK) {
            return code;
        }
    }
}

static int show_help(ob_cli *cli, const parse *self)
{
    ob_buf text = {0};
    if (self->command != NULL) {
        ob_usage_command(&text, self->command);
    } else if (self->noun != NULL) {
        ob_usage_noun(&text, self->noun);
    } else {
        ob_usage_program(&text);
    }
    ob_output_text(cli, &text);
    ob_buf_free(&text);
    return OB_EXIT_OK;
}

static int run_command(ob_cli *cli, const parse *self)
{
    const ob_command *command = self->command;
    char name[COMMAND_TEXT];
    name_of(self, name);
    if (command == NULL) {
        return ob_output_usage_error(cli, name, "say what to do%s%s",
                                     self->noun != NULL ? " with " : "",
                                     self->noun != NULL ? self->noun : "");
    }
    if (cli->operand_count < command->least) {
        return ob_output_usage_error(cli, name, "%s is missing", command->operands);
    }
    if (cli->operand_count > command->most) {
        return ob_output_usage_error(cli, name, "%s is too much", cli->operands[command->most]);
    }
    return command->run(cli);
}

int ob_cli_run(ob_cli *cli, char *const *argv)
{
    size_t count = 0;
    size_t common = 0;
    const ob_arg_option *options = ob_command_common_options(&common);
    parse self = {.args = ob_args_of(options, common, argv)};
    while (argv[count] != NULL) {
        count++;
    }
    /* A word of letters holds several switches at most of those that have a letter. */
    cli->operands = ob_calloc(count + 1, sizeof *cli->operands);
    cli->options = ob_calloc(count + 1, sizeof *cli->options);
    int code = OB_EXIT_FAILED;
    if (cli->operands == NULL || cli->options == NULL) {
        code = ob_output_error(cli, ob_fail(OB_E_NO_MEMORY, "the command line"));
        goto out;
    }
    code = read_words(cli, &self);
    if (code != OB_EXIT_OK) {
        goto out;
    }
    if (self.help) {
        code = show_help(cli, &self);
    } else if (self.version) {
        fputs("obctl " OB_VERSION "\n", cli->out);
    } else {
        code = run_command(cli, &self);
    }
out:
    ob_client_close(cli->client);
    ob_free(cli->operands);
    ob_free(cli->options);
    cli->client = NULL;
    cli->operands = NULL;
    cli->options = NULL;
    cli->operand_count = 0;
    cli->option_count = 0;
    cli->json = false;
    cli->endpoint = NULL;
    if (fflush(cli->out) != 0 && code == OB_EXIT_OK) {
        fputs("obctl: the output could not be written\n", cli->err);
        code = OB_EXIT_FAILED;
    }
    return code;
}
