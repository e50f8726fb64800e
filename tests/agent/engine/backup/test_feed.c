#include "backup/feed.h"
#include "scene.h"

#include <string.h>

/* Gives `size` bytes that follow from its name, in pieces, and fails or cancels at `fails_at`. */
typedef struct source {
    const char *name;
    uint64_t size;
    uint64_t fails_at; /* 0: does not */
    ob_status status;
    uint64_t given;
    unsigned opened, closed;
} source;

static ob_status open_source(void *context, void **stream)
{
    source *self = context;
    if (self->status != OB_OK && self->fails_at == 0) {
        return ob_fail(self->status, "%s does not open", self->name);
    }
    self->opened++;
    self->given = 0;
    *stream = self;
    return OB_OK;
}

static uint8_t byte_at(const source *self, uint64_t offset)
{
    uint64_t mixed = (offset / 7 + (uint64_t)(unsigned char)self->name[0]) * 0x9E3779B97F4A7C15u;
    return (uint8_t)(mixed >> 56);
}

static ob_status read_source(void *stream, void *data, size_t size, size_t *got)
{
    source *self = stream;
    uint8_t *bytes = data;
    uint64_t left = self->size - self->given;
    size_t count = size < 50000 ? size : 50000;
    count = left < count ? (size_t)left : count;
    if (self->fails_at != 0 && self->given >= self->fails_at) {
        return ob_fail(self->status, "%s broke off", self->name);
    }
    for (size_t i = 0; i < count; i++) {
        bytes[i] = byte_at(self, self->given + i);
    }
    self->given += count;
    *got = count;
    return OB_OK;
}

static void close_source(void *stream)
{
    source *self = stream;
    self->closed++;
}

static ob_feed feed_of(source *self)
{
    return (ob_feed){self->name, self, open_source, read_source, close_source};
}

static const char *restored(scene *self, const char *name)
{
    static int number;
    ob_restore_options options = {.point = self->last.point};
    options.destination = ob_test_path(self->base, ob_test_format("out%d", ++number));
    ob_check_ok(scene_restore(self, &options));
    return ob_test_path(options.destination, ob_test_format("%s/%s", OB_FEED_FOLDER, name));
}

static void check_content(const source *self, const char *path)
{
    size_t length = 0;
    const uint8_t *data = ob_test_read_file(path, &length);
    ck_assert_uint_eq(length, self->size);
    size_t same = 0;
    while (same < length && data[same] == byte_at(self, same)) {
        same++;
    }
    ck_assert_msg(same == length, "%s differs at %zu", self->name, same);
}

START_TEST(feed__comes_back_as_files)
{
    static source sources[] = {{.name = "z", .size = 5000000},
                               {.name = "a", .size = 0},
                               {.name = "m.dump", .size = 12345}};
    ob_feed feeds[3];
    scene self;
    scene_open(&self);
    ob_test_write_text(scene_path(&self, "file"), "text");
    for (size_t i = 0; i < 3; i++) {
        feeds[i] = feed_of(&sources[i]);
    }
    self.feeds = feeds;
    self.feed_count = 3;
    ob_check_ok(scene_backup(&self));
    ck_assert_uint_eq(self.event_count, 0);
    ck_assert_str_eq(scene_list(&self, OB_FEED_FOLDER, "", 100), "a|m.dump|z");
    for (size_t i = 0; i < 3; i++) {
        check_content(&sources[i], restored(&self, sources[i].name));
        ck_assert_uint_eq(sources[i].opened, 1);
        ck_assert_uint_eq(sources[i].closed, 1);
    }
    uint64_t stored = self.last.totals.bytes_stored;
    ck_assert_uint_ge(self.last.totals.bytes_done, 5012345);
    ck_assert_uint_eq(self.last.totals.bytes_done, self.last.totals.bytes_total);
    ck_assert_uint_eq(self.last.totals.files_done, self.last.totals.files_total);
    /* Read again, and found to be the same. */
    ob_check_ok(scene_backup(&self));
    ck_assert_uint_eq(sources[0].opened, 2);
    ck_assert_uint_lt(self.last.totals.bytes_stored, stored / 10);
    check_content(&sources[0], restored(&self, "z"));
    scene_close(&self);
}
END_TEST

START_TEST(feed__that_fails_is_not_kept)
{
    static source sources[] = {
        {.name = "good", .size = 1000},
        {.name = "late", .size = 9000000, .fails_at = 6000000, .status = OB_E_COMMAND_FAILED},
        {.name = "never", .size = 10, .status = OB_E_NOT_FOUND}};
    ob_feed feeds[3];
    scene self;
    scene_open(&self);
    for (size_t i = 0; i < 3; i++) {
        feeds[i] = feed_of(&sources[i]);
    }
    self.feeds = feeds;
    self.feed_count = 3;
    ob_test_write_text(scene_path(&self, "file"), "text");
    ob_check_ok(scene_backup(&self));
    ck_assert_uint_eq(self.event_count, 2);
    ck_assert_uint_eq(scene_told(&self, OB_EVENT_FAILED, OB_FEED_FOLDER "/late", NULL), 1);
    ck_assert_str_eq(self.events[0].detail, "late broke off");
    ck_assert_uint_eq(scene_told(&self, OB_EVENT_FAILED, OB_FEED_FOLDER "/never", NULL), 1);
    ck_assert_uint_eq(self.last.totals.files_failed, 2);
    ck_assert_str_eq(scene_list(&self, OB_FEED_FOLDER, "", 100), "good");
    ck_assert_uint_eq(sources[1].closed, 1);
    ck_assert_uint_eq(sources[2].closed, 0);
    /* Alone and failed it is no backup. */
    self.feeds = &feeds[2];
    self.feed_count = 1;
    ob_check_ok(ob_fs_os()->remove_file(ob_fs_os(), NULL, scene_path(&self, "file")));
    ob_check_ok(ob_fs_os()->remove_dir(ob_fs_os(), NULL, self.source));
    ob_check_status(scene_backup(&self), OB_E_NOTHING_TO_BACK_UP);
    scene_close(&self);
}
END_TEST

START_TEST(feed__cancelled)
{
    static source cancelled = {
        .name = "x", .size = 9000000, .fails_at = 6000000, .status = OB_E_CANCELLED};
    ob_feed feed = feed_of(&cancelled);
    scene self;
    scene_open(&self);
    self.feeds = &feed;
    self.feed_count = 1;
    ob_test_write_text(scene_path(&self, "file"), "text");
    ob_check_status(scene_backup(&self), OB_E_CANCELLED);
    ck_assert_uint_eq(cancelled.closed, 1);
    scene_close(&self);
}
END_TEST

/* ---- among the items of a walk ---- */

static const char *order_of(scene *self, const char *const *walk)
{
    static source sources[] = {{.name = "b"}, {.name = "a"}};
    ob_feed feeds[] = {feed_of(&sources[0]), feed_of(&sources[1])};
    const ob_control control = {.context = NULL};
    const char *text = "";
    ob_report report;
    ob_repo *repo = NULL;
    ob_feeds *open = NULL;
    ob_report_begin(&report, &control, &self->clock.clock);
    ob_check_ok(ob_repo_open(&self->rig.engine, true, &repo));
    ob_check_ok(ob_feeds_open(&self->rig.engine, repo, &report, feeds, 2, 1, &open));
    for (bool more = true; more; walk++) {
        more = *walk != NULL;
        while (ob_feeds_due(open, *walk, more ? strlen(*walk) : 0)) {
            ob_entry entry;
            bool kept = false;
            ob_check_ok(ob_feeds_next(open, &entry, &kept));
            ck_assert(kept);
            text = ob_test_format("%s %s", text, entry.path);
        }
        text = ob_test_format("%s %s", text, more ? *walk : "end");
    }
    text = ob_test_format("%s, %u failed", text, (unsigned)report.progress.files_failed);
    ob_feeds_close(open);
    ob_repo_close(repo);
    ob_report_end(&report);
    return text;
}

START_TEST(feed__in_the_order_of_the_list)
{
    static const char *const rows[][6] = {
        {NULL},
        {"bin", "usr", NULL},
        {"usr", NULL},
        {"bin", "commands", "commands/0", "commands/ab", "commands-x", NULL},
        {"commands", "commands/a", "commands/b", "commands/b/c", NULL},
    };
    static const char *const wanted[] = {
        " commands commands/a commands/b end, 0 failed",
        " bin commands commands/a commands/b usr end, 0 failed",
        " commands commands/a commands/b usr end, 0 failed",
        " bin commands commands/0 commands/a commands/ab commands/b commands-x end, 0 failed",
        " commands commands/a commands/b commands/b/c end, 2 failed",
    };
    scene self;
    scene_open(&self);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_str_eq(order_of(&self, rows[i]), wanted[i]);
    }
    scene_close(&self);
}
END_TEST

START_TEST(feed__none)
{
    ob_feeds *open = NULL;
    ob_check_ok(ob_feeds_open(NULL, NULL, NULL, NULL, 0, 0, &open));
    ck_assert_ptr_null(open);
    ck_assert(!ob_feeds_due(open, NULL, 0));
    ob_feeds_close(open);
}
END_TEST

static ob_status take_all(scene *self, ob_repo *repo, const ob_feed *feed)
{
    const ob_control control = {.context = NULL};
    ob_report report;
    ob_feeds *open = NULL;
    ob_report_begin(&report, &control, &self->clock.clock);
    ob_status status = ob_feeds_open(&self->rig.engine, repo, &report, feed, 1, 1, &open);
    while (status == OB_OK && ob_feeds_due(open, NULL, 0)) {
        ob_entry entry;
        bool kept = false;
        status = ob_feeds_next(open, &entry, &kept);
    }
    ob_feeds_close(open);
    ob_report_end(&report);
    return status;
}

START_TEST(feed__memory_runs_out_at_each_allocation)
{
    static source small = {.name = "small", .size = 100};
    ob_feed feed = feed_of(&small);
    ob_repo *repo = NULL;
    scene self;
    bool hit = true;
    scene_open(&self);
    ob_check_ok(ob_repo_open(&self.rig.engine, true, &repo));
    ob_check_ok(take_all(&self, repo, &feed));
    for (uint64_t n = 1; hit; n++) {
        ob_test_alloc_begin(n, false);
        ob_status status = take_all(&self, repo, &feed);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert_msg(status == (hit ? OB_E_NO_MEMORY : OB_OK), "allocation %llu: %s",
                      (unsigned long long)n, ob_status_lookup(status)->symbol);
    }
    ob_repo_close(repo);
    scene_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 100);
    tcase_add_test(cases, feed__comes_back_as_files);
    tcase_add_test(cases, feed__that_fails_is_not_kept);
    tcase_add_test(cases, feed__cancelled);
    tcase_add_test(cases, feed__in_the_order_of_the_list);
    tcase_add_test(cases, feed__none);
    tcase_add_test(cases, feed__memory_runs_out_at_each_allocation);
}

OB_TEST_MAIN("backup_feed", add_cases)
