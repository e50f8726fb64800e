#include "run.h"

#include "ob/test.h"

#include <cjson/cJSON.h>
#include <string.h>

static ob_mutex lock;
static ob_cond changed;
static ob_test_clock test_clock;
static const char *log_dir;
static unsigned freed;

static void setup(void)
{
    ob_mutex_init(&lock);
    ob_cond_init(&changed);
    ob_test_clock_init(&test_clock);
    log_dir = ob_test_temp();
    freed = 0;
}

static ob_status do_nothing(void *context, ob_run *run)
{
    (void)context;
    (void)run;
    return OB_OK;
}

static void count_free(void *context)
{
    (void)context;
    freed++;
}

static ob_run *new_run(void)
{
    ob_run_host host = {NULL, &lock, &changed, ob_fs_os(), &test_clock.clock, log_dir};
    ob_run_body body = {do_nothing, count_free, NULL};
    cJSON *detail = ob_json_new_object();
    bool failed = false;
    ob_run *run = NULL;
    ob_json_add_text(detail, "policy", "p", &failed);
    ob_check_ok(ob_run_new(&host, OB_RUN_BACKUP, &body, detail, &run));
    return run;
}

static const char *detail_of(ob_run *run, ob_status status)
{
    ob_buf text = {0};
    ob_check_ok(ob_run_print_detail(run, status, &text));
    ck_assert_uint_eq(strlen((const char *)text.data) + 1, text.length);
    const char *copy = ob_test_format("%s", (const char *)text.data);
    ob_buf_free(&text);
    return copy;
}

static void progress(ob_run *run, bool scanning, uint64_t done, uint64_t total, const char *current)
{
    ob_progress numbers = {.scanning = scanning,
                           .bytes_total = total,
                           .bytes_done = done,
                           .bytes_changed = 3,
                           .bytes_stored = 4,
                           .files_total = 5,
                           .files_done = 6,
                           .files_changed = 7,
                           .files_failed = 8,
                           .current = current};
    const ob_control *control = ob_run_control(run);
    control->progress(control->context, &numbers);
}

START_TEST(run__starts_with_a_whole_record)
{
    ob_run *run = new_run();
    ck_assert_int_eq(run->facts.state, OB_RUN_STARTED);
    ck_assert_int_eq(run->facts.revision, 1);
    ck_assert_int_eq(run->facts.start_time, test_clock.now);
    ck_assert_int_eq(run->facts.seconds_left, -1);
    ck_assert(!ob_guid_is_zero(&run->facts.id));
    ck_assert_str_eq(detail_of(run, OB_OK), "{\"policy\":\"p\",\"error\":null,\"warnings\":[],"
                                            "\"failed\":[],\"failed_log\":\"\"}");
    ob_run_free(run);
    ck_assert_uint_eq(freed, 1);
    ob_run_free(NULL);
}
END_TEST

START_TEST(run__progress_makes_a_revision)
{
    ob_run *run = new_run();
    ob_run_set_initialized(run);
    ck_assert_int_eq(run->facts.state, OB_RUN_INITIALIZED);
    ck_assert_int_eq(run->facts.revision, 2);
    progress(run, true, 0, 10000, "/a\n\xFF");
    ck_assert_int_eq(run->facts.state, OB_RUN_INITIALIZED);
    ck_assert_int_eq(run->facts.revision, 3);
    ck_assert_str_eq(run->current, "/a\\n\\xff");
    ck_assert_int_eq(run->facts.seconds_left, -1);
    ob_test_clock_advance(&test_clock, 2000000000);
    progress(run, true, 2000, 10000, "");
    ck_assert_int_eq(run->facts.bytes_per_second, 1000);
    ck_assert_int_eq(run->facts.seconds_left, -1);
    ob_test_clock_advance(&test_clock, 2000000000);
    progress(run, false, 4000, 10000, "");
    ck_assert_int_eq(run->facts.state, OB_RUN_IN_PROGRESS);
    ck_assert_int_eq(run->facts.bytes_per_second, 1000);
    ck_assert_int_eq(run->facts.seconds_left, 7);
    ck_assert_int_eq(run->facts.bytes_changed, 3);
    ck_assert_int_eq(run->facts.bytes_stored, 4);
    ck_assert_int_eq(run->facts.files_total, 5);
    ck_assert_int_eq(run->facts.files_done, 6);
    ck_assert_int_eq(run->facts.files_changed, 7);
    ck_assert_int_eq(run->facts.files_failed, 8);
    /* It does not become younger again. */
    ob_run_set_initialized(run);
    ck_assert_int_eq(run->facts.state, OB_RUN_IN_PROGRESS);
    ob_run_free(run);
}
END_TEST

START_TEST(run__a_long_name_is_cut)
{
    ob_run *run = new_run();
    char name[5000];
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    progress(run, false, 1, 1, name);
    ck_assert_uint_eq(strlen(run->current), OB_RUN_CURRENT_MOST + 3);
    ob_run_free(run);
}
END_TEST

START_TEST(run__failures_go_to_detail_and_log)
{
    ob_run *run = new_run();
    const ob_control *control = ob_run_control(run);
    ob_event event = {OB_EVENT_FAILED, "/secret", OB_E_ACCESS_DENIED, "", "open: no"};
    control->event(control->context, &event);
    const char *detail = detail_of(run, OB_OK);
    ck_assert_ptr_nonnull(strstr(detail, "\"path\":\"/secret\""));
    cJSON *json = NULL;
    ob_check_ok(ob_json_parse(&json, detail, strlen(detail)));
    const char *log = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "failed_log"));
    ck_assert(ob_test_exists(log));
    ob_json_free(json);
    ck_assert_int_eq(ob_run_final_facts(run, OB_OK).state, OB_RUN_COMPLETED_WITH_WARNINGS);
    ob_run_free(run);
}
END_TEST

START_TEST(run__how_it_ends)
{
    static const struct {
        ob_status status;
        bool cancelled;
        int32_t state;
    } rows[] = {
        {OB_OK, false, OB_RUN_COMPLETED},
        {OB_OK, true, OB_RUN_COMPLETED},
        {OB_E_CANCELLED, true, OB_RUN_ABORTED},
        {OB_E_CANCELLED, false, OB_RUN_FAILED},
        {OB_E_VAULT_UNREACHABLE, false, OB_RUN_FAILED},
        {OB_E_VAULT_UNREACHABLE, true, OB_RUN_FAILED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ob_run *run = new_run();
        if (rows[i].cancelled) {
            ob_run_cancel(run, "because");
            ck_assert_int_eq(run->facts.state, OB_RUN_ABORTING);
            ck_assert(ob_run_cancelled(run));
        }
        ob_fail(rows[i].status, "vault is away");
        ob_run_copy_error(run, rows[i].status);
        ob_run_facts facts = ob_run_final_facts(run, rows[i].status);
        ck_assert_int_eq(facts.state, rows[i].state);
        ck_assert_int_eq(facts.status, rows[i].status);
        ck_assert_int_eq(facts.revision, run->facts.revision + 1);
        /* The clock stood still, and a record that has ended has a time of end that is later. */
        ck_assert_int_eq(facts.end_time, facts.start_time + 1);
        const char *detail = detail_of(run, rows[i].status);
        const char *wanted = rows[i].status == OB_OK           ? "\"error\":null"
                             : rows[i].state == OB_RUN_ABORTED ? "\"detail\":\"because\""
                                                               : "\"detail\":\"vault is away\"";
        ck_assert_msg(strstr(detail, wanted) != NULL, "%s", detail);
        ob_run_free(run);
    }
}
END_TEST

START_TEST(run__cancelling_twice_keeps_the_first_reason)
{
    ob_run *run = new_run();
    ob_run_cancel(run, "first");
    int64_t revision = run->facts.revision;
    ob_run_cancel(run, "second");
    ck_assert_int_eq(run->facts.revision, revision);
    ck_assert_str_eq(run->cancel_reason, "first");
    run->ended = true;
    run->cancel_reason = NULL;
    ob_run_cancel(run, "third");
    ck_assert_ptr_null(run->cancel_reason);
    ob_run_cancel(NULL, "nobody");
    ob_run_free(run);
}
END_TEST

START_TEST(run__body_adds_to_the_detail)
{
    ob_guid point = {{0x11, 0x22}};
    ob_run *run = new_run();
    ob_progress totals = {.bytes_total = 9, .current = ""};
    ob_run_set_totals(run, &totals);
    ob_run_set_point(run, &point);
    ob_run_set_point(run, &point);
    ob_run_set_incremental(run, true);
    ck_assert_int_eq(run->facts.bytes_total, 9);
    const char *detail = detail_of(run, OB_OK);
    ck_assert_ptr_nonnull(strstr(detail, "\"policy\":\"p\",\"point\":\"11220000-"));
    ck_assert_ptr_nonnull(strstr(detail, "\"incremental\":true"));
    ob_run_free(run);
}
END_TEST

static ob_status look(void *context, const ob_run_record *record)
{
    unsigned *count = context;
    ck_assert_str_eq(record->current, "/x");
    ck_assert_ptr_nonnull(record->detail);
    (*count)++;
    return OB_E_TIMEOUT;
}

START_TEST(run__a_visitor_gets_all)
{
    unsigned count = 0;
    ob_run *run = new_run();
    progress(run, false, 1, 1, "/x");
    ck_assert_int_eq(ob_run_visit_record(run, look, &count), OB_E_TIMEOUT);
    ck_assert_uint_eq(count, 1);
    ob_run_free(run);
}
END_TEST

START_TEST(run__names_of_states)
{
    ck_assert_str_eq(ob_run_state_name(OB_RUN_COMPLETED), "completed");
    ck_assert_str_eq(ob_run_state_name(OB_RUN_COMPLETED_WITH_WARNINGS), "completed with warnings");
    ck_assert_str_eq(ob_run_state_name(OB_RUN_ABORTED), "aborted");
    ck_assert_str_eq(ob_run_state_name(OB_RUN_FAILED), "failed");
    ck_assert_str_eq(ob_run_state_name(OB_RUN_IN_PROGRESS), "running");
}
END_TEST

START_TEST(run__memory_runs_out)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_run_host host = {NULL, &lock, &changed, ob_fs_os(), &test_clock.clock, log_dir};
        ob_run_body body = {do_nothing, count_free, NULL};
        ob_run *run = NULL;
        ob_buf detail = {0};
        freed = 0;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_run_new(&host, OB_RUN_BACKUP, &body, ob_json_new_object(), &run);
        if (status == OB_OK) {
            progress(run, false, 1, 1, "/x");
            status = ob_run_print_detail(run, OB_E_IO, &detail);
        }
        ob_buf_free(&detail);
        ob_run_free(run);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        /* Without memory for the name in work, none is shown. */
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
        ck_assert_uint_eq(freed, 1);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, NULL);
    tcase_add_test(cases, run__starts_with_a_whole_record);
    tcase_add_test(cases, run__progress_makes_a_revision);
    tcase_add_test(cases, run__a_long_name_is_cut);
    tcase_add_test(cases, run__failures_go_to_detail_and_log);
    tcase_add_test(cases, run__how_it_ends);
    tcase_add_test(cases, run__cancelling_twice_keeps_the_first_reason);
    tcase_add_test(cases, run__body_adds_to_the_detail);
    tcase_add_test(cases, run__a_visitor_gets_all);
    tcase_add_test(cases, run__names_of_states);
    tcase_add_test(cases, run__memory_runs_out);
}

OB_TEST_MAIN("run", add_cases)
