#include "backup/count.h"
#include "scene.h"

#include <string.h>

/* A report's caller who waits for what is told. */
typedef struct listener {
    ob_mutex lock;
    ob_cond changed;
    ob_progress last;
    unsigned told, events;
} listener;

static void take_progress(void *context, const ob_progress *progress)
{
    listener *l = context;
    ob_mutex_lock(&l->lock);
    l->last = *progress;
    l->told++;
    ob_cond_broadcast(&l->changed);
    ob_mutex_unlock(&l->lock);
}

static void take_event(void *context, const ob_event *event)
{
    listener *l = context;
    (void)event;
    l->events++;
}

/* What a count of the scene tells; told 0 if it ended without. */
static listener count(scene *self, uint32_t wait_ms)
{
    static listener l;
    const ob_control control = {&l, NULL, take_progress, take_event};
    const ob_selection selection = {.context = self,
                                    .roots = self->roots,
                                    .root_count = self->root_count,
                                    .skip_caches = self->skip_caches,
                                    .decide = scene_decide};
    ob_report report;
    l = (listener){.told = 0};
    ob_mutex_init(&l.lock);
    ob_cond_init(&l.changed);
    ob_report_begin(&report, &control, &self->clock.clock);
    ob_count *counting = ob_count_start(&self->rig.engine, &selection, &report);
    ob_mutex_lock(&l.lock);
    for (uint32_t i = 0; i < wait_ms / 10 && counting != NULL && l.told == 0; i++) {
        ob_cond_wait_for(&l.changed, &l.lock, 10);
    }
    ob_mutex_unlock(&l.lock);
    ob_count_stop(counting);
    ob_report_end(&report);
    ob_cond_destroy(&l.changed);
    ob_mutex_destroy(&l.lock);
    return l;
}

static void make(scene *self)
{
    scene_open(self);
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), scene_path(self, "dir"), false));
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), scene_path(self, "left"), false));
    ob_test_write_text(scene_path(self, "a"), "12345");
    ob_test_write_text(scene_path(self, "dir/b"), "123");
    ob_test_write_text(scene_path(self, "left/c"), "1234567");
    self->skip[0] = scene_path(self, "left");
}

START_TEST(count__tells_what_a_backup_will_meet)
{
    scene self;
    make(&self);
    listener l = count(&self, 20000);
    ck_assert_uint_eq(l.told, 1);
    ck_assert(!l.last.scanning);
    ck_assert_uint_eq(l.last.bytes_total, 8);
    ck_assert_uint_eq(l.last.bytes_done, 0);
    ob_check_ok(scene_backup(&self));
    ck_assert_uint_eq(l.last.files_total, self.last.totals.files_total);
    ck_assert_uint_eq(l.last.bytes_total, self.last.totals.bytes_total);
    scene_close(&self);
}
END_TEST

/* What it meets is told by the backup's own walk, once. */
START_TEST(count__tells_no_events)
{
    scene self;
    make(&self);
    self.roots[1] = scene_path(&self, "none");
    self.root_count = 2;
    self.roots[2] = NULL;
    listener l = count(&self, 20000);
    ck_assert_uint_eq(l.told, 1);
    ck_assert_uint_eq(l.events, 0);
    scene_close(&self);
}
END_TEST

static ob_status refuse(void *context)
{
    (void)context;
    return ob_fail(OB_E_NO_MEMORY, "no threads");
}

START_TEST(count__not_without_a_thread)
{
    scene self;
    make(&self);
    ob_thread_set_start_hook(refuse, NULL);
    ck_assert_uint_eq(count(&self, 0).told, 0);
    ob_thread_set_start_hook(NULL, NULL);
    ob_count_stop(NULL);
    scene_close(&self);
}
END_TEST

START_TEST(count__memory_runs_out_at_each_allocation)
{
    scene self;
    bool hit = true;
    make(&self);
    self.rig.engine.fs = ob_fs_os();
    for (uint64_t n = 1; hit; n++) {
        ob_test_alloc_begin(n, true);
        listener l = count(&self, n == 1 ? 0 : 300);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert_uint_eq(l.told, hit ? 0 : 1);
        n += 4; /* each waits a while for what does not come */
    }
    scene_close(&self);
}
END_TEST

/* A walk that would take for ever ends at once. */
static ob_status endless(const ob_fs *fs, ob_dir *dir, const char *name, ob_file_info *out)
{
    static uint64_t id = 1;
    (void)fs;
    (void)dir;
    (void)name;
    *out = (ob_file_info){.type = OB_FILE_DIR, .device = 1, .file_id = id++};
    return OB_OK;
}

static ob_status endless_read(const ob_fs *fs, ob_dir *dir, ob_dir_entry *out)
{
    static uint64_t id = 1;
    (void)fs;
    (void)dir;
    *out = (ob_dir_entry){.name = "x", .type = OB_FILE_DIR};
    out->name = id++ % 3 == 0 ? NULL : id % 3 == 0 ? "x" : "y";
    return OB_OK;
}

static ob_status endless_open(const ob_fs *fs, ob_dir *parent, const char *name, ob_dir **out)
{
    (void)fs;
    (void)parent;
    (void)name;
    *out = NULL;
    return OB_OK;
}

static void endless_close(const ob_fs *fs, ob_dir *dir)
{
    (void)fs;
    (void)dir;
}

START_TEST(count__stops_when_it_is_told)
{
    scene self;
    make(&self);
    ob_fs fs = *ob_fs_os();
    fs.stat = endless;
    fs.dir_open = endless_open;
    fs.dir_read = endless_read;
    fs.dir_close = endless_close;
    self.rig.engine.fs = &fs;
    ck_assert_uint_eq(count(&self, 30).told, 0);
    scene_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, count__tells_what_a_backup_will_meet);
    tcase_add_test(cases, count__tells_no_events);
    tcase_add_test(cases, count__not_without_a_thread);
    tcase_add_test(cases, count__memory_runs_out_at_each_allocation);
    tcase_add_test(cases, count__stops_when_it_is_told);
}

OB_TEST_MAIN("backup_count", add_cases)
