/* A backup scene whose store is looked at: what a verification told. */
#ifndef OB_TEST_STAND_H
#define OB_TEST_STAND_H

#include "ob/verify.h"
#include "scene.h"

#define STAND_MOST 512

typedef struct stand_finding {
    ob_object_kind kind;
    char object[OB_OBJECT_NAME_MAX];
    ob_damage damage;
    ob_status status;
    char detail[256];
    char path[256]; /* "" if it is about the object */
    uint64_t count;
} stand_finding;

typedef struct stand {
    scene scene;
    ob_store *store;           /* the scene's */
    ob_verify_options options; /* full depth at first */
    ob_verify_result result;   /* of the last verification */
    stand_finding findings[STAND_MOST];
    size_t count;
} stand;

/* Files of some sizes, backed up twice: "small", "other/b", "other/link" (where there are such) and
 * "large" of three chunks; "new" is in the second point only. Each run leaves packs of its own. */
void stand_open(stand *self);
void stand_close(stand *self);
/* Verifies with the options. */
ob_status stand_verify(stand *self);
/* How many findings of objects there were; -1 for any kind of object or damage. */
size_t stand_told(const stand *self, int kind, int damage);
/* How many files that end with `path` were told in all points; NULL = any. */
size_t stand_hit(const stand *self, const char *path);
/* Must succeed and find nothing. */
void stand_check_sound(stand *self);
/* The largest object of a kind. */
memory_object *stand_largest(stand *self, ob_object_kind kind);
/* A pack of file content, or of lists, by its header. */
memory_object *stand_pack(stand *self, uint8_t class, size_t nth);

#endif
