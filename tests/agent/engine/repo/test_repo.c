#include "rig.h"

#include "ob/thread.h"

#include <stdlib.h>
#include <string.h>

#define POINT "0000018d00000000-0123456789abcdef0123456789abcdef"

START_TEST(repo__round_trip)
{
    static const size_t sizes[] = {1, 15, 16, 17, 4095, 4096, 65536, 1000000, OB_CHUNK_MOST};
    enum { COUNT = sizeof sizes / sizeof sizes[0] };
    ob_chunk_id ids[COUNT];
    ob_repo *repo = NULL;
    rig self;
    rig_open(&self);
    ob_check_ok(ob_repo_open(&self.engine, true, &repo));
    for (size_t i = 0; i < COUNT; i++) {
        ids[i] = rig_write(repo, i, sizes[i]);
    }
    ob_check_ok(ob_repo_flush(repo));
    for (size_t i = 0; i < COUNT; i++) {
        rig_check(repo, &ids[i], i, sizes[i]);
    }
    ob_repo_close(repo);
    rig_lose_cache(&self);
    ob_check_ok(ob_repo_open(&self.engine, false, &repo));
    for (size_t i = 0; i < COUNT; i++) {
        rig_check(repo, &ids[i], i, sizes[i]);
    }
    ob_repo_close(repo);
    rig_close(&self);
}
END_TEST

START_TEST(repo__same_content_is_stored_once)
{
    ob_repo *repo = NULL;
    rig self;
    uint64_t stored = 1;
    ob_chunk_id id;
    rig_open(&self);
    ob_check_ok(ob_repo_open(&self.engine, true, &repo));
    ob_chunk_id first = rig_write(repo, 1, 5000);
    uint8_t *data = rig_text(1, 5000);
    ob_check_ok(ob_repo_write(repo, OB_CHUNK_DATA, data, 5000, &id, &stored));
    ck_assert_uint_eq(stored, 0);
    ck_assert_mem_eq(&id, &first, sizeof id);
    ob_check_ok(ob_repo_flush(repo));
    ck_assert_uint_eq(memory_store_count(self.store, OB_OBJECT_PACK), 1);
    ob_repo_close(repo);
    for (int lose = 0; lose < 2; lose++) {
        ob_check_ok(ob_repo_open(&self.engine, true, &repo));
        stored = 1;
        ob_check_ok(ob_repo_write(repo, OB_CHUNK_DATA, data, 5000, &id, &stored));
        ck_assert_uint_eq(stored, 0);
        ob_check_ok(ob_repo_commit_point(repo, POINT, "x", 1));
        memory_store_remove(self.store, OB_OBJECT_POINT, POINT);
        ck_assert_uint_eq(memory_store_count(self.store, OB_OBJECT_PACK), 1);
        ck_assert_uint_eq(memory_store_count(self.store, OB_OBJECT_INDEX), 1);
        ob_repo_close(repo);
        rig_lose_cache(&self);
    }
    free(data);
    rig_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, repo__round_trip);
    tcase_add_test(cases, repo__same_content_is_stored_once);
}
OB_TEST_MAIN("repo", add_cases)
