/* Key envelopes: any bytes, and the same with a checksum that fits; any bytes as the keyring that
 * was sealed in one, and as a passphrase. */
#include "fuzz.h"

#include "key/envelope.h"
#include "pack/seal.h"

#include <stdlib.h>
#include <string.h>

static void parse(const uint8_t *data, size_t size)
{
    ob_envelope envelope;
    ob_keyring *keys = NULL;
    if (ob_envelope_parse(&envelope, data, size) != OB_OK) {
        return;
    }
    if (!ob_scrypt_cost_allowed(envelope.cost)) {
        abort();
    }
    /* Opened only where it is quick. */
    if (envelope.cost.log2_n <= 6 && envelope.cost.p <= 2 &&
        ob_envelope_open(&envelope, "not the passphrase", 18, &keys) == OB_OK) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ob_keyring *keys = NULL;
    ob_buf normal = {0};
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
    if (ob_keyring_import(&keys, data, size) == OB_OK && keys == NULL) {
        abort();
    }
    ob_keyring_free(keys);
    (void)ob_passphrase_normalize((const char *)data, size, &normal);
    ob_buf_free(&normal);
    return 0;
}
