/* A machine's objects in a folder vault, inside: what the objects and their deletion share. */
#ifndef OB_STORE_FOLDER_STORE_H
#define OB_STORE_FOLDER_STORE_H

#include "ob/clock.h"
#include "ob/fs.h"
#include "ob/store.h"

typedef struct ob_folder_store {
    ob_store store;
    const ob_fs *fs;
    const ob_clock *clock; /* of holds */
    char *folder;          /* the vault's */
    char *machine;         /* the machine's */
} ob_folder_store;

/* The folder an object is in, and its path. Free both with ob_free(). */
ob_status ob_folder_locate(const ob_folder_store *store, ob_object_kind kind, const char *name,
                           char **place, char **path);
/* What a failed call to the file system means for the vault. `missing`: what it means that a folder
 * or file is not there although the vault is. */
ob_status ob_folder_explain(const ob_folder_store *store, ob_status status, ob_status missing);
/* Writes a file of the machine's folder anew, in one step. */
ob_status ob_folder_replace(const ob_folder_store *store, const char *name, const void *data,
                            size_t length);
/* Names that went from the folder stay away after it. */
ob_status ob_folder_sync(const ob_folder_store *store, const char *place);

extern const ob_hold_ops ob_folder_hold_ops; /* folder_holds.c */

#endif
