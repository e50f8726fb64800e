#include "cli_test.h"

#include "ob/host.h"
#include "ob/terminal.h"
#include "watch.h"

#include <signal.h>
#include <string.h>

static const ob_guid id = {{0xab}};

/* Some changes of a job: scanning, running, running on, done. */
static void setup(void)
{
    static const int32_t states[] = {OB_JOB_INITIALIZED, OB_JOB_IN_PROGRESS, OB_JOB_IN_PROGRESS,
                                     OB_JOB_COMPLETED};
    cli_setup();
    for (size_t i = 0; i < 4; i++) {
        fake.jobs[i] = (ob_job){
            .type = OB_JOB_BACKUP,
            .state = states[i],
            .revision = (int64_t)i + 1,
            .bytes_total = 100,
            .bytes_done = (int64_t)i * 30,
            .seconds_left = -1,
            .current = (char *)"/a/file",
        };
    }
    fake.watch_count = 4;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (text = strstr(text, part); text != NULL; text = strstr(text + 1, part)) {
        count++;
    }
    return count;
}

START_TEST(watch__redraws_a_line)
{
    cli_set_terminal(60);
    ck_assert_int_eq(ob_watch_job(cli_bare(), &id), OB_EXIT_OK);
    ck_assert(ob_guid_equal(&fake.id, &id));
    ck_assert_str_eq(cli_out(), "\r\x1b[Kscanning  0 B  0 files  /a/file"
                                "\r\x1b[K 30 %  30 B of 100 B  0 of 0 files  /a/file"
                                "\r\x1b[K 60 %  60 B of 100 B  0 of 0 files  /a/file"
                                "\r\x1b[K"
                                "Backup completed.\n  Files   0, 0 new or changed\n"
                                "  Data    90 B, 0 B new or changed, 0 B sent to the vault\n");
}
END_TEST

START_TEST(watch__plain_lines_are_few)
{
    ck_assert_int_eq(ob_watch_job(cli_bare(), &id), OB_EXIT_OK);
    ck_assert_ptr_null(strchr(cli_out(), '\x1b'));
    ck_assert_ptr_null(strchr(cli_out(), '\r'));
    /* One a state; the second of the same state came too soon. */
    ck_assert_uint_eq(count_of(cli_out(), "scanning  0 B"), 1);
    ck_assert_uint_eq(count_of(cli_out(), "of 100 B"), 1);
    ck_assert_uint_eq(count_of(cli_out(), "Backup completed."), 1);
}
END_TEST

START_TEST(watch__json_is_a_line_a_change)
{
    ob_cli *cli = cli_bare();
    cli->json = true;
    fake.jobs[2].revision = 2; /* no change */
    ck_assert_int_eq(ob_watch_job(cli, &id), OB_EXIT_OK);
    ck_assert_uint_eq(count_of(cli_out(), "\n"), 3);
    ck_assert_uint_eq(count_of(cli_out(), "{\"id\":"), 3);
    ck_assert(cli_out_has("\"state\":\"Completed\""));
    ck_assert_ptr_null(strstr(cli_out(), "Backup completed"));
}
END_TEST

START_TEST(watch__exit_codes)
{
    static const struct {
        int32_t state;
        int code;
    } cases[] = {
        {OB_JOB_COMPLETED, OB_EXIT_OK},
        {OB_JOB_COMPLETED_WITH_WARNINGS, OB_EXIT_WARNINGS},
        {OB_JOB_ABORTED, OB_EXIT_FAILED},
        {OB_JOB_FAILED, OB_EXIT_FAILED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake.jobs[0].state = cases[i].state;
        fake.watch_count = 1;
        ck_assert_int_eq(ob_watch_job(cli_bare(), &id), cases[i].code);
    }
}
END_TEST

START_TEST(watch__tells_of_an_error)
{
    cli_set_terminal(60);
    fake.status[FAKE_WATCH_JOB] = OB_E_NOT_FOUND;
    ck_assert_int_eq(ob_watch_job(cli_bare(), &id), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_NOT_FOUND"));
    ck_assert_str_eq(cli_out(), "");
}
END_TEST

START_TEST(watch__interrupted)
{
    if (strcmp(ob_host_platform(), "linux") != 0) {
        return; /* raise() makes no Ctrl-C of a console */
    }
    ob_cli *cli = cli_bare();
    cli->endpoint = "/run/x";
    fake.watch_count = 1;
    ob_terminal_catch_interrupt();
    ck_assert_int_eq(raise(SIGINT), 0);
    ck_assert_int_eq(ob_watch_job(cli, &id), OB_EXIT_INTERRUPTED);
    ck_assert_str_eq(cli_err(), "obctl: the job goes on. To watch it again: obctl job watch "
                                "ab000000-0000-0000-0000-000000000000 --endpoint /run/x\n");
    ck_assert_int_eq(atomic_load(&fake.calls[FAKE_CANCEL_JOB]), 0);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, cli_teardown);
    tcase_add_test(cases, watch__redraws_a_line);
    tcase_add_test(cases, watch__plain_lines_are_few);
    tcase_add_test(cases, watch__json_is_a_line_a_change);
    tcase_add_test(cases, watch__exit_codes);
    tcase_add_test(cases, watch__tells_of_an_error);
    tcase_add_test(cases, watch__interrupted);
}

OB_TEST_MAIN("watch", add_cases)
