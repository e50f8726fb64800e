#include "ob/clock.h"
#include "ob/log.h"
#include "ob/test.h"
#include "ob/text.h"
#include "ob/thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the file at `path` holds, with the 21 bytes of the time cut off each line. */
static const char *lines_of(const char *path)
{
    size_t length = 0;
    const char *text = (const char *)ob_test_read_file(path, &length);
    const char *out = "";
    while (*text != '\0') {
        int64_t time = 0;
        const char *end = strchr(text, '\n');
        ck_assert_ptr_nonnull(end);
        const char *line = *text == '<' ? text + 3 : text;
        ob_check_ok(ob_time_parse(&time, line, 20));
        ck_assert_int_eq(line[20], ' ');
        out = ob_test_format("%s%.*s%.*s", out, (int)(line - text), text, (int)(end - line - 20),
                             line + 21);
        text = end + 1;
    }
    return out;
}

/* What a test logs to standard error goes to a file. */
static void catch_errors(const char *path)
{
    ck_assert_ptr_nonnull(freopen(path, "wb", stderr));
}

START_TEST(log__one_line_an_event)
{
    const char *dir = ob_test_temp();
    const char *path = ob_test_path(dir, "log");
    catch_errors(ob_test_path(dir, "errors"));
    ob_check_ok(ob_log_open(path, OB_LOG_INFO));
    ob_log(OB_LOG_INFO, "started %d", 1);
    ob_log(OB_LOG_ERROR, "name %s", "a\nforged line\x1B[0m\xFF");
    ob_log(OB_LOG_DEBUG, "too fine");
    ob_log(OB_LOG_WARNING, "%s", "");
    ob_log_close();
    ob_log(OB_LOG_INFO, "to standard error only");
    static const char wanted[] = "info started 1\n"
                                 "error name a\\nforged line\\x1b[0m\\xff\n"
                                 "warning \n";
    ck_assert_str_eq(lines_of(path), wanted);
    ck_assert_str_eq(lines_of(ob_test_path(dir, "errors")),
                     ob_test_format("%sinfo to standard error only\n", wanted));
}
END_TEST

START_TEST(log__opens_again_and_appends)
{
    const char *dir = ob_test_temp();
    const char *path = ob_test_path(dir, "log");
    catch_errors(ob_test_path(dir, "errors"));
    ob_check_ok(ob_log_open(path, OB_LOG_INFO));
    ob_log(OB_LOG_INFO, "one");
    ob_check_ok(ob_log_open(path, OB_LOG_ERROR));
    ob_log(OB_LOG_INFO, "not this");
    ob_log(OB_LOG_ERROR, "two");
    ck_assert(OB_FAILED(ob_log_open(ob_test_path(path, "no"), OB_LOG_INFO)));
    ob_log(OB_LOG_ERROR, "still here");
    ob_check_ok(ob_log_open(NULL, OB_LOG_INFO));
    ob_log(OB_LOG_INFO, "elsewhere");
    ob_log_close();
    ck_assert_str_eq(lines_of(path), "info one\nerror two\nerror still here\n");
}
END_TEST

START_TEST(log__journal_gets_levels)
{
    static char variable[] = "JOURNAL_STREAM=8:1234";
    const char *dir = ob_test_temp();
    const char *errors = ob_test_path(dir, "errors");
    catch_errors(errors);
    ck_assert_int_eq(putenv(variable), 0);
    ob_check_ok(ob_log_open(NULL, OB_LOG_DEBUG));
    ob_log(OB_LOG_WARNING, "w");
    ob_log(OB_LOG_DEBUG, "d");
    ob_log_close();
    ck_assert_str_eq(lines_of(errors), "<4>warning w\n<7>debug d\n");
}
END_TEST

START_TEST(log__long_messages_are_cut)
{
    const char *dir = ob_test_temp();
    const char *path = ob_test_path(dir, "log");
    char text[8192];
    size_t length = 0;
    catch_errors(ob_test_path(dir, "errors"));
    memset(text, 1, sizeof text - 1);
    text[sizeof text - 1] = '\0';
    ob_check_ok(ob_log_open(path, OB_LOG_INFO));
    ob_log(OB_LOG_INFO, "%s", text);
    ob_log_close();
    ob_test_read_file(path, &length);
    ck_assert_uint_gt(length, 4000);
    ck_assert_uint_lt(length, 16384);
}
END_TEST

static void log_much(void *argument)
{
    for (int i = 0; i < 200; i++) {
        ob_log(OB_LOG_INFO, "%s", (const char *)argument);
    }
}

START_TEST(log__threads_do_not_mix_lines)
{
    static char texts[4][40];
    const char *dir = ob_test_temp();
    const char *path = ob_test_path(dir, "log");
    ob_thread *threads[4];
    size_t length = 0;
    catch_errors(ob_test_path(dir, "errors"));
    ob_check_ok(ob_log_open(path, OB_LOG_INFO));
    for (int i = 0; i < 4; i++) {
        memset(texts[i], 'a' + i, sizeof texts[i] - 1);
        ob_check_ok(ob_thread_start(&threads[i], log_much, texts[i]));
    }
    for (int i = 0; i < 4; i++) {
        ob_thread_join(threads[i]);
    }
    ob_log_close();
    const char *text = (const char *)ob_test_read_file(path, &length);
    unsigned counts[4] = {0};
    ck_assert_uint_eq(length, 800 * (21 + 5 + 39 + 1));
    for (size_t at = 0; at < length; at += 66) {
        int which = text[at + 26] - 'a';
        ck_assert(which >= 0 && which < 4);
        ck_assert_int_eq(strncmp(text + at + 26, texts[which], 39), 0);
        counts[which]++;
    }
    ck_assert(counts[0] == 200 && counts[1] == 200 && counts[2] == 200 && counts[3] == 200);
}
END_TEST

START_TEST(log__memory_runs_out)
{
    const char *dir = ob_test_temp();
    const char *path = ob_test_path(dir, "log");
    catch_errors(ob_test_path(dir, "errors"));
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_test_alloc_begin(n, false);
        ob_status status = ob_log_open(path, OB_LOG_INFO);
        ob_log(OB_LOG_INFO, "line");
        ob_log_close();
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, log__one_line_an_event);
    tcase_add_test(cases, log__opens_again_and_appends);
    tcase_add_test(cases, log__journal_gets_levels);
    tcase_add_test(cases, log__long_messages_are_cut);
    tcase_add_test(cases, log__threads_do_not_mix_lines);
    tcase_add_test(cases, log__memory_runs_out);
}

OB_TEST_MAIN("log", add_cases)
