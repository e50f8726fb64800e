/* Point objects: any bytes, and the same with a checksum that fits, as whoever writes to a vault
 * can make it. */
#include "fuzz.h"

#include "repo/point_object.h"

#include <stdlib.h>
#include <string.h>

static void parse(const uint8_t *data, size_t size)
{
    ob_point_object object;
    if (ob_point_object_parse(&object, data, size) == OB_OK &&
        (object.sealed_at + object.sealed_length > size ||
         object.packs + (size_t)object.pack_count * OB_SHA256_SIZE != data + object.sealed_at)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    parse(data, size);
    if (size >= OB_SHA256_SIZE) {
        uint8_t *copy = malloc(size);
        if (copy == NULL) {
            abort();
        }
        memcpy(copy, data, size);
        ob_object_hash(copy, size - OB_SHA256_SIZE, copy + size - OB_SHA256_SIZE);
        parse(copy, size);
        free(copy);
    }
    return 0;
}
