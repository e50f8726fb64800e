#include "key/keys.h"
#include "ob/alloc.h"
#include "ob/repo.h"

/*
 * FastCDC (Xia et al., "The Design of Fast Content-Defined Chunking", 2020) with a gear table that
 * comes from the key. A byte shifts the 64-bit hash by one and adds its table entry, so that the
 * top bits depend on the last 64 bytes. A cut is where the hash is below a limit, which is the same
 * as a mask over its top bits: rarer before NORMAL, more common behind it (normalised chunking).
 */
#define LEAST ((size_t)256 << 10)
#define NORMAL ((size_t)1 << 20)
#define MOST ((size_t)OB_CHUNK_MOST)
#define WINDOW 64
#define EARLY_BITS 22
#define LATE_BITS 18

struct ob_chunker {
    uint64_t gear[256];
};

ob_status ob_chunker_new(const ob_keyring *keys, ob_chunker **out)
{
    uint8_t bytes[256 * 8];
    ob_status status = ob_key_from_master(keys, OB_KEY_GEAR, bytes, sizeof bytes);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_chunker *chunker = ob_alloc(sizeof *chunker);
    if (chunker == NULL) {
        status = ob_fail(OB_E_NO_MEMORY, "chunker");
    } else {
        ob_reader reader = ob_reader_of(bytes, sizeof bytes);
        for (size_t i = 0; i < 256; i++) {
            chunker->gear[i] = ob_read_u64(&reader);
        }
        *out = chunker;
    }
    ob_wipe(bytes, sizeof bytes);
    return status;
}

void ob_chunker_free(ob_chunker *chunker)
{
    ob_free_secret(chunker, sizeof *chunker);
}

/* Rolls over [from, to) and gives the position behind the first byte with a hash below `limit`, or
 * 0. Eight bytes a turn: the loads do not wait for the hash. */
static size_t scan(const uint64_t *gear, const uint8_t *data, size_t from, size_t to,
                   uint64_t limit, uint64_t *state)
{
    uint64_t hash = *state;
    size_t i = from;
#define ROLL(k)                                                                                    \
    hash = (hash << 1) + gear[data[i + (k)]];                                                      \
    if (hash < limit) {                                                                            \
        return i + (k) + 1;                                                                        \
    }
    while (to - i >= 8) {
        ROLL(0)
        ROLL(1)
        ROLL(2)
        ROLL(3)
        ROLL(4)
        ROLL(5)
        ROLL(6)
        ROLL(7)
        i += 8;
    }
    for (; i < to; i++) {
        ROLL(0)
    }
#undef ROLL
    *state = hash;
    return 0;
}

size_t ob_chunker_cut(const ob_chunker *chunker, const uint8_t *data, size_t length, bool last)
{
    size_t end = length < MOST ? length : MOST;
    if (end <= LEAST) {
        return last ? end : 0;
    }
    uint64_t hash = 0;
    /* The window before the first place where a cut may be, so that a cut never depends on where
     * the chunk starts. */
    for (size_t i = LEAST - WINDOW; i < LEAST; i++) {
        hash = (hash << 1) + chunker->gear[data[i]];
    }
    size_t normal = end < NORMAL ? end : NORMAL;
    size_t cut = scan(chunker->gear, data, LEAST, normal, (uint64_t)1 << (64 - EARLY_BITS), &hash);
    if (cut == 0) {
        cut = scan(chunker->gear, data, normal, end, (uint64_t)1 << (64 - LATE_BITS), &hash);
    }
    if (cut == 0 && (last || end == MOST)) {
        cut = end;
    }
    return cut;
}
