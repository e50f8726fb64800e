/* The names in one folder, sorted by their bytes, which is the order of the file list. */
#ifndef OB_ENGINE_SOURCE_NAMES_H
#define OB_ENGINE_SOURCE_NAMES_H

#include "ob/buf.h"
#include "ob/fs.h"

/* Zero-initialise. */
typedef struct ob_names {
    char **names; /* the byte before each is its type as the listing gave it, 0 = not known */
    size_t count;
    ob_buf memory;
} ob_names;

/* Reads all names. A failure leaves those that were read until then: *listing says what the folder
 * gave, the result is OB_OK or OB_E_NO_MEMORY. */
ob_status ob_names_read(ob_names *names, const ob_fs *fs, ob_dir *dir, ob_status *listing);
ob_file_type ob_names_type(const char *name); /* of one of them */
bool ob_names_has(const ob_names *names, const char *name);
void ob_names_free(ob_names *names);

#endif
