#include "job/kind.h"

#include "ob/test.h"

START_TEST(kind__names)
{
    for (int type = OB_FILE_REGULAR; type <= OB_FILE_OTHER; type++) {
        const char *kind = ob_kind_not_kept((ob_file_type)type);
        ck_assert((kind != NULL) == (type == OB_FILE_SOCKET));
    }
    ck_assert_str_eq(ob_kind_not_kept(OB_FILE_SOCKET), "socket");
    ck_assert_ptr_null(ob_kind_of(OB_FILE_REGULAR));
    ck_assert_ptr_null(ob_kind_of(OB_FILE_DIR));
    ck_assert_ptr_null(ob_kind_of(OB_FILE_SYMLINK));
    ck_assert_str_eq(ob_kind_of(OB_FILE_FIFO), "fifo");
    ck_assert_str_eq(ob_kind_of(OB_FILE_SOCKET), "socket");
    ck_assert_str_eq(ob_kind_of(OB_FILE_CHAR_DEVICE), "character device");
    ck_assert_str_eq(ob_kind_of(OB_FILE_BLOCK_DEVICE), "block device");
    ck_assert_str_eq(ob_kind_of(OB_FILE_OTHER), "reparse point");
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, kind__names);
}

OB_TEST_MAIN("job_kind", add_cases)
