/*
 * Stretches of packs in memory. Small chunks lie in a pack in random order near the place that
 * their order in the source would give them, so that whoever reads many of them comes back to the
 * same stretches again and again: one that is asked for a second time is read as a whole and kept
 * for a while. What is kept is what the store gave, sealed; nothing is believed of it. Thread-safe.
 */
#ifndef OB_ENGINE_PACK_STRETCH_H
#define OB_ENGINE_PACK_STRETCH_H

#include "ob/store.h"
#include "pack/seal.h"

#define OB_STRETCH ((uint32_t)1 << 20)         /* bytes from the start of one to that of the next */
#define OB_STRETCH_SMALL ((uint32_t)128 << 10) /* frames of this length on are read by themselves  \
                                                */
#define OB_STRETCHES 16

/* Where a chunk is. */
typedef struct ob_frame {
    const uint8_t *pack; /* name, OB_SHA256_SIZE bytes */
    uint32_t pack_size;
    uint32_t offset;
    uint32_t length;
} ob_frame;

typedef struct ob_stretches ob_stretches;

ob_status ob_stretches_new(ob_store *store, ob_stretches **out);
void ob_stretches_free(ob_stretches *stretches); /* takes NULL */

/* Copies a frame's bytes to `out`. What the store gives; without memory for a stretch, and where a
 * stretch cannot be read, the frame is read by itself. */
ob_status ob_stretches_get(ob_stretches *stretches, const ob_frame *frame, uint8_t *out);
/* The frame's bytes turned out to be bad: the next one to ask for them gets them from the store. */
void ob_stretches_forget(ob_stretches *stretches, const ob_frame *frame);

#endif
