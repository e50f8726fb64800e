#include "source/names.h"

#include "ob/alloc.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;
    return strcmp(*a, *b);
}

/* One byte of type, the name and its NUL, one after the other. */
static ob_status collect(ob_names *names, const ob_fs *fs, ob_dir *dir, ob_status *listing)
{
    *listing = OB_OK;
    for (;;) {
        ob_dir_entry entry = {0};
        *listing = fs->dir_read(fs, dir, &entry);
        if (*listing == OB_E_NO_MEMORY) {
            return *listing;
        }
        if (OB_FAILED(*listing) || entry.name == NULL) {
            return OB_OK;
        }
        ob_buf_put_u8(&names->memory, (uint8_t)entry.type);
        ob_buf_put(&names->memory, entry.name, strlen(entry.name) + 1);
        if (names->memory.failed) {
            return ob_buf_status(&names->memory);
        }
        names->count++;
    }
}

ob_status ob_names_read(ob_names *names, const ob_fs *fs, ob_dir *dir, ob_status *listing)
{
    ob_status status = collect(names, fs, dir, listing);
    if (OB_FAILED(status)) {
        return status;
    }
    names->names = ob_realloc_array(NULL, names->count, sizeof *names->names);
    if (names->names == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%zu names of a folder", names->count);
    }
    char *at = (char *)names->memory.data;
    for (size_t i = 0; i < names->count; i++) {
        names->names[i] = at + 1;
        at += strlen(at + 1) + 2;
    }
    if (names->count > 1) {
        qsort(names->names, names->count, sizeof *names->names, compare);
    }
    return OB_OK;
}

ob_file_type ob_names_type(const char *name)
{
    return (ob_file_type)(unsigned char)name[-1];
}

bool ob_names_has(const ob_names *names, const char *name)
{
    return names->count > 0 &&
           bsearch(&name, names->names, names->count, sizeof *names->names, compare) != NULL;
}

void ob_names_free(ob_names *names)
{
    ob_free(names->names);
    ob_buf_free(&names->memory);
    *names = (ob_names){0};
}
