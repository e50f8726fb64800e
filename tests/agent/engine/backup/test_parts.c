#include "backup/parts.h"
#include "rig.h"

#include <stdlib.h>
#include <string.h>

enum { LENGTH = 5000 };

/* Helpers that take every second chunk and store it when they are waited for. */
typedef struct stage {
    rig rig;
    ob_repo *repo;
    ob_helpers helpers;
    unsigned offered;
    unsigned waits;
    const ob_part *away[OB_PARTS]; /* given away, and not stored yet */
    uint8_t data[OB_PARTS][LENGTH];
    bool ready; /* what is away gets done without being waited for */
} stage;

static bool offer(void *context, const uint8_t *data, size_t length, ob_part *part)
{
    stage *self = context;
    if (self->offered++ % 2 == 0) {
        return false;
    }
    for (unsigned i = 0; i < OB_PARTS; i++) {
        if (self->away[i] == NULL) {
            self->away[i] = part;
            memcpy(self->data[i], data, length);
            return true;
        }
    }
    return false;
}

static bool done(void *context, const ob_part *part, bool wait)
{
    stage *self = context;
    for (unsigned i = 0; i < OB_PARTS; i++) {
        if (self->away[i] == part) {
            if (!wait && !self->ready) {
                return false;
            }
            self->waits++;
            self->away[i] = NULL;
            ob_part_store((ob_part *)(uintptr_t)part, self->repo, self->data[i], part->length);
        }
    }
    return true;
}

static void stage_open(stage *self)
{
    memset(self, 0, sizeof *self);
    rig_open(&self->rig);
    ob_check_ok(ob_repo_open(&self->rig.engine, true, &self->repo));
    self->helpers = (ob_helpers){self, offer, done};
}

static void stage_close(stage *self)
{
    ob_repo_close(self->repo);
    rig_close(&self->rig);
}

static void put(stage *self, ob_parts *parts, bool helped, uint64_t seed)
{
    uint8_t *data = rig_text(seed, LENGTH);
    ob_parts_put(parts, helped ? &self->helpers : NULL, self->repo, data, LENGTH);
    free(data);
}

START_TEST(parts__come_out_in_order)
{
    stage self;
    ob_chunk_id ids[30];
    ob_part part;
    for (unsigned helped = 0; helped < 3; helped++) {
        ob_parts parts = {0};
        unsigned out = 0;
        stage_open(&self);
        self.ready = helped == 2;
        ck_assert(!ob_parts_take(&parts, &self.helpers, true, &part));
        for (unsigned in = 0; in < 30; in++) {
            put(&self, &parts, helped > 0, in);
            while (ob_parts_take(&parts, &self.helpers, parts.count == OB_PARTS, &part)) {
                ob_check_ok(part.status);
                ck_assert_uint_eq(part.length, LENGTH);
                ck_assert_uint_gt(part.stored, 0);
                ids[out++] = part.id;
            }
        }
        while (ob_parts_take(&parts, &self.helpers, true, &part)) {
            ids[out++] = part.id;
        }
        ck_assert_uint_eq(out, 30);
        ck_assert_uint_eq(self.waits, helped > 0 ? 15 : 0);
        ob_check_ok(ob_repo_flush(self.repo));
        for (unsigned i = 0; i < 30; i++) {
            rig_check(self.repo, &ids[i], i, LENGTH);
        }
        stage_close(&self);
    }
}
END_TEST

START_TEST(parts__dropping_waits_for_all)
{
    stage self;
    ob_parts parts = {0};
    stage_open(&self);
    for (unsigned i = 0; i < OB_PARTS; i++) {
        put(&self, &parts, true, i);
    }
    ob_parts_drop(&parts, &self.helpers);
    ck_assert_uint_eq(parts.count, 0);
    ck_assert_uint_eq(self.waits, OB_PARTS / 2);
    ob_parts_drop(&parts, NULL);
    stage_close(&self);
}
END_TEST

START_TEST(parts__tell_why_they_failed)
{
    stage self;
    ob_part part;
    ob_parts parts = {0};
    stage_open(&self);
    ob_repo_close(self.repo);
    ob_check_ok(ob_repo_open(&self.rig.engine, false, &self.repo)); /* for reading */
    put(&self, &parts, true, 1);
    put(&self, &parts, true, 2);
    for (unsigned i = 0; i < 2; i++) {
        ck_assert(ob_parts_take(&parts, &self.helpers, true, &part));
        ck_assert_int_eq(part.status, OB_E_INVALID_ARGUMENT);
        ck_assert_ptr_nonnull(strstr(part.detail, "reading"));
    }
    stage_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, parts__come_out_in_order);
    tcase_add_test(cases, parts__dropping_waits_for_all);
    tcase_add_test(cases, parts__tell_why_they_failed);
}
OB_TEST_MAIN("parts", add_cases)
