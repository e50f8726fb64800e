/* A pack's table of contents and its footer, as plain bytes. docs/FORMAT.md, "Pack". */
#ifndef OB_ENGINE_PACK_TOC_H
#define OB_ENGINE_PACK_TOC_H

#include "ob/repo.h"
#include "pack/seal.h"

#define OB_TOC_ENTRY 32                 /* bytes */
#define OB_TOC_MOST 32768               /* entries of a pack */
#define OB_PACK_MOST ((size_t)32 << 20) /* bytes of a pack */
#define OB_FOOTER_PLAIN 16
#define OB_FOOTER_SIZE (OB_FOOTER_PLAIN + OB_GCM_TAG)
#define OB_FRAME_LEAST (5 + OB_GCM_TAG) /* codec, raw length, seal */
#define OB_FRAME_MOST (OB_FRAME_LEAST + OB_CHUNK_MOST)

typedef struct ob_toc_entry {
    ob_chunk_id id;
    uint32_t offset; /* in the pack */
    uint32_t stored; /* with the seal */
    uint32_t raw;
} ob_toc_entry;

typedef struct ob_footer {
    uint32_t frames_end; /* where the padding starts */
    uint32_t toc_offset;
    uint32_t toc_length; /* with the seal */
    uint32_t count;
} ob_footer;

void ob_toc_write(const ob_toc_entry *entries, size_t count, uint8_t *out);
/* Reads and checks: the frames follow each other without a gap from the header to frames_end.
 * OB_E_CORRUPT. `entries` has room for footer->count. */
ob_status ob_toc_read(ob_toc_entry *entries, const ob_footer *footer, const uint8_t *data,
                      size_t length);

void ob_footer_write(const ob_footer *footer, uint8_t out[OB_FOOTER_PLAIN]);
/* Checked against the size of the pack: OB_E_CORRUPT. */
ob_status ob_footer_read(ob_footer *out, const uint8_t data[OB_FOOTER_PLAIN], uint64_t pack_size);

#endif
