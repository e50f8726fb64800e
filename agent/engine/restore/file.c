#include "restore/file.h"

#include "restore/content.h"
#include "restore/meta.h"

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

static ob_status write_content(const ob_placing *p, const ob_file_source *source, ob_file *file)
{
    const ob_entry *entry = source->entry;
    ob_reader map;
    const ob_restore_content content = {.restore = p->target->restore,
                                        .place = p->place,
                                        .size = entry->info.size,
                                        .depth = entry->depth,
                                        .ids = entry->ids,
                                        .id_count = entry->id_count,
                                        .map = ob_extra_map(entry, &map) ? &map : NULL,
                                        .stopped = source->stopped,
                                        .context = source->context,
                                        .chunk = source->chunk};
    return ob_restore_content_write(&content, file);
}

ob_status ob_file_write(const ob_placing *p, const ob_file_source *source, bool sync,
                        char temporary[OB_TEMPORARY_NAME])
{
    ob_restore *restore = p->target->restore;
    const ob_fs *fs = restore->engine->fs;
    ob_dir *dir = p->target->dir;
    ob_file *file = NULL;
    int flags = OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_EXCLUSIVE |
                (restore->private_new ? OB_OPEN_PRIVATE : 0);
    temporary_name(p, temporary);
    ob_status status = fs->open(fs, dir, temporary, flags, &file);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_meta_prepare(restore, dir, temporary, p->place, source->entry);
    status = write_content(p, source, file);
    if (!OB_FAILED(status) && sync) {
        status = fs->sync(fs, file);
    }
    fs->close(fs, file);
    if (!OB_FAILED(status) && p->target->gives_acl) {
        ob_meta_disinherit(restore, dir, temporary, p->place, source->entry);
    }
    if (!OB_FAILED(status)) {
        status =
            ob_meta_apply(restore, dir, temporary, p->place, source->entry, restore->mask, sync);
    }
    return OB_FAILED(status) ? ob_file_abandon(p, temporary, status) : OB_OK;
}

ob_status ob_file_settle(const ob_placing *p, const ob_entry *entry, const char *temporary,
                         ob_restored *restored)
{
    *restored = (ob_restored){0};
    ob_status status = settle(p, temporary, restored);
    if (OB_FAILED(status)) {
        return ob_file_abandon(p, temporary, status);
    }
    if (restored->done) {
        ob_meta_seal(p->target->restore, p->target->dir,
                     restored->copy[0] != '\0' ? restored->copy : p->name, p->place, entry);
    }
    return OB_OK;
}

/* ---- what has no content ---- */

static ob_status take_reparse(void *context, const ob_extra *extra)
{
    ob_extra *out = context;
    *out = extra->kind == OB_EXTRA_KIND_REPARSE ? *extra : *out;
    return OB_OK;
}

static ob_status make(const ob_placing *p, const ob_entry *entry, const char *temporary)
{
    const ob_fs *fs = fs_of(p);
    ob_dir *dir = p->target->dir;
    ob_extra reparse = {OB_EXTRA_KIND_REPARSE, "", NULL, 0};
    if (entry->info.type == OB_FILE_SYMLINK) {
        return fs->make_symlink(fs, dir, temporary, entry->target,
                                (entry->info.attributes & ATTRIBUTE_DIRECTORY) != 0);
    }
    if (fs->make_node == NULL) {
        return ob_fail(OB_E_NOT_SUPPORTED, "%s: this system has no such files", p->place);
    }
    ob_status status = ob_extra_each(entry, take_reparse, &reparse);
    return OB_FAILED(status)
               ? status
               : fs->make_node(fs, dir, temporary, &entry->info, reparse.data, reparse.length);
}

ob_status ob_file_restore_node(const ob_placing *p, const ob_entry *entry, ob_restored *restored)
{
    ob_restore *restore = p->target->restore;
    char temporary[OB_TEMPORARY_NAME];
    *restored = (ob_restored){0};
    temporary_name(p, temporary);
    ob_status status = make(p, entry, temporary);
    if (OB_FAILED(status)) {
        return status;
    }
    if (p->target->gives_acl && entry->info.type != OB_FILE_SYMLINK) {
        ob_meta_disinherit(restore, p->target->dir, temporary, p->place, entry);
    }
    status =
        ob_meta_apply(restore, p->target->dir, temporary, p->place, entry, restore->mask, true);
    return OB_FAILED(status) ? ob_file_abandon(p, temporary, status)
                             : ob_file_settle(p, entry, temporary, restored);
}

/* ---- more names ---- */

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
