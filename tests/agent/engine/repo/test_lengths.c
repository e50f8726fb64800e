/*
 * Attacks on content-defined chunking that learn from lengths, run by somebody who keeps the vault:
 * against a store with an object for each chunk, where they must succeed (else the attack would
 * prove nothing), and against ours, where they must do no better than a guess. docs/SECURITY.md,
 * "What lengths tell".
 */
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB ((size_t)1 << 20)
#define FRAME_MORE 21 /* bytes of a chunk in a pack that are not its content */
#define CUTS_MOST 64

typedef struct cuts {
    size_t lengths[CUTS_MOST];
    size_t count;
} cuts;

/* Keys of a machine: all that differs is in the master key. */
static ob_keyring *keys_of(uint64_t seed)
{
    ob_test_rng rng = ob_test_rng_new(seed);
    uint8_t secret[64];
    ob_buf bytes = {0};
    ob_keyring *keys = NULL;
    ob_test_rng_fill(&rng, secret, sizeof secret);
    ob_buf_put(&bytes, "OBKEYS\0\0", 8);
    ob_buf_put_u16(&bytes, 1);
    ob_buf_put(&bytes, secret, 32);
    ob_buf_put_u32(&bytes, 1);
    ob_buf_put(&bytes, secret + 32, 32);
    ob_check_ok(ob_buf_status(&bytes));
    ob_check_ok(ob_keyring_import(&keys, bytes.data, bytes.length));
    ob_buf_free(&bytes);
    return keys;
}

static cuts cut_by(const ob_keyring *keys, const uint8_t *data, size_t length)
{
    cuts out = {.count = 0};
    ob_chunker *chunker = NULL;
    ob_check_ok(ob_chunker_new(keys, &chunker));
    for (size_t at = 0; at < length;) {
        ck_assert_uint_lt(out.count, CUTS_MOST);
        size_t cut = ob_chunker_cut(chunker, data + at, length - at, true);
        out.lengths[out.count++] = cut;
        at += cut;
    }
    ob_chunker_free(chunker);
    return out;
}

static uint8_t *bytes_of(uint64_t seed, size_t length)
{
    ob_test_rng rng = ob_test_rng_new(seed);
    uint8_t *data = malloc(length);
    ck_assert_ptr_nonnull(data);
    ob_test_rng_fill(&rng, data, length);
    return data;
}

/* Backs the content up under the rig's keys, as a file. */
static void back_up(ob_repo *repo, const ob_keyring *keys, const uint8_t *data, size_t length)
{
    cuts made = cut_by(keys, data, length);
    size_t at = 0;
    for (size_t i = 0; i < made.count; i++) {
        ob_chunk_id id;
        uint64_t stored = 0;
        ob_check_ok(ob_repo_write(repo, OB_CHUNK_DATA, data + at, made.lengths[i], &id, &stored));
        ck_assert_uint_eq(stored, made.lengths[i] + FRAME_MORE);
        at += made.lengths[i];
    }
}

/* All that the vault's keeper sees: how long the packs are. */
static uint64_t bytes_seen(ob_store *store)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < memory_store_count(store, OB_OBJECT_PACK); i++) {
        const memory_object *pack = memory_store_at(store, OB_OBJECT_PACK, i);
        ck_assert_uint_eq(pack->length % 4096, 0);
        sum += pack->length;
    }
    return sum;
}

/* What the content must take, in a pack or several: 48 + 32 bytes a pack, 32 a row, 16 a table. */
static uint64_t bytes_expected(const cuts *made, size_t packs)
{
    uint64_t sum = packs * (48 + 32 + 16);
    for (size_t i = 0; i < made->count; i++) {
        sum += made->lengths[i] + FRAME_MORE + 32;
    }
    return sum;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

static bool same_cuts(const cuts *a, const cuts *b)
{
    return a->count == b->count && memcmp(a->lengths, b->lengths, a->count * sizeof(size_t)) == 0;
}

/* The keeper knows a file of the machine and looks for the cutting key among a few: with lengths of
 * chunks one file is enough. */
START_TEST(lengths__extracting_the_key)
{
    enum { TRIALS = 24, KEYS = 16 };
    const size_t length = 12 * MIB;
    unsigned by_chunks = 0, by_packs = 0;
    for (unsigned trial = 0; trial < TRIALS; trial++) {
        rig r;
        ob_repo *repo = NULL;
        ob_keyring *candidates[KEYS];
        uint8_t *known = bytes_of(1000 + trial, length);
        unsigned right = trial % KEYS;
        rig_open(&r);
        for (unsigned i = 0; i < KEYS; i++) {
            candidates[i] = keys_of(trial * KEYS + i);
        }
        r.engine.keys = candidates[right];
        ob_check_ok(ob_repo_open(&r.engine, true, &repo));
        back_up(repo, candidates[right], known, length);
        ob_check_ok(ob_repo_flush(repo));
        ob_repo_close(repo);

        cuts shown = cut_by(candidates[right], known, length);
        uint64_t seen = bytes_seen(r.store);
        size_t packs = memory_store_count(r.store, OB_OBJECT_PACK);
        unsigned fitting = 0, best = 0;
        uint64_t best_distance = UINT64_MAX;
        for (unsigned n = 0; n < KEYS; n++) {
            unsigned i = (n + trial * 7) % KEYS; /* so that none is the first more often */
            cuts made = cut_by(candidates[i], known, length);
            uint64_t off = distance(seen, bytes_expected(&made, packs));
            fitting += same_cuts(&made, &shown);
            if (off < best_distance) {
                best_distance = off;
                best = i;
            }
        }
        by_chunks += fitting == 1;
        by_packs += best == right;
        for (unsigned i = 0; i < KEYS; i++) {
            ob_keyring_free(candidates[i]);
        }
        free(known);
        rig_close(&r);
    }
    printf("key found among %d: %u of %d by lengths of chunks, %u by lengths of packs\n", KEYS,
           by_chunks, TRIALS, by_packs);
    ck_assert_uint_eq(by_chunks, TRIALS);
    /* 1.5 are expected of guesses; more than 9 happen less than once in 100,000 runs. */
    ck_assert_uint_le(by_packs, 9);
}
END_TEST

/* Do the lengths of `part`, in order, come one after the other in `whole`? */
static bool has_run(const cuts *whole, const cuts *part)
{
    /* The last chunk of a file ends with the file, and so is no mark of its own. */
    size_t need = part->count - 1;
    for (size_t at = 0; at + need <= whole->count; at++) {
        if (memcmp(whole->lengths + at, part->lengths, need * sizeof(size_t)) == 0) {
            return true;
        }
    }
    return false;
}

static void append(cuts *to, const cuts *more)
{
    memcpy(to->lengths + to->count, more->lengths, more->count * sizeof(size_t));
    to->count += more->count;
}

/* The keeper even has the cutting key and asks which of two files of one length is in the backup,
 * among other data, whose size he knows too. */
START_TEST(lengths__fingerprint_of_a_file)
{
    enum { TRIALS = 32 };
    const size_t length = 5 * MIB, rest_length = 4 * MIB;
    unsigned by_chunks = 0, by_packs = 0;
    for (unsigned trial = 0; trial < TRIALS; trial++) {
        rig r;
        ob_repo *repo = NULL;
        ob_test_rng coin = ob_test_rng_new(50000 + trial);
        uint8_t *files[2] = {bytes_of(2000 + trial, length), bytes_of(3000 + trial, length)};
        uint8_t *rest = bytes_of(4000 + trial, rest_length);
        unsigned there = (unsigned)ob_test_rng_below(&coin, 2);
        rig_open(&r);
        ob_check_ok(ob_repo_open(&r.engine, true, &repo));
        back_up(repo, r.keys, rest, rest_length);
        back_up(repo, r.keys, files[there], length);
        ob_check_ok(ob_repo_flush(repo));
        ob_repo_close(repo);

        cuts of[2] = {cut_by(r.keys, files[0], length), cut_by(r.keys, files[1], length)};
        cuts of_rest = cut_by(r.keys, rest, rest_length);
        cuts shown = of_rest;
        append(&shown, &of[there]);
        bool found[2] = {has_run(&shown, &of[0]), has_run(&shown, &of[1])};
        by_chunks += found[there] && !found[1 - there];

        uint64_t off[2];
        for (unsigned i = 0; i < 2; i++) {
            cuts all = of_rest;
            append(&all, &of[i]);
            off[i] = distance(bytes_seen(r.store),
                              bytes_expected(&all, memory_store_count(r.store, OB_OBJECT_PACK)));
        }
        unsigned guess = off[0] != off[1] ? off[1] < off[0] : trial & 1;
        by_packs += guess == there;
        free(files[0]);
        free(files[1]);
        free(rest);
        rig_close(&r);
    }
    printf("file told from another: %u of %d by lengths of chunks, %u by lengths of packs\n",
           by_chunks, TRIALS, by_packs);
    ck_assert_uint_eq(by_chunks, TRIALS);
    /* 16 are expected of guesses; more than 27 happen less than once in 10,000 runs. */
    ck_assert_uint_le(by_packs, 27);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, lengths__extracting_the_key);
    tcase_add_test(cases, lengths__fingerprint_of_a_file);
}
OB_TEST_MAIN("lengths", add_cases)
