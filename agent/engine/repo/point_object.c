#include "repo/point_object.h"

#include <string.h>

#define COUNT_SIZE 4

/* The sealed part is bound to the object's name and to the list of packs with its count. */
static ob_place place_of(const char *name, const uint8_t *object, size_t sealed_at)
{
    ob_place place = {.type = OB_SEAL_POINT, .offset = sealed_at};
    place.bound[0] = (ob_span){name, strlen(name)};
    place.bound[1] = (ob_span){object + OB_HEADER_SIZE, sealed_at - OB_HEADER_SIZE};
    return place;
}

ob_status ob_point_object_seal(ob_tools *tools, const ob_keyring *keys, const char *name,
                               const ob_buf *packs, const void *manifest, size_t length,
                               ob_buf *out)
{
    ob_object_header header;
    uint8_t bytes[OB_HEADER_SIZE];
    uint8_t sum[OB_SHA256_SIZE];
    if (length > OB_MANIFEST_MOST) {
        return ob_fail(OB_E_TOO_LARGE, "a manifest of %zu bytes", length);
    }
    ob_status status = ob_object_header_new(keys, OB_KEY_POINT, 0, &header);
    if (!OB_FAILED(status)) {
        status = ob_tools_use_header(tools, &header, keys);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    ob_object_header_write(&header, bytes);
    ob_buf_clear(out);
    ob_buf_put(out, bytes, sizeof bytes);
    ob_buf_put_u32(out, (uint32_t)(packs->length / OB_SHA256_SIZE));
    ob_buf_put(out, packs->data, packs->length);
    /* Reserved before it is pointed into. */
    status = ob_buf_reserve(out, OB_CODEC_HEAD + length + OB_GCM_TAG + sizeof sum);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_place place = place_of(name, out->data, out->length);
    status = ob_tools_seal_block(tools, &header, &place, manifest, length, out);
    if (!OB_FAILED(status)) {
        ob_object_hash(out->data, out->length, sum);
        ob_buf_put(out, sum, sizeof sum);
        status = ob_buf_status(out);
    }
    return status;
}

ob_status ob_point_object_parse(ob_point_object *out, const uint8_t *data, size_t length)
{
    ob_point_object object;
    uint8_t sum[OB_SHA256_SIZE];
    if (length < OB_HEADER_SIZE + COUNT_SIZE + OB_GCM_TAG + OB_SHA256_SIZE) {
        return ob_fail(OB_E_CORRUPT, "cut");
    }
    length -= sizeof sum;
    ob_object_hash(data, length, sum);
    if (memcmp(sum, data + length, sizeof sum) != 0) {
        return ob_fail(OB_E_CORRUPT, "its checksum does not fit");
    }
    ob_status status = ob_object_header_read(&object.header, OB_KEY_POINT, data);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_reader reader = ob_reader_of(data + OB_HEADER_SIZE, length - OB_HEADER_SIZE);
    object.pack_count = ob_read_u32(&reader);
    if (object.pack_count > ob_reader_left(&reader) / OB_SHA256_SIZE) {
        ob_reader_fail(&reader);
        return ob_reader_status(&reader, "its list of packs");
    }
    object.packs = ob_read_bytes(&reader, (size_t)object.pack_count * OB_SHA256_SIZE);
    object.sealed_length = ob_reader_left(&reader);
    object.sealed_at = length - object.sealed_length;
    *out = object;
    return OB_OK;
}

ob_status ob_point_object_open(ob_tools *tools, const ob_keyring *keys, const char *name,
                               uint8_t *data, size_t length, ob_buf *manifest)
{
    ob_point_object object;
    ob_status status = ob_point_object_parse(&object, data, length);
    if (!OB_FAILED(status)) {
        status = ob_tools_use_header(tools, &object.header, keys);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    const ob_place place = place_of(name, data, object.sealed_at);
    status = ob_tools_open_block(tools, &object.header, &place, data + object.sealed_at,
                                 object.sealed_length, OB_MANIFEST_MOST, manifest);
    if (status == OB_E_SEAL) {
        status = ob_fail(status, "it does not open: it was changed, or belongs elsewhere");
    }
    return status;
}
