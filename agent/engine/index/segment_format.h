/* The bytes of a segment, for its reader and its writer. docs/FORMAT.md, "Index cache". */
#ifndef OB_ENGINE_INDEX_SEGMENT_FORMAT_H
#define OB_ENGINE_INDEX_SEGMENT_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define OB_SEGMENT_MAGIC "OBSEGM\0\0"
#define OB_SEGMENT_VERSION 1
#define OB_SEGMENT_HEAD 96
#define OB_SEGMENT_HASH_AT 64 /* of the SHA-256 in the head */
#define OB_SEGMENT_PACK 40
#define OB_SEGMENT_ENTRY 32
#define OB_SEGMENT_BLOCK 128 /* entries under one checksum: 4 KiB */
#define OB_SEGMENT_BITS_MOST 20

/* SHA-256 of what is in front of the entries, its own place taken as zeros. */
void ob_segment_hash_head(const uint8_t *head, size_t length, uint8_t out[32]);
/* CRC-32 of a block of entries. */
uint32_t ob_segment_sum(const uint8_t *entries, size_t length);

#endif
