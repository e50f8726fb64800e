#include "ob/host.h"
#include "ob/owner.h"
#include "ob/test.h"

#include <string.h>

static bool is_linux(void)
{
    return strcmp(ob_host_platform(), "linux") == 0;
}

START_TEST(owner__root_both_ways)
{
    ob_owners *owners = NULL;
    uint32_t id = 77;
    ob_check_ok(ob_owners_new(&owners));
    for (int group = 0; group < 2; group++) {
        for (int again = 0; again < 2; again++) {
            ck_assert_str_eq(ob_owners_name(owners, group == 1, 0), is_linux() ? "root" : "");
            id = 77;
            ck_assert(ob_owners_id(owners, group == 1, "root", &id) == is_linux());
            ck_assert_uint_eq(id, is_linux() ? 0 : 77);
        }
    }
    ob_owners_free(owners);
    ob_owners_free(NULL);
}
END_TEST

START_TEST(owner__who_is_not_known)
{
    ob_owners *owners = NULL;
    uint32_t id = 77;
    char longest[OB_OWNER_NAME_MOST + 2];
    ob_check_ok(ob_owners_new(&owners));
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    for (int again = 0; again < 2; again++) {
        ck_assert_str_eq(ob_owners_name(owners, false, 4123456789u), "");
        ck_assert(!ob_owners_id(owners, false, "no such user here", &id));
        ck_assert(!ob_owners_id(owners, true, "", &id));
        ck_assert(!ob_owners_id(owners, true, longest, &id));
    }
    ck_assert_uint_eq(id, 77);
    ob_owners_free(owners);
}
END_TEST

START_TEST(owner__without_memory_there_is_no_name)
{
    ob_owners *owners = NULL;
    bool hit = true;
    ob_test_alloc_begin(1, false);
    ob_check_status(ob_owners_new(&owners), OB_E_NO_MEMORY);
    ob_test_alloc_end();
    ob_check_ok(ob_owners_new(&owners));
    for (uint64_t n = 1; hit; n++) {
        ob_test_alloc_begin(n, false);
        const char *name = ob_owners_name(owners, false, 0);
        hit = ob_test_alloc_end();
        ck_assert_str_eq(name, hit || !is_linux() ? "" : "root");
    }
    ob_owners_free(owners);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, owner__root_both_ways);
    tcase_add_test(cases, owner__who_is_not_known);
    tcase_add_test(cases, owner__without_memory_there_is_no_name);
}

OB_TEST_MAIN("owner", add_cases)
