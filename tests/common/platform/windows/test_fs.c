#include "ob/fs.h"
#include "ob/test.h"
#include "ob/thread.h"

#include <windows.h>

START_TEST(windows_fs__read_only_files_can_be_removed)
{
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(ob_test_temp(), "file");
    ob_file_info info;
    ob_test_write_text(path, "x");
    ob_check_ok(fs->stat(fs, NULL, path, &info));
    info.attributes = FILE_ATTRIBUTE_READONLY;
    ob_check_ok(fs->set_meta(fs, NULL, path, &info, OB_META_ATTRIBUTES));
    ob_check_ok(fs->remove_file(fs, NULL, path));
    ck_assert(!ob_test_exists(path));
}
END_TEST

START_TEST(windows_fs__a_folder_is_not_removed_as_a_file)
{
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(ob_test_temp(), "folder");
    ob_check_ok(fs->make_dir(fs, NULL, path, false));
    ck_assert(OB_FAILED(fs->remove_file(fs, NULL, path)));
    ck_assert(ob_test_exists(path));
}
END_TEST

START_TEST(windows_fs__an_open_folder_stays_where_it_is)
{
    const ob_fs *fs = ob_fs_os();
    const char *dir = ob_test_temp();
    const char *path = ob_test_path(dir, "folder");
    ob_dir *handle = NULL;
    ob_check_ok(fs->make_dir(fs, NULL, path, false));
    ob_check_ok(fs->dir_open(fs, NULL, path, &handle));
    ck_assert(OB_FAILED(fs->rename(fs, NULL, path, NULL, ob_test_path(dir, "moved"))));
    fs->dir_close(fs, handle);
    ob_check_ok(fs->rename(fs, NULL, path, NULL, ob_test_path(dir, "moved")));
}
END_TEST

START_TEST(windows_fs__names_have_no_streams_and_no_separators)
{
    static const char *const bad[] = {"a:b", "a\\b", "a/b", "\\", ":"};
    const ob_fs *fs = ob_fs_os();
    ob_dir *dir = NULL;
    ob_check_ok(fs->dir_open(fs, NULL, ob_test_temp(), &dir));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ob_file *file = NULL;
        ob_status status = fs->open(fs, dir, bad[i], OB_OPEN_WRITE | OB_OPEN_CREATE, &file);
        ob_check_status(status, OB_E_INVALID_ARGUMENT);
    }
    fs->dir_close(fs, dir);
}
END_TEST

/* Opens a file as a program does that lets nobody replace it. */
static HANDLE hold(const char *path)
{
    HANDLE handle = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    ck_assert(handle != INVALID_HANDLE_VALUE);
    return handle;
}

static void let_go(void *handle)
{
    Sleep(5);
    CloseHandle(handle);
}

START_TEST(windows_fs__a_file_that_is_read_for_a_moment_is_replaced)
{
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(ob_test_temp(), "file");
    ob_thread *thread = NULL;
    size_t length = 0;
    ob_test_write_text(path, "old");
    ob_check_ok(ob_thread_start(&thread, let_go, hold(path)));
    ob_check_ok(ob_fs_replace_file(fs, path, "new", 3, false));
    ob_thread_join(thread);
    ck_assert_mem_eq(ob_test_read_file(path, &length), "new", 3);
    /* Held for longer, it stays as it was, and the temporary file goes. */
    HANDLE handle = hold(path);
    ck_assert(OB_FAILED(ob_fs_replace_file(fs, path, "later", 5, false)));
    CloseHandle(handle);
    ck_assert_mem_eq(ob_test_read_file(path, &length), "new", 3);
    ck_assert_uint_eq(length, 3);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, windows_fs__a_file_that_is_read_for_a_moment_is_replaced);
    tcase_add_test(cases, windows_fs__read_only_files_can_be_removed);
    tcase_add_test(cases, windows_fs__a_folder_is_not_removed_as_a_file);
    tcase_add_test(cases, windows_fs__an_open_folder_stays_where_it_is);
    tcase_add_test(cases, windows_fs__names_have_no_streams_and_no_separators);
}

OB_TEST_MAIN("windows_fs", add_cases)
