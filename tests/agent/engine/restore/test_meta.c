#include "restore/meta.h"
#include "stage.h"

#include <stdio.h>
#include <string.h>

/* A system that notes what it is told to set, and refuses what the test says. */
typedef struct picky {
    int refused;            /* of ob_meta_mask */
    uint64_t refused_kinds; /* bits of ob_extra_kind */
    char calls[256];        /* set_meta masks and kinds, in order */
    ob_file_info last;
} picky;

static picky meta;

static void note(const char *text)
{
    snprintf(meta.calls + strlen(meta.calls), sizeof meta.calls - strlen(meta.calls), "%s ", text);
}

static ob_status picky_set_meta(const ob_fs *fs, ob_dir *dir, const char *name,
                                const ob_file_info *info, int mask)
{
    (void)fs;
    (void)dir;
    (void)name;
    note(ob_test_format("m%d", mask));
    meta.last = *info;
    return (mask & meta.refused) != 0 ? ob_fail(OB_E_ACCESS_DENIED, "refused") : OB_OK;
}

static ob_status picky_write_extra(const ob_fs *fs, ob_dir *dir, const char *name,
                                   const ob_extra *extra)
{
    (void)fs;
    (void)dir;
    (void)name;
    note(ob_test_format("e%d%s", (int)extra->kind, extra->name));
    return (meta.refused_kinds >> extra->kind & 1) != 0 ? ob_fail(OB_E_ACCESS_DENIED, "refused")
                                                        : OB_OK;
}

enum { ALL = OB_META_OWNER | OB_META_MODE | OB_META_TIMES };

static stage self;
static ob_fs fs;
static ob_extras extras;
static ob_entry entry;

static void set_up(void)
{
    stage_open(&self, OB_OVERWRITE_REPLACE);
    fs = *ob_fs_os();
    fs.set_meta = picky_set_meta;
    fs.write_extra = picky_write_extra;
    fs.open_stream = NULL;
    self.scene.rig.engine.fs = &fs;
    meta = (picky){.refused = 0};
    entry = (ob_entry){.info = {.type = OB_FILE_REGULAR, .mode = 06755, .mtime = 5, .uid = 7}};
}

static void tear_down(void)
{
    self.scene.rig.engine.fs = &self.scene.rig.fs.fs;
    ob_extras_free(&extras);
    stage_close(&self);
}

static void give(ob_extra_kind kind, const char *name, const char *value)
{
    const ob_extra extra = {kind, name, value, strlen(value)};
    ob_check_ok(ob_extras_visit(&extras, &extra));
    ob_check_ok(ob_extras_give(&extras, &entry));
}

static void give_all(void)
{
    give(OB_EXTRA_KIND_ACCESS_ACL, "", "acl");
    give(OB_EXTRA_KIND_CAPABILITY, "", "cap");
    give(OB_EXTRA_KIND_SECURITY, "", "sd");
    const ob_extra attributes[] = {{OB_EXTRA_KIND_XATTR, "security.selinux", "x", 1},
                                   {OB_EXTRA_KIND_XATTR, "user.a", "y", 1}};
    for (size_t i = 0; i < 2; i++) {
        ob_check_ok(ob_extras_visit(&extras, &attributes[i]));
    }
    ob_check_ok(ob_extras_give(&extras, &entry));
}

static void apply(int mask)
{
    meta.calls[0] = '\0';
    self.events = 0;
    ob_check_ok(ob_meta_apply(&self.restore, NULL, "/x", "/x", &entry, mask, false));
}

START_TEST(meta__what_is_refused)
{
    self.restore.now = 77;
    apply(ALL);
    ck_assert_str_eq(meta.calls, "m2 m5 ");
    ck_assert_uint_eq(self.events, 0);
    ck_assert_int_eq(meta.last.mtime, 5);
    ck_assert_int_eq(meta.last.atime, 77);
    ck_assert_uint_eq(meta.last.mode, 06755);
    meta.refused = OB_META_OWNER;
    apply(ALL);
    ck_assert_uint_eq(self.events, 1);
    ck_assert_str_eq(self.last.what, "owner");
    ck_assert_uint_eq(meta.last.mode, 0755); /* not set-id for somebody else */
    meta.refused = OB_META_TIMES;
    apply(ALL);
    ck_assert_str_eq(self.last.what, "permissions or times");
    meta.refused = ALL;
    apply(0);
    ck_assert_str_eq(meta.calls, "");
}
END_TEST

START_TEST(meta__comes_in_the_right_order)
{
    give_all();
    apply(ALL);
    ck_assert_str_eq(meta.calls, "m2 e32 e34security.selinux e34user.a e35 m5 e39 ");
    ck_assert_uint_eq(self.events, 0);
}
END_TEST

START_TEST(meta__each_kind_that_is_refused_is_told_once)
{
    give_all();
    meta.refused_kinds = UINT64_C(1) << OB_EXTRA_KIND_XATTR;
    apply(ALL);
    ck_assert_uint_eq(self.events, 1);
    ck_assert_int_eq(self.last.kind, OB_EVENT_NOT_KEPT);
    ck_assert_str_eq(self.last.what, "xattr");
    meta.refused_kinds = UINT64_MAX;
    apply(ALL);
    ck_assert_uint_eq(self.events, 4);
    ck_assert_str_eq(self.last.what, "security descriptor");
    apply(ALL); /* of the next file again */
    ck_assert_uint_eq(self.events, 4);
}
END_TEST

START_TEST(meta__security_that_is_not_wanted)
{
    give_all();
    self.options.skip_security = true;
    apply(OB_META_TIMES);
    ck_assert_str_eq(meta.calls, "e34user.a m4 ");
    ck_assert_uint_eq(self.events, 0);
}
END_TEST

START_TEST(meta__on_a_system_of_another_kind)
{
    give_all();
    self.restore.mask = OB_META_TIMES;
    apply(OB_META_TIMES);
    ck_assert_str_eq(meta.calls, "m4 ");
    ck_assert_uint_eq(self.events, 4);
    apply(OB_META_TIMES); /* told already */
    ck_assert_uint_eq(self.events, 0);
}
END_TEST

START_TEST(meta__owners_by_their_names)
{
    static const uint8_t root[] = {28, 4, 'r', 'o', 'o', 't', 30, 4, 'r', 'o', 'o', 't'};
    static const uint8_t nobody[] = {28, 5, 'n', 'o', '-', 'n', 'o'};
    uint32_t id = 0;
    bool known = ob_owners_id(self.restore.owners, false, "root", &id);
    entry.more = root;
    entry.more_length = sizeof root;
    entry.info.gid = 8;
    apply(OB_META_OWNER);
    ck_assert_uint_eq(meta.last.uid, known ? 0 : 7);
    ck_assert_uint_eq(meta.last.gid, known ? 0 : 8);
    entry.more = nobody;
    entry.more_length = sizeof nobody;
    apply(OB_META_OWNER);
    ck_assert_uint_eq(meta.last.uid, 7);
    ck_assert_uint_eq(meta.last.gid, 8);
}
END_TEST

START_TEST(meta__storage_first_and_flags_last)
{
    entry.info.inode_flags = OB_INODE_NO_DUMP;
    ob_meta_prepare(&self.restore, NULL, "/x", "/x", &entry);
    ck_assert_str_eq(meta.calls, "");
    ob_meta_seal(&self.restore, NULL, "/x", "/x", &entry);
    ck_assert_str_eq(meta.calls, "m32 ");
    entry.info.inode_flags = OB_INODE_COMPRESSED;
    ob_meta_seal(&self.restore, NULL, "/x", "/x", &entry);
    ck_assert_str_eq(meta.calls, "m32 ");
    ob_meta_prepare(&self.restore, NULL, "/x", "/x", &entry);
    ck_assert_str_eq(meta.calls, "m32 m16 ");
    ck_assert_uint_eq(self.events, 0);
    meta.refused = OB_META_STORAGE | OB_META_FLAGS;
    ob_meta_prepare(&self.restore, NULL, "/x", "/x", &entry);
    ck_assert_str_eq(self.last.what, "compressed");
    entry.info.inode_flags = OB_INODE_IMMUTABLE;
    ob_meta_seal(&self.restore, NULL, "/x", "/x", &entry);
    ck_assert_str_eq(self.last.what, "inode flags");
    ck_assert_uint_eq(self.events, 2);
}
END_TEST

/* ---- streams ---- */

static ob_status open_beside(const ob_fs *inner, ob_dir *dir, const char *name, const char *stream,
                             int flags, ob_file **out)
{
    return inner->open(inner, dir, ob_test_format("%s.%s", name, stream), flags, out);
}

START_TEST(meta__streams)
{
    ob_entry content = stage_entry(&self, "x", "content");
    const char *place = scene_path(&self.scene, "f");
    ob_stream stream = {"s", 7, 0, content.ids, 1};
    ob_extras_put_stream(&extras, &stream);
    ob_check_ok(ob_extras_give(&extras, &entry));
    ob_check_ok(ob_meta_apply(&self.restore, NULL, place, place, &entry, ALL, true));
    ck_assert_str_eq(self.last.what, "alternate stream");
    fs.open_stream = open_beside;
    self.events = 0;
    ob_check_ok(ob_meta_apply(&self.restore, NULL, place, place, &entry, ALL, true));
    ck_assert_uint_eq(self.events, 0);
    ck_assert_str_eq(stage_text(&self, "f.s"), "content");
    ob_extras_clear(&extras);
    stream.size = 6;
    ob_extras_put_stream(&extras, &stream);
    ob_check_ok(ob_extras_give(&extras, &entry));
    ob_check_ok(ob_meta_apply(&self.restore, NULL, place, place, &entry, ALL, true));
    ck_assert_int_eq(self.last.kind, OB_EVENT_FAILED);
    ck_assert_int_eq(self.last.status, OB_E_CORRUPT);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, meta__what_is_refused);
    tcase_add_test(cases, meta__comes_in_the_right_order);
    tcase_add_test(cases, meta__each_kind_that_is_refused_is_told_once);
    tcase_add_test(cases, meta__security_that_is_not_wanted);
    tcase_add_test(cases, meta__on_a_system_of_another_kind);
    tcase_add_test(cases, meta__owners_by_their_names);
    tcase_add_test(cases, meta__storage_first_and_flags_last);
    tcase_add_test(cases, meta__streams);
}

OB_TEST_MAIN("restore_meta", add_cases)
