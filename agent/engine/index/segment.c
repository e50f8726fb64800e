#include "index/segment.h"

#include "index/segment_format.h"
#include "ob/alloc.h"

#include <openssl/evp.h>
#include <string.h>
#include <zlib.h>

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

void ob_segment_hash_head(const uint8_t *head, size_t length, uint8_t out[32])
{
    static const uint8_t zeros[OB_SHA256_SIZE];
    const size_t behind = OB_SEGMENT_HASH_AT + OB_SHA256_SIZE;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned got = 0;
    memset(out, 0, 32);
    if (context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1) {
        EVP_DigestUpdate(context, head, OB_SEGMENT_HASH_AT);
        EVP_DigestUpdate(context, zeros, sizeof zeros);
        EVP_DigestUpdate(context, head + behind, length - behind);
        EVP_DigestFinal_ex(context, out, &got);
    }
    EVP_MD_CTX_free(context);
}

uint32_t ob_segment_sum(const uint8_t *entries, size_t length)
{
    return (uint32_t)crc32(0, entries, (uInt)length);
}

static ob_status corrupt(const char *why)
{
    return ob_fail(OB_E_CORRUPT, "index cache: %s", why);
}

/* Reads the head, whose hash is checked before its tables are pointed to. */
static ob_status parse(ob_segment *segment, const uint8_t *check)
{
    uint8_t hash[OB_SHA256_SIZE];
    if (segment->length < OB_SEGMENT_HEAD) {
        return corrupt("cut");
    }
    ob_reader reader = ob_reader_of(segment->data, segment->length);
    if (memcmp(ob_read_bytes(&reader, 8), OB_SEGMENT_MAGIC, 8) != 0 ||
        ob_read_u32(&reader) != OB_SEGMENT_VERSION) {
        return corrupt("no segment of this version");
    }
    segment->bits = ob_read_u32(&reader);
    if (memcmp(ob_read_bytes(&reader, OB_SEGMENT_CHECK), check, OB_SEGMENT_CHECK) != 0) {
        return corrupt("it belongs to another repository");
    }
    segment->count = ob_read_u64(&reader);
    segment->pack_count = ob_read_u32(&reader);
    segment->cover_count = ob_read_u32(&reader);
    uint64_t entries_at = ob_read_u64(&reader);
    uint64_t length = ob_read_u64(&reader);
    const uint8_t *stored = ob_read_bytes(&reader, sizeof hash);
    if (length != segment->length || entries_at > length || entries_at < OB_SEGMENT_HEAD ||
        segment->bits > OB_SEGMENT_BITS_MOST ||
        segment->count != (length - entries_at) / OB_SEGMENT_ENTRY ||
        (length - entries_at) % OB_SEGMENT_ENTRY != 0 || segment->count > UINT32_MAX) {
        return corrupt("its length is wrong");
    }
    ob_segment_hash_head(segment->data, (size_t)entries_at, hash);
    if (memcmp(hash, stored, sizeof hash) != 0) {
        return corrupt("its head is damaged");
    }
    uint64_t blocks = (segment->count + OB_SEGMENT_BLOCK - 1) / OB_SEGMENT_BLOCK;
    reader.length = (size_t)entries_at;
    segment->covers = ob_read_bytes(&reader, (size_t)segment->cover_count * OB_SHA256_SIZE);
    segment->packs = ob_read_bytes(&reader, (size_t)segment->pack_count * OB_SEGMENT_PACK);
    segment->fanout = ob_read_bytes(&reader, (((size_t)1 << segment->bits) + 1) * 4);
    segment->sums = ob_read_bytes(&reader, (size_t)blocks * 4);
    segment->entries = segment->data + entries_at;
    return ob_reader_status(&reader, "index cache");
}

ob_pack_info ob_segment_pack(const ob_segment *segment, uint32_t local)
{
    const uint8_t *at = segment->packs + (size_t)local * OB_SEGMENT_PACK;
    ob_pack_info info = {.size = get_u32(at + OB_SHA256_SIZE), .class = at[OB_SHA256_SIZE + 4]};
    memcpy(info.name, at, OB_SHA256_SIZE);
    return info;
}

ob_status ob_segment_attach(ob_segment *segment, ob_packs *packs)
{
    size_t blocks = (size_t)(segment->count / OB_SEGMENT_BLOCK + 1);
    segment->numbers = ob_calloc(segment->pack_count, sizeof segment->numbers[0]);
    segment->checked = ob_calloc(blocks / 8 + 1, 1);
    if (segment->numbers == NULL || segment->checked == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "index cache");
    }
    for (uint32_t i = 0; i < segment->pack_count; i++) {
        ob_pack_info info = ob_segment_pack(segment, i);
        ob_status status =
            ob_packs_add(packs, info.name, info.size, info.class, &segment->numbers[i]);
        if (OB_FAILED(status)) {
            return status;
        }
        packs->info[segment->numbers[i]].flags |= OB_PACK_LISTED;
    }
    return OB_OK;
}

static ob_status new_segment(ob_segment **out)
{
    ob_segment *segment = ob_calloc(1, sizeof *segment);
    if (segment == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "index cache");
    }
    *out = segment;
    return OB_OK;
}

static ob_status map_file(ob_segment *segment, const ob_fs *fs, const char *path)
{
    ob_file *file = NULL;
    ob_file_info info;
    const void *data = NULL;
    ob_status status = fs->open(fs, NULL, path, OB_OPEN_READ, &file);
    if (OB_FAILED(status)) {
        return status;
    }
    status = fs->file_stat(fs, file, &info);
    if (!OB_FAILED(status) && (info.size < OB_SEGMENT_HEAD || info.size > SIZE_MAX)) {
        status = corrupt("cut");
    }
    if (!OB_FAILED(status)) {
        status = fs->map(fs, file, (size_t)info.size, &data);
    }
    if (!OB_FAILED(status)) {
        segment->fs = fs;
        segment->data = data;
        segment->length = (size_t)info.size;
    }
    fs->close(fs, file);
    return status;
}

ob_status ob_segment_open(const ob_fs *fs, const char *path, const uint8_t check[OB_SEGMENT_CHECK],
                          ob_segment **out)
{
    ob_segment *segment = NULL;
    ob_status status = new_segment(&segment);
    if (OB_FAILED(status)) {
        return status;
    }
    segment->path = ob_strdup(path);
    status = segment->path != NULL ? map_file(segment, fs, path)
                                   : ob_fail(OB_E_NO_MEMORY, "index cache");
    if (!OB_FAILED(status)) {
        status = parse(segment, check);
    }
    if (OB_FAILED(status)) {
        ob_segment_close(segment, false);
        return status;
    }
    *out = segment;
    return OB_OK;
}

ob_status ob_segment_open_memory(uint8_t *data, size_t length,
                                 const uint8_t check[OB_SEGMENT_CHECK], ob_segment **out)
{
    ob_segment *segment = NULL;
    ob_status status = new_segment(&segment);
    if (OB_FAILED(status)) {
        return status;
    }
    segment->data = data;
    segment->length = length;
    status = parse(segment, check);
    if (OB_FAILED(status)) {
        segment->data = NULL; /* stays the caller's */
        ob_segment_close(segment, false);
        return status;
    }
    *out = segment;
    return OB_OK;
}

void ob_segment_close(ob_segment *segment, bool remove_file)
{
    if (segment == NULL) {
        return;
    }
    if (segment->fs != NULL) {
        segment->fs->unmap(segment->fs, segment->data, segment->length);
        if (remove_file && segment->path != NULL) {
            /* A file that stays is found to be of no use the next time. */
            (void)segment->fs->remove_file(segment->fs, NULL, segment->path);
        }
    } else {
        ob_free((void *)segment->data);
    }
    ob_free(segment->path);
    ob_free(segment->numbers);
    ob_free(segment->checked);
    ob_free(segment);
}

static bool block_sound(const ob_segment *segment, uint64_t block)
{
    uint64_t first = block * OB_SEGMENT_BLOCK;
    uint64_t left = segment->count - first;
    size_t entries = left < OB_SEGMENT_BLOCK ? (size_t)left : OB_SEGMENT_BLOCK;
    const uint8_t *at = segment->entries + (size_t)first * OB_SEGMENT_ENTRY;
    return ob_segment_sum(at, entries * OB_SEGMENT_ENTRY) == get_u32(segment->sums + block * 4);
}

/* The entry's bytes, NULL if its block is damaged. */
static const uint8_t *entry_at(ob_segment *segment, uint64_t position)
{
    uint64_t block = position / OB_SEGMENT_BLOCK;
    uint8_t bit = (uint8_t)(1u << (block % 8));
    if ((segment->checked[block / 8] & bit) == 0) {
        if (!block_sound(segment, block)) {
            segment->damaged = true;
            return NULL;
        }
        segment->checked[block / 8] |= bit;
    }
    return segment->entries + (size_t)position * OB_SEGMENT_ENTRY;
}

/* False if the entry is of no pack of the segment. */
static bool decode(const ob_segment *segment, const uint8_t *at, ob_index_entry *out)
{
    uint32_t local = get_u32(at + OB_CHUNK_ID);
    if (local >= segment->pack_count) {
        return false;
    }
    memcpy(out->id.bytes, at, OB_CHUNK_ID);
    out->pack = segment->numbers[local];
    out->offset = get_u32(at + OB_CHUNK_ID + 4);
    out->length = get_u32(at + OB_CHUNK_ID + 8);
    return true;
}

/* Where an id would be in [low, high), ids being spread evenly: `rest` is what follows the bits of
 * the fan-out. Mostly one or two entries away, so that a search touches one line of memory or two
 * and not four. */
static uint64_t guess(uint64_t low, uint64_t high, uint32_t rest)
{
    uint64_t width = high - low;
    return low + (width < UINT32_MAX ? width * rest >> 32 : width / 2);
}

/* The first entry in [*low, high) that is not below the id, or high. False if one of those that
 * were looked at is damaged. */
static bool search(ob_segment *segment, const ob_chunk_id *id, uint32_t rest, uint64_t *low,
                   uint64_t high)
{
    uint64_t middle = *low < high ? guess(*low, high, rest) : high;
    uint64_t stride = 1;
    while (*low < high) {
        const uint8_t *at = entry_at(segment, middle);
        if (at == NULL) {
            return false;
        }
        uint64_t width = 0;
        if (memcmp(at, id->bytes, OB_CHUNK_ID) < 0) {
            *low = middle + 1;
            width = high - *low;
            middle = stride < width / 2 ? *low + stride - 1 : *low + width / 2;
        } else {
            high = middle;
            width = high - *low;
            middle = stride < width / 2 ? high - stride : *low + width / 2;
        }
        stride *= 2;
    }
    return true;
}

bool ob_segment_find(ob_segment *segment, const ob_chunk_id *id, unsigned nth, ob_index_entry *out)
{
    const uint8_t *bytes = id->bytes;
    uint32_t prefix =
        (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    uint64_t more = (uint64_t)prefix << 32 | (uint64_t)bytes[4] << 24 | (uint64_t)bytes[5] << 16 |
                    (uint64_t)bytes[6] << 8 | bytes[7];
    size_t slot = segment->bits > 0 ? prefix >> (32 - segment->bits) : 0;
    uint64_t low = get_u32(segment->fanout + slot * 4);
    uint64_t end = get_u32(segment->fanout + (slot + 1) * 4);
    if (low > end || end > segment->count) {
        segment->damaged = true;
        return false;
    }
    if (!search(segment, id, (uint32_t)(more << segment->bits >> 32), &low, end)) {
        return false;
    }
    low += nth;
    if (low >= end) {
        return false;
    }
    const uint8_t *at = entry_at(segment, low);
    return at != NULL && memcmp(at, id->bytes, OB_CHUNK_ID) == 0 && decode(segment, at, out);
}

ob_status ob_segment_at(const ob_segment *segment, uint64_t position, ob_index_entry *out)
{
    if (position >= segment->count ||
        (position % OB_SEGMENT_BLOCK == 0 && !block_sound(segment, position / OB_SEGMENT_BLOCK)) ||
        !decode(segment, segment->entries + (size_t)position * OB_SEGMENT_ENTRY, out)) {
        return corrupt("an entry is damaged");
    }
    return OB_OK;
}

bool ob_segment_covers(const ob_segment *segment, const uint8_t name[OB_SHA256_SIZE])
{
    uint32_t low = 0;
    uint32_t high = segment->cover_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = memcmp(segment->covers + (size_t)middle * OB_SHA256_SIZE, name, OB_SHA256_SIZE);
        if (order == 0) {
            return true;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}
