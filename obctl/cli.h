/* One run of obctl: what the command line said, where output goes, the connection. */
#ifndef OBCTL_CLI_H
#define OBCTL_CLI_H

#include "ob/args.h"
#include "ob/client.h"
#include "ob/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Exit codes; the help lists them. */
enum ob_exit {
    OB_EXIT_OK = 0,
    OB_EXIT_FAILED = 1,
    OB_EXIT_USAGE = 2,
    OB_EXIT_WARNINGS = 3,
    OB_EXIT_UNREACHABLE = 4,
    OB_EXIT_DENIED = 5,
    OB_EXIT_INTERRUPTED = 130
};

/* One option of the command line, in the order given. */
typedef struct ob_cli_option {
    int id;            /* of ob_command_options, commands.h */
    const char *value; /* NULL for a switch */
} ob_cli_option;

typedef struct ob_cli {
    FILE *in, *out, *err;
    bool terminal; /* `out` is a screen: lines may be redrawn and tables cut to its width */
    size_t width;  /* its columns */
    const ob_clock *clock;

    bool json;
    const char *endpoint; /* NULL: the default one */
    ob_client *client;    /* NULL until ob_cli_connect() */

    const char **operands;
    size_t operand_count;
    ob_cli_option *options;
    size_t option_count;
} ob_cli;

/* Parses and runs a whole command line (argv without the program's name, NULL-ended) and returns
 * the exit code. The caller sets the first group of fields; the rest is left zeroed again. */
int ob_cli_run(ob_cli *cli, char *const *argv);

/* The last value given for an option; NULL if it was not given. A switch has the value "". */
const char *ob_cli_option_value(const ob_cli *cli, int id);
bool ob_cli_has(const ob_cli *cli, int id);

/* Connects once. Returns OB_EXIT_OK, or an exit code after the error was printed. */
int ob_cli_connect(ob_cli *cli);

#endif
