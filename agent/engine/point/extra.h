/*
 * What an entry keeps of a file beyond its plain fields: attributes, ACLs, names of the owners, the
 * map of a sparse file, alternate streams. docs/FORMAT.md, "List", fields from 14 on. An entry has
 * these fields as they stand in the list (ob_entry.more); here they are made and read.
 */
#ifndef OB_ENGINE_POINT_EXTRA_H
#define OB_ENGINE_POINT_EXTRA_H

#include "ob/owner.h"
#include "point/entry.h"
#include "point/field.h"

#define OB_EXTENTS_MOST ((size_t)65536) /* of one file */

/* A stretch of data in a sparse file; the next one begins behind its end. */
typedef struct ob_extent {
    uint64_t offset, length; /* length > 0 */
} ob_extent;

/* An alternate stream. */
typedef struct ob_stream {
    const char *name; /* ends with a NUL */
    uint64_t size;
    unsigned depth; /* as in ob_entry */
    const ob_chunk_id *ids;
    size_t id_count;
} ob_stream;

/* ---- making them ---- */

/* Zero-initialise. */
typedef struct ob_extras {
    ob_buf fields; /* ascending */
    ob_buf attributes;
    ob_buf streams;
} ob_extras;

void ob_extras_clear(ob_extras *extras); /* keeps a little memory only */
void ob_extras_free(ob_extras *extras);

/* An ob_extra_visit whose context is an ob_extras; streams are passed over. */
ob_status ob_extras_visit(void *extras, const ob_extra *extra);
void ob_extras_put_owners(ob_extras *extras, ob_owners *owners, const ob_file_info *info);
void ob_extras_put_map(ob_extras *extras, const ob_extent *extents, size_t count);
void ob_extras_put_stream(ob_extras *extras, const ob_stream *stream);
/* Hands out what was put, borrowed: sets entry->more. OB_E_NO_MEMORY. */
ob_status ob_extras_give(ob_extras *extras, ob_entry *entry);
/* Takes over a copy of what an entry has. */
ob_status ob_extras_copy(ob_extras *extras, const ob_entry *entry);

/* ---- reading them ---- */

/* Checks one of these fields; 42 is also set in `info`. OB_E_CORRUPT, OB_E_FORMAT_VERSION. */
ob_status ob_extra_check(ob_field *field, ob_file_info *info);
/* The whole of what a checked entry has fits its type and size. */
bool ob_extra_fits(const ob_entry *entry);

/* Visits what write_extra() and make_node() take, in the order of the fields. */
ob_status ob_extra_each(const ob_entry *entry, ob_extra_visit visit, void *context);
typedef ob_status (*ob_stream_visit)(void *context, const ob_stream *stream);
ob_status ob_extra_each_stream(const ob_entry *entry, ob_stream_visit visit, void *context);
/* The name of the user, or of the group: false if the entry has none. */
bool ob_extra_owner(const ob_entry *entry, bool group, char out[OB_OWNER_NAME_MOST + 1]);
/* True if the entry has a map; then ob_extra_next_extent() reads it, false at its end. */
bool ob_extra_map(const ob_entry *entry, ob_reader *map);
bool ob_extra_next_extent(ob_reader *map, ob_extent *extent); /* zero-initialise *extent at first */

#endif
