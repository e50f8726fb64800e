#include "backup/ring.h"
#include "scene.h"

#include <stdlib.h>
#include <string.h>

typedef struct stage {
    scene scene;
    ob_report report;
    ob_repo *repo;
    ob_ring *ring;
    ob_owners *owners;
    ob_control control;
    size_t failed;
    bool cancelled;
} stage;

static void count_failed(void *context, const ob_event *event)
{
    stage *self = context;
    self->failed += event->kind == OB_EVENT_FAILED;
}

static bool is_cancelled(void *context)
{
    const stage *self = context;
    return self->cancelled;
}

static ob_status open_ring(stage *self)
{
    ob_content pattern = {.engine = &self->scene.rig.engine,
                          .repo = self->repo,
                          .report = &self->report,
                          .owners = self->owners};
    return ob_ring_open(&self->scene.rig.engine, &pattern, &self->ring);
}

static void stage_open(stage *self)
{
    memset(self, 0, sizeof *self);
    scene_open(&self->scene);
    self->control = (ob_control){self, is_cancelled, NULL, count_failed};
    ob_check_ok(ob_owners_new(&self->owners));
    ob_report_begin(&self->report, &self->control, &self->scene.clock.clock);
    ob_check_ok(ob_repo_open(&self->scene.rig.engine, true, &self->repo));
}

static void stage_close(stage *self)
{
    ob_ring_close(self->ring);
    ob_owners_free(self->owners);
    ob_repo_close(self->repo);
    ob_report_end(&self->report);
    scene_close(&self->scene);
}

/* Puts the next file in; its path is "fNNNNN". */
static bool put(stage *self, unsigned number, bool work)
{
    ob_slot *slot = ob_ring_reserve(self->ring);
    if (slot == NULL) {
        return false;
    }
    const char *name = ob_test_format("f%05u", number);
    const char *place = scene_path(&self->scene, name);
    ob_buf_put(&slot->path, name, strlen(name) + 1);
    ob_buf_put(&slot->place, place, strlen(place) + 1);
    ob_buf_put(&slot->name, place, strlen(place) + 1);
    slot->entry.info = (ob_file_info){.type = OB_FILE_REGULAR, .size = number % 3};
    ob_ring_put(self->ring, slot, work);
    return true;
}

static unsigned take(stage *self, unsigned *dropped)
{
    ob_slot *slot = NULL;
    while (slot == NULL) {
        ob_check_ok(ob_ring_status(self->ring));
        slot = ob_ring_ready(self->ring, true);
    }
    unsigned number = (unsigned)strtoul((char *)slot->path.data + 1, NULL, 10);
    *dropped += slot->dropped;
    ob_ring_release(self->ring, slot);
    return number;
}

START_TEST(ring__gives_back_in_order)
{
    enum { COUNT = 3000 };
    stage self;
    unsigned dropped = 0;
    unsigned out = 0;
    stage_open(&self);
    for (unsigned i = 0; i < 300; i++) {
        ob_test_write_file(scene_path(&self.scene, ob_test_format("f%05u", i)), "abc", i % 3);
    }
    ob_check_ok(open_ring(&self));
    for (unsigned in = 0; in < COUNT; in++) {
        while (!put(&self, in, in % 5 != 0)) {
            ck_assert_uint_eq(take(&self, &dropped), out++);
        }
    }
    while (!ob_ring_empty(self.ring)) {
        ck_assert_uint_eq(take(&self, &dropped), out++);
    }
    ck_assert_uint_eq(out, COUNT);
    ck_assert_ptr_null(ob_ring_ready(self.ring, true));
    /* Files from 300 on do not exist: they are told and dropped. */
    ck_assert_uint_eq(dropped, (COUNT - 300) / 5 * 4);
    ck_assert_uint_eq(self.failed, dropped);
    stage_close(&self);
}
END_TEST

/* A file's content, chunk by chunk. */
static void check_content(stage *self, const ob_ids *ids, const uint8_t *data, size_t length)
{
    ob_buf chunk = {0};
    ob_entry entry = {.path = ""};
    size_t at = 0;
    ob_ids_give(ids, &entry);
    for (size_t i = 0; i < entry.id_count; i++) {
        ob_check_ok(ob_repo_read(self->repo, &entry.ids[i], &chunk));
        ck_assert_uint_le(chunk.length, length - at);
        ck_assert_mem_eq(chunk.data, data + at, chunk.length);
        at += chunk.length;
    }
    ck_assert_uint_eq(at, length);
    ob_buf_free(&chunk);
}

/* Several workers store the chunks of large files, and small ones come between. */
START_TEST(ring__large_files_are_shared)
{
    enum { LARGE = 24000001, FILES = 12 };
    stage self;
    ob_ids ids[FILES];
    stage_open(&self);
    self.scene.rig.engine.workers = 4;
    uint8_t *data = rig_text(1, LARGE);
    for (unsigned i = 0; i < FILES; i++) {
        ob_test_write_file(scene_path(&self.scene, ob_test_format("f%05u", i)), data + i,
                           i % 4 == 0 ? LARGE - i : 1000);
    }
    ob_check_ok(open_ring(&self));
    for (unsigned i = 0; i < FILES; i++) {
        ck_assert(put(&self, i, true));
    }
    for (unsigned i = 0; i < FILES; i++) {
        ob_slot *slot = NULL;
        while ((slot = ob_ring_ready(self.ring, true)) == NULL) {
            ob_check_ok(ob_ring_status(self.ring));
        }
        ck_assert(!slot->dropped);
        ids[i] = slot->ids;
        slot->ids = (ob_ids){0};
        ob_ring_release(self.ring, slot);
    }
    ob_check_ok(ob_repo_flush(self.repo));
    for (unsigned i = 0; i < FILES; i++) {
        check_content(&self, &ids[i], data + i, i % 4 == 0 ? LARGE - i : 1000);
        ob_ids_free(&ids[i]);
    }
    free(data);
    stage_close(&self);
}
END_TEST

START_TEST(ring__a_store_that_fails_ends_it)
{
    stage self;
    stage_open(&self);
    uint8_t *data = malloc((size_t)40 << 20);
    ob_test_rng rng = ob_test_rng_new(1);
    ck_assert_ptr_nonnull(data);
    ob_test_rng_fill(&rng, data, (size_t)40 << 20);
    ob_test_write_file(scene_path(&self.scene, "f00000"), data, (size_t)40 << 20);
    free(data);
    memory_store_fail(self.scene.rig.store, 0, OB_E_DISK_FULL, true);
    ob_check_ok(open_ring(&self));
    ck_assert(put(&self, 0, true));
    ob_status status = OB_OK;
    while (status == OB_OK) {
        ck_assert_ptr_null(ob_ring_ready(self.ring, true));
        status = ob_ring_status(self.ring);
    }
    ob_check_status(status, OB_E_DISK_FULL);
    stage_close(&self);
}
END_TEST

START_TEST(ring__stops_and_is_cancelled)
{
    for (int way = 0; way < 2; way++) {
        stage self;
        stage_open(&self);
        ob_check_ok(open_ring(&self));
        if (way == 0) {
            ob_ring_stop(self.ring);
        } else {
            self.cancelled = true;
        }
        ob_test_write_text(scene_path(&self.scene, "f00001"), "x");
        ck_assert(put(&self, 1, true));
        if (way == 1) {
            while (ob_ring_status(self.ring) == OB_OK) {
                ck_assert_ptr_null(ob_ring_ready(self.ring, true));
            }
            ob_check_status(ob_ring_status(self.ring), OB_E_CANCELLED);
        }
        stage_close(&self);
    }
}
END_TEST

static ob_status refuse_some(void *context)
{
    int *left = context;
    return --*left < 0 ? ob_fail(OB_E_NO_MEMORY, "no thread") : OB_OK;
}

START_TEST(ring__threads_that_do_not_start)
{
    stage self;
    unsigned dropped = 0;
    int left = 0;
    stage_open(&self);
    ob_thread_set_start_hook(refuse_some, &left);
    ob_check_status(open_ring(&self), OB_E_NO_MEMORY);
    ck_assert_ptr_null(self.ring);
    left = 1;
    ob_check_ok(open_ring(&self)); /* one is enough */
    ob_thread_set_start_hook(NULL, NULL);
    ck_assert(put(&self, 7, true));
    ck_assert_uint_eq(take(&self, &dropped), 7);
    stage_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, ring__gives_back_in_order);
    tcase_add_test(cases, ring__large_files_are_shared);
    tcase_add_test(cases, ring__a_store_that_fails_ends_it);
    tcase_add_test(cases, ring__stops_and_is_cancelled);
    tcase_add_test(cases, ring__threads_that_do_not_start);
}

OB_TEST_MAIN("backup_ring", add_cases)
