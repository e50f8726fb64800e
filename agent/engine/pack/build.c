#include "pack/build.h"

#include "ob/alloc.h"
#include "ob/host.h"

ob_status ob_pack_build_new(size_t capacity, ob_pack_build **out)
{
    ob_pack_build *build = ob_calloc(1, sizeof *build);
    if (build == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "pack");
    }
    build->capacity = capacity;
    build->data = ob_alloc(capacity);
    build->entries = ob_realloc_array(NULL, OB_TOC_MOST, sizeof build->entries[0]);
    if (build->data == NULL || build->entries == NULL) {
        ob_pack_build_free(build);
        return ob_fail(OB_E_NO_MEMORY, "pack");
    }
    *out = build;
    return OB_OK;
}

void ob_pack_build_free(ob_pack_build *build)
{
    if (build != NULL) {
        ob_free(build->data);
        ob_free(build->entries);
        ob_free_secret(build, sizeof *build);
    }
}

ob_status ob_pack_build_begin(ob_pack_build *build, const ob_keyring *keys, uint8_t class,
                              uint64_t key_tag)
{
    ob_status status = ob_object_header_new(keys, OB_KEY_PACK, class, &build->header);
    if (!OB_FAILED(status)) {
        status = ob_object_header_key(&build->header, keys, build->key);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    ob_object_header_write(&build->header, build->data);
    build->end = OB_HEADER_SIZE;
    build->count = 0;
    build->key_tag = key_tag;
    return OB_OK;
}

/* What follows the padding. */
static size_t tail_size(uint32_t count)
{
    return (size_t)count * OB_TOC_ENTRY + OB_GCM_TAG + OB_FOOTER_SIZE;
}

bool ob_pack_build_fits(const ob_pack_build *build, size_t length)
{
    return build->count < OB_TOC_MOST &&
           build->end + length + OB_GCM_TAG + tail_size(build->count + 1) <= build->capacity;
}

const ob_toc_entry *ob_pack_build_place(ob_pack_build *build, const ob_pooled *chunk)
{
    ob_toc_entry *entry = &build->entries[build->count++];
    entry->id = chunk->id;
    entry->offset = (uint32_t)build->end;
    entry->stored = chunk->length + OB_GCM_TAG;
    entry->raw = chunk->raw;
    build->end += entry->stored;
    return entry;
}

ob_status ob_pack_build_seal(const ob_pack_build *build, ob_tools *tools, uint32_t offset,
                             size_t length, const uint64_t *check)
{
    const ob_place place = {.type = OB_SEAL_FRAME, .offset = offset};
    uint8_t *at = build->data + offset;
    ob_status status = ob_tools_set_key(tools, build->key, build->key_tag);
    if (!OB_FAILED(status)) {
        status = ob_seal(tools->gcm, &build->header, &place, at, length, at);
    }
    if (OB_FAILED(status) || check == NULL) {
        return status;
    }
    status = ob_tools_check_chunk(tools, &build->header, &place, at, length + OB_GCM_TAG, *check);
    if (status == OB_E_SEAL || status == OB_E_CORRUPT || status == OB_E_FORMAT_VERSION) {
        status = ob_fail(OB_E_CORRUPT, "a chunk does not decode right after it was written: this "
                                       "machine's memory or processor is not sound");
    }
    return status;
}

ob_status ob_pack_build_end(ob_pack_build *build, ob_tools *tools, uint8_t name[OB_SHA256_SIZE],
                            size_t *size)
{
    size_t tail = tail_size(build->count);
    size_t least = build->end + tail;
    size_t unit = least <= OB_PAD_FROM ? OB_PAD_SMALL : OB_PAD_LARGE;
    size_t total = (least + unit - 1) / unit * unit;
    ob_footer footer = {.frames_end = (uint32_t)build->end, .count = build->count};
    footer.toc_offset = (uint32_t)(total - tail);
    footer.toc_length = (uint32_t)(tail - OB_FOOTER_SIZE);
    const ob_place toc = {.type = OB_SEAL_TOC, .offset = footer.toc_offset};
    const ob_place end = {.type = OB_SEAL_FOOTER, .offset = total - OB_FOOTER_SIZE};
    uint8_t *toc_at = build->data + footer.toc_offset;
    uint8_t *footer_at = build->data + end.offset;
    ob_status status = ob_random(build->data + build->end, footer.toc_offset - build->end);
    if (!OB_FAILED(status)) {
        status = ob_tools_set_key(tools, build->key, build->key_tag);
    }
    if (!OB_FAILED(status)) {
        ob_toc_write(build->entries, build->count, toc_at);
        status = ob_seal(tools->gcm, &build->header, &toc, toc_at,
                         (size_t)build->count * OB_TOC_ENTRY, toc_at);
    }
    if (!OB_FAILED(status)) {
        ob_footer_write(&footer, footer_at);
        status = ob_seal(tools->gcm, &build->header, &end, footer_at, OB_FOOTER_PLAIN, footer_at);
    }
    if (!OB_FAILED(status)) {
        ob_object_hash(build->data, total, name);
        *size = total;
    }
    return status;
}
