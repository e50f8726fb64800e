/*
 * The repository inside the engine: chunks in, chunks out. Below it are sealing, codecs, packs and
 * the index; above it are file lists, backup and restore. Thread-safe where it says so.
 */
#ifndef OB_REPO_H
#define OB_REPO_H

#include "ob/engine.h"

#define OB_CHUNK_ID 20
typedef struct ob_chunk_id {
    uint8_t bytes[OB_CHUNK_ID]; /* HMAC-SHA-256 of the content, cut */
} ob_chunk_id;

#define OB_CHUNK_MOST (4u << 20) /* most bytes of a chunk's content */

typedef enum ob_chunk_class {
    OB_CHUNK_DATA, /* file content */
    OB_CHUNK_META  /* file lists and id lists: kept in packs of their own */
} ob_chunk_class;

typedef struct ob_repo ob_repo;

/* Opens the repository. `for_write`: loads the local index cache, brings it up to date with the
 * store's index objects, lists the packs (nothing is deduplicated against one that is gone) and
 * takes up those that an interrupted run left. For reading, the index is loaded when a chunk is
 * first asked for. A cache that cannot be read or written costs time and memory, never the
 * operation. */
ob_status ob_repo_open(const ob_engine *engine, bool for_write, ob_repo **out);
void ob_repo_close(ob_repo *repo); /* drops open packs; takes NULL */

/* Stores one chunk unless the repository has it: id, deduplication, compression and sealing happen
 * in the calling thread, upload too when a pack is full. *stored = bytes it added to packs (0 when
 * it was there). The chunk counts as used by the point being made. A failure by which a chunk that
 * was taken before may be lost (an upload, for one) sticks: all that follows gives it too.
 * Thread-safe. */
ob_status ob_repo_write(ob_repo *repo, ob_chunk_class class, const void *data, size_t length,
                        ob_chunk_id *id, uint64_t *stored);
/* Marks chunks as used by the point being made; false if one is not there. Thread-safe. */
bool ob_repo_use(ob_repo *repo, const ob_chunk_id *ids, size_t count);
/* Finishes open packs, uploads them and an index object; all chunks written are durable then. No
 * other call on the repository may be under way. */
ob_status ob_repo_flush(ob_repo *repo);
/* For how many days the store is to keep points that are committed from now on, and their packs,
 * whatever anybody asks for; 0, the default: no longer than they are asked for. */
void ob_repo_set_retention(ob_repo *repo, uint32_t days);
/* Flushes, and stores the point object: the names of all packs used since open, and the sealed
 * manifest. OB_E_NOT_FOUND if a pack that it needs was deleted meanwhile; there is no point then. */
ob_status ob_repo_commit_point(ob_repo *repo, const char *object_name, const void *manifest,
                               size_t length);
/* Opens a point's manifest: checks seal, type, name and version. */
ob_status ob_repo_read_point(ob_repo *repo, const char *object_name, ob_buf *manifest);

/* Reads one chunk's content into `out` (replaced), checked against its id. If one place of it is
 * damaged, others are tried, and so are packs that no index object lists. OB_E_NOT_FOUND if nothing
 * knows it (also if it was written and not flushed yet); OB_E_CORRUPT (its pack may be gone),
 * OB_E_SEAL and OB_E_FORMAT_VERSION name the pack. Fast in the order that ob_repo_locate() gives.
 * Thread-safe. */
ob_status ob_repo_read(ob_repo *repo, const ob_chunk_id *id, ob_buf *out);
/* Where a chunk lies, to order reads by: false if not known. Thread-safe. */
bool ob_repo_locate(ob_repo *repo, const ob_chunk_id *id, uint32_t *pack, uint32_t *offset);
uint64_t ob_repo_packs_written(const ob_repo *repo);
/* How many damaged objects of the store were met and passed over so far, and which was the first
 * ("" if none); what they said was found elsewhere or counts as absent. `first` is borrowed. */
uint64_t ob_repo_troubles(const ob_repo *repo, const char **first);

/* ---- chunking: keyed FastCDC ---- */

typedef struct ob_chunker ob_chunker;
/* Depends only on the keyring and on the bytes. The table is shared: make one chunker a thread. */
ob_status ob_chunker_new(const ob_keyring *keys, ob_chunker **out);
void ob_chunker_free(ob_chunker *chunker); /* takes NULL */
/* The length of the first chunk of `data`: all of it if no cut is found and `last` is set; 0 if
 * more data is needed to decide (never when length >= OB_CHUNK_MOST). */
size_t ob_chunker_cut(const ob_chunker *chunker, const uint8_t *data, size_t length, bool last);

#endif
