#include "point/path.h"
#include "point/point.h"

#include <string.h>

static const ob_table_row *row_of(const ob_cursor *cursor)
{
    return &cursor->point->table.rows[cursor->row];
}

static bool at_end(const ob_cursor *cursor)
{
    return cursor->row >= cursor->point->table.count;
}

static ob_status open_chunk(ob_cursor *cursor)
{
    const ob_table_row *row = row_of(cursor);
    if (cursor->loaded != cursor->row + 1) {
        cursor->loaded = 0;
        ob_status status = ob_repo_read(cursor->point->repo, &row->id, &cursor->chunk);
        if (!OB_FAILED(status) && cursor->chunk.length != row->length) {
            status = ob_fail(OB_E_CORRUPT, "a chunk of the file list has %zu bytes, not %u",
                             cursor->chunk.length, (unsigned)row->length);
        }
        if (OB_FAILED(status)) {
            return status;
        }
        cursor->loaded = cursor->row + 1;
    }
    cursor->index = 0;
    ob_status status = ob_list_open(&cursor->reader, cursor->chunk.data, cursor->chunk.length);
    cursor->open = !OB_FAILED(status);
    return status;
}

/* What the table said of a chunk holds: its first path, the number of its entries, and that all of
 * them come before the next chunk. */
static ob_status check_entry(const ob_cursor *cursor, const ob_entry *entry)
{
    const ob_table_row *row = row_of(cursor);
    bool right = cursor->index <= row->entries;
    if (cursor->index == 1) {
        right = right && entry->path_length == row->first_length &&
                memcmp(entry->path, row->first, row->first_length) == 0;
    }
    if (cursor->index == row->entries && cursor->row + 1 < cursor->point->table.count) {
        const ob_table_row *next = row + 1;
        right = right && ob_point_path_compare(entry->path, entry->path_length, next->first,
                                               next->first_length) < 0;
    }
    return right ? OB_OK : ob_fail(OB_E_CORRUPT, "a chunk of the file list is not in its place");
}

static ob_status next_in_chunk(ob_cursor *cursor, ob_entry *out, bool *more)
{
    ob_status status = ob_list_next(&cursor->reader, out, more);
    if (*more) {
        cursor->index++;
        ob_status place = check_entry(cursor, out);
        if (OB_FAILED(place)) {
            out->path = NULL;
            return place;
        }
    } else if (!OB_FAILED(status) && cursor->index != row_of(cursor)->entries) {
        status = ob_fail(OB_E_CORRUPT, "a chunk of the file list has %u entries, not %u",
                         (unsigned)cursor->index, (unsigned)row_of(cursor)->entries);
    }
    return status;
}

void ob_cursor_next_chunk(ob_cursor *cursor)
{
    cursor->open = false;
    cursor->held = false;
    cursor->index = 0;
    if (!at_end(cursor)) {
        cursor->row++;
    }
}

ob_status ob_cursor_next(ob_cursor *cursor, ob_entry *out)
{
    if (cursor->held) {
        cursor->held = false;
        *out = cursor->entry;
        return OB_OK;
    }
    *out = (ob_entry){0};
    while (!at_end(cursor)) {
        bool more = false;
        ob_status status = cursor->open ? OB_OK : open_chunk(cursor);
        if (!OB_FAILED(status)) {
            status = next_in_chunk(cursor, out, &more);
        }
        if (more || OB_FAILED(status)) {
            return status;
        }
        ob_cursor_next_chunk(cursor);
    }
    return OB_OK;
}

/* Reads on until `wanted` says yes, and holds that entry. Entries of a format that is not known
 * are judged by their paths; one that is wanted is read again to fail where it is asked for. */
static ob_status hold_first(ob_cursor *cursor, bool below, const char *path, size_t length)
{
    for (;;) {
        ob_entry entry;
        ob_status status = ob_cursor_next(cursor, &entry);
        if (entry.path == NULL) {
            return status;
        }
        bool wanted = below
                          ? !ob_point_path_below(path, length, entry.path, entry.path_length)
                          : ob_point_path_compare(entry.path, entry.path_length, path, length) >= 0;
        if (wanted && OB_FAILED(status)) {
            return ob_cursor_place(cursor, cursor->row, cursor->index - 1);
        }
        if (wanted) {
            cursor->entry = entry;
            cursor->held = true;
            return OB_OK;
        }
    }
}

ob_status ob_cursor_seek(ob_cursor *cursor, const char *path, size_t length)
{
    size_t after = ob_table_after(&cursor->point->table, 0, path, length, false);
    cursor->row = after > 0 ? after - 1 : 0;
    cursor->open = false;
    cursor->held = false;
    cursor->index = 0;
    return hold_first(cursor, false, path, length);
}

ob_status ob_cursor_place(ob_cursor *cursor, size_t row, uint32_t index)
{
    cursor->row = row;
    cursor->open = false;
    cursor->held = false;
    cursor->index = 0;
    if (row >= cursor->point->table.count || index > row_of(cursor)->entries) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "there is no such place in the file list");
    }
    ob_status status = open_chunk(cursor);
    while (!OB_FAILED(status) && cursor->index < index) {
        ob_entry entry;
        bool more = false;
        status = next_in_chunk(cursor, &entry, &more);
        if (status == OB_E_FORMAT_VERSION && more) {
            status = OB_OK;
        }
        if (!OB_FAILED(status) && !more) {
            status = ob_fail(OB_E_CORRUPT, "a chunk of the file list is too short");
        }
    }
    return status;
}

void ob_cursor_position(const ob_cursor *cursor, size_t *row, uint32_t *index)
{
    *row = cursor->row;
    *index = cursor->held ? cursor->index - 1 : cursor->index;
}

ob_status ob_cursor_skip(ob_cursor *cursor, const char *folder, size_t length)
{
    size_t beyond = ob_table_after(&cursor->point->table, cursor->row + 1, folder, length, true);
    /* A copy: `folder` may be part of the entry, which changes while we read on. */
    ob_buf_clear(&cursor->folder);
    ob_buf_put(&cursor->folder, folder, length);
    ob_status status = ob_buf_status(&cursor->folder);
    if (OB_FAILED(status)) {
        return status;
    }
    cursor->held = false;
    if (beyond - 1 > cursor->row) {
        cursor->row = beyond - 1;
        cursor->open = false;
        cursor->index = 0;
    }
    return hold_first(cursor, true, (const char *)cursor->folder.data, length);
}

void ob_cursor_free(ob_cursor *cursor)
{
    ob_buf_free(&cursor->chunk);
    ob_buf_free(&cursor->folder);
    ob_list_reader_free(&cursor->reader);
}
