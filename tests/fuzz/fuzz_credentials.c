/* Vault credentials: any bytes as a file, and any bytes as the document that a vault signed. */
#include "fuzz.h"

#include "ob/credentials.h"

#include "cms.h"
#include "fields.h"
#include "vault_identity.h"

#include <stdlib.h>
#include <string.h>

/* Whatever is taken must be safe to use. */
static void parse(const void *data, size_t length)
{
    ob_credentials read = {0};
    if (ob_credentials_parse(&read, data, length, 0) == OB_OK) {
        if (!ob_name_valid(read.vault_name, OB_VAULT_NAME_MOST) ||
            !ob_line_valid(read.address, OB_VAULT_ADDRESS_MOST) || read.serial == 0 ||
            read.token.length == 0 || read.expires <= 0) {
            abort();
        }
    } else if (read.address != NULL) {
        abort();
    }
    ob_credentials_free(&read);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ob_buf certificate;
    static ob_buf key;
    ob_buf text = {0};
    parse(data, size);
    if (key.length == 0 && OB_FAILED(ob_vault_identity_make("vault", 0, &certificate, &key))) {
        abort();
    }
    if (size > 0 && ob_cms_sign(data, size, &certificate, &key, &text) == OB_OK) {
        parse(text.data, text.length);
    }
    ob_buf_free(&text);
    return 0;
}
