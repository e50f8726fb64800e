/* Deletion while things fail: each operation of the store, each call to the file system below a
 * folder vault, each allocation, once or from then on, as if the process had died there. After each
 * the points that stay can be restored, and the next backup and the next run succeed. A slice of
 * the places, or with OB_TEST_EACH in the environment each of them. */
#include "history.h"

#include "ob/folder_vault.h"
#include "ob/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY INT64_C(86400)
#define KEPT 3 /* the last so many points stay */

typedef struct faulty {
    history h;
    ob_store *before; /* the vault as it is found by each run */
    int64_t now;
    uint64_t count; /* faults that were made to happen */
} faulty;

static void tick(history *h)
{
    ob_store *store = h->scene.rig.store;
    uint64_t token = 0;
    ob_check_ok(store->holds->lock(store, 10, &token));
    ob_check_ok(store->holds->unlock(store, token));
}

/* A vault in which a run has all to do: points and packs to mark, others to sweep, index objects to
 * write anew, a pack to bring back. */
static void faulty_open(faulty *f)
{
    f->count = 0;
    history *h = &f->h;
    history_open(h);
    for (int i = 0; i < 6; i++) {
        history_backup(h);
    }
    ob_check_ok(history_prune(h, 2, NULL));
    for (int i = 0; i < 3; i++) {
        history_pass(h, 5 * DAY);
        tick(h);
    }
    for (int i = 0; i < 3; i++) {
        history_backup(h);
    }
    f->before = memory_store_new();
    memory_store_copy(f->before, h->scene.rig.store);
    f->now = h->scene.clock.now;
    ob_check_ok(history_prune(h, 2, NULL));
    ck_assert_uint_gt(h->result.points_marked, 0);
    ck_assert_uint_gt(h->result.points_swept, 0);
    ck_assert_uint_gt(h->result.packs_marked, 0);
    ck_assert_uint_gt(h->result.packs_swept, 0);
    ck_assert_uint_gt(h->result.indexes_written, 0);
}

static void faulty_close(faulty *f)
{
    printf("%llu faults\n", (unsigned long long)f->count);
    ob_store_close(f->before);
    history_close(&f->h);
}

static void set_time(faulty *f, int64_t now)
{
    f->h.scene.clock.now = now;
    history_pass(&f->h, 0);
}

/* What must hold after a fault, by a store that works. `deep`: with a lost cache, and a backup. */
static void check_all(faulty *f, bool deep)
{
    history *h = &f->h;
    size_t count = h->count;
    rig_lose_cache(&h->scene.rig);
    history_check(h, count - KEPT);
    if (!deep) {
        return;
    }
    history_pass(h, 3600); /* the lock of who died has ended */
    ob_check_ok(history_prune(h, 2, NULL));
    history_backup(h);
    history_check(h, count - KEPT);
    ob_check_ok(history_prune(h, 2, NULL));
    history_check(h, count - 1);
    h->count = count;
}

/* ---- operations of the store ---- */

static uint64_t step_of(uint64_t usual)
{
    return getenv("OB_TEST_EACH") != NULL ? 1 : usual;
}

static void sweep_store(faulty *f, bool for_ever, uint64_t step)
{
    history *h = &f->h;
    ob_store *store = h->scene.rig.store;
    ob_status status = OB_E_IO;
    for (uint64_t n = 0; OB_FAILED(status); n += step) {
        memory_store_copy(store, f->before);
        set_time(f, f->now);
        memory_store_fail(store, n, OB_E_IO, for_ever);
        status = history_prune(h, 2, NULL);
        memory_store_fail(store, 0, OB_OK, false);
        ck_assert(status == OB_OK || status == OB_E_IO);
        f->count++;
        check_all(f, f->count % 3 == 0);
    }
}

START_TEST(faults__of_the_store)
{
    static faulty f;
    faulty_open(&f);
    uint64_t step = step_of(13);
    sweep_store(&f, false, step);
    sweep_store(&f, true, step);
    ck_assert_uint_gt(f.count, 60 / step);
    faulty_close(&f);
}
END_TEST

START_TEST(faults__of_memory)
{
    static faulty f;
    bool hit = true;
    faulty_open(&f);
    ob_store *store = f.h.scene.rig.store;
    uint64_t thin = step_of(3) == 1 ? 8 : 3;
    for (uint64_t n = 1; hit; n += 1 + n / thin) {
        memory_store_copy(store, f.before);
        set_time(&f, f.now);
        ob_test_alloc_begin(n, false);
        ob_status status = history_prune(&f.h, 2, NULL);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
        f.count++;
        check_all(&f, false);
    }
    faulty_close(&f);
}
END_TEST

/* ---- calls to the file system ---- */

typedef struct place {
    const char *vault;
    ob_guid machine;
    const char *folder; /* the machine's */
} place;

static void make_vault(place *to, const ob_clock *clock)
{
    ob_buf text = {0};
    char guid[OB_GUID_TEXT];
    ob_credentials credentials = {0};
    to->vault = ob_test_path(ob_test_temp(), "vault");
    ob_check_ok(ob_guid_new(&to->machine));
    ob_guid_format(guid, &to->machine);
    to->folder = ob_test_path(ob_test_path(to->vault, "machines"), guid);
    ob_check_ok(ob_folder_vault_create(ob_fs_os(), clock, to->vault, NULL));
    ob_check_ok(ob_folder_vault_issue(ob_fs_os(), clock, to->vault, NULL, 1, &text));
    ob_check_ok(ob_credentials_parse(&credentials, text.data, text.length, clock->now(clock)));
    ob_check_ok(
        ob_folder_vault_register(ob_fs_os(), clock, &credentials, &to->machine, "m", "linux"));
    ob_credentials_free(&credentials);
    ob_buf_free(&text);
}

static const char *path_of(const place *at, ob_object_kind kind, const char *name)
{
    const char *folder = ob_test_path(at->folder, ob_object_kind_name(kind));
    if (kind == OB_OBJECT_PACK) {
        folder = ob_test_path(folder, ob_test_format("%.2s", name));
    }
    return ob_test_path(folder, name);
}

typedef struct extra {
    const place *at;
    ob_store *from;
    ob_object_kind kind;
    const char *paths[64];
    size_t count;
} extra;

static ob_status find_extra(void *context, const char *name, uint64_t size)
{
    extra *e = context;
    (void)size;
    if (memory_store_find(e->from, e->kind, name) == NULL && e->count < 64) {
        e->paths[e->count++] = path_of(e->at, e->kind, name);
    }
    return OB_OK;
}

/* What runs and backups have added since. */
static void remove_added(const place *at, ob_store *from, ob_store *store)
{
    for (ob_object_kind kind = 0; kind < OB_OBJECT_KINDS; kind++) {
        extra e = {.at = at, .from = from, .kind = kind};
        ob_check_ok(store->ops->list(store, kind, "", find_extra, &e));
        for (size_t i = 0; i < e.count; i++) {
            ob_check_ok(ob_fs_os()->remove_file(ob_fs_os(), NULL, e.paths[i]));
        }
    }
}

/* The folder vault becomes the one in memory, holds and all. */
static void fill(const place *to, ob_store *from, ob_store *store)
{
    size_t length = 0;
    for (ob_object_kind kind = 0; kind < OB_OBJECT_KINDS; kind++) {
        for (size_t i = 0; i < memory_store_count(from, kind); i++) {
            const memory_object *object = memory_store_at(from, kind, i);
            const char *path = path_of(to, kind, object->name);
            if (!ob_test_exists(path)) {
                ob_test_write_file(path, object->data, object->length);
            }
        }
    }
    const uint8_t *holds = memory_store_holds(from, &length);
    ob_test_write_file(ob_test_path(to->folder, "holds"), holds, length);
    remove_added(to, from, store);
}

static void sweep_files(faulty *f, const place *at, bool from_then_on, uint64_t step)
{
    history *h = &f->h;
    ob_engine *engine = &h->scene.rig.engine;
    ob_store *memory = h->scene.rig.store;
    ob_store *clean = NULL;
    ob_test_fs wrapper;
    bool hit = true;
    ob_check_ok(ob_folder_store_open(ob_fs_os(), at->vault, &at->machine, &clean));
    ob_folder_store_set_clock(clean, &h->scene.clock.clock);
    for (uint64_t n = 1; hit; n += step) {
        ob_store *store = NULL;
        set_time(f, f->now);
        fill(at, f->before, clean);
        ob_test_fs_init(&wrapper, ob_fs_os());
        wrapper.torn = true;
        ob_check_ok(ob_folder_store_open(&wrapper.fs, at->vault, &at->machine, &store));
        ob_folder_store_set_clock(store, &h->scene.clock.clock);
        ob_test_fs_fail(&wrapper, n, from_then_on);
        engine->store = store;
        ob_status status = history_prune(h, 2, NULL);
        hit = wrapper.hit;
        ob_store_close(store);
        ck_assert(hit || status == OB_OK);
        f->count += hit ? 1 : 0;
        engine->store = clean;
        check_all(f, n % (7 * step) == 1);
    }
    engine->store = memory;
    ob_store_close(clean);
}

START_TEST(faults__of_files)
{
    static faulty f;
    place at;
    faulty_open(&f);
    make_vault(&at, &f.h.scene.clock.clock);
    uint64_t step = step_of(97);
    sweep_files(&f, &at, false, step);
    sweep_files(&f, &at, true, step);
    faulty_close(&f);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 900);
    tcase_add_test(cases, faults__of_the_store);
    tcase_add_test(cases, faults__of_memory);
    tcase_add_test(cases, faults__of_files);
}

OB_TEST_MAIN("retain_faults", add_cases)
