#include "source/place.h"

#include "ob/host.h"
#include "ob/test.h"

#include <string.h>

static bool is_windows(void)
{
    return strcmp(ob_host_platform(), "windows") == 0;
}

typedef struct place {
    const char *place, *path;
} place;

static const place linux_places[] = {
    {"/", ""}, {"/usr", "usr"}, {"/usr/share/", "usr/share"}, {"/a\\b", "a\\b"}, {"/C:/x", "C:/x"}};
static const place windows_places[] = {{"C:\\", "C:"},
                                       {"c:/Users", "C:/Users"},
                                       {"C:\\a b\\c", "C:/a b/c"},
                                       {"\\\\?\\C:\\x", "C:/x"},
                                       {"\\\\?\\Volume{1}\\x", "Volume{1}/x"},
                                       {"\\\\?\\VOLUME{0aB-c}\\A", "Volume{0ab-c}/A"},
                                       {"\\\\?\\volume{1}\\", "Volume{1}"}};
static const char *const linux_bad[] = {"", "usr", "./usr", "/usr/../etc", "/usr//x", "C:\\x"};
static const char *const windows_bad[] = {"",
                                          "/usr",
                                          "C:",
                                          "C:x",
                                          "\\\\s\\x",
                                          "C:\\a\\..\\b",
                                          "C:\\\\x",
                                          "\\\\?\\Volume{1",
                                          "\\\\?\\Volume"};

START_TEST(place__to_point)
{
    const place *places = is_windows() ? windows_places : linux_places;
    const char *const *bad = is_windows() ? windows_bad : linux_bad;
    size_t bad_count = is_windows() ? 9 : 6;
    for (size_t i = 0; i < (is_windows() ? 7u : 5u); i++) {
        ob_buf path = {0};
        ob_check_ok(ob_place_to_point(places[i].place, &path));
        char *text = ob_buf_take_text(&path);
        ck_assert_str_eq(text, places[i].path);
        ob_free(text);
    }
    for (size_t i = 0; i < bad_count; i++) {
        ob_buf path = {0};
        ob_status status = ob_place_to_point(bad[i], &path);
        ck_assert_msg(status == OB_E_INVALID_ARGUMENT, "%s", bad[i]);
        ob_buf_free(&path);
    }
}
END_TEST

static void check_root(const char *path, const char *wanted, size_t wanted_used)
{
    ob_buf out = {0};
    size_t used = 99;
    ob_check_ok(ob_place_root(path, &out, &used));
    char *text = ob_buf_take_text(&out);
    ck_assert_str_eq(text, wanted);
    ck_assert_uint_eq(used, wanted_used);
    ob_free(text);
}

START_TEST(place__root)
{
    ob_buf out = {0};
    size_t used = 99;
    if (!is_windows()) {
        check_root("usr/share", "/", 0);
        check_root("C:/x", "/", 0);
        return;
    }
    check_root("C:/Users/x", "C:\\", 3);
    check_root("C:", "C:\\", 2);
    check_root("Volume{1}/x", "\\\\?\\Volume{1}\\", 10);
    ob_check_status(ob_place_root("usr/share", &out, &used), OB_E_NOT_SUPPORTED);
    ob_check_status(ob_place_root("Volume{\\..}/x", &out, &used), OB_E_NOT_SUPPORTED);
    ck_assert_uint_eq(used, 99);
    ob_buf_free(&out);
}
END_TEST

START_TEST(place__names)
{
    static const char *const odd[] = {"a:b", "a\\b", "a\nb", "a*", "a?", "\"", "<", "|"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        ck_assert_int_eq(ob_place_name_allowed(odd[i]), !is_windows());
    }
    ck_assert(ob_place_name_allowed("name.txt"));
    ck_assert(ob_place_name_allowed("not\xFFutf8"));
    ck_assert(!ob_place_name_allowed("a/b"));
}
END_TEST

START_TEST(place__restored_names)
{
    char out[16] = "C:";
    ob_place_restored_name(out, out);
    ck_assert_str_eq(out, is_windows() ? "C" : "C:");
    ob_place_restored_name("C:x", out);
    ck_assert_str_eq(out, "C:x");
    ob_place_restored_name("usr", out);
    ck_assert_str_eq(out, "usr");
}
END_TEST

/* What stat() tells of `place` when it is followed. */
static ob_status stat_followed(const char *place, ob_file_info *info)
{
    const ob_fs *fs = ob_fs_os();
    ob_buf followed = {0};
    ob_check_ok(ob_place_followed(place, &followed));
    ob_status status = fs->stat(fs, NULL, (const char *)followed.data, info);
    ob_buf_free(&followed);
    return status;
}

START_TEST(place__followed)
{
    const ob_fs *fs = ob_fs_os();
    const char *folder = ob_test_path(ob_test_temp(), "folder");
    const char *link = ob_test_path(ob_test_temp(), "link");
    ob_file_info itself;
    ob_file_info found;
    ob_check_ok(fs->make_dir(fs, NULL, folder, true));
    ob_check_ok(fs->stat(fs, NULL, folder, &itself));
    ob_check_ok(stat_followed(folder, &found));
    ck_assert(found.device == itself.device && found.file_id == itself.file_id);
    ob_check_status(stat_followed(link, &found), OB_E_NOT_FOUND);
    /* On Windows not everybody may make links. */
    ob_status status = fs->make_symlink(fs, NULL, link, folder, true);
    ck_assert(status == OB_OK || is_windows());
    if (status == OB_OK) {
        ob_check_ok(stat_followed(link, &found));
        ck_assert(found.device == itself.device && found.file_id == itself.file_id);
        ck_assert_int_eq(found.type, OB_FILE_DIR);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, place__to_point);
    tcase_add_test(cases, place__root);
    tcase_add_test(cases, place__names);
    tcase_add_test(cases, place__restored_names);
    tcase_add_test(cases, place__followed);
}

OB_TEST_MAIN("source_place", add_cases)
