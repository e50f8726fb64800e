#include "hurts.h"

#include "maker.h"
#include "ob/text.h"
#include "pack/build.h"
#include "pack/read.h"
#include "repo/point_object.h"

#include <stdlib.h>
#include <string.h>

/* ---- what several of them do ---- */

static memory_object *named(golden *g, ob_object_kind kind, const char *name)
{
    memcpy(g->expected, name, OB_OBJECT_NAME_MAX);
    return golden_get(g, kind, name);
}

static void flip(golden *g, ob_object_kind kind, const char *name, size_t at)
{
    memory_object *object = named(g, kind, name);
    ck_assert_uint_lt(at, object->length);
    object->data[at] ^= 0x10;
}

static void flip_end(golden *g, ob_object_kind kind, const char *name, size_t from_end)
{
    flip(g, kind, name, golden_get(g, kind, name)->length - from_end);
}

static void cut(golden *g, ob_object_kind kind, const char *name, size_t length)
{
    named(g, kind, name)->length = length;
}

static void gone(golden *g, ob_object_kind kind, const char *name)
{
    memcpy(g->expected, name, OB_OBJECT_NAME_MAX);
    memory_store_remove(g->store, kind, name);
}

static void renamed(golden *g, ob_object_kind kind, const char *name, const char *to)
{
    const memory_object *object = golden_get(g, kind, name);
    memory_store_set(g->store, kind, to, object->data, object->length);
    memory_store_remove(g->store, kind, name);
    memset(g->expected, 0, sizeof g->expected);
    memcpy(g->expected, to, strlen(to));
}

static void swapped(golden *g, ob_object_kind kind, const char *one, const char *two)
{
    memory_object *a = named(g, kind, one);
    memory_object *b = golden_get(g, kind, two);
    uint8_t *data = a->data;
    size_t length = a->length;
    a->data = b->data;
    a->length = b->length;
    b->data = data;
    b->length = length;
}

static const char other_hash[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static const char other_point[] = "0000000000001000-0123456789abcdef0123456789abcdef";

/* ---- key envelopes ---- */

static const char newest[OB_OBJECT_NAME_MAX] = "00000002";
static const char oldest[OB_OBJECT_NAME_MAX] = "00000001";

static void key_magic(golden *g)
{
    flip(g, OB_OBJECT_KEY, newest, 0);
}
static void key_salt(golden *g)
{
    flip(g, OB_OBJECT_KEY, newest, 20);
}
static void key_sealed(golden *g)
{
    flip(g, OB_OBJECT_KEY, newest, 80);
}
static void key_sum(golden *g)
{
    flip_end(g, OB_OBJECT_KEY, newest, 1);
}
static void key_cut(golden *g)
{
    cut(g, OB_OBJECT_KEY, newest, 90);
}
static void key_empty(golden *g)
{
    cut(g, OB_OBJECT_KEY, newest, 0);
}
static void key_old_flipped(golden *g)
{
    flip(g, OB_OBJECT_KEY, oldest, 70);
}

static void key_older_only(golden *g)
{
    memory_store_remove(g->store, OB_OBJECT_KEY, newest);
    named(g, OB_OBJECT_KEY, oldest);
}

static void key_none(golden *g)
{
    memory_store_remove(g->store, OB_OBJECT_KEY, newest);
    memory_store_remove(g->store, OB_OBJECT_KEY, oldest);
}

static void key_swapped(golden *g)
{
    swapped(g, OB_OBJECT_KEY, newest, oldest);
}

static void key_newer_version(golden *g)
{
    memory_object *object = named(g, OB_OBJECT_KEY, newest);
    object->data[8] = 2;
    golden_sum(object);
}

static void key_asks_much(golden *g)
{
    memory_object *object = named(g, OB_OBJECT_KEY, newest);
    object->data[11] = 40;
    golden_sum(object);
}

/* ---- index objects ---- */

static void index_magic(golden *g)
{
    flip(g, OB_OBJECT_INDEX, g->index[0], 0);
}
static void index_sealed(golden *g)
{
    flip(g, OB_OBJECT_INDEX, g->index[1], 60);
}
static void index_tag(golden *g)
{
    flip_end(g, OB_OBJECT_INDEX, g->index[2], 1);
}
static void index_cut(golden *g)
{
    cut(g, OB_OBJECT_INDEX, g->index[0], 60);
}
static void index_empty(golden *g)
{
    cut(g, OB_OBJECT_INDEX, g->index[0], 0);
}
static void index_renamed(golden *g)
{
    renamed(g, OB_OBJECT_INDEX, g->index[0], other_hash);
}
static void index_swapped(golden *g)
{
    swapped(g, OB_OBJECT_INDEX, g->index[0], g->index[1]);
}

static void index_gone(golden *g)
{
    for (unsigned i = 0; i < GOLDEN_POINTS; i++) {
        memory_store_remove(g->store, OB_OBJECT_INDEX, g->index[i]);
    }
}

static void index_newer_version(golden *g)
{
    memory_object *object = golden_get(g, OB_OBJECT_INDEX, g->index[0]);
    object->data[8] = 2;
    golden_put_hashed(g, OB_OBJECT_INDEX, g->index[0], object->data, object->length);
}

static void index_epoch_unknown(golden *g)
{
    memory_object *object = golden_get(g, OB_OBJECT_INDEX, g->index[0]);
    object->data[12] = 9;
    golden_put_hashed(g, OB_OBJECT_INDEX, g->index[0], object->data, object->length);
}

/* Any plain bytes as an index object of these keys. */
static void put_sealed_index(golden *g, const ob_keyring *keys, const void *plain, size_t length)
{
    ob_tools_pool pool;
    ob_tools *tools = NULL;
    ob_buf bytes = {0};
    ob_buf object = {.limit = OB_INDEX_MOST};
    uint8_t name[OB_SHA256_SIZE];
    ob_buf_put(&bytes, plain, length);
    ob_check_ok(ob_tools_pool_init(&pool, keys, false));
    ob_check_ok(ob_tools_take(&pool, &tools));
    ob_check_ok(ob_index_seal(tools, keys, &bytes, &object, name));
    golden_put_hashed(g, OB_OBJECT_INDEX, NULL, object.data, object.length);
    ob_tools_give(&pool, tools);
    ob_tools_pool_destroy(&pool);
    ob_buf_free(&bytes);
    ob_buf_free(&object);
}

static void index_of_others(golden *g)
{
    put_sealed_index(g, g->others, "\0\0\0\0", 4);
}

static void index_nonsense(golden *g)
{
    put_sealed_index(g, g->stand.scene.rig.keys, "\xff\xff\xff\x7f nonsense", 13);
}

/* A chunk that is said to be where another one is. */
static void index_wrong_place(golden *g)
{
    ob_index_entry entry = golden_place(g, "small");
    entry.offset += 1;
    golden_put_index(g, g->data[0], (uint32_t)golden_get(g, OB_OBJECT_PACK, g->data[0])->length,
                     &entry, 1, false);
    named(g, OB_OBJECT_PACK, g->data[0]);
}

static void index_wrong_size(golden *g)
{
    ob_index_entry entry = golden_place(g, "small");
    index_gone(g);
    golden_put_index(g, g->data[0],
                     (uint32_t)golden_get(g, OB_OBJECT_PACK, g->data[0])->length + 4096, &entry, 1,
                     false);
    named(g, OB_OBJECT_PACK, g->data[0]);
}

/* What is nowhere needed may be nowhere. */
static void index_of_swept_pack(golden *g)
{
    ob_index_entry entry = rig_entry(1, 0);
    golden_put_index(g, other_hash, 1 << 21, &entry, 1, false);
}

static void index_false_alarm(golden *g)
{
    ob_index_entry entry = golden_place(g, "other/b");
    golden_put_index(g, g->data[0], (uint32_t)golden_get(g, OB_OBJECT_PACK, g->data[0])->length,
                     &entry, 1, true);
}

/* ---- packs ---- */

static void pack_magic(golden *g)
{
    flip(g, OB_OBJECT_PACK, g->data[0], 0);
}
static void pack_version(golden *g)
{
    flip(g, OB_OBJECT_PACK, g->data[0], 8);
}
static void pack_class(golden *g)
{
    flip(g, OB_OBJECT_PACK, g->data[0], 10);
}
static void pack_epoch(golden *g)
{
    flip(g, OB_OBJECT_PACK, g->data[0], 12);
}
static void pack_salt(golden *g)
{
    flip(g, OB_OBJECT_PACK, g->data[0], 30);
}

static void chunk_of(golden *g, const char *file, unsigned run, bool tag)
{
    ob_index_entry entry = golden_place(g, file);
    flip(g, OB_OBJECT_PACK, g->data[run], tag ? entry.offset + entry.length - 1 : entry.offset);
}

static void chunk_small(golden *g)
{
    chunk_of(g, "small", 0, false);
}
static void chunk_small_tag(golden *g)
{
    chunk_of(g, "small", 0, true);
}
static void chunk_b(golden *g)
{
    chunk_of(g, "other/b", 0, false);
}
static void chunk_large(golden *g)
{
    chunk_of(g, "large", 0, false);
}
static void chunk_new(golden *g)
{
    chunk_of(g, "new", 1, false);
}
static void chunk_third(golden *g)
{
    chunk_of(g, "third", 2, false);
}
static void pack_toc(golden *g)
{
    flip_end(g, OB_OBJECT_PACK, g->data[0], 60);
}
static void pack_footer(golden *g)
{
    flip_end(g, OB_OBJECT_PACK, g->data[0], 30);
}
static void pack_footer_tag(golden *g)
{
    flip_end(g, OB_OBJECT_PACK, g->data[0], 1);
}

static void pack_padding(golden *g)
{
    ob_tools_pool pool;
    ob_tools *tools = NULL;
    ob_pack_head head = {0};
    const memory_object *object = golden_get(g, OB_OBJECT_PACK, g->data[1]);
    const ob_keyring *keys = g->stand.scene.rig.keys;
    ob_check_ok(ob_tools_pool_init(&pool, keys, false));
    ob_check_ok(ob_tools_take(&pool, &tools));
    ob_check_ok(ob_pack_read_head(g->store, keys, tools, object->name, object->length, &head));
    ck_assert_uint_lt(head.footer.frames_end, head.footer.toc_offset);
    flip(g, OB_OBJECT_PACK, g->data[1], head.footer.frames_end);
    ob_pack_head_free(&head);
    ob_tools_give(&pool, tools);
    ob_tools_pool_destroy(&pool);
}

static void pack_toc_and_index(golden *g)
{
    index_gone(g);
    pack_toc(g);
}

static void pack_cut_a_byte(golden *g)
{
    cut(g, OB_OBJECT_PACK, g->data[0], golden_get(g, OB_OBJECT_PACK, g->data[0])->length - 1);
}

static void pack_cut_half(golden *g)
{
    cut(g, OB_OBJECT_PACK, g->data[0], golden_get(g, OB_OBJECT_PACK, g->data[0])->length / 2);
}

static void pack_empty(golden *g)
{
    cut(g, OB_OBJECT_PACK, g->data[0], 0);
}

static void pack_longer(golden *g)
{
    const memory_object *object = named(g, OB_OBJECT_PACK, g->data[0]);
    ob_buf bytes = {0};
    ob_buf_put(&bytes, object->data, object->length);
    ob_buf_put(&bytes, object->data, 4096);
    memory_store_set(g->store, OB_OBJECT_PACK, g->data[0], bytes.data, bytes.length);
    ob_buf_free(&bytes);
}

static void pack_zeros(golden *g)
{
    memory_object *object = named(g, OB_OBJECT_PACK, g->data[0]);
    memset(object->data, 0, object->length);
}

static void pack_sector(golden *g)
{
    ob_index_entry entry = golden_place(g, "large");
    memory_object *object = named(g, OB_OBJECT_PACK, g->data[0]);
    memset(object->data + entry.offset + 1000, 0, 512);
}

static void pack_gone(golden *g)
{
    gone(g, OB_OBJECT_PACK, g->data[0]);
}
static void pack_newest_gone(golden *g)
{
    gone(g, OB_OBJECT_PACK, g->data[2]);
}
static void pack_renamed(golden *g)
{
    renamed(g, OB_OBJECT_PACK, g->data[0], other_hash);
}
static void pack_swapped(golden *g)
{
    swapped(g, OB_OBJECT_PACK, g->data[0], g->data[1]);
}
static void pack_swapped_kinds(golden *g)
{
    swapped(g, OB_OBJECT_PACK, g->data[0], g->meta[0]);
}

static void pack_twice(golden *g)
{
    const memory_object *object = golden_get(g, OB_OBJECT_PACK, g->data[0]);
    memory_store_set(g->store, OB_OBJECT_PACK, other_hash, object->data, object->length);
    memset(g->expected, 0, sizeof g->expected);
    memcpy(g->expected, other_hash, sizeof other_hash);
}

static void pack_is_an_index(golden *g)
{
    const memory_object *object = golden_get(g, OB_OBJECT_INDEX, g->index[0]);
    memory_store_set(g->store, OB_OBJECT_PACK, g->data[1], object->data, object->length);
    named(g, OB_OBJECT_PACK, g->data[1]);
}

static void pack_is_text(golden *g)
{
    static const char text[] = "<html><body>404 Not Found</body></html>";
    memory_store_set(g->store, OB_OBJECT_PACK, g->data[1], text, sizeof text);
    named(g, OB_OBJECT_PACK, g->data[1]);
}

static void pack_newer_version(golden *g)
{
    memory_object *object = golden_get(g, OB_OBJECT_PACK, g->data[1]);
    object->data[8] = 2;
    golden_put_hashed(g, OB_OBJECT_PACK, g->data[1], object->data, object->length);
}

static void pack_epoch_unknown(golden *g)
{
    memory_object *object = golden_get(g, OB_OBJECT_PACK, g->data[1]);
    object->data[12] = 9;
    golden_put_hashed(g, OB_OBJECT_PACK, g->data[1], object->data, object->length);
}

static void pack_chunks_exchanged(golden *g)
{
    ob_index_entry one = golden_place(g, "small");
    ob_index_entry two = golden_place(g, "other/b");
    memory_object *object = named(g, OB_OBJECT_PACK, g->data[0]);
    uint32_t length = one.length < two.length ? one.length : two.length;
    for (uint32_t i = 0; i < length; i++) {
        uint8_t byte = object->data[one.offset + i];
        object->data[one.offset + i] = object->data[two.offset + i];
        object->data[two.offset + i] = byte;
    }
}

/* A pack with right seals whose table says of a chunk that it is another one, as if ids collided;
 * the true one is not there any more. */
static void pack_id_collides(golden *g)
{
    static const char text[] = "not what the id says";
    ob_index_entry place = golden_place(g, "new");
    ob_tools_pool pool;
    ob_tools *tools = NULL;
    ob_pack_build *build = NULL;
    ob_coded coded;
    uint8_t name[OB_SHA256_SIZE];
    size_t size = 0;
    const ob_keyring *keys = g->stand.scene.rig.keys;
    ob_check_ok(ob_tools_pool_init(&pool, keys, false));
    ob_check_ok(ob_tools_take(&pool, &tools));
    ob_check_ok(ob_pack_build_new(1 << 20, &build));
    ob_check_ok(ob_pack_build_begin(build, keys, OB_CHUNK_DATA, ob_tools_new_tag(&pool)));
    ob_check_ok(ob_codec_encode(tools->codec, text, sizeof text, &coded));
    ob_pooled chunk = {.id = place.id, .raw = sizeof text};
    chunk.length = (uint32_t)(OB_CODEC_HEAD + coded.length);
    const ob_toc_entry *entry = ob_pack_build_place(build, &chunk);
    memcpy(build->data + entry->offset, coded.head, OB_CODEC_HEAD);
    memcpy(build->data + entry->offset + OB_CODEC_HEAD, coded.payload, coded.length);
    ob_check_ok(ob_pack_build_seal(build, tools, entry->offset, chunk.length, NULL));
    ob_check_ok(ob_pack_build_end(build, tools, name, &size));
    memory_store_remove(g->store, OB_OBJECT_PACK, g->data[1]);
    golden_put_hashed(g, OB_OBJECT_PACK, NULL, build->data, size);
    ob_pack_build_free(build);
    ob_tools_give(&pool, tools);
    ob_tools_pool_destroy(&pool);
}

static void meta_chunks(golden *g)
{
    memory_object *object = named(g, OB_OBJECT_PACK, g->meta[2]);
    for (size_t at = 48; at < 1500; at += 20) {
        object->data[at] ^= 1;
    }
}

static void meta_gone(golden *g)
{
    gone(g, OB_OBJECT_PACK, g->meta[1]);
}
static void meta_toc(golden *g)
{
    flip_end(g, OB_OBJECT_PACK, g->meta[0], 60);
}
static void meta_header(golden *g)
{
    flip(g, OB_OBJECT_PACK, g->meta[0], 20);
}

/* ---- points ---- */

static void point_magic(golden *g)
{
    flip(g, OB_OBJECT_POINT, g->point[0], 0);
}
static void point_packs(golden *g)
{
    flip(g, OB_OBJECT_POINT, g->point[0], 60);
}
static void point_sealed(golden *g)
{
    flip_end(g, OB_OBJECT_POINT, g->point[1], 50);
}
static void point_sum(golden *g)
{
    flip_end(g, OB_OBJECT_POINT, g->point[2], 1);
}
static void point_cut(golden *g)
{
    cut(g, OB_OBJECT_POINT, g->point[0], 100);
}
static void point_empty(golden *g)
{
    cut(g, OB_OBJECT_POINT, g->point[0], 0);
}
static void point_gone(golden *g)
{
    memory_store_remove(g->store, OB_OBJECT_POINT, g->point[0]);
}
static void point_renamed(golden *g)
{
    renamed(g, OB_OBJECT_POINT, g->point[0], other_point);
}
static void point_swapped(golden *g)
{
    swapped(g, OB_OBJECT_POINT, g->point[0], g->point[1]);
}

static void point_newer_version(golden *g)
{
    memory_object *object = named(g, OB_OBJECT_POINT, g->point[0]);
    object->data[8] = 2;
    golden_sum(object);
}

static void point_other_packs(golden *g)
{
    memory_object *object = named(g, OB_OBJECT_POINT, g->point[0]);
    object->data[60] ^= 1;
    golden_sum(object);
}

static void point_many_packs(golden *g)
{
    memory_object *object = named(g, OB_OBJECT_POINT, g->point[0]);
    memset(object->data + 48, 0xFF, 4);
    golden_sum(object);
}

static void point_of_others(golden *g)
{
    ob_buf manifest = golden_manifest(g, g->point[0]);
    golden_put_point(g, g->others, g->point[0], g->point[0], NULL, manifest.data, manifest.length);
    ob_buf_free(&manifest);
}

static void manifest_nonsense(golden *g)
{
    golden_put_point(g, g->stand.scene.rig.keys, g->point[0], g->point[0], NULL,
                     "\1\xff\xff nonsense", 12);
}

static void manifest_newer_version(golden *g)
{
    ob_buf manifest = golden_manifest(g, g->point[0]);
    manifest.data[0] = 2;
    golden_put_point(g, g->stand.scene.rig.keys, g->point[0], g->point[0], NULL, manifest.data,
                     manifest.length);
    ob_buf_free(&manifest);
}

static void manifest_of_another(golden *g)
{
    ob_buf manifest = golden_manifest(g, g->point[1]);
    golden_put_point(g, g->stand.scene.rig.keys, g->point[0], g->point[0], NULL, manifest.data,
                     manifest.length);
    ob_buf_free(&manifest);
}

static void point_names_too_little(golden *g)
{
    ob_buf manifest = golden_manifest(g, g->point[0]);
    ob_buf packs = {0};
    golden_put_point(g, g->stand.scene.rig.keys, g->point[0], g->point[0], &packs, manifest.data,
                     manifest.length);
    ob_buf_free(&manifest);
}

static void point_names_too_much(golden *g)
{
    ob_buf manifest = golden_manifest(g, g->point[0]);
    ob_buf packs = {0};
    ob_point_object parsed;
    uint8_t hash[OB_SHA256_SIZE];
    const memory_object *object = golden_get(g, OB_OBJECT_POINT, g->point[0]);
    ob_check_ok(ob_hex_decode(hash, sizeof hash, other_hash, strlen(other_hash)));
    ob_check_ok(ob_point_object_parse(&parsed, object->data, object->length));
    ob_buf_put(&packs, hash, sizeof hash);
    ob_buf_put(&packs, parsed.packs, (size_t)parsed.pack_count * OB_SHA256_SIZE);
    golden_put_point(g, g->stand.scene.rig.keys, g->point[0], g->point[0], &packs, manifest.data,
                     manifest.length);
    memset(g->expected, 0, sizeof g->expected);
    memcpy(g->expected, other_hash, sizeof other_hash);
    ob_buf_free(&manifest);
    ob_buf_free(&packs);
}

/* Points made by whoever has the keys. */
static void made(golden *g, const ob_entry *entry, const char *raw, bool table)
{
    static const ob_chunk_id nobody = {{1, 2, 3}};
    maker m;
    ob_entry copy = *entry;
    copy.target = "";
    copy.path = "m";
    copy.path_length = 1;
    maker_begin(&m, &g->stand.scene.rig);
    if (raw != NULL) {
        copy.info.type = OB_FILE_DIR;
        maker_add_raw(&m, raw, &copy, table ? "a" : raw);
    } else {
        m.damage = table ? &nobody : NULL;
        maker_add_entry(&m, &copy);
    }
    int64_t time = m.manifest.time;
    ob_guid id = maker_commit(&m);
    memset(g->expected, 0, sizeof g->expected);
    ob_manifest_object_name(g->expected, time, &id);
}

static const ob_chunk_id nobody = {{1, 2, 3}};

static void list_chunk_unknown(golden *g)
{
    const ob_entry entry = {.info = {.type = OB_FILE_DIR, .links = 1}};
    made(g, &entry, NULL, true);
}

static void list_climbs(golden *g)
{
    const ob_entry entry = {.info = {.links = 1}};
    made(g, &entry, "../etc/passwd", false);
}

static void list_elsewhere(golden *g)
{
    const ob_entry entry = {.info = {.links = 1}};
    made(g, &entry, "z", true);
}

static void file_without_content(golden *g)
{
    const ob_entry entry = {.info = {.type = OB_FILE_REGULAR, .links = 1, .size = 10}};
    made(g, &entry, NULL, false);
}

static void file_of_nothing(golden *g)
{
    const ob_entry entry = {
        .info = {.type = OB_FILE_REGULAR, .links = 1, .size = 10}, .ids = &nobody, .id_count = 1};
    made(g, &entry, NULL, false);
}

static void file_of_lists_of_nothing(golden *g)
{
    const ob_entry entry = {.info = {.type = OB_FILE_REGULAR, .links = 1, .size = 10},
                            .depth = 1,
                            .ids = &nobody,
                            .id_count = 1};
    made(g, &entry, NULL, false);
}

static void file_too_large(golden *g)
{
    ob_index_entry place = golden_place(g, "small");
    const ob_entry entry = {
        .info = {.type = OB_FILE_REGULAR, .links = 1, .size = UINT64_C(1) << 60},
        .ids = &place.id,
        .id_count = 1};
    made(g, &entry, NULL, false);
}

/* ---- all at once ---- */

static void everything_gone(golden *g)
{
    for (unsigned i = 0; i < GOLDEN_POINTS; i++) {
        memory_store_remove(g->store, OB_OBJECT_PACK, g->data[i]);
        memory_store_remove(g->store, OB_OBJECT_PACK, g->meta[i]);
    }
    index_gone(g);
}

static void some_of_each(golden *g)
{
    chunk_small(g);
    flip(g, OB_OBJECT_KEY, newest, 80);
    flip(g, OB_OBJECT_INDEX, g->index[1], 60);
    flip(g, OB_OBJECT_POINT, g->point[1], 60);
    g->expected[0] = '\0';
}

enum {
    KEY = OB_OBJECT_KEY,
    PACK = OB_OBJECT_PACK,
    INDEX = OB_OBJECT_INDEX,
    POINT = OB_OBJECT_POINT
};

#define FIRST "small other/b large"

const hurt hurts[] = {
    {"key: magic", key_magic, KEY, OB_DAMAGE_CHANGED, ""},
    {"key: salt", key_salt, KEY, OB_DAMAGE_CHANGED, ""},
    {"key: sealed part", key_sealed, KEY, OB_DAMAGE_CHANGED, ""},
    {"key: checksum", key_sum, KEY, OB_DAMAGE_CHANGED, ""},
    {"key: cut", key_cut, KEY, OB_DAMAGE_CHANGED, ""},
    {"key: empty", key_empty, KEY, OB_DAMAGE_CHANGED, ""},
    {"key: an old one", key_old_flipped, KEY, OB_DAMAGE_CHANGED, ""},
    {"key: only the older one", key_older_only, KEY, OB_DAMAGE_OLD_KEYS, ""},
    {"key: none", key_none, KEY, OB_DAMAGE_MISSING, ""},
    {"key: exchanged", key_swapped, KEY, OB_DAMAGE_OLD_KEYS, ""},
    {"key: newer version", key_newer_version, KEY, OB_DAMAGE_VERSION, ""},
    {"key: asks for much memory", key_asks_much, KEY, OB_DAMAGE_CHANGED, ""},

    {"index: magic", index_magic, INDEX, OB_DAMAGE_CHANGED, ""},
    {"index: sealed part", index_sealed, INDEX, OB_DAMAGE_CHANGED, ""},
    {"index: tag", index_tag, INDEX, OB_DAMAGE_CHANGED, ""},
    {"index: cut", index_cut, INDEX, OB_DAMAGE_CHANGED, ""},
    {"index: empty", index_empty, INDEX, OB_DAMAGE_CHANGED, ""},
    {"index: all gone", index_gone, HURT_NOTHING, -1, ""},
    {"index: renamed", index_renamed, INDEX, OB_DAMAGE_CHANGED, ""},
    {"index: exchanged", index_swapped, INDEX, OB_DAMAGE_CHANGED, ""},
    {"index: newer version", index_newer_version, INDEX, OB_DAMAGE_VERSION, ""},
    {"index: epoch not known", index_epoch_unknown, INDEX, OB_DAMAGE_SEAL, ""},
    {"index: of another machine", index_of_others, INDEX, OB_DAMAGE_SEAL, ""},
    {"index: nonsense", index_nonsense, INDEX, OB_DAMAGE_CONTENT, ""},
    {"index: wrong place", index_wrong_place, PACK, OB_DAMAGE_CHUNKS, ""},
    {"index: wrong size of a pack", index_wrong_size, PACK, OB_DAMAGE_CONTENT, "*"},
    {"index: of a pack that nobody needs", index_of_swept_pack, HURT_NOTHING, -1, ""},
    {"index: false alarm", index_false_alarm, HURT_NOTHING, -1, ""},

    {"pack: magic", pack_magic, PACK, OB_DAMAGE_CHANGED, FIRST},
    {"pack: version", pack_version, PACK, OB_DAMAGE_CHANGED, FIRST},
    {"pack: class", pack_class, PACK, OB_DAMAGE_CHANGED, FIRST},
    {"pack: epoch", pack_epoch, PACK, OB_DAMAGE_CHANGED, FIRST},
    {"pack: salt", pack_salt, PACK, OB_DAMAGE_CHANGED, FIRST},
    {"pack: one chunk", chunk_small, PACK, OB_DAMAGE_CHANGED, "small"},
    {"pack: tag of a chunk", chunk_small_tag, PACK, OB_DAMAGE_CHANGED, "small"},
    {"pack: chunk in a folder", chunk_b, PACK, OB_DAMAGE_CHANGED, "other/b"},
    {"pack: one of many chunks", chunk_large, PACK, OB_DAMAGE_CHANGED, "large"},
    {"pack: chunk of the second run", chunk_new, PACK, OB_DAMAGE_CHANGED, "new"},
    {"pack: chunk of another epoch", chunk_third, PACK, OB_DAMAGE_CHANGED, "third"},
    {"pack: padding", pack_padding, PACK, OB_DAMAGE_CHANGED, ""},
    {"pack: table of contents", pack_toc, PACK, OB_DAMAGE_CHANGED, ""},
    {"pack: footer", pack_footer, PACK, OB_DAMAGE_CHANGED, ""},
    {"pack: tag of the footer", pack_footer_tag, PACK, OB_DAMAGE_CHANGED, ""},
    {"pack: table of contents, and no index", pack_toc_and_index, PACK, OB_DAMAGE_CHANGED, FIRST},
    {"pack: cut by a byte", pack_cut_a_byte, PACK, OB_DAMAGE_LENGTH, ""},
    {"pack: cut to its half", pack_cut_half, PACK, OB_DAMAGE_LENGTH, "*"},
    {"pack: empty", pack_empty, PACK, OB_DAMAGE_LENGTH, FIRST},
    {"pack: longer", pack_longer, PACK, OB_DAMAGE_LENGTH, ""},
    {"pack: zeros", pack_zeros, PACK, OB_DAMAGE_CHANGED, FIRST},
    {"pack: a sector of zeros", pack_sector, PACK, OB_DAMAGE_CHANGED, "large"},
    {"pack: gone", pack_gone, PACK, OB_DAMAGE_MISSING, FIRST},
    {"pack: the newest gone", pack_newest_gone, PACK, OB_DAMAGE_MISSING, "third"},
    {"pack: renamed", pack_renamed, PACK, OB_DAMAGE_CHANGED, ""},
    {"pack: exchanged", pack_swapped, PACK, OB_DAMAGE_CHANGED, FIRST " new"},
    {"pack: exchanged with one of lists", pack_swapped_kinds, PACK, OB_DAMAGE_CHANGED, "*"},
    {"pack: twice", pack_twice, PACK, OB_DAMAGE_CHANGED, ""},
    {"pack: an index object", pack_is_an_index, PACK, OB_DAMAGE_LENGTH, "new"},
    {"pack: an answer of a web server", pack_is_text, PACK, OB_DAMAGE_LENGTH, "new"},
    {"pack: newer version", pack_newer_version, PACK, OB_DAMAGE_VERSION, "new"},
    {"pack: epoch not known", pack_epoch_unknown, PACK, OB_DAMAGE_SEAL, "new"},
    {"pack: chunks exchanged", pack_chunks_exchanged, PACK, OB_DAMAGE_CHANGED, "small other/b"},
    {"pack: ids collide", pack_id_collides, PACK, OB_DAMAGE_CHUNKS, "new"},
    {"lists: chunks", meta_chunks, PACK, OB_DAMAGE_CHANGED, "points"},
    {"lists: gone", meta_gone, PACK, OB_DAMAGE_MISSING, "points"},
    {"lists: table of contents", meta_toc, PACK, OB_DAMAGE_CHANGED, ""},
    {"lists: header", meta_header, PACK, OB_DAMAGE_CHANGED, "points"},

    {"point: magic", point_magic, POINT, OB_DAMAGE_CHANGED, "points"},
    {"point: list of packs", point_packs, POINT, OB_DAMAGE_CHANGED, "points"},
    {"point: sealed part", point_sealed, POINT, OB_DAMAGE_CHANGED, "points"},
    {"point: checksum", point_sum, POINT, OB_DAMAGE_CHANGED, "points"},
    {"point: cut", point_cut, POINT, OB_DAMAGE_CHANGED, "points"},
    {"point: empty", point_empty, POINT, OB_DAMAGE_CHANGED, "points"},
    {"point: gone", point_gone, POINT, OB_DAMAGE_MISSING, "points"},
    {"point: renamed", point_renamed, POINT, OB_DAMAGE_SEAL, "points"},
    {"point: exchanged", point_swapped, POINT, OB_DAMAGE_SEAL, "points"},
    {"point: newer version", point_newer_version, POINT, OB_DAMAGE_VERSION, "points"},
    {"point: names other packs", point_other_packs, POINT, OB_DAMAGE_SEAL, "points"},
    {"point: names many packs", point_many_packs, POINT, OB_DAMAGE_CHANGED, "points"},
    {"point: of another machine", point_of_others, POINT, OB_DAMAGE_SEAL, "points"},
    {"point: names too little", point_names_too_little, POINT, OB_DAMAGE_NOT_HELD, ""},
    {"point: names a pack that is not there", point_names_too_much, PACK, OB_DAMAGE_MISSING, ""},
    {"manifest: nonsense", manifest_nonsense, POINT, OB_DAMAGE_CONTENT, "points"},
    {"manifest: newer version", manifest_newer_version, POINT, OB_DAMAGE_VERSION, "points"},
    {"manifest: of another point", manifest_of_another, POINT, OB_DAMAGE_CONTENT, "points"},
    {"list: chunk not there", list_chunk_unknown, POINT, -1, "*"},
    {"list: climbs out", list_climbs, POINT, -1, "*"},
    {"list: not in its place", list_elsewhere, POINT, -1, "*"},
    {"file: without content", file_without_content, POINT, -1, "*"},
    {"file: of chunks that are nowhere", file_of_nothing, POINT, -1, "*"},
    {"file: of lists that are nowhere", file_of_lists_of_nothing, POINT, -1, "*"},
    {"file: larger than its chunks", file_too_large, POINT, -1, "*"},
    {"all packs gone", everything_gone, PACK, OB_DAMAGE_MISSING, "points"},
    {"some of each", some_of_each, POINT, OB_DAMAGE_CHANGED, "*"},
};
const size_t hurt_count = sizeof hurts / sizeof hurts[0];
