#include "com_test.h"

#include "ob/alloc.h"

static IOBRecoveryPoint *make(void)
{
    ob_connection *connection = com_test_connection();
    ob_point record = {.id = {{4}}, .time = 1, .bytes = 5, .files = 6, .sources = ob_strdup("{}")};
    IOBRecoveryPoint *point = ob_com_point_new(connection, &record);
    ck_assert_ptr_null(record.sources);
    ob_connection_release(connection);
    return point;
}

START_TEST(point__items_of_a_folder)
{
    IOBItems *items = NULL;
    fake_reset();
    fake.records = 2;
    IOBRecoveryPoint *point = make();
    VARIANT path = com_text(L"C:/a");
    ck_assert_int_eq(IOBRecoveryPoint_Items(point, path, com_missing(), &items), S_OK);
    ck_assert_str_eq(fake.asked, "C:/a|");
    ck_assert_uint_eq(fake.guid.bytes[0], 4);
    ck_assert_int_eq(fake.open_views, 1);
    IOBItems_Release(items);
    /* The next look needs no other view. */
    ck_assert_int_eq(IOBRecoveryPoint_Items(point, path, com_missing(), &items), S_OK);
    ck_assert_int_eq(fake.open_views, 1);
    IOBItems_Release(items);
    VariantClear(&path);
    IOBRecoveryPoint_Release(point);
    com_check_nothing_left();
}
END_TEST

START_TEST(point__restore_sends_what_is_asked)
{
    IOBJob *job = NULL;
    fake_reset();
    IOBRecoveryPoint *point = make();
    VARIANT items = com_text(L"C:/a"), to = com_text(L"D:\\r"), mode = com_text(L"skip");
    VARIANT passphrase = com_text(L"secret");
    ck_assert_int_eq(
        IOBRecoveryPoint_Restore(point, items, to, mode, VARIANT_TRUE, passphrase, &job), S_OK);
    ck_assert_str_eq(fake.asked,
                     "{\"point\":\"04000000-0000-0000-0000-000000000000\",\"skip_security\":true,"
                     "\"items\":[\"C:/a\"],\"destination\":\"D:\\\\r\",\"overwrite\":\"skip\","
                     "\"passphrase\":\"secret\"}");
    IOBJob_Release(job);
    fake.fail = OB_E_PASSPHRASE_WRONG;
    ck_assert_int_eq(IOBRecoveryPoint_Restore(point, com_missing(), com_missing(), com_missing(),
                                              VARIANT_FALSE, passphrase, &job),
                     OB_E_PASSPHRASE_WRONG);
    ck_assert_ptr_null(strstr(fake.asked, "items"));
    VariantClear(&items);
    VariantClear(&to);
    VariantClear(&mode);
    VariantClear(&passphrase);
    IOBRecoveryPoint_Release(point);
    com_check_nothing_left();
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, point__items_of_a_folder);
    tcase_add_test(cases, point__restore_sends_what_is_asked);
}

OB_TEST_MAIN("point", add_cases)
