#include "point/point.h"
#include "scene.h"

#include <string.h>

static ob_repo *open_repo(scene *self)
{
    ob_repo *repo = NULL;
    ob_check_ok(ob_repo_open(&self->rig.engine, false, &repo));
    return repo;
}

START_TEST(point__open)
{
    scene self;
    ob_point *point = NULL;
    char name[OB_OBJECT_NAME_MAX];
    scene_open(&self);
    ob_test_write_text(scene_path(&self, "file"), "text");
    ob_check_ok(scene_backup(&self));
    ob_repo *repo = open_repo(&self);
    ob_check_ok(ob_point_find(self.rig.store, &self.last.point, name));
    ob_check_ok(ob_point_open(repo, name, &point));
    ck_assert(ob_guid_equal(&point->manifest.id, &self.last.point));
    ck_assert_str_eq(point->manifest.policy, "nightly");
    ck_assert_uint_eq(point->manifest.bytes, 4);
    ck_assert_uint_eq(point->table.count, 1);
    ob_point_close(point);
    ob_repo_close(repo);
    scene_close(&self);
}
END_TEST

START_TEST(point__not_there)
{
    scene self;
    char name[OB_OBJECT_NAME_MAX] = "kept";
    const ob_guid id = {{1, 2, 3}};
    scene_open(&self);
    ob_check_status(ob_point_find(self.rig.store, &id, name), OB_E_NOT_FOUND);
    ob_check_detail("01020300-0000-0000-0000-000000000000");
    ck_assert_str_eq(name, "kept");
    memory_store_fail(self.rig.store, 0, OB_E_VAULT_UNREACHABLE, false);
    ob_check_status(ob_point_find(self.rig.store, &id, name), OB_E_VAULT_UNREACHABLE);
    scene_close(&self);
}
END_TEST

/* One point's object under the name of another. */
START_TEST(point__swapped)
{
    scene self;
    ob_point *point = NULL;
    ob_guid first;
    char names[2][OB_OBJECT_NAME_MAX];
    scene_open(&self);
    ob_test_write_text(scene_path(&self, "file"), "text");
    ob_check_ok(scene_backup(&self));
    first = self.last.point;
    ob_check_ok(scene_backup(&self));
    ob_check_ok(ob_point_find(self.rig.store, &first, names[0]));
    ob_check_ok(ob_point_find(self.rig.store, &self.last.point, names[1]));
    memory_object *object = memory_store_find(self.rig.store, OB_OBJECT_POINT, names[0]);
    memory_store_set(self.rig.store, OB_OBJECT_POINT, names[1], object->data, object->length);
    ob_repo *repo = open_repo(&self);
    ob_status status = ob_point_open(repo, names[1], &point);
    ck_assert(status == OB_E_SEAL || status == OB_E_CORRUPT);
    ck_assert_ptr_null(point);
    ob_repo_close(repo);
    scene_close(&self);
}
END_TEST

/* A manifest that says it is another point than its name does, sealed by the right keys. */
START_TEST(point__manifest_of_another_name)
{
    scene self;
    ob_point *point = NULL;
    ob_repo *repo = NULL;
    ob_buf manifest = {0};
    char name[OB_OBJECT_NAME_MAX];
    scene_open(&self);
    ob_test_write_text(scene_path(&self, "file"), "text");
    ob_check_ok(scene_backup(&self));
    ob_check_ok(ob_point_find(self.rig.store, &self.last.point, name));
    ob_check_ok(ob_repo_open(&self.rig.engine, true, &repo));
    ob_check_ok(ob_repo_read_point(repo, name, &manifest));
    name[0] = name[0] == '0' ? '1' : '0';
    ob_check_ok(ob_repo_commit_point(repo, name, manifest.data, manifest.length));
    ob_check_status(ob_point_open(repo, name, &point), OB_E_CORRUPT);
    ob_check_detail("holds the manifest of");
    ob_buf_free(&manifest);
    ob_repo_close(repo);
    scene_close(&self);
}
END_TEST

START_TEST(point__names)
{
    scene self;
    ob_point_names names = {0};
    scene_open(&self);
    ob_test_write_text(scene_path(&self, "file"), "text");
    for (int i = 0; i < 70; i++) {
        memory_store_set(self.rig.store, OB_OBJECT_POINT, ob_test_format("%016x-%032x", 100 - i, i),
                         "x", 1);
    }
    ob_check_ok(ob_point_names_read(self.rig.store, &names));
    ck_assert_uint_eq(names.count, 70);
    for (size_t i = 1; i < names.count; i++) {
        ck_assert_int_lt(strcmp(names.names[i - 1], names.names[i]), 0);
    }
    ob_point_names_free(&names);
    scene_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, point__open);
    tcase_add_test(cases, point__not_there);
    tcase_add_test(cases, point__swapped);
    tcase_add_test(cases, point__manifest_of_another_name);
    tcase_add_test(cases, point__names);
}

OB_TEST_MAIN("point_point", add_cases)
