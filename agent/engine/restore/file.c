#include "restore/file.h"

#include <stdio.h>
#include <string.h>

#define COPIES_MOST 1000u
#define ATTRIBUTE_DIRECTORY 0x10u /* of Windows: a symbolic link to a folder */

static const ob_fs *fs_of(const ob_placing *p)
{
    return p->target->restore->engine->fs;
}

static void temporary_name(const ob_placing *p, char out[OB_TEMPORARY_NAME])
{
    ob_restore *restore = p->target->restore;
    ob_mutex_lock(&restore->lock);
    uint64_t number = restore->temporary++;
    ob_mutex_unlock(&restore->lock);
    snprintf(out, OB_TEMPORARY_NAME, ".ob-%016llx", (unsigned long long)number);
}

ob_status ob_file_stays(const ob_placing *p, bool *stays)
{
    const ob_fs *fs = fs_of(p);
    ob_restore *restore = p->target->restore;
    ob_file_info there;
    *stays = false;
    if (restore->options->overwrite != OB_OVERWRITE_SKIP) {
        return OB_OK;
    }
    ob_status status = fs->stat(fs, p->target->dir, p->name, &there);
    if (status == OB_E_NOT_FOUND) {
        return OB_OK;
    }
    if (!OB_FAILED(status)) {
        *stays = true;
        ob_report_event(&restore->report, OB_EVENT_EXISTED, p->place, "");
    }
    return status;
}

ob_status ob_file_abandon(const ob_placing *p, const char *temporary, ob_status status)
{
    char detail[1024];
    snprintf(detail, sizeof detail, "%s", ob_detail());
    (void)fs_of(p)->remove_file(fs_of(p), p->target->dir, temporary);
    return ob_fail(status, "%s", detail);
}

static ob_status tell_copy(const ob_placing *p, ob_restored *restored)
{
    ob_buf place = {0};
    size_t length = strlen(p->place) - strlen(p->name);
    ob_buf_put(&place, p->place, length);
    ob_buf_put(&place, restored->copy, strlen(restored->copy) + 1);
    ob_status status = ob_buf_status(&place);
    if (!OB_FAILED(status)) {
        ob_report_event(&p->target->restore->report, OB_EVENT_RESTORED_AS, p->place,
                        (const char *)place.data);
    }
    ob_buf_free(&place);
    return status;
}

/* Gives what is whole under the name `from` its place. `from` is left if it cannot. */
static ob_status settle(const ob_placing *p, const char *from, ob_restored *restored)
{
    const ob_fs *fs = fs_of(p);
    ob_restore *restore = p->target->restore;
    ob_dir *dir = p->target->dir;
    if (restore->options->overwrite == OB_OVERWRITE_REPLACE) {
        ob_status status = fs->rename(fs, dir, from, dir, p->name);
        restored->done = !OB_FAILED(status);
        return status;
    }
    ob_status status = fs->rename_new(fs, dir, from, dir, p->name);
    for (unsigned i = 1; status == OB_E_EXISTS && i <= COPIES_MOST &&
                         restore->options->overwrite == OB_OVERWRITE_COPY;
         i++) {
        ob_restore_copy_name(p->name, i, restored->copy);
        status = fs->rename_new(fs, dir, from, dir, restored->copy);
    }
    if (status == OB_E_EXISTS && restore->options->overwrite == OB_OVERWRITE_SKIP) {
        ob_report_event(&restore->report, OB_EVENT_EXISTED, p->place, "");
        return fs->remove_file(fs, dir, from);
    }
    restored->done = !OB_FAILED(status);
    if (restored->done && restored->copy[0] != '\0') {
        status = tell_copy(p, restored);
    }
    return status;
}

/* ---- regular files ---- */

typedef struct writing {
    const ob_placing *placing;
    const ob_file_source *source;
    ob_file *file;
    uint64_t offset;
} writing;

static ob_status write_chunk(writing *w, const ob_chunk_id *id)
{
    ob_restore *restore = w->placing->target->restore;
    const ob_fs *fs = restore->engine->fs;
    ob_buf *chunk = w->source->chunk;
    if (w->source->stopped(w->source->context)) {
        return ob_fail(OB_E_CANCELLED, "%s", w->placing->place);
    }
    ob_status status = ob_repo_read(restore->repo, id, chunk);
    if (!OB_FAILED(status) && chunk->length > w->source->entry->info.size - w->offset) {
        status = ob_fail(OB_E_CORRUPT, "%s has more content than its size says", w->placing->place);
    }
    if (!OB_FAILED(status)) {
        status = fs->write_at(fs, w->file, w->offset, chunk->data, chunk->length);
    }
    if (!OB_FAILED(status)) {
        ob_progress more = {.bytes_done = chunk->length, .bytes_changed = chunk->length};
        w->offset += chunk->length;
        ob_report_add(&restore->report, &more, w->placing->place);
    }
    return status;
}

static ob_status write_chunks(void *context, const ob_chunk_id *ids, size_t count)
{
    writing *w = context;
    ob_status status = OB_OK;
    for (size_t i = 0; i < count && !OB_FAILED(status); i++) {
        status = write_chunk(w, &ids[i]);
    }
    return status;
}

static ob_status write_content(const ob_placing *p, const ob_file_source *source, ob_file *file)
{
    ob_restore *restore = p->target->restore;
    const ob_entry *entry = source->entry;
    writing w = {.placing = p, .source = source, .file = file};
    ob_status status =
        ob_ids_each(restore->repo, entry->depth, entry->ids, entry->id_count, write_chunks, &w);
    if (status == OB_E_NOT_FOUND) {
        status = ob_fail(OB_E_CORRUPT, "%s: a part of its content is not in the vault", p->place);
    }
    if (!OB_FAILED(status) && w.offset != entry->info.size) {
        status = ob_fail(OB_E_CORRUPT, "%s has less content than its size says", p->place);
    }
    return status;
}

ob_status ob_file_write(const ob_placing *p, const ob_file_source *source, bool sync,
                        char temporary[OB_TEMPORARY_NAME])
{
    ob_restore *restore = p->target->restore;
    const ob_fs *fs = restore->engine->fs;
    ob_dir *dir = p->target->dir;
    const ob_file_info *info = &source->entry->info;
    ob_file *file = NULL;
    int flags = OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_EXCLUSIVE |
                (restore->private_new ? OB_OPEN_PRIVATE : 0);
    temporary_name(p, temporary);
    ob_status status = fs->open(fs, dir, temporary, flags, &file);
    if (OB_FAILED(status)) {
        return status;
    }
    status = write_content(p, source, file);
    if (!OB_FAILED(status) && sync) {
        status = fs->sync(fs, file);
    }
    fs->close(fs, file);
    if (!OB_FAILED(status)) {
        status = ob_restore_set_meta(restore, dir, temporary, p->place, info, restore->mask);
    }
    return OB_FAILED(status) ? ob_file_abandon(p, temporary, status) : OB_OK;
}

ob_status ob_file_settle(const ob_placing *p, const char *temporary, ob_restored *restored)
{
    *restored = (ob_restored){0};
    ob_status status = settle(p, temporary, restored);
    return OB_FAILED(status) ? ob_file_abandon(p, temporary, status) : OB_OK;
}

/* ---- links ---- */

ob_status ob_file_restore_symlink(const ob_placing *p, const ob_entry *entry, ob_restored *restored)
{
    ob_restore *restore = p->target->restore;
    const ob_fs *fs = restore->engine->fs;
    ob_dir *dir = p->target->dir;
    char temporary[OB_TEMPORARY_NAME];
    *restored = (ob_restored){0};
    temporary_name(p, temporary);
    ob_status status = fs->make_symlink(fs, dir, temporary, entry->target,
                                        (entry->info.attributes & ATTRIBUTE_DIRECTORY) != 0);
    if (OB_FAILED(status)) {
        return status;
    }
    status = ob_restore_set_meta(restore, dir, temporary, p->place, &entry->info, restore->mask);
    if (!OB_FAILED(status)) {
        status = settle(p, temporary, restored);
    }
    return OB_FAILED(status) ? ob_file_abandon(p, temporary, status) : OB_OK;
}

ob_status ob_file_restore_link(const ob_placing *p, ob_dir *first_dir, const char *first,
                               ob_restored *restored)
{
    const ob_fs *fs = fs_of(p);
    ob_dir *dir = p->target->dir;
    char temporary[OB_TEMPORARY_NAME];
    *restored = (ob_restored){0};
    temporary_name(p, temporary);
    ob_status status = fs->make_link(fs, first_dir, first, dir, temporary);
    if (OB_FAILED(status)) {
        return status;
    }
    status = settle(p, temporary, restored);
    if (OB_FAILED(status)) {
        return ob_file_abandon(p, temporary, status);
    }
    if (p->target->restore->options->overwrite == OB_OVERWRITE_REPLACE) {
        /* If the name stood for this file already, the rename left both names. */
        (void)fs->remove_file(fs, dir, temporary);
    }
    return OB_OK;
}
