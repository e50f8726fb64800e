/* What the disk in memory is made of: nodes, the names in folders, and what is not safe yet. */
#ifndef OB_MEMORY_FS_NODE_H
#define OB_MEMORY_FS_NODE_H

#include "ob/memory_fs.h"

#define DISK_NAME_MOST 300
#define ROOT ((size_t)0)
#define NOWHERE SIZE_MAX

typedef struct entry {
    char *name;
    size_t node; /* in a change: NOWHERE says that the name goes */
} entry;

/* Bytes written, or with data NULL the size that the file was cut or grown to. */
typedef struct change {
    size_t offset, length;
    uint8_t *data;
} change;

/* Bytes that several nodes may share; who changes them takes a copy first. */
typedef struct blob {
    size_t users, capacity;
    uint8_t bytes[];
} blob;

typedef struct node {
    ob_file_info info;
    bool locked;
    blob *data; /* NULL: empty */
    size_t length;
    blob *safe; /* the bytes at the last sync */
    size_t safe_length;
    change *changes; /* since then */
    size_t change_count, change_capacity;
    entry *names; /* sorted */
    size_t name_count, name_capacity;
    entry *safe_names; /* at the last sync of the folder */
    size_t safe_name_count;
    entry *renames; /* changes of names since then, in their order */
    size_t rename_count, rename_capacity;
} node;

typedef struct disk {
    node *nodes; /* never given back: a removed file may still be open */
    size_t count, capacity;
} disk;

void *disk_need(void *block); /* ends the process without memory */
void disk_init(disk *d);
void disk_copy(disk *d, const disk *from);
void disk_free(disk *d);

size_t disk_add(disk *d, ob_file_type type, uint32_t mode); /* without a name */
size_t disk_look(const disk *d, size_t dir, const char *name);
const entry *disk_next(const disk *d, size_t dir, const char *after); /* NULL at the end */
/* Sets, replaces or (NOWHERE) removes a name, and counts links. */
void disk_name(disk *d, size_t dir, const char *name, size_t to);

void disk_write(disk *d, size_t at, size_t offset, const void *data, size_t length);
void disk_truncate(disk *d, size_t at, size_t size);
void disk_sync_bytes(disk *d, size_t at);
void disk_sync_names(disk *d, size_t at);
void disk_cut(disk *d, ob_power_cut how, uint64_t seed);

typedef struct disk_compare {
    const disk *left, *right;
    ob_memory_fs_missing missing_ok;
    void *context;
} disk_compare;
const char *disk_differs(const disk_compare *compare, size_t left, size_t right, const char *path);

#endif
