/*
 * A small vault, and ways to damage copies of it. Five files, three points: "small", "other/b" and
 * "large" are in each, "new" from the second on, "third" in the last one, which was made after the
 * passphrase was changed (epoch 2, two envelopes). Each run left a pack of content and one of
 * lists.
 */
#ifndef OB_TEST_GOLDEN_H
#define OB_TEST_GOLDEN_H

#include "stand.h"

#define GOLDEN_POINTS 3
#define GOLDEN_FILES 5

typedef struct golden_file {
    const char *name;
    uint64_t seed;
    size_t length;
    unsigned since; /* first point that has it */
} golden_file;
extern const golden_file golden_files[GOLDEN_FILES];

typedef struct golden {
    stand stand;                                  /* its engine works on `store` */
    ob_store *origin;                             /* the sound vault */
    ob_store *store;                              /* the copy that is damaged */
    ob_keyring *others;                           /* another machine's keys */
    char data[GOLDEN_POINTS][OB_OBJECT_NAME_MAX]; /* pack of content of each run */
    char meta[GOLDEN_POINTS][OB_OBJECT_NAME_MAX];
    char index[GOLDEN_POINTS][OB_OBJECT_NAME_MAX];
    char point[GOLDEN_POINTS][OB_OBJECT_NAME_MAX];
    /* Set by what damages: the object that must be named; "" = any. */
    char expected[OB_OBJECT_NAME_MAX];
} golden;

void golden_open(golden *self);
void golden_close(golden *self);
/* A new copy, undamaged, with an empty cache. */
void golden_reset(golden *self);

memory_object *golden_get(golden *self, ob_object_kind kind, const char *name);
/* Puts an object under the name that its bytes have, instead of the one called `name` (NULL: beside
 * it). */
void golden_put_hashed(golden *self, ob_object_kind kind, const char *name, const void *data,
                       size_t length);
/* Makes the checksum at the end of an envelope or a point right again. */
void golden_sum(memory_object *object);
/* Where the first chunk of a file lies in the pack of its first run. */
ob_index_entry golden_place(golden *self, const char *file);
/* An index object of these entries of pack `name`, whose size is said to be `size`. */
void golden_put_index(golden *self, const char *pack, uint32_t size, const ob_index_entry *entries,
                      size_t count, bool bad);
/* Seals bytes as point `name` by these keys with the packs that the object of point `like` names.
 */
void golden_put_point(golden *self, const ob_keyring *keys, const char *name, const char *like,
                      const ob_buf *packs, const void *manifest, size_t length);
/* The manifest of a point; free it. */
ob_buf golden_manifest(golden *self, const char *point);

#endif
