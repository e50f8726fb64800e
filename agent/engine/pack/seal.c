#include "pack/seal.h"

#include "ob/host.h"

#include <openssl/sha.h>
#include <string.h>

#define MAGIC_SIZE 8

static const char *magic_of(ob_key_use use)
{
    switch (use) {
    case OB_KEY_PACK:
        return "OBPACK\0\0";
    case OB_KEY_INDEX:
        return "OBINDEX\0";
    default:
        return "OBPOINT\0";
    }
}

static void put_le(uint8_t *to, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        to[i] = (uint8_t)(value >> (8 * i));
    }
}

ob_status ob_object_header_new(const ob_keyring *keys, ob_key_use use, uint8_t class,
                               ob_object_header *out)
{
    out->use = use;
    out->class = class;
    out->epoch = keys->epochs;
    return ob_random(out->salt, sizeof out->salt);
}

void ob_object_header_write(const ob_object_header *header, uint8_t out[OB_HEADER_SIZE])
{
    memcpy(out, magic_of(header->use), MAGIC_SIZE);
    put_le(out + 8, OB_FORMAT_VERSION, 2);
    out[10] = header->class;
    out[11] = 0;
    put_le(out + 12, header->epoch, 4);
    memcpy(out + 16, header->salt, OB_SALT_SIZE);
}

ob_status ob_object_header_read(ob_object_header *out, ob_key_use use,
                                const uint8_t data[OB_HEADER_SIZE])
{
    ob_reader reader = ob_reader_of(data, OB_HEADER_SIZE);
    ob_object_header header = {.use = use};
    if (memcmp(ob_read_bytes(&reader, MAGIC_SIZE), magic_of(use), MAGIC_SIZE) != 0) {
        return ob_fail(OB_E_CORRUPT, "it does not start as such an object does");
    }
    uint16_t version = ob_read_u16(&reader);
    if (version != OB_FORMAT_VERSION) {
        return ob_fail(OB_E_FORMAT_VERSION, "it is of format version %u", (unsigned)version);
    }
    header.class = ob_read_u8(&reader);
    uint8_t zero = ob_read_u8(&reader);
    header.epoch = ob_read_u32(&reader);
    ob_read_copy(&reader, header.salt, sizeof header.salt);
    if (zero != 0 || header.class > (use == OB_KEY_PACK ? 1 : 0)) {
        return ob_fail(OB_E_CORRUPT, "its header is malformed");
    }
    *out = header;
    return OB_OK;
}

ob_status ob_object_header_key(const ob_object_header *header, const ob_keyring *keys,
                               uint8_t out[OB_KEY_SIZE])
{
    return ob_key_from_epoch(keys, header->use, header->epoch, header->salt, out);
}

/* A place as nonce and as associated data. */
typedef struct binding {
    uint8_t nonce[OB_GCM_NONCE];
    uint8_t bytes[16];
    ob_span aad[3];
} binding;

static void bind_to(binding *out, const ob_object_header *header, const ob_place *place)
{
    put_le(out->nonce, place->offset, 8);
    put_le(out->nonce + 8, 0, 4);
    out->bytes[0] = (uint8_t)place->type;
    out->bytes[1] = header->class;
    put_le(out->bytes + 2, OB_FORMAT_VERSION, 2);
    put_le(out->bytes + 4, header->epoch, 4);
    put_le(out->bytes + 8, place->offset, 8);
    out->aad[0] = (ob_span){out->bytes, sizeof out->bytes};
    out->aad[1] = place->bound[0];
    out->aad[2] = place->bound[1];
}

ob_status ob_seal(ob_gcm *gcm, const ob_object_header *header, const ob_place *place,
                  const uint8_t *plain, size_t length, uint8_t *out)
{
    binding to;
    bind_to(&to, header, place);
    return ob_gcm_seal(gcm, to.nonce, to.aad, 3, plain, length, out);
}

ob_status ob_unseal(ob_gcm *gcm, const ob_object_header *header, const ob_place *place,
                    const uint8_t *sealed, size_t length, uint8_t *out)
{
    binding to;
    bind_to(&to, header, place);
    return ob_gcm_open(gcm, to.nonce, to.aad, 3, sealed, length, out);
}

ob_status ob_unseal_begin(ob_gcm *gcm, const ob_object_header *header, const ob_place *place)
{
    binding to;
    bind_to(&to, header, place);
    return ob_gcm_open_begin(gcm, to.nonce, to.aad, 3);
}

void ob_object_hash(const void *data, size_t length, uint8_t out[OB_SHA256_SIZE])
{
    SHA256(data, length, out);
}
