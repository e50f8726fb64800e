#include "job_table.h"

#include "ob/test.h"

#include <stdio.h>
#include <string.h>

static ob_db *db;

static void setup(void)
{
    ob_check_ok(ob_db_open(ob_test_path(ob_test_temp(), "state.db"), &db));
}

static void teardown(void)
{
    ob_db_close(db);
    db = NULL;
}

static ob_run_record record_of(uint8_t number, int32_t state, int64_t end)
{
    ob_run_record record = {.facts = {.id = {{number}},
                                      .type = OB_RUN_BACKUP,
                                      .state = state,
                                      .revision = 1,
                                      .start_time = 1000 + number,
                                      .end_time = end},
                            .current = "",
                            .detail = "{}"};
    return record;
}

static void add(uint8_t number, int32_t state, int64_t end)
{
    ob_run_record record = record_of(number, state, end);
    ob_check_ok(ob_job_table_add(db, &record, 1000));
}

typedef struct seen {
    char numbers[512];  /* first byte of each id, "3 2 1" */
    ob_run_facts facts; /* of the last */
    const char *detail;
    size_t count;
} seen;

static ob_status remember(void *context, const ob_run_record *record)
{
    seen *state = context;
    size_t length = strlen(state->numbers);
    if (length < sizeof state->numbers - 5) {
        snprintf(state->numbers + length, sizeof state->numbers - length, "%s%u",
                 length > 0 ? " " : "", record->facts.id.bytes[0]);
    }
    state->facts = record->facts;
    state->detail = ob_test_format("%s", record->detail);
    state->count++;
    return OB_OK;
}

static seen list(uint32_t filter, int64_t *resume, size_t most)
{
    seen state = {.count = 0};
    ob_check_ok(ob_job_table_list(db, filter, resume, most, remember, &state));
    return state;
}

static const char *numbers_of(const ob_run_facts *facts)
{
    return ob_test_format(
        "%u.%u.%u %d %d %d %lld %lld %lld %lld %lld %lld %lld %lld %lld %lld %lld",
        facts->id.bytes[0], facts->id.bytes[1], facts->id.bytes[2], facts->type, facts->state,
        facts->status, (long long)facts->revision, (long long)facts->start_time,
        (long long)facts->end_time, (long long)facts->bytes_total, (long long)facts->bytes_done,
        (long long)facts->bytes_changed, (long long)facts->bytes_stored,
        (long long)facts->files_total, (long long)facts->files_done,
        (long long)facts->files_changed, (long long)facts->files_failed);
}

START_TEST(job_table__keeps_all_numbers)
{
    seen state = {.count = 0};
    ob_run_record record = {.facts = {.id = {{1, 2, 255}},
                                      .type = OB_RUN_RECOVERY,
                                      .state = OB_RUN_COMPLETED_WITH_WARNINGS,
                                      .status = OB_E_IO,
                                      .revision = 7,
                                      .start_time = INT64_MAX - 1,
                                      .end_time = INT64_MAX,
                                      .bytes_total = 1,
                                      .bytes_done = 2,
                                      .bytes_changed = 3,
                                      .bytes_stored = 4,
                                      .files_total = 5,
                                      .files_done = 6,
                                      .files_changed = 7,
                                      .files_failed = 8},
                            .current = "",
                            .detail = "{\"policy\":\"x\"}"};
    ob_check_ok(ob_job_table_add(db, &record, 10));
    ob_check_ok(ob_job_table_find(db, &record.facts.id, remember, &state));
    ck_assert_str_eq(numbers_of(&state.facts), numbers_of(&record.facts));
    ck_assert_str_eq(state.detail, record.detail);
    record.facts.bytes_done = 20;
    record.facts.state = OB_RUN_FAILED;
    record.detail = "{}";
    ob_check_ok(ob_job_table_update(db, &record));
    ob_check_ok(ob_job_table_find(db, &record.facts.id, remember, &state));
    ck_assert_str_eq(numbers_of(&state.facts), numbers_of(&record.facts));
    ck_assert_str_eq(state.detail, "{}");
    ck_assert_uint_eq(state.count, 2);
}
END_TEST

START_TEST(job_table__pages_newest_first)
{
    int64_t resume = 0;
    for (uint8_t i = 1; i <= 7; i++) {
        add(i, OB_RUN_COMPLETED, 5);
    }
    ck_assert_str_eq(list(OB_RUN_FILTER_ALL, &resume, 3).numbers, "7 6 5");
    ck_assert_int_ne(resume, 0);
    /* What starts between two pages moves nothing. */
    add(8, OB_RUN_STARTED, 0);
    ck_assert_str_eq(list(OB_RUN_FILTER_ALL, &resume, 3).numbers, "4 3 2");
    ck_assert_str_eq(list(OB_RUN_FILTER_ALL, &resume, 3).numbers, "1");
    ck_assert_int_eq(resume, 0);
    ck_assert_str_eq(list(OB_RUN_FILTER_ALL, &resume, 8).numbers, "8 7 6 5 4 3 2 1");
    ck_assert_int_eq(resume, 0);
    resume = 1;
    ck_assert_str_eq(list(OB_RUN_FILTER_ALL, &resume, 8).numbers, "");
    ck_assert_int_eq(resume, 0);
}
END_TEST

START_TEST(job_table__filters)
{
    static const char *const wanted[] = {"5 4 3 2 1", "5", "4 3 2 1", "2 1", "3"};
    add(1, OB_RUN_COMPLETED, 5);
    add(2, OB_RUN_COMPLETED_WITH_WARNINGS, 5);
    add(3, OB_RUN_FAILED, 5);
    add(4, OB_RUN_ABORTED, 5);
    add(5, OB_RUN_IN_PROGRESS, 0);
    for (uint32_t filter = 0; filter < 5; filter++) {
        int64_t resume = 0;
        ck_assert_str_eq(list(filter, &resume, 100).numbers, wanted[filter]);
    }
    int64_t resume = 9;
    seen state = {.count = 0};
    ob_check_status(ob_job_table_list(db, 5, &resume, 1, remember, &state), OB_E_INVALID_ARGUMENT);
    ck_assert_int_eq(resume, 9);
}
END_TEST

START_TEST(job_table__a_page_is_bounded_in_bytes)
{
    char detail[300001];
    memset(detail, 'x', sizeof detail);
    detail[sizeof detail - 1] = '\0';
    for (uint8_t i = 1; i <= 6; i++) {
        ob_run_record record = record_of(i, OB_RUN_COMPLETED, 5);
        record.detail = detail;
        ob_check_ok(ob_job_table_add(db, &record, 1000));
    }
    int64_t resume = 0;
    ck_assert_str_eq(list(OB_RUN_FILTER_ALL, &resume, 100).numbers, "6 5 4 3");
    ck_assert_str_eq(list(OB_RUN_FILTER_ALL, &resume, 100).numbers, "2 1");
    ck_assert_int_eq(resume, 0);
}
END_TEST

START_TEST(job_table__history_is_bounded)
{
    add(1, OB_RUN_IN_PROGRESS, 0);
    for (uint8_t i = 2; i <= 9; i++) {
        ob_run_record record = record_of(i, OB_RUN_COMPLETED, 5);
        ob_check_ok(ob_job_table_add(db, &record, 3));
    }
    int64_t resume = 0;
    ck_assert_str_eq(list(OB_RUN_FILTER_ALL, &resume, 100).numbers, "9 8 7 1");
}
END_TEST

static ob_status refuse(void *context, const ob_run_record *record)
{
    (void)context;
    (void)record;
    return ob_fail(OB_E_TOO_LARGE, "enough");
}

START_TEST(job_table__a_visitor_can_end_it)
{
    int64_t resume = 0;
    add(1, OB_RUN_COMPLETED, 5);
    ob_guid id = {{1}};
    ob_check_status(ob_job_table_list(db, 0, &resume, 10, refuse, NULL), OB_E_TOO_LARGE);
    ob_check_status(ob_job_table_find(db, &id, refuse, NULL), OB_E_TOO_LARGE);
    id.bytes[0] = 2;
    ob_check_status(ob_job_table_find(db, &id, refuse, NULL), OB_E_NOT_FOUND);
    ob_check_detail("02000000-");
}
END_TEST

START_TEST(job_table__interrupted_jobs_say_so)
{
    size_t count = 99;
    seen state = {.count = 0};
    add(1, OB_RUN_COMPLETED, 5);
    ob_run_record record = record_of(2, OB_RUN_IN_PROGRESS, 0);
    record.detail = "{\"policy\":\"p\",\"error\":null}";
    ob_check_ok(ob_job_table_add(db, &record, 100));
    record = record_of(3, OB_RUN_STARTED, 0);
    record.detail = "damaged";
    ob_check_ok(ob_job_table_add(db, &record, 100));

    ob_check_ok(ob_job_table_interrupt(db, 5000, &count));
    ck_assert_uint_eq(count, 2);
    ob_guid id = {{2}};
    ob_check_ok(ob_job_table_find(db, &id, remember, &state));
    ck_assert_int_eq(state.facts.state, OB_RUN_FAILED);
    ck_assert_int_eq(state.facts.status, OB_E_JOB_INTERRUPTED);
    ck_assert_int_eq(state.facts.end_time, 5000);
    ck_assert_int_eq(state.facts.revision, 2);
    ck_assert_ptr_nonnull(strstr(state.detail, "\"policy\":\"p\""));
    ck_assert_ptr_nonnull(strstr(state.detail, "\"symbol\":\"OB_E_JOB_INTERRUPTED\""));
    ck_assert_ptr_null(strstr(state.detail, "null"));
    id.bytes[0] = 3;
    ob_check_ok(ob_job_table_find(db, &id, remember, &state));
    ck_assert_int_eq(state.facts.state, OB_RUN_FAILED);

    ob_check_ok(ob_job_table_interrupt(db, 9000, &count));
    ck_assert_uint_eq(count, 0);
    id.bytes[0] = 1;
    ob_check_ok(ob_job_table_find(db, &id, remember, &state));
    ck_assert_int_eq(state.facts.state, OB_RUN_COMPLETED);
}
END_TEST

START_TEST(job_table__a_clock_that_went_back_ends_them_too)
{
    size_t count = 0;
    seen state = {.count = 0};
    add(1, OB_RUN_IN_PROGRESS, 0);
    ob_check_ok(ob_job_table_interrupt(db, 0, &count));
    ck_assert_uint_eq(count, 1);
    ob_guid id = {{1}};
    ob_check_ok(ob_job_table_find(db, &id, remember, &state));
    ck_assert_int_eq(state.facts.end_time, 1001);
}
END_TEST

START_TEST(job_table__same_job_twice_is_refused)
{
    add(1, OB_RUN_STARTED, 0);
    ob_run_record record = record_of(1, OB_RUN_STARTED, 0);
    ck_assert(OB_FAILED(ob_job_table_add(db, &record, 100)));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, job_table__keeps_all_numbers);
    tcase_add_test(cases, job_table__pages_newest_first);
    tcase_add_test(cases, job_table__filters);
    tcase_add_test(cases, job_table__a_page_is_bounded_in_bytes);
    tcase_add_test(cases, job_table__history_is_bounded);
    tcase_add_test(cases, job_table__a_visitor_can_end_it);
    tcase_add_test(cases, job_table__interrupted_jobs_say_so);
    tcase_add_test(cases, job_table__a_clock_that_went_back_ends_them_too);
    tcase_add_test(cases, job_table__same_job_twice_is_refused);
}

OB_TEST_MAIN("job_table", add_cases)
