#include "keep.h"
#include "ob/host.h"
#include "ob/test.h"

#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000000)

void ob_test_write_file(const char *path, const void *data, size_t length)
{
    const ob_fs *fs = ob_fs_os();
    ob_file *file = NULL;
    ob_check_ok(fs->open(fs, NULL, path, OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_TRUNCATE, &file));
    ob_check_ok(fs->write_at(fs, file, 0, data, length));
    fs->close(fs, file);
}

void ob_test_write_text(const char *path, const char *text)
{
    ob_test_write_file(path, text, strlen(text));
}

const uint8_t *ob_test_read_file(const char *path, size_t *length)
{
    uint8_t *data = NULL;
    ob_check_ok(ob_fs_read_file(ob_fs_os(), path, SIZE_MAX - 1, &data, length));
    uint8_t *copy = ob_test_keep(*length + 1);
    memcpy(copy, data, *length);
    ob_free(data);
    return copy;
}

bool ob_test_exists(const char *path)
{
    const ob_fs *fs = ob_fs_os();
    ob_file_info info;
    return fs->stat(fs, NULL, path, &info) == OB_OK;
}

void ob_test_flip_byte(const char *path, uint64_t offset)
{
    const ob_fs *fs = ob_fs_os();
    ob_file *file = NULL;
    uint8_t byte = 0;
    size_t got = 0;
    ob_check_ok(fs->open(fs, NULL, path, OB_OPEN_READ | OB_OPEN_WRITE, &file));
    ob_check_ok(fs->read_at(fs, file, offset, &byte, 1, &got));
    ck_assert_uint_eq(got, 1);
    byte ^= 0xFF;
    ob_check_ok(fs->write_at(fs, file, offset, &byte, 1));
    fs->close(fs, file);
}

void ob_test_cut_file(const char *path, uint64_t size)
{
    const ob_fs *fs = ob_fs_os();
    ob_file *file = NULL;
    ob_check_ok(fs->open(fs, NULL, path, OB_OPEN_WRITE, &file));
    ob_check_ok(fs->truncate(fs, file, size));
    fs->close(fs, file);
}

static bool is_linux(void)
{
    return strcmp(ob_host_platform(), "linux") == 0;
}

static const char *make_folder(const char *parent, const char *name)
{
    const char *path = ob_test_path(parent, name);
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), path, false));
    return path;
}

static void make_file(const char *dir, const char *name, ob_test_rng *rng)
{
    static const uint32_t modes[] = {0644, 0600, 0755, 0440};
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(dir, name);
    size_t size = ob_test_rng_below(rng, 4) == 0 ? 0 : (size_t)ob_test_rng_below(rng, 65537);
    uint8_t *data = malloc(size + 1);
    ck_assert_ptr_nonnull(data);
    ob_test_rng_fill(rng, data, size);
    if (ob_test_rng_below(rng, 2) == 0) {
        memset(data, 'x', size); /* compressible */
    }
    ob_test_write_file(path, data, size);
    free(data);
    ob_file_info info;
    ob_check_ok(fs->stat(fs, NULL, path, &info));
    info.mode = modes[ob_test_rng_below(rng, 4)];
    /* A multiple of 100 ns, which is as exact as Windows is. */
    info.mtime = (int64_t)ob_test_rng_below(rng, 1700000000) * SECOND +
                 (int64_t)ob_test_rng_below(rng, 10000000) * 100;
    ob_check_ok(fs->set_meta(fs, NULL, path, &info, OB_META_MODE | OB_META_TIMES));
}

static const char *odd_name(unsigned number)
{
    static const char *const windows[] = {"with space", "\xC3\xA4\xE2\x82\xAC", ".hidden"};
    static const char *const linux_[] = {"new\nline", "not\xFFutf8", "back\\slash", "-rf",
                                         "\xC3\xA4\xE2\x82\xAC"};
    return is_linux() ? linux_[number % 5] : windows[number % 3];
}

static void set_time(const char *path, int64_t time)
{
    const ob_fs *fs = ob_fs_os();
    ob_file_info info;
    ob_check_ok(fs->stat(fs, NULL, path, &info));
    info.mtime = time;
    ob_check_ok(fs->set_meta(fs, NULL, path, &info, OB_META_TIMES));
}

/* Links where the system and the user's rights allow them. */
static void make_links(const char *root)
{
    const ob_fs *fs = ob_fs_os();
    const char *file = ob_test_path(root, "linked");
    ob_test_write_text(file, "one file, two names");
    ob_check_ok(fs->make_link(fs, NULL, file, NULL, ob_test_path(root, "linked-too")));
    ob_status status = fs->make_symlink(fs, NULL, ob_test_path(root, "symlink"), "linked", false);
    ck_assert(status == OB_OK || status == OB_E_ACCESS_DENIED || status == OB_E_NOT_SUPPORTED);
    if (status == OB_OK) {
        set_time(ob_test_path(root, "symlink"), INT64_C(1500000000) * SECOND);
    }
    set_time(file, INT64_C(1400000000) * SECOND);
    if (is_linux()) {
        const char *dangling = ob_test_path(root, "dangling");
        ob_check_ok(fs->make_symlink(fs, NULL, dangling, "/no/such/place", false));
        set_time(dangling, INT64_C(1500000000) * SECOND);
    }
}

typedef struct names {
    char **list;
    size_t count;
} names;

static names read_names(const char *path);
static void free_names(names *list);

/* Times of the folders, which changed with everything that was made in them: the innermost first.
 */
static void set_folder_times(const char *path, int64_t time)
{
    const ob_fs *fs = ob_fs_os();
    names list = read_names(path);
    for (size_t i = 0; i < list.count; i++) {
        ob_file_info info;
        const char *child = ob_test_path(path, list.list[i]);
        ob_check_ok(fs->stat(fs, NULL, child, &info));
        if (info.type == OB_FILE_DIR) {
            set_folder_times(child, time + (int64_t)i * SECOND);
        }
    }
    free_names(&list);
    set_time(path, time);
}

void ob_test_tree_make(const char *root, ob_test_rng *rng, unsigned files)
{
    const char *dir = make_folder(root, "tree");
    make_folder(root, "empty");
    for (unsigned i = 0; i < files; i++) {
        if (i % 7 == 3) {
            dir = make_folder(i % 21 == 3 ? root : dir, ob_test_format("folder%u", i));
        }
        make_file(dir, ob_test_format("file%u", i), rng);
    }
    const char *odd = make_folder(root, "odd");
    for (unsigned i = 0; i < 5; i++) {
        make_file(odd, odd_name(i), rng);
    }
    make_links(root);
    set_folder_times(root, INT64_C(1600000000) * SECOND);
}

static int compare_texts(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;
    return strcmp(*left, *right);
}

static names read_names(const char *path)
{
    const ob_fs *fs = ob_fs_os();
    names result = {NULL, 0};
    ob_dir *dir = NULL;
    ob_check_ok(fs->dir_open(fs, NULL, path, &dir));
    for (;;) {
        ob_dir_entry entry;
        ob_check_ok(fs->dir_read(fs, dir, &entry));
        if (entry.name == NULL) {
            break;
        }
        result.list = realloc(result.list, (result.count + 1) * sizeof *result.list);
        ck_assert_ptr_nonnull(result.list);
        result.list[result.count++] = strdup(entry.name);
    }
    fs->dir_close(fs, dir);
    if (result.count > 0) {
        qsort(result.list, result.count, sizeof *result.list, compare_texts);
    }
    return result;
}

static void free_names(names *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->list[i]);
    }
    free(list->list);
}

static bool same_bytes(const char *left, const char *right)
{
    uint8_t *bytes[2] = {NULL, NULL};
    size_t lengths[2] = {0, 0};
    ob_check_ok(ob_fs_read_file(ob_fs_os(), left, SIZE_MAX - 1, &bytes[0], &lengths[0]));
    ob_check_ok(ob_fs_read_file(ob_fs_os(), right, SIZE_MAX - 1, &bytes[1], &lengths[1]));
    bool same = lengths[0] == lengths[1] && memcmp(bytes[0], bytes[1], lengths[0]) == 0;
    ob_free(bytes[0]);
    ob_free(bytes[1]);
    return same;
}

static bool same_target(const char *left, const char *right)
{
    const ob_fs *fs = ob_fs_os();
    char *targets[2] = {NULL, NULL};
    ob_check_ok(fs->read_link(fs, NULL, left, &targets[0]));
    ob_check_ok(fs->read_link(fs, NULL, right, &targets[1]));
    bool same = strcmp(targets[0], targets[1]) == 0;
    ob_free(targets[0]);
    ob_free(targets[1]);
    return same;
}

static const char *meta_differs(const ob_file_info *left, const ob_file_info *right, int mask)
{
    if (left->type != right->type) {
        return "types";
    }
    if (left->type != OB_FILE_DIR && left->links != right->links) {
        return "numbers of links";
    }
    if ((mask & OB_META_MODE) != 0 && left->mode != right->mode) {
        return "modes";
    }
    if ((mask & OB_META_OWNER) != 0 && (left->uid != right->uid || left->gid != right->gid)) {
        return "owners";
    }
    if ((mask & OB_META_TIMES) != 0 && left->mtime != right->mtime) {
        return "times";
    }
    if ((mask & OB_META_ATTRIBUTES) != 0 && left->attributes != right->attributes) {
        return "attributes";
    }
    return NULL;
}

static const char *folders_differ(const char *left, const char *right, int mask)
{
    names lists[2] = {read_names(left), read_names(right)};
    const char *why = NULL;
    if (lists[0].count != lists[1].count) {
        why = ob_test_format("%s: %zu names, %s: %zu names", left, lists[0].count, right,
                             lists[1].count);
    }
    for (size_t i = 0; why == NULL && i < lists[0].count; i++) {
        const char *name = lists[0].list[i];
        if (strcmp(name, lists[1].list[i]) != 0) {
            why = ob_test_format("%s: %s against %s", left, name, lists[1].list[i]);
        } else {
            why = ob_test_tree_differs(ob_test_path(left, name), ob_test_path(right, name), mask);
        }
    }
    free_names(&lists[0]);
    free_names(&lists[1]);
    return why;
}

const char *ob_test_tree_differs(const char *left, const char *right, int mask)
{
    const ob_fs *fs = ob_fs_os();
    ob_file_info infos[2];
    for (int i = 0; i < 2; i++) {
        if (fs->stat(fs, NULL, i == 0 ? left : right, &infos[i]) != OB_OK) {
            return ob_test_format("%s", ob_detail());
        }
    }
    const char *what = meta_differs(&infos[0], &infos[1], mask);
    if (what == NULL && infos[0].type == OB_FILE_SYMLINK && !same_target(left, right)) {
        what = "targets";
    }
    if (what == NULL && infos[0].type == OB_FILE_REGULAR && !same_bytes(left, right)) {
        what = "bytes";
    }
    if (what == NULL && (mask & OB_META_FLAGS) != 0) {
        what = ob_test_extras_differ(left, right, infos);
    }
    if (what != NULL) {
        return ob_test_format("%s of %s and %s differ", what, left, right);
    }
    return infos[0].type == OB_FILE_DIR ? folders_differ(left, right, mask) : NULL;
}
