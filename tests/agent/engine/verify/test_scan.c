#include "stand.h"
#include "verify/verify.h"

#include "ob/text.h"

#include <string.h>

static const ob_control quiet;

/* A verification that has come to the packs. */
static void begin(ob_verify *v, stand *s)
{
    *v = (ob_verify){.engine = &s->scene.rig.engine, .options = &s->options};
    ob_mutex_init(&v->lock);
    ob_report_begin(&v->report, &quiet, s->scene.rig.engine.clock);
    ob_check_ok(ob_repo_open(v->engine, false, &v->repo));
    ob_check_ok(ob_repo_load_whole(v->repo));
    ob_check_ok(ob_verify_list_packs(v));
}

static void end(ob_verify *v)
{
    ob_repo_close(v->repo);
    ob_report_end(&v->report);
    ob_free(v->packs);
    ob_free(v->entry_counts);
    ob_free(v->examine);
    ob_buf_free(&v->bad);
}

static ob_scan scan(ob_verify *v, const char *name, bool chunks)
{
    ob_tools *tools = NULL;
    ob_pack_head head = {0};
    ob_scan out = {0};
    uint8_t hash[OB_SHA256_SIZE];
    ob_check_ok(ob_hex_decode(hash, sizeof hash, name, strlen(name)));
    const ob_listed *pack = ob_verify_find_pack(v, hash);
    ck_assert_ptr_nonnull(pack);
    ob_check_ok(ob_tools_take(&v->repo->pool, &tools));
    ob_check_ok(
        ob_pack_read_head(v->engine->store, v->engine->keys, tools, name, pack->size, &head));
    ob_check_ok(ob_verify_scan(v, tools, pack, chunks ? &head : NULL, &out));
    ob_pack_head_free(&head);
    ob_tools_give(&v->repo->pool, tools);
    return out;
}

START_TEST(scan__reads_each_byte_once)
{
    stand s;
    ob_verify v;
    stand_open(&s);
    begin(&v, &s);
    const memory_object *pack = stand_largest(&s, OB_OBJECT_PACK);
    for (int chunks = 0; chunks < 2; chunks++) {
        v.result = (ob_verify_result){0};
        ob_scan out = scan(&v, pack->name, chunks != 0);
        ck_assert(out.sound);
        ck_assert_uint_eq(out.bad, 0);
        ck_assert_uint_eq(v.result.bytes_read, pack->length);
        ck_assert_int_eq(v.result.chunks_checked > 3, chunks);
    }
    end(&v);
    stand_close(&s);
}
END_TEST

/* One bit anywhere costs the hash, and at most one chunk. */
START_TEST(scan__one_bit_is_one_chunk)
{
    stand s;
    ob_verify v;
    stand_open(&s);
    memory_object *pack = stand_largest(&s, OB_OBJECT_PACK);
    uint64_t bad = 0;
    for (size_t at = 48; at < pack->length - 4096; at += pack->length / 23) {
        begin(&v, &s);
        pack->data[at] ^= 4;
        ob_scan out = scan(&v, pack->name, true);
        pack->data[at] ^= 4;
        ck_assert(!out.sound);
        ck_assert_uint_le(out.bad, 1);
        ck_assert_uint_eq(v.result.chunks_bad, out.bad);
        ck_assert_uint_eq(v.bad.length / sizeof(ob_index_entry), out.bad);
        bad += out.bad;
        end(&v);
    }
    ck_assert_uint_gt(bad, 10);
    stand_close(&s);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, scan__reads_each_byte_once);
    tcase_add_test(cases, scan__one_bit_is_one_chunk);
}
OB_TEST_MAIN("scan", add_cases)
