/* Reads one file, cuts it into chunks and stores them, with all that it has beyond its bytes. One
 * object is for one thread. */
#ifndef OB_ENGINE_BACKUP_CONTENT_H
#define OB_ENGINE_BACKUP_CONTENT_H

#include "backup/extents.h"
#include "backup/parts.h"
#include "job/report.h"
#include "point/ids.h"
#include "source/folder.h"

typedef struct ob_content {
    const ob_engine *engine;
    ob_repo *repo;
    ob_report *report;
    const ob_chunker *chunker;
    bool (*stopped)(void *context); /* asked at each chunk */
    void *context;
    uint8_t *buffer;           /* OB_CHUNK_MOST bytes */
    const ob_helpers *helpers; /* who store chunks of large files too; NULL: nobody */
    ob_owners *owners;
    ob_extents extents; /* to be freed */
} ob_content;

/* What became of a file. */
typedef struct ob_content_result {
    ob_status file;    /* why it could not be read; OB_OK otherwise */
    ob_file_info info; /* as it was when reading began; size is that of what was read */
    ob_extras *more;   /* receives attributes, holes, streams; empty at the start */
    uint32_t extras;   /* OB_EXTRA_* of what it has and could not be had */
    bool changed;      /* while it was read */
    uint64_t stored;
} ob_content_result;

/* Also of a folder, which has no content of its own. `ids` is empty at the start. A failure
 * returned is one of the repository, of memory or OB_E_CANCELLED; one of the file is in the result.
 */
ob_status ob_content_read(ob_content *content, ob_folder *folder, const char *name,
                          const char *place, ob_ids *ids, ob_content_result *result);
/* All but content: attributes, owners. For what has no streams. */
ob_status ob_content_extras(const ob_fs *fs, ob_dir *dir, const char *name, ob_owners *owners,
                            const ob_file_info *info, ob_extras *more, uint32_t *not_kept);

#endif
