#include "seal.h"

#include "ob/host.h"
#include "ob/test.h"

#include <string.h>

static bool is_windows(void)
{
    return strcmp(ob_host_platform(), "windows") == 0;
}

START_TEST(seal__opens_what_it_closed)
{
    ob_buf sealed = {.secret = true};
    ob_buf opened = {.secret = true};
    ob_check_ok(ob_seal_close(&sealed, "a secret of mine", 16));
    ob_check_ok(ob_seal_open(&opened, sealed.data, sealed.length));
    ck_assert_uint_eq(opened.length, 16);
    ck_assert_mem_eq(opened.data, "a secret of mine", 16);
    ob_buf_free(&sealed);
    ob_buf_free(&opened);
}
END_TEST

/* On Windows the bytes themselves are sealed. */
START_TEST(seal__damage_is_noticed)
{
    ob_buf sealed = {.secret = true};
    ob_buf opened = {.secret = true};
    if (!is_windows()) {
        return;
    }
    ob_check_ok(ob_seal_close(&sealed, "a secret of mine", 16));
    for (size_t i = 0; i + 16 <= sealed.length; i++) {
        ck_assert(memcmp(sealed.data + i, "a secret of mine", 16) != 0);
    }
    sealed.data[sealed.length / 2] ^= 1;
    ob_check_status(ob_seal_open(&opened, sealed.data, sealed.length), OB_E_SEAL);
    ob_check_status(ob_seal_open(&opened, "x", 1), OB_E_SEAL);
    ck_assert_uint_eq(opened.length, 0);
    ob_buf_free(&sealed);
    ob_buf_free(&opened);
}
END_TEST

/* Elsewhere the file's owner and mode are the seal. */
START_TEST(seal__checks_owner_and_mode)
{
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(ob_test_temp(), "key");
    ob_file_info info;
    ob_check_ok(ob_fs_replace_file(fs, path, "x", 1, true));
    ob_check_ok(fs->stat(fs, NULL, path, &info));
    ob_check_ok(ob_seal_check(&info, path));
    if (is_windows()) {
        return;
    }
    info.mode = 0640;
    ob_check_status(ob_seal_check(&info, path), OB_E_ACCESS_DENIED);
    info.mode = 0602;
    ob_check_status(ob_seal_check(&info, path), OB_E_ACCESS_DENIED);
    info.mode = 0600;
    info.uid++;
    ob_check_status(ob_seal_check(&info, path), OB_E_ACCESS_DENIED);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, seal__opens_what_it_closed);
    tcase_add_test(cases, seal__damage_is_noticed);
    tcase_add_test(cases, seal__checks_owner_and_mode);
}

OB_TEST_MAIN("seal", add_cases)
