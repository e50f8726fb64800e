#include "ob/secret.h"
#include "ob/test.h"

#include <string.h>

START_TEST(secret__round_trip)
{
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(ob_test_temp(), "key");
    uint8_t *data = NULL;
    size_t length = 0;
    ob_check_status(ob_secret_load(fs, path, &data, &length), OB_E_NOT_FOUND);
    ob_check_ok(ob_secret_save(fs, path, "first", 5));
    ob_check_ok(ob_secret_save(fs, path, "s\0cond", 6));
    ob_check_ok(ob_secret_load(fs, path, &data, &length));
    ck_assert_uint_eq(length, 6);
    ck_assert_mem_eq(data, "s\0cond", 6);
    ob_free_secret(data, length);
    ob_check_ok(ob_secret_save(fs, path, "", 0));
    ob_check_ok(ob_secret_load(fs, path, &data, &length));
    ck_assert_uint_eq(length, 0);
    ob_free_secret(data, length);
}
END_TEST

START_TEST(secret__too_large)
{
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(ob_test_temp(), "key");
    size_t length = ((size_t)1 << 20) + 1;
    uint8_t *data = ob_calloc(1, length);
    ob_check_status(ob_secret_save(fs, path, data, length), OB_E_TOO_LARGE);
    ck_assert(!ob_test_exists(path));
    ob_check_ok(ob_fs_replace_file(fs, path, data, length, true));
    ob_free(data);
    data = NULL;
    ob_check_status(ob_secret_load(fs, path, &data, &length), OB_E_TOO_LARGE);
    ck_assert_ptr_null(data);
}
END_TEST

/* Saving that fails keeps the old secret; loading that fails gives nothing. */
START_TEST(secret__files_fail)
{
    ob_test_fs wrapper;
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(ob_test_temp(), "key");
    ob_test_fs_init(&wrapper, fs);
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        uint8_t *data = NULL;
        size_t length = 0;
        ob_check_ok(ob_secret_save(fs, path, "old", 3));
        ob_test_fs_fail(&wrapper, n, false);
        ob_status status = ob_secret_save(&wrapper.fs, path, "new", 3);
        hit = wrapper.hit;
        ob_check_status(status, hit ? OB_E_IO : OB_OK);
        ob_check_ok(ob_secret_load(fs, path, &data, &length));
        ck_assert(memcmp(data, "new", 3) == 0 || memcmp(data, "old", 3) == 0);
        ob_free_secret(data, length);
    }
    hit = true;
    for (uint64_t n = 1; hit; n++) {
        uint8_t *data = NULL;
        size_t length = 0;
        ob_test_fs_fail(&wrapper, n, false);
        ob_status status = ob_secret_load(&wrapper.fs, path, &data, &length);
        hit = wrapper.hit;
        ob_check_status(status, hit ? OB_E_IO : OB_OK);
        ck_assert((data == NULL) == hit);
        ob_free_secret(data, length);
    }
}
END_TEST

START_TEST(secret__memory_runs_out)
{
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(ob_test_temp(), "key");
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        uint8_t *data = NULL;
        size_t length = 0;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_secret_save(fs, path, "x", 1);
        if (status == OB_OK) {
            status = ob_secret_load(fs, path, &data, &length);
        }
        ob_free_secret(data, length);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, secret__round_trip);
    tcase_add_test(cases, secret__too_large);
    tcase_add_test(cases, secret__files_fail);
    tcase_add_test(cases, secret__memory_runs_out);
}

OB_TEST_MAIN("secret", add_cases)
