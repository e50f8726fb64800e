#include "ob/test.h"

#include <stdio.h>
#include <string.h>

/* What a visit saw, as text. */
typedef struct seen {
    char text[1 << 16];
    size_t length;
} seen;

static void say(seen *self, const char *format, unsigned long long a, unsigned long long b)
{
    int count = snprintf(self->text + self->length, sizeof self->text - self->length, format, a, b);
    ck_assert(count > 0 && (size_t)count < sizeof self->text - self->length);
    self->length += (size_t)count;
}

static ob_status take_extra(void *context, const ob_extra *extra)
{
    const uint8_t *data = extra->data;
    seen *self = context;
    say(self, "%llu:", extra->kind, 0);
    for (const char *c = extra->name; *c != '\0'; c++) {
        say(self, "%02llx", (unsigned char)*c, 0);
    }
    say(self, "=", 0, 0);
    for (size_t i = 0; i < extra->length; i++) {
        say(self, "%02llx", data[i], 0);
    }
    return OB_OK;
}

static ob_status take_extent(void *context, uint64_t offset, uint64_t length)
{
    say(context, "%llu+%llu ", offset, length);
    return OB_OK;
}

static void read_map(seen *out, const char *path, uint64_t size)
{
    const ob_fs *fs = ob_fs_os();
    ob_file *file = NULL;
    ob_check_ok(fs->open(fs, NULL, path, OB_OPEN_READ, &file));
    ob_check_ok(fs->data_map(fs, file, size, take_extent, out));
    fs->close(fs, file);
}

const char *ob_test_extras_differ(const char *left, const char *right, const ob_file_info infos[2])
{
    static seen both[2];
    const ob_fs *fs = ob_fs_os();
    uint32_t bits = 0;
    if (infos[0].inode_flags != infos[1].inode_flags) {
        return "inode flags";
    }
    if (infos[0].rdev != infos[1].rdev) {
        return "devices";
    }
    for (int i = 0; i < 2; i++) {
        both[i].length = 0;
        both[i].text[0] = '\0';
        ob_check_ok(fs->read_extras(fs, NULL, i == 0 ? left : right, NULL, infos[i].type,
                                    take_extra, &both[i], &bits));
    }
    if (strcmp(both[0].text, both[1].text) != 0) {
        return ob_test_format("extras (%s, %s)", both[0].text, both[1].text);
    }
    if (infos[0].type != OB_FILE_REGULAR || fs->data_map == NULL) {
        return NULL;
    }
    for (int i = 0; i < 2; i++) {
        both[i].length = 0;
        both[i].text[0] = '\0';
        read_map(&both[i], i == 0 ? left : right, infos[i].size);
    }
    return strcmp(both[0].text, both[1].text) == 0
               ? NULL
               : ob_test_format("holes (%s, %s)", both[0].text, both[1].text);
}
