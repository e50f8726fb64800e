#include "ob/test.h"
#include "restore/restore.h"

#include <string.h>

static const char *copy_of(const char *name, unsigned number)
{
    static char out[OB_COPY_NAME_MOST];
    ob_restore_copy_name(name, number, out);
    return out;
}

START_TEST(restore__names_of_copies)
{
    ck_assert_str_eq(copy_of("a.txt", 1), "a (1).txt");
    ck_assert_str_eq(copy_of("a", 12), "a (12)");
    ck_assert_str_eq(copy_of(".profile", 1), ".profile (1)");
    ck_assert_str_eq(copy_of("a.tar.gz", 1), "a.tar (1).gz");
    ck_assert_str_eq(copy_of("a.", 1), "a (1).");
    ck_assert_str_eq(copy_of("\xFF\n.\xFF", 3), "\xFF\n (3).\xFF");
    ck_assert_str_eq(copy_of("a.not an extension of any file, but the end of a sentence", 1),
                     "a.not an extension of any file, but the end of a sentence (1)");
}
END_TEST

START_TEST(restore__names_of_copies_fit)
{
    char name[256];
    memset(name, 'x', 255);
    name[255] = '\0';
    memcpy(name + 251, ".txt", 4);
    ck_assert_uint_eq(strlen(copy_of(name, 1000)), 255);
    ck_assert_str_eq(copy_of(name, 1000) + 244, " (1000).txt");
    for (size_t i = 0; i + 1 < 255; i += 2) {
        memcpy(name + i, "\xC3\xA4", 2);
    }
    name[254] = '\0';
    const char *copy = copy_of(name, 1);
    ck_assert_uint_eq(strlen(copy), 254);
    ck_assert_str_eq(copy + 248, "\xC3\xA4 (1)");
    memset(name, 0x80, 254); /* no character at all */
    ck_assert_uint_ge(strlen(copy_of(name, 1)), 252);
}
END_TEST

START_TEST(restore__what_ends_a_job)
{
    ck_assert(ob_restore_is_fatal(OB_E_NO_MEMORY));
    ck_assert(ob_restore_is_fatal(OB_E_CANCELLED));
    ck_assert(ob_restore_is_fatal(OB_E_DISK_FULL));
    ck_assert(ob_restore_is_fatal(OB_E_VAULT_UNREACHABLE));
    ck_assert(!ob_restore_is_fatal(OB_OK));
    ck_assert(!ob_restore_is_fatal(OB_E_CORRUPT));
    ck_assert(!ob_restore_is_fatal(OB_E_ACCESS_DENIED));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, restore__names_of_copies);
    tcase_add_test(cases, restore__names_of_copies_fit);
    tcase_add_test(cases, restore__what_ends_a_job);
}

OB_TEST_MAIN("restore_restore", add_cases)
