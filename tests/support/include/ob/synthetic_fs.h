/*
 * A tree of files that exists only by computation: as many files as one likes, the same each time,
 * with a rate of changes between versions. It lies in OB_SYNTHETIC_ROOT of an ob_fs and is
 * read-only; all other paths go to the ob_fs inside, so that caches and such lie there.
 *
 *   ROOT/aNNNNNN/bNN/fNN    100 files a folder, 100 such folders in each of those at the top
 *   ROOT/fNNNNNNNN          with `wide`: all files in one folder
 */
#ifndef OB_SYNTHETIC_FS_H
#define OB_SYNTHETIC_FS_H

#include "ob/fs.h"

#define OB_SYNTHETIC_ROOT "/synthetic"

typedef struct ob_synthetic_fs {
    ob_fs fs;
    const ob_fs *inner;
    uint64_t files;
    bool wide;
    uint32_t bytes;     /* of a file at most; sizes differ */
    uint32_t version;   /* from 1; between two versions ... */
    uint32_t per_mille; /* ... so many of a thousand files change */
} ob_synthetic_fs;

void ob_synthetic_fs_init(ob_synthetic_fs *source, const ob_fs *inner, uint64_t files,
                          uint32_t bytes, uint32_t per_mille);

#endif
