#include "backup/base.h"
#include "scene.h"

#include <string.h>

static ob_repo *open_repo(scene *self)
{
    ob_repo *repo = NULL;
    ob_check_ok(ob_repo_open(&self->rig.engine, true, &repo));
    return repo;
}

static void one_backup(scene *self)
{
    scene_open(self);
    ob_test_write_text(scene_path(self, "a"), "text");
    ob_test_write_text(scene_path(self, "b"), "texts");
    ob_check_ok(scene_backup(self));
}

static void check_find(ob_base *base, const char *path, uint64_t size)
{
    const ob_entry *entry = NULL;
    ob_check_ok(ob_base_find(base, path, strlen(path), &entry));
    if (size == UINT64_MAX) {
        ck_assert_ptr_null(entry);
    } else {
        ck_assert_ptr_nonnull(entry);
        ck_assert_uint_eq(entry->info.size, size);
    }
}

static void check_base(scene *self, ob_base *base)
{
    ck_assert_ptr_nonnull(base);
    ck_assert_int_eq(ob_base_started(base), self->last.time);
    ck_assert_uint_eq(ob_base_bytes(base), 9);
    ck_assert_uint_eq(ob_base_entries(base), self->last.totals.files_total);
    check_find(base, scene_inside(self, "Z"), UINT64_MAX);
    check_find(base, scene_inside(self, "a"), 4);
    check_find(base, scene_inside(self, "a"), 4);
    check_find(base, scene_inside(self, "aa"), UINT64_MAX);
    check_find(base, scene_inside(self, "b"), 5);
    check_find(base, scene_inside(self, "c"), UINT64_MAX);
    check_find(base, scene_inside(self, "d"), UINT64_MAX);
}

START_TEST(base__from_the_cache_and_from_the_store)
{
    scene self;
    one_backup(&self);
    ob_repo *repo = open_repo(&self);
    for (int lost = 0; lost < 2; lost++) {
        ob_base *base = NULL;
        uint64_t gets = memory_store_counted(self.rig.store).gets;
        ob_check_ok(ob_base_open(&self.rig.engine, repo, "nightly", &base));
        check_base(&self, base);
        ck_assert_int_eq(memory_store_counted(self.rig.store).gets > gets, lost);
        ob_base_close(base);
        rig_lose_cache(&self.rig);
    }
    ob_repo_close(repo);
    scene_close(&self);
}
END_TEST

START_TEST(base__there_is_none)
{
    scene self;
    ob_base *base = NULL;
    one_backup(&self);
    ob_repo *repo = open_repo(&self);
    ob_check_ok(ob_base_open(&self.rig.engine, repo, "weekly", &base));
    ck_assert_ptr_null(base);
    /* A damaged point is as good as none. */
    rig_lose_cache(&self.rig);
    memory_object *object = memory_store_at(self.rig.store, OB_OBJECT_POINT, 0);
    object->data[object->length - 1] ^= 1;
    ob_check_ok(ob_base_open(&self.rig.engine, repo, "nightly", &base));
    ck_assert_ptr_null(base);
    memory_store_fail(self.rig.store, 0, OB_E_VAULT_UNREACHABLE, true);
    ob_check_status(ob_base_open(&self.rig.engine, repo, "nightly", &base), OB_E_VAULT_UNREACHABLE);
    ob_base_close(NULL);
    ob_repo_close(repo);
    scene_close(&self);
}
END_TEST

START_TEST(base__the_newest_point_of_the_policy)
{
    scene self;
    ob_base *base = NULL;
    one_backup(&self);
    int64_t time = self.last.time;
    self.policy = "weekly";
    ob_check_ok(scene_backup(&self));
    rig_lose_cache(&self.rig);
    ob_repo *repo = open_repo(&self);
    ob_check_ok(ob_base_open(&self.rig.engine, repo, "nightly", &base));
    ck_assert_ptr_nonnull(base);
    ck_assert_int_eq(ob_base_started(base), time);
    ob_base_close(base);
    ob_repo_close(repo);
    scene_close(&self);
}
END_TEST

START_TEST(base__memory_that_runs_out)
{
    scene self;
    bool hit = true;
    one_backup(&self);
    self.rig.engine.fs = ob_fs_os();
    ob_repo *repo = open_repo(&self);
    const char *path = scene_inside(&self, "b");
    for (uint64_t n = 1; hit; n++) {
        ob_base *base = NULL;
        const ob_entry *entry = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_base_open(&self.rig.engine, repo, "nightly", &base);
        if (status == OB_OK) {
            ck_assert_ptr_nonnull(base);
            status = ob_base_find(base, path, strlen(path), &entry);
        }
        ck_assert(status != OB_OK || entry != NULL);
        ob_base_close(base);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
    ob_repo_close(repo);
    scene_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, base__from_the_cache_and_from_the_store);
    tcase_add_test(cases, base__there_is_none);
    tcase_add_test(cases, base__the_newest_point_of_the_policy);
    tcase_add_test(cases, base__memory_that_runs_out);
}

OB_TEST_MAIN("backup_base", add_cases)
