#include "ob/test.h"
#include "progress.h"
#include "table.h"

#include <string.h>

#define SECOND INT64_C(1000000000)

static ob_job running_job(void)
{
    return (ob_job){
        .type = OB_JOB_BACKUP,
        .state = OB_JOB_IN_PROGRESS,
        .bytes_total = 4 << 20,
        .bytes_done = 1 << 20,
        .files_total = 200,
        .files_done = 50,
        .bytes_per_second = 512 << 10,
        .seconds_left = 6,
        .current = (char *)"/usr/share/doc/a-rather-long-folder/file.txt",
        .detail = (char *)"{}",
    };
}

static const char *line_of(const ob_job *job, size_t width)
{
    ob_buf out = {0};
    ob_progress_line(&out, job, width);
    ob_buf_put_u8(&out, 0);
    ck_assert(!out.failed);
    const char *text = ob_test_format("%s", (const char *)out.data);
    ob_buf_free(&out);
    return text;
}

static const char *summary_of(const ob_job *job)
{
    ob_buf out = {0};
    ob_progress_summary(&out, job);
    ob_buf_put_u8(&out, 0);
    ck_assert(!out.failed);
    const char *text = ob_test_format("%s", (const char *)out.data);
    ob_buf_free(&out);
    return text;
}

START_TEST(progress__percent)
{
    ob_job job = running_job();
    ck_assert_int_eq(ob_progress_percent(&job), 25);
    job.bytes_done = job.bytes_total - 1;
    ck_assert_int_eq(ob_progress_percent(&job), 99);
    job.bytes_done = job.bytes_total + 5;
    ck_assert_int_eq(ob_progress_percent(&job), 100);
    job.bytes_total = 0;
    ck_assert_int_eq(ob_progress_percent(&job), -1);
    job = running_job();
    job.state = OB_JOB_INITIALIZED;
    ck_assert_int_eq(ob_progress_percent(&job), -1);
    /* More was met than was expected, so that nobody knows how much there is. */
    job = running_job();
    job.seconds_left = -1;
    ck_assert_int_eq(ob_progress_percent(&job), -1);
    ck_assert_str_eq(line_of(&job, 0), "running  1.0 MiB  50 files  512.0 KiB/s");
    /* Nothing moves for a while: it is still known. */
    job.bytes_per_second = 0;
    ck_assert_int_eq(ob_progress_percent(&job), 25);
    job = running_job();
    job.bytes_done = -1;
    ck_assert_int_eq(ob_progress_percent(&job), -1);
    job.bytes_total = INT64_MAX;
    job.bytes_done = INT64_MAX - 1;
    ck_assert_int_ge(ob_progress_percent(&job), 99);
}
END_TEST

START_TEST(progress__plain_line)
{
    ob_job job = running_job();
    ck_assert_str_eq(line_of(&job, 0),
                     " 25 %  1.0 MiB of 4.0 MiB  50 of 200 files  512.0 KiB/s  6 s left");
    job.files_failed = 3;
    job.bytes_per_second = 0;
    job.seconds_left = -1;
    ck_assert_str_eq(line_of(&job, 0), " 25 %  1.0 MiB of 4.0 MiB  50 of 200 files  3 failed");
    job.state = OB_JOB_INITIALIZED;
    ck_assert_str_eq(line_of(&job, 0), "scanning  1.0 MiB  50 files  3 failed");
}
END_TEST

START_TEST(progress__line_is_cut_to_the_screen)
{
    ob_job job = running_job();
    ck_assert_str_eq(line_of(&job, 86),
                     " 25 %  1.0 MiB of 4.0 MiB  50 of 200 files  512.0 KiB/s  6 s left  "
                     "\xe2\x80\xa6ng-folder/file.txt");
    for (size_t width = 1; width < 120; width++) {
        const char *line = line_of(&job, width);
        ck_assert_uint_le(ob_width(line, strlen(line)), width);
    }
    job.current = (char *)"";
    ck_assert_str_eq(line_of(&job, 200), line_of(&job, 0));
}
END_TEST

START_TEST(progress__summary_of_a_backup)
{
    ob_job job = running_job();
    job.state = OB_JOB_COMPLETED;
    job.start_time = 100 * SECOND;
    job.end_time = 112 * SECOND;
    job.bytes_done = 4 << 20;
    job.bytes_changed = 1 << 20;
    job.bytes_stored = 300 << 10;
    job.files_done = 200;
    job.files_changed = 7;
    job.detail = (char *)"{\"policy\":\"default\",\"incremental\":true,"
                         "\"point\":\"00112233-4455-6677-8899-aabbccddeeff\",\"error\":null}";
    ck_assert_str_eq(summary_of(&job),
                     "Backup completed in 12 s.\n"
                     "  Files   200, 7 new or changed\n"
                     "  Data    4.0 MiB, 1.0 MiB new or changed, 300.0 KiB sent to the vault\n"
                     "  Point   00112233-4455-6677-8899-aabbccddeeff (incremental)\n");
}
END_TEST

START_TEST(progress__summary_with_warnings)
{
    ob_job job = running_job();
    job.state = OB_JOB_COMPLETED_WITH_WARNINGS;
    job.files_failed = 12;
    job.detail =
        (char *)"{\"warnings\":[{\"kind\":\"xattr\",\"count\":3,\"text\":\"3 files: not kept\","
                "\"first\":\"/x\"},{\"kind\":\"left_out_own_folder\",\"count\":1,"
                "\"text\":\"1 item\",\"first\":\"/own\\u001b\"}],"
                "\"failed\":[{\"path\":\"/a\\u001b\",\"symbol\":\"OB_E_IO\","
                "\"detail\":\"why\"}],\"failed_log\":\"/log\"}";
    const char *text = summary_of(&job);
    ck_assert_ptr_nonnull(strstr(text, "Backup completed with warnings.\n"));
    ck_assert_ptr_nonnull(strstr(text, ", 12 failed\n"));
    ck_assert_ptr_nonnull(strstr(text, "  Warning 3 files: not kept: /x, …\n"));
    ck_assert_ptr_nonnull(strstr(text, "  Note    1 item: /own \n"));
    ck_assert_ptr_nonnull(strstr(text, "  Failed  /a : why (OB_E_IO)\n"));
    ck_assert_ptr_nonnull(strstr(text, "  Failed  11 more, all in /log\n"));
}
END_TEST

START_TEST(progress__summary_of_a_failure)
{
    ob_job job = running_job();
    job.type = OB_JOB_RECOVERY;
    job.state = OB_JOB_FAILED;
    job.status = OB_E_DISK_FULL;
    job.detail = (char *)"{\"destination\":\"/tmp/out\",\"error\":{\"message\":\"Full.\","
                         "\"detail\":\"/tmp\",\"advice\":\"Free space.\","
                         "\"symbol\":\"OB_E_DISK_FULL\"}}";
    ck_assert_str_eq(summary_of(&job), "Recovery failed.\n"
                                       "  Files   50\n"
                                       "  Data    1.0 MiB\n"
                                       "  To      /tmp/out\n"
                                       "  Full.\n  /tmp\n  Free space. (OB_E_DISK_FULL)\n");
    job.detail = (char *)"{\"error\":null}";
    ck_assert_ptr_nonnull(strstr(summary_of(&job), "(OB_E_DISK_FULL)"));
    job.status = OB_E_VAULT_UNREACHABLE;
    ck_assert_ptr_nonnull(strstr(summary_of(&job), "(OB_E_VAULT_UNREACHABLE, code 100050)"));
    job.detail = (char *)"{\"error\":{\"symbol\":\"S\",\"code\":7}}";
    ck_assert_ptr_nonnull(strstr(summary_of(&job), " (S, code 7)\n"));
}
END_TEST

START_TEST(progress__summary_passes_over_a_broken_detail)
{
    static const char *const details[] = {"",
                                          "[]",
                                          "{",
                                          "7",
                                          "{\"warnings\":7,\"failed\":{},\"point\":[]}",
                                          "{\"warnings\":[7,null],\"failed\":[[]]}"};
    ob_job job = running_job();
    job.state = OB_JOB_COMPLETED;
    for (size_t i = 0; i < sizeof details / sizeof details[0]; i++) {
        job.detail = (char *)details[i];
        ck_assert_ptr_nonnull(strstr(summary_of(&job), "Backup completed.\n  Files   50"));
    }
}
END_TEST

START_TEST(progress__states)
{
    ob_job job = {.state = OB_JOB_ABORTED};
    ck_assert_str_eq(ob_progress_state(&job), "cancelled");
    job.state = 99;
    ck_assert_str_eq(ob_progress_state(&job), "unknown");
    job.state = -1;
    ck_assert_str_eq(ob_progress_state(&job), "unknown");
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, progress__percent);
    tcase_add_test(cases, progress__plain_line);
    tcase_add_test(cases, progress__line_is_cut_to_the_screen);
    tcase_add_test(cases, progress__summary_of_a_backup);
    tcase_add_test(cases, progress__summary_with_warnings);
    tcase_add_test(cases, progress__summary_of_a_failure);
    tcase_add_test(cases, progress__summary_passes_over_a_broken_detail);
    tcase_add_test(cases, progress__states);
}

OB_TEST_MAIN("progress", add_cases)
