#include "ob/memory_fs.h"
#include "ob/test.h"

#include <string.h>

static void put(const ob_fs *fs, const char *path, const char *text, bool sync)
{
    ob_file *file = NULL;
    ob_check_ok(fs->open(fs, NULL, path, OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_TRUNCATE, &file));
    ob_check_ok(fs->write_at(fs, file, 0, text, strlen(text)));
    if (sync) {
        ob_check_ok(fs->sync(fs, file));
    }
    fs->close(fs, file);
}

static void sync_folder(const ob_fs *fs, const char *path)
{
    ob_dir *dir = NULL;
    ob_check_ok(fs->dir_open(fs, NULL, path, &dir));
    ob_check_ok(fs->dir_sync(fs, dir));
    fs->dir_close(fs, dir);
}

/* The text of a file, or "-" if it is not there. */
static const char *text_of(const ob_fs *fs, const char *path)
{
    uint8_t *data = NULL;
    size_t length = 0;
    if (ob_fs_read_file(fs, path, 1000, &data, &length) != OB_OK) {
        return "-";
    }
    const char *text = ob_test_format("%.*s", (int)length, (const char *)data);
    ob_free(data);
    return text;
}

START_TEST(memory_fs__is_a_file_system)
{
    ob_memory_fs *memory = ob_memory_fs_new();
    const ob_fs *fs = ob_memory_fs_use(memory);
    ob_dir *dir = NULL;
    ob_dir_entry entry;
    ob_file_info info;
    ob_check_ok(ob_fs_make_dirs(fs, "/a/b/c", false));
    put(fs, "/a/b/one", "1", false);
    put(fs, "/a/b/one", "again", false);
    ob_check_ok(fs->make_link(fs, NULL, "/a/b/one", NULL, "/a/two"));
    ob_check_ok(fs->rename(fs, NULL, "/a/b/one", NULL, "/a/b/three"));
    ob_check_status(fs->rename_new(fs, NULL, "/a/two", NULL, "/a/b/three"), OB_E_EXISTS);
    ob_check_status(fs->stat(fs, NULL, "/a/b/one", &info), OB_E_NOT_FOUND);
    ob_check_ok(fs->stat(fs, NULL, "/a/b/three", &info));
    ck_assert_uint_eq(info.links, 2);
    ck_assert_uint_eq(info.size, 5);
    ck_assert_str_eq(text_of(fs, "/a/two"), "again");
    ob_check_ok(fs->dir_open(fs, NULL, "/a/b", &dir));
    ob_check_ok(fs->dir_read(fs, dir, &entry));
    ck_assert_str_eq(entry.name, "c");
    ck_assert_int_eq(entry.type, OB_FILE_DIR);
    ob_check_ok(fs->dir_read(fs, dir, &entry));
    ck_assert_str_eq(entry.name, "three");
    ob_check_ok(fs->dir_read(fs, dir, &entry));
    ck_assert_ptr_null(entry.name);
    fs->dir_close(fs, dir);
    ob_check_ok(ob_fs_remove_tree(fs, "/a"));
    ob_check_status(fs->stat(fs, NULL, "/a", &info), OB_E_NOT_FOUND);
    ob_memory_fs_free(memory);
}
END_TEST

START_TEST(memory_fs__what_was_synced_survives)
{
    for (int how = 0; how < OB_CUT_KINDS; how++) {
        for (uint64_t seed = 0; seed < 50; seed++) {
            ob_memory_fs *memory = ob_memory_fs_new();
            const ob_fs *fs = ob_memory_fs_use(memory);
            put(fs, "/safe", "safe", true);
            put(fs, "/other", "old", true);
            sync_folder(fs, "/");
            put(fs, "/other.new", "new", true);
            ob_check_ok(fs->rename(fs, NULL, "/other.new", NULL, "/other"));
            ob_memory_fs_power_cut(memory, (ob_power_cut)how, seed);
            ck_assert_str_eq(text_of(fs, "/safe"), "safe");
            const char *other = text_of(fs, "/other");
            ck_assert(strcmp(other, "old") == 0 || strcmp(other, "new") == 0);
            ob_memory_fs_free(memory);
        }
    }
}
END_TEST

START_TEST(memory_fs__what_was_not_is_lost)
{
    ob_memory_fs *memory = ob_memory_fs_new();
    const ob_fs *fs = ob_memory_fs_use(memory);
    put(fs, "/bytes", "not synced", false);
    sync_folder(fs, "/");
    put(fs, "/name", "synced, but its name is not", true);
    ob_memory_fs *copy = ob_memory_fs_copy(memory);
    const ob_fs *other = ob_memory_fs_use(copy);
    ob_memory_fs_power_cut(memory, OB_CUT_DROPPED, 1);
    ck_assert_str_eq(text_of(fs, "/bytes"), "");
    ck_assert_str_eq(text_of(fs, "/name"), "-");
    ob_memory_fs_power_cut(copy, OB_CUT_EMPTY, 1);
    ck_assert_str_ne(text_of(other, "/bytes"), "not synced");
    ck_assert_str_eq(text_of(other, "/name"), "synced, but its name is not");
    ob_memory_fs_free(memory);
    ob_memory_fs_free(copy);
}
END_TEST

/* By chance a write is kept as a whole, partly and not at all. */
START_TEST(memory_fs__writes_tear)
{
    char content[3001];
    unsigned whole = 0;
    unsigned part = 0;
    unsigned none = 0;
    memset(content, 'x', sizeof content - 1);
    content[sizeof content - 1] = '\0';
    for (uint64_t seed = 0; seed < 100; seed++) {
        ob_memory_fs *memory = ob_memory_fs_new();
        const ob_fs *fs = ob_memory_fs_use(memory);
        put(fs, "/f", "", true);
        sync_folder(fs, "/");
        put(fs, "/f", content, false);
        ob_memory_fs_power_cut(memory, OB_CUT_TORN, seed);
        uint8_t *data = NULL;
        size_t length = 0;
        size_t kept = 0;
        ob_check_ok(ob_fs_read_file(fs, "/f", 10000, &data, &length));
        for (size_t i = 0; i < length; i++) {
            kept += data[i] == 'x' ? 1 : 0;
        }
        whole += kept == sizeof content - 1 ? 1 : 0;
        none += kept == 0 ? 1 : 0;
        part += kept > 0 && kept < sizeof content - 1 ? 1 : 0;
        ob_free(data);
        ob_memory_fs_free(memory);
    }
    ck_assert_uint_gt(whole, 0);
    ck_assert_uint_gt(part, 0);
    ck_assert_uint_gt(none, 0);
}
END_TEST

START_TEST(memory_fs__is_full)
{
    ob_memory_fs *memory = ob_memory_fs_new();
    const ob_fs *fs = ob_memory_fs_use(memory);
    ob_file *file = NULL;
    ob_memory_fs_set_room(memory, 10);
    put(fs, "/f", "12345678", false);
    ob_check_ok(fs->open(fs, NULL, "/g", OB_OPEN_WRITE | OB_OPEN_CREATE, &file));
    ob_check_status(fs->write_at(fs, file, 0, "123", 3), OB_E_DISK_FULL);
    fs->close(fs, file);
    ob_memory_fs_free(memory);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, memory_fs__is_a_file_system);
    tcase_add_test(cases, memory_fs__what_was_synced_survives);
    tcase_add_test(cases, memory_fs__what_was_not_is_lost);
    tcase_add_test(cases, memory_fs__writes_tear);
    tcase_add_test(cases, memory_fs__is_full);
}
OB_TEST_MAIN("memory_fs", add_cases)
