#include "ob/fs.h"
#include "ob/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const ob_fs *fs;
static const char *dir;
static const char *path;
static ob_dir *handle;

static void set_up(void)
{
    fs = ob_fs_os();
    dir = ob_test_temp();
    path = ob_test_path(dir, "file");
    ob_test_write_text(path, "x");
    ob_check_ok(fs->dir_open(fs, NULL, dir, &handle));
}

static void tear_down(void)
{
    fs->dir_close(fs, handle);
}

static ob_file_info stat_of(const char *name)
{
    ob_file_info info;
    ob_check_ok(fs->stat(fs, handle, name, &info));
    return info;
}

START_TEST(posix_fs_meta__modes)
{
    static const uint32_t modes[] = {0, 0600, 0777, 04755, 02711, 01777};
    ob_file_info info = stat_of("file");
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        info.mode = modes[i];
        ob_check_ok(fs->set_meta(fs, handle, "file", &info, OB_META_MODE | OB_META_OWNER));
        ck_assert_uint_eq(stat_of("file").mode, modes[i]);
    }
}
END_TEST

START_TEST(posix_fs_meta__links_are_not_followed)
{
    ck_assert_int_eq(symlink("file", ob_test_path(dir, "link")), 0);
    ob_file_info before = stat_of("file");
    ob_file_info info = stat_of("link");
    info.mode = 0;
    info.mtime = 5000000000;
    info.atime = 6000000000;
    int all = OB_META_MODE | OB_META_OWNER | OB_META_TIMES;
    ob_check_ok(fs->set_meta(fs, handle, "link", &info, all));
    ck_assert_int_eq(stat_of("link").mtime, 5000000000);
    ob_file_info after = stat_of("file");
    ck_assert(after.mtime == before.mtime && after.mode == before.mode);
    ck_assert_int_eq(after.ctime, before.ctime);
    /* A link put where a file was: the mode must not go to what it points to. */
    info.type = OB_FILE_REGULAR;
    info.mode = 04777;
    ck_assert(OB_FAILED(fs->set_meta(fs, handle, "link", &info, OB_META_MODE)));
    ck_assert_uint_eq(stat_of("file").mode, before.mode);
}
END_TEST

/* Who may not give a file away does not get its set-id bits either. */
START_TEST(posix_fs_meta__no_set_id_without_the_owner)
{
    int status = 0;
    if (getuid() == 0) {
        ck_assert_int_eq(chown(dir, 65534, 65534), 0);
        ck_assert_int_eq(chown(path, 65534, 65534), 0);
    }
    pid_t child = fork();
    if (child == 0) {
        ob_file_info info = {.type = OB_FILE_REGULAR, .mode = 06755, .uid = 12345, .gid = 12345};
        int mask = OB_META_MODE | OB_META_OWNER;
        bool right = getuid() != 0 || (setgid(65534) == 0 && setuid(65534) == 0);
        right = right && fs->set_meta(fs, handle, "file", &info, mask) == OB_E_ACCESS_DENIED &&
                fs->stat(fs, handle, "file", &info) == OB_OK && info.mode == 0755;
        _exit(right ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, posix_fs_meta__modes);
    tcase_add_test(cases, posix_fs_meta__links_are_not_followed);
    tcase_add_test(cases, posix_fs_meta__no_set_id_without_the_owner);
}

OB_TEST_MAIN("posix_fs_meta", add_cases)
