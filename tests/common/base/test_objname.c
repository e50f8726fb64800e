#include "ob/objname.h"
#include "ob/test.h"

#include <string.h>

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static bool valid(ob_object_kind kind, const char *name)
{
    return ob_object_name_valid(kind, name, strlen(name));
}

START_TEST(objname__kinds)
{
    ck_assert_str_eq(ob_object_kind_name(OB_OBJECT_KEY), "key");
    ck_assert_str_eq(ob_object_kind_name(OB_OBJECT_PACK), "pack");
    ck_assert_str_eq(ob_object_kind_name(OB_OBJECT_INDEX), "index");
    ck_assert_str_eq(ob_object_kind_name(OB_OBJECT_POINT), "point");
}
END_TEST

START_TEST(objname__shapes)
{
    ck_assert(valid(OB_OBJECT_KEY, "00000001"));
    ck_assert(!valid(OB_OBJECT_KEY, "0000000a"));
    ck_assert(!valid(OB_OBJECT_KEY, "000000001"));
    ck_assert(valid(OB_OBJECT_PACK, HEX64));
    ck_assert(valid(OB_OBJECT_INDEX, HEX64));
    ck_assert(!valid(OB_OBJECT_PACK, HEX64 "0"));
    ck_assert(
        !valid(OB_OBJECT_PACK, "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef"));
    ck_assert(valid(OB_OBJECT_POINT, "0123456789abcdef-0123456789abcdef0123456789abcdef"));
    ck_assert(!valid(OB_OBJECT_POINT, "0123456789abcdef00123456789abcdef0123456789abcdef"));
    ck_assert(!valid(OB_OBJECT_POINT, ""));
    ck_assert(!ob_object_name_valid(OB_OBJECT_KEY, "0000000\0", 8));
    ck_assert(!valid(OB_OBJECT_KEY, "../../.."));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, objname__kinds);
    tcase_add_test(cases, objname__shapes);
}

OB_TEST_MAIN("objname", add_cases)
