#include "index/packs.h"
#include "rig.h"

#include <string.h>

START_TEST(packs__found_by_name)
{
    ob_packs packs = {0};
    uint8_t name[OB_SHA256_SIZE];
    uint32_t number = 0;
    rig_pack_name(0, name);
    ck_assert(!ob_packs_find(&packs, name, &number));
    for (uint32_t i = 0; i < 5000; i++) {
        rig_pack_name(i, name);
        ob_check_ok(ob_packs_add(&packs, name, 1000 + i, (uint8_t)(i % 2), &number));
        ck_assert_uint_eq(number, i);
    }
    for (uint32_t i = 0; i < 5000; i++) {
        rig_pack_name(i, name);
        ck_assert(ob_packs_find(&packs, name, &number));
        ck_assert_uint_eq(number, i);
        ck_assert_uint_eq(packs.info[i].size, 1000 + i);
        ck_assert_uint_eq(packs.info[i].class, i % 2);
        /* Added again, it is the same. */
        ob_check_ok(ob_packs_add(&packs, name, 7, 0, &number));
        ck_assert_uint_eq(number, i);
    }
    ck_assert_uint_eq(packs.count, 5000);
    rig_pack_name(5000, name);
    ck_assert(!ob_packs_find(&packs, name, &number));
    ob_packs_free(&packs);
}
END_TEST

START_TEST(packs__names_may_come_later)
{
    ob_packs packs = {0};
    uint8_t name[OB_SHA256_SIZE];
    uint8_t zero[OB_SHA256_SIZE] = {0};
    uint32_t number = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        ob_check_ok(ob_packs_add_filling(&packs, 1, &number));
        ck_assert_uint_eq(packs.info[number].flags, OB_PACK_FILLING);
    }
    ck_assert(!ob_packs_find(&packs, zero, &number));
    for (uint32_t i = 1000; i-- > 0;) {
        rig_pack_name(i, name);
        ob_packs_set_name(&packs, i, name, 5);
        ck_assert(ob_packs_find(&packs, name, &number));
        ck_assert_uint_eq(number, i);
    }
    ck_assert_uint_eq(packs.info[3].flags, 0);
    ob_packs_free(&packs);
}
END_TEST

START_TEST(packs__without_memory)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_packs packs = {0};
        ob_status status = OB_OK;
        uint32_t number = 0;
        uint8_t name[OB_SHA256_SIZE];
        ob_test_alloc_begin(n, false);
        for (uint32_t i = 0; !OB_FAILED(status) && i < 500; i++) {
            rig_pack_name(i, name);
            number = 77;
            status = ob_packs_add(&packs, name, i, 0, &number);
        }
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ck_assert(!hit || number == 77);
        for (uint32_t i = 0; i < packs.count; i++) {
            rig_pack_name(i, name);
            ck_assert(ob_packs_find(&packs, name, &number));
        }
        ob_packs_free(&packs);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, packs__found_by_name);
    tcase_add_test(cases, packs__names_may_come_later);
    tcase_add_test(cases, packs__without_memory);
}
OB_TEST_MAIN("packs", add_cases)
