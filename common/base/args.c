#include "ob/args.h"

#include "ob/text.h"

#include <string.h>

#define HELP_COLUMN_MOST 32

ob_args ob_args_of(const ob_arg_option *options, size_t count, char *const *argv)
{
    return (ob_args){.options = options, .count = count, .next = argv};
}

static const ob_arg_option *find_letter(const ob_args *args, char letter)
{
    for (size_t i = 0; i < args->count; i++) {
        if (args->options[i].letter == letter) {
            return &args->options[i];
        }
    }
    return NULL;
}

static const ob_arg_option *find_name(const ob_args *args, const char *name, size_t length)
{
    for (size_t i = 0; i < args->count; i++) {
        const char *known = args->options[i].name;
        if (known != NULL && strlen(known) == length && memcmp(known, name, length) == 0) {
            return &args->options[i];
        }
    }
    return NULL;
}

/* The argument behind an option that wants a value. It may begin with a dash: "-o -". */
static ob_status take_value(ob_args *args, const ob_arg_option *option, const char **value)
{
    if (*args->next == NULL) {
        return option->name != NULL ? ob_fail(OB_E_INVALID_ARGUMENT, "--%s needs a value: %s",
                                              option->name, option->value)
                                    : ob_fail(OB_E_INVALID_ARGUMENT, "-%c needs a value: %s",
                                              option->letter, option->value);
    }
    *value = *args->next++;
    return OB_OK;
}

/* The next letter of a word like "-jv" or "-oFILE". */
static ob_status next_letter(ob_args *args, int *id, const char **value)
{
    const ob_arg_option *option = find_letter(args, *args->letters);
    if (option == NULL) {
        size_t size = ob_utf8_sequence(args->letters, strlen(args->letters));
        return ob_fail(OB_E_INVALID_ARGUMENT, "unknown option -%.*s", size > 0 ? (int)size : 1,
                       args->letters);
    }
    args->letters++;
    if (option->value == NULL) {
        *value = NULL;
        *id = option->id;
        return OB_OK;
    }
    ob_status status = OB_OK;
    if (*args->letters != '\0') {
        *value = args->letters;
    } else {
        status = take_value(args, option, value);
    }
    args->letters = NULL;
    if (status == OB_OK) {
        *id = option->id;
    }
    return status;
}

static ob_status next_name(ob_args *args, const char *word, int *id, const char **value)
{
    size_t length = strcspn(word, "=");
    const ob_arg_option *option = find_name(args, word, length);
    if (option == NULL) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "unknown option --%.*s", (int)length, word);
    }
    if (option->value == NULL && word[length] == '=') {
        return ob_fail(OB_E_INVALID_ARGUMENT, "--%s takes no value", option->name);
    }
    ob_status status = OB_OK;
    if (option->value == NULL) {
        *value = NULL;
    } else if (word[length] == '=') {
        *value = word + length + 1;
    } else {
        status = take_value(args, option, value);
    }
    if (status == OB_OK) {
        *id = option->id;
    }
    return status;
}

ob_status ob_args_next(ob_args *args, int *id, const char **value)
{
    if (args->letters != NULL && *args->letters != '\0') {
        return next_letter(args, id, value);
    }
    args->letters = NULL;
    const char *word = *args->next;
    if (word == NULL) {
        *id = OB_ARG_END;
        *value = NULL;
        return OB_OK;
    }
    args->next++;
    if (!args->only_plain && strcmp(word, "--") == 0) {
        args->only_plain = true;
        return ob_args_next(args, id, value);
    }
    if (args->only_plain || word[0] != '-' || word[1] == '\0') {
        *id = OB_ARG_PLAIN;
        *value = word;
        return OB_OK;
    }
    if (word[1] == '-') {
        return next_name(args, word + 2, id, value);
    }
    args->letters = word + 1;
    return next_letter(args, id, value);
}

/* Appends "  -o, --output FILE"; its columns. Names of options and values are ASCII. */
static size_t put_option(ob_buf *out, const ob_arg_option *option)
{
    size_t before = out->length;
    if (option->letter != '\0' && option->name != NULL) {
        ob_buf_printf(out, "  -%c, --%s", option->letter, option->name);
    } else if (option->name != NULL) {
        ob_buf_printf(out, "      --%s", option->name);
    } else {
        ob_buf_printf(out, "  -%c", option->letter);
    }
    if (option->value != NULL) {
        ob_buf_printf(out, " %s", option->value);
    }
    return out->length - before;
}

void ob_args_help(ob_buf *out, const ob_arg_option *options, size_t count)
{
    size_t widest = 0;
    ob_buf scratch = {0};
    for (size_t i = 0; i < count; i++) {
        size_t columns = put_option(&scratch, &options[i]);
        widest = columns > widest && columns <= HELP_COLUMN_MOST ? columns : widest;
    }
    ob_buf_free(&scratch);
    for (size_t i = 0; i < count; i++) {
        size_t columns = put_option(out, &options[i]);
        if (columns > widest) {
            ob_buf_put_text(out, "\n");
            columns = 0;
        }
        ob_buf_printf(out, "%*s  %s\n", (int)(widest - columns), "", options[i].help);
    }
}
