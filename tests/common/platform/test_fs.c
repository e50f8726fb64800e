#include "ob/fs.h"
#include "ob/host.h"
#include "ob/test.h"

#include <string.h>

static const ob_fs *fs;
static const char *temp;

static void set_up(void)
{
    fs = ob_fs_os();
    temp = ob_test_temp();
}

static const char *at(const char *name)
{
    return ob_test_path(temp, name);
}

static bool is_windows(void)
{
    return strcmp(ob_host_platform(), "windows") == 0;
}

static ob_dir *open_dir(const char *path)
{
    ob_dir *dir = NULL;
    ob_check_ok(fs->dir_open(fs, NULL, path, &dir));
    return dir;
}

static const char *text_of(const char *path)
{
    size_t length = 0;
    return (const char *)ob_test_read_file(path, &length);
}

static ob_status pass_extra(void *context, const ob_extra *extra)
{
    (void)context;
    (void)extra;
    return OB_OK;
}

START_TEST(fs__open_modes)
{
    ob_file *file = NULL;
    const char *path = at("file");
    int create = OB_OPEN_WRITE | OB_OPEN_CREATE;
    ob_check_status(fs->open(fs, NULL, path, OB_OPEN_READ, &file), OB_E_NOT_FOUND);
    ob_check_detail("file");
    ob_check_status(fs->open(fs, NULL, path, OB_OPEN_WRITE, &file), OB_E_NOT_FOUND);
    ck_assert_ptr_null(file);
    ob_check_ok(fs->open(fs, NULL, path, create | OB_OPEN_EXCLUSIVE, &file));
    ob_check_ok(fs->write_at(fs, file, 0, "12345", 5));
    fs->close(fs, file);
    file = NULL;
    ob_check_status(fs->open(fs, NULL, path, create | OB_OPEN_EXCLUSIVE, &file), OB_E_EXISTS);
    ob_check_ok(fs->open(fs, NULL, path, create, &file));
    ob_check_ok(fs->write_at(fs, file, 1, "x", 1));
    fs->close(fs, file);
    ck_assert_str_eq(text_of(path), "1x345");
    ob_check_ok(fs->open(fs, NULL, path, create | OB_OPEN_TRUNCATE, &file));
    fs->close(fs, file);
    ck_assert_str_eq(text_of(path), "");
    fs->close(fs, NULL);
}
END_TEST

START_TEST(fs__open_takes_files_only)
{
    ob_file *file = NULL;
    ob_check_ok(fs->make_dir(fs, NULL, at("folder"), false));
    ob_status status = fs->open(fs, NULL, at("folder"), OB_OPEN_READ | OB_OPEN_BACKUP, &file);
    ob_check_status(status, OB_E_NOT_SUPPORTED);
    ck_assert_ptr_null(file);
    ob_dir *dir = NULL;
    ob_test_write_text(at("file"), "");
    ob_check_status(fs->dir_open(fs, NULL, at("file"), &dir), OB_E_NOT_FOUND);
    ob_check_status(fs->dir_open(fs, NULL, at("nothing"), &dir), OB_E_NOT_FOUND);
    ck_assert_ptr_null(dir);
}
END_TEST

START_TEST(fs__read_and_write_at)
{
    ob_file *file = NULL;
    ob_file_info info;
    char data[16];
    size_t got = 99;
    int flags = OB_OPEN_READ | OB_OPEN_WRITE | OB_OPEN_CREATE;
    ob_check_ok(fs->open(fs, NULL, at("file"), flags | OB_OPEN_SEQUENTIAL, &file));
    ob_check_ok(fs->read_at(fs, file, 0, data, sizeof data, &got));
    ck_assert_uint_eq(got, 0);
    ob_check_ok(fs->write_at(fs, file, 3, "abc", 3));
    ob_check_ok(fs->write_at(fs, file, 0, NULL, 0));
    ob_check_ok(fs->read_at(fs, file, 0, data, sizeof data, &got));
    ck_assert_uint_eq(got, 6);
    ck_assert_mem_eq(data, "\0\0\0abc", 6);
    ob_check_ok(fs->read_at(fs, file, 4, data, 1, &got));
    ck_assert(got == 1 && data[0] == 'b');
    ob_check_ok(fs->read_at(fs, file, 100, data, 1, &got));
    ck_assert_uint_eq(got, 0);
    ob_check_ok(fs->truncate(fs, file, 4));
    ob_check_ok(fs->sync(fs, file));
    ob_check_ok(fs->file_stat(fs, file, &info));
    ck_assert_uint_eq(info.size, 4);
    ob_check_ok(fs->truncate(fs, file, 10));
    ob_check_ok(fs->file_stat(fs, file, &info));
    ck_assert_uint_eq(info.size, 10);
    fs->close(fs, file);
    ob_check_ok(fs->open(fs, NULL, at("file"), OB_OPEN_READ, &file));
    ck_assert(OB_FAILED(fs->write_at(fs, file, 0, "x", 1)));
    fs->close(fs, file);
}
END_TEST

START_TEST(fs__past_four_gigabytes)
{
    ob_file *file = NULL;
    ob_file_info info;
    char data[8];
    size_t got = 0;
    uint64_t far = (UINT64_C(5) << 30) + 3;
    int flags = OB_OPEN_READ | OB_OPEN_WRITE | OB_OPEN_CREATE;
    if (is_windows()) {
        return; /* not sparse there: it would be written */
    }
    ob_check_ok(fs->open(fs, NULL, at("file"), flags, &file));
    ob_check_ok(fs->write_at(fs, file, far, "end", 3));
    ob_check_ok(fs->read_at(fs, file, far, data, sizeof data, &got));
    ck_assert(got == 3 && memcmp(data, "end", 3) == 0);
    ob_check_ok(fs->file_stat(fs, file, &info));
    ck_assert_uint_eq(info.size, far + 3);
    fs->close(fs, file);
}
END_TEST

START_TEST(fs__lock_excludes)
{
    ob_file *one = NULL;
    ob_file *two = NULL;
    char byte = 0;
    size_t got = 0;
    int flags = OB_OPEN_READ | OB_OPEN_WRITE | OB_OPEN_CREATE;
    ob_check_ok(fs->open(fs, NULL, at("lock"), flags, &one));
    ob_check_ok(fs->open(fs, NULL, at("lock"), flags, &two));
    ob_check_ok(fs->lock(fs, one));
    ob_check_status(fs->lock(fs, two), OB_E_BUSY);
    ob_check_ok(fs->write_at(fs, one, 0, "x", 1));
    ob_check_ok(fs->read_at(fs, two, 0, &byte, 1, &got)); /* who does not ask may read */
    ck_assert_int_eq(byte, 'x');
    fs->close(fs, one);
    ob_check_ok(fs->lock(fs, two));
    fs->close(fs, two);
}
END_TEST

START_TEST(fs__map)
{
    ob_file *file = NULL;
    const void *data = NULL;
    ob_test_write_text(at("file"), "mapped bytes");
    ob_check_ok(fs->open(fs, NULL, at("file"), OB_OPEN_READ, &file));
    ob_check_ok(fs->map(fs, file, 12, &data));
    fs->close(fs, file);
    ck_assert_mem_eq(data, "mapped bytes", 12);
    fs->unmap(fs, data, 12);
    fs->unmap(fs, NULL, 0);
}
END_TEST

START_TEST(fs__folders_list_their_names)
{
    static const char *const names[] = {"a", "b b", "\xC3\xA4\xF0\x9F\x98\x80", "z"};
    bool seen[4] = {false};
    ob_file_info info;
    for (size_t i = 0; i < 3; i++) {
        ob_test_write_text(at(names[i]), names[i]);
    }
    ob_check_ok(fs->make_dir(fs, NULL, at("z"), false));
    ob_dir *dir = open_dir(temp);
    for (;;) {
        ob_dir_entry entry;
        ob_check_ok(fs->dir_read(fs, dir, &entry));
        if (entry.name == NULL) {
            break;
        }
        size_t i = 0;
        while (i < 4 && strcmp(names[i], entry.name) != 0) {
            i++;
        }
        ck_assert_msg(i < 4 && !seen[i], "%s", entry.name);
        seen[i] = true;
        ob_check_ok(fs->stat(fs, dir, entry.name, &info));
        ck_assert(entry.type == 0 || entry.type == info.type);
        ck_assert(entry.file_id == 0 || entry.file_id == info.file_id);
        ck_assert(info.type == (i == 3 ? OB_FILE_DIR : OB_FILE_REGULAR));
    }
    ck_assert(seen[0] && seen[1] && seen[2] && seen[3]);
    ob_dir_entry entry;
    ob_check_ok(fs->dir_read(fs, dir, &entry)); /* the end stays the end */
    ck_assert_ptr_null(entry.name);
    ob_check_ok(fs->dir_sync(fs, dir));
    fs->dir_close(fs, dir);
    fs->dir_close(fs, NULL);
}
END_TEST

START_TEST(fs__many_names)
{
    unsigned count = 0;
    for (unsigned i = 0; i < 1500; i++) {
        ob_test_write_text(at(ob_test_format("a rather long name of file number %u", i)), "");
    }
    ob_dir *dir = open_dir(temp);
    for (ob_dir_entry entry = {"", 0, 0}; entry.name != NULL; count++) {
        ob_check_ok(fs->dir_read(fs, dir, &entry));
    }
    fs->dir_close(fs, dir);
    ck_assert_uint_eq(count, 1501);
}
END_TEST

START_TEST(fs__names_are_one_component)
{
    const ob_extra extra = {OB_EXTRA_KIND_XATTR, "user.a", "", 0};
    static const char *const bad[] = {"", ".", "..", "a/b", "/etc", "../x"};
    ob_dir *dir = open_dir(temp);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ob_file_info info;
        ob_file *file = NULL;
        ob_dir *child = NULL;
        char *target = NULL;
        uint32_t extras = 0;
        const char *n = bad[i];
        int create = OB_OPEN_WRITE | OB_OPEN_CREATE;
        ob_check_status(fs->stat(fs, dir, n, &info), OB_E_INVALID_ARGUMENT);
        ob_check_status(fs->open(fs, dir, n, create, &file), OB_E_INVALID_ARGUMENT);
        ob_check_status(fs->dir_open(fs, dir, n, &child), OB_E_INVALID_ARGUMENT);
        ob_check_status(fs->make_dir(fs, dir, n, false), OB_E_INVALID_ARGUMENT);
        ob_check_status(fs->remove_file(fs, dir, n), OB_E_INVALID_ARGUMENT);
        ob_check_status(fs->remove_dir(fs, dir, n), OB_E_INVALID_ARGUMENT);
        ob_check_status(fs->rename(fs, dir, n, dir, "x"), OB_E_INVALID_ARGUMENT);
        ob_check_status(fs->rename(fs, dir, "x", dir, n), OB_E_INVALID_ARGUMENT);
        ob_check_status(fs->rename_new(fs, dir, n, dir, "x"), OB_E_INVALID_ARGUMENT);
        ob_check_status(fs->rename_new(fs, dir, "x", dir, n), OB_E_INVALID_ARGUMENT);
        ob_check_status(fs->read_link(fs, dir, n, &target), OB_E_INVALID_ARGUMENT);
        ob_check_status(fs->make_symlink(fs, dir, n, "t", false), OB_E_INVALID_ARGUMENT);
        ob_check_status(fs->make_link(fs, dir, n, dir, "x"), OB_E_INVALID_ARGUMENT);
        ob_check_status(fs->make_link(fs, dir, "x", dir, n), OB_E_INVALID_ARGUMENT);
        ob_check_status(fs->set_meta(fs, dir, n, &info, 0), OB_E_INVALID_ARGUMENT);
        ob_check_status(
            fs->read_extras(fs, dir, n, NULL, OB_FILE_REGULAR, pass_extra, NULL, &extras),
            OB_E_INVALID_ARGUMENT);
        ob_check_status(fs->write_extra(fs, dir, n, &extra), OB_E_INVALID_ARGUMENT);
        ob_check_status(fs->make_node(fs, dir, n, &info, NULL, 0), OB_E_INVALID_ARGUMENT);
    }
    fs->dir_close(fs, dir);
}
END_TEST

START_TEST(fs__work_below_a_folder)
{
    ob_file *file = NULL;
    ob_file_info info;
    ob_dir *child = NULL;
    ob_dir *dir = open_dir(temp);
    ob_check_ok(fs->make_dir(fs, dir, "child", false));
    ob_check_status(fs->make_dir(fs, dir, "child", false), OB_E_EXISTS);
    ob_check_ok(fs->dir_open(fs, dir, "child", &child));
    ob_check_ok(fs->open(fs, child, "f", OB_OPEN_WRITE | OB_OPEN_CREATE, &file));
    ob_check_ok(fs->write_at(fs, file, 0, "below", 5));
    fs->close(fs, file);
    ob_check_ok(fs->make_link(fs, child, "f", dir, "g"));
    ob_check_ok(fs->stat(fs, dir, "g", &info));
    ck_assert(info.links == 2 && info.size == 5);
    uint64_t id = info.file_id;
    ob_check_ok(fs->stat(fs, child, "f", &info));
    ck_assert_uint_eq(info.file_id, id);
    fs->dir_close(fs, child);
    ob_check_status(fs->remove_dir(fs, dir, "child"), OB_E_EXISTS);
    ob_check_ok(fs->dir_open(fs, dir, "child", &child));
    ob_check_ok(fs->rename(fs, child, "f", dir, "h"));
    ck_assert_str_eq(text_of(at("h")), "below");
    fs->dir_close(fs, child);
    ob_check_ok(fs->remove_dir(fs, dir, "child"));
    ob_check_status(fs->remove_dir(fs, dir, "child"), OB_E_NOT_FOUND);
    ob_check_ok(fs->remove_file(fs, dir, "h"));
    ob_check_status(fs->remove_file(fs, dir, "h"), OB_E_NOT_FOUND);
    fs->dir_close(fs, dir);
}
END_TEST

START_TEST(fs__rename_replaces_and_rename_new_does_not)
{
    ob_test_write_text(at("a"), "1");
    ob_test_write_text(at("b"), "2");
    ob_check_status(fs->rename_new(fs, NULL, at("a"), NULL, at("b")), OB_E_EXISTS);
    ck_assert_str_eq(text_of(at("a")), "1");
    ck_assert_str_eq(text_of(at("b")), "2");
    ob_check_ok(fs->rename(fs, NULL, at("a"), NULL, at("b")));
    ck_assert_str_eq(text_of(at("b")), "1");
    ob_check_ok(fs->rename_new(fs, NULL, at("b"), NULL, at("c")));
    ck_assert_str_eq(text_of(at("c")), "1");
    ck_assert(!ob_test_exists(at("a")) && !ob_test_exists(at("b")));
    ob_check_status(fs->rename(fs, NULL, at("a"), NULL, at("c")), OB_E_NOT_FOUND);
    ob_check_status(fs->rename_new(fs, NULL, at("a"), NULL, at("d")), OB_E_NOT_FOUND);
}
END_TEST

START_TEST(fs__rename_moves_folders)
{
    ob_check_ok(ob_fs_make_dirs(fs, ob_test_path(at("a"), "b"), false));
    ob_check_ok(fs->rename_new(fs, NULL, at("a"), NULL, at("c")));
    ck_assert(ob_test_exists(ob_test_path(at("c"), "b")));
}
END_TEST

START_TEST(fs__symlinks)
{
    char *target = NULL;
    ob_file_info info;
    ob_file *file = NULL;
    ob_dir *child = NULL;
    ob_test_write_text(at("file"), "x");
    ob_check_ok(fs->make_dir(fs, NULL, at("folder"), false));
    ob_check_status(fs->read_link(fs, NULL, at("nothing"), &target), OB_E_NOT_FOUND);
    ck_assert(OB_FAILED(fs->read_link(fs, NULL, at("file"), &target)));
    ck_assert_ptr_null(target);
    ob_status status = fs->make_symlink(fs, NULL, at("link"), "file", false);
    if (is_windows() && OB_FAILED(status)) {
        return; /* the right to make links is not given to everybody there */
    }
    ob_check_ok(status);
    ob_check_status(fs->make_symlink(fs, NULL, at("link"), "other", false), OB_E_EXISTS);
    ob_check_ok(fs->make_symlink(fs, NULL, at("to-folder"), "folder", true));
    ob_check_ok(fs->read_link(fs, NULL, at("link"), &target));
    ck_assert_str_eq(target, "file");
    ob_free(target);
    ob_check_ok(fs->stat(fs, NULL, at("link"), &info));
    ck_assert_int_eq(info.type, OB_FILE_SYMLINK);
    ob_dir *dir = open_dir(temp);
    ck_assert(OB_FAILED(fs->open(fs, dir, "link", OB_OPEN_READ, &file)));
    ck_assert(OB_FAILED(fs->open(fs, dir, "link", OB_OPEN_WRITE | OB_OPEN_CREATE, &file)));
    ck_assert(OB_FAILED(fs->dir_open(fs, dir, "to-folder", &child)));
    ck_assert(file == NULL && child == NULL);
    fs->dir_close(fs, dir);
    child = open_dir(at("to-folder")); /* a path is the caller's own and is followed */
    fs->dir_close(fs, child);
    ob_check_ok(fs->remove_file(fs, NULL, at("to-folder")));
    ck_assert(ob_test_exists(at("folder")));
}
END_TEST

START_TEST(fs__long_symlink_targets)
{
    char target[1001];
    char *got = NULL;
    memset(target, 't', sizeof target - 1);
    target[sizeof target - 1] = '\0';
    ob_status status = fs->make_symlink(fs, NULL, at("link"), target, false);
    if (is_windows() && OB_FAILED(status)) {
        return;
    }
    ob_check_ok(status);
    ob_check_ok(fs->read_link(fs, NULL, at("link"), &got));
    ck_assert_str_eq(got, target);
    ob_free(got);
}
END_TEST

/* 40 levels of 20 bytes: past the 260 characters that Windows has by itself. */
START_TEST(fs__long_paths)
{
    const char *path = temp;
    for (int i = 0; i < 40; i++) {
        path = ob_test_path(path, "twenty-bytes-a-level");
    }
    ob_check_ok(ob_fs_make_dirs(fs, path, false));
    ob_test_write_text(ob_test_path(path, "file"), "deep");
    ck_assert_str_eq(text_of(ob_test_path(path, "file")), "deep");
    ob_check_ok(ob_fs_remove_tree(fs, ob_test_path(temp, "twenty-bytes-a-level")));
}
END_TEST

START_TEST(fs__space)
{
    uint64_t free_bytes = 0;
    uint64_t total = 0;
    ob_check_ok(fs->space(fs, temp, &free_bytes, &total));
    ck_assert(total > 0 && free_bytes <= total);
    ob_check_status(fs->space(fs, at("nothing"), &free_bytes, &total), OB_E_NOT_FOUND);
}
END_TEST

static ob_status use_everything(void)
{
    ob_dir *dir = NULL;
    ob_file *file = NULL;
    ob_file_info info;
    ob_dir_entry entry;
    uint32_t extras = 0;
    ob_status status = fs->dir_open(fs, NULL, temp, &dir);
    if (OB_FAILED(status)) {
        return status;
    }
    status = fs->open(fs, dir, "file", OB_OPEN_READ, &file);
    fs->close(fs, file);
    if (status == OB_OK) {
        status = fs->dir_read(fs, dir, &entry);
    }
    if (status == OB_OK) {
        status = fs->stat(fs, dir, "file", &info);
    }
    if (status == OB_OK) {
        status = fs->read_extras(fs, dir, "file", NULL, OB_FILE_REGULAR, pass_extra, NULL, &extras);
    }
    if (status == OB_OK) {
        status = fs->make_link(fs, dir, "file", dir, "other");
    }
    if (status == OB_OK) {
        status = fs->rename(fs, dir, "other", dir, "third");
    }
    if (status == OB_OK) {
        status = fs->remove_file(fs, dir, "third");
    }
    fs->dir_close(fs, dir);
    return status;
}

START_TEST(fs__memory_runs_out)
{
    ob_test_write_text(at("file"), "x");
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_test_alloc_begin(n, false);
        ob_status status = use_everything();
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ob_check_ok(ob_fs_remove_tree(fs, at("other")));
        ob_check_ok(ob_fs_remove_tree(fs, at("third")));
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, set_up, NULL);
    tcase_add_test(cases, fs__open_modes);
    tcase_add_test(cases, fs__open_takes_files_only);
    tcase_add_test(cases, fs__read_and_write_at);
    tcase_add_test(cases, fs__past_four_gigabytes);
    tcase_add_test(cases, fs__lock_excludes);
    tcase_add_test(cases, fs__map);
    tcase_add_test(cases, fs__folders_list_their_names);
    tcase_add_test(cases, fs__many_names);
    tcase_add_test(cases, fs__names_are_one_component);
    tcase_add_test(cases, fs__work_below_a_folder);
    tcase_add_test(cases, fs__rename_replaces_and_rename_new_does_not);
    tcase_add_test(cases, fs__rename_moves_folders);
    tcase_add_test(cases, fs__symlinks);
    tcase_add_test(cases, fs__long_symlink_targets);
    tcase_add_test(cases, fs__long_paths);
    tcase_add_test(cases, fs__space);
    tcase_add_test(cases, fs__memory_runs_out);
}

OB_TEST_MAIN("fs", add_cases)
