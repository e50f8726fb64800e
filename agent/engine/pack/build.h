/* One pack on its way from the header to the footer, in memory. docs/FORMAT.md, "Pack". */
#ifndef OB_ENGINE_PACK_BUILD_H
#define OB_ENGINE_PACK_BUILD_H

#include "pack/pool.h"
#include "pack/toc.h"
#include "pack/tools.h"

#define OB_PAD_SMALL                                                                               \
    ((size_t)4 << 10) /* packs of up to OB_PAD_FROM bytes end at a multiple of it */
#define OB_PAD_LARGE ((size_t)64 << 10) /* longer ones at a multiple of this */
#define OB_PAD_FROM ((size_t)1 << 20)

typedef struct ob_pack_build {
    uint8_t *data;
    size_t capacity;
    size_t end; /* of the frames */
    ob_toc_entry *entries;
    uint32_t count;
    ob_object_header header;
    uint8_t key[OB_KEY_SIZE];
    uint64_t key_tag;
    /* For the packer: */
    uint32_t number; /* in ob_packs */
    unsigned busy;   /* threads that are sealing in it */
    struct ob_pack_build *next;
} ob_pack_build;

/* `capacity`: bytes of the pack at most, a multiple of OB_PAD_LARGE. */
ob_status ob_pack_build_new(size_t capacity, ob_pack_build **out);
void ob_pack_build_free(ob_pack_build *build); /* takes NULL */

/* Starts an empty pack with a key of its own; `key_tag` as in ob_tools_set_key(). */
ob_status ob_pack_build_begin(ob_pack_build *build, const ob_keyring *keys, uint8_t class,
                              uint64_t key_tag);
/* True if a coded block of `length` bytes still fits. */
bool ob_pack_build_fits(const ob_pack_build *build, size_t length);
/* Gives a chunk that fits its place: its coded block belongs at data + offset. */
const ob_toc_entry *ob_pack_build_place(ob_pack_build *build, const ob_pooled *chunk);
/* Seals the coded block at `offset` where it lies; with `check` opens, decodes and compares it by
 * that sum of its content. Different places may be sealed at the same time. OB_E_CORRUPT: memory is not sound. */
ob_status ob_pack_build_seal(const ob_pack_build *build, ob_tools *tools, uint32_t offset,
                             size_t length, const uint64_t *check);
/* Padding, table of contents, footer, name: `size` bytes at data are the pack. */
ob_status ob_pack_build_end(ob_pack_build *build, ob_tools *tools, uint8_t name[OB_SHA256_SIZE],
                            size_t *size);

#endif
