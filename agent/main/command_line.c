#include "ob/agent.h"
#include "ob/args.h"
#include "ob/host.h"

#include <stdio.h>
#include <string.h>

enum { STATE = 1, ENDPOINT, LOG_LEVEL, HELP, VERSION };

static const ob_arg_option options_table[] = {
    {STATE, 0, "state", "DIR", "Folder of settings, jobs and cache."},
    {ENDPOINT, 0, "endpoint", "NAME", "Where to serve: a socket's path; on Windows a name."},
    {LOG_LEVEL, 0, "log-level", "L", "error, warning, info (if left out) or debug."},
    {HELP, 'h', "help", NULL, "Show this text."},
    {VERSION, 'V', "version", NULL, "Show the version."},
};
#define OPTIONS (sizeof options_table / sizeof options_table[0])

static ob_status parse_level(const char *text, ob_log_level *out)
{
    static const struct {
        const char *name;
        ob_log_level level;
    } levels[] = {{"error", OB_LOG_ERROR},
                  {"warning", OB_LOG_WARNING},
                  {"info", OB_LOG_INFO},
                  {"debug", OB_LOG_DEBUG}};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (strcmp(text, levels[i].name) == 0) {
            *out = levels[i].level;
            return OB_OK;
        }
    }
    return ob_fail(OB_E_INVALID_ARGUMENT,
                   "--log-level must be error, warning, info or debug, not \"%s\"", text);
}

static ob_status parse_command(const char *word, bool *seen, ob_agent_options *options)
{
    bool service = strcmp(word, "service") == 0;
    if (*seen || (!service && strcmp(word, "run") != 0)) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "\"%s\" is not known here", word);
    }
    *seen = true;
    options->as_service = service;
    return OB_OK;
}

static ob_status take_option(int id, const char *value, ob_agent_options *options,
                             ob_agent_action *action)
{
    switch (id) {
    case STATE:
        options->state_dir = value;
        return OB_OK;
    case ENDPOINT:
        options->endpoint = value;
        return OB_OK;
    case LOG_LEVEL:
        return parse_level(value, &options->log_level);
    case HELP:
        *action = OB_AGENT_HELP;
        return OB_OK;
    default:
        *action = OB_AGENT_VERSION;
        return OB_OK;
    }
}

ob_status ob_agent_parse(char *const *argv, ob_agent_options *options, ob_agent_action *action)
{
    ob_args args = ob_args_of(options_table, OPTIONS, argv + 1);
    ob_agent_options read = *options;
    ob_agent_action wanted = OB_AGENT_RUN;
    bool command = false;
    int id = OB_ARG_END;
    const char *value = NULL;
    ob_status status = ob_args_next(&args, &id, &value);
    while (status == OB_OK && id != OB_ARG_END) {
        status = id == OB_ARG_PLAIN ? parse_command(value, &command, &read)
                                    : take_option(id, value, &read, &wanted);
        if (status == OB_OK) {
            status = ob_args_next(&args, &id, &value);
        }
    }
    if (status == OB_OK && wanted == OB_AGENT_RUN && !command) {
        status = ob_fail(OB_E_INVALID_ARGUMENT, "what to do is missing: run or service");
    }
    if (status == OB_OK) {
        *options = read;
        *action = wanted;
    }
    return status;
}

void ob_agent_help(ob_buf *out)
{
    ob_buf_put_text(out, "obagent, the agent of Online Backup\n\n"
                         "  obagent run [OPTIONS]      Serve until Ctrl-C or SIGTERM.\n"
                         "  obagent service [OPTIONS]  Serve as a service of the system.\n\n");
    ob_args_help(out, options_table, OPTIONS);
    ob_buf_put_text(out, "\nAn administrator talks to it by obctl; see \"obctl --help\".\n");
}

static int print_help(void)
{
    ob_buf text = {0};
    ob_agent_help(&text);
    bool written =
        ob_buf_status(&text) == OB_OK && fwrite(text.data, 1, text.length, stdout) == text.length;
    ob_buf_free(&text);
    return written ? 0 : 1;
}

int ob_agent_main(int argc, char **argv, const ob_agent_options *base)
{
    char **arguments = NULL;
    ob_agent_options options = *base;
    ob_agent_action action = OB_AGENT_RUN;
    ob_status status = ob_host_arguments(argc, argv, &arguments);
    if (status == OB_OK) {
        status = ob_agent_parse(arguments, &options, &action);
    }
    if (OB_FAILED(status)) {
        fprintf(stderr, "obagent: %s\nTry \"obagent --help\".\n", ob_detail());
        return 2;
    }
    if (action == OB_AGENT_HELP) {
        return print_help();
    }
    if (action == OB_AGENT_VERSION) {
        return printf("obagent %s\n", OB_VERSION) > 0 ? 0 : 1;
    }
    /* Why it failed stands in the log, which goes to standard error too. */
    return OB_FAILED(ob_agent_run(&options)) ? 1 : 0;
}
