/* Chunks of a file list: whatever is taken has safe paths in order, and is written back and read as
 * the same. */
#include "fuzz.h"

#include "point/extra.h"
#include "point/list.h"
#include "point/path.h"

#include <stdlib.h>
#include <string.h>

static ob_status take_chunk(void *context, const ob_list_chunk *chunk)
{
    size_t *entries = context;
    *entries += chunk->entries;
    return OB_OK;
}

/* Components that lead elsewhere. */
static void check_path(const char *path, size_t length)
{
    if (strlen(path) != length || length == 0 || path[0] == '/' || path[length - 1] == '/' ||
        strstr(path, "//") != NULL || strncmp(path, "../", 3) == 0 ||
        strstr(path, "/../") != NULL || strcmp(path, "..") == 0 ||
        (length > 3 && strcmp(path + length - 3, "/..") == 0)) {
        abort();
    }
}

static ob_status touch_extra(void *context, const ob_extra *extra)
{
    size_t *sum = context;
    const uint8_t *bytes = extra->data;
    *sum += strlen(extra->name);
    for (size_t i = 0; i < extra->length; i++) {
        *sum += bytes[i];
    }
    return OB_OK;
}

static ob_status touch_stream(void *context, const ob_stream *stream)
{
    size_t *sum = context;
    for (size_t i = 0; i < stream->id_count; i++) {
        *sum += stream->ids[i].bytes[OB_CHUNK_ID - 1];
    }
    if (strlen(stream->name) == 0 || stream->depth > 1) {
        abort();
    }
    return OB_OK;
}

/* What the entry has beyond its plain fields can be read, and a map stays within the file. */
static void check_more(const ob_entry *entry)
{
    size_t sum = 0;
    char owner[OB_OWNER_NAME_MOST + 1];
    ob_reader map;
    ob_extent extent = {0};
    if (ob_extra_each(entry, touch_extra, &sum) != OB_OK ||
        ob_extra_each_stream(entry, touch_stream, &sum) != OB_OK) {
        abort();
    }
    for (int group = 0; group < 2; group++) {
        sum += ob_extra_owner(entry, group == 1, owner) ? strlen(owner) : 0;
    }
    if (ob_extra_map(entry, &map)) {
        while (ob_extra_next_extent(&map, &extent)) {
            if (extent.length == 0 || extent.offset + extent.length > entry->info.size) {
                abort();
            }
        }
    }
    if (sum == SIZE_MAX) {
        abort(); /* never; but the bytes have to be read for it */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ob_list_reader reader = {0};
    size_t written = 0;
    size_t read = 0;
    ob_list_writer writer = {.sink = take_chunk, .context = &written};
    ob_status status = ob_list_open(&reader, data, size);
    while (status == OB_OK || status == OB_E_FORMAT_VERSION) {
        ob_entry entry;
        bool more = false;
        status = ob_list_next(&reader, &entry, &more);
        if (!more) {
            break;
        }
        check_path(entry.path, entry.path_length);
        if (status == OB_OK) {
            check_more(&entry);
            if (strlen(entry.target) != entry.target_length || entry.depth > 1 ||
                ob_list_add(&writer, &entry) != OB_OK) {
                abort();
            }
            read++;
        }
    }
    if (ob_list_finish(&writer) != OB_OK || read != written) {
        abort();
    }
    ob_list_writer_free(&writer);
    ob_list_reader_free(&reader);
    return 0;
}
