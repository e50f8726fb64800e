#include "ob/fs.h"
#include "ob/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

static const ob_fs *fs;
static const char *dir;
static const char *path;
static ob_dir *handle;

/* An ACL that lets user 12345 read; the form of acl(5) in extended attributes, version 2. */
static const uint8_t acl[] = {2, 0,  0,   0,   1,   0,   6,  0, 255, 255, 255, 255, 2,   0,  4,
                              0, 57, 48,  0,   0,   4,   0,  4, 0,   255, 255, 255, 255, 16, 0,
                              4, 0,  255, 255, 255, 255, 32, 0, 0,   0,   255, 255, 255, 255};
/* CAP_NET_BIND_SERVICE, permitted; version 2. */
static const uint8_t capability[20] = {1, 0, 0, 2, 0, 4};

static void set_up(void)
{
    fs = ob_fs_os();
    dir = ob_test_temp();
    path = ob_test_path(dir, "file");
    ob_test_write_text(path, "content");
    ob_check_ok(fs->dir_open(fs, NULL, dir, &handle));
}

static void tear_down(void)
{
    fs->dir_close(fs, handle);
}

typedef struct seen {
    char text[4096]; /* KIND:NAME=LENGTH for each, with blanks between */
    ob_status stop;  /* what the visit gives */
} seen;

static ob_status note(void *context, const ob_extra *extra)
{
    seen *self = context;
    size_t at = strlen(self->text);
    snprintf(self->text + at, sizeof self->text - at, "%d:%s=%zu ", (int)extra->kind, extra->name,
             extra->length);
    return self->stop == OB_OK ? OB_OK : ob_fail(self->stop, "enough");
}

/* By the folder, by the path and by the open file, which must be the same. */
static const char *extras_of(const char *name, ob_file_type type)
{
    seen by[3] = {{"", OB_OK}, {"", OB_OK}, {"", OB_OK}};
    uint32_t bits = 77;
    ob_file *file = NULL;
    ob_check_ok(fs->read_extras(fs, handle, name, NULL, type, note, &by[0], &bits));
    ck_assert_uint_eq(bits, 0);
    ob_check_ok(
        fs->read_extras(fs, NULL, ob_test_path(dir, name), NULL, type, note, &by[1], &bits));
    ck_assert_str_eq(by[0].text, by[1].text);
    if (type == OB_FILE_REGULAR) {
        ob_check_ok(fs->open(fs, handle, name, OB_OPEN_READ, &file));
        ob_check_ok(fs->read_extras(fs, handle, name, file, type, note, &by[2], &bits));
        fs->close(fs, file);
        ck_assert_str_eq(by[0].text, by[2].text);
    }
    return ob_test_format("%s", by[0].text);
}

/* False where the file system or the user's rights do not have such an attribute. */
static bool set_attribute(const char *name, const void *value, size_t length)
{
    const ob_extra extra = {OB_EXTRA_KIND_XATTR, name, value, length};
    ob_status status = fs->write_extra(fs, handle, "file", &extra);
    ck_assert(status == OB_OK || status == OB_E_NOT_SUPPORTED || status == OB_E_ACCESS_DENIED);
    return status == OB_OK;
}

static bool set_kind(ob_extra_kind kind, const void *value, size_t length)
{
    const ob_extra extra = {kind, "", value, length};
    ob_status status = fs->write_extra(fs, handle, "file", &extra);
    ck_assert(status == OB_OK || status == OB_E_NOT_SUPPORTED || status == OB_E_ACCESS_DENIED);
    return status == OB_OK;
}

START_TEST(posix_fs_extra__attributes_come_in_order)
{
    ck_assert_str_eq(extras_of("file", OB_FILE_REGULAR), "");
    if (!set_attribute("user.b", "yes", 3) || !set_attribute("user.a", "", 0)) {
        return;
    }
    ck_assert_str_eq(extras_of("file", OB_FILE_REGULAR), "34:user.a=0 34:user.b=3 ");
    if (set_kind(OB_EXTRA_KIND_ACCESS_ACL, acl, sizeof acl) &&
        set_kind(OB_EXTRA_KIND_CAPABILITY, capability, sizeof capability)) {
        ck_assert_str_eq(extras_of("file", OB_FILE_REGULAR),
                         "32:=44 34:user.a=0 34:user.b=3 35:=20 ");
        uint8_t back[64];
        ck_assert_int_eq(getxattr(path, "system.posix_acl_access", back, sizeof back), sizeof acl);
        ck_assert_mem_eq(back, acl, sizeof acl);
        ck_assert_int_eq(getxattr(path, "security.capability", back, sizeof back),
                         sizeof capability);
    }
}
END_TEST

START_TEST(posix_fs_extra__of_folders_and_links)
{
    const ob_extra extra = {OB_EXTRA_KIND_DEFAULT_ACL, "", acl, sizeof acl};
    ck_assert_int_eq(mkdir(ob_test_path(dir, "sub"), 0755), 0);
    ck_assert_int_eq(symlink("file", ob_test_path(dir, "link")), 0);
    if (fs->write_extra(fs, handle, "sub", &extra) == OB_OK) {
        ck_assert_str_eq(extras_of("sub", OB_FILE_DIR), "33:=44 ");
    }
    if (set_attribute("user.a", "x", 1)) {
        ck_assert_str_eq(extras_of("link", OB_FILE_SYMLINK), "");
    }
    const ob_extra trusted = {OB_EXTRA_KIND_XATTR, "trusted.x", "y", 1};
    if (fs->write_extra(fs, handle, "link", &trusted) == OB_OK) {
        ck_assert_str_eq(extras_of("link", OB_FILE_SYMLINK), "34:trusted.x=1 ");
        ck_assert_int_lt(getxattr(path, "trusted.x", NULL, 0), 0);
    }
}
END_TEST

START_TEST(posix_fs_extra__very_many_attributes)
{
    size_t count = 0;
    for (int i = 0; i < 40; i++) {
        if (!set_attribute(ob_test_format("user.a-name-of-more-than-thirty-bytes-%d", i), "x", 1)) {
            return;
        }
    }
    const char *text = extras_of("file", OB_FILE_REGULAR);
    for (const char *at = text; (at = strstr(at, "34:user.")) != NULL; at++) {
        count++;
    }
    ck_assert_uint_eq(count, 40);
}
END_TEST

START_TEST(posix_fs_extra__failures)
{
    seen stopped = {"", OB_E_TOO_LARGE};
    uint32_t bits = 77;
    const ob_extra other = {OB_EXTRA_KIND_SECURITY, "", "x", 1};
    ob_check_status(
        fs->read_extras(fs, handle, "none", NULL, OB_FILE_REGULAR, note, &stopped, &bits),
        OB_E_NOT_FOUND);
    ob_check_status(fs->read_extras(fs, handle, "..", NULL, OB_FILE_DIR, note, &stopped, &bits),
                    OB_E_INVALID_ARGUMENT);
    ob_check_status(fs->write_extra(fs, handle, "file", &other), OB_E_NOT_SUPPORTED);
    ob_check_status(fs->write_extra(fs, handle, "a/b", &other), OB_E_NOT_SUPPORTED);
    if (set_attribute("user.a", "x", 1)) {
        ob_check_status(
            fs->read_extras(fs, handle, "file", NULL, OB_FILE_REGULAR, note, &stopped, &bits),
            OB_E_TOO_LARGE);
        bool hit = true;
        for (uint64_t n = 1; hit; n++) {
            seen more = {"", OB_OK};
            ob_test_alloc_begin(n, false);
            ob_status status =
                fs->read_extras(fs, handle, "file", NULL, OB_FILE_REGULAR, note, &more, &bits);
            ck_assert_int_eq(ob_test_alloc_live(), 0);
            hit = ob_test_alloc_end();
            ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        }
        ck_assert_uint_eq(bits, 0);
    } else {
        ck_assert_uint_eq(bits, 77);
    }
}
END_TEST

static ob_status note_extent(void *context, uint64_t offset, uint64_t length)
{
    seen *self = context;
    size_t at = strlen(self->text);
    snprintf(self->text + at, sizeof self->text - at, "%llu+%llu ", (unsigned long long)offset,
             (unsigned long long)length);
    return self->stop == OB_OK ? OB_OK : ob_fail(self->stop, "enough");
}

START_TEST(posix_fs_extra__maps_of_sparse_files)
{
    seen map = {"", OB_OK};
    seen stopped = {"", OB_E_TOO_LARGE};
    ob_file *file = NULL;
    ob_file_info info;
    static const uint8_t block[65536] = {1};
    ob_check_ok(fs->open(fs, handle, "file", OB_OPEN_READ | OB_OPEN_WRITE, &file));
    ob_check_ok(fs->data_map(fs, file, 7, note_extent, &map));
    ck_assert_str_eq(map.text, "0+7 ");
    ob_check_ok(fs->truncate(fs, file, 0));
    ob_check_ok(fs->truncate(fs, file, 10 << 20));
    ob_check_ok(fs->write_at(fs, file, 1 << 20, block, sizeof block));
    ob_check_ok(fs->write_at(fs, file, 4 << 20, block, sizeof block));
    map.text[0] = '\0';
    ob_check_ok(fs->data_map(fs, file, 10 << 20, note_extent, &map));
    ob_check_ok(fs->file_stat(fs, file, &info));
    if (strcmp(map.text, "0+10485760 ") != 0) {
        ck_assert_str_eq(map.text, "1048576+65536 4194304+65536 ");
        ck_assert_uint_lt(info.allocated, info.size);
        map.text[0] = '\0';
        ob_check_ok(fs->data_map(fs, file, (4 << 20) + 10, note_extent, &map));
        ck_assert_str_eq(map.text, "1048576+65536 4194304+10 ");
        ob_check_status(fs->data_map(fs, file, 10 << 20, note_extent, &stopped), OB_E_TOO_LARGE);
    }
    fs->close(fs, file);
}
END_TEST

START_TEST(posix_fs_extra__nodes)
{
    ob_file_info info = {.type = OB_FILE_FIFO, .rdev = makedev(1, 3)};
    struct stat st;
    ob_check_ok(fs->make_node(fs, handle, "fifo", &info, NULL, 0));
    ck_assert_int_eq(lstat(ob_test_path(dir, "fifo"), &st), 0);
    ck_assert(S_ISFIFO(st.st_mode) && (st.st_mode & 07777) == 0600);
    ob_check_status(fs->make_node(fs, handle, "fifo", &info, NULL, 0), OB_E_EXISTS);
    info.type = OB_FILE_CHAR_DEVICE;
    ob_status status = fs->make_node(fs, handle, "null", &info, NULL, 0);
    ck_assert(status == OB_OK || status == OB_E_ACCESS_DENIED);
    if (status == OB_OK) {
        ck_assert_int_eq(lstat(ob_test_path(dir, "null"), &st), 0);
        ck_assert(S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3));
    }
    info.type = OB_FILE_OTHER;
    ob_check_status(fs->make_node(fs, handle, "other", &info, NULL, 0), OB_E_NOT_SUPPORTED);
    ob_check_status(fs->make_node(fs, handle, "..", &info, NULL, 0), OB_E_INVALID_ARGUMENT);
}
END_TEST

START_TEST(posix_fs_extra__inode_flags)
{
    ob_file_info info;
    ob_check_ok(fs->stat(fs, handle, "file", &info));
    ck_assert_uint_eq(info.inode_flags, 0);
    info.inode_flags = OB_INODE_NO_DUMP | OB_INODE_APPEND_ONLY;
    ob_status status = fs->set_meta(fs, handle, "file", &info, OB_META_FLAGS);
    ck_assert(status == OB_OK || status == OB_E_NOT_SUPPORTED || status == OB_E_ACCESS_DENIED);
    if (status == OB_OK) {
        ob_check_ok(fs->stat(fs, handle, "file", &info));
        ck_assert_uint_eq(info.inode_flags, OB_INODE_NO_DUMP | OB_INODE_APPEND_ONLY);
        ck_assert_int_lt(unlink(path), 0);
        info.inode_flags = 0;
        ob_check_ok(fs->set_meta(fs, handle, "file", &info, OB_META_FLAGS));
    }
    ob_check_status(fs->set_meta(fs, handle, "none", &info, OB_META_FLAGS), OB_E_NOT_FOUND);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, posix_fs_extra__attributes_come_in_order);
    tcase_add_test(cases, posix_fs_extra__of_folders_and_links);
    tcase_add_test(cases, posix_fs_extra__very_many_attributes);
    tcase_add_test(cases, posix_fs_extra__failures);
    tcase_add_test(cases, posix_fs_extra__maps_of_sparse_files);
    tcase_add_test(cases, posix_fs_extra__nodes);
    tcase_add_test(cases, posix_fs_extra__inode_flags);
}

OB_TEST_MAIN("posix_fs_extra", add_cases)
