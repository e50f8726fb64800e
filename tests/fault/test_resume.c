/* A backup that dies at any moment: what it had uploaded is not uploaded again. */
#include "faults.h"

#define FILES 300u
#define SIZE ((size_t)200000)

/* Packs are drawn and padded by chance, so their sum differs a little each time. */
#define SLACK ((uint64_t)400000)

static uint64_t clean_upload(const world *before)
{
    static world w;
    world_copy(&w, before);
    ob_check_ok(world_backup(&w));
    uint64_t bytes = world_uploaded(&w);
    world_copy_free(&w);
    return bytes;
}

/* Dies at each of some places from the first to the last; true while there is such a place. */
static bool die_and_resume(const world *before, uint64_t place, bool lose_cache, uint64_t clean)
{
    static world w;
    static fault f;
    world_copy(&w, before);
    fault_begin(&f, &w, FAULT_DIES, place);
    (void)world_backup(&w);
    bool hit = fault_end(&f);
    uint64_t first = world_uploaded(&w);
    if (lose_cache) {
        world_lose_cache(&w);
    }
    if (hit) {
        ob_check_ok(world_backup(&w));
        uint64_t all = world_uploaded(&w);
        uint64_t again = all > clean ? all - clean : 0;
        ck_assert_msg(again <= first / 5 + SLACK,
                      "died at %llu: %llu bytes were uploaded, %llu of them again",
                      (unsigned long long)place, (unsigned long long)first,
                      (unsigned long long)again);
        const char *trouble = world_check_points(&w);
        ck_assert_msg(trouble == NULL, "died at %llu: %s", (unsigned long long)place, trouble);
    }
    world_copy_free(&w);
    return hit;
}

static void sweep(bool lose_cache)
{
    static world w;
    uint64_t tried = 0;
    world_open(&w);
    ob_check_ok(world_backup(&w));
    world_add_files(&w, FILES, SIZE);
    uint64_t clean = clean_upload(&w);
    ck_assert_uint_gt(clean, FILES * SIZE);
    for (uint64_t place = 1; die_and_resume(&w, place, lose_cache, clean); place += 3) {
        tried++;
    }
    ck_assert_uint_gt(tried, 8);
    world_close(&w);
}

START_TEST(resume__what_was_uploaded_stays)
{
    sweep(false);
}
END_TEST

START_TEST(resume__what_was_uploaded_stays_without_the_cache)
{
    sweep(true);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, resume__what_was_uploaded_stays);
    tcase_add_test(cases, resume__what_was_uploaded_stays_without_the_cache);
}
OB_TEST_MAIN("resume", add_cases)
