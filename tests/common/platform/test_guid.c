#include "ob/host.h"
#include "ob/test.h"

START_TEST(guid__is_version_4_and_new)
{
    ob_guid seen[50];
    for (size_t i = 0; i < 50; i++) {
        ob_check_ok(ob_guid_new(&seen[i]));
        ck_assert_uint_eq(seen[i].bytes[6] >> 4, 4);
        ck_assert_uint_eq(seen[i].bytes[8] >> 6, 2);
        for (size_t k = 0; k < i; k++) {
            ck_assert(!ob_guid_equal(&seen[i], &seen[k]));
        }
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, guid__is_version_4_and_new);
}

OB_TEST_MAIN("guid", add_cases)
