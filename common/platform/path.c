#include "ob/alloc.h"
#include "ob/fs.h"
#include "ob/host.h"
#include "ob/text.h"

#include <string.h>

#ifdef _WIN32
#define SEPARATOR "\\"
#define SEPARATORS "\\/"
#else
#define SEPARATOR "/"
#define SEPARATORS "/"
#endif

/* Levels of folders that ob_fs_remove_tree() goes down: it holds one open folder a level. */
#define DEPTH_LIMIT 512

static bool is_separator(char c)
{
    return c != '\0' && strchr(SEPARATORS, c) != NULL;
}

char *ob_path_join(const char *dir, const char *name)
{
    size_t length = strlen(dir);
    bool ends = length > 0 && is_separator(dir[length - 1]);
    return ob_asprintf("%s%s%s", dir, ends || length == 0 ? "" : SEPARATOR, name);
}

bool ob_path_is_absolute(const char *path)
{
#ifdef _WIN32
    bool letter = (path[0] >= 'A' && path[0] <= 'Z') || (path[0] >= 'a' && path[0] <= 'z');
    return (letter && path[1] == ':' && is_separator(path[2])) ||
           (is_separator(path[0]) && is_separator(path[1]) && path[2] != '\0');
#else
    return path[0] == '/';
#endif
}

/* Length of the folder part of a path, separators at its end not counted; of a root all of it, so
 * that the result is never longer than `length` and equal to it only if there is no parent. */
static size_t parent_length(const char *path, size_t length)
{
    size_t at = length;
    while (at > 0 && is_separator(path[at - 1])) {
        at--;
    }
    while (at > 0 && !is_separator(path[at - 1])) {
        at--;
    }
    size_t root = at;
    while (at > 0 && is_separator(path[at - 1])) {
        at--;
    }
    /* "/x" and "C:\x" keep their separator: without it "C:" would be another place. */
    if (at == 0 || path[at - 1] == ':') {
        return root < length ? root : length;
    }
    return at;
}

/* The folder that `path` is in; "." for a bare name. */
static char *parent_of(const char *path)
{
    size_t length = parent_length(path, strlen(path));
    return length > 0 ? ob_strndup(path, length) : ob_strdup(".");
}

/* Something is at `path` already; OB_OK if it is a folder, or a link to one. */
static ob_status check_is_dir(const ob_fs *fs, const char *path)
{
    ob_file_info info;
    ob_dir *dir = NULL;
    ob_status status = fs->stat(fs, NULL, path, &info);
    if (OB_FAILED(status) || info.type == OB_FILE_DIR) {
        return status;
    }
    if (info.type != OB_FILE_REGULAR) {
        status = fs->dir_open(fs, NULL, path, &dir);
        fs->dir_close(fs, dir);
        if (status != OB_E_NOT_FOUND) {
            return status;
        }
    }
    return ob_fail(OB_E_EXISTS, "%s: exists and is not a folder", path);
}

static ob_status make_parents(const ob_fs *fs, const char *path)
{
    size_t length = strlen(path);
    size_t parent = parent_length(path, length);
    if (parent == 0 || parent >= length) {
        return ob_fail(OB_E_NOT_FOUND, "%s", path);
    }
    char *text = ob_strndup(path, parent);
    if (text == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", path);
    }
    ob_status status = ob_fs_make_dirs(fs, text, false);
    ob_free(text);
    return status;
}

ob_status ob_fs_make_dirs(const ob_fs *fs, const char *path, bool private_to_owner)
{
    ob_status status = fs->make_dir(fs, NULL, path, private_to_owner);
    if (status == OB_E_NOT_FOUND) {
        status = make_parents(fs, path);
        if (status == OB_OK) {
            status = fs->make_dir(fs, NULL, path, private_to_owner);
        }
    }
    return status == OB_E_EXISTS ? check_is_dir(fs, path) : status;
}

ob_status ob_fs_read_file(const ob_fs *fs, const char *path, size_t most, uint8_t **out,
                          size_t *length)
{
    ob_file *file = NULL;
    ob_file_info info = {0};
    uint8_t *data = NULL;
    size_t got = 0;
    ob_status status = fs->open(fs, NULL, path, OB_OPEN_READ | OB_OPEN_SEQUENTIAL, &file);
    if (OB_FAILED(status)) {
        goto out;
    }
    status = fs->file_stat(fs, file, &info);
    if (OB_FAILED(status)) {
        goto out;
    }
    if (info.size > most || info.size > SIZE_MAX - 1) {
        status = ob_fail(OB_E_TOO_LARGE, "%s: more than %zu bytes", path, most);
        goto out;
    }
    data = ob_alloc((size_t)info.size + 1);
    if (data == NULL) {
        status = ob_fail(OB_E_NO_MEMORY, "%s", path);
        goto out;
    }
    status = fs->read_at(fs, file, 0, data, (size_t)info.size, &got);
    if (OB_FAILED(status)) {
        goto out;
    }
    data[got] = 0;
    *length = got;
    *out = data;
    data = NULL; /* transferred */
out:
    ob_free(data);
    fs->close(fs, file);
    return status;
}

static ob_status write_new(const ob_fs *fs, const char *path, const void *data, size_t length,
                           bool private_to_owner)
{
    ob_file *file = NULL;
    int flags = OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_EXCLUSIVE;
    flags |= private_to_owner ? OB_OPEN_PRIVATE : 0;
    ob_status status = fs->open(fs, NULL, path, flags, &file);
    if (OB_FAILED(status)) {
        return status;
    }
    status = fs->write_at(fs, file, 0, data, length);
    if (status == OB_OK) {
        status = fs->sync(fs, file);
    }
    fs->close(fs, file);
    if (OB_FAILED(status)) {
        fs->remove_file(fs, NULL, path);
    }
    return status;
}

static ob_status sync_parent(const ob_fs *fs, const char *path)
{
    ob_dir *dir = NULL;
    char *parent = parent_of(path);
    if (parent == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", path);
    }
    ob_status status = fs->dir_open(fs, NULL, parent, &dir);
    if (status == OB_OK) {
        status = fs->dir_sync(fs, dir);
    }
    fs->dir_close(fs, dir);
    ob_free(parent);
    return status;
}

ob_status ob_fs_replace_file(const ob_fs *fs, const char *path, const void *data, size_t length,
                             bool private_to_owner)
{
    uint8_t random[8];
    char suffix[2 * sizeof random + 1];
    ob_status status = ob_random(random, sizeof random);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_hex_encode(suffix, random, sizeof random);
    char *temporary = ob_asprintf("%s.%s.tmp", path, suffix);
    if (temporary == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", path);
    }
    status = write_new(fs, temporary, data, length, private_to_owner);
    if (status == OB_OK) {
        status = fs->rename(fs, NULL, temporary, NULL, path);
        if (OB_FAILED(status)) {
            fs->remove_file(fs, NULL, temporary);
        }
    }
    if (status == OB_OK) {
        status = sync_parent(fs, path);
    }
    ob_free(temporary);
    return status;
}

static ob_status remove_children(const ob_fs *fs, ob_dir *dir, int depth);

/* `dir` NULL: `name` is a path. `type` as in a folder's list: 0 = not known. */
static ob_status remove_any(const ob_fs *fs, ob_dir *dir, const char *name, ob_file_type type,
                            int depth)
{
    ob_dir *child = NULL;
    ob_status status = OB_OK;
    if (type == 0) {
        ob_file_info info;
        status = fs->stat(fs, dir, name, &info);
        if (OB_FAILED(status)) {
            return status;
        }
        type = info.type;
    }
    if (type != OB_FILE_DIR) {
        return fs->remove_file(fs, dir, name);
    }
    if (depth > DEPTH_LIMIT) {
        return ob_fail(OB_E_NOT_SUPPORTED, "%s: more than %d folders deep", name, DEPTH_LIMIT);
    }
    status = fs->dir_open(fs, dir, name, &child);
    if (status == OB_OK) {
        status = remove_children(fs, child, depth);
    }
    fs->dir_close(fs, child);
    return status == OB_OK ? fs->remove_dir(fs, dir, name) : status;
}

static ob_status remove_children(const ob_fs *fs, ob_dir *dir, int depth)
{
    for (;;) {
        ob_dir_entry entry = {0};
        ob_status status = fs->dir_read(fs, dir, &entry);
        if (OB_FAILED(status) || entry.name == NULL) {
            return status;
        }
        status = remove_any(fs, dir, entry.name, entry.type, depth + 1);
        if (OB_FAILED(status) && status != OB_E_NOT_FOUND) {
            return status;
        }
    }
}

ob_status ob_fs_remove_tree(const ob_fs *fs, const char *path)
{
    ob_status status = remove_any(fs, NULL, path, (ob_file_type)0, 0);
    return status == OB_E_NOT_FOUND ? OB_OK : status;
}

void ob_path_into_point(char *path)
{
    bool has_letter = (path[0] >= 'A' && path[0] <= 'Z') || (path[0] >= 'a' && path[0] <= 'z');
    if (has_letter && path[1] == ':' && path[2] == '\\') {
        for (char *c = path; *c != '\0'; c++) {
            *c = *c == '\\' ? '/' : *c;
        }
    }
    for (size_t length = strlen(path); length > 1 && path[length - 1] == '/'; length--) {
        path[length - 1] = '\0';
    }
}
