#include "backup/content.h"

#include <string.h>

#define ENOUGH ((size_t)2 << 20)          /* bytes in which most chunks end */
#define SEQUENTIAL ((uint64_t)1 << 20)    /* from this size on the system is told how we read */
#define SHARED ((uint64_t)4 << 20)        /* from this size on other workers may help */
#define ATTRIBUTES_MOST ((size_t)1 << 20) /* bytes kept of the extended attributes of a file */

/* A file that is being read. */
typedef struct reading {
    ob_content *content;
    ob_file *file;
    const char *place;
    ob_ids *ids;
    ob_content_result *result;
    ob_extents *extents;
    uint64_t size;   /* bytes of data to read: what came later is for the next backup */
    uint64_t offset; /* bytes read */
    uint8_t *data;   /* read and not yet stored: [data, data + have) inside of the buffer */
    size_t have;
    bool ended;
    bool beside;     /* an alternate stream: the totals are of files' contents */
    uint64_t passed; /* bytes of holes that were told as done */
    ob_parts parts;  /* stored, or on their way */
} reading;

/* Holes are done when what is read next lies behind them. */
static void tell_holes(reading *r)
{
    uint64_t passed =
        r->extents->holes ? ob_extents_passed(r->extents, r->result->info.size) : r->passed;
    if (passed > r->passed) {
        ob_progress more = {.bytes_done = passed - r->passed};
        r->passed = passed;
        ob_report_add(r->content->report, &more, r->place);
    }
}

/* Moves what is left to the buffer's start and reads until `want` bytes are there. */
static ob_status fill(reading *r, size_t want)
{
    const ob_fs *fs = r->content->engine->fs;
    size_t got = 0;
    memmove(r->content->buffer, r->data, r->have);
    r->data = r->content->buffer;
    uint64_t left = r->size - r->offset;
    size_t length = want - r->have;
    length = left < length ? (size_t)left : length;
    ob_status status = OB_OK;
    if (length > 0) {
        status = ob_extents_read(r->extents, fs, r->file, r->data + r->have, length, &got);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    r->have += got;
    r->offset += got;
    r->ended = got < length || r->offset == r->size;
    if (got == length) {
        tell_holes(r);
    }
    return OB_OK;
}

static const ob_helpers *helpers_of(const reading *r)
{
    return r->size >= SHARED ? r->content->helpers : NULL;
}

static ob_status settle_part(reading *r, const ob_part *part)
{
    ob_content *content = r->content;
    if (OB_FAILED(part->status)) {
        return ob_fail(part->status, "%s", part->detail);
    }
    ob_status status = ob_ids_add(r->ids, content->repo, &part->id);
    if (!OB_FAILED(status)) {
        ob_progress more = {.bytes_done = r->beside ? 0 : part->length,
                            .bytes_changed = r->beside ? 0 : part->length,
                            .bytes_stored = part->stored};
        ob_report_add(content->report, &more, r->place);
        r->result->stored += part->stored;
    }
    return status;
}

/* Takes out what is done, and waits until no more than `most` are under way. */
static ob_status settle(reading *r, unsigned most)
{
    ob_part part;
    ob_status status = OB_OK;
    while (!OB_FAILED(status) &&
           ob_parts_take(&r->parts, helpers_of(r), r->parts.count > most, &part)) {
        status = settle_part(r, &part);
    }
    return status;
}

static ob_status store(reading *r, size_t length)
{
    ob_content *content = r->content;
    if (content->stopped(content->context)) {
        return ob_fail(OB_E_CANCELLED, "%s", r->place);
    }
    ob_parts_put(&r->parts, helpers_of(r), content->repo, r->data, length);
    r->data += length;
    r->have -= length;
    return settle(r, OB_PARTS - 1);
}

static ob_status read_chunks(reading *r)
{
    ob_status status = OB_OK;
    for (;;) {
        if (!r->ended && r->have < ENOUGH) {
            r->result->file = fill(r, ENOUGH);
        }
        if (OB_FAILED(r->result->file) || (r->ended && r->have == 0)) {
            break;
        }
        size_t cut = ob_chunker_cut(r->content->chunker, r->data, r->have, r->ended);
        if (cut == 0) {
            r->result->file = fill(r, OB_CHUNK_MOST);
            continue;
        }
        status = store(r, cut);
        if (OB_FAILED(status)) {
            break;
        }
    }
    return status;
}

static ob_status read_all(reading *r)
{
    ob_status status = read_chunks(r);
    if (OB_FAILED(status) || OB_FAILED(r->result->file)) {
        ob_parts_drop(&r->parts, helpers_of(r));
        return status;
    }
    status = settle(r, 0);
    if (OB_FAILED(status)) {
        ob_parts_drop(&r->parts, helpers_of(r));
        return status;
    }
    status = ob_ids_finish(r->ids, r->content->repo);
    r->result->stored += r->ids->stored;
    return status;
}

/* Compares with what the file was: a difference says that the copy may be of two moments. */
static ob_status check_unchanged(reading *r)
{
    const ob_fs *fs = r->content->engine->fs;
    ob_file_info now;
    ob_content_result *result = r->result;
    ob_status status = fs->file_stat(fs, r->file, &now);
    if (OB_FAILED(status)) {
        return status;
    }
    result->changed =
        now.size != result->info.size || now.mtime != result->info.mtime || r->offset != r->size;
    if (!r->extents->holes || r->offset != r->size) {
        result->info.size = ob_extents_end(r->extents);
    }
    return OB_OK;
}

/* Reads what `file` has, whose info this is. */
static ob_status read_data(reading *r, const ob_file_info *info)
{
    const ob_fs *fs = r->content->engine->fs;
    ob_status status = ob_extents_map(r->extents, fs, r->file, info);
    r->size = r->extents->bytes;
    r->ended = r->size == 0;
    if (OB_FAILED(status)) {
        return status;
    }
    tell_holes(r);
    return read_all(r);
}

static ob_status read_open_file(reading *r)
{
    const ob_fs *fs = r->content->engine->fs;
    ob_content_result *result = r->result;
    result->file = fs->file_stat(fs, r->file, &result->info);
    if (!OB_FAILED(result->file) && result->info.type != OB_FILE_REGULAR) {
        result->file = ob_fail(OB_E_NOT_SUPPORTED, "%s is no regular file any more", r->place);
    }
    if (OB_FAILED(result->file)) {
        return OB_OK;
    }
    ob_status status = read_data(r, &result->info);
    if (!OB_FAILED(status) && !OB_FAILED(result->file)) {
        result->file = check_unchanged(r);
    }
    if (!OB_FAILED(status) && !OB_FAILED(result->file) && r->extents->holes) {
        ob_extras_put_map(result->more, r->extents->list, r->extents->count);
    }
    return status;
}

/* ---- what it has beyond its bytes ---- */

typedef struct wanted {
    ob_extras *more;
    ob_buf *streams; /* receives names, each with its NUL; NULL: nobody wants them */
    bool too_much;   /* there are more attributes than an entry can have */
} wanted;

static ob_status take_extra(void *context, const ob_extra *extra)
{
    wanted *w = context;
    if (extra->kind == OB_EXTRA_KIND_XATTR &&
        w->more->attributes.length + extra->length > ATTRIBUTES_MOST) {
        w->too_much = true;
        return OB_OK;
    }
    if (extra->kind == OB_EXTRA_KIND_STREAM && w->streams != NULL) {
        ob_buf_put(w->streams, extra->name, strlen(extra->name) + 1);
        return ob_buf_status(w->streams);
    }
    return ob_extras_visit(w->more, extra);
}

static ob_status read_extras(const ob_fs *fs, ob_dir *dir, const char *name, ob_file *file,
                             ob_file_type type, wanted *w, uint32_t *not_kept)
{
    ob_status status = fs->read_extras != NULL
                           ? fs->read_extras(fs, dir, name, file, type, take_extra, w, not_kept)
                           : OB_OK;
    if (!OB_FAILED(status) && w->too_much) {
        *not_kept |= OB_EXTRA_XATTR;
    }
    return status;
}

ob_status ob_content_extras(const ob_fs *fs, ob_dir *dir, const char *name, ob_owners *owners,
                            const ob_file_info *info, ob_extras *more, uint32_t *not_kept)
{
    wanted w = {more, NULL, false};
    ob_extras_put_owners(more, owners, info);
    return read_extras(fs, dir, name, NULL, info->type, &w, not_kept);
}

static ob_status read_stream(reading *r, ob_dir *dir, const char *name, const char *stream)
{
    const ob_fs *fs = r->content->engine->fs;
    ob_content_result *result = r->result;
    ob_file_info info;
    ob_status status = OB_OK;
    result->file = fs->open_stream(fs, dir, name, stream, OB_OPEN_READ | OB_OPEN_BACKUP, &r->file);
    if (OB_FAILED(result->file)) {
        return OB_OK;
    }
    result->file = fs->file_stat(fs, r->file, &info);
    if (!OB_FAILED(result->file)) {
        info.allocated = info.size;
        status = read_data(r, &info);
    }
    if (!OB_FAILED(status) && !OB_FAILED(result->file)) {
        ob_entry entry = {.path = ""};
        ob_ids_give(r->ids, &entry);
        const ob_stream found = {stream, r->offset, entry.depth, entry.ids, entry.id_count};
        ob_extras_put_stream(result->more, &found);
    }
    fs->close(fs, r->file);
    return status;
}

static ob_status read_streams(reading *r, ob_dir *dir, const char *name, const ob_buf *names)
{
    ob_status status = OB_OK;
    for (size_t at = 0; at < names->length && !OB_FAILED(status) && !OB_FAILED(r->result->file);
         at += strlen((const char *)names->data + at) + 1) {
        ob_ids ids = {0};
        reading stream = {.content = r->content,
                          .place = r->place,
                          .ids = &ids,
                          .result = r->result,
                          .extents = r->extents,
                          .beside = true,
                          .data = r->content->buffer};
        status = read_stream(&stream, dir, name, (const char *)names->data + at);
        ob_ids_free(&ids);
    }
    return status;
}

static ob_status read_rest(reading *r, ob_dir *dir, const char *name)
{
    const ob_fs *fs = r->content->engine->fs;
    ob_content_result *result = r->result;
    ob_buf streams = {0};
    wanted w = {result->more, &streams, false};
    ob_status status = OB_OK;
    ob_extras_put_owners(result->more, r->content->owners, &result->info);
    result->file = read_extras(fs, dir, name, r->file, result->info.type, &w, &result->extras);
    if (!OB_FAILED(result->file) && fs->open_stream != NULL) {
        status = read_streams(r, dir, name, &streams);
    }
    if (result->file == OB_E_NOT_FOUND) {
        result->file = OB_OK; /* its name is gone; what was read is kept */
    }
    ob_buf_free(&streams);
    return status;
}

ob_status ob_content_read(ob_content *content, ob_folder *folder, const char *name,
                          const char *place, ob_ids *ids, ob_content_result *result)
{
    const ob_fs *fs = content->engine->fs;
    ob_dir *dir = folder != NULL ? folder->dir : NULL;
    reading r = {.content = content,
                 .place = place,
                 .ids = ids,
                 .result = result,
                 .extents = &content->extents,
                 .data = content->buffer};
    uint64_t size = result->info.size;
    int flags = OB_OPEN_READ | OB_OPEN_BACKUP | (size >= SEQUENTIAL ? OB_OPEN_SEQUENTIAL : 0);
    bool is_file = result->info.type != OB_FILE_DIR;
    ob_status status = OB_OK;
    result->changed = false;
    result->stored = 0;
    result->extras = 0;
    result->file = is_file ? fs->open(fs, dir, name, flags, &r.file) : OB_OK;
    if (!OB_FAILED(result->file) && is_file) {
        status = read_open_file(&r);
    }
    if (!OB_FAILED(status) && !OB_FAILED(result->file)) {
        status = read_rest(&r, dir, name);
    }
    if (r.file != NULL) {
        fs->close(fs, r.file);
    }
    if (!OB_FAILED(status) && result->file == OB_E_NO_MEMORY) {
        status = result->file;
    }
    return status;
}
