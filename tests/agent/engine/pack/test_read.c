#include "pack/read.h"
#include "rig.h"
#include "vectors.h"

#include "ob/text.h"

#include <stdlib.h>
#include <string.h>

typedef struct fixture {
    ob_keyring *keys;
    ob_store *store;
    ob_tools_pool pool;
    ob_tools *tools;
    ob_pack_keys *cache;
    const char *text;
    uint8_t name[OB_SHA256_SIZE];
    size_t size;
    ob_pack_head head;
} fixture;

/* The pack of the vectors, in a store. */
static void setup(fixture *f)
{
    *f = (fixture){.keys = rig_keys(2), .store = memory_store_new()};
    ob_buf pack = vector_bytes("pack.json", "pack");
    f->text = vector_text("pack.json", "name");
    f->size = pack.length;
    ob_check_ok(ob_hex_decode(f->name, sizeof f->name, f->text, strlen(f->text)));
    memory_store_set(f->store, OB_OBJECT_PACK, f->text, pack.data, pack.length);
    ob_check_ok(ob_tools_pool_init(&f->pool, f->keys, false));
    ob_check_ok(ob_tools_take(&f->pool, &f->tools));
    ob_check_ok(ob_pack_keys_new(f->store, f->keys, &f->cache));
    ob_check_ok(ob_pack_read_head(f->store, f->keys, f->tools, f->text, f->size, &f->head));
}

static void forget_keys(fixture *f)
{
    ob_pack_keys_free(f->cache);
    ob_check_ok(ob_pack_keys_new(f->store, f->keys, &f->cache));
}

static void teardown(fixture *f)
{
    ob_pack_head_free(&f->head);
    ob_pack_keys_free(f->cache);
    ob_tools_give(&f->pool, f->tools);
    ob_tools_pool_destroy(&f->pool);
    ob_store_close(f->store);
    ob_keyring_free(f->keys);
}

static ob_status read_chunk(fixture *f, size_t i, ob_buf *out)
{
    const ob_toc_entry *entry = &f->head.entries[i];
    const ob_frame frame = {f->name, (uint32_t)f->size, entry->offset, entry->stored};
    return ob_pack_read_chunk(f->cache, &f->pool, f->tools, &frame, &entry->id, out);
}

START_TEST(read__vector)
{
    static const char *const contents[] = {"content0", "content1", "content2"};
    fixture f;
    ob_buf toc = vector_bytes("pack.json", "toc");
    uint8_t bytes[3 * OB_TOC_ENTRY];
    setup(&f);
    ck_assert_uint_eq(f.head.footer.count, 3);
    ob_toc_write(f.head.entries, 3, bytes);
    ck_assert_mem_eq(bytes, toc.data, sizeof bytes);
    for (size_t i = 0; i < 3; i++) {
        ob_buf out = {0};
        ob_buf wanted = vector_bytes("pack.json", contents[i]);
        ob_check_ok(read_chunk(&f, i, &out));
        vector_check(&out, &wanted, contents[i]);
        ob_buf_free(&out);
    }
    teardown(&f);
}
END_TEST

/* The sizes and places of a pack: whatever byte is changed, the chunk, the table or the footer says
 * so with the pack's name, or only padding was hit. */
START_TEST(read__every_byte_counts)
{
    fixture f;
    ob_buf out = {0};
    setup(&f);
    memory_object *object = memory_store_at(f.store, OB_OBJECT_PACK, 0);
    for (size_t i = 0; i < f.size; i += i < f.head.footer.frames_end ? 1 : 13) {
        ob_pack_head head = {0};
        bool found = false;
        object->data[i] ^= 2;
        forget_keys(&f);
        for (size_t chunk = 0; chunk < 3; chunk++) {
            ob_status status = read_chunk(&f, chunk, &out);
            if (OB_FAILED(status)) {
                ck_assert(status == OB_E_SEAL || status == OB_E_CORRUPT ||
                          (status == OB_E_FORMAT_VERSION && i >= 8 && i < 10));
                ob_check_detail(f.text);
                found = true;
            }
        }
        ob_status status = ob_pack_read_head(f.store, f.keys, f.tools, f.text, f.size, &head);
        if (OB_FAILED(status)) {
            ck_assert(status == OB_E_SEAL || status == OB_E_CORRUPT ||
                      (status == OB_E_FORMAT_VERSION && i >= 8 && i < 10));
            ob_check_detail(f.text);
            found = true;
        }
        bool padding = i >= f.head.footer.frames_end && i < f.head.footer.toc_offset;
        ck_assert_msg(found != padding, "byte %zu", i);
        ob_pack_head_free(&head);
        object->data[i] ^= 2;
    }
    ob_buf_free(&out);
    teardown(&f);
}
END_TEST

START_TEST(read__cut_packs)
{
    fixture f;
    ob_buf out = {0};
    setup(&f);
    memory_object *object = memory_store_at(f.store, OB_OBJECT_PACK, 0);
    for (size_t size = 0; size < f.size; size += 7) {
        ob_pack_head head = {0};
        object->length = size;
        forget_keys(&f);
        for (size_t chunk = 0; chunk < 3; chunk++) {
            const ob_toc_entry *entry = &f.head.entries[chunk];
            bool whole = size >= entry->offset + entry->stored;
            ob_check_status(read_chunk(&f, chunk, &out), whole ? OB_OK : OB_E_CORRUPT);
            if (!whole) {
                ob_check_detail(f.text);
            }
        }
        ob_status status = ob_pack_read_head(f.store, f.keys, f.tools, f.text, size, &head);
        ck_assert(status == OB_E_SEAL || status == OB_E_CORRUPT);
        ob_check_detail(f.text);
    }
    ob_check_status(ob_pack_read_head(f.store, f.keys, f.tools, f.text, OB_PACK_MOST + 1, &f.head),
                    OB_E_CORRUPT);
    ob_buf_free(&out);
    teardown(&f);
}
END_TEST

START_TEST(read__chunks_do_not_change_places)
{
    fixture f;
    ob_buf out = {0};
    setup(&f);
    ob_chunk_id id = f.head.entries[0].id;
    f.head.entries[0].id = f.head.entries[1].id;
    ob_check_status(read_chunk(&f, 0, &out), OB_E_CORRUPT);
    ob_check_detail("id");
    f.head.entries[0].id = id;
    f.head.entries[0].offset++;
    ob_check_status(read_chunk(&f, 0, &out), OB_E_SEAL);
    f.head.entries[0].offset--;
    f.head.entries[0].stored++;
    ob_check_status(read_chunk(&f, 0, &out), OB_E_SEAL);
    f.head.entries[0].stored--;
    ob_check_ok(read_chunk(&f, 0, &out));
    ob_buf_free(&out);
    teardown(&f);
}
END_TEST

START_TEST(read__keys_of_others_do_not_fit)
{
    fixture f;
    ob_buf out = {0};
    ob_pack_head head = {0};
    setup(&f);
    ob_keyring *old = rig_keys(1);
    ob_check_status(ob_pack_read_head(f.store, old, f.tools, f.text, f.size, &head), OB_E_SEAL);
    ob_check_detail(f.text);
    ob_keyring_free(old);
    ob_keyring *other = NULL;
    ob_check_ok(ob_keyring_new(&other));
    ob_check_ok(ob_keyring_new_epoch(other));
    ob_check_status(ob_pack_read_head(f.store, other, f.tools, f.text, f.size, &head), OB_E_SEAL);
    ob_keyring_free(other);
    ob_buf_free(&out);
    teardown(&f);
}
END_TEST

START_TEST(read__small_chunks_are_read_together)
{
    fixture f;
    ob_buf out = {0};
    setup(&f);
    uint64_t before = memory_store_counted(f.store).gets;
    for (size_t i = 0; i < 3; i++) {
        ob_check_ok(read_chunk(&f, i, &out));
    }
    /* The header, the first chunk, and the others together. */
    ck_assert_uint_eq(memory_store_counted(f.store).gets - before, 3);
    for (size_t i = 3; i-- > 0;) {
        ob_check_ok(read_chunk(&f, i, &out));
        ob_check_ok(read_chunk(&f, i, &out));
    }
    ob_buf_free(&out);
    teardown(&f);
}
END_TEST

START_TEST(read__failures_come_through)
{
    fixture f;
    ob_buf out = {0};
    ob_pack_head head = {0};
    setup(&f);
    forget_keys(&f);
    memory_store_fail(f.store, 0, OB_E_VAULT_UNREACHABLE, true);
    ob_check_status(read_chunk(&f, 0, &out), OB_E_VAULT_UNREACHABLE);
    ob_check_status(ob_pack_read_head(f.store, f.keys, f.tools, f.text, f.size, &head),
                    OB_E_VAULT_UNREACHABLE);
    memory_store_fail(f.store, 0, OB_OK, false);
    memory_store_remove(f.store, OB_OBJECT_PACK, f.text);
    ob_check_status(read_chunk(&f, 0, &out), OB_E_CORRUPT);
    ob_check_detail("not in the vault");
    ob_buf_free(&out);
    teardown(&f);
}
END_TEST

START_TEST(read__without_memory)
{
    fixture f;
    setup(&f);
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_pack_keys *cache = NULL;
        ob_pack_head head = {0};
        ob_buf out = {0};
        ob_tools *tools = NULL;
        const ob_toc_entry *entry = &f.head.entries[1];
        const ob_frame frame = {f.name, (uint32_t)f.size, entry->offset, entry->stored};
        ob_tools_pool pool;
        ob_check_ok(ob_tools_pool_init(&pool, f.keys, false));
        ob_test_alloc_begin(n, false);
        ob_status status = ob_tools_take(&pool, &tools);
        if (!OB_FAILED(status)) {
            status = ob_pack_keys_new(f.store, f.keys, &cache);
        }
        if (!OB_FAILED(status)) {
            status = ob_pack_read_head(f.store, f.keys, tools, f.text, f.size, &head);
        }
        if (!OB_FAILED(status)) {
            status = ob_pack_read_chunk(cache, &pool, tools, &frame, &entry->id, &out);
        }
        ob_pack_head_free(&head);
        ob_pack_keys_free(cache);
        ob_tools_give(&pool, tools);
        ob_tools_pool_destroy(&pool);
        ob_buf_free(&out);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
    teardown(&f);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, read__vector);
    tcase_add_test(cases, read__every_byte_counts);
    tcase_add_test(cases, read__cut_packs);
    tcase_add_test(cases, read__chunks_do_not_change_places);
    tcase_add_test(cases, read__keys_of_others_do_not_fit);
    tcase_add_test(cases, read__small_chunks_are_read_together);
    tcase_add_test(cases, read__failures_come_through);
    tcase_add_test(cases, read__without_memory);
}
OB_TEST_MAIN("read", add_cases)
