#include "rig.h"
#include "vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAST ((size_t)256 << 10)
#define CUTS_MOST 256

static ob_chunker *chunker_new(const ob_keyring *keys)
{
    ob_chunker *chunker = NULL;
    ob_check_ok(ob_chunker_new(keys, &chunker));
    return chunker;
}

static uint8_t *random_bytes(uint64_t seed, size_t length)
{
    ob_test_rng rng = ob_test_rng_new(seed);
    uint8_t *data = malloc(length);
    ck_assert_ptr_nonnull(data);
    ob_test_rng_fill(&rng, data, length);
    return data;
}

/* The ends of all chunks. */
static size_t cut_all(const ob_chunker *chunker, const uint8_t *data, size_t length, size_t *ends)
{
    size_t count = 0;
    for (size_t at = 0; at < length;) {
        size_t cut = ob_chunker_cut(chunker, data + at, length - at, true);
        ck_assert_uint_gt(cut, 0);
        ck_assert_uint_le(cut, OB_CHUNK_MOST);
        at += cut;
        ck_assert_uint_le(at, length);
        ck_assert(cut > LEAST || at == length);
        ck_assert_uint_lt(count, CUTS_MOST);
        ends[count++] = at;
    }
    return count;
}

static void check_ends(const char *name, const ob_chunker *chunker, const uint8_t *data,
                       size_t length)
{
    size_t ends[CUTS_MOST];
    char text[4096] = "";
    size_t count = cut_all(chunker, data, length, ends);
    for (size_t i = 0; i < count; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%zu", i > 0 ? " " : "",
                 ends[i]);
    }
    ck_assert_str_eq(text, vector_text("chunks.json", name));
}

START_TEST(chunker__vectors)
{
    const size_t length = (size_t)8 << 20;
    ob_keyring *keys = rig_keys(1);
    ob_chunker *chunker = chunker_new(keys);
    uint8_t *data = malloc(length);
    uint64_t state = 1;
    for (size_t i = 0; i < length; i += 8) {
        uint64_t z = (state += UINT64_C(0x9E3779B97F4A7C15));
        z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
        z ^= z >> 31;
        for (unsigned k = 0; k < 8; k++) {
            data[i + k] = (uint8_t)(z >> 8 * k);
        }
    }
    check_ends("ends", chunker, data, length);
    memset(data, 0, length);
    check_ends("zeros", chunker, data, length);
    free(data);
    ob_chunker_free(chunker);
    ob_keyring_free(keys);
}
END_TEST

/* Whatever part of the data is there when it is asked, the cuts are the same. */
START_TEST(chunker__does_not_depend_on_the_buffer)
{
    const size_t length = (size_t)20 << 20;
    size_t ends[CUTS_MOST];
    ob_keyring *keys = rig_keys(1);
    ob_chunker *chunker = chunker_new(keys);
    uint8_t *data = random_bytes(1, length);
    ob_test_rng rng = ob_test_rng_new(2);
    size_t count = cut_all(chunker, data, length, ends);
    for (size_t i = 0, at = 0; i < count; i++) {
        size_t have = 0;
        size_t cut = 0;
        while (cut == 0) {
            have += (size_t)ob_test_rng_below(&rng, 1000000);
            have = have < length - at ? have : length - at;
            cut = ob_chunker_cut(chunker, data + at, have, at + have == length);
            ck_assert(cut > 0 || have < OB_CHUNK_MOST);
        }
        at += cut;
        ck_assert_uint_eq(at, ends[i]);
    }
    free(data);
    ob_chunker_free(chunker);
    ob_keyring_free(keys);
}
END_TEST

/* Bytes put in or taken out move the cuts near them only. */
START_TEST(chunker__cuts_stay_when_bytes_are_inserted)
{
    const size_t length = (size_t)32 << 20;
    const size_t at = (size_t)9 << 20;
    size_t before[CUTS_MOST], after[CUTS_MOST];
    ob_keyring *keys = rig_keys(1);
    ob_chunker *chunker = chunker_new(keys);
    uint8_t *data = random_bytes(3, length);
    uint8_t *changed = malloc(length + 1000);
    size_t count = cut_all(chunker, data, length, before);
    for (size_t more = 1; more < 1000; more = more * 7 + 1) {
        memcpy(changed, data, at);
        memset(changed + at, 'x', more);
        memcpy(changed + at + more, data + at, length - at);
        size_t now = cut_all(chunker, changed, length + more, after);
        size_t same = 0;
        for (size_t i = 0, k = 0; i < count && k < now;) {
            size_t moved = before[i] <= at ? before[i] : before[i] + more;
            same += moved == after[k] ? 1 : 0;
            i += moved <= after[k] ? 1 : 0;
            k += moved >= after[k] ? 1 : 0;
        }
        ck_assert_uint_ge(same + 3, count);
    }
    free(data);
    free(changed);
    ob_chunker_free(chunker);
    ob_keyring_free(keys);
}
END_TEST

START_TEST(chunker__sizes)
{
    const size_t length = (size_t)128 << 20;
    size_t ends[CUTS_MOST];
    ob_keyring *keys = rig_keys(1);
    ob_chunker *chunker = chunker_new(keys);
    uint8_t *data = random_bytes(4, length);
    size_t count = cut_all(chunker, data, length, ends);
    /* 1.15 MiB on the average. */
    ck_assert_uint_ge(count, 95);
    ck_assert_uint_le(count, 135);
    free(data);
    ob_chunker_free(chunker);
    ob_keyring_free(keys);
}
END_TEST

START_TEST(chunker__short_data)
{
    uint8_t *data = random_bytes(5, LEAST + 10);
    ob_keyring *keys = rig_keys(1);
    ob_chunker *chunker = chunker_new(keys);
    static const size_t sizes[] = {0, 1, 63, 64, 4096, LEAST - 1, LEAST};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        ck_assert_uint_eq(ob_chunker_cut(chunker, data, sizes[i], true), sizes[i]);
        ck_assert_uint_eq(ob_chunker_cut(chunker, data, sizes[i], false), 0);
    }
    free(data);
    ob_chunker_free(chunker);
    ob_chunker_free(NULL);
    ob_keyring_free(keys);
}
END_TEST

/* Where the cuts are is a secret of the master key; epochs do not move them. */
START_TEST(chunker__depends_on_the_master_key_only)
{
    const size_t length = (size_t)16 << 20;
    size_t one[CUTS_MOST], two[CUTS_MOST], other[CUTS_MOST];
    ob_keyring *keys = rig_keys(1);
    ob_keyring *later = rig_keys(2);
    ob_keyring *another = NULL;
    ob_check_ok(ob_keyring_new(&another));
    ob_chunker *chunkers[] = {chunker_new(keys), chunker_new(later), chunker_new(another)};
    uint8_t *data = random_bytes(6, length);
    size_t count = cut_all(chunkers[0], data, length, one);
    ck_assert_uint_eq(cut_all(chunkers[1], data, length, two), count);
    ck_assert_mem_eq(one, two, count * sizeof one[0]);
    cut_all(chunkers[2], data, length, other);
    ck_assert_uint_ne(one[0], other[0]);
    free(data);
    for (size_t i = 0; i < 3; i++) {
        ob_chunker_free(chunkers[i]);
    }
    ob_keyring_free(keys);
    ob_keyring_free(later);
    ob_keyring_free(another);
}
END_TEST

START_TEST(chunker__without_memory)
{
    ob_keyring *keys = rig_keys(1);
    ob_chunker *chunker = NULL;
    ob_test_alloc_begin(1, false);
    ob_check_status(ob_chunker_new(keys, &chunker), OB_E_NO_MEMORY);
    ck_assert(ob_test_alloc_end());
    ck_assert_ptr_null(chunker);
    ob_keyring_free(keys);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, chunker__vectors);
    tcase_add_test(cases, chunker__does_not_depend_on_the_buffer);
    tcase_add_test(cases, chunker__cuts_stay_when_bytes_are_inserted);
    tcase_add_test(cases, chunker__sizes);
    tcase_add_test(cases, chunker__short_data);
    tcase_add_test(cases, chunker__depends_on_the_master_key_only);
    tcase_add_test(cases, chunker__without_memory);
}
OB_TEST_MAIN("chunker", add_cases)
