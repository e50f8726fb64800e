/* Everything that a file of Linux has comes back: restored and compared, by our own eyes and by
 * programs that share nothing with us. As root all of it, else what the user may make. */
#include "scene.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define ALL (OB_META_MODE | OB_META_OWNER | OB_META_TIMES | OB_META_ATTRIBUTES | OB_META_FLAGS)

static scene self;

static void set_up(void)
{
    scene_open(&self);
}

static void tear_down(void)
{
    scene_close(&self);
}

static const char *make_file(const char *name, const char *text)
{
    const char *path = scene_path(&self, name);
    ob_test_write_text(path, text);
    return path;
}

static const char *make_folder(const char *name)
{
    const char *path = scene_path(&self, name);
    ck_assert_int_eq(mkdir(path, 0755), 0);
    return path;
}

/* What a program says of a tree that is the same wherever it lies; "" where there is no such
 * program. Only what it prints counts: a FIFO or a link may be no file to it. */
static const char *said(const char *program, const char *folder, const char *command)
{
    size_t length = 0;
    const char *file = ob_test_path(self.base, "said");
    const char *line = ob_test_format("if command -v %s >/dev/null; then cd '%s' && { %s; } "
                                      "2>/dev/null; fi >'%s'; true",
                                      program, folder, command, file);
    ck_assert_int_eq(system(line), 0);
    return (const char *)ob_test_read_file(file, &length);
}

static void check_said(const char *left, const char *right)
{
    static const char *const commands[][2] = {
        {"find", "find . -printf '%p %y %m %U %G %T@ %n %l %s\\n' | sort"},
        {"md5sum", "find . -type f -execdir md5sum '{}' + | sort"},
        {"getfattr", "find . -print0 | sort -z | xargs -0 getfattr -h -d -m - -e hex --"},
        {"getfacl", "getfacl -R -P -n . | cat"},
        {"getcap", "getcap -r ."},
        {"lsattr", "lsattr -R . | sed 's/^\\([^ ]*\\)e/\\1-/' | sort"}};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const char *one = said(commands[i][0], left, commands[i][1]);
        ck_assert_msg(strcmp(one, said(commands[i][0], right, commands[i][1])) == 0,
                      "%s finds a difference between %s and %s", commands[i][0], left, right);
    }
}

/* Backs up, restores, compares; with `programs` by others too. */
static const char *check_all(bool programs)
{
    ob_check_ok(scene_backup(&self));
    ck_assert_msg(self.event_count == 0, "event %d: %s %s (%s)", self.events[0].kind,
                  self.events[0].path, self.events[0].what, self.events[0].detail);
    const char *out = scene_restore_all(&self, "out");
    const char *difference = ob_test_tree_differs(self.source, out, ALL);
    ck_assert_msg(difference == NULL, "%s", difference);
    if (programs) {
        check_said(self.source, out);
    }
    return out;
}

/* Where the file system or our rights have no such attribute there is nothing to show. */
static bool attribute(const char *path, const char *name, const void *value, size_t length)
{
    int result = lsetxattr(path, name, value, length, 0);
    ck_assert(result == 0 || errno == EOPNOTSUPP || errno == EPERM);
    return result == 0;
}

/* u::rw- u:12345:r-- g::r-- m::r-- o::--- as in acl(5), version 2. */
static const uint8_t acl[] = {2, 0,  0,   0,   1,   0,   6,  0, 255, 255, 255, 255, 2,   0,  4,
                              0, 57, 48,  0,   0,   4,   0,  4, 0,   255, 255, 255, 255, 16, 0,
                              4, 0,  255, 255, 255, 255, 32, 0, 0,   0,   255, 255, 255, 255};

START_TEST(fidelity__attributes_and_acls)
{
    static const uint8_t capability[20] = {1, 0, 0, 2, 0, 4};
    char large[3000];
    memset(large, 'v', sizeof large);
    const char *file = make_file("file", "x");
    const char *folder = make_folder("folder");
    attribute(file, "user.empty", "", 0);
    attribute(file, "user.\xFFname", "\0\1\2", 3);
    attribute(file, "user.large", large, sizeof large);
    attribute(folder, "user.on a folder", "y", 1);
    attribute(folder, "system.posix_acl_default", acl, sizeof acl);
    attribute(folder, "system.posix_acl_access", acl, sizeof acl);
    attribute(make_file("with acl", "y"), "system.posix_acl_access", acl, sizeof acl);
    attribute(make_file("program", "z"), "security.capability", capability, sizeof capability);
    const char *of_other = make_file("program of another", "z");
    if (getuid() == 0) {
        ck_assert_int_eq(chown(of_other, 12345, 12346), 0);
        attribute(of_other, "security.capability", capability, sizeof capability);
        attribute(of_other, "trusted.t", "t", 1);
        ck_assert_int_eq(symlink("file", scene_path(&self, "link")), 0);
        attribute(scene_path(&self, "link"), "trusted.of a link", "t", 1);
    }
    make_file("folder/inherits nothing more than it had", "w");
    ck_assert_int_eq(chmod(file, 0440), 0);
    check_all(true);
}
END_TEST

/* What is new in a folder with a default ACL does not get an ACL that it did not have. */
START_TEST(fidelity__no_acl_from_the_destination)
{
    make_file("plain", "x");
    make_folder("folder");
    make_file("folder/inner", "y");
    attribute(make_file("with acl", "z"), "system.posix_acl_access", acl, sizeof acl);
    ck_assert_int_eq(mkfifo(scene_path(&self, "fifo"), 0644), 0);
    ob_check_ok(scene_backup(&self));
    ob_restore_options options = {.point = self.last.point};
    options.destination = ob_test_path(self.base, "out");
    ck_assert_int_eq(mkdir(options.destination, 0755), 0);
    if (!attribute(options.destination, "system.posix_acl_default", acl, sizeof acl)) {
        return;
    }
    ob_check_ok(scene_restore(&self, &options));
    ck_assert_uint_eq(self.event_count, 0);
    const char *out = scene_restored(&self, options.destination);
    const char *difference = ob_test_tree_differs(self.source, out, ALL);
    ck_assert_msg(difference == NULL, "%s", difference);
    check_said(self.source, out);
}
END_TEST

/* Nor does a folder that is replaced keep one that was given to it since. */
START_TEST(fidelity__no_acl_from_a_replaced_folder)
{
    make_folder("folder");
    make_folder("folder/inner");
    make_file("folder/file", "x");
    attribute(make_folder("with acl"), "system.posix_acl_access", acl, sizeof acl);
    ob_check_ok(scene_backup(&self));
    const char *out = scene_restore_all(&self, "out");
    const char *names[] = {"folder", "folder/inner", "with acl"};
    for (int i = 0; i < 3; i++) {
        const char *folder = ob_test_path(out, names[i]);
        if (!attribute(folder, "system.posix_acl_default", acl, sizeof acl) ||
            !attribute(folder, "system.posix_acl_access", acl, sizeof acl)) {
            return;
        }
    }
    ob_restore_options options = {.point = self.last.point, .overwrite = OB_OVERWRITE_REPLACE};
    options.destination = ob_test_path(self.base, "out");
    ob_check_ok(scene_restore(&self, &options));
    ck_assert_uint_eq(self.event_count, 0);
    const char *difference = ob_test_tree_differs(self.source, out, ALL);
    ck_assert_msg(difference == NULL, "%s", difference);
    check_said(self.source, out);
}
END_TEST

START_TEST(fidelity__set_id_bits_owners_and_times)
{
    const char *program = make_file("program", "x");
    const char *folder = make_folder("folder");
    const char *inner = make_file("folder/inner", "y");
    const struct timespec times[2] = {{1, 2}, {1234567890, 123456789}};
    const struct timespec old[2] = {{1, 2}, {-86400, 999999999}};
    if (getuid() == 0) {
        ck_assert_int_eq(chown(program, 12345, 12346), 0);
        ck_assert_int_eq(lchown(folder, 7, 8), 0);
    }
    ck_assert_int_eq(chmod(program, 06755), 0);
    ck_assert_int_eq(chmod(folder, 03711), 0);
    ck_assert_int_eq(chmod(inner, 0), 0);
    ck_assert_int_eq(symlink("nowhere", scene_path(&self, "folder/link")), 0);
    ck_assert_int_eq(
        utimensat(AT_FDCWD, scene_path(&self, "folder/link"), old, AT_SYMLINK_NOFOLLOW), 0);
    ck_assert_int_eq(utimensat(AT_FDCWD, program, times, 0), 0);
    ck_assert_int_eq(utimensat(AT_FDCWD, inner, old, 0), 0);
    ck_assert_int_eq(utimensat(AT_FDCWD, folder, times, 0), 0);
    check_all(true);
}
END_TEST

START_TEST(fidelity__hard_links_across_folders)
{
    struct stat first;
    struct stat other;
    const char *file = make_file("z last by name", "one file");
    make_folder("a");
    make_folder("a/b");
    ck_assert_int_eq(link(file, scene_path(&self, "a/b/first by name")), 0);
    ck_assert_int_eq(link(file, scene_path(&self, "a/second")), 0);
    attribute(file, "user.a", "x", 1);
    const char *fifo = scene_path(&self, "fifo");
    ck_assert_int_eq(mkfifo(fifo, 0640), 0);
    const char *out = check_all(true);
    ck_assert_int_eq(stat(ob_test_path(out, "z last by name"), &first), 0);
    ck_assert_int_eq(stat(ob_test_path(out, "a/b/first by name"), &other), 0);
    ck_assert(first.st_ino == other.st_ino && first.st_nlink == 3);
}
END_TEST

static void write_at(const char *path, off_t offset, size_t length)
{
    uint8_t *data = rig_text((uint64_t)offset, length);
    int fd = open(path, O_WRONLY | O_CREAT, 0644);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pwrite(fd, data, length, offset), (ssize_t)length);
    ck_assert_int_eq(close(fd), 0);
    free(data);
}

START_TEST(fidelity__holes_stay_holes)
{
    enum { MB = 1 << 20 };
    const char *ends = scene_path(&self, "hole at both ends");
    write_at(ends, 3 * MB, 300000);
    write_at(ends, 40 * MB, 5 * MB);
    ck_assert_int_eq(truncate(ends, (off_t)100 * MB + 1), 0);
    const char *all = make_file("nothing but a hole", "");
    ck_assert_int_eq(truncate(all, (off_t)1 << 40), 0);
    const char *comb = scene_path(&self, "comb");
    for (off_t i = 0; i < 300; i++) {
        write_at(comb, i * 131072 + 65536, 4096);
    }
    make_file("plain", "no hole");
    ob_check_ok(scene_backup(&self));
    /* The holes were not read. */
    ck_assert_uint_lt(self.last.totals.bytes_changed, 8 * MB);
    /* But they are a part of what is to be done. */
    uint64_t size = self.last.totals.bytes_total;
    ck_assert_uint_gt(size, UINT64_C(1) << 40);
    ck_assert_uint_eq(self.last.totals.bytes_done, size);
    const char *out = scene_restore_all(&self, "out");
    ck_assert_uint_eq(self.progress.bytes_total, size);
    ck_assert_uint_eq(self.progress.bytes_done, size);
    struct stat st;
    ck_assert_int_eq(stat(ob_test_path(out, "nothing but a hole"), &st), 0);
    ck_assert_int_eq(st.st_size, (off_t)1 << 40);
    ck_assert_int_lt(st.st_blocks, 100);
    ck_assert_int_eq(unlink(all), 0); /* too large to be read whole */
    ck_assert_int_eq(unlink(ob_test_path(out, "nothing but a hole")), 0);
    struct stat folder;
    ck_assert_int_eq(stat(self.source, &folder), 0);
    const struct timespec times[2] = {folder.st_atim, folder.st_mtim};
    ck_assert_int_eq(utimensat(AT_FDCWD, out, times, 0), 0);
    const char *difference = ob_test_tree_differs(self.source, out, ALL);
    ck_assert_msg(difference == NULL, "%s", difference);
    /* And unchanged they stay. */
    self.clock.now += INT64_C(86400000000000);
    ob_check_ok(scene_backup(&self));
    ck_assert_uint_eq(self.last.totals.files_changed, 0);
    ck_assert_uint_eq(self.last.totals.bytes_done, self.last.totals.bytes_total);
    difference = ob_test_tree_differs(self.source, scene_restore_all(&self, "again"), ALL);
    ck_assert_msg(difference == NULL, "%s", difference);
}
END_TEST

START_TEST(fidelity__fifos_devices_and_sockets)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    ck_assert_int_eq(mkfifo(scene_path(&self, "fifo"), 0624), 0);
    if (getuid() == 0) {
        ck_assert_int_eq(mknod(scene_path(&self, "null"), S_IFCHR | 0666, makedev(1, 3)), 0);
        ck_assert_int_eq(mknod(scene_path(&self, "disk"), S_IFBLK | 0660, makedev(259, 70000)), 0);
        ck_assert_int_eq(chown(scene_path(&self, "disk"), 0, 6), 0);
    }
    check_all(true);
    /* A socket is named and left out. */
    ck_assert_int_eq(chdir(self.source), 0);
    strcpy(address.sun_path, "socket");
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    ob_check_ok(scene_backup(&self));
    ck_assert_uint_eq(self.event_count, 1);
    ck_assert_uint_eq(scene_told(&self, OB_EVENT_SKIPPED_KIND, "socket", "socket"), 1);
}
END_TEST

static bool change_flags(const char *command, const char *path)
{
    return system(ob_test_format("chattr %s '%s' 2>/dev/null", command, path)) == 0;
}

START_TEST(fidelity__inode_flags)
{
    const char *names[] = {"immutable", "append only", "no dump", "folder"};
    const char *flags[] = {"+i", "+a", "+d", "+id"};
    bool set[4] = {false};
    for (int i = 0; i < 4; i++) {
        const char *path = i < 3 ? make_file(names[i], "x") : make_folder(names[i]);
        if (i == 3) {
            make_file("folder/inner", "y");
        }
        set[i] = change_flags(flags[i], path);
    }
    ob_check_ok(scene_backup(&self));
    ob_restore_options options = {.point = self.last.point};
    options.destination = ob_test_path(self.base, "out");
    ob_status status = scene_restore(&self, &options);
    const char *out = scene_restored(&self, options.destination);
    const char *difference = ob_test_tree_differs(self.source, out, ALL);
    const char *one = said("lsattr", self.source, "lsattr -R . | sed 's/^\\([^ ]*\\)e/\\1-/'");
    const char *other = said("lsattr", out, "lsattr -R . | sed 's/^\\([^ ]*\\)e/\\1-/'");
    for (int i = 0; i < 4; i++) { /* so that they can be removed, whatever comes */
        change_flags("-iad", scene_path(&self, names[i]));
        change_flags("-iad", ob_test_path(out, names[i]));
    }
    ob_check_ok(status);
    ck_assert_msg(difference == NULL, "%s", difference);
    ck_assert_str_eq(one, other);
    ck_assert(self.event_count == 0 || !set[0]);
}
END_TEST

START_TEST(fidelity__names_of_any_bytes_and_a_wide_folder)
{
    make_folder("wide");
    for (unsigned c = 1; c < 256; c++) {
        if (c != '/' && c != '.') {
            make_file(ob_test_format("wide/%c", (char)c), "x");
        }
        make_file(ob_test_format("wide/%c%c", (char)(c == '/' ? 'z' : c), 'x'), "y");
    }
    for (unsigned i = 0; i < 3000; i++) {
        make_file(ob_test_format("wide/file %u", i), i % 2 == 0 ? "" : "z");
    }
    char longest[256];
    memset(longest, '\xFE', 255);
    longest[255] = '\0';
    make_file(longest, "long");
    check_all(false);
}
END_TEST

/* Deeper than any path that the system takes in one piece. */
START_TEST(fidelity__a_deep_tree)
{
    enum { DEPTH = 60 };
    char name[121];
    memset(name, 'd', 120);
    name[120] = '\0';
    ck_assert_int_eq(chdir(self.source), 0);
    for (int i = 0; i < DEPTH; i++) {
        name[0] = (char)('a' + i % 26);
        ck_assert_int_eq(mkdir(name, 0755), 0);
        ck_assert_int_eq(chdir(name), 0);
        int fd = open("file", O_WRONLY | O_CREAT, 0600);
        ck_assert_int_eq(write(fd, "deep", 4), 4);
        ck_assert(fsetxattr(fd, "user.deep", "x", 1, 0) == 0 || errno == EOPNOTSUPP);
        close(fd);
        ck_assert_int_eq(symlink("file", "link"), 0);
        ck_assert_int_eq(link("file", "zzz other name"), 0);
    }
    ck_assert_int_eq(chdir("/"), 0);
    ob_check_ok(scene_backup(&self));
    ck_assert_msg(self.event_count == 0, "%s %s", self.events[0].what, self.events[0].detail);
    const char *out = scene_restore_all(&self, "out");
    const char *list = "find . -printf '%p %y %m %T@ %n %s %l\\n' | sort";
    const char *sums = "find . -type f -execdir md5sum '{}' + | sort";
    ck_assert_str_eq(said("find", self.source, list), said("find", out, list));
    ck_assert_str_eq(said("md5sum", self.source, sums), said("md5sum", out, sums));
    ck_assert_int_eq(system(ob_test_format("rm -rf '%s'/* '%s'/*", self.source, out)), 0);
}
END_TEST

/* Whatever fails while all kinds are restored: nothing half made is left, and what is not there was
 * told. */
START_TEST(fidelity__operations_fail_one_by_one)
{
    bool hit = true;
    uint64_t n = 0;
    attribute(make_file("file", "bytes"), "user.a", "x", 1);
    attribute(make_file("with acl", "bytes"), "system.posix_acl_access", acl, sizeof acl);
    attribute(make_folder("folder"), "system.posix_acl_default", acl, sizeof acl);
    write_at(scene_path(&self, "folder/sparse"), 1 << 20, 5000);
    ck_assert_int_eq(mkfifo(scene_path(&self, "fifo"), 0644), 0);
    ob_check_ok(scene_backup(&self));
    ob_restore_options options = {.point = self.last.point};
    while (hit) {
        n++;
        options.destination = ob_test_path(self.base, ob_test_format("out%u", (unsigned)n));
        ob_test_fs_fail(&self.rig.fs, n, false);
        ob_status status = scene_restore(&self, &options);
        hit = self.rig.fs.hit;
        ob_test_fs_fail(&self.rig.fs, 0, false);
        const char *out = scene_restored(&self, options.destination);
        ck_assert_str_eq(said("find", options.destination, "find . -name '.ob-*'"), "");
        bool same = status == OB_OK && ob_test_tree_differs(self.source, out, ALL) == NULL;
        ck_assert_msg(same || (hit && (status != OB_OK || self.event_count > 0)), "operation %llu",
                      (unsigned long long)n);
        const char *files[] = {"file", "with acl"};
        for (size_t i = 0; i < 2; i++) {
            size_t length = 0;
            const char *path = ob_test_path(out, files[i]);
            if (ob_test_exists(path)) {
                ck_assert_str_eq((const char *)ob_test_read_file(path, &length), "bytes");
            }
        }
    }
    ck_assert_uint_gt(n, 30);
}
END_TEST

static int restore_as_nobody(void *context)
{
    const ob_restore_options *options = context;
    if (setgid(65534) != 0 || setuid(65534) != 0 || scene_restore(&self, options) != OB_OK) {
        return 1;
    }
    bool right = scene_told(&self, OB_EVENT_NOT_KEPT, "program", "owner") == 1 &&
                 scene_told(&self, OB_EVENT_NOT_KEPT, "program", "capability") == 1 &&
                 scene_told(&self, OB_EVENT_NOT_KEPT, "trusted", "xattr") == 1 &&
                 scene_told(&self, OB_EVENT_SKIPPED_KIND, "null", "character device") == 1 &&
                 scene_told(&self, OB_EVENT_FAILED, NULL, NULL) == 0;
    for (size_t i = 0; !right && i < self.event_count; i++) {
        fprintf(stderr, "%d %s %s %s\n", self.events[i].kind, self.events[i].path,
                self.events[i].what, self.events[i].detail);
    }
    return right ? 0 : 2;
}

/* What cannot be set is told by its kind, and the bytes come back. */
START_TEST(fidelity__restored_by_who_may_not)
{
    static const uint8_t capability[20] = {1, 0, 0, 2, 0, 4};
    int status = 0;
    if (getuid() != 0) {
        return;
    }
    attribute(make_file("program", "bytes"), "security.capability", capability, sizeof capability);
    attribute(make_file("trusted", "bytes too"), "trusted.t", "t", 1);
    ck_assert_int_eq(chmod(scene_path(&self, "program"), 04755), 0);
    ck_assert_int_eq(mknod(scene_path(&self, "null"), S_IFCHR | 0666, makedev(1, 3)), 0);
    ob_check_ok(scene_backup(&self));
    ob_restore_options options = {.point = self.last.point};
    options.destination = ob_test_path(self.base, "out");
    ck_assert_int_eq(mkdir(options.destination, 0777), 0);
    ck_assert_int_eq(chown(options.destination, 65534, 65534), 0);
    for (const char *slash = strchr(self.base + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        const char *above = ob_test_format("%.*s", (int)(slash - self.base), self.base);
        struct stat st;
        if (stat(above, &st) == 0 && (st.st_mode & 0001) == 0) {
            ck_assert_int_eq(chmod(above, st.st_mode | 0111), 0);
        }
    }
    ck_assert_int_eq(chmod(self.base, 0755), 0);
    ck_assert_int_eq(system(ob_test_format("chmod -R a+rwX '%s'", self.rig.engine.cache_dir)), 0);
    pid_t child = fork();
    if (child == 0) {
        _exit(restore_as_nobody(&options));
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    const char *out = scene_restored(&self, options.destination);
    size_t length = 0;
    struct stat st;
    ck_assert_str_eq((const char *)ob_test_read_file(ob_test_path(out, "program"), &length),
                     "bytes");
    ck_assert_str_eq((const char *)ob_test_read_file(ob_test_path(out, "trusted"), &length),
                     "bytes too");
    ck_assert_int_eq(stat(ob_test_path(out, "program"), &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0755);
}
END_TEST

/* Leaves owner and permissions to the destination: mode, ACL and capability are not set. */
START_TEST(fidelity__without_security)
{
    struct stat st;
    const char *file = make_file("file", "bytes");
    attribute(file, "user.a", "x", 1);
    attribute(file, "system.posix_acl_access", acl, sizeof acl);
    ck_assert_int_eq(chmod(make_file("program", "y"), 04700), 0);
    ob_check_ok(scene_backup(&self));
    ob_restore_options options = {.point = self.last.point, .skip_security = true};
    options.destination = ob_test_path(self.base, "out");
    mode_t old = umask(022);
    ob_check_ok(scene_restore(&self, &options));
    umask(old);
    const char *out = scene_restored(&self, options.destination);
    ck_assert_uint_eq(self.event_count, 0);
    ck_assert_int_eq(stat(ob_test_path(out, "program"), &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0644);
    ck_assert_int_lt(getxattr(ob_test_path(out, "file"), "system.posix_acl_access", NULL, 0), 0);
    ck_assert(getxattr(file, "user.a", NULL, 0) ==
              getxattr(ob_test_path(out, "file"), "user.a", NULL, 0));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, fidelity__attributes_and_acls);
    tcase_add_test(cases, fidelity__no_acl_from_the_destination);
    tcase_add_test(cases, fidelity__no_acl_from_a_replaced_folder);
    tcase_add_test(cases, fidelity__set_id_bits_owners_and_times);
    tcase_add_test(cases, fidelity__hard_links_across_folders);
    tcase_add_test(cases, fidelity__holes_stay_holes);
    tcase_add_test(cases, fidelity__fifos_devices_and_sockets);
    tcase_add_test(cases, fidelity__inode_flags);
    tcase_add_test(cases, fidelity__names_of_any_bytes_and_a_wide_folder);
    tcase_add_test(cases, fidelity__a_deep_tree);
    tcase_add_test(cases, fidelity__operations_fail_one_by_one);
    tcase_add_test(cases, fidelity__restored_by_who_may_not);
    tcase_add_test(cases, fidelity__without_security);
}

OB_TEST_MAIN("restore_fidelity", add_cases)
