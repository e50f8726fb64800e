#include "golden.h"

#include "key/envelope.h"
#include "ob/text.h"
#include "repo/point_object.h"
#include "repo/repo.h"

#include <stdlib.h>
#include <string.h>

const golden_file golden_files[GOLDEN_FILES] = {{"small", 1, 3000, 0},
                                                {"other/b", 2, 70000, 0},
                                                {"large", 3, (size_t)3 << 20, 0},
                                                {"new", 4, 50000, 1},
                                                {"third", 5, 12000, 2}};

/* ---- the sound vault ---- */

static void put_envelope(golden *self, const char *name, const ob_keyring *keys)
{
    static const char passphrase[] = "sixteen characters";
    ob_buf bytes = {0};
    ob_check_ok(ob_envelope_make(keys, passphrase, strlen(passphrase), (ob_scrypt_cost){4, 1, 1},
                                 NULL, NULL, &bytes));
    memory_store_set(self->origin, OB_OBJECT_KEY, name, bytes.data, bytes.length);
    ob_buf_free(&bytes);
}

/* The packs, in the order in which points began to name them. */
static void name_packs(golden *self)
{
    for (unsigned i = 0; i < GOLDEN_POINTS; i++) {
        const memory_object *point = memory_store_at(self->origin, OB_OBJECT_POINT, i);
        ob_point_object object;
        memcpy(self->point[i], point->name, sizeof self->point[i]);
        ob_check_ok(ob_point_object_parse(&object, point->data, point->length));
        for (uint32_t k = 0; k < object.pack_count; k++) {
            char name[OB_OBJECT_NAME_MAX] = "";
            ob_hex_encode(name, object.packs + (size_t)k * OB_SHA256_SIZE, OB_SHA256_SIZE);
            uint8_t class = memory_store_find(self->origin, OB_OBJECT_PACK, name)->data[10];
            char(*of)[OB_OBJECT_NAME_MAX] = class == OB_CHUNK_DATA ? self->data : self->meta;
            bool old = false;
            for (unsigned run = 0; run < i; run++) {
                old = old || strcmp(of[run], name) == 0;
            }
            if (!old) {
                ck_assert_str_eq(of[i], "");
                memcpy(of[i], name, sizeof name);
            }
        }
        ck_assert_str_ne(self->data[i], "");
        ck_assert_str_ne(self->meta[i], "");
    }
}

static void run_epoch_two(golden *self)
{
    scene *scene = &self->stand.scene;
    ob_keyring_free(scene->rig.keys);
    scene->rig.keys = rig_keys(2);
    scene->rig.engine.keys = scene->rig.keys;
    uint8_t *data = rig_text(golden_files[4].seed, golden_files[4].length);
    ob_test_write_file(scene_path(scene, golden_files[4].name), data, golden_files[4].length);
    free(data);
    ob_check_ok(scene_backup(scene));
    ck_assert_uint_eq(scene->event_count, 0);
    put_envelope(self, "00000002", scene->rig.keys);
}

void golden_open(golden *self)
{
    memset(self, 0, sizeof *self);
    stand_open(&self->stand);
    self->origin = self->stand.store;
    run_epoch_two(self);
    name_packs(self);
    ck_assert_uint_eq(memory_store_count(self->origin, OB_OBJECT_PACK), 2 * GOLDEN_POINTS);
    ck_assert_uint_eq(memory_store_count(self->origin, OB_OBJECT_INDEX), GOLDEN_POINTS);
    for (unsigned i = 0; i < GOLDEN_POINTS; i++) {
        const memory_object *index = memory_store_at(self->origin, OB_OBJECT_INDEX, i);
        memcpy(self->index[i], index->name, sizeof self->index[i]);
    }
    self->store = memory_store_new();
    ob_check_ok(ob_keyring_new(&self->others));
    golden_reset(self);
}

void golden_close(golden *self)
{
    ob_store_close(self->store);
    ob_keyring_free(self->others);
    self->stand.scene.rig.engine.store = self->origin;
    stand_close(&self->stand);
}

void golden_reset(golden *self)
{
    memory_store_copy(self->store, self->origin);
    self->stand.store = self->store;
    self->stand.scene.rig.engine.store = self->store;
    rig_lose_cache(&self->stand.scene.rig);
    self->expected[0] = '\0';
}

/* ---- objects ---- */

memory_object *golden_get(golden *self, ob_object_kind kind, const char *name)
{
    memory_object *object = memory_store_find(self->store, kind, name);
    ck_assert_ptr_nonnull(object);
    return object;
}

void golden_put_hashed(golden *self, ob_object_kind kind, const char *name, const void *data,
                       size_t length)
{
    uint8_t hash[OB_SHA256_SIZE];
    ob_object_hash(data, length, hash);
    memset(self->expected, 0, sizeof self->expected);
    ob_hex_encode(self->expected, hash, sizeof hash);
    memory_store_set(self->store, kind, self->expected, data, length);
    if (name != NULL) {
        memory_store_remove(self->store, kind, name);
    }
}

void golden_sum(memory_object *object)
{
    size_t length = object->length - OB_SHA256_SIZE;
    ob_object_hash(object->data, length, object->data + length);
}

ob_index_entry golden_place(golden *self, const char *file)
{
    ob_repo *repo = NULL;
    ob_chunk_id id;
    ob_index_entry entry;
    ob_tools *tools = NULL;
    const golden_file *of = golden_files;
    while (strcmp(of->name, file) != 0) {
        of++;
    }
    ob_chunker *chunker = NULL;
    ob_check_ok(ob_chunker_new(self->stand.scene.rig.keys, &chunker));
    uint8_t *data = rig_text(of->seed, of->length);
    size_t length = ob_chunker_cut(chunker, data, of->length, true);
    ob_check_ok(ob_repo_open(&self->stand.scene.rig.engine, false, &repo));
    ob_check_ok(ob_repo_load_whole(repo));
    ob_check_ok(ob_tools_take(&repo->pool, &tools));
    ob_check_ok(ob_hasher_id(tools->hasher, data, length, &id));
    ob_tools_give(&repo->pool, tools);
    ck_assert(ob_index_find(repo->index, &id, 0, &entry));
    ob_repo_close(repo);
    ob_chunker_free(chunker);
    free(data);
    return entry;
}

void golden_put_index(golden *self, const char *pack, uint32_t size, const ob_index_entry *entries,
                      size_t count, bool bad)
{
    rig_index index;
    ob_buf plain = {0};
    uint8_t name[OB_SHA256_SIZE];
    uint8_t hash[OB_SHA256_SIZE];
    uint32_t number = 0;
    ob_index_entry copies[8];
    ck_assert_uint_le(count, 8);
    rig_index_open(&index, &self->stand.scene.rig);
    ob_check_ok(ob_hex_decode(hash, sizeof hash, pack, strlen(pack)));
    ob_check_ok(ob_packs_add(&index.index.packs, hash, size, OB_CHUNK_DATA, &number));
    for (size_t i = 0; i < count; i++) {
        copies[i] = entries[i];
        copies[i].pack = number;
    }
    ob_check_ok(bad ? ob_index_write_bad(&index.index.packs, copies, count, &plain)
                    : ob_index_write(&index.index.packs, copies, count, &plain));
    ob_check_ok(ob_index_put(&index.index, &plain, name));
    rig_index_close(&index);
    ob_buf_free(&plain);
}

ob_buf golden_manifest(golden *self, const char *point)
{
    ob_repo *repo = NULL;
    ob_buf manifest = {0};
    ob_check_ok(ob_repo_open(&self->stand.scene.rig.engine, false, &repo));
    ob_check_ok(ob_repo_read_point(repo, point, &manifest));
    ob_repo_close(repo);
    return manifest;
}

void golden_put_point(golden *self, const ob_keyring *keys, const char *name, const char *like,
                      const ob_buf *packs, const void *manifest, size_t length)
{
    ob_tools_pool pool;
    ob_tools *tools = NULL;
    ob_buf named = {0};
    ob_buf object = {.limit = OB_POINT_MOST};
    ob_point_object parsed;
    const memory_object *from = golden_get(self, OB_OBJECT_POINT, like);
    ob_check_ok(ob_point_object_parse(&parsed, from->data, from->length));
    ob_buf_put(&named, parsed.packs, (size_t)parsed.pack_count * OB_SHA256_SIZE);
    ob_check_ok(ob_tools_pool_init(&pool, keys, false));
    ob_check_ok(ob_tools_take(&pool, &tools));
    ob_check_ok(ob_point_object_seal(tools, keys, name, packs != NULL ? packs : &named, manifest,
                                     length, &object));
    ob_tools_give(&pool, tools);
    ob_tools_pool_destroy(&pool);
    char copy[OB_OBJECT_NAME_MAX] = "";
    memcpy(copy, name, strlen(name));
    memory_store_set(self->store, OB_OBJECT_POINT, copy, object.data, object.length);
    memcpy(self->expected, copy, sizeof copy);
    ob_buf_free(&named);
    ob_buf_free(&object);
}
