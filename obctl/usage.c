#include "usage.h"

#include <string.h>

#define NAME_WIDTH 20

static const struct {
    int code;
    const char *meaning;
} exit_codes[] = {
    {OB_EXIT_OK, "done"},
    {OB_EXIT_FAILED, "failed, or the job watched failed or was cancelled"},
    {OB_EXIT_USAGE, "the command line is wrong"},
    {OB_EXIT_WARNINGS, "the job watched completed with warnings, or a recovery point is damaged"},
    {OB_EXIT_UNREACHABLE, "the agent does not answer"},
    {OB_EXIT_DENIED, "access denied: run as root or as a member of obadmin; on Windows as an "
                     "administrator"},
    {OB_EXIT_INTERRUPTED,
     "Ctrl-C while watching: the job goes on; while rescuing or asked: it ends"},
};

const char *ob_usage_exit_code(size_t position, int *code)
{
    if (position >= sizeof exit_codes / sizeof exit_codes[0]) {
        return NULL;
    }
    *code = exit_codes[position].code;
    return exit_codes[position].meaning;
}

static void put_common_options(ob_buf *out)
{
    size_t count = 0;
    const ob_arg_option *options = ob_command_common_options(&count);
    ob_buf_put_text(out, "\nCommon options:\n");
    ob_args_help(out, options, count);
}

static void put_examples(ob_buf *out, const char *examples)
{
    while (*examples != '\0') {
        size_t length = strcspn(examples, "\n");
        ob_buf_printf(out, "  %.*s\n", (int)length, examples);
        examples += length + (examples[length] == '\n' ? 1 : 0);
    }
}

void ob_usage_program(ob_buf *out)
{
    ob_buf_put_text(out, "Usage: obctl COMMAND [OPTION...] [ARGUMENT...]\n"
                         "Controls the Online Backup agent of this machine.\n\nCommands:\n");
    for (size_t i = 0; ob_command_at(i) != NULL; i++) {
        const ob_command *command = ob_command_at(i);
        ob_buf_printf(out, "  %s%s%s%*s  %s\n", command->noun, command->verb != NULL ? " " : "",
                      command->verb != NULL ? command->verb : "",
                      (int)(NAME_WIDTH - strlen(command->noun) -
                            (command->verb != NULL ? strlen(command->verb) + 1 : 0)),
                      "", command->summary);
    }
    put_common_options(out);
    ob_buf_put_text(out, "\nExit codes:\n");
    for (size_t i = 0; i < sizeof exit_codes / sizeof exit_codes[0]; i++) {
        ob_buf_printf(out, "  %3d  %s\n", exit_codes[i].code, exit_codes[i].meaning);
    }
    ob_buf_put_text(out, "\nExamples:\n");
    put_examples(out, "obctl register /root/fleet.VaultCredentials\n"
                      "obctl settings passphrase\n"
                      "obctl policy set --include /etc --include /home\n"
                      "obctl backup\n"
                      "obctl restore latest /etc/fstab --to /tmp/restored\n");
    ob_buf_put_text(out, "\n`obctl COMMAND --help` tells more about a command.\n");
}

void ob_usage_noun(ob_buf *out, const char *noun)
{
    const char *summary = ob_command_noun_summary(noun);
    ob_buf_printf(out, "Usage: obctl %s COMMAND [OPTION...]\n%s.\n\nCommands:\n", noun,
                  summary != NULL ? summary : noun);
    for (size_t i = 0; ob_command_at(i) != NULL; i++) {
        const ob_command *command = ob_command_at(i);
        if (strcmp(command->noun, noun) == 0 && command->verb != NULL) {
            ob_buf_printf(out, "  %-*s  %s\n", NAME_WIDTH, command->verb, command->summary);
        }
    }
    put_common_options(out);
    ob_buf_put_text(out, "\nExamples:\n");
    for (size_t i = 0; ob_command_at(i) != NULL; i++) {
        if (strcmp(ob_command_at(i)->noun, noun) == 0) {
            put_examples(out, ob_command_at(i)->examples);
        }
    }
}

void ob_usage_command(ob_buf *out, const ob_command *command)
{
    size_t count = 0;
    while (count < OB_COMMAND_OPTIONS && command->options[count].id != 0) {
        count++;
    }
    ob_buf_printf(out, "Usage: obctl %s%s%s [OPTION...]%s%s\n%s.\n", command->noun,
                  command->verb != NULL ? " " : "", command->verb != NULL ? command->verb : "",
                  command->operands[0] != '\0' ? " " : "", command->operands, command->summary);
    if (command->about[0] != '\0') {
        ob_buf_printf(out, "\n%s", command->about);
    }
    if (count > 0) {
        ob_buf_put_text(out, "\nOptions:\n");
        ob_args_help(out, command->options, count);
    }
    put_common_options(out);
    ob_buf_put_text(out, "\nExamples:\n");
    put_examples(out, command->examples);
}
