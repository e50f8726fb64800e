/*
 * A store for measures of scale: of packs it keeps names and lengths, of everything else the bytes
 * too, as files of a folder. What was put is listed; a pack cannot be read (OB_E_NOT_FOUND).
 */
#ifndef OB_BENCH_NULL_STORE_H
#define OB_BENCH_NULL_STORE_H

#include "ob/store.h"

typedef struct null_store_counts {
    uint64_t objects[OB_OBJECT_KINDS];
    uint64_t bytes[OB_OBJECT_KINDS];
} null_store_counts;

/* `folder` exists and is empty. Ends the process without memory. */
ob_store *null_store_new(const char *folder);
null_store_counts null_store_counted(ob_store *store);

#endif
