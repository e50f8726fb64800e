#include "scene.h"
#include "source/place.h"
#include "source/walk.h"

#include "ob/host.h"

#include <string.h>

#define NAMES_MOST 4096

/* What came up: the last component of each path, "(x)" if it was passed through, joined by ' '.
 * Paths above the source are left out. */
typedef struct walked {
    char text[NAMES_MOST];
    ob_status status;
    size_t count, failed;
    char kinds[256]; /* in brackets if it is no warning */
    char failures[512];
} walked;

static void take_event(void *context, const ob_event *event)
{
    walked *w = context;
    const char *slash = strrchr(event->path, event->path[0] == '/' ? '/' : '\\');
    if (event->kind == OB_EVENT_FAILED) {
        w->failed++;
        strncat(w->failures, slash + 1, 60);
        strncat(w->failures, " ", 2);
    } else {
        bool warns = event->kind == OB_EVENT_SKIPPED_KIND;
        strncat(w->kinds, warns ? "" : "(", 2);
        strncat(w->kinds, event->what, 60);
        strncat(w->kinds, warns ? " " : ") ", 3);
    }
}

static void note(walked *w, const ob_walk_item *item, size_t above)
{
    size_t left = sizeof w->text - strlen(w->text) - 1;
    w->count++;
    if (item->path_length <= above) {
        return;
    }
    const char *slash = strrchr(item->path, '/');
    if (w->text[0] != '\0') {
        strncat(w->text, " ", left);
    }
    strncat(w->text, item->passed ? "(" : "", left);
    strncat(w->text, slash + 1, left);
    strncat(w->text, item->passed ? ")" : "", left);
}

static walked walk(scene *self)
{
    const ob_control control = {.event = take_event};
    static walked w;
    ob_control with = control;
    ob_report report;
    ob_walk *walking = NULL;
    const ob_selection selection = {.context = self,
                                    .roots = self->roots,
                                    .root_count = self->root_count,
                                    .skip_caches = self->skip_caches,
                                    .decide = scene_decide};
    size_t above = strlen(self->source) - (self->source[0] == '/' ? 1 : 0);
    memset(&w, 0, sizeof w);
    with.context = &w;
    ob_report_begin(&report, &with, &self->clock.clock);
    w.status = ob_walk_open(&self->rig.engine, &selection, &report, &walking);
    while (w.status == OB_OK) {
        ob_walk_item item;
        w.status = ob_walk_next(walking, &item);
        if (w.status != OB_OK || item.path == NULL) {
            break;
        }
        note(&w, &item, above);
    }
    ob_walk_close(walking);
    ob_report_end(&report);
    return w;
}

static void make(scene *self, const char *const *names, size_t count)
{
    scene_open(self);
    for (size_t i = 0; i < count; i++) {
        const char *path = scene_path(self, names[i]);
        size_t length = strlen(names[i]);
        if (names[i][length - 1] == '/') {
            ob_check_ok(ob_fs_make_dirs(ob_fs_os(), path, false));
        } else {
            ob_test_write_text(path, "x");
        }
    }
}

static const char *const tree[] = {"a/", "a/b/", "a/b/c", "a-x", "a/d", "e/", "f"};

START_TEST(walk__in_the_order_of_the_list)
{
    scene self;
    make(&self, tree, 7);
    walked w = walk(&self);
    ob_check_ok(w.status);
    ck_assert_str_eq(w.text, "a b c d a-x e f");
    ck_assert_uint_eq(w.failed, 0);
    scene_close(&self);
}
END_TEST

START_TEST(walk__folders_above_roots_come_up_once)
{
    scene self;
    make(&self, tree, 7);
    self.roots[0] = scene_path(&self, "f");
    self.roots[1] = scene_path(&self, "a/b/c");
    self.roots[2] = scene_path(&self, "a/d");
    self.roots[3] = scene_path(&self, "a/d"); /* twice */
    self.root_count = 4;
    walked w = walk(&self);
    ob_check_ok(w.status);
    ck_assert_str_eq(w.text, "(a) (b) c d f");
    scene_close(&self);
}
END_TEST

START_TEST(walk__a_root_below_another_counts_once)
{
    scene self;
    make(&self, tree, 7);
    self.roots[0] = scene_path(&self, "a/b");
    self.roots[1] = scene_path(&self, "a");
    self.root_count = 2;
    ck_assert_str_eq(walk(&self).text, "a b c d");
    scene_close(&self);
}
END_TEST

START_TEST(walk__skips_and_passes)
{
    scene self;
    make(&self, tree, 7);
    self.skip[0] = scene_path(&self, "a-x");
    self.pass[0] = scene_path(&self, "a");
    self.pass[1] = scene_path(&self, "e"); /* nothing in it: does not come up */
    self.pass[2] = scene_path(&self, "f"); /* no folder: left out */
    ck_assert_str_eq(walk(&self).text, "(a) b c d");
    self.skip[1] = scene_path(&self, "a/b");
    self.skip[2] = scene_path(&self, "a/d");
    ck_assert_str_eq(walk(&self).text, "");
    scene_close(&self);
}
END_TEST

START_TEST(walk__never_enters_the_agents_own_folders)
{
    scene self;
    make(&self, tree, 7);
    self.rig.engine.skip_dirs[0] = scene_path(&self, "none");
    self.rig.engine.skip_dirs[1] = scene_path(&self, "a");
    walked w = walk(&self);
    ck_assert_str_eq(w.text, "a-x e f");
    ck_assert_str_eq(w.kinds, "(own folder) ");
    /* Who asks for one of them is warned that he does not get it. */
    self.roots[1] = scene_path(&self, "a");
    self.root_count = 2;
    w = walk(&self);
    ck_assert_str_eq(w.text, "a-x e f");
    ck_assert_str_eq(w.kinds, "own folder ");
    scene_close(&self);
}
END_TEST

/* The vault's folder may be named by way of a link to it. */
START_TEST(walk__never_enters_them_behind_a_link_either)
{
    const ob_fs *fs = ob_fs_os();
    scene self;
    make(&self, tree, 7);
    if (ob_place_separator == '/') {
        const char *link = ob_test_path(self.base, "vault");
        const char *broken = ob_test_path(self.base, "broken");
        ob_check_ok(fs->make_symlink(fs, NULL, link, scene_path(&self, "a"), true));
        ob_check_ok(fs->make_symlink(fs, NULL, broken, "none", true));
        self.rig.engine.skip_dirs[0] = broken; /* nothing to leave out */
        self.rig.engine.skip_dirs[1] = link;
        ck_assert_str_eq(walk(&self).text, "a-x e f");
    }
    scene_close(&self);
}
END_TEST

START_TEST(walk__a_missing_root_is_an_event)
{
    scene self;
    make(&self, tree, 7);
    self.roots[0] = scene_path(&self, "none");
    self.roots[1] = scene_path(&self, "f");
    self.root_count = 2;
    walked w = walk(&self);
    ob_check_ok(w.status);
    ck_assert_str_eq(w.text, "f");
    ck_assert_str_eq(w.failures, "none ");
    scene_close(&self);
}
END_TEST

START_TEST(walk__a_root_that_is_no_path)
{
    scene self;
    make(&self, tree, 7);
    self.roots[0] = "relative";
    walked w = walk(&self);
    ob_check_status(w.status, OB_E_INVALID_ARGUMENT);
    scene_close(&self);
}
END_TEST

/* Fails one operation on one name. */
typedef struct wrong {
    const char *operation, *name;
    ob_status status;
} wrong;

static ob_status go_wrong(ob_test_fs *wrapper, const char *operation, const char *name)
{
    const wrong *what = wrapper->context;
    if (strcmp(operation, what->operation) == 0 && name != NULL && strcmp(name, what->name) == 0) {
        return ob_fail(what->status, "%s made to fail", name);
    }
    return OB_OK;
}

START_TEST(walk__what_cannot_be_read_is_told)
{
    scene self;
    static wrong cases[] = {{"dir_open", "b", OB_E_ACCESS_DENIED},
                            {"stat", "c", OB_E_NOT_FOUND},
                            {"dir_open", "a", OB_E_IO},
                            {"stat", "a", OB_E_IO}};
    static const char *const texts[] = {"a b d a-x e f", "a b d a-x e f", "a a-x e f", "a-x e f"};
    make(&self, tree, 7);
    self.rig.fs.before = go_wrong;
    for (size_t i = 0; i < 4; i++) {
        self.rig.fs.context = &cases[i];
        walked w = walk(&self);
        ob_check_ok(w.status);
        ck_assert_str_eq(w.text, texts[i]);
        ck_assert_str_eq(w.failures, ob_test_format("%s ", cases[i].name));
    }
    scene_close(&self);
}
END_TEST

/* Names say what stat() answers for them. */
static ob_status odd_stat(const ob_fs *fs, ob_dir *dir, const char *name, ob_file_info *out)
{
    const ob_fs *real = ob_fs_os();
    ob_status status = real->stat(real, dir, name, out);
    (void)fs;
    out->type = strcmp(name, "fifo") == 0      ? OB_FILE_FIFO
                : strcmp(name, "sock") == 0    ? OB_FILE_SOCKET
                : strcmp(name, "disk") == 0    ? OB_FILE_BLOCK_DEVICE
                : strcmp(name, "reparse") == 0 ? OB_FILE_OTHER
                                               : out->type;
    out->device += strcmp(name, "mount") == 0 ? 1 : 0;
    return status;
}

START_TEST(walk__kinds_that_are_left_out)
{
    static const char *const names[] = {"disk",       "fifo",    "mount/", "mount/x",
                                        "mount/sub/", "reparse", "sock",   "z"};
    scene self;
    make(&self, names, 8);
    ob_fs fs = *ob_fs_os();
    fs.stat = odd_stat;
    self.rig.engine.fs = &fs;
    walked w = walk(&self);
    ob_check_ok(w.status);
    ck_assert_str_eq(w.text, "disk fifo mount reparse z");
    ck_assert_str_eq(w.kinds, "other file system socket ");
    self.skip[0] = scene_path(&self, "fifo");
    self.pass[0] = scene_path(&self, "mount");
    w = walk(&self);
    ck_assert_str_eq(w.text, "disk reparse z");
    ck_assert_str_eq(w.kinds, "other file system socket ");
    scene_close(&self);
}
END_TEST

/* Names that begin with a digit are on the file system of that number. */
static ob_status stat_of_disks(const ob_fs *fs, ob_dir *dir, const char *name, ob_file_info *out)
{
    const ob_fs *real = ob_fs_os();
    ob_status status = real->stat(real, dir, name, out);
    const char *last = strrchr(name, ob_place_separator);
    last = last != NULL ? last + 1 : name;
    (void)fs;
    out->device += last[0] >= '1' && last[0] <= '9' ? (uint64_t)(last[0] - '0') : 0;
    return status;
}

START_TEST(walk__a_root_below_another_on_another_file_system)
{
    static const char *const names[] = {"1/",
                                        "1/1a",
                                        "1/1sub/",
                                        "1/1sub/1b",
                                        "1/1sub/1want/",
                                        "1/1sub/1want/1c",
                                        "1/1sub/1want/2/",
                                        "1/1sub/1want/2/2a",
                                        "1/1z/",
                                        "1/1z/1d",
                                        "a"};
    static const struct {
        const char *root, *pass, *text, *kinds;
    } cases[] = {
        {"a", NULL, "1 a", "other file system "},
        {"1", NULL, "1 1a 1sub 1b 1want 1c 2 1z 1d a", "other file system "},
        /* On the way to a root, what lies beside it is not entered. */
        {"1/1sub/1want", NULL, "1 1sub 1want 1c 2 a", "other file system other file system "},
        {"1/1sub/1want", "1", "(1) 1sub 1want 1c 2 a", "other file system other file system "},
        {"1/1sub/1want/2", NULL, "1 1sub 1want 2 2a a", "other file system "},
        {"1/1sub/1b", NULL, "1 1sub 1b a", "other file system "},
        {"1/none", NULL, "1 a", "other file system "},
    };
    scene self;
    make(&self, names, sizeof names / sizeof names[0]);
    ob_fs fs = *ob_fs_os();
    fs.stat = stat_of_disks;
    self.rig.engine.fs = &fs;
    self.root_count = 2;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        self.roots[1] = scene_path(&self, cases[i].root);
        self.pass[0] = cases[i].pass != NULL ? scene_path(&self, cases[i].pass) : NULL;
        walked w = walk(&self);
        ob_check_ok(w.status);
        ck_assert_str_eq(w.text, cases[i].text);
        ck_assert_str_eq(w.kinds, cases[i].kinds);
        ck_assert_uint_eq(w.failed, 0);
    }
    scene_close(&self);
}
END_TEST

/* By the character behind the number: k is of the kernel, t is temporary, b cannot be told. */
static ob_status kind_of_disk(const ob_fs *fs, ob_dir *dir, const char *name, ob_volume_kind *out)
{
    const char *last = strrchr(name, ob_place_separator);
    char c = (last != NULL ? last + 1 : name)[1];
    (void)fs;
    (void)dir;
    *out = c == 'k' ? OB_VOLUME_KERNEL : c == 't' ? OB_VOLUME_PASSING : OB_VOLUME_DATA;
    return c == 'b' ? ob_fail(OB_E_IO, "%s", name) : OB_OK;
}

START_TEST(walk__kinds_of_volumes)
{
    static const char *const names[] = {"1b/", "1b/x", "2k/",      "2k/2sub/", "2k/2sub/y",
                                        "3t/", "3t/z", "3t/3sub/", "a"};
    static const struct {
        const char *root, *text, *kinds;
    } cases[] = {
        {"a", "1b 2k 3t a", "other file system (kernel file system) (temporary file system) "},
        {"1b", "1b x 2k 3t a", "(kernel file system) (temporary file system) "},
        {"2k", "1b 2k 3t a", "other file system kernel file system (temporary file system) "},
        {"2k/2sub", "1b 2k 3t a", "other file system kernel file system (temporary file system) "},
        {"3t", "1b 2k 3t 3sub z a", "other file system (kernel file system) "},
    };
    scene self;
    make(&self, names, sizeof names / sizeof names[0]);
    ob_fs fs = *ob_fs_os();
    fs.stat = stat_of_disks;
    fs.volume_kind = kind_of_disk;
    self.rig.engine.fs = &fs;
    self.root_count = 2;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        self.roots[1] = scene_path(&self, cases[i].root);
        walked w = walk(&self);
        ob_check_ok(w.status);
        ck_assert_str_eq(w.text, cases[i].text);
        ck_assert_str_eq(w.kinds, cases[i].kinds);
        ck_assert_uint_eq(w.failed, 0);
    }
    /* A file of the kernel says that it has no bytes: better none than an empty one. */
    ob_test_write_text(scene_path(&self, "4k"), "file");
    self.roots[0] = scene_path(&self, "4k");
    self.root_count = 1;
    walked w = walk(&self);
    ck_assert_str_eq(w.text, "");
    ck_assert_str_eq(w.kinds, "kernel file system ");
    scene_close(&self);
}
END_TEST

START_TEST(walk__reads_no_file_of_the_kernel)
{
    scene self;
    scene_open(&self);
    if (strcmp(ob_host_platform(), "linux") == 0) {
        self.rig.engine.fs = ob_fs_os();
        self.roots[0] = "/proc";
        self.roots[1] = "/proc/self/status";
        self.roots[2] = "/sys/kernel";
        self.root_count = 3;
        walked w = walk(&self);
        ob_check_ok(w.status);
        ck_assert_str_eq(w.kinds, "kernel file system kernel file system ");
        ck_assert_uint_eq(w.failed, 0);
        ck_assert_uint_le(w.count, 4); /* the folders themselves and those above */
    }
    scene_close(&self);
}
END_TEST

static const char *loops;

static ob_status stat_of_loop(const ob_fs *fs, ob_dir *dir, const char *name, ob_file_info *out)
{
    const ob_fs *real = ob_fs_os();
    (void)fs;
    return strcmp(name, "loop") == 0 ? real->stat(real, NULL, loops, out)
                                     : real->stat(real, dir, name, out);
}

START_TEST(walk__a_folder_inside_of_itself)
{
    static const char *const names[] = {"a/", "a/b/", "a/b/loop/", "a/b/loop/x", "a/c"};
    scene self;
    make(&self, names, 5);
    ob_fs fs = *ob_fs_os();
    fs.stat = stat_of_loop;
    self.rig.engine.fs = &fs;
    loops = scene_path(&self, "a");
    walked w = walk(&self);
    ob_check_ok(w.status);
    ck_assert_str_eq(w.text, "a b c");
    ck_assert_str_eq(w.kinds, "folder inside of itself ");
    /* A number that many folders have says nothing. */
    loops = scene_path(&self, "a/c");
    ob_check_ok(ob_fs_os()->remove_file(ob_fs_os(), NULL, loops));
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), loops, false));
    w = walk(&self);
    ck_assert_str_eq(w.text, "a b loop x c");
    ck_assert_str_eq(w.kinds, "");
    scene_close(&self);
}
END_TEST

#define CACHE_TAG "Signature: 8a477f597d28d172789f06886806bc55"

START_TEST(walk__caches)
{
    static const char *const names[] = {
        "cache/",  "cache/a/", "cache/a/keep/", "cache/a/keep/k", "cache/a/x",
        "cache/z", "fake/",    "fake/y",        "dir/",           "dir/CACHEDIR.TAG/"};
    scene self;
    make(&self, names, 10);
    ob_test_write_text(scene_path(&self, "cache/CACHEDIR.TAG"), CACHE_TAG "\n# by a test\n");
    ob_test_write_text(scene_path(&self, "fake/CACHEDIR.TAG"), "Signature: 8a477f");
    walked w = walk(&self);
    ck_assert_uint_eq(w.count, walk(&self).count);
    ck_assert_str_eq(w.kinds, "");
    self.skip_caches = true;
    w = walk(&self);
    ob_check_ok(w.status);
    ck_assert_str_eq(w.text, "cache CACHEDIR.TAG dir CACHEDIR.TAG fake CACHEDIR.TAG y");
    ck_assert_str_eq(w.kinds, "(cache) ");
    ck_assert_uint_eq(w.failed, 0);
    /* What is asked for below comes up. */
    self.roots[1] = scene_path(&self, "cache/a/keep");
    self.root_count = 2;
    w = walk(&self);
    ck_assert_str_eq(w.text, "cache CACHEDIR.TAG a keep k dir CACHEDIR.TAG fake CACHEDIR.TAG y");
    /* A tag that cannot be read says nothing. */
    static wrong denied = {"open", "CACHEDIR.TAG", OB_E_ACCESS_DENIED};
    self.rig.fs.context = &denied;
    self.rig.fs.before = go_wrong;
    self.root_count = 1;
    w = walk(&self);
    ck_assert_str_eq(w.kinds, "");
    scene_close(&self);
}
END_TEST

START_TEST(walk__deeper_than_can_be_held_open)
{
    scene self;
    char path[2048] = "";
    scene_open(&self);
    if (strcmp(ob_host_platform(), "linux") == 0) {
        for (int i = 0; i < 530; i++) {
            strcat(path, "/d");
        }
        ob_check_ok(ob_fs_make_dirs(ob_fs_os(), ob_test_format("%s%s", self.source, path), false));
        walked w = walk(&self);
        ob_check_ok(w.status);
        ck_assert_uint_eq(w.failed, 1);
        ck_assert_uint_ge(w.count, 500);
    }
    scene_close(&self);
}
END_TEST

START_TEST(walk__memory_that_runs_out)
{
    scene self;
    bool hit = true;
    make(&self, tree, 7);
    self.roots[1] = scene_path(&self, "a/b");
    self.root_count = 2;
    self.rig.engine.skip_dirs[0] = scene_path(&self, "e");
    self.rig.engine.fs = ob_fs_os();
    for (uint64_t n = 1; hit; n++) {
        ob_test_alloc_begin(n, false);
        walked w = walk(&self);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(w.status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
    scene_close(&self);
}
END_TEST

/* Every failure of the file system is an event, and the walk goes on. */
START_TEST(walk__files_that_fail_one_by_one)
{
    scene self;
    bool hit = true;
    make(&self, tree, 7);
    size_t all = walk(&self).count;
    for (uint64_t n = 1; hit; n++) {
        ob_test_fs_fail(&self.rig.fs, n, false);
        walked w = walk(&self);
        hit = self.rig.fs.hit;
        ob_check_ok(w.status);
        ck_assert(!hit || w.failed == 1 || w.count == all);
    }
    scene_close(&self);
}
END_TEST

/* It is not met by the walk of the other root, and nothing is left out in silence. */
START_TEST(walk__a_root_behind_a_link_is_told)
{
    scene self;
    make(&self, tree, 7);
    const ob_fs *fs = ob_fs_os();
    const char *link = scene_path(&self, "link");
    ob_status made = fs->make_symlink(fs, NULL, link, scene_path(&self, "a"), true);
    if (made == OB_E_NOT_SUPPORTED) {
        scene_close(&self); /* Wine has no links */
        return;
    }
    ob_check_ok(made);
    self.roots[0] = self.source;
    self.roots[1] = scene_path(&self, "link/b");
    self.root_count = 2;
    walked w = walk(&self);
    ck_assert_str_eq(w.text, "a b c d a-x e f link");
    ck_assert_str_eq(w.kinds, "root behind a link ");
    self.skip[0] = scene_path(&self, "link");
    w = walk(&self);
    ck_assert_str_eq(w.text, "a b c d a-x e f");
    ck_assert_str_eq(w.kinds, "root behind a link ");
    scene_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, walk__a_root_behind_a_link_is_told);
    tcase_add_test(cases, walk__in_the_order_of_the_list);
    tcase_add_test(cases, walk__folders_above_roots_come_up_once);
    tcase_add_test(cases, walk__a_root_below_another_counts_once);
    tcase_add_test(cases, walk__skips_and_passes);
    tcase_add_test(cases, walk__never_enters_the_agents_own_folders);
    tcase_add_test(cases, walk__never_enters_them_behind_a_link_either);
    tcase_add_test(cases, walk__a_missing_root_is_an_event);
    tcase_add_test(cases, walk__a_root_that_is_no_path);
    tcase_add_test(cases, walk__what_cannot_be_read_is_told);
    tcase_add_test(cases, walk__kinds_that_are_left_out);
    tcase_add_test(cases, walk__a_root_below_another_on_another_file_system);
    tcase_add_test(cases, walk__kinds_of_volumes);
    tcase_add_test(cases, walk__reads_no_file_of_the_kernel);
    tcase_add_test(cases, walk__a_folder_inside_of_itself);
    tcase_add_test(cases, walk__caches);
    tcase_add_test(cases, walk__deeper_than_can_be_held_open);
    tcase_add_test(cases, walk__memory_that_runs_out);
    tcase_add_test(cases, walk__files_that_fail_one_by_one);
}

OB_TEST_MAIN("source_walk", add_cases)
