#include "maker.h"
#include "scene.h"

#include "ob/alloc.h"
#include "ob/host.h"
#include "source/place.h"

#include <stdlib.h>
#include <string.h>

#define ALL_META (OB_META_MODE | OB_META_OWNER | OB_META_TIMES | OB_META_ATTRIBUTES)

static void check_same(const char *left, const char *right, int mask)
{
    const char *difference = ob_test_tree_differs(left, right, mask);
    ck_assert_msg(difference == NULL, "%s", difference);
}

START_TEST(restore_run__everything_elsewhere)
{
    scene self;
    scene_open(&self);
    ob_test_rng rng = ob_test_rng_new(1);
    ob_test_tree_make(self.source, &rng, 60);
    ob_check_ok(scene_backup(&self));
    ck_assert_uint_eq(self.event_count, 0);
    ck_assert(!self.last.incremental);
    check_same(self.source, scene_restore_all(&self, "out"), ALL_META);
    scene_close(&self);
}
END_TEST

START_TEST(restore_run__large_and_empty_files)
{
    scene self;
    scene_open(&self);
    uint8_t *data = rig_text(7, (size_t)9 << 20);
    ob_test_write_file(scene_path(&self, "large"), data, (size_t)9 << 20);
    ob_test_write_file(scene_path(&self, "larger by one"), data, ((size_t)9 << 20) - 1);
    ob_test_write_file(scene_path(&self, "empty"), data, 0);
    ob_test_write_file(scene_path(&self, "one"), data, 1);
    free(data);
    ob_check_ok(scene_backup(&self));
    check_same(self.source, scene_restore_all(&self, "out"), ALL_META);
    ck_assert_uint_eq(self.progress.bytes_done, self.progress.bytes_total);
    ck_assert_uint_eq(self.progress.files_done, self.progress.files_total);
    scene_close(&self);
}
END_TEST

/* The volume's own entry stands in the list before all others of it. */
START_TEST(restore_run__one_file_in_place)
{
    scene self;
    ob_buf item = {0};
    size_t length = 0;
    scene_open(&self);
    const char *file = scene_path(&self, "file");
    ob_test_write_text(file, "first");
    ob_check_ok(scene_backup(&self));
    ob_check_ok(ob_place_to_point(file, &item));
    char *path = ob_buf_take_text(&item);
    ob_check_ok(ob_fs_os()->remove_file(ob_fs_os(), NULL, file));

    const char *items[] = {path};
    const ob_restore_options options = {.point = self.last.point, .items = items, .item_count = 1};
    ob_check_ok(scene_restore(&self, &options));
    ck_assert_uint_eq(scene_told(&self, OB_EVENT_FAILED, NULL, NULL), 0);
    ck_assert_mem_eq(ob_test_read_file(file, &length), "first", 5);
    ob_free(path);
    scene_close(&self);
}
END_TEST

static const char *small_tree[] = {"a/one", "a/deep/two", "b/three", "four"};

static void make_small(scene *self)
{
    const ob_fs *fs = ob_fs_os();
    scene_open(self);
    ob_check_ok(ob_fs_make_dirs(fs, scene_path(self, "a/deep"), false));
    ob_check_ok(ob_fs_make_dirs(fs, scene_path(self, "b"), false));
    for (size_t i = 0; i < 4; i++) {
        ob_test_write_text(scene_path(self, small_tree[i]), small_tree[i]);
    }
    ob_check_ok(scene_backup(self));
}

static const char *text_of(const char *dir, const char *name)
{
    size_t length = 0;
    return (const char *)ob_test_read_file(ob_test_path(dir, name), &length);
}

START_TEST(restore_run__items)
{
    scene self;
    make_small(&self);
    const char *out = ob_test_path(self.base, "out");
    const char *const items[] = {scene_inside(&self, "four"),
                                 ob_test_format("/%s", scene_inside(&self, "a/deep")),
                                 scene_inside(&self, "a"), scene_inside(&self, "four")};
    const ob_restore_options options = {self.last.point, items, 4, out, OB_OVERWRITE_SKIP, false};
    ob_check_ok(scene_restore(&self, &options));
    ck_assert_uint_eq(self.event_count, 0);
    check_same(scene_path(&self, "a"), ob_test_path(out, "a"), ALL_META);
    ck_assert_str_eq(text_of(out, "four"), "four");
    ck_assert(!ob_test_exists(ob_test_path(out, "b")));
    ck_assert(!ob_test_exists(ob_test_path(out, "deep")));
    ck_assert_uint_eq(self.progress.files_total, 5);
    ck_assert_uint_eq(self.progress.files_done, 5);
    ck_assert_uint_eq(self.progress.bytes_done, self.progress.bytes_total);
    scene_close(&self);
}
END_TEST

START_TEST(restore_run__items_that_are_not_there)
{
    scene self;
    make_small(&self);
    const char *out = ob_test_path(self.base, "out");
    static const char *const wrong[] = {"none", "../etc", "a//b", "a/"};
    for (size_t i = 0; i < 4; i++) {
        const char *const items[] = {scene_inside(&self, "four"), scene_inside(&self, wrong[i])};
        const ob_restore_options options = {self.last.point,   items, 2, out,
                                            OB_OVERWRITE_SKIP, false};
        ob_check_status(scene_restore(&self, &options), OB_E_NOT_FOUND);
        ck_assert(!ob_test_exists(out)); /* nothing was begun */
    }
    ob_restore_options options = {.destination = out};
    ob_check_status(scene_restore(&self, &options), OB_E_NOT_FOUND);
    options.point = self.last.point;
    options.destination = "relative";
    ob_check_status(scene_restore(&self, &options), OB_E_INVALID_ARGUMENT);
    scene_close(&self);
}
END_TEST

START_TEST(restore_run__in_place)
{
    const ob_fs *fs = ob_fs_os();
    ob_file_info before;
    ob_file_info after;
    scene self;
    make_small(&self);
    ob_check_ok(fs->stat(fs, NULL, scene_path(&self, "a"), &before));
    ob_check_ok(ob_fs_remove_tree(fs, self.source));
    const char *const items[] = {scene_inside(&self, "a/deep"), scene_inside(&self, "four")};
    ob_restore_options options = {self.last.point, items, 2, NULL, OB_OVERWRITE_SKIP, false};
    ob_check_ok(scene_restore(&self, &options));
    ck_assert_uint_eq(self.event_count, 0);
    ck_assert_str_eq(text_of(self.source, "a/deep/two"), "a/deep/two");
    ck_assert_str_eq(text_of(self.source, "four"), "four");
    ck_assert(!ob_test_exists(scene_path(&self, "a/one")));
    /* A folder above that was gone is as it was. */
    ob_check_ok(fs->stat(fs, NULL, scene_path(&self, "a"), &after));
    ck_assert_int_eq(before.mtime, after.mtime);
    ck_assert_uint_eq(before.mode, after.mode);
    /* Everything in place: what is there stays. */
    ob_test_write_text(scene_path(&self, "four"), "changed");
    options.items = items;
    options.item_count = 1;
    const char *const whole[] = {scene_inside(&self, "")};
    options.items = whole;
    ob_check_ok(scene_restore(&self, &options));
    ck_assert_uint_eq(scene_told(&self, OB_EVENT_EXISTED, "two", NULL), 1);
    ck_assert_uint_eq(scene_told(&self, OB_EVENT_EXISTED, "four", NULL), 1);
    ck_assert_uint_eq(self.event_count, 2);
    ck_assert_str_eq(text_of(self.source, "four"), "changed");
    ck_assert_str_eq(text_of(self.source, "a/one"), "a/one");
    scene_close(&self);
}
END_TEST

START_TEST(restore_run__overwrite_modes)
{
    static const ob_overwrite modes[] = {OB_OVERWRITE_COPY, OB_OVERWRITE_SKIP,
                                         OB_OVERWRITE_REPLACE};
    scene self;
    make_small(&self);
    const char *const items[] = {scene_inside(&self, "a"), scene_inside(&self, "four")};
    for (size_t i = 0; i < 3; i++) {
        const char *out = ob_test_path(self.base, ob_test_format("out%u", (unsigned)i));
        const ob_restore_options options = {self.last.point, items, 2, out, modes[i], false};
        ob_check_ok(ob_fs_make_dirs(ob_fs_os(), ob_test_path(out, "a/deep"), false));
        ob_test_write_text(ob_test_path(out, "a/deep/two"), "old");
        ob_test_write_text(ob_test_path(out, "a/other"), "other");
        ob_check_ok(scene_restore(&self, &options));
        ck_assert_str_eq(text_of(out, "a/deep/two"), i == 2 ? "a/deep/two" : "old");
        ck_assert_str_eq(text_of(out, "a/one"), "a/one");
        ck_assert_str_eq(text_of(out, "four"), "four");
        ck_assert_str_eq(text_of(out, "a/other"), "other"); /* a folder merges */
        ck_assert_uint_eq(self.event_count, i == 2 ? 0 : 1);
        ck_assert_uint_eq(self.progress.bytes_done, self.progress.bytes_total);
        if (i == 0) {
            ck_assert_str_eq(text_of(out, "a/deep/two (1)"), "a/deep/two");
            ck_assert_int_eq(self.events[0].kind, OB_EVENT_RESTORED_AS);
        }
    }
    scene_close(&self);
}
END_TEST

START_TEST(restore_run__type_conflicts)
{
    scene self;
    make_small(&self);
    const char *out = ob_test_path(self.base, "out");
    const ob_restore_options options = {self.last.point,
                                        (const char *const[]){scene_inside(&self, "")},
                                        1,
                                        out,
                                        OB_OVERWRITE_REPLACE,
                                        false};
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), ob_test_path(out, "source/four/full"), false));
    ob_test_write_text(ob_test_path(out, "source/a"), "a file");
    ob_check_ok(scene_restore(&self, &options));
    /* "a", and the three below it; "four", which is a folder there. */
    ck_assert_uint_eq(scene_told(&self, OB_EVENT_FAILED, NULL, NULL), 5);
    ck_assert_uint_eq(scene_told(&self, OB_EVENT_FAILED, "a", NULL), 1);
    ck_assert_uint_eq(scene_told(&self, OB_EVENT_FAILED, "two", NULL), 1);
    ck_assert_uint_eq(scene_told(&self, OB_EVENT_FAILED, "four", NULL), 1);
    ck_assert_uint_eq(self.progress.files_failed, 5);
    ck_assert_str_eq(text_of(out, "source/b/three"), "b/three");
    ck_assert_str_eq(text_of(out, "source/a"), "a file");
    scene_close(&self);
}
END_TEST

START_TEST(restore_run__never_through_a_link)
{
    scene self;
    make_small(&self);
    const ob_fs *fs = ob_fs_os();
    const char *out = ob_test_path(self.base, "out");
    const char *other = ob_test_path(self.base, "other");
    ob_check_ok(ob_fs_make_dirs(fs, other, false));
    ob_check_ok(ob_fs_make_dirs(fs, ob_test_path(out, "source"), false));
    ob_test_write_text(ob_test_path(other, "victim"), "safe");
    if (fs->make_symlink(fs, NULL, ob_test_path(out, "source/a"), other, true) != OB_OK) {
        scene_close(&self);
        return;
    }
    ob_check_ok(fs->make_symlink(fs, NULL, ob_test_path(out, "source/four"),
                                 ob_test_path(other, "victim"), false));
    const ob_restore_options options = {self.last.point,
                                        (const char *const[]){scene_inside(&self, "")},
                                        1,
                                        out,
                                        OB_OVERWRITE_REPLACE,
                                        false};
    ob_check_ok(scene_restore(&self, &options));
    ck_assert_uint_eq(scene_told(&self, OB_EVENT_FAILED, NULL, NULL), 4); /* a and below */
    ck_assert(!ob_test_exists(ob_test_path(other, "one")));
    ck_assert_str_eq(text_of(other, "victim"), "safe");
    ck_assert_str_eq(text_of(out, "source/four"), "four"); /* the link itself was replaced */
    scene_close(&self);
}
END_TEST

START_TEST(restore_run__without_security)
{
    const ob_fs *fs = ob_fs_os();
    ob_file_info info;
    ob_file_info wanted;
    scene self;
    make_small(&self);
    ob_check_ok(fs->stat(fs, NULL, scene_path(&self, "four"), &wanted));
    uint32_t usual = wanted.mode;
    wanted.mode = 0601;
    ob_check_ok(fs->set_meta(fs, NULL, scene_path(&self, "four"), &wanted, OB_META_MODE));
    ob_check_ok(scene_backup(&self));
    for (int skip = 0; skip < 2; skip++) {
        const char *out = ob_test_path(self.base, ob_test_format("out%d", skip));
        const char *const items[] = {scene_inside(&self, "four"), scene_inside(&self, "a")};
        const ob_restore_options options = {self.last.point,   items,    2, out,
                                            OB_OVERWRITE_SKIP, skip == 1};
        ob_check_ok(scene_restore(&self, &options));
        ob_check_ok(fs->stat(fs, NULL, ob_test_path(out, "four"), &info));
        ck_assert_int_eq(info.mtime, wanted.mtime);
        if (usual != 0) {
            ck_assert_uint_eq(info.mode, skip == 1 ? usual : 0601);
        }
        check_same(scene_path(&self, "a"), ob_test_path(out, "a"), OB_META_TIMES);
    }
    scene_close(&self);
}
END_TEST

/* ---- wide, deep, odd ---- */

START_TEST(restore_run__deep_trees)
{
    scene self;
    char path[1024] = "";
    scene_open(&self);
    size_t deep = strcmp(ob_host_platform(), "linux") == 0 ? 200 : 40;
    for (size_t i = 0; i < deep; i++) {
        strcat(path, i % 2 == 0 ? "/d" : "/e");
        if (i % 20 == 0) {
            ob_check_ok(
                ob_fs_make_dirs(ob_fs_os(), ob_test_format("%s%s", self.source, path), false));
            ob_test_write_text(ob_test_format("%s%s/file", self.source, path), path);
        }
    }
    ob_check_ok(scene_backup(&self));
    check_same(self.source, scene_restore_all(&self, "out"), ALL_META);
    scene_close(&self);
}
END_TEST

START_TEST(restore_run__hard_links_across_folders)
{
    const ob_fs *fs = ob_fs_os();
    ob_file_info info;
    scene self;
    make_small(&self);
    ob_check_ok(
        fs->make_link(fs, NULL, scene_path(&self, "four"), NULL, scene_path(&self, "a/deep/four")));
    ob_check_ok(fs->make_link(fs, NULL, scene_path(&self, "four"), NULL, scene_path(&self, "b/x")));
    ob_check_ok(scene_backup(&self));
    const char *out = scene_restore_all(&self, "out");
    check_same(self.source, out, ALL_META);
    ob_check_ok(fs->stat(fs, NULL, ob_test_path(out, "b/x"), &info));
    ck_assert_uint_eq(info.links, 3);
    /* Overwriting what is linked already links it again. */
    const ob_restore_options options = {.point = self.last.point,
                                        .destination = ob_test_path(self.base, "out"),
                                        .overwrite = OB_OVERWRITE_REPLACE};
    ob_check_ok(scene_restore(&self, &options));
    ck_assert_uint_eq(self.event_count, 0);
    check_same(self.source, out, ALL_META);
    scene_close(&self);
}
END_TEST

/* ---- hostile points ---- */

static ob_entry folder_entry(void)
{
    return (ob_entry){.info = {.type = OB_FILE_DIR, .mode = 0755, .links = 1}, .target = ""};
}

static ob_status restore_made(scene *self, const ob_guid *id)
{
    ob_restore_options options = {.point = *id,
                                  .destination = ob_test_path(self->base, "out"),
                                  .overwrite = OB_OVERWRITE_REPLACE};
    return scene_restore(self, &options);
}

START_TEST(restore_run__never_out_of_the_destination)
{
    static const char *const names[] = {"../evil",  "a/../../evil", "/evil", "a//evil",
                                        "a/./evil", "..",           "a/"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        scene self;
        maker m;
        scene_open(&self);
        maker_begin(&m, &self.rig);
        ob_entry entry = folder_entry();
        maker_add_raw(&m, names[i], &entry, "a");
        maker_add_raw(&m, "b", &entry, "b");
        ob_guid id = maker_commit(&m);
        ob_check_ok(restore_made(&self, &id));
        ck_assert_uint_eq(scene_told(&self, OB_EVENT_FAILED, NULL, NULL), 1);
        ck_assert_int_eq(self.events[0].status, OB_E_CORRUPT);
        ck_assert(!ob_test_exists(ob_test_path(self.base, "evil")));
        ck_assert(ob_test_exists(ob_test_path(self.base, "out/b"))); /* the rest goes on */
        scene_close(&self);
    }
}
END_TEST

/* A link that the point itself brings does not lead what comes behind it elsewhere. */
START_TEST(restore_run__never_through_a_link_of_the_point)
{
    scene self;
    maker m;
    scene_open(&self);
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), ob_test_path(self.base, "other"), false));
    maker_begin(&m, &self.rig);
    ob_entry link = folder_entry();
    link.path = "a";
    link.path_length = 1;
    link.info.type = OB_FILE_SYMLINK;
    link.target = "../other";
    link.target_length = 8;
    maker_add_entry(&m, &link);
    maker_add(&m, "a/evil", OB_FILE_REGULAR);
    ob_guid id = maker_commit(&m);
    ob_check_ok(restore_made(&self, &id));
    ck_assert(!ob_test_exists(ob_test_path(self.base, "other/evil")));
    scene_close(&self);
}
END_TEST

START_TEST(restore_run__a_point_of_another_system)
{
    scene self;
    maker m;
    ob_file_info info;
    scene_open(&self);
    bool windows = strcmp(ob_host_platform(), "windows") == 0;
    maker_begin(&m, &self.rig);
    m.manifest.platform = windows ? "linux" : "windows";
    maker_add(&m, "C:", OB_FILE_DIR);
    maker_add(&m, "C:/a:b", OB_FILE_REGULAR);
    maker_add(&m, "C:/plain", OB_FILE_REGULAR);
    ob_guid id = maker_commit(&m);
    ob_check_ok(restore_made(&self, &id));
    const char *root = ob_test_path(self.base, windows ? "out/C" : "out/C:");
    ck_assert(ob_test_exists(ob_test_path(root, "plain")));
    ck_assert_uint_eq(scene_told(&self, OB_EVENT_FAILED, "a:b", NULL), windows ? 1 : 0);
    ob_check_ok(ob_fs_os()->stat(ob_fs_os(), NULL, ob_test_path(root, "plain"), &info));
    ck_assert_uint_ne(info.mode, 0755); /* modes of another system mean nothing here */
    scene_close(&self);
}
END_TEST

START_TEST(restore_run__damaged_lists_and_packs)
{
    scene self;
    ob_test_rng rng = ob_test_rng_new(9);
    scene_open(&self);
    ob_test_tree_make(self.source, &rng, 30);
    ob_check_ok(scene_backup(&self));
    ob_store *clean = memory_store_new();
    memory_store_copy(clean, self.rig.store);
    size_t packs = memory_store_count(self.rig.store, OB_OBJECT_PACK);
    ck_assert_uint_ge(packs, 2);
    for (size_t i = 0; i < 40; i++) {
        memory_store_copy(self.rig.store, clean);
        memory_object *pack =
            memory_store_at(self.rig.store, OB_OBJECT_PACK, ob_test_rng_below(&rng, packs));
        size_t at = ob_test_rng_below(&rng, pack->length);
        if (i % 4 == 0) {
            pack->length = at;
        } else {
            pack->data[at] ^= 0x40;
        }
        rig_lose_cache(&self.rig);
        const char *out = ob_test_format("out%u", (unsigned)i);
        ob_restore_options options = {.point = self.last.point,
                                      .destination = ob_test_path(self.base, out)};
        ob_status status = scene_restore(&self, &options);
        ck_assert_msg(status == OB_OK || status == OB_E_CORRUPT || status == OB_E_SEAL ||
                          status == OB_E_NOT_FOUND,
                      "%s", ob_status_lookup(status)->symbol);
        /* What came back is right; what did not was told. */
        if (status == OB_OK && self.event_count == 0) {
            check_same(self.source, scene_restored(&self, options.destination), ALL_META);
        }
    }
    ob_store_close(clean);
    scene_close(&self);
}
END_TEST

/* ---- what ends a restore ---- */

START_TEST(restore_run__cancelled_at_any_time)
{
    scene self;
    ob_test_rng rng = ob_test_rng_new(2);
    scene_open(&self);
    ob_test_tree_make(self.source, &rng, 20);
    ob_check_ok(scene_backup(&self));
    (void)scene_restore_all(&self, "all");
    uint64_t all = self.asked;
    ob_restore_options options = {.point = self.last.point,
                                  .overwrite = OB_OVERWRITE_REPLACE,
                                  .destination = ob_test_path(self.base, "out")};
    for (uint64_t after = 1; after < all; after += 2) {
        self.cancel_after = after;
        ob_status status = scene_restore(&self, &options);
        ck_assert(status == OB_E_CANCELLED || (status == OB_OK && after + 10 > all));
    }
    self.cancel_after = 0;
    ob_check_ok(scene_restore(&self, &options));
    check_same(self.source, scene_restored(&self, options.destination), ALL_META);
    scene_close(&self);
}
END_TEST

START_TEST(restore_run__the_store_goes_away)
{
    scene self;
    bool failed = true;
    uint64_t n = 0;
    make_small(&self);
    ob_restore_options options = {.point = self.last.point,
                                  .overwrite = OB_OVERWRITE_REPLACE,
                                  .destination = ob_test_path(self.base, "out")};
    for (; failed; n++) {
        memory_store_fail(self.rig.store, n, OB_E_VAULT_UNREACHABLE, true);
        ob_status status = scene_restore(&self, &options);
        memory_store_fail(self.rig.store, 0, OB_OK, false);
        failed = status != OB_OK;
        ck_assert_msg(!failed || status == OB_E_VAULT_UNREACHABLE, "%s",
                      ob_status_lookup(status)->symbol);
    }
    ck_assert_uint_gt(n, 2);
    check_same(self.source, scene_restored(&self, options.destination), ALL_META);
    scene_close(&self);
}
END_TEST

START_TEST(restore_run__files_fail_one_by_one)
{
    scene self;
    bool hit = true;
    make_small(&self);
    ob_restore_options options = {.point = self.last.point,
                                  .overwrite = OB_OVERWRITE_REPLACE,
                                  .destination = ob_test_path(self.base, "out")};
    for (uint64_t n = 1; hit; n = scene_next(n)) {
        ob_test_fs_fail(&self.rig.fs, n, false);
        ob_status status = scene_restore(&self, &options);
        hit = self.rig.fs.hit;
        ob_test_fs_fail(&self.rig.fs, 0, false);
        ck_assert_msg(status == OB_OK || (hit && status == OB_E_IO), "operation %u: %s",
                      (unsigned)n, ob_status_lookup(status)->symbol);
    }
    check_same(self.source, scene_restored(&self, options.destination), ALL_META);
    scene_close(&self);
}
END_TEST

START_TEST(restore_run__a_full_disk)
{
    scene self;
    make_small(&self);
    ob_restore_options options = {.point = self.last.point,
                                  .destination = ob_test_path(self.base, "out")};
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), options.destination, false));
    self.rig.fs.writes_only = true;
    self.rig.fs.status = OB_E_DISK_FULL;
    ob_test_fs_fail(&self.rig.fs, 12, true);
    ob_check_status(scene_restore(&self, &options), OB_E_DISK_FULL);
    scene_close(&self);
}
END_TEST

START_TEST(restore_run__memory_runs_out_at_each_allocation)
{
    scene self;
    bool hit = true;
    make_small(&self);
    ob_check_ok(ob_fs_os()->make_link(ob_fs_os(), NULL, scene_path(&self, "four"), NULL,
                                      scene_path(&self, "five")));
    ob_check_ok(scene_backup(&self));
    self.rig.engine.fs = ob_fs_os();
    self.rig.engine.workers = 1;
    const char *const items[] = {scene_inside(&self, "")};
    const ob_restore_options options = {
        self.last.point, items, 1, ob_test_path(self.base, "out"), OB_OVERWRITE_REPLACE, false};
    for (uint64_t n = 1; hit; n = scene_next(n)) {
        ob_test_alloc_begin(n, false);
        ob_status status = scene_restore(&self, &options);
        int64_t live = ob_test_alloc_live();
        hit = ob_test_alloc_end();
        ck_assert_msg(live == 0, "allocation %u: %d blocks left", (unsigned)n, (int)live);
        ck_assert_msg(status == OB_OK || (hit && status == OB_E_NO_MEMORY), "allocation %u: %s",
                      (unsigned)n, ob_status_lookup(status)->symbol);
    }
    check_same(self.source, ob_test_path(self.base, "out/source"), ALL_META);
    scene_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, restore_run__everything_elsewhere);
    tcase_add_test(cases, restore_run__large_and_empty_files);
    tcase_add_test(cases, restore_run__items);
    tcase_add_test(cases, restore_run__items_that_are_not_there);
    tcase_add_test(cases, restore_run__in_place);
    tcase_add_test(cases, restore_run__overwrite_modes);
    tcase_add_test(cases, restore_run__type_conflicts);
    tcase_add_test(cases, restore_run__never_through_a_link);
    tcase_add_test(cases, restore_run__without_security);
    tcase_add_test(cases, restore_run__deep_trees);
    tcase_add_test(cases, restore_run__hard_links_across_folders);
    tcase_add_test(cases, restore_run__never_out_of_the_destination);
    tcase_add_test(cases, restore_run__never_through_a_link_of_the_point);
    tcase_add_test(cases, restore_run__a_point_of_another_system);
    tcase_add_test(cases, restore_run__damaged_lists_and_packs);
    tcase_add_test(cases, restore_run__cancelled_at_any_time);
    tcase_add_test(cases, restore_run__the_store_goes_away);
    tcase_add_test(cases, restore_run__files_fail_one_by_one);
    tcase_add_test(cases, restore_run__a_full_disk);
    tcase_add_test(cases, restore_run__memory_runs_out_at_each_allocation);
    tcase_add_test(cases, restore_run__one_file_in_place);
}

OB_TEST_MAIN("restore_run", add_cases)
