#include "ob/control.h"

#include "agent_fixture.h"
#include "ob/host.h"
#include "ob/thread.h"
#include "wire_client.h"

#include <string.h>

static agent_fixture fixture;
static const char *endpoint;

static void allow(ob_control_caller *out)
{
    out->allowed = true;
}

static void setup(void)
{
    agent_fixture_open(&fixture);
    endpoint = wire_endpoint();
    ob_control_options options = {.service = fixture.service, .endpoint = endpoint, .gate = allow};
    ob_check_ok(ob_control_start(&options));
    wire_connect(endpoint);
}

static void stop(void)
{
    if (fixture.service != NULL) {
        wire_connect(NULL);
        ob_control_stop();
        ob_service_stop(fixture.service);
        ob_control_finish();
        agent_fixture_close(&fixture);
    }
}

START_TEST(control__serves)
{
    uint32_t version = 0;
    ob_buf agent = {0};
    ob_buf error = {0};
    ob_check_ok(wire_negotiate(1, 1, &version, &agent, &error));
    ck_assert_uint_eq(version, 1);
    ck_assert_str_eq(agent_member(agent.data, agent.length, "product"), "Online Backup");
    ck_assert_uint_eq(error.length, 0);
    ob_buf_free(&agent);
    ob_check_status(wire_negotiate(2, 9, &version, &agent, &error), OB_E_VERSION);
    ck_assert_str_eq(agent_member(error.data, error.length, "symbol"), "OB_E_VERSION");
    ck_assert_uint_eq(agent.length, 0);
    ob_buf_free(&error);
}
END_TEST

START_TEST(control__documents_travel_both_ways)
{
    ob_buf settings = {0};
    ob_buf error = {0};
    ob_check_ok(wire_set_settings("{\"compression\":\"small\"}", &error));
    ob_check_ok(wire_get_settings(&settings, &error));
    ck_assert_str_eq(agent_member(settings.data, settings.length, "compression"), "small");
    ob_check_status(wire_set_settings("{\"passphrase\":7}", &error), OB_E_INVALID_ARGUMENT);
    ck_assert_ptr_nonnull(
        strstr(agent_member(error.data, error.length, "detail"), "settings.passphrase"));
    ob_buf_free(&settings);
    ob_buf_free(&error);
}
END_TEST

START_TEST(control__browses_and_runs_down)
{
    void *view = NULL;
    uint32_t count = 0;
    agent_fixture_ready(&fixture);
    ob_guid point = agent_fixture_point(&fixture);
    ob_check_ok(wire_open(&point, &view));
    ob_check_ok(wire_browse(view, 10, &count));
    ck_assert_uint_eq(count, 1);
    ob_check_ok(wire_close(&view));
    ck_assert_ptr_null(view);
    ob_guid other = {{1}};
    ob_check_status(wire_open(&other, &view), OB_E_NOT_FOUND);
    /* One is left open: stopping takes it down, and the service can close. */
    ob_check_ok(wire_open(&point, &view));
    stop();
    wire_forget(&view);
}
END_TEST

typedef struct waiter {
    ob_guid job;
    ob_status status;
    int32_t state; /* at the end */
} waiter;

/* Watches from one revision to the next, as clients do, until there is no answer any more. */
static void wait_for_job(void *argument)
{
    waiter *self = argument;
    int64_t seen = 0;
    do {
        self->status = wire_watch(&self->job, &seen, 30000, &self->state);
    } while (self->status == OB_OK &&
             (self->state < OB_RUN_COMPLETED || self->state == OB_RUN_ABORTING));
}

/* A job that takes long: a command that says the same again and again, until it is ended. */
static ob_guid start_long_job(void)
{
    static char block[1 << 20];
    ob_guid job;
    ob_buf answer = {0};
    bool windows = strcmp(ob_host_platform(), "windows") == 0;
    const char *path = ob_test_path(ob_test_temp(), "block");
    for (size_t i = 0; i < sizeof block; i++) {
        block[i] = i % 64 == 63 ? '\n' : 'x';
    }
    ob_test_write_file(path, block, sizeof block);
    const char *script =
        windows ? ob_test_format("for /L %%i in (1,1,6000) do @type %s", path) : "cat /dev/zero";
    const char *policy = ob_test_format(
        "{\"files\":[{\"path\":%s}],"
        "\"commands\":[{\"name\":\"long\",\"command\":[%s,\"%s\",%s],\"timeout\":60}]}",
        agent_quoted(fixture.files),
        agent_quoted(windows ? "C:\\windows\\system32\\cmd.exe" : "/bin/sh"), windows ? "/c" : "-c",
        agent_quoted(script));
    agent_fixture_ready(&fixture);
    ob_check_ok(ob_service_set_policy(fixture.service, "test", policy, strlen(policy), &answer));
    ob_check_ok(ob_service_start_backup(fixture.service, "test", "{}", 2, &job));
    ob_buf_free(&answer);
    return job;
}

START_TEST(control__stopping_ends_jobs_and_answers_watchers)
{
    const ob_clock *clock = ob_clock_os();
    ob_thread *thread = NULL;
    int64_t seen = 0;
    waiter self = {.job = start_long_job()};
    do {
        ob_check_ok(wire_watch(&self.job, &seen, 30000, &self.state));
    } while (self.state < OB_RUN_IN_PROGRESS);
    ck_assert_int_eq(self.state, OB_RUN_IN_PROGRESS);
    ob_check_ok(ob_thread_start(&thread, wait_for_job, &self));
    uint64_t before = clock->monotonic(clock);
    ob_control_stop();
    ob_service_stop(fixture.service);
    ob_control_finish();
    ck_assert_uint_lt(clock->monotonic(clock) - before, UINT64_C(10000000000));
    ob_thread_join(thread);
    ck_assert_uint_lt(clock->monotonic(clock) - before, UINT64_C(10000000000));
    stop();
}
END_TEST

START_TEST(control__cancelling_takes_two_seconds_at_most)
{
    const ob_clock *clock = ob_clock_os();
    int64_t seen = 0;
    waiter self = {.job = start_long_job()};
    do {
        ob_check_ok(wire_watch(&self.job, &seen, 30000, &self.state));
    } while (self.state < OB_RUN_IN_PROGRESS);
    uint64_t before = clock->monotonic(clock);
    ob_check_ok(ob_service_cancel_job(fixture.service, "test", &self.job));
    wait_for_job(&self);
    ck_assert_uint_lt(clock->monotonic(clock) - before, UINT64_C(2000000000));
    ck_assert_int_eq(self.state, OB_RUN_ABORTED);
}
END_TEST

static ob_status refuse_endpoints(void *context)
{
    (void)context;
    return ob_fail(OB_E_NOT_SUPPORTED, "no more transports");
}

START_TEST(control__starts_again_after_a_failed_start)
{
    uint32_t version = 0;
    ob_buf agent = {0};
    ob_buf error = {0};
    wire_connect(NULL);
    ob_control_stop();
    ob_control_finish();
    endpoint = wire_endpoint();
    ob_control_options options = {.service = fixture.service,
                                  .endpoint = endpoint,
                                  .gate = allow,
                                  .add_endpoints = refuse_endpoints};
    ob_check_status(ob_control_start(&options), OB_E_NOT_SUPPORTED);
    options.add_endpoints = NULL;
    ob_check_ok(ob_control_start(&options));
    wire_connect(endpoint);
    ob_check_ok(wire_negotiate(1, 1, &version, &agent, &error));
    ob_buf_free(&agent);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, stop);
    tcase_add_test(cases, control__serves);
    tcase_add_test(cases, control__documents_travel_both_ways);
    tcase_add_test(cases, control__browses_and_runs_down);
    tcase_add_test(cases, control__stopping_ends_jobs_and_answers_watchers);
    tcase_add_test(cases, control__cancelling_takes_two_seconds_at_most);
    tcase_add_test(cases, control__starts_again_after_a_failed_start);
}

OB_TEST_MAIN("control", add_cases)
