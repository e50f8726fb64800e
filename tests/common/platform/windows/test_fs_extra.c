#include "ob/fs.h"
#include "ob/test.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>
#include <winioctl.h>

/* Wine has neither streams nor sparse or compressed files, and reparse points in part: a case shows
 * what the system under it has, and says what it could not show. */

static const ob_fs *fs;
static const char *dir;
static ob_dir *handle;

static void set_up(void)
{
    fs = ob_fs_os();
    dir = ob_test_temp();
    ob_test_write_text(ob_test_path(dir, "file"), "content");
    ob_check_ok(fs->dir_open(fs, NULL, dir, &handle));
}

static void tear_down(void)
{
    fs->dir_close(fs, handle);
}

static void not_shown(const char *what)
{
    fprintf(stderr, "not shown here: %s\n", what);
}

typedef struct seen {
    char names[512]; /* KIND:NAME for each, with blanks between */
    uint8_t security[4096], reparse[20000];
    size_t security_length, reparse_length;
    char short_name[64];
    ob_status stop;
} seen;

static ob_status note(void *context, const ob_extra *extra)
{
    seen *self = context;
    size_t at = strlen(self->names);
    snprintf(self->names + at, sizeof self->names - at, "%d:%s ", (int)extra->kind, extra->name);
    if (extra->kind == OB_EXTRA_KIND_SECURITY) {
        ck_assert_uint_le(extra->length, sizeof self->security);
        memcpy(self->security, extra->data, extra->length);
        self->security_length = extra->length;
    } else if (extra->kind == OB_EXTRA_KIND_REPARSE) {
        memcpy(self->reparse, extra->data, extra->length);
        self->reparse_length = extra->length;
    } else if (extra->kind == OB_EXTRA_KIND_SHORT_NAME) {
        memcpy(self->short_name, extra->data, extra->length);
    }
    return self->stop;
}

static seen extras_of(const char *name, ob_file_type type)
{
    static seen result;
    uint32_t bits = 77;
    memset(&result, 0, sizeof result);
    ob_check_ok(fs->read_extras(fs, handle, name, NULL, type, note, &result, &bits));
    ck_assert_uint_eq(bits, 0);
    return result;
}

START_TEST(windows_fs_extra__security_goes_both_ways)
{
    seen before = extras_of("file", OB_FILE_REGULAR);
    ck_assert_uint_gt(before.security_length, 20);
    ck_assert(IsValidSecurityDescriptor(before.security));
    ob_extra extra = {OB_EXTRA_KIND_SECURITY, "", before.security, before.security_length};
    ob_test_write_text(ob_test_path(dir, "other"), "x");
    ob_check_ok(fs->write_extra(fs, handle, "other", &extra));
    seen after = extras_of("other", OB_FILE_REGULAR);
    ck_assert_uint_eq(after.security_length, before.security_length);
    /* Every cut, and offsets that lead out of it, are refused before the system sees them. */
    for (size_t i = 0; i < before.security_length; i++) {
        extra.length = i;
        ob_check_status(fs->write_extra(fs, handle, "other", &extra), OB_E_CORRUPT);
    }
    extra.length = before.security_length;
    for (size_t i = 4; i < 20; i++) {
        uint8_t old = before.security[i];
        before.security[i] = 0xFF;
        ob_check_status(fs->write_extra(fs, handle, "other", &extra), OB_E_CORRUPT);
        before.security[i] = old;
    }
    ob_check_ok(fs->write_extra(fs, handle, "other", &extra));
}
END_TEST

START_TEST(windows_fs_extra__short_names)
{
    ob_test_write_text(ob_test_path(dir, "a long name.text"), "x");
    seen one = extras_of("file", OB_FILE_REGULAR);
    ck_assert_str_eq(one.short_name, "");
    seen other = extras_of("a long name.text", OB_FILE_REGULAR);
    if (other.short_name[0] == '\0') {
        not_shown("short names");
        return;
    }
    const ob_extra same = {OB_EXTRA_KIND_SHORT_NAME, "", other.short_name,
                           strlen(other.short_name)};
    ob_check_ok(fs->write_extra(fs, handle, "a long name.text", &same));
    const ob_extra another = {OB_EXTRA_KIND_SHORT_NAME, "", "OTHER~1.TXT", 11};
    if (fs->write_extra(fs, handle, "a long name.text", &another) == OB_OK) {
        ck_assert_str_eq(extras_of("a long name.text", OB_FILE_REGULAR).short_name, "OTHER~1.TXT");
    } else {
        not_shown("setting a short name");
    }
}
END_TEST

START_TEST(windows_fs_extra__streams)
{
    ob_file *file = NULL;
    uint8_t data[16];
    size_t got = 0;
    static const char *const bad[] = {"", "a:b", "a\\b", "a/b"};
    for (size_t i = 0; i < 4; i++) {
        ob_check_status(fs->open_stream(fs, handle, "file", bad[i], OB_OPEN_READ, &file),
                        OB_E_INVALID_ARGUMENT);
    }
    int create = OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_TRUNCATE;
    ob_status status = fs->open_stream(fs, handle, "file", "note", create, &file);
    if (status == OB_OK) {
        ob_check_ok(fs->write_at(fs, file, 0, "stream", 6));
        fs->close(fs, file);
    }
    if (status != OB_OK || strstr(extras_of("file", OB_FILE_REGULAR).names, "37:note ") == NULL) {
        not_shown("alternate streams");
        DeleteFileA(ob_test_format("%s:note", ob_test_path(dir, "file"))); /* Wine makes a file */
        return;
    }
    ob_check_ok(fs->open_stream(fs, handle, "file", "note", OB_OPEN_READ, &file));
    ob_check_ok(fs->read_at(fs, file, 0, data, sizeof data, &got));
    ck_assert_uint_eq(got, 6);
    ck_assert_mem_eq(data, "stream", 6);
    fs->close(fs, file);
}
END_TEST

START_TEST(windows_fs_extra__reparse_points)
{
    /* A junction to C:\x: REPARSE_DATA_BUFFER of IO_REPARSE_TAG_MOUNT_POINT. */
    static const uint8_t junction[] = {
        3,   0, 0,    0xA0, 32,  0, 0,   0, 0,    0, 14,  0, 16, 0, 6,   0, '\\', 0, '?',  0,
        '?', 0, '\\', 0,    'C', 0, ':', 0, '\\', 0, 'x', 0, 0,  0, 'C', 0, ':',  0, '\\', 0};
    ob_file_info info = {.type = OB_FILE_OTHER, .attributes = FILE_ATTRIBUTE_DIRECTORY};
    ob_file_info there;
    ob_status status = fs->make_node(fs, handle, "junction", &info, junction, sizeof junction);
    if (status != OB_OK) {
        not_shown("junctions");
        ob_check_status(fs->stat(fs, handle, "junction", &there), OB_E_NOT_FOUND);
    } else {
        ob_check_ok(fs->stat(fs, handle, "junction", &there));
        if (there.type == OB_FILE_OTHER) {
            seen back = extras_of("junction", OB_FILE_OTHER);
            ck_assert_uint_gt(back.reparse_length, 16);
            ck_assert_mem_eq(back.reparse, junction, 4);
        } else {
            not_shown("what a junction is");
        }
        ob_check_ok(fs->remove_file(fs, handle, "junction"));
    }
    info.type = OB_FILE_FIFO;
    ob_check_status(fs->make_node(fs, handle, "fifo", &info, NULL, 0), OB_E_NOT_SUPPORTED);
    info.type = OB_FILE_OTHER;
    ob_check_status(fs->make_node(fs, handle, "empty", &info, NULL, 0), OB_E_NOT_SUPPORTED);
}
END_TEST

static ob_status count_bytes(void *context, uint64_t offset, uint64_t length)
{
    uint64_t *bytes = context;
    (void)offset;
    *bytes += length;
    return OB_OK;
}

START_TEST(windows_fs_extra__sparse_and_compressed)
{
    ob_file *file = NULL;
    ob_file_info info;
    uint64_t bytes = 0;
    ob_check_ok(fs->stat(fs, handle, "file", &info));
    info.attributes |= FILE_ATTRIBUTE_SPARSE_FILE | FILE_ATTRIBUTE_COMPRESSED;
    if (fs->set_meta(fs, handle, "file", &info, OB_META_STORAGE) != OB_OK) {
        not_shown("sparse and compressed files");
    }
    ob_check_ok(fs->open(fs, handle, "file", OB_OPEN_READ | OB_OPEN_WRITE, &file));
    ob_check_ok(fs->truncate(fs, file, 16 << 20));
    ob_check_ok(fs->write_at(fs, file, 8 << 20, "x", 1));
    ob_check_ok(fs->file_stat(fs, file, &info));
    bool sparse = (info.attributes & FILE_ATTRIBUTE_SPARSE_FILE) != 0;
    ck_assert(sparse == (info.allocated < info.size));
    ob_status status = fs->data_map(fs, file, 16 << 20, count_bytes, &bytes);
    if (sparse && status == OB_OK) {
        ck_assert_uint_lt(bytes, 8 << 20);
    } else {
        not_shown("the map of a sparse file");
    }
    fs->close(fs, file);
}
END_TEST

START_TEST(windows_fs_extra__failures)
{
    uint32_t bits = 77;
    seen stopped = {.stop = OB_E_TOO_LARGE};
    const ob_extra other = {OB_EXTRA_KIND_XATTR, "user.a", "x", 1};
    ob_check_status(
        fs->read_extras(fs, handle, "none", NULL, OB_FILE_REGULAR, note, &stopped, &bits),
        OB_E_NOT_FOUND);
    ob_check_status(
        fs->read_extras(fs, handle, "file", NULL, OB_FILE_REGULAR, note, &stopped, &bits),
        OB_E_TOO_LARGE);
    ck_assert_uint_eq(bits, 77);
    ob_check_status(fs->write_extra(fs, handle, "file", &other), OB_E_NOT_SUPPORTED);
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        seen all = {.stop = OB_OK};
        ob_test_alloc_begin(n, false);
        ob_status status =
            fs->read_extras(fs, handle, "file", NULL, OB_FILE_REGULAR, note, &all, &bits);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert(status == (hit ? OB_E_NO_MEMORY : OB_OK) || (bits & OB_EXTRA_SECURITY) != 0);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, windows_fs_extra__security_goes_both_ways);
    tcase_add_test(cases, windows_fs_extra__short_names);
    tcase_add_test(cases, windows_fs_extra__streams);
    tcase_add_test(cases, windows_fs_extra__reparse_points);
    tcase_add_test(cases, windows_fs_extra__sparse_and_compressed);
    tcase_add_test(cases, windows_fs_extra__failures);
}

OB_TEST_MAIN("windows_fs_extra", add_cases)
