#include "ob/fs.h"
#include "ob/test.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(posix_fs__a_fifo_does_not_hold_us)
{
    const ob_fs *fs = ob_fs_os();
    const char *dir = ob_test_temp();
    ob_dir *handle = NULL;
    ob_file *file = NULL;
    ck_assert_int_eq(mkfifo(ob_test_path(dir, "fifo"), 0600), 0);
    ob_check_ok(fs->dir_open(fs, NULL, dir, &handle));
    ob_check_status(fs->open(fs, handle, "fifo", OB_OPEN_READ, &file), OB_E_NOT_SUPPORTED);
    ck_assert(OB_FAILED(fs->open(fs, handle, "fifo", OB_OPEN_WRITE, &file)));
    ck_assert_ptr_null(file);
    fs->dir_close(fs, handle);
}
END_TEST

START_TEST(posix_fs__private_files)
{
    const ob_fs *fs = ob_fs_os();
    const char *dir = ob_test_temp();
    ob_file *file = NULL;
    ob_file_info info;
    const char *path = ob_test_path(dir, "file");
    umask(0);
    int flags = OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_PRIVATE;
    ob_check_ok(fs->open(fs, NULL, path, flags, &file));
    ob_check_ok(fs->file_stat(fs, file, &info));
    ck_assert_uint_eq(info.mode, 0600);
    fs->close(fs, file);
    ob_check_ok(fs->make_dir(fs, NULL, ob_test_path(dir, "folder"), true));
    ob_check_ok(fs->stat(fs, NULL, ob_test_path(dir, "folder"), &info));
    ck_assert_uint_eq(info.mode, 0700);
    const char *deep = ob_test_path(ob_test_path(dir, "a"), "b");
    ob_check_ok(ob_fs_make_dirs(fs, deep, true));
    ob_check_ok(fs->stat(fs, NULL, ob_test_path(dir, "a"), &info));
    ck_assert_uint_eq(info.mode, 0777);
    ob_check_ok(fs->stat(fs, NULL, deep, &info));
    ck_assert_uint_eq(info.mode, 0700);
}
END_TEST

START_TEST(posix_fs__names_are_bytes)
{
    const ob_fs *fs = ob_fs_os();
    const char *dir = ob_test_temp();
    const char *name = "new\nline \xFF \\ \x1B[0m";
    ob_dir *handle = NULL;
    ob_dir_entry entry;
    ob_file_info info;
    ob_test_write_text(ob_test_path(dir, name), "x");
    ob_check_ok(fs->dir_open(fs, NULL, dir, &handle));
    ob_check_ok(fs->dir_read(fs, handle, &entry));
    ck_assert_str_eq(entry.name, name);
    ob_check_ok(fs->remove_file(fs, handle, name));
    ob_check_status(fs->stat(fs, handle, name, &info), OB_E_NOT_FOUND);
    ck_assert_ptr_null(strpbrk(ob_detail(), "\n\x1B\xFF"));
    fs->dir_close(fs, handle);
}
END_TEST

START_TEST(posix_fs__a_descriptor_stays_with_its_folder)
{
    const ob_fs *fs = ob_fs_os();
    const char *dir = ob_test_temp();
    ob_dir *handle = NULL;
    ob_file *file = NULL;
    const char *victim = ob_test_path(dir, "victim");
    const char *work = ob_test_path(dir, "work");
    ob_check_ok(fs->make_dir(fs, NULL, victim, false));
    ob_check_ok(fs->make_dir(fs, NULL, work, false));
    ob_check_ok(fs->dir_open(fs, NULL, work, &handle));
    ck_assert_int_eq(rename(work, ob_test_path(dir, "moved")), 0);
    ck_assert_int_eq(symlink(victim, work), 0);
    ob_check_ok(fs->open(fs, handle, "f", OB_OPEN_WRITE | OB_OPEN_CREATE, &file));
    fs->close(fs, file);
    fs->dir_close(fs, handle);
    ck_assert(!ob_test_exists(ob_test_path(victim, "f")));
    ck_assert(ob_test_exists(ob_test_path(ob_test_path(dir, "moved"), "f")));
}
END_TEST

START_TEST(posix_fs__special_files_are_told_apart)
{
    const ob_fs *fs = ob_fs_os();
    ob_file_info info;
    const char *dir = ob_test_temp();
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    ck_assert_int_eq(mkfifo(ob_test_path(dir, "fifo"), 0600), 0);
    ob_check_ok(fs->stat(fs, NULL, ob_test_path(dir, "fifo"), &info));
    ck_assert_int_eq(info.type, OB_FILE_FIFO);
    const char *path = ob_test_path(dir, "socket");
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_uint_lt(strlen(path), sizeof address.sun_path);
    strcpy(address.sun_path, path);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    ob_check_ok(fs->stat(fs, NULL, path, &info));
    ck_assert_int_eq(info.type, OB_FILE_SOCKET);
    ob_check_ok(fs->stat(fs, NULL, "/dev/null", &info));
    ck_assert_int_eq(info.type, OB_FILE_CHAR_DEVICE);
    ck_assert_uint_ne(info.rdev, 0);
    ob_file *file = NULL;
    ob_check_status(fs->open(fs, NULL, "/dev/null", OB_OPEN_READ, &file), OB_E_NOT_SUPPORTED);
}
END_TEST

START_TEST(posix_fs__another_process_holds_the_lock)
{
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(ob_test_temp(), "lock");
    ob_file *file = NULL;
    int status = 0;
    int flags = OB_OPEN_READ | OB_OPEN_WRITE | OB_OPEN_CREATE;
    ob_check_ok(fs->open(fs, NULL, path, flags, &file));
    ob_check_ok(fs->lock(fs, file));
    pid_t child = fork();
    if (child == 0) {
        ob_file *other = NULL;
        bool busy =
            fs->open(fs, NULL, path, flags, &other) == OB_OK && fs->lock(fs, other) == OB_E_BUSY;
        _exit(busy ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    fs->close(fs, file);
}
END_TEST

/* As nobody: what the system refuses arrives as such. */
START_TEST(posix_fs__access_is_denied)
{
    const ob_fs *fs = ob_fs_os();
    const char *dir = ob_test_temp();
    const char *path = ob_test_path(dir, "file");
    int status = 0;
    ob_test_write_text(path, "x");
    ck_assert_int_eq(chmod(path, 0), 0);
    ck_assert_int_eq(chmod(dir, 0555), 0);
    pid_t child = fork();
    if (child == 0) {
        ob_file *file = NULL;
        /* Not root's to try: root's folders above may be closed to nobody, which is denied too. */
        bool dropped = getuid() != 0 || (setgid(65534) == 0 && setuid(65534) == 0);
        bool denied = fs->open(fs, NULL, path, OB_OPEN_READ, &file) == OB_E_ACCESS_DENIED &&
                      fs->remove_file(fs, NULL, path) == OB_E_ACCESS_DENIED;
        _exit(dropped && denied ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_int_eq(chmod(dir, 0700), 0);
}
END_TEST

START_TEST(posix_fs__backup_keeps_atime)
{
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(ob_test_temp(), "file");
    ob_file *file = NULL;
    ob_file_info info;
    char byte = 0;
    size_t got = 0;
    ob_test_write_text(path, "x");
    ob_check_ok(fs->stat(fs, NULL, path, &info));
    int64_t wanted = info.atime = info.mtime - INT64_C(100) * 86400 * 1000000000;
    ob_check_ok(fs->set_meta(fs, NULL, path, &info, OB_META_TIMES));
    ob_check_ok(fs->open(fs, NULL, path, OB_OPEN_READ | OB_OPEN_BACKUP, &file));
    ob_check_ok(fs->read_at(fs, file, 0, &byte, 1, &got));
    fs->close(fs, file);
    ob_check_ok(fs->stat(fs, NULL, path, &info));
    ck_assert_int_eq(info.atime, wanted);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, posix_fs__a_fifo_does_not_hold_us);
    tcase_add_test(cases, posix_fs__private_files);
    tcase_add_test(cases, posix_fs__names_are_bytes);
    tcase_add_test(cases, posix_fs__a_descriptor_stays_with_its_folder);
    tcase_add_test(cases, posix_fs__special_files_are_told_apart);
    tcase_add_test(cases, posix_fs__another_process_holds_the_lock);
    tcase_add_test(cases, posix_fs__access_is_denied);
    tcase_add_test(cases, posix_fs__backup_keeps_atime);
}

OB_TEST_MAIN("posix_fs", add_cases)
