#include "feeds.h"

#include "host_fixture.h"
#include "ob/host.h"
#include "run.h"

#include <string.h>

static ob_mutex lock;
static ob_cond changed;
static ob_run *run;
static ob_policy policy;

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
    bool windows = strcmp(ob_host_platform(), "windows") == 0;
    ob_run_host host = {NULL, &lock, &changed, ob_fs_os(), ob_clock_os(), ob_test_temp()};
    ob_run_body body = {do_nothing, free_nothing, NULL};
    const char *one =
        ob_test_script_json("echo -$OB_POLICY-$OB_JOB-", "echo -%OB_POLICY%-%OB_JOB%-");
    const char *two = ob_test_script_json("sleep 60", "ping -n 60 127.0.0.1 >NUL");
    const char *text =
        ob_test_format("{\"files\":[{\"path\":\"%s\"}],\"name\":\"p q\",\"commands\":["
                       "{\"name\":\"one\",\"command\":%s},"
                       "{\"name\":\"two\",\"command\":%s}]}",
                       windows ? "C:\\\\a" : "/a", one, two);
    ob_mutex_init(&lock);
    ob_cond_init(&changed);
    ob_check_ok(ob_policy_read(&policy, text, strlen(text), windows));
    ob_check_ok(ob_run_new(&host, OB_RUN_BACKUP, &body, ob_json_new_object(), &run));
}

static void teardown(void)
{
    ob_policy_free(&policy);
    ob_run_free(run);
}

static const char *job(void)
{
    char id[OB_GUID_TEXT];
    ob_guid_format(id, &run->facts.id);
    return ob_test_format("%s", id);
}

START_TEST(feeds__give_what_commands_say)
{
    ob_command_feeds feeds = {0};
    void *stream = NULL;
    char text[128] = "";
    size_t length = 0;
    size_t got = 1;
    ob_check_ok(ob_command_feeds_make(&feeds, &policy, run));
    ck_assert_uint_eq(feeds.count, 2);
    ck_assert_str_eq(feeds.feeds[0].name, "one");
    ck_assert_str_eq(feeds.feeds[1].name, "two");
    ob_check_ok(feeds.feeds[0].open(feeds.feeds[0].context, &stream));
    while (got > 0) {
        ob_check_ok(feeds.feeds[0].read(stream, text + length, sizeof text - 1 - length, &got));
        length += got;
    }
    feeds.feeds[0].close(stream);
    const char *wanted = ob_test_format("-p q-%s-", job());
    ck_assert_int_eq(strncmp(text, wanted, strlen(wanted)), 0);
    ob_command_feeds_free(&feeds);
    ob_command_feeds_free(&feeds);
}
END_TEST

START_TEST(feeds__end_when_the_job_is_cancelled)
{
    ob_command_feeds feeds = {0};
    void *stream = NULL;
    char data[16];
    size_t got = 0;
    ob_check_ok(ob_command_feeds_make(&feeds, &policy, run));
    ob_check_ok(feeds.feeds[1].open(feeds.feeds[1].context, &stream));
    ob_run_cancel(run, "by a test");
    ob_check_status(feeds.feeds[1].read(stream, data, sizeof data, &got), OB_E_CANCELLED);
    feeds.feeds[1].close(stream);
    ob_command_feeds_free(&feeds);
}
END_TEST

START_TEST(feeds__memory_runs_out)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_command_feeds feeds = {0};
        ob_test_alloc_begin(n, false);
        ob_status status = ob_command_feeds_make(&feeds, &policy, run);
        ob_command_feeds_free(&feeds);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, feeds__give_what_commands_say);
    tcase_add_test(cases, feeds__end_when_the_job_is_cancelled);
    tcase_add_test(cases, feeds__memory_runs_out);
}

OB_TEST_MAIN("feeds", add_cases)
