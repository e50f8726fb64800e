#include "keep.h"
#include "ob/host.h"
#include "ob/test.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef union block {
    union block *next;
    max_align_t align;
} block;

static block *kept;
static const char *root;

/* Not by Check, which takes no assertion, not even one that holds, outside of a running test. */
static void demand(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "%s: %s\n", what, ob_detail());
        abort();
    }
}

void *ob_test_keep(size_t size)
{
    block *header = calloc(1, sizeof *header + size);
    demand(header != NULL, "memory of a test");
    header->next = kept;
    kept = header;
    return header + 1;
}

void ob_test_keep_free(void)
{
    while (kept != NULL) {
        block *next = kept->next;
        free(kept);
        kept = next;
    }
}

const char *ob_test_format(const char *format, ...)
{
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    demand(length >= 0, format);
    char *text = ob_test_keep((size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

const char *ob_test_path(const char *dir, const char *name)
{
    char *joined = ob_path_join(dir, name);
    demand(joined != NULL, name);
    const char *text = ob_test_format("%s", joined);
    ob_free(joined);
    return text;
}

/* A folder with a name that nobody else has. */
static const char *make_unique(const char *parent)
{
    const ob_fs *fs = ob_fs_os();
    uint64_t number = 0;
    demand(ob_random(&number, sizeof number) == OB_OK, "random");
    const char *path =
        ob_test_path(parent, ob_test_format("ob-test-%016llx", (unsigned long long)number));
    demand(fs->make_dir(fs, NULL, path, true) == OB_OK, "temporary folder");
    return path;
}

void ob_test_root_make(void)
{
    static const char *const variables[] = {"TMPDIR", "TEMP", "TMP"};
    const char *parent = "/tmp";
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        char *value = NULL;
        if (ob_host_environment(variables[i], &value) == OB_OK) {
            parent = ob_test_format("%s", value);
            ob_free(value);
            break;
        }
    }
    root = make_unique(parent);
}

void ob_test_root_remove(void)
{
    if (OB_FAILED(ob_fs_remove_tree(ob_fs_os(), root))) {
        fprintf(stderr, "%s is left: %s\n", root, ob_detail());
    }
}

const char *ob_test_temp(void)
{
    return make_unique(root);
}
