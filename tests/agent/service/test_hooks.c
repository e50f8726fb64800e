#include "hooks.h"

#include "host_fixture.h"
#include "ob/host.h"
#include "run.h"

#include <string.h>

static ob_mutex lock;
static ob_cond changed;
static ob_run *run;
static ob_policy policy;
static const char *mark;

static ob_status do_nothing(void *context, ob_run *self)
{
    (void)context;
    (void)self;
    return OB_OK;
}

static void free_nothing(void *context)
{
    (void)context;
}

static void setup(void)
{
    const char *dir = ob_test_temp();
    ob_run_host host = {NULL, &lock, &changed, ob_fs_os(), ob_clock_os(), dir};
    ob_run_body body = {do_nothing, free_nothing, NULL};
    ob_mutex_init(&lock);
    ob_cond_init(&changed);
    mark = ob_test_path(dir, "mark");
    ob_check_ok(ob_run_new(&host, OB_RUN_BACKUP, &body, ob_json_new_object(), &run));
}

static void teardown(void)
{
    ob_policy_free(&policy);
    ob_run_free(run);
}

/* A hook that writes down what it was told, and then ends with `code`. */
static void set_hook(const char *which, int code)
{
    const char *script = ob_test_script_json(
        ob_test_format("echo $OB_POLICY,$OB_JOB,$OB_STATUS,$OB_POINT. >> '%s'; echo oh; exit %d",
                       mark, code),
        ob_test_format("echo %%OB_POLICY%%,%%OB_JOB%%,%%OB_STATUS%%,%%OB_POINT%%.>>%s& echo oh&"
                       " exit %d",
                       mark, code));
    const char *path = strcmp(ob_host_platform(), "windows") == 0 ? "C:\\\\a" : "/a";
    const char *text = ob_test_format("{\"name\":\"nightly\",\"files\":[{\"path\":\"%s\"}],"
                                      "\"hooks\":{\"%s\":{\"command\":%s,\"timeout\":30}}}",
                                      path, which, script);
    ob_policy_free(&policy);
    ob_check_ok(
        ob_policy_read(&policy, text, strlen(text), strcmp(ob_host_platform(), "windows") == 0));
}

static const char *told(void)
{
    size_t length = 0;
    const char *text = (const char *)ob_test_read_file(mark, &length);
    return ob_test_format("%.*s", (int)strcspn(text, "\r\n"), text);
}

static const char *job(void)
{
    char id[OB_GUID_TEXT];
    ob_guid_format(id, &run->facts.id);
    return ob_test_format("%s", id);
}

START_TEST(hooks__before)
{
    set_hook("before", 0);
    ob_check_ok(ob_hook_before(&policy, run));
    ck_assert_int_eq(strncmp(told(), ob_test_format("nightly,%s,", job()), 45), 0);
    set_hook("before", 3);
    ob_check_status(ob_hook_before(&policy, run), OB_E_COMMAND_FAILED);
    ob_check_detail("ended with 3: oh");
    ck_assert(!run->ledger.any);
}
END_TEST

START_TEST(hooks__after)
{
    static const ob_guid point = {{0x12}};
    set_hook("after", 0);
    ob_hook_after(&policy, run, OB_OK, &point);
    ck_assert_str_eq(
        told(), ob_test_format("nightly,%s,OB_OK,12000000-0000-0000-0000-000000000000.", job()));
    ck_assert(!run->ledger.any);
}
END_TEST

/* It runs after a failure too, and after the job was cancelled. */
START_TEST(hooks__after_a_failure)
{
    static const ob_guid none = {{0}};
    set_hook("after", 5);
    ob_run_cancel(run, "by a test");
    ob_hook_after(&policy, run, OB_E_DISK_FULL, &none);
    ck_assert_int_eq(strncmp(told(), ob_test_format("nightly,%s,OB_E_DISK_FULL,", job()), 60), 0);
    ck_assert(run->ledger.any);
    ck_assert_uint_eq(run->ledger.failure_count, 1);
    ck_assert_int_eq(run->ledger.failures[0].status, OB_E_COMMAND_FAILED);
    ck_assert_ptr_nonnull(strstr(run->ledger.failures[0].detail, "ended with 5: oh"));
}
END_TEST

START_TEST(hooks__none)
{
    static const ob_guid none = {{0}};
    set_hook("after", 0);
    ob_check_ok(ob_hook_before(&policy, run));
    ck_assert(!ob_test_exists(mark));
    set_hook("before", 0);
    ob_hook_after(&policy, run, OB_OK, &none);
    ck_assert(!ob_test_exists(mark));
}
END_TEST

START_TEST(hooks__cancelled)
{
    set_hook("before", 0);
    ob_run_cancel(run, "by a test");
    ob_check_status(ob_hook_before(&policy, run), OB_E_CANCELLED);
}
END_TEST

START_TEST(hooks__memory_runs_out)
{
    bool hit = true;
    set_hook("before", 0);
    for (uint64_t n = 1; hit; n++) {
        ob_test_alloc_begin(n, false);
        ob_status status = ob_hook_before(&policy, run);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, hooks__before);
    tcase_add_test(cases, hooks__after);
    tcase_add_test(cases, hooks__after_a_failure);
    tcase_add_test(cases, hooks__none);
    tcase_add_test(cases, hooks__cancelled);
    tcase_add_test(cases, hooks__memory_runs_out);
}

OB_TEST_MAIN("hooks", add_cases)
