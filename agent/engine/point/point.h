/* An opened recovery point: its manifest, the table of its list, and a cursor over the entries. */
#ifndef OB_ENGINE_POINT_POINT_H
#define OB_ENGINE_POINT_POINT_H

#include "point/manifest.h"
#include "point/table.h"

typedef struct ob_point {
    ob_repo *repo; /* borrowed */
    ob_manifest manifest;
    ob_table table;
} ob_point;

/* Reads manifest and table. The manifest must be the one of this name (OB_E_CORRUPT). */
ob_status ob_point_open(ob_repo *repo, const char *object_name, ob_point **out);
void ob_point_close(ob_point *point); /* takes NULL */
/* The manifest alone. */
ob_status ob_point_read_manifest(ob_repo *repo, const char *object_name, ob_manifest *out);

/* Names of all points in the store, oldest first. */
typedef struct ob_point_names {
    char (*names)[OB_OBJECT_NAME_MAX];
    size_t count, capacity;
} ob_point_names;
ob_status ob_point_names_read(ob_store *store, ob_point_names *out);
void ob_point_names_free(ob_point_names *names);
/* The object's name of a point by its id: OB_E_NOT_FOUND. */
ob_status ob_point_find(ob_store *store, const ob_guid *id, char out[OB_OBJECT_NAME_MAX]);

/* A place in the list. Zero-initialise but for the point. */
typedef struct ob_cursor {
    const ob_point *point;
    size_t row;     /* chunk that comes next, or is being read when `open` is set */
    uint32_t index; /* entry of it that comes next */
    bool open;
    bool held; /* `entry` was read ahead */
    ob_entry entry;
    size_t loaded; /* row whose bytes `chunk` has, plus one; 0 = none */
    ob_buf chunk;
    ob_buf folder; /* that is skipped */
    ob_list_reader reader;
} ob_cursor;

/* Goes to the first entry that is not before `path`. */
ob_status ob_cursor_seek(ob_cursor *cursor, const char *path, size_t length);
/* Goes to an entry by its numbers: OB_E_INVALID_ARGUMENT if they cannot be. */
ob_status ob_cursor_place(ob_cursor *cursor, size_t row, uint32_t index);
/* The numbers of the entry that comes next. */
void ob_cursor_position(const ob_cursor *cursor, size_t *row, uint32_t *index);
/* Reads the next entry, borrowed until the next call; out->path is NULL at the end. After
 * OB_E_FORMAT_VERSION with out->path set the next call goes on. After any other failure
 * ob_cursor_next_chunk() goes on behind the damage. */
ob_status ob_cursor_next(ob_cursor *cursor, ob_entry *out);
/* Leaves out what lies below `folder`, a folder of the path that was read last, without reading
 * chunks that have nothing else. */
ob_status ob_cursor_skip(ob_cursor *cursor, const char *folder, size_t length);
void ob_cursor_next_chunk(ob_cursor *cursor);
void ob_cursor_free(ob_cursor *cursor);

#endif
