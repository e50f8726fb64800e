#include "stage.h"

#include "restore/volume.h"

#include <stdio.h>
#include <string.h>

static bool is_cancelled(void *context)
{
    const stage *self = context;
    return self->cancelled;
}

static void take_event(void *context, const ob_event *event)
{
    stage *self = context;
    self->events++;
    self->last.kind = event->kind;
    self->last.status = event->status;
    snprintf(self->last.path, sizeof self->last.path, "%s", event->path);
    snprintf(self->last.what, sizeof self->last.what, "%s", event->what);
    snprintf(self->last.detail, sizeof self->last.detail, "%s", event->detail);
}

void stage_open(stage *self, ob_overwrite overwrite)
{
    memset(self, 0, sizeof *self);
    scene_open(&self->scene);
    self->options.overwrite = overwrite;
    self->options.destination = self->scene.source;
    self->control = (ob_control){self, is_cancelled, NULL, take_event};
    self->restore = (ob_restore){.engine = &self->scene.rig.engine,
                                 .options = &self->options,
                                 .mask = OB_META_MODE | OB_META_TIMES | OB_META_ATTRIBUTES,
                                 .private_new = true,
                                 .now = 1};
    ob_check_ok(ob_owners_new(&self->restore.owners));
    ob_mutex_init(&self->restore.lock);
    ob_report_begin(&self->restore.report, &self->control, &self->scene.clock.clock);
    ob_check_ok(ob_repo_open(&self->scene.rig.engine, true, &self->restore.repo));
    ob_check_ok(ob_target_open_root(&self->restore, self->scene.source, &self->root));
}

void stage_close(stage *self)
{
    ob_target_drop(self->root);
    ob_volume_close_all(&self->restore);
    ob_owners_free(self->restore.owners);
    ob_repo_close(self->restore.repo);
    ob_report_end(&self->restore.report);
    ob_mutex_destroy(&self->restore.lock);
    ob_buf_free(&self->chunk);
    scene_close(&self->scene);
}

ob_entry stage_entry(stage *self, const char *path, const char *content)
{
    static ob_chunk_id id;
    uint64_t stored = 0;
    size_t length = strlen(content);
    ob_entry entry = {.path = path,
                      .path_length = strlen(path),
                      .info = {.type = OB_FILE_REGULAR,
                               .mode = 0640,
                               .links = 1,
                               .size = length,
                               .mtime = INT64_C(1500000000) * 1000000000},
                      .target = ""};
    if (length > 0) {
        ob_check_ok(
            ob_repo_write(self->restore.repo, OB_CHUNK_DATA, content, length, &id, &stored));
        ob_check_ok(ob_repo_flush(self->restore.repo));
        entry.ids = &id;
        entry.id_count = 1;
    }
    return entry;
}

bool stage_never(void *context)
{
    (void)context;
    return false;
}

const char *stage_text(stage *self, const char *name)
{
    size_t length = 0;
    return (const char *)ob_test_read_file(scene_path(&self->scene, name), &length);
}

size_t stage_count(stage *self, const char *name)
{
    const ob_fs *fs = ob_fs_os();
    ob_dir *dir = NULL;
    size_t count = 0;
    ob_dir_entry entry = {.name = ""};
    ob_check_ok(fs->dir_open(fs, NULL, scene_path(&self->scene, name), &dir));
    for (;;) {
        ob_check_ok(fs->dir_read(fs, dir, &entry));
        if (entry.name == NULL) {
            break;
        }
        count++;
    }
    fs->dir_close(fs, dir);
    return count;
}
