#include "ob/fs.h"
#include "ob/test.h"

#include <sys/vfs.h>
#include <unistd.h>

static ob_volume_kind kind_of(ob_dir *dir, const char *name)
{
    const ob_fs *fs = ob_fs_os();
    ob_volume_kind kind = 0;
    ob_check_ok(fs->volume_kind(fs, dir, name, &kind));
    return kind;
}

START_TEST(posix_volume__kinds)
{
    struct statfs st;
    ck_assert_int_eq(kind_of(NULL, "/proc"), OB_VOLUME_KERNEL);
    ck_assert_int_eq(kind_of(NULL, "/proc/self/status"), OB_VOLUME_KERNEL);
    ck_assert_int_eq(kind_of(NULL, "/sys"), OB_VOLUME_KERNEL);
    ck_assert_int_eq(kind_of(NULL, "/"), OB_VOLUME_DATA);
    if (statfs("/dev/shm", &st) == 0 && st.f_type == 0x01021994) {
        ck_assert_int_eq(kind_of(NULL, "/dev/shm"), OB_VOLUME_PASSING);
    }
}
END_TEST

START_TEST(posix_volume__follows_no_link)
{
    const ob_fs *fs = ob_fs_os();
    const char *base = ob_test_temp();
    ob_dir *dir = NULL;
    ob_volume_kind kind = OB_VOLUME_KERNEL;
    ck_assert_int_eq(symlink("/proc", ob_test_path(base, "link")), 0);
    ob_test_write_text(ob_test_path(base, "file"), "x");
    ob_check_ok(fs->dir_open(fs, NULL, base, &dir));
    ck_assert_int_ne(kind_of(dir, "link"), OB_VOLUME_KERNEL);
    ck_assert_int_eq(kind_of(dir, "link"), kind_of(dir, "file"));
    ob_check_status(fs->volume_kind(fs, dir, "none", &kind), OB_E_NOT_FOUND);
    ob_check_status(fs->volume_kind(fs, dir, "../x", &kind), OB_E_INVALID_ARGUMENT);
    ck_assert_int_eq(kind, OB_VOLUME_KERNEL);
    fs->dir_close(fs, dir);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, posix_volume__kinds);
    tcase_add_test(cases, posix_volume__follows_no_link);
}

OB_TEST_MAIN("posix_volume", add_cases)
