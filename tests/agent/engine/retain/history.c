#include "history.h"

#include "ob/host.h"
#include "point/manifest.h"
#include "repo/point_object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY INT64_C(86400)

void history_open(history *h)
{
    memset(h, 0, sizeof *h);
    scene_open(&h->scene);
    history_pass(h, 0);
    ob_test_write_text(scene_path(&h->scene, "stays"), "the same for ever");
}

void history_close(history *h)
{
    scene_close(&h->scene);
}

void history_pass(history *h, int64_t seconds)
{
    h->scene.clock.now += seconds * 1000000000;
    h->scene.clock.monotonic += seconds > 0 ? (uint64_t)seconds * 1000000000 : 0;
    memory_store_set_time(h->scene.rig.store, h->scene.clock.now);
}

static void change(history *h, size_t number)
{
    uint8_t *data = rig_text(number, 40000);
    ob_test_write_file(scene_path(&h->scene, "changes"), data, 40000);
    free(data);
    data = rig_text(1000 + number, 30000);
    ob_test_write_file(scene_path(&h->scene, ob_test_format("new-%zu", number)), data, 30000);
    free(data);
    if (number >= 2) {
        const char *old = scene_path(&h->scene, ob_test_format("new-%zu", number - 2));
        ob_status status = ob_fs_os()->remove_file(ob_fs_os(), NULL, old);
        ck_assert(status == OB_OK || status == OB_E_NOT_FOUND); /* the number was there before */
    }
}

static void copy_file(const char *from, const char *to)
{
    size_t length = 0;
    const uint8_t *data = ob_test_read_file(from, &length);
    ob_test_write_file(to, data, length);
}

static const char *copy_source(history *h, size_t number)
{
    const char *copy = ob_test_path(h->scene.base, ob_test_format("copy-%zu", number));
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), copy, false));
    copy_file(scene_path(&h->scene, "stays"), ob_test_path(copy, "stays"));
    copy_file(scene_path(&h->scene, "changes"), ob_test_path(copy, "changes"));
    for (size_t i = number > 0 ? number - 1 : 0; i <= number; i++) {
        const char *name = ob_test_format("new-%zu", i);
        copy_file(scene_path(&h->scene, name), ob_test_path(copy, name));
    }
    return copy;
}

size_t history_backup(history *h)
{
    size_t number = h->count;
    ck_assert_uint_lt(number, HISTORY_MOST);
    history_pass(h, DAY - 3600);
    change(h, number);
    ob_check_ok(scene_backup(&h->scene));
    history_pass(h, 0);
    h->points[number].id = h->scene.last.point;
    h->points[number].copy = copy_source(h, number);
    return h->count++;
}

static void note(void *context, const ob_pruned_point *point)
{
    history *h = context;
    if (h->told_count < HISTORY_MOST) {
        h->told[h->told_count++] = *point;
    }
}

ob_status history_prune(history *h, uint32_t days, const ob_guid *remove)
{
    const ob_retention_rule rule = {h->scene.policy, {.days = days}};
    const ob_prune_options options = {.rules = &rule,
                                      .rule_count = days > 0 ? 1 : 0,
                                      .remove = remove,
                                      .remove_count = remove != NULL ? 1 : 0,
                                      .told = note,
                                      .context = h};
    h->told_count = 0;
    return ob_prune_run(&h->scene.rig.engine, &options, NULL, &h->result);
}

const char *history_differs(history *h, size_t number)
{
    static unsigned counter;
    ob_restore_options options = {.point = h->points[number].id};
    options.destination = ob_test_path(h->scene.base, ob_test_format("back-%u", counter++));
    ob_status status = scene_restore(&h->scene, &options);
    if (OB_FAILED(status)) {
        return ob_test_format("%s (%s)", ob_status_lookup(status)->symbol, ob_detail());
    }
    if (h->scene.event_count > 0) {
        return ob_test_format("%s: %s", h->scene.events[0].path, h->scene.events[0].detail);
    }
    const char *differs = ob_test_tree_differs(scene_restored(&h->scene, options.destination),
                                               h->points[number].copy, 0);
    ob_check_ok(ob_fs_remove_tree(ob_fs_os(), options.destination));
    return differs;
}

void history_check(history *h, size_t from)
{
    for (size_t i = from; i < h->count; i++) {
        const char *differs = history_differs(h, i);
        ck_assert_msg(differs == NULL, "point %zu: %s", i, differs);
    }
}

static ob_status count_point(void *context, const ob_point_info *point)
{
    (void)point;
    ++*(size_t *)context;
    return OB_OK;
}

size_t history_shown(history *h)
{
    size_t count = 0;
    ob_check_ok(ob_points_list(&h->scene.rig.engine, NULL, count_point, &count));
    return count;
}

/* ---- points of nothing but packs ---- */

static void pack_name(uint32_t number, uint8_t name[OB_SHA256_SIZE])
{
    rig_pack_name(number, name);
}

static const char *pack_text(uint32_t number)
{
    uint8_t name[OB_SHA256_SIZE];
    char text[OB_SHA256_HEX];
    pack_name(number, name);
    ob_hex_encode(text, name, sizeof name);
    return ob_test_format("%s", text);
}

void history_put_pack(ob_store *store, uint32_t number)
{
    ob_check_ok(store->ops->put(store, OB_OBJECT_PACK, pack_text(number), "pack", 4));
}

bool history_has_pack(ob_store *store, uint32_t number)
{
    uint64_t size = 0;
    return store->ops->size(store, OB_OBJECT_PACK, pack_text(number), &size) == OB_OK;
}

ob_guid history_guid(uint32_t number)
{
    ob_guid id = {{0x77}};
    memcpy(id.bytes + 12, &number, sizeof number);
    return id;
}

static int by_name(const void *a, const void *b)
{
    return memcmp(a, b, OB_SHA256_SIZE);
}

ob_status history_put_point(ob_engine *engine, uint32_t number, int64_t time, const char *policy,
                            const uint32_t *packs, size_t count, uint32_t days)
{
    char name[OB_OBJECT_NAME_MAX];
    ob_buf list = {0};
    ob_buf bytes = {0};
    ob_buf object = {0};
    ob_tools_pool pool;
    ob_tools *tools = NULL;
    ob_manifest manifest = {.id = history_guid(number),
                            .time = time,
                            .started = time,
                            .policy = policy,
                            .machine_name = "machine",
                            .platform = ob_host_platform(),
                            .version = "test"};
    for (size_t i = 0; i < count; i++) {
        uint8_t pack[OB_SHA256_SIZE];
        pack_name(packs[i], pack);
        ob_buf_put(&list, pack, sizeof pack);
    }
    if (count > 0) {
        qsort(list.data, count, OB_SHA256_SIZE, by_name);
    }
    ob_check_ok(ob_tools_pool_init(&pool, engine->keys, false));
    ob_check_ok(ob_tools_take(&pool, &tools));
    ob_check_ok(ob_manifest_write(&bytes, &manifest));
    ob_manifest_object_name(name, time, &manifest.id);
    ob_check_ok(
        ob_point_object_seal(tools, engine->keys, name, &list, bytes.data, bytes.length, &object));
    ob_status status =
        ob_store_commit(engine->store, name, object.data, object.length, list.data, count, days);
    ob_tools_give(&pool, tools);
    ob_tools_pool_destroy(&pool);
    ob_buf_free(&list);
    ob_buf_free(&bytes);
    ob_buf_free(&object);
    return status;
}
