/* The program itself, as a process: its arguments, streams and exit codes. */
#include "ob/test.h"

#include <stdlib.h>
#include <string.h>

typedef struct said {
    int code;
    const char *out;
    const char *err;
} said;

static const char *read_text(const char *path)
{
    size_t length = 0;
    return (const char *)ob_test_read_file(path, &length);
}

static said run(const char *arguments)
{
    const char *dir = ob_test_temp();
    const char *out = ob_test_path(dir, "out");
    const char *err = ob_test_path(dir, "err");
    /* A command that begins with a quotation mark would lose it to Windows' shell. */
    int code =
        system(ob_test_format("cd . && \"%s\" %s >\"%s\" 2>\"%s\"", OBCTL, arguments, out, err));
    ck_assert_int_ge(code, 0);
    /* POSIX keeps the exit code in the second byte. */
    return (said){code > 0xFF ? code >> 8 : code, read_text(out), read_text(err)};
}

START_TEST(main__runs)
{
    said of = run("--version");
    ck_assert_int_eq(of.code, 0);
    ck_assert_ptr_eq(strstr(of.out, "obctl " OB_VERSION), of.out);
    ck_assert_str_eq(of.err, "");
    of = run("nothing");
    ck_assert_int_eq(of.code, 2);
    ck_assert_str_eq(of.out, "");
    ck_assert_ptr_nonnull(strstr(of.err, "there is no command nothing"));
    ck_assert_int_eq(run("").code, 2);
}
END_TEST

START_TEST(main__without_an_agent)
{
    const char *endpoint = ob_test_path(ob_test_temp(), "none");
    ck_assert_int_eq(run(ob_test_format("status --endpoint \"%s\"", endpoint)).code, 4);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, main__runs);
    tcase_add_test(cases, main__without_an_agent);
}

OB_TEST_MAIN("main", add_cases)
