/* A restore without a point: its shared part, a root folder, and what was told. */
#ifndef OB_TEST_RESTORE_STAGE_H
#define OB_TEST_RESTORE_STAGE_H

#include "restore/crew.h"
#include "scene.h"

typedef struct stage {
    scene scene;
    ob_restore_options options;
    ob_control control;
    ob_restore restore;
    ob_target *root; /* of the folder scene.source */
    ob_buf chunk;
    size_t events;
    scene_event last; /* event */
    bool cancelled;
} stage;

void stage_open(stage *self, ob_overwrite overwrite);
void stage_close(stage *self);

/* Chunks of a content, stored; the entry borrows ids until the next call. */
ob_entry stage_entry(stage *self, const char *path, const char *content);
bool stage_never(void *context);
/* What is in a file of the root: its text. */
const char *stage_text(stage *self, const char *name);
size_t stage_count(stage *self, const char *name); /* names in a folder of the root */

#endif
