/* Chunks of a file list: whatever is taken has safe paths in order, and is written back and read as
 * the same. */
#include "fuzz.h"

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
