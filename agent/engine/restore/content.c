#include "restore/content.h"

#include "point/ids.h"

typedef struct writing {
    const ob_restore_content *content;
    ob_file *file;
    uint64_t size;    /* bytes of data */
    uint64_t done;    /* of those */
    ob_reader map;    /* what is left of it */
    ob_extent extent; /* that is written to … */
    uint64_t used;    /* … and bytes of it that were */
    uint64_t told;    /* bytes from the start that were told as done, holes too */
} writing;

/* Puts data where the map has it. */
static ob_status put(writing *w, const uint8_t *data, size_t length)
{
    const ob_fs *fs = w->content->restore->engine->fs;
    ob_status status = OB_OK;
    while (length > 0 && !OB_FAILED(status)) {
        if (w->used == w->extent.length) {
            w->used = 0;
            if (!ob_extra_next_extent(&w->map, &w->extent)) {
                return ob_fail(OB_E_CORRUPT, "%s has more data than its map", w->content->place);
            }
        }
        uint64_t left = w->extent.length - w->used;
        size_t count = left < length ? (size_t)left : length;
        status = fs->write_at(fs, w->file, w->extent.offset + w->used, data, count);
        w->used += count;
        data += count;
        length -= count;
    }
    return status;
}

/* All before `end` is done, `changed` bytes of it by what was just written. */
static void tell_done(writing *w, uint64_t end, uint64_t changed)
{
    const ob_restore_content *content = w->content;
    if (!content->beside) {
        ob_progress more = {.bytes_done = end - w->told, .bytes_changed = changed};
        ob_report_add(&content->restore->report, &more, content->place);
    }
    w->told = end;
}

static ob_status write_chunk(writing *w, const ob_chunk_id *id)
{
    const ob_restore_content *content = w->content;
    ob_restore *restore = content->restore;
    ob_buf *chunk = content->chunk;
    if (content->stopped != NULL && content->stopped(content->context)) {
        return ob_fail(OB_E_CANCELLED, "%s", content->place);
    }
    ob_status status = ob_repo_read(restore->repo, id, chunk);
    if (!OB_FAILED(status) && chunk->length > w->size - w->done) {
        status = ob_fail(OB_E_CORRUPT, "%s has more content than its size says", content->place);
    }
    if (!OB_FAILED(status)) {
        status = put(w, chunk->data, chunk->length);
    }
    if (!OB_FAILED(status)) {
        w->done += chunk->length;
        tell_done(w, w->extent.offset + w->used, chunk->length);
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

/* How many bytes of data a map has. */
static uint64_t data_of(ob_reader map)
{
    ob_extent extent = {0};
    uint64_t sum = 0;
    while (ob_extra_next_extent(&map, &extent)) {
        sum += extent.length;
    }
    return sum;
}

ob_status ob_restore_content_write(const ob_restore_content *content, ob_file *file)
{
    const ob_fs *fs = content->restore->engine->fs;
    writing w = {.content = content, .file = file, .size = content->size};
    if (content->map != NULL) {
        w.map = *content->map;
        w.size = data_of(w.map);
    } else {
        w.extent.length = content->size;
    }
    ob_status status = ob_ids_each(content->restore->repo, content->depth, content->ids,
                                   content->id_count, write_chunks, &w);
    if (status == OB_E_NOT_FOUND) {
        status =
            ob_fail(OB_E_CORRUPT, "%s: a part of its content is not in the vault", content->place);
    }
    if (!OB_FAILED(status) && w.done != w.size) {
        status = ob_fail(OB_E_CORRUPT, "%s has less content than its size says", content->place);
    }
    if (!OB_FAILED(status) && content->map != NULL) {
        status = fs->truncate(fs, file, content->size);
    }
    if (!OB_FAILED(status) && w.told < content->size) {
        tell_done(&w, content->size, 0); /* a hole at the end */
    }
    return status;
}
