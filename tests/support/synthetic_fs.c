#include "ob/synthetic_fs.h"

#include "ob/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 100u /* files in a folder, and folders in one at the top */
#define TOPS_MOST 1000000u
#define STRIDE 37u /* names come in another order than sorted, as those of a real folder */
#define EPOCH (INT64_C(1577836800) * 1000000000) /* 2020 */

/* Where in the tree: the numbers of the levels; 0 levels is the root. */
typedef struct spot {
    unsigned depth; /* 3 = a file */
    uint64_t at[3];
} spot;

struct ob_dir {
    ob_dir *real; /* else it is computed */
    spot spot;
    uint64_t next;
    char name[16];
};

struct ob_file {
    ob_file *real;
    uint64_t number;
};

static const ob_synthetic_fs *of(const ob_fs *fs)
{
    return fs->context;
}

static uint64_t mix(uint64_t z)
{
    z += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* ---- the tree ---- */

static uint64_t number_of(const spot *s)
{
    return (s->at[0] * WIDTH + s->at[1]) * WIDTH + s->at[2];
}

/* How many names a folder has. */
static uint64_t width_of(const ob_synthetic_fs *source, const spot *s)
{
    if (source->wide) {
        return source->files;
    }
    uint64_t below = s->depth == 0 ? WIDTH * WIDTH : s->depth == 1 ? WIDTH : 1;
    uint64_t first = s->depth == 0   ? 0
                     : s->depth == 1 ? s->at[0] * WIDTH * WIDTH
                                     : number_of(&(spot){3, {s->at[0], s->at[1], 0}});
    uint64_t left = source->files > first ? source->files - first : 0;
    uint64_t count = (left + below - 1) / below;
    return s->depth > 0 && count > WIDTH ? WIDTH : count;
}

static unsigned digits_of(const ob_synthetic_fs *source, const spot *s)
{
    return source->wide ? 8 : s->depth == 0 ? 6 : 2;
}

static char letter_of(const ob_synthetic_fs *source, const spot *s)
{
    return source->wide ? 'f' : "abf"[s->depth];
}

static spot spot_of(uint64_t number)
{
    return (spot){3, {number / (WIDTH * WIDTH), number / WIDTH % WIDTH, number % WIDTH}};
}

static bool step_into(const ob_synthetic_fs *source, spot *s, const char *name, size_t length)
{
    uint64_t number = 0;
    size_t digits = digits_of(source, s);
    if (s->depth > 2 || length != digits + 1 || name[0] != letter_of(source, s)) {
        return false;
    }
    for (size_t i = 1; i < length; i++) {
        number = number * 10 + (uint64_t)(name[i] - '0');
    }
    if (number >= width_of(source, s)) {
        return false;
    }
    if (source->wide) {
        *s = spot_of(number);
    } else {
        s->at[s->depth++] = number;
    }
    return true;
}

static bool find(const ob_synthetic_fs *source, const ob_dir *dir, const char *name, spot *out)
{
    if (dir != NULL) {
        *out = dir->spot;
        return step_into(source, out, name, strlen(name));
    }
    *out = (spot){0};
    name += strlen(OB_SYNTHETIC_ROOT);
    while (*name != '\0') {
        name += strspn(name, "/");
        size_t length = strcspn(name, "/");
        if (length > 0 && !step_into(source, out, name, length)) {
            return false;
        }
        name += length;
    }
    return true;
}

static bool is_ours(const ob_dir *dir, const char *path)
{
    size_t length = strlen(OB_SYNTHETIC_ROOT);
    return dir != NULL ? dir->real == NULL
                       : strncmp(path, OB_SYNTHETIC_ROOT, length) == 0 &&
                             (path[length] == '\0' || path[length] == '/');
}

static ob_dir *real_of(ob_dir *dir)
{
    return dir != NULL ? dir->real : NULL;
}

/* ---- what a file is ---- */

/* The version in which it changed last. */
static uint32_t changed_in(const ob_synthetic_fs *source, uint64_t number)
{
    uint32_t version = source->version;
    while (version > 1 && mix(number << 16 ^ version) % 1000 >= source->per_mille) {
        version--;
    }
    return version;
}

static void describe(const ob_synthetic_fs *source, const spot *s, ob_file_info *out)
{
    uint64_t number = number_of(s);
    bool file = s->depth == 3;
    uint32_t version = file ? changed_in(source, number) : 1;
    *out = (ob_file_info){.type = file ? OB_FILE_REGULAR : OB_FILE_DIR,
                          .mode = file ? 0644 : 0755,
                          .links = 1,
                          .device = 77,
                          .file_id = number * 4 + s->depth + 1};
    out->size = file ? mix(number ^ (uint64_t)version << 48) % (source->bytes + 1) : 4096;
    out->allocated = out->size;
    out->mtime = out->ctime = out->atime =
        EPOCH + (int64_t)version * 1000000000 + (int64_t)(number % 1000000) * 1000;
}

/* ---- members ---- */

static ob_status absent(const char *name)
{
    return ob_fail(OB_E_NOT_FOUND, "%s: no such file or directory", name);
}

static ob_status synthetic_dir_open(const ob_fs *fs, ob_dir *parent, const char *name, ob_dir **out)
{
    const ob_synthetic_fs *source = of(fs);
    ob_dir *dir = ob_calloc(1, sizeof *dir);
    ob_status status = OB_OK;
    if (dir == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", name);
    }
    if (!is_ours(parent, name)) {
        status = source->inner->dir_open(source->inner, real_of(parent), name, &dir->real);
    } else if (!find(source, parent, name, &dir->spot) || dir->spot.depth == 3) {
        status = absent(name);
    }
    if (OB_FAILED(status)) {
        ob_free(dir);
        return status;
    }
    *out = dir;
    return OB_OK;
}

static ob_status synthetic_dir_read(const ob_fs *fs, ob_dir *dir, ob_dir_entry *out)
{
    const ob_synthetic_fs *source = of(fs);
    *out = (ob_dir_entry){0};
    if (dir->real != NULL) {
        return source->inner->dir_read(source->inner, dir->real, out);
    }
    uint64_t width = width_of(source, &dir->spot);
    if (dir->next == width) {
        return OB_OK;
    }
    uint64_t number = width == WIDTH ? dir->next * STRIDE % WIDTH : dir->next;
    dir->next++;
    unsigned digits = digits_of(source, &dir->spot);
    dir->name[0] = letter_of(source, &dir->spot);
    for (unsigned i = digits; i > 0; i--) {
        dir->name[i] = (char)('0' + number % 10);
        number /= 10;
    }
    dir->name[digits + 1] = '\0';
    out->name = dir->name;
    out->type = source->wide || dir->spot.depth == 2 ? OB_FILE_REGULAR : OB_FILE_DIR;
    return OB_OK;
}

static void synthetic_dir_close(const ob_fs *fs, ob_dir *dir)
{
    const ob_fs *inner = of(fs)->inner;
    if (dir != NULL) {
        if (dir->real != NULL) {
            inner->dir_close(inner, dir->real);
        }
        ob_free(dir);
    }
}

static ob_status synthetic_dir_sync(const ob_fs *fs, ob_dir *dir)
{
    const ob_fs *inner = of(fs)->inner;
    return dir->real != NULL ? inner->dir_sync(inner, dir->real) : OB_OK;
}

static ob_status synthetic_stat(const ob_fs *fs, ob_dir *dir, const char *name, ob_file_info *out)
{
    const ob_synthetic_fs *source = of(fs);
    spot s;
    if (!is_ours(dir, name)) {
        return source->inner->stat(source->inner, real_of(dir), name, out);
    }
    if (!find(source, dir, name, &s)) {
        return absent(name);
    }
    describe(source, &s, out);
    return OB_OK;
}

static ob_status synthetic_open(const ob_fs *fs, ob_dir *dir, const char *name, int flags,
                                ob_file **out)
{
    const ob_synthetic_fs *source = of(fs);
    spot s;
    ob_file *file = ob_calloc(1, sizeof *file);
    ob_status status = OB_OK;
    if (file == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", name);
    }
    if (!is_ours(dir, name)) {
        status = source->inner->open(source->inner, real_of(dir), name, flags, &file->real);
    } else if (!find(source, dir, name, &s) || s.depth != 3) {
        status = absent(name);
    } else {
        file->number = number_of(&s);
    }
    if (OB_FAILED(status)) {
        ob_free(file);
        return status;
    }
    *out = file;
    return OB_OK;
}

static void synthetic_close(const ob_fs *fs, ob_file *file)
{
    const ob_fs *inner = of(fs)->inner;
    if (file != NULL) {
        if (file->real != NULL) {
            inner->close(inner, file->real);
        }
        ob_free(file);
    }
}

static ob_status synthetic_file_stat(const ob_fs *fs, ob_file *file, ob_file_info *out)
{
    const ob_synthetic_fs *source = of(fs);
    if (file->real != NULL) {
        return source->inner->file_stat(source->inner, file->real, out);
    }
    spot s = spot_of(file->number);
    describe(source, &s, out);
    return OB_OK;
}

/* Bytes that follow from number, version and offset, with some that repeat. */
static ob_status synthetic_read_at(const ob_fs *fs, ob_file *file, uint64_t offset, void *data,
                                   size_t length, size_t *got)
{
    const ob_synthetic_fs *source = of(fs);
    ob_file_info info;
    if (file->real != NULL) {
        return source->inner->read_at(source->inner, file->real, offset, data, length, got);
    }
    spot s = spot_of(file->number);
    describe(source, &s, &info);
    uint64_t left = offset < info.size ? info.size - offset : 0;
    *got = left < length ? (size_t)left : length;
    uint8_t *to = data;
    uint64_t seed = mix(file->number) ^ (uint64_t)changed_in(source, file->number) << 56;
    for (size_t i = 0; i < *got; i++) {
        uint64_t word = mix(seed + (offset + i) / 8);
        to[i] = (uint8_t)((offset + i) % 16 < 8 ? word >> ((offset + i) % 8 * 8) : 'x');
    }
    return OB_OK;
}

static ob_status synthetic_write_at(const ob_fs *fs, ob_file *file, uint64_t offset,
                                    const void *data, size_t length)
{
    const ob_fs *inner = of(fs)->inner;
    return inner->write_at(inner, file->real, offset, data, length);
}

static ob_status synthetic_truncate(const ob_fs *fs, ob_file *file, uint64_t size)
{
    const ob_fs *inner = of(fs)->inner;
    return inner->truncate(inner, file->real, size);
}

static ob_status synthetic_sync(const ob_fs *fs, ob_file *file)
{
    const ob_fs *inner = of(fs)->inner;
    return inner->sync(inner, file->real);
}

static ob_status synthetic_lock(const ob_fs *fs, ob_file *file)
{
    const ob_fs *inner = of(fs)->inner;
    return inner->lock(inner, file->real);
}

static ob_status synthetic_map(const ob_fs *fs, ob_file *file, size_t length, const void **out)
{
    const ob_fs *inner = of(fs)->inner;
    return inner->map(inner, file->real, length, out);
}

static void synthetic_unmap(const ob_fs *fs, const void *data, size_t length)
{
    const ob_fs *inner = of(fs)->inner;
    inner->unmap(inner, data, length);
}

static ob_status synthetic_make_dir(const ob_fs *fs, ob_dir *dir, const char *name, bool private)
{
    const ob_fs *inner = of(fs)->inner;
    return inner->make_dir(inner, real_of(dir), name, private);
}

static ob_status synthetic_remove_file(const ob_fs *fs, ob_dir *dir, const char *name)
{
    const ob_fs *inner = of(fs)->inner;
    return inner->remove_file(inner, real_of(dir), name);
}

static ob_status synthetic_rename(const ob_fs *fs, ob_dir *from_dir, const char *from,
                                  ob_dir *to_dir, const char *to)
{
    const ob_fs *inner = of(fs)->inner;
    return inner->rename(inner, real_of(from_dir), from, real_of(to_dir), to);
}

void ob_synthetic_fs_init(ob_synthetic_fs *source, const ob_fs *inner, uint64_t files,
                          uint32_t bytes, uint32_t per_mille)
{
    *source = (ob_synthetic_fs){
        .inner = inner,
        .files = files < (uint64_t)TOPS_MOST * WIDTH * WIDTH ? files : 0,
        .bytes = bytes,
        .version = 1,
        .per_mille = per_mille,
        .fs =
            {
                .context = source,
                .dir_open = synthetic_dir_open,
                .dir_read = synthetic_dir_read,
                .dir_close = synthetic_dir_close,
                .dir_sync = synthetic_dir_sync,
                .stat = synthetic_stat,
                .open = synthetic_open,
                .close = synthetic_close,
                .file_stat = synthetic_file_stat,
                .read_at = synthetic_read_at,
                .write_at = synthetic_write_at,
                .truncate = synthetic_truncate,
                .sync = synthetic_sync,
                .lock = synthetic_lock,
                .map = synthetic_map,
                .unmap = synthetic_unmap,
                .make_dir = synthetic_make_dir,
                .remove_file = synthetic_remove_file,
                .rename = synthetic_rename,
            },
    };
}
