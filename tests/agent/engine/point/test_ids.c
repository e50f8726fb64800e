#include "point/ids.h"
#include "rig.h"

#include <string.h>

/* Ids of no chunks: only their bytes matter here. */
static ob_chunk_id random_id(ob_test_rng *rng)
{
    ob_chunk_id id;
    ob_test_rng_fill(rng, id.bytes, sizeof id.bytes);
    return id;
}

typedef struct check {
    ob_test_rng rng; /* gives the same ids again */
    size_t count;
} check;

static ob_status check_ids(void *context, const ob_chunk_id *ids, size_t count)
{
    check *c = context;
    for (size_t i = 0; i < count; i++) {
        ob_chunk_id wanted = random_id(&c->rng);
        ck_assert_mem_eq(&ids[i], &wanted, sizeof wanted);
        c->count++;
    }
    return OB_OK;
}

static void round_trip(ob_repo *repo, size_t count, unsigned depth)
{
    ob_ids ids = {0};
    ob_entry entry = {.path = "a"};
    ob_test_rng rng = ob_test_rng_new(count);
    check c = {rng, 0};
    for (size_t i = 0; i < count; i++) {
        ob_chunk_id id = random_id(&rng);
        ob_check_ok(ob_ids_add(&ids, repo, &id));
    }
    ob_check_ok(ob_ids_finish(&ids, repo));
    ob_check_ok(ob_repo_flush(repo));
    ob_ids_give(&ids, &entry);
    ck_assert_uint_eq(entry.depth, depth);
    ck_assert_uint_le(entry.id_count, OB_IDS_DIRECT);
    ob_ids copy = {0};
    ob_entry copied = {.path = "a"};
    ob_check_ok(ob_ids_copy(&copy, &entry));
    ob_ids_give(&copy, &copied);
    ck_assert_uint_eq(copied.depth, entry.depth);
    ck_assert_uint_eq(copied.id_count, entry.id_count);
    ob_check_ok(ob_ids_each(repo, copied.depth, copied.ids, copied.id_count, check_ids, &c));
    ck_assert_uint_eq(c.count, count);
    ob_ids_free(&ids);
    ob_ids_free(&copy);
}

START_TEST(ids__few_stand_in_the_entry_and_many_in_lists)
{
    ob_repo *repo = NULL;
    rig self;
    rig_open(&self);
    ob_check_ok(ob_repo_open(&self.engine, true, &repo));
    round_trip(repo, 0, 0);
    round_trip(repo, 1, 0);
    round_trip(repo, OB_IDS_DIRECT, 0);
    round_trip(repo, OB_IDS_DIRECT + 1, 1);
    round_trip(repo, 40000, 1);
    ob_repo_close(repo);
    rig_close(&self);
}
END_TEST

static ob_status add_length(void *context, const ob_chunk_id *ids, size_t count)
{
    uint64_t *lengths = context;
    (void)ids;
    lengths[0] = count > lengths[0] ? count : lengths[0];
    lengths[1]++;
    return OB_OK;
}

/* Ids put in front leave the lists behind them as they are. */
START_TEST(ids__lists_are_cut_by_content)
{
    ob_repo *repo = NULL;
    rig self;
    uint64_t stored[2] = {0, 0};
    uint64_t lengths[2] = {0, 0};
    rig_open(&self);
    ob_check_ok(ob_repo_open(&self.engine, true, &repo));
    for (int run = 0; run < 2; run++) {
        ob_ids ids = {0};
        ob_entry entry = {.path = "a"};
        ob_test_rng rng = ob_test_rng_new(5);
        for (size_t i = 0; i < 30000; i++) {
            ob_chunk_id id = random_id(&rng);
            if (i == 0 && run == 1) {
                ob_chunk_id other;
                memset(other.bytes, 9, sizeof other.bytes);
                ob_check_ok(ob_ids_add(&ids, repo, &other));
            }
            ob_check_ok(ob_ids_add(&ids, repo, &id));
        }
        ob_check_ok(ob_ids_finish(&ids, repo));
        ob_check_ok(ob_repo_flush(repo));
        ob_ids_give(&ids, &entry);
        stored[run] = ids.stored;
        ob_check_ok(ob_ids_each(repo, entry.depth, entry.ids, entry.id_count, add_length, lengths));
        ob_ids_free(&ids);
    }
    ck_assert_uint_gt(stored[0], 30000 * OB_CHUNK_ID);
    ck_assert_uint_lt(stored[1], stored[0] / 3);
    ck_assert_uint_le(lengths[0], 8192);
    ck_assert_uint_gt(lengths[1], 20);
    ob_repo_close(repo);
    rig_close(&self);
}
END_TEST

START_TEST(ids__a_list_that_is_none)
{
    ob_repo *repo = NULL;
    rig self;
    uint64_t lengths[2];
    rig_open(&self);
    ob_check_ok(ob_repo_open(&self.engine, true, &repo));
    ob_chunk_id id = rig_write(repo, 1, 33);
    ob_check_ok(ob_repo_flush(repo));
    ob_check_status(ob_ids_each(repo, 1, &id, 1, add_length, lengths), OB_E_CORRUPT);
    ob_check_detail("33 bytes");
    id.bytes[0] ^= 1;
    ob_check_status(ob_ids_each(repo, 1, &id, 1, add_length, lengths), OB_E_NOT_FOUND);
    ob_repo_close(repo);
    rig_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, ids__few_stand_in_the_entry_and_many_in_lists);
    tcase_add_test(cases, ids__lists_are_cut_by_content);
    tcase_add_test(cases, ids__a_list_that_is_none);
}

OB_TEST_MAIN("point_ids", add_cases)
