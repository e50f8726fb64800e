#include "index/damage.h"
#include "rig.h"

START_TEST(damage__places_are_found_again)
{
    ob_bad_places places = {0};
    uint8_t pack[OB_SHA256_SIZE];
    rig_pack_name(0, pack);
    ck_assert(!ob_bad_places_has(&places, pack, 48));
    for (uint32_t i = 0; i < 1000; i++) {
        rig_pack_name(i % 10, pack);
        ob_check_ok(ob_bad_places_add(&places, pack, 48 + 100 * i));
        ob_check_ok(ob_bad_places_add(&places, pack, 48 + 100 * i));
    }
    ck_assert_uint_eq(places.count, 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        rig_pack_name(i % 10, pack);
        ck_assert(ob_bad_places_has(&places, pack, 48 + 100 * i));
        ck_assert(!ob_bad_places_has(&places, pack, 49 + 100 * i));
        rig_pack_name(i % 10 + 1, pack);
        ck_assert(!ob_bad_places_has(&places, pack, 48 + 100 * i));
    }
    ob_bad_places_free(&places);
    ck_assert_uint_eq(places.count, 0);
}
END_TEST

START_TEST(damage__their_number_is_bounded)
{
    ob_bad_places places = {0};
    uint8_t pack[OB_SHA256_SIZE];
    rig_pack_name(0, pack);
    for (uint32_t i = 0; i < OB_BAD_PLACES_MOST; i++) {
        ob_check_ok(ob_bad_places_add(&places, pack, i));
    }
    ob_check_status(ob_bad_places_add(&places, pack, UINT32_MAX), OB_E_TOO_LARGE);
    ob_check_ok(ob_bad_places_add(&places, pack, 7));
    ck_assert_uint_eq(places.count, OB_BAD_PLACES_MOST);
    ob_bad_places_free(&places);
}
END_TEST

START_TEST(damage__without_memory)
{
    ob_bad_places places = {0};
    uint8_t pack[OB_SHA256_SIZE];
    rig_pack_name(0, pack);
    ob_test_alloc_begin(1, false);
    ob_check_status(ob_bad_places_add(&places, pack, 48), OB_E_NO_MEMORY);
    ck_assert(ob_test_alloc_end());
    ck_assert(!ob_bad_places_has(&places, pack, 48));
    ob_check_ok(ob_bad_places_add(&places, pack, 48));
    ck_assert(ob_bad_places_has(&places, pack, 48));
    ob_bad_places_free(&places);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, damage__places_are_found_again);
    tcase_add_test(cases, damage__their_number_is_bounded);
    tcase_add_test(cases, damage__without_memory);
}
OB_TEST_MAIN("damage", add_cases)
