#include "restore/meta.h"

#include "restore/content.h"

#include <string.h>

#define STORED_AS 0xA00u /* FILE_ATTRIBUTE_SPARSE_FILE, FILE_ATTRIBUTE_COMPRESSED of Windows */

static const char *name_of(ob_extra_kind kind)
{
    switch (kind) {
    case OB_EXTRA_KIND_ACCESS_ACL:
    case OB_EXTRA_KIND_DEFAULT_ACL:
        return "acl";
    case OB_EXTRA_KIND_XATTR:
        return "xattr";
    case OB_EXTRA_KIND_CAPABILITY:
        return "capability";
    case OB_EXTRA_KIND_STREAM:
        return "alternate stream";
    case OB_EXTRA_KIND_REPARSE:
        return "reparse point";
    case OB_EXTRA_KIND_SECURITY:
        return "security descriptor";
    case OB_EXTRA_KIND_SHORT_NAME:
        break;
    }
    return "short name";
}

/* ---- what ob_file_info has ---- */

/* The owner's and group's numbers here, by their names where these exist. */
static void find_owner(const ob_restore *restore, const ob_entry *entry, ob_file_info *info)
{
    char name[OB_OWNER_NAME_MOST + 1];
    if (ob_extra_owner(entry, false, name)) {
        (void)ob_owners_id(restore->owners, false, name, &info->uid);
    }
    if (ob_extra_owner(entry, true, name)) {
        (void)ob_owners_id(restore->owners, true, name, &info->gid);
    }
}

static ob_status set_owner(ob_restore *restore, ob_dir *dir, const char *name, const char *place,
                           const ob_entry *entry, ob_file_info *info)
{
    const ob_fs *fs = restore->engine->fs;
    find_owner(restore, entry, info);
    ob_status status = fs->set_meta(fs, dir, name, info, OB_META_OWNER);
    if (OB_FAILED(status) && status != OB_E_NO_MEMORY) {
        /* Not the right to act as the owner: that is us now. */
        info->mode &= 01777;
        ob_report_event(&restore->report, OB_EVENT_NOT_KEPT, place, "owner");
        status = OB_OK;
    }
    return status;
}

static ob_status set_rest(ob_restore *restore, ob_dir *dir, const char *name, const char *place,
                          const ob_file_info *info, int mask)
{
    const ob_fs *fs = restore->engine->fs;
    ob_status status = mask != 0 ? fs->set_meta(fs, dir, name, info, mask) : OB_OK;
    if (OB_FAILED(status) && status != OB_E_NO_MEMORY) {
        ob_report_event(&restore->report, OB_EVENT_NOT_KEPT, place, "permissions or times");
        status = OB_OK;
    }
    return status;
}

void ob_meta_prepare(ob_restore *restore, ob_dir *dir, const char *name, const char *place,
                     const ob_entry *entry)
{
    const ob_fs *fs = restore->engine->fs;
    bool special = (entry->info.attributes & STORED_AS) != 0 ||
                   (entry->info.inode_flags & OB_INODE_COMPRESSED) != 0;
    if (special && (restore->mask & OB_META_ATTRIBUTES) != 0 &&
        OB_FAILED(fs->set_meta(fs, dir, name, &entry->info, OB_META_STORAGE))) {
        ob_report_event(&restore->report, OB_EVENT_NOT_KEPT, place,
                        (entry->info.attributes & 0x200u) != 0 ? "sparse" : "compressed");
    }
}

/* ---- what it has beyond that ---- */

typedef struct applying {
    ob_restore *restore;
    ob_dir *dir;
    const char *name;
    const char *place;
    bool sync;
    bool last;     /* only what comes last: the descriptor may keep us from everything else */
    uint64_t told; /* kinds, as bits */
    ob_buf chunk;
} applying;

/* Once for a file; once for the job on a system of another kind, which has none of them. */
static void tell(applying *a, ob_extra_kind kind)
{
    ob_restore *restore = a->restore;
    uint64_t bit = UINT64_C(1) << kind;
    bool again = (a->told & bit) != 0;
    a->told |= bit;
    if ((restore->mask & OB_META_ATTRIBUTES) == 0) {
        ob_mutex_lock(&restore->lock);
        again = (restore->told & bit) != 0;
        restore->told |= bit;
        ob_mutex_unlock(&restore->lock);
    }
    if (!again) {
        ob_report_event(&restore->report, OB_EVENT_NOT_KEPT, a->place, name_of(kind));
    }
}

/* Who may do what with the file. */
static bool is_security(const ob_extra *extra)
{
    return extra->kind == OB_EXTRA_KIND_XATTR ? strncmp(extra->name, "security.", 9) == 0 ||
                                                    strncmp(extra->name, "system.", 7) == 0
                                              : extra->kind != OB_EXTRA_KIND_SHORT_NAME;
}

static ob_status apply_extra(void *context, const ob_extra *extra)
{
    applying *a = context;
    const ob_fs *fs = a->restore->engine->fs;
    bool same = (a->restore->mask & OB_META_ATTRIBUTES) != 0;
    if (extra->kind == OB_EXTRA_KIND_REPARSE || extra->kind == OB_EXTRA_KIND_SHORT_NAME ||
        (extra->kind == OB_EXTRA_KIND_SECURITY) != a->last ||
        (a->restore->options->skip_security && is_security(extra))) {
        return OB_OK;
    }
    ob_status status = OB_E_NOT_SUPPORTED;
    if (same && fs->write_extra != NULL) {
        status = fs->write_extra(fs, a->dir, a->name, extra);
    }
    if (OB_FAILED(status) && status != OB_E_NO_MEMORY) {
        tell(a, extra->kind);
        status = OB_OK;
    }
    return status;
}

static ob_status apply_short_name(void *context, const ob_extra *extra)
{
    applying *a = context;
    const ob_fs *fs = a->restore->engine->fs;
    if (extra->kind == OB_EXTRA_KIND_SHORT_NAME &&
        ((a->restore->mask & OB_META_ATTRIBUTES) == 0 || fs->write_extra == NULL ||
         OB_FAILED(fs->write_extra(fs, a->dir, a->name, extra)))) {
        tell(a, extra->kind);
    }
    return OB_OK;
}

void ob_meta_seal(ob_restore *restore, ob_dir *dir, const char *name, const char *place,
                  const ob_entry *entry)
{
    const ob_fs *fs = restore->engine->fs;
    applying a = {.restore = restore, .dir = dir, .name = name, .place = place};
    (void)ob_extra_each(entry, apply_short_name, &a);
    if ((entry->info.inode_flags & ~(uint32_t)OB_INODE_COMPRESSED) != 0 &&
        (restore->mask & OB_META_ATTRIBUTES) != 0 &&
        OB_FAILED(fs->set_meta(fs, dir, name, &entry->info, OB_META_FLAGS))) {
        ob_report_event(&restore->report, OB_EVENT_NOT_KEPT, place, "inode flags");
    }
}

static ob_status note_kind(void *context, const ob_extra *extra)
{
    uint64_t *kinds = context;
    *kinds |= UINT64_C(1) << extra->kind;
    return OB_OK;
}

bool ob_meta_gives_acl(ob_restore *restore, ob_dir *dir, const char *name, bool *has)
{
    const ob_fs *fs = restore->engine->fs;
    uint64_t kinds = 0;
    uint32_t not_kept = 0;
    *has = false;
    if ((restore->mask & OB_META_MODE) == 0 || fs->read_extras == NULL ||
        OB_FAILED(
            fs->read_extras(fs, dir, name, NULL, OB_FILE_DIR, note_kind, &kinds, &not_kept))) {
        return false;
    }
    bool gives = (kinds >> OB_EXTRA_KIND_DEFAULT_ACL & 1) != 0;
    *has = gives || (kinds >> OB_EXTRA_KIND_ACCESS_ACL & 1) != 0;
    return gives;
}

void ob_meta_disinherit(ob_restore *restore, ob_dir *dir, const char *name, const char *place,
                        const ob_entry *entry)
{
    const ob_fs *fs = restore->engine->fs;
    applying a = {.restore = restore, .dir = dir, .name = name, .place = place};
    uint64_t kinds = 0;
    (void)ob_extra_each(entry, note_kind, &kinds);
    for (int kind = OB_EXTRA_KIND_ACCESS_ACL; kind <= OB_EXTRA_KIND_DEFAULT_ACL; kind++) {
        const ob_extra none = {(ob_extra_kind)kind, "", NULL, 0};
        bool may = kind == OB_EXTRA_KIND_ACCESS_ACL || entry->info.type == OB_FILE_DIR;
        if (may && (kinds >> kind & 1) == 0 && OB_FAILED(fs->write_extra(fs, dir, name, &none))) {
            tell(&a, (ob_extra_kind)kind);
        }
    }
}

static ob_status write_stream(applying *a, const ob_stream *stream, ob_file *file)
{
    const ob_fs *fs = a->restore->engine->fs;
    const ob_restore_content content = {.restore = a->restore,
                                        .place = a->place,
                                        .size = stream->size,
                                        .depth = stream->depth,
                                        .ids = stream->ids,
                                        .id_count = stream->id_count,
                                        .beside = true,
                                        .chunk = &a->chunk};
    ob_status status = ob_restore_content_write(&content, file);
    return OB_FAILED(status) || !a->sync ? status : fs->sync(fs, file);
}

static ob_status apply_stream(void *context, const ob_stream *stream)
{
    applying *a = context;
    const ob_fs *fs = a->restore->engine->fs;
    ob_file *file = NULL;
    ob_status status = OB_E_NOT_SUPPORTED;
    if (fs->open_stream != NULL) {
        status = fs->open_stream(fs, a->dir, a->name, stream->name,
                                 OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_TRUNCATE, &file);
    }
    if (OB_FAILED(status) && status != OB_E_NO_MEMORY) {
        tell(a, OB_EXTRA_KIND_STREAM);
        return OB_OK;
    }
    if (!OB_FAILED(status)) {
        status = write_stream(a, stream, file);
        fs->close(fs, file);
    }
    if (OB_FAILED(status) && !ob_restore_is_fatal(status)) {
        ob_report_failed(&a->restore->report, a->place, status); /* the file's own bytes are fine */
        status = OB_OK;
    }
    return status;
}

ob_status ob_meta_apply(ob_restore *restore, ob_dir *dir, const char *name, const char *place,
                        const ob_entry *entry, int mask, bool sync)
{
    applying a = {.restore = restore, .dir = dir, .name = name, .place = place, .sync = sync};
    ob_file_info info = entry->info;
    ob_status status = OB_OK;
    if (mask == 0) {
        return OB_OK;
    }
    info.atime = restore->now;
    /* The owner first: a change of owner takes capabilities and set-id bits away. The mode after
     * the attributes, which may need the right to write. */
    if ((mask & OB_META_OWNER) != 0) {
        status = set_owner(restore, dir, name, place, entry, &info);
    }
    if (!OB_FAILED(status)) {
        status = ob_extra_each_stream(entry, apply_stream, &a);
    }
    if (!OB_FAILED(status)) {
        status = ob_extra_each(entry, apply_extra, &a);
    }
    if (!OB_FAILED(status)) {
        status = set_rest(restore, dir, name, place, &info, mask & ~OB_META_OWNER);
    }
    a.last = true;
    if (!OB_FAILED(status)) {
        status = ob_extra_each(entry, apply_extra, &a);
    }
    ob_buf_free(&a.chunk);
    return status;
}
