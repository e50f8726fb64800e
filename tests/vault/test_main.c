/* The program itself, run as a user runs it. */
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
        ob_test_format("cd . && \"%s\" %s >\"%s\" 2>\"%s\"", OBVAULT, arguments, out, err);
    int code = system(line);
    ck_assert_int_ge(code, 0);
    /* POSIX keeps the exit code in the second byte. */
    return (said){code > 0xFF ? code >> 8 : code, read_text(out), read_text(err)};
}

START_TEST(main__creates_and_issues)
{
    const char *folder = ob_test_path(ob_test_temp(), "a vault");
    const char *file = ob_test_path(ob_test_temp(), "a.VaultCredentials");
    said of = run(ob_test_format("create \"%s\"", folder));
    ck_assert_int_eq(of.code, 0);
    ck_assert_ptr_nonnull(strstr(of.out, "Created the vault a vault in "));
    ck_assert_str_eq(of.err, "");
    of = run(ob_test_format("credentials \"%s\" -o \"%s\" --json", folder, file));
    ck_assert_int_eq(of.code, 0);
    ck_assert_ptr_nonnull(strstr(of.out, "\"serial\":1"));
    ck_assert_int_eq(strncmp(read_text(file), "-----BEGIN CMS-----", 19), 0);
    of = run(ob_test_format("machines \"%s\"", folder));
    ck_assert_int_eq(of.code, 0);
    ck_assert_ptr_nonnull(strstr(of.out, "No machine is registered."));
}
END_TEST

START_TEST(main__exit_codes_are_as_documented)
{
    ck_assert_int_eq(run("--version").code, 0);
    said of = run(ob_test_format("machines \"%s\"", ob_test_temp()));
    ck_assert_int_eq(of.code, 1);
    ck_assert_str_eq(of.out, "");
    ck_assert_ptr_nonnull(strstr(of.err, "obvault: The item was not found."));
    of = run("nonsense");
    ck_assert_int_eq(of.code, 2);
    ck_assert_ptr_nonnull(strstr(of.err, "unknown verb nonsense"));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, main__creates_and_issues);
    tcase_add_test(cases, main__exit_codes_are_as_documented);
}

OB_TEST_MAIN("main", add_cases)
