#include "ob/agent.h"
#include "ob/host.h"
#include "ob/test.h"

#include <string.h>

/* A transport that cannot be added: the agent starts up to there, and takes all back. */
static ob_status refuse(void *context)
{
    (*(unsigned *)context)++;
    return ob_fail(OB_E_NOT_SUPPORTED, "this far and no further");
}

static const char *free_endpoint(void)
{
    uint32_t number = 0;
    if (strcmp(ob_host_platform(), "linux") == 0) {
        return ob_test_path(ob_test_temp(), "control");
    }
    ob_check_ok(ob_random(&number, sizeof number));
    return ob_test_format("ob-test-%08x", (unsigned)number);
}

START_TEST(agent__a_failed_start_leaves_nothing_locked)
{
    unsigned asked = 0;
    const char *state = ob_test_path(ob_test_temp(), "state");
    ob_agent_options options = {.state_dir = state,
                                .endpoint = free_endpoint(),
                                .log_level = OB_LOG_ERROR,
                                .add_endpoints = refuse,
                                .context = &asked};
    ob_check_status(ob_agent_run(&options), OB_E_NOT_SUPPORTED);
    ob_check_status(ob_agent_run(&options), OB_E_NOT_SUPPORTED);
    ck_assert_uint_eq(asked, 2);
    ck_assert(ob_test_exists(ob_test_path(state, "state.db")));
    /* Why stands in its log. */
    size_t length = 0;
    const char *log = (const char *)ob_test_read_file(
        ob_test_path(ob_test_path(state, "logs"), "obagent.log"), &length);
    ck_assert_ptr_nonnull(strstr(log, "this far and no further"));
}
END_TEST

START_TEST(agent__a_state_folder_that_is_no_good)
{
    ob_agent_options options = {.state_dir = "relative", .log_level = OB_LOG_ERROR};
    ob_check_status(ob_agent_run(&options), OB_E_INVALID_ARGUMENT);
    const char *file = ob_test_path(ob_test_temp(), "file");
    ob_test_write_text(file, "x");
    options.state_dir = file;
    ck_assert(OB_FAILED(ob_agent_run(&options)));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, agent__a_failed_start_leaves_nothing_locked);
    tcase_add_test(cases, agent__a_state_folder_that_is_no_good);
}

OB_TEST_MAIN("agent", add_cases)
