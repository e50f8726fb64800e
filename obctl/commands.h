/* The table of commands: what the parser accepts, what the help says and what runs. Man page and
 * completion come from it too, so a text stands here and nowhere else. */
#ifndef OBCTL_COMMANDS_H
#define OBCTL_COMMANDS_H

#include "cli.h"

enum ob_command_options {
    OB_OPTION_JSON = 1,
    OB_OPTION_ENDPOINT,
    OB_OPTION_HELP,
    OB_OPTION_VERSION,
    OB_OPTION_ACCEPT_MISSING,
    OB_OPTION_ASK_PASSPHRASE,
    OB_OPTION_ASYNC,
    OB_OPTION_COMPRESSION,
    OB_OPTION_DEPTH,
    OB_OPTION_SAMPLE,
    OB_OPTION_MACHINE,
    OB_OPTION_DRY_RUN,
    OB_OPTION_EXCLUDE,
    OB_OPTION_FILE,
    OB_OPTION_FILTER,
    OB_OPTION_INCLUDE,
    OB_OPTION_KEEP_DAYS,
    OB_OPTION_KEEP_WEEKS,
    OB_OPTION_KEEP_MONTHS,
    OB_OPTION_KEEP_YEARS,
    OB_OPTION_LIMIT,
    OB_OPTION_NAME,
    OB_OPTION_NON_RECURSIVE,
    OB_OPTION_OVERWRITE,
    OB_OPTION_PASSPHRASE_FILE,
    OB_OPTION_PAUSED,
    OB_OPTION_POLICY,
    OB_OPTION_RECURSIVE,
    OB_OPTION_SEARCH,
    OB_OPTION_SKIP_SECURITY,
    OB_OPTION_SOURCE,
    OB_OPTION_TO,
    OB_OPTION_VAULT
};

#define OB_OPERANDS_ANY ((size_t)-1)
#define OB_COMMAND_OPTIONS 12 /* most of one command, the common ones not counted */

typedef struct ob_command {
    const char *noun;
    const char *verb;     /* NULL: the noun is the whole command */
    const char *operands; /* as the usage line has them; "" if none */
    size_t least, most;   /* number of operands */
    const char *summary;  /* one line */
    const char *about;    /* more lines, each with its end; "" if none */
    const char *examples; /* command lines, each with its end */
    int (*run)(ob_cli *cli);
    ob_arg_option options[OB_COMMAND_OPTIONS]; /* ends with an id 0 */
} ob_command;

/* NULL past the end; commands of one noun stand together. */
const ob_command *ob_command_at(size_t position);
/* NULL if there is none. `verb` NULL finds only a command without verbs. */
const ob_command *ob_command_find(const char *noun, const char *verb);
/* The first command of a noun; NULL if nothing has that name. */
const ob_command *ob_command_first(const char *noun);
/* What a noun with verbs is about; NULL for a command without verbs. */
const char *ob_command_noun_summary(const char *noun);

/* Options that every command takes: --json, --endpoint, --help. Sets *count. */
const ob_arg_option *ob_command_common_options(size_t *count);

#endif
