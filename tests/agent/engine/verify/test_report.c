#include "stand.h"
#include "verify/verify.h"

#include <string.h>

static ob_finding told;

static void take(void *context, const ob_finding *finding)
{
    (*(unsigned *)context)++;
    told = *finding;
}

static void begin(ob_verify *v, ob_verify_options *options, unsigned *count)
{
    *v = (ob_verify){.options = options};
    *options = (ob_verify_options){.context = count, .finding = take};
    *count = 0;
    ob_mutex_init(&v->lock);
}

START_TEST(report__names_are_words_for_machines)
{
    for (unsigned i = 0; i < OB_DAMAGE_KINDS; i++) {
        const char *name = ob_damage_name((ob_damage)i);
        ck_assert_uint_gt(strlen(name), 3);
        for (unsigned k = 0; k < i; k++) {
            ck_assert_str_ne(name, ob_damage_name((ob_damage)k));
        }
    }
    ck_assert_str_eq(ob_damage_name(OB_DAMAGE_KINDS), "");
}
END_TEST

START_TEST(report__damage_by_status)
{
    static const struct {
        ob_status status;
        ob_damage damage;
    } cases[] = {{OB_E_SEAL, OB_DAMAGE_SEAL},         {OB_E_FORMAT_VERSION, OB_DAMAGE_VERSION},
                 {OB_E_IO, OB_DAMAGE_UNREADABLE},     {OB_E_ACCESS_DENIED, OB_DAMAGE_UNREADABLE},
                 {OB_E_NOT_FOUND, OB_DAMAGE_MISSING}, {OB_E_TOO_LARGE, OB_DAMAGE_LENGTH},
                 {OB_E_CORRUPT, OB_DAMAGE_CONTENT}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_int_eq(ob_verify_damage_of(cases[i].status, OB_DAMAGE_CONTENT), cases[i].damage);
        ck_assert(ob_verify_is_damage(cases[i].status));
    }
    ck_assert(!ob_verify_is_damage(OB_OK));
    ck_assert(!ob_verify_is_damage(OB_E_NO_MEMORY));
    ck_assert(!ob_verify_is_damage(OB_E_VAULT_UNREACHABLE));
    ck_assert(!ob_verify_is_damage(OB_E_CANCELLED));
}
END_TEST

START_TEST(report__objects_are_counted_and_files_are_not)
{
    ob_verify v;
    ob_verify_options options;
    unsigned count = 0;
    begin(&v, &options, &count);
    ob_verify_tell(&v, OB_OBJECT_KEY, "00000001", OB_DAMAGE_CHANGED,
                   ob_fail(OB_E_CORRUPT, "the detail"), 0);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(told.detail, "the detail");
    ob_finding file = told;
    file.path = "a/b";
    ob_verify_tell_as(&v, &file);
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(v.result.objects_damaged, 1);
    ck_assert_uint_eq(v.result.damaged[OB_DAMAGE_CHANGED], 1);
    options.finding = NULL;
    ob_verify_tell_as(&v, &file);
    ck_assert_uint_eq(count, 2);
}
END_TEST

START_TEST(report__a_missing_pack_is_told_once)
{
    ob_verify v;
    ob_verify_options options;
    unsigned count = 0;
    uint8_t name[OB_SHA256_SIZE];
    begin(&v, &options, &count);
    for (uint64_t i = 0; i < 10; i++) {
        rig_pack_name(i % 3, name);
        ob_check_ok(ob_verify_tell_absent(&v, name, "a point"));
    }
    ck_assert_uint_eq(count, 3);
    ck_assert_uint_eq(v.result.damaged[OB_DAMAGE_MISSING], 3);
    ob_buf_free(&v.absent);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, report__names_are_words_for_machines);
    tcase_add_test(cases, report__damage_by_status);
    tcase_add_test(cases, report__objects_are_counted_and_files_are_not);
    tcase_add_test(cases, report__a_missing_pack_is_told_once);
}
OB_TEST_MAIN("report", add_cases)
