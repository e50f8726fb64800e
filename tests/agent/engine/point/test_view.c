#include "maker.h"
#include "scene.h"

#include <string.h>

static void make_tree(scene *self)
{
    static const char *const folders[] = {"a", "a/deep", "a/deep/er", "b"};
    static const char *const files[] = {"a/one.txt",       "a/two.TXT", "a/deep/one.c",
                                        "a/deep/er/x.txt", "a-b",       "c"};
    scene_open(self);
    for (size_t i = 0; i < 4; i++) {
        ob_check_ok(ob_fs_make_dirs(ob_fs_os(), scene_path(self, folders[i]), false));
    }
    for (size_t i = 0; i < 6; i++) {
        ob_test_write_text(scene_path(self, files[i]), files[i]);
    }
    ob_check_ok(scene_backup(self));
}

START_TEST(view__lists_a_folder)
{
    scene self;
    make_tree(&self);
    for (size_t page = 1; page < 6; page++) {
        ck_assert_str_eq(scene_list(&self, scene_inside(&self, ""), "", page), "a|a-b|b|c");
        ck_assert_str_eq(scene_list(&self, scene_inside(&self, "a"), "", page),
                         "deep|one.txt|two.TXT");
        ck_assert_str_eq(scene_list(&self, scene_inside(&self, "b"), "", page), "");
    }
    ck_assert_str_eq(scene_list(&self, ob_test_format("/%s", scene_inside(&self, "")), "", 10),
                     "a|a-b|b|c");
    const char *top = scene_list(&self, "", "", 10);
    ck_assert_ptr_null(strchr(top, '|'));
    scene_close(&self);
}
END_TEST

START_TEST(view__searches_below_a_folder)
{
    scene self;
    make_tree(&self);
    for (size_t page = 1; page < 5; page++) {
        ck_assert_str_eq(scene_list(&self, scene_inside(&self, ""), "*.txt", page),
                         "x.txt|one.txt|two.TXT");
        ck_assert_str_eq(scene_list(&self, scene_inside(&self, "a"), "ONE*", page),
                         "one.c|one.txt");
        ck_assert_str_eq(scene_list(&self, scene_inside(&self, ""), "?", page), "a|b|c");
        ck_assert_str_eq(scene_list(&self, scene_inside(&self, ""), "*e*r*", page), "er");
        ck_assert_str_eq(scene_list(&self, scene_inside(&self, ""), "nothing", page), "");
    }
    scene_close(&self);
}
END_TEST

static ob_status refuse(void *context, const ob_view_item *item)
{
    size_t *count = context;
    (void)item;
    ++*count;
    return OB_E_BUSY;
}

START_TEST(view__says_what_is_wrong)
{
    static const char *const absent[] = {"none", "c", "a/none", "a/", "a/deep/one.c/x"};
    scene self;
    ob_view *view = NULL;
    uint64_t resume = 0;
    size_t count = 0;
    const ob_guid none = {{9}};
    make_tree(&self);
    ob_check_status(ob_view_open(&self.rig.engine, &none, &view), OB_E_NOT_FOUND);
    ob_check_ok(ob_view_open(&self.rig.engine, &self.last.point, &view));
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        ob_check_status(
            ob_view_list(view, scene_inside(&self, absent[i]), "", &resume, 9, refuse, &count),
            OB_E_NOT_FOUND);
        ck_assert_uint_eq(resume, 0);
    }
    ob_view_list(view, scene_inside(&self, "c"), "", &resume, 9, refuse, &count);
    ob_check_detail("is in the recovery point, but is no folder");
    ob_check_status(ob_view_list(view, "", "", &resume, 9, refuse, &count), OB_E_BUSY);
    ck_assert_uint_eq(count, 1);
    ob_check_status(ob_view_list(view, "", "", &resume, 0, refuse, &count), OB_E_INVALID_ARGUMENT);
    resume = UINT64_MAX;
    ob_check_status(ob_view_list(view, "", "", &resume, 9, refuse, &count), OB_E_INVALID_ARGUMENT);
    ob_view_close(view);
    ob_view_close(NULL);
    scene_close(&self);
}
END_TEST

typedef struct found {
    size_t count;
    ob_view_item last;
} found;

static ob_status find(void *context, const ob_view_item *item)
{
    found *f = context;
    f->count++;
    f->last = *item;
    f->last.path = "";
    return OB_OK;
}

START_TEST(view__tells_of_items)
{
    scene self;
    ob_view *view = NULL;
    uint64_t resume = 0;
    found f = {.count = 0};
    ob_file_info info;
    make_tree(&self);
    ob_check_ok(ob_fs_os()->stat(ob_fs_os(), NULL, scene_path(&self, "c"), &info));
    ob_check_ok(ob_view_open(&self.rig.engine, &self.last.point, &view));
    ob_check_ok(ob_view_list(view, scene_inside(&self, ""), "c", &resume, 9, find, &f));
    ck_assert_uint_eq(f.count, 1);
    ck_assert_int_eq(f.last.type, OB_FILE_REGULAR);
    ck_assert_uint_eq(f.last.size, 1);
    ck_assert_uint_eq(f.last.mode, info.mode);
    ck_assert_int_eq(f.last.mtime, info.mtime);
    ob_view_close(view);
    scene_close(&self);
}
END_TEST

/* A search that finds nothing in a long list still comes back now and then. */
START_TEST(view__a_long_search_comes_back)
{
    rig self;
    maker m;
    ob_view *view = NULL;
    uint64_t resume = 0;
    unsigned calls = 0;
    found f = {.count = 0};
    const ob_entry folder = {.info = {.type = OB_FILE_DIR, .links = 1}, .target = ""};
    rig_open(&self);
    maker_begin(&m, &self);
    for (unsigned i = 0; i < 600; i++) {
        const char *path = ob_test_format("d%04u", i);
        maker_add_raw(&m, path, &folder, path);
    }
    ob_guid id = maker_commit(&m);
    ob_check_ok(ob_view_open(&self.engine, &id, &view));
    do {
        ob_check_ok(ob_view_list(view, "", "d0599", &resume, 100, find, &f));
        calls++;
    } while (resume != 0);
    ck_assert_uint_eq(f.count, 1);
    ck_assert_uint_eq(calls, 3);
    ob_view_close(view);
    rig_close(&self);
}
END_TEST

/* What this version cannot restore is listed all the same. */
START_TEST(view__shows_entries_of_a_later_format)
{
    rig self;
    maker m;
    ob_view *view = NULL;
    uint64_t resume = 0;
    found f = {.count = 0};
    ob_buf fields = {0};
    const ob_entry folder = {.info = {.type = OB_FILE_DIR, .links = 1}, .target = ""};
    rig_open(&self);
    maker_begin(&m, &self);
    ob_entry_put_fields(&fields, &folder);
    ob_buf_put(&fields, "\xC7\x01\x01x", 4); /* critical field 99 */
    ob_buf bytes = {0};
    ob_buf_put(&bytes, "\1\0\1a", 4);
    ob_buf_put_counted(&bytes, fields.data, fields.length);
    ob_list_chunk chunk = {bytes.data, bytes.length, 1, "a", 1};
    maker_add_chunk(&m, &chunk);
    maker_add_raw(&m, "b", &folder, "b");
    ob_guid id = maker_commit(&m);
    ob_check_ok(ob_view_open(&self.engine, &id, &view));
    ob_check_ok(ob_view_list(view, "", "", &resume, 9, find, &f));
    ck_assert_uint_eq(f.count, 2);
    ob_view_close(view);
    ob_buf_free(&fields);
    ob_buf_free(&bytes);
    rig_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, view__lists_a_folder);
    tcase_add_test(cases, view__searches_below_a_folder);
    tcase_add_test(cases, view__says_what_is_wrong);
    tcase_add_test(cases, view__tells_of_items);
    tcase_add_test(cases, view__a_long_search_comes_back);
    tcase_add_test(cases, view__shows_entries_of_a_later_format);
}

OB_TEST_MAIN("point_view", add_cases)
