#include "ob/agent.h"
#include "ob/alloc.h"
#include "ob/args.h"
#include "ob/daemon.h"
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

static const struct {
    const char *name;
    ob_log_level level;
} levels[] = {{"error", OB_LOG_ERROR},
              {"warning", OB_LOG_WARNING},
              {"info", OB_LOG_INFO},
              {"debug", OB_LOG_DEBUG}};
#define LEVELS (sizeof levels / sizeof levels[0])

static const struct {
    const char *name;
    ob_agent_action action;
    bool as_service;
} commands[] = {{"run", OB_AGENT_RUN, false},
                {"service", OB_AGENT_RUN, true},
                {"install", OB_AGENT_INSTALL, false},
                {"uninstall", OB_AGENT_UNINSTALL, false}};
#define COMMANDS (sizeof commands / sizeof commands[0])

static ob_status parse_level(const char *text, ob_log_level *out)
{
    for (size_t i = 0; i < LEVELS; i++) {
        if (strcmp(text, levels[i].name) == 0) {
            *out = levels[i].level;
            return OB_OK;
        }
    }
    return ob_fail(OB_E_INVALID_ARGUMENT,
                   "--log-level must be error, warning, info or debug, not \"%s\"", text);
}

/* `action` is changed unless --help or --version came before. */
static ob_status parse_command(const char *word, bool *seen, ob_agent_options *options,
                               ob_agent_action *action)
{
    for (size_t i = 0; i < COMMANDS && !*seen; i++) {
        if (strcmp(word, commands[i].name) == 0) {
            *seen = true;
            options->as_service = commands[i].as_service;
            *action = *action == OB_AGENT_RUN ? commands[i].action : *action;
            return OB_OK;
        }
    }
    return ob_fail(OB_E_INVALID_ARGUMENT, "\"%s\" is not known here", word);
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
        status = id == OB_ARG_PLAIN ? parse_command(value, &command, &read, &wanted)
                                    : take_option(id, value, &read, &wanted);
        if (status == OB_OK) {
            status = ob_args_next(&args, &id, &value);
        }
    }
    if (status == OB_OK && wanted == OB_AGENT_RUN && !command) {
        status = ob_fail(OB_E_INVALID_ARGUMENT,
                         "what to do is missing: run, service, install or uninstall");
    }
    if (status == OB_OK) {
        *options = read;
        *action = wanted;
    }
    return status;
}

void ob_agent_help(ob_buf *out)
{
    ob_buf_put_text(out,
                    "obagent, the agent of Online Backup\n\n"
                    "  obagent run [OPTIONS]      Serve until Ctrl-C or SIGTERM.\n"
                    "  obagent service [OPTIONS]  Serve as a service of the system.\n"
                    "  obagent install [OPTIONS]  Make that service, with these options; "
                    "Windows only.\n"
                    "  obagent uninstall          Stop the service and take it away; state and "
                    "settings stay.\n\n");
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

ob_status ob_agent_install(const ob_agent_options *options)
{
    const char *arguments[8] = {"service", "--log-level"};
    size_t count = 2;
    char *state = NULL;
    ob_status status = OB_OK;
    for (size_t i = 0; i < LEVELS; i++) {
        if (levels[i].level == options->log_level) {
            arguments[count++] = levels[i].name;
        }
    }
    if (options->state_dir != NULL) {
        /* A service has another current folder. */
        status = ob_host_absolute_path(options->state_dir, &state);
        arguments[count++] = "--state";
        arguments[count++] = state;
    }
    if (options->endpoint != NULL) {
        arguments[count++] = "--endpoint";
        arguments[count++] = options->endpoint;
    }
    if (status == OB_OK) {
        const ob_daemon_setup setup = {
            OB_AGENT_NAME, "Online Backup Agent",
            "Backs up the files of this computer to its vault and restores them.", arguments};
        status = ob_daemon_install(&setup);
    }
    ob_free(state);
    return status;
}

static int change_service(const ob_agent_options *options, ob_agent_action action)
{
    bool install = action == OB_AGENT_INSTALL;
    ob_status status = install ? ob_agent_install(options) : ob_daemon_uninstall(OB_AGENT_NAME);
    if (OB_FAILED(status)) {
        fprintf(stderr, "obagent: %s %s\n", ob_status_lookup(status)->message, ob_detail());
        return 1;
    }
    const char *text =
        install ? "The service " OB_AGENT_NAME
                  " is installed. It starts with the system, and now by: sc start " OB_AGENT_NAME
                : "The service " OB_AGENT_NAME " is gone.";
    return puts(text) >= 0 ? 0 : 1;
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
    if (action == OB_AGENT_INSTALL || action == OB_AGENT_UNINSTALL) {
        return change_service(&options, action);
    }
    /* Why it failed stands in the log, which goes to standard error too. */
    return OB_FAILED(ob_agent_run(&options)) ? 1 : 0;
}
