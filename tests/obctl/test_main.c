/* The program itself, as a process: its arguments, streams and exit codes. */
#include "ob/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *program;

/* Runs it with its output in a file; returns how the shell told its exit code. */
static int run(const char *arguments, const char **out)
{
    size_t length = 0;
    const char *path = ob_test_path(ob_test_temp(), "out");
    int code = system(ob_test_format("%s %s > %s 2>&1", program, arguments, path));
    *out = (const char *)ob_test_read_file(path, &length);
    return code;
}

START_TEST(main__runs)
{
    const char *out = NULL;
    ck_assert_int_eq(run("--version", &out), 0);
    ck_assert_ptr_eq(strstr(out, "obctl " OB_VERSION), out);
    ck_assert_int_ne(run("nothing", &out), 0);
    ck_assert_ptr_nonnull(strstr(out, "there is no command nothing"));
    ck_assert_int_ne(run("", &out), 0);
}
END_TEST

int main(int argc, char **argv)
{
    program = argc > 1 ? argv[1] : "obctl";
    Suite *suite = suite_create("main");
    TCase *cases = tcase_create("main");
    tcase_add_test(cases, main__runs);
    suite_add_tcase(suite, cases);
    return ob_test_run(suite);
}
