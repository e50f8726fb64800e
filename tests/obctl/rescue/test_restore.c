#include "lost_machine.h"

#include <string.h>

static lost_machine lost;
static ob_rescue *rescue;

static void setup(void)
{
    lost_machine_make(&lost, NULL);
    rescue = lost_machine_open(&lost);
}

static void teardown(void)
{
    ob_rescue_close(rescue);
}

typedef struct told {
    unsigned shown, failed;
    const char *path;
    bool cancel;
} told;

static void show(void *context, const ob_job *job)
{
    told *self = context;
    ck_assert(!ob_job_has_ended(job));
    ck_assert_ptr_nonnull(strstr(job->detail, "\"point\":"));
    self->shown++;
}

static void see_failure(void *context, const char *path, ob_status status, const char *detail)
{
    told *self = context;
    (void)detail;
    ck_assert(OB_FAILED(status));
    self->path = ob_test_format("%s", path);
    self->failed++;
}

static bool cancelled(void *context)
{
    return ((told *)context)->cancel;
}

static ob_status restore(const ob_rescue_restore_options *options, told *heard, ob_job *end)
{
    ob_rescue_watch watch = {heard, show, see_failure, cancelled};
    return ob_rescue_restore(rescue, options, &watch, end);
}

START_TEST(restore__brings_back_a_folder)
{
    ob_job end = {0};
    told heard = {0};
    const char *item = ob_test_path(lost.source, "docs");
    const char *to = ob_test_path(ob_test_temp(), "back");
    ob_rescue_restore_options options = {
        .point = lost.first, .items = &item, .item_count = 1, .destination = to};
    ob_check_ok(restore(&options, &heard, &end));
    ck_assert_int_eq(end.state, OB_JOB_COMPLETED);
    ck_assert_int_eq(end.status, OB_OK);
    ck_assert_int_eq(end.type, OB_JOB_RECOVERY);
    ck_assert_int_gt(end.end_time, end.start_time);
    ck_assert_int_eq(end.bytes_done, 3);
    ck_assert_uint_gt(heard.shown, 0);
    ck_assert_uint_eq(heard.failed, 0);
    ck_assert_ptr_nonnull(strstr(end.detail, "\"error\":null"));
    ck_assert_ptr_null(
        ob_test_tree_differs(item, ob_test_path(to, "docs"), OB_META_TIMES | OB_META_MODE));
    ob_job_free(&end);
}
END_TEST

START_TEST(restore__a_file_that_exists)
{
    static const int modes[] = {OB_RESCUE_SKIP, OB_RESCUE_COPY, OB_RESCUE_REPLACE};
    static const char *const texts[] = {"mine", "mine", "one"};
    size_t length = 0;
    const char *item = lost_machine_inside(&lost, "one.txt");
    const char *to = ob_test_temp();
    const char *file = ob_test_path(to, "one.txt");
    ob_test_write_text(file, "mine");
    for (size_t i = 0; i < 3; i++) {
        ob_job end = {0};
        told heard = {0};
        ob_rescue_restore_options options = {.point = lost.first,
                                             .items = &item,
                                             .item_count = 1,
                                             .destination = to,
                                             .overwrite = modes[i]};
        ob_check_ok(restore(&options, &heard, &end));
        ck_assert_int_eq(end.state, OB_JOB_COMPLETED);
        ck_assert_str_eq((const char *)ob_test_read_file(file, &length), texts[i]);
        ob_job_free(&end);
    }
}
END_TEST

/* Nothing is there to restore to: each file is told, and the job has warnings. */
START_TEST(restore__files_that_fail)
{
    ob_job end = {0};
    told heard = {0};
    const char *to = ob_test_temp();
    const char *item = lost_machine_inside(&lost, "one.txt");
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), ob_test_path(to, "one.txt/under"), false));
    ob_rescue_restore_options options = {.point = lost.first,
                                         .items = &item,
                                         .item_count = 1,
                                         .destination = to,
                                         .overwrite = OB_RESCUE_REPLACE};
    ob_check_ok(restore(&options, &heard, &end));
    ck_assert_int_eq(end.state, OB_JOB_COMPLETED_WITH_WARNINGS);
    ck_assert_int_eq(end.files_failed, 1);
    ck_assert_uint_eq(heard.failed, 1);
    ck_assert_ptr_nonnull(strstr(heard.path, "one.txt"));
    ck_assert_ptr_nonnull(strstr(end.detail, "\"failed\":[{\"path\":"));
    ob_job_free(&end);
}
END_TEST

START_TEST(restore__ends_that_are_none)
{
    ob_job end = {0};
    told heard = {0};
    ob_rescue_restore_options options = {.point = {{9}}, .destination = ob_test_temp()};
    ob_check_ok(restore(&options, &heard, &end));
    ck_assert_int_eq(end.state, OB_JOB_FAILED);
    ck_assert_int_eq(end.status, OB_E_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(end.detail, "\"symbol\":\"OB_E_NOT_FOUND\""));
    ob_job_free(&end);
    options.point = lost.first;
    heard.cancel = true;
    ob_check_ok(restore(&options, &heard, &end));
    ck_assert_int_eq(end.state, OB_JOB_ABORTED);
    ck_assert_int_eq(end.status, OB_E_CANCELLED);
    ob_job_free(&end);
}
END_TEST

START_TEST(restore__wrong_options)
{
    ob_job end = {0};
    told heard = {0};
    ob_rescue_restore_options options = {.point = lost.first, .destination = "relative"};
    ob_check_status(restore(&options, &heard, &end), OB_E_INVALID_ARGUMENT);
    options.destination = ob_test_temp();
    options.overwrite = 3;
    ob_check_status(restore(&options, &heard, &end), OB_E_INVALID_ARGUMENT);
    options.overwrite = -1;
    ob_check_status(restore(&options, &heard, &end), OB_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(end.detail);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, restore__brings_back_a_folder);
    tcase_add_test(cases, restore__a_file_that_exists);
    tcase_add_test(cases, restore__files_that_fail);
    tcase_add_test(cases, restore__ends_that_are_none);
    tcase_add_test(cases, restore__wrong_options);
}

OB_TEST_MAIN("restore", add_cases)
