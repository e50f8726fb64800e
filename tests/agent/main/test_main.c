/* The program itself, run as a user runs it. Its life as a service: test_life.sh. */
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
    const char *line =
        ob_test_format("cd . && \"%s\" %s >\"%s\" 2>\"%s\"", OBAGENT, arguments, out, err);
    int code = system(line);
    ck_assert_int_ge(code, 0);
    /* POSIX keeps the exit code in the second byte. */
    return (said){code > 0xFF ? code >> 8 : code, read_text(out), read_text(err)};
}

START_TEST(main__tells_its_version_and_helps)
{
    said version = run("--version");
    ck_assert_int_eq(version.code, 0);
    ck_assert_int_eq(strncmp(version.out, "obagent " OB_VERSION, strlen("obagent " OB_VERSION)), 0);
    said help = run("--help");
    ck_assert_int_eq(help.code, 0);
    ck_assert_ptr_nonnull(strstr(help.out, "obagent run"));
    ck_assert_str_eq(help.err, "");
}
END_TEST

START_TEST(main__exit_codes)
{
    said wrong = run("nonsense");
    ck_assert_int_eq(wrong.code, 2);
    ck_assert_ptr_nonnull(strstr(wrong.err, "nonsense"));
    ck_assert_ptr_nonnull(strstr(wrong.err, "obagent --help"));
    ck_assert_int_eq(run("").code, 2);
    said failed = run("run --state relative");
    ck_assert_int_eq(failed.code, 1);
    ck_assert_ptr_nonnull(strstr(failed.err, "relative"));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, main__tells_its_version_and_helps);
    tcase_add_test(cases, main__exit_codes);
}

OB_TEST_MAIN("main", add_cases)
