#include "fake_agent.h"
#include "internal.h"

#include <string.h>

static ob_call ended; /* a call that returned OB_OK */

static unsigned char *block_of(const char *text, size_t length)
{
    unsigned char *block = MIDL_user_allocate(length);
    memcpy(block, text, length);
    return block;
}

START_TEST(record__guids_keep_their_order)
{
    ob_guid guid = {{0}};
    ob_guid back = {{0}};
    OB_GUID wire;
    ob_check_ok(ob_guid_parse(&guid, "00112233-4455-6677-8899-aabbccddeeff", 36));
    ob_guid_to_wire(&wire, &guid);
    ck_assert_uint_eq(wire.data1, 0x00112233);
    ck_assert_uint_eq(wire.data2, 0x4455);
    ck_assert_uint_eq(wire.data3, 0x6677);
    ck_assert_uint_eq(wire.data4[0], 0x88);
    ck_assert_uint_eq(wire.data4[7], 0xff);
    ob_guid_from_wire(&back, &wire);
    ck_assert(ob_guid_equal(&guid, &back));
}
END_TEST

START_TEST(record__job_is_copied)
{
    ob_job job = {0};
    OB_JOB wire = {.state = OB_JOB_FAILED, .files_failed = 3};
    wire.current_count = 3;
    wire.current = block_of("a\\n", 3);
    ob_check_ok(ob_record_take_job(&ended, &wire, &job));
    ck_assert_str_eq(job.current, "a\\n");
    ck_assert_str_eq(job.detail, "");
    ck_assert_int_eq(job.files_failed, 3);
    ck_assert(ob_job_has_ended(&job));
    ob_job_free(&job);
    ob_job_free(NULL);
}
END_TEST

START_TEST(record__current_file_is_made_safe)
{
    ob_job job = {0};
    OB_JOB wire = {0};
    wire.current_count = 4;
    wire.current = block_of("a\x1b\xff\n", 4);
    ob_check_ok(ob_record_take_job(&ended, &wire, &job));
    ck_assert_str_eq(job.current, "a\\x1b\\xff\\n");
    ob_job_free(&job);
}
END_TEST

START_TEST(record__untrue_counts_are_refused)
{
    ob_job job = {.revision = 8};
    OB_JOB wire = {0};
    wire.current = block_of("abc", 3);
    wire.current_count = 4;
    ob_check_status(ob_record_take_job(&ended, &wire, &job), OB_E_PROTOCOL);
    fake_check_error(OB_E_PROTOCOL, "current file");
    wire = (OB_JOB){.detail_count = 1};
    ob_check_status(ob_record_take_job(&ended, &wire, &job), OB_E_PROTOCOL);
    wire = (OB_JOB){.detail_count = 3};
    wire.detail = block_of("a\0b", 3);
    ob_check_status(ob_record_take_job(&ended, &wire, &job), OB_E_PROTOCOL);
    fake_check_error(OB_E_PROTOCOL, "NUL");
    ck_assert_int_eq(job.revision, 8);
}
END_TEST

static OB_ITEM *items_of(size_t count, const char *path, size_t length)
{
    OB_ITEM *items = MIDL_user_allocate(count * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        items[i] = (OB_ITEM){.type = 1, .path_count = (ULONG)length};
        items[i].path = block_of(path, length);
    }
    return items;
}

START_TEST(record__lists_are_copied)
{
    void *records = NULL;
    size_t count = 0;
    ob_check_ok(
        ob_record_take_list(&ended, OB_RECORD_ITEM, items_of(3, "x", 1), 3, &records, &count));
    ck_assert_uint_eq(count, 3);
    ob_item *items = records;
    for (size_t i = 0; i < count; i++) {
        ck_assert_str_eq(items[i].path, "x");
        ob_item_free(&items[i]);
    }
    ob_free(items);
    ob_item_free(NULL);
    ob_point_free(NULL);
}
END_TEST

START_TEST(record__untrue_lists_are_refused)
{
    void *records = NULL;
    size_t count = 5;
    OB_ITEM *items = MIDL_user_allocate(2 * sizeof *items);
    ob_check_status(ob_record_take_list(&ended, OB_RECORD_ITEM, items, 3, &records, &count),
                    OB_E_PROTOCOL);
    ob_check_status(ob_record_take_list(&ended, OB_RECORD_POINT, NULL, 1, &records, &count),
                    OB_E_PROTOCOL);
    ob_check_status(
        ob_record_take_list(&ended, OB_RECORD_ITEM, items_of(2, "a\0b", 3), 2, &records, &count),
        OB_E_PROTOCOL);
    ck_assert_ptr_null(records);
    ck_assert_uint_eq(count, 5);
}
END_TEST

START_TEST(record__a_failed_call_is_only_released)
{
    ob_call failed = {.result = OB_E_IO};
    ob_call broken = {.broken = true};
    void *records = NULL;
    size_t count = 5;
    int not_ours = 0;
    ob_check_ok(
        ob_record_take_list(&failed, OB_RECORD_ITEM, items_of(2, "x", 1), 2, &records, &count));
    ob_check_ok(ob_record_take_list(&broken, OB_RECORD_ITEM, &not_ours, 2, &records, &count));
    ck_assert_ptr_null(records);
    ck_assert_uint_eq(count, 5);
}
END_TEST

START_TEST(record__survives_lack_of_memory)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        void *records = NULL;
        size_t count = 0;
        OB_ITEM *wire = items_of(3, "x", 1);
        ob_test_alloc_begin(n, false);
        ob_status status = ob_record_take_list(&ended, OB_RECORD_ITEM, wire, 3, &records, &count);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
        for (size_t i = 0; i < count; i++) {
            ob_item_free((ob_item *)records + i);
        }
        ob_free(records);
    }
}
END_TEST

START_TEST(record__names)
{
    ck_assert_str_eq(ob_job_type_name(OB_JOB_BACKUP), "Backup");
    ck_assert_str_eq(ob_job_type_name(OB_JOB_PRUNE), "Prune");
    ck_assert_str_eq(ob_job_type_name(-1), "Unknown");
    ck_assert_str_eq(ob_job_type_name(OB_JOB_RECOVERY), "Recovery");
    ck_assert_str_eq(ob_job_type_name(OB_JOB_VERIFY), "Verification");
    ck_assert_str_eq(ob_job_type_name(-1), "Unknown");
    ck_assert_str_eq(ob_job_type_name(77), "Unknown");
    ck_assert_str_eq(ob_job_state_name(OB_JOB_COMPLETED_WITH_WARNINGS), "CompletedWithWarning");
    ck_assert_str_eq(ob_job_state_name(OB_JOB_FAILED), "Failed");
    ck_assert_str_eq(ob_job_state_name(-1), "Unknown");
    ck_assert_str_eq(ob_job_state_name(9), "Unknown");
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, record__guids_keep_their_order);
    tcase_add_test(cases, record__job_is_copied);
    tcase_add_test(cases, record__current_file_is_made_safe);
    tcase_add_test(cases, record__untrue_counts_are_refused);
    tcase_add_test(cases, record__lists_are_copied);
    tcase_add_test(cases, record__untrue_lists_are_refused);
    tcase_add_test(cases, record__a_failed_call_is_only_released);
    tcase_add_test(cases, record__survives_lack_of_memory);
    tcase_add_test(cases, record__names);
}

OB_TEST_MAIN("record", add_cases)
