#include "point/table.h"

#include "ob/alloc.h"
#include "point/path.h"

#include <string.h>

#define VERSION 1
#define CUT_LEAST 256u
#define CUT_MASK 1023u
#define CUT_MOST ((size_t)1 << 20)
#define TABLE_CHUNKS_MOST ((size_t)1 << 16)

static ob_status write_chunk(ob_table_writer *writer)
{
    ob_chunk_id id;
    uint64_t stored = 0;
    ob_status status = ob_buf_status(&writer->chunk);
    if (!OB_FAILED(status)) {
        status = ob_repo_write(writer->repo, OB_CHUNK_META, writer->chunk.data,
                               writer->chunk.length, &id, &stored);
    }
    if (!OB_FAILED(status)) {
        writer->stored += stored;
        writer->rows = 0;
        ob_buf_clear(&writer->chunk);
        ob_buf_put(&writer->ids, id.bytes, sizeof id.bytes);
        status = ob_buf_status(&writer->ids);
    }
    return status;
}

ob_status ob_table_add(ob_table_writer *writer, const ob_list_chunk *chunk, const ob_chunk_id *id)
{
    if (writer->rows == 0) {
        ob_buf_put_u8(&writer->chunk, VERSION);
    }
    ob_buf_put(&writer->chunk, id->bytes, sizeof id->bytes);
    ob_buf_put_varint(&writer->chunk, chunk->length);
    ob_buf_put_varint(&writer->chunk, chunk->entries);
    ob_buf_put_counted(&writer->chunk, chunk->first, chunk->first_length);
    writer->rows++;
    bool cut = (ob_point_path_hash(chunk->first, chunk->first_length) & CUT_MASK) == 0;
    if (writer->chunk.length >= CUT_MOST || (cut && writer->rows >= CUT_LEAST)) {
        return write_chunk(writer);
    }
    return ob_buf_status(&writer->chunk);
}

ob_status ob_table_finish(ob_table_writer *writer)
{
    return writer->rows > 0 ? write_chunk(writer) : OB_OK;
}

void ob_table_writer_free(ob_table_writer *writer)
{
    ob_buf_free(&writer->chunk);
    ob_buf_free(&writer->ids);
}

static ob_status add_row(ob_table *table, const ob_table_row *row)
{
    if (table->count == table->capacity) {
        size_t capacity = table->capacity > 0 ? table->capacity * 2 : 16;
        ob_table_row *rows = ob_realloc_array(table->rows, capacity, sizeof *rows);
        if (rows == NULL) {
            return ob_fail(OB_E_NO_MEMORY, "%zu rows of a table", capacity);
        }
        table->rows = rows;
        table->capacity = capacity;
    }
    table->rows[table->count++] = *row;
    return OB_OK;
}

static bool read_row(ob_reader *in, const ob_table *table, ob_table_row *row)
{
    size_t length = 0;
    ob_read_copy(in, row->id.bytes, sizeof row->id.bytes);
    uint64_t bytes = ob_read_varint(in);
    uint64_t entries = ob_read_varint(in);
    const uint8_t *first = ob_read_counted(in, OB_POINT_PATH_MOST, &length);
    const ob_table_row *last = table->count > 0 ? &table->rows[table->count - 1] : NULL;
    if (first == NULL || bytes == 0 || bytes > OB_CHUNK_MOST || entries == 0 || entries > bytes ||
        !ob_point_path_valid((const char *)first, length) ||
        (last != NULL && ob_point_path_compare(last->first, last->first_length, (const char *)first,
                                               length) >= 0)) {
        ob_reader_fail(in);
        return false;
    }
    row->length = (uint32_t)bytes;
    row->entries = (uint32_t)entries;
    row->first = (const char *)first;
    row->first_length = (uint32_t)length;
    return true;
}

ob_status ob_table_parse(ob_table *table, const uint8_t *data, size_t length)
{
    ob_reader in = ob_reader_of(data, length);
    ob_table_row row;
    ob_status status = OB_OK;
    uint8_t version = ob_read_u8(&in);
    if (!in.failed && version != VERSION) {
        return ob_fail(OB_E_FORMAT_VERSION, "table of a file list of version %u", version);
    }
    while (!OB_FAILED(status) && ob_reader_left(&in) > 0 && read_row(&in, table, &row)) {
        status = add_row(table, &row);
    }
    return OB_FAILED(status) ? status : ob_reader_end(&in, "the table of a file list");
}

ob_status ob_table_read(ob_table *table, ob_repo *repo, const ob_chunk_id *ids, size_t count)
{
    ob_status status = OB_OK;
    if (count > TABLE_CHUNKS_MOST) {
        return ob_fail(OB_E_TOO_LARGE, "a file list whose table has %zu chunks", count);
    }
    table->chunks = ob_calloc(count, sizeof *table->chunks);
    if (table->chunks == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the table of a file list");
    }
    for (size_t i = 0; i < count && !OB_FAILED(status); i++) {
        ob_buf *chunk = &table->chunks[table->chunk_count++];
        status = ob_repo_read(repo, &ids[i], chunk);
        if (!OB_FAILED(status)) {
            status = ob_table_parse(table, chunk->data, chunk->length);
        }
    }
    return status;
}

void ob_table_free(ob_table *table)
{
    for (size_t i = 0; i < table->chunk_count; i++) {
        ob_buf_free(&table->chunks[i]);
    }
    ob_free(table->chunks);
    ob_free(table->rows);
    *table = (ob_table){0};
}

size_t ob_table_after(const ob_table *table, size_t from, const char *path, size_t length,
                      bool beyond)
{
    size_t low = from;
    size_t high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const ob_table_row *row = &table->rows[middle];
        bool after = ob_point_path_compare(path, length, row->first, row->first_length) < 0;
        if (after && beyond) {
            after = !ob_point_path_below(path, length, row->first, row->first_length);
        }
        if (after) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}
