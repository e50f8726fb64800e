#include "point/ids.h"

#define LIST_LEAST ((size_t)256)
#define LIST_MOST ((size_t)8192)
#define KEPT_CAPACITY ((size_t)16 << 10)

static size_t count_of(const ob_buf *buf)
{
    return buf->length / OB_CHUNK_ID;
}

static void empty(ob_buf *buf)
{
    if (buf->capacity > KEPT_CAPACITY) {
        ob_buf_free(buf);
    } else {
        ob_buf_clear(buf);
    }
}

void ob_ids_clear(ob_ids *ids)
{
    empty(&ids->ids);
    empty(&ids->lists);
    ids->stored = 0;
}

void ob_ids_free(ob_ids *ids)
{
    ob_buf_free(&ids->ids);
    ob_buf_free(&ids->lists);
}

static ob_status write_list(ob_ids *ids, ob_repo *repo)
{
    ob_chunk_id id;
    uint64_t stored = 0;
    ob_status status =
        ob_repo_write(repo, OB_CHUNK_META, ids->ids.data, ids->ids.length, &id, &stored);
    if (!OB_FAILED(status)) {
        ids->stored += stored;
        ob_buf_clear(&ids->ids);
        ob_buf_put(&ids->lists, id.bytes, sizeof id.bytes);
        status = ob_buf_status(&ids->lists);
    }
    return status;
}

ob_status ob_ids_add(ob_ids *ids, ob_repo *repo, const ob_chunk_id *id)
{
    ob_buf_put(&ids->ids, id->bytes, sizeof id->bytes);
    ob_status status = ob_buf_status(&ids->ids);
    size_t count = count_of(&ids->ids);
    bool cut = id->bytes[0] == 0 && (id->bytes[1] & 3) == 0;
    /* One more than may stand in the entry, so that a file of so many does not get a list. */
    if (!OB_FAILED(status) && (count >= LIST_MOST || (cut && count > LIST_LEAST))) {
        status = write_list(ids, repo);
    }
    return status;
}

ob_status ob_ids_finish(ob_ids *ids, ob_repo *repo)
{
    if (ids->ids.length == 0 || (ids->lists.length == 0 && count_of(&ids->ids) <= OB_IDS_DIRECT)) {
        return OB_OK;
    }
    return write_list(ids, repo);
}

void ob_ids_give(const ob_ids *ids, ob_entry *entry)
{
    const ob_buf *from = ids->lists.length > 0 ? &ids->lists : &ids->ids;
    entry->depth = ids->lists.length > 0 ? 1 : 0;
    entry->ids = (const ob_chunk_id *)(const void *)from->data;
    entry->id_count = count_of(from);
}

ob_status ob_ids_copy(ob_ids *ids, const ob_entry *entry)
{
    ob_buf *to = entry->depth > 0 ? &ids->lists : &ids->ids;
    ob_ids_clear(ids);
    ob_buf_put(to, entry->ids, entry->id_count * OB_CHUNK_ID);
    return ob_buf_status(to);
}

ob_status ob_ids_each(ob_repo *repo, unsigned depth, const ob_chunk_id *ids, size_t count,
                      ob_ids_visit visit, void *context)
{
    ob_buf list = {0};
    ob_status status = OB_OK;
    if (depth == 0) {
        return count > 0 ? visit(context, ids, count) : OB_OK;
    }
    for (size_t i = 0; i < count && !OB_FAILED(status); i++) {
        status = ob_repo_read(repo, &ids[i], &list);
        if (!OB_FAILED(status) && (list.length == 0 || list.length % OB_CHUNK_ID != 0)) {
            status = ob_fail(OB_E_CORRUPT, "a list of chunks has %zu bytes", list.length);
        }
        if (!OB_FAILED(status)) {
            status = visit(context, (const ob_chunk_id *)(const void *)list.data,
                           list.length / OB_CHUNK_ID);
        }
    }
    ob_buf_free(&list);
    return status;
}
