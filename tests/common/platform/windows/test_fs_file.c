#include "ob/fs.h"
#include "ob/test.h"
#include "wide.h"

#include <aclapi.h>

/* Full access or some for one of the groups that stand for everybody. */
static bool open_to_others(const char *path)
{
    PSECURITY_DESCRIPTOR security = NULL;
    PACL acl = NULL;
    wchar_t *wide = NULL;
    bool open = false;
    WELL_KNOWN_SID_TYPE groups[] = {WinWorldSid, WinBuiltinUsersSid, WinAuthenticatedUserSid};
    ob_check_ok(ob_windows_path(path, &wide));
    DWORD error = GetNamedSecurityInfoW(wide, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL,
                                        &acl, NULL, &security);
    ck_assert_uint_eq(error, ERROR_SUCCESS);
    ck_assert_ptr_nonnull(acl);
    for (DWORD i = 0; i < acl->AceCount; i++) {
        void *entry = NULL;
        ck_assert(GetAce(acl, i, &entry));
        ACCESS_ALLOWED_ACE *ace = entry;
        for (size_t k = 0; k < sizeof groups / sizeof groups[0]; k++) {
            open = open || (ace->Header.AceType == ACCESS_ALLOWED_ACE_TYPE && ace->Mask != 0 &&
                            IsWellKnownSid(&ace->SidStart, groups[k]));
        }
    }
    LocalFree(security);
    ob_free(wide);
    return open;
}

START_TEST(windows_fs_file__private_means_nobody_else)
{
    const ob_fs *fs = ob_fs_os();
    const char *dir = ob_test_temp();
    const char *path = ob_test_path(dir, "file");
    const char *folder = ob_test_path(dir, "folder");
    size_t length = 0;
    ob_check_ok(ob_fs_replace_file(fs, path, "x", 1, true));
    ck_assert(!open_to_others(path));
    ck_assert_str_eq((const char *)ob_test_read_file(path, &length), "x"); /* but to us */
    ob_check_ok(fs->make_dir(fs, NULL, folder, true));
    ck_assert(!open_to_others(folder));
    ob_test_write_text(ob_test_path(folder, "inside"), "y");
}
END_TEST

START_TEST(windows_fs_file__others_may_move_an_open_file)
{
    const ob_fs *fs = ob_fs_os();
    const char *dir = ob_test_temp();
    const char *path = ob_test_path(dir, "file");
    ob_file *file = NULL;
    char byte = 0;
    size_t got = 0;
    ob_test_write_text(path, "x");
    ob_check_ok(fs->open(fs, NULL, path, OB_OPEN_READ | OB_OPEN_BACKUP, &file));
    ob_check_ok(fs->rename(fs, NULL, path, NULL, ob_test_path(dir, "moved")));
    ob_check_ok(fs->read_at(fs, file, 0, &byte, 1, &got));
    ck_assert_int_eq(byte, 'x');
    fs->close(fs, file);
}
END_TEST

START_TEST(windows_fs_file__held_by_another_program)
{
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(ob_test_temp(), "file");
    wchar_t *wide = NULL;
    ob_file *file = NULL;
    ob_test_write_text(path, "x");
    ob_check_ok(ob_windows_path(path, &wide));
    HANDLE other = CreateFileW(wide, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    ck_assert_ptr_ne(other, INVALID_HANDLE_VALUE);
    ob_check_status(fs->open(fs, NULL, path, OB_OPEN_READ, &file), OB_E_BUSY);
    ck_assert_ptr_null(file);
    CloseHandle(other);
    ob_free(wide);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, windows_fs_file__private_means_nobody_else);
    tcase_add_test(cases, windows_fs_file__others_may_move_an_open_file);
    tcase_add_test(cases, windows_fs_file__held_by_another_program);
}

OB_TEST_MAIN("windows_fs_file", add_cases)
