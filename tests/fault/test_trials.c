/* What a machine does to a backup without any call failing: clocks that are set, others at the same
 * time, caches that are not its own, files that never end. */
#include "faults.h"

#include "ob/alloc.h"
#include "ob/thread.h"

#include <string.h>

#define YEAR (INT64_C(365) * 24 * 3600 * 1000000000)

static void must_hold(const char *trouble)
{
    ck_assert_msg(trouble == NULL, "%s", trouble);
}

static void good_backup(world *w)
{
    ob_check_ok(world_backup(w));
    ck_assert_msg(w->failed_count == 0, "%s", w->failed[0]);
    must_hold(world_check_points(w));
}

/* ---- the clock ---- */

static void set_and_back_up(world *w, int64_t by, bool lose_cache)
{
    ob_test_rng rng = {42};
    world_set_clock(w, by);
    world_change(w, &rng, 5);
    if (lose_cache) {
        world_lose_cache(w);
    }
    good_backup(w);
    must_hold(world_check_next(w)); /* nothing changed */
    world_change_fixed(w);
    good_backup(w);
}

START_TEST(trials__the_clock_is_set)
{
    static world w;
    world_open(&w);
    good_backup(&w);
    set_and_back_up(&w, -YEAR, _i == 1);
    set_and_back_up(&w, 2 * YEAR, _i == 1);
    set_and_back_up(&w, -YEAR, _i == 1);
    world_close(&w);
}
END_TEST

/* ---- two at once ---- */

typedef struct twin {
    world w;
    ob_status status;
} twin;

static void run_twin(void *argument)
{
    twin *t = argument;
    t->status = world_backup(&t->w);
}

/* Two runs share source and vault, and even the cache: both get their point. */
START_TEST(trials__two_backups_at_once)
{
    static world w;
    static twin twins[2];
    ob_thread *threads[2] = {NULL, NULL};
    world_open(&w);
    world_add_files(&w, 40, 50000);
    if (_i % 2 == 1) {
        good_backup(&w);
        world_change_fixed(&w);
    }
    for (unsigned i = 0; i < 2; i++) {
        twins[i].w = w;
        twins[i].w.clock.clock.context = &twins[i].w.clock;
        ob_check_ok(ob_thread_start(&threads[i], run_twin, &twins[i]));
    }
    for (unsigned i = 0; i < 2; i++) {
        ob_thread_join(threads[i]);
        ob_check_ok(twins[i].status);
        w.points[w.point_count] = twins[i].w.last.point;
        w.version[w.point_count++] = w.version_count - 1;
    }
    must_hold(world_check_points(&w));
    good_backup(&w);
    world_lose_cache(&w);
    good_backup(&w);
    world_close(&w);
}
END_TEST

/* ---- caches ---- */

/* Calls for each file of the cache. */
static unsigned each_of_cache(const ob_fs *fs, const char *folder,
                              void (*call)(const ob_fs *fs, const char *path, void *context),
                              void *context)
{
    ob_dir *dir = NULL;
    ob_dir_entry entry;
    unsigned count = 0;
    ob_check_ok(fs->dir_open(fs, NULL, folder, &dir));
    while (fs->dir_read(fs, dir, &entry) == OB_OK && entry.name != NULL) {
        const char *path = ob_test_format("%s/%s", folder, entry.name);
        if (entry.type == OB_FILE_DIR) {
            count += each_of_cache(fs, path, call, context);
        } else {
            call(fs, path, context);
            count++;
        }
    }
    fs->dir_close(fs, dir);
    return count;
}

static void copy_over(const ob_fs *fs, const char *path, void *context)
{
    const ob_fs *to = context;
    uint8_t *data = NULL;
    size_t length = 0;
    ob_check_ok(ob_fs_read_file(fs, path, SIZE_MAX, &data, &length));
    ob_check_ok(ob_fs_make_dirs(to, "/cache/index", true));
    ob_check_ok(ob_fs_replace_file(to, path, data, length, true));
    ob_free(data);
}

START_TEST(trials__the_cache_of_another_machine)
{
    static world w;
    static world other;
    world_open(&w);
    world_open(&other);
    good_backup(&w);
    world_change_fixed(&other);
    good_backup(&other);
    unsigned copied = each_of_cache(ob_memory_fs_use(other.disk), "/cache", copy_over,
                                    (void *)(uintptr_t)ob_memory_fs_use(w.disk));
    ck_assert_uint_ge(copied, 2);
    world_change_fixed(&w);
    good_backup(&w);
    must_hold(world_check_next(&w));
    world_close(&w);
    world_close(&other);
}
END_TEST

/* Turns the byte that says the version, and then all others one after the other. */
static void turn_byte(const ob_fs *fs, const char *path, void *context)
{
    size_t at = *(size_t *)context;
    ob_file *file = NULL;
    uint8_t byte = 0;
    size_t got = 0;
    ob_check_ok(fs->open(fs, NULL, path, OB_OPEN_READ | OB_OPEN_WRITE, &file));
    ob_check_ok(fs->read_at(fs, file, at, &byte, 1, &got));
    byte ^= 3;
    if (got == 1) {
        ob_check_ok(fs->write_at(fs, file, at, &byte, 1));
    }
    fs->close(fs, file);
}

START_TEST(trials__a_cache_of_another_version_or_damaged)
{
    static world w;
    world_open(&w);
    good_backup(&w);
    for (size_t at = 0; at < 120; at += at < 16 ? 1 : 13) {
        ck_assert_uint_ge(each_of_cache(ob_memory_fs_use(w.disk), "/cache", turn_byte, &at), 2);
        ob_check_ok(world_backup(&w));
        ck_assert_uint_eq(w.failed_count, 0);
    }
    must_hold(world_check_points(&w));
    must_hold(world_check_next(&w));
    world_close(&w);
}
END_TEST

/* ---- a file without an end ---- */

static ob_status grow(ob_test_fs *wrapper, const char *operation, const char *name)
{
    const ob_fs *fs = wrapper->inner;
    static const uint8_t more[5000] = {1};
    ob_file *file = NULL;
    ob_file_info info;
    (void)name;
    if (strcmp(operation, "read_at") == 0) {
        ob_check_ok(fs->open(fs, NULL, "/source/large", OB_OPEN_WRITE, &file));
        ob_check_ok(fs->file_stat(fs, file, &info));
        ob_check_ok(fs->write_at(fs, file, info.size, more, sizeof more));
        fs->close(fs, file);
    }
    return OB_OK;
}

/* Each read makes the file longer: it is read as far as it went when it was opened. */
START_TEST(trials__a_file_that_grows_for_ever)
{
    static world w;
    ob_test_fs files;
    world_open(&w);
    ob_test_fs_init(&files, ob_memory_fs_use(w.disk));
    files.before = grow;
    w.through = &files.fs;
    ob_check_ok(world_backup(&w));
    w.through = NULL;
    ck_assert_uint_eq(w.failed_count, 0);
    ck_assert_uint_ge(w.changed_count, 1);
    /* It is told, and read again when it has come to rest. */
    world_change_fixed(&w);
    must_hold(world_check_next(&w));
    world_close(&w);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_loop_test(cases, trials__the_clock_is_set, 0, 2);
    tcase_add_loop_test(cases, trials__two_backups_at_once, 0, 20);
    tcase_add_test(cases, trials__the_cache_of_another_machine);
    tcase_add_test(cases, trials__a_cache_of_another_version_or_damaged);
    tcase_add_test(cases, trials__a_file_that_grows_for_ever);
}
OB_TEST_MAIN("trials", add_cases)
