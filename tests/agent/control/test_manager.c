#include "agent_fixture.h"
#include "ob/alloc.h"
#include "ob/test.h"

#include "manager.h"

#include <string.h>

START_TEST(manager__guids_keep_the_order_of_their_text)
{
    static const char text[] = "01234567-89ab-cdef-0123-456789abcdef";
    ob_guid guid;
    OB_GUID wire;
    char back[OB_GUID_TEXT];
    ob_check_ok(ob_guid_parse(&guid, text, strlen(text)));
    ob_control_guid_out(&wire, &guid);
    ck_assert_uint_eq(wire.data1, 0x01234567);
    ck_assert_uint_eq(wire.data2, 0x89ab);
    ck_assert_uint_eq(wire.data3, 0xcdef);
    ck_assert_uint_eq(wire.data4[0], 0x01);
    ck_assert_uint_eq(wire.data4[7], 0xef);
    ob_guid again = ob_control_guid_in(&wire);
    ob_guid_format(back, &again);
    ck_assert_str_eq(back, text);
}
END_TEST

START_TEST(manager__an_answer_has_the_error_as_a_document)
{
    OB_BYTES error = {7, NULL};
    ck_assert_int_eq(ob_control_answer(OB_OK, &error), OB_OK);
    ck_assert_uint_eq(error.count, 0);
    ck_assert_ptr_null(error.data);
    ob_fail(OB_E_NO_POLICY, "there is no policy \"x\"");
    ck_assert_int_eq(ob_control_answer(OB_E_NO_POLICY, &error), OB_E_NO_POLICY);
    ck_assert_str_eq(agent_member(error.data, error.count, "symbol"), "OB_E_NO_POLICY");
    ck_assert_str_eq(agent_member(error.data, error.count, "detail"), "there is no policy \"x\"");
    MIDL_user_free(error.data);
}
END_TEST

START_TEST(manager__without_memory_the_status_has_to_do)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        OB_BYTES error = {0};
        ob_test_alloc_begin(n, true);
        ck_assert_int_eq(ob_control_answer(OB_E_BUSY, &error), OB_E_BUSY);
        ck_assert((error.count == 0) == (error.data == NULL));
        MIDL_user_free(error.data);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
    }
}
END_TEST

START_TEST(manager__gives_documents_and_texts)
{
    OB_BYTES bytes = {0};
    ULONG count = 9;
    unsigned char *text = NULL;
    ob_buf document = {0};
    ob_buf_put_text(&document, "{}");
    ob_check_ok(ob_control_give(&bytes, &document));
    ck_assert_uint_eq(bytes.count, 2);
    ck_assert_ptr_null(document.data);
    ob_free(bytes.data);
    ob_buf over = {.limit = 2};
    ob_buf_put_text(&over, "too long");
    ob_check_status(ob_control_give(&bytes, &over), OB_E_TOO_LARGE);
    ob_buf_free(&over);
    ob_check_ok(ob_control_give_text("", &count, &text));
    ck_assert_uint_eq(count, 0);
    ck_assert_ptr_null(text);
    ob_check_ok(ob_control_give_text("abc", &count, &text));
    ck_assert_uint_eq(count, 3);
    ck_assert_mem_eq(text, "abc", 3);
    ob_free(text);
    ob_test_alloc_begin(1, true);
    ob_status status = ob_control_give_text("abc", &count, &text);
    ck_assert(ob_test_alloc_end());
    ck_assert_int_eq(status, OB_E_NO_MEMORY);
}
END_TEST

START_TEST(manager__checks_counts)
{
    const unsigned char byte = 0;
    ob_check_ok(ob_control_check_bytes(NULL, 0, 10));
    ob_check_ok(ob_control_check_bytes(&byte, 10, 10));
    ob_check_status(ob_control_check_bytes(&byte, 11, 10), OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_control_check_bytes(NULL, 1, 10), OB_E_INVALID_ARGUMENT);
    ob_check_ok(ob_control_check_page(0, 1, 10));
    ob_check_ok(ob_control_check_page(INT64_MAX, 10, 10));
    ob_check_status(ob_control_check_page(0, 0, 10), OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_control_check_page(0, 11, 10), OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_control_check_page(-1, 1, 10), OB_E_INVALID_ARGUMENT);
    ck_assert_ptr_eq(ob_control_bytes(&byte), &byte);
    ck_assert_ptr_nonnull(ob_control_bytes(NULL));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, manager__guids_keep_the_order_of_their_text);
    tcase_add_test(cases, manager__an_answer_has_the_error_as_a_document);
    tcase_add_test(cases, manager__without_memory_the_status_has_to_do);
    tcase_add_test(cases, manager__gives_documents_and_texts);
    tcase_add_test(cases, manager__checks_counts);
}

OB_TEST_MAIN("manager", add_cases)
