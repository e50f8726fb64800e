/*
 * A point's manifest: what was backed up when, and where its file list is. docs/FORMAT.md,
 * "Manifest and file list".
 */
#ifndef OB_ENGINE_POINT_MANIFEST_H
#define OB_ENGINE_POINT_MANIFEST_H

#include "ob/buf.h"
#include "ob/repo.h"
#include "ob/text.h"

#define OB_MANIFEST_TEXT_MOST 4096u /* bytes of each text */
#define OB_MANIFEST_SOURCES_MOST 4096u
#define OB_MANIFEST_KINDS_MOST 64u

/* How many of a kind were not kept: "acl", "socket", … */
typedef struct ob_manifest_kind {
    char name[32];
    uint64_t count;
} ob_manifest_kind;

/* All texts and arrays are borrowed for writing and owned after reading. */
typedef struct ob_manifest {
    ob_guid id;
    int64_t time;    /* of the point */
    int64_t started; /* of the run that made it */
    const char *policy;
    const char *machine_name;
    const char *platform; /* "linux", "windows": whose names and paths these are */
    const char *version;  /* of the agent */
    const char *const *sources;
    size_t source_count;
    uint64_t entries, bytes, failed;
    const ob_manifest_kind *kinds;
    size_t kind_count;
    const ob_chunk_id *table; /* chunks of the table of the list */
    size_t table_count;
    void *owned; /* memory of all of the above after reading */
} ob_manifest;

ob_status ob_manifest_write(ob_buf *out, const ob_manifest *manifest);
/* OB_E_CORRUPT, OB_E_FORMAT_VERSION. Free with ob_manifest_free(). */
ob_status ob_manifest_read(ob_manifest *out, const void *data, size_t length);
void ob_manifest_free(ob_manifest *manifest);

/* The object's name is the time (as a count of ns, so that names are in the order of time) and the
 * GUID. */
void ob_manifest_object_name(char out[OB_OBJECT_NAME_MAX], int64_t time, const ob_guid *id);
/* `name` is a valid one of its kind. */
void ob_manifest_parse_name(const char *name, int64_t *time, ob_guid *id);

#endif
