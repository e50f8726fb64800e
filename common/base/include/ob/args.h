/*
 * Arguments of a command line by a table, in the manner of GNU: "-o FILE", "-oFILE", "--output
 * FILE", "--output=FILE", switches in one word ("-jv"), "--" before arguments that begin with a
 * dash, "-" alone as a plain argument. Options and plain arguments may be mixed.
 *
 *     ob_args args = ob_args_of(options, count, argv + 2);
 *     while ((status = ob_args_next(&args, &id, &value)) == OB_OK && id != OB_ARG_END) {
 *         switch (id) { case OB_ARG_PLAIN: ... case 'o': ... }
 *     }
 */
#ifndef OB_ARGS_H
#define OB_ARGS_H

#include "ob/buf.h"
#include "ob/status.h"

#include <stdbool.h>
#include <stddef.h>

enum ob_arg_ids {
    OB_ARG_END = -1, /* nothing is left */
    OB_ARG_PLAIN = 0 /* an argument that is no option, in `value` */
};

/* One option. All texts are borrowed. */
typedef struct ob_arg_option {
    int id;            /* > 0; the caller's own */
    char letter;       /* 'o' for "-o"; 0: none */
    const char *name;  /* "output" for "--output"; NULL: none */
    const char *value; /* what its value is called in the help, "FILE"; NULL: a switch */
    const char *help;  /* one line */
} ob_arg_option;

typedef struct ob_args {
    const ob_arg_option *options;
    size_t count;
    char *const *next;   /* the argument to come */
    const char *letters; /* what is left of a word of switches */
    bool only_plain;     /* after "--" */
} ob_args;

/* `argv` ends with NULL and begins with the first argument to look at. */
ob_args ob_args_of(const ob_arg_option *options, size_t count, char *const *argv);
/* The next option or argument; *value is its text, NULL for a switch. OB_E_INVALID_ARGUMENT with
 * the detail for the user: an unknown option, a value that is missing or not wanted. */
ob_status ob_args_next(ob_args *args, int *id, const char **value);
/* The lines of a help text, aligned: "  -o, --output FILE   Where to write." */
void ob_args_help(ob_buf *out, const ob_arg_option *options, size_t count);

#endif
