#include "ob/credentials.h"

#include "ob/alloc.h"
#include "ob/json.h"

#include <openssl/evp.h>
#include <string.h>

#include "cms.h"
#include "fields.h"

#define CREDENTIALS_VERSION 1
#define REGION_MOST 64
#define TOKEN_MOST 4096

/* ---- addresses ---- */

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Not ob_path_is_absolute(): credentials may be issued on one system and used on another. */
static bool is_absolute_anywhere(const char *path)
{
    bool drive = is_letter(path[0]) && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
    return path[0] == '/' || drive || (path[0] == '\\' && path[1] == '\\' && path[2] != '\0');
}

const char *ob_address_folder(const char *address)
{
    static const char scheme[] = "folder:";
    const size_t length = sizeof scheme - 1;
    if (strncmp(address, scheme, length) != 0 || !is_absolute_anywhere(address + length)) {
        return NULL;
    }
    return address + length;
}

static bool is_address(const char *address)
{
    static const char scheme[] = "https://";
    const size_t length = sizeof scheme - 1;
    if (!ob_line_valid(address, OB_VAULT_ADDRESS_MOST)) {
        return false;
    }
    if (ob_address_folder(address) != NULL) {
        return true;
    }
    /* No '@': a name and password before the host would be sent to it. */
    return strncmp(address, scheme, length) == 0 && address[length] != '\0' &&
           strpbrk(address + length, " @\\") == NULL;
}

/* ---- writing ---- */

ob_status ob_credentials_sign(const ob_credentials *credentials, const ob_buf *certificate,
                              const ob_buf *key, ob_buf *out)
{
    bool failed = false;
    ob_buf text = {0};
    cJSON *json = NULL;
    ob_status status = OB_OK;
    if (!is_address(credentials->address)) {
        return ob_fail(OB_E_INVALID_ARGUMENT,
                       "address: folder:ABSOLUTE-PATH or https://HOST[:PORT], in UTF-8");
    }
    if (!ob_name_valid(credentials->vault_name, OB_VAULT_NAME_MOST) ||
        !ob_line_valid(credentials->region, REGION_MOST)) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "the vault's name or region");
    }
    json = ob_json_new_object();
    ob_json_add_int(json, "version", CREDENTIALS_VERSION, &failed);
    ob_json_add_text(json, "address", credentials->address, &failed);
    ob_json_add_text(json, "vault_name", credentials->vault_name, &failed);
    ob_field_add_guid(json, "vault_id", &credentials->vault_id, &failed);
    ob_json_add_text(json, "region", credentials->region, &failed);
    ob_json_add_bool(json, "private_network", credentials->private_network, &failed);
    ob_field_add_time(json, "issued", credentials->issued, &failed);
    ob_field_add_time(json, "expires", credentials->expires, &failed);
    ob_json_add_int(json, "serial", (int64_t)credentials->serial, &failed);
    ob_field_add_base64(json, "token", credentials->token.data, credentials->token.length, &failed);
    status = failed ? ob_fail(OB_E_NO_MEMORY, "vault credentials") : ob_json_print(&text, json);
    if (status == OB_OK) {
        status = ob_cms_sign(text.data, text.length, certificate, key, out);
    }
    ob_json_free(json);
    ob_buf_free(&text);
    return status;
}

/* ---- reading ---- */

typedef enum encoding { BYTES, UTF16_LITTLE, UTF16_BIG } encoding;

static encoding detect(const uint8_t *data, size_t length, size_t *skip)
{
    *skip = 0;
    if (length >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0) {
        *skip = 3;
        return BYTES;
    }
    if (length >= 2 && (memcmp(data, "\xFF\xFE", 2) == 0 || memcmp(data, "\xFE\xFF", 2) == 0)) {
        *skip = 2;
        return data[0] == 0xFF ? UTF16_LITTLE : UTF16_BIG;
    }
    if (length >= 2 && data[0] != 0 && data[1] == 0) {
        return UTF16_LITTLE;
    }
    return length >= 2 && data[0] == 0 && data[1] != 0 ? UTF16_BIG : BYTES;
}

/* All that a credentials file holds is ASCII, so no more than that is taken from UTF-16. */
static ob_status to_ascii(ob_buf *out, const uint8_t *data, size_t length)
{
    size_t at = 0;
    encoding kind = detect(data, length, &at);
    if (kind == BYTES) {
        ob_buf_put(out, data + at, length - at);
        return ob_buf_status(out);
    }
    if ((length - at) % 2 != 0) {
        return ob_fail(OB_E_CREDENTIALS_INVALID, "the last UTF-16 character is cut");
    }
    for (; at < length; at += 2) {
        uint8_t low = data[kind == UTF16_LITTLE ? at : at + 1];
        uint8_t high = data[kind == UTF16_LITTLE ? at + 1 : at];
        if (high != 0 || low >= 0x80) {
            return ob_fail(OB_E_CREDENTIALS_INVALID, "a character that is not ASCII");
        }
        ob_buf_put_u8(out, low);
    }
    return ob_buf_status(out);
}

static ob_status read_document(ob_credentials *out, const ob_buf *text)
{
    cJSON *json = NULL;
    int64_t serial = 0;
    ob_status status = ob_json_parse(&json, text->data, text->length);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_json_object fields = ob_json_object_of(json, "credentials");
    static const char *const needed[] = {"address", "vault_name", "vault_id", "region",
                                         "issued",  "expires",    "serial",   "token"};
    fields.invalid = OB_E_CREDENTIALS_INVALID;
    ob_field_version(&fields, CREDENTIALS_VERSION);
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        ob_json_need(&fields, needed[i]);
    }
    ob_field_line(&fields, "address", OB_VAULT_ADDRESS_MOST, &out->address);
    ob_field_name(&fields, "vault_name", OB_VAULT_NAME_MOST, &out->vault_name);
    ob_field_guid(&fields, "vault_id", &out->vault_id);
    ob_field_line(&fields, "region", REGION_MOST, &out->region);
    ob_json_get_bool(&fields, "private_network", &out->private_network);
    ob_field_time(&fields, "issued", &out->issued);
    ob_field_time(&fields, "expires", &out->expires);
    ob_json_get_int(&fields, "serial", 1, INT64_MAX, &serial);
    ob_field_base64(&fields, "token", 1, TOKEN_MOST, &out->token);
    status = ob_json_no_more(&fields);
    out->serial = (uint64_t)serial;
    if (status == OB_OK && !is_address(out->address)) {
        status = ob_fail(OB_E_CREDENTIALS_INVALID, "credentials.address is no address of a vault");
    }
    ob_json_free(json);
    return status;
}

/* Signed and still not as expected: the signer is another program, or a newer one. */
static ob_status explain(ob_status status)
{
    switch (status) {
    case OB_OK:
    case OB_E_NO_MEMORY:
        return status;
    case OB_E_FORMAT_VERSION:
        return OB_E_AGENT_TOO_OLD;
    default:
        return OB_E_CREDENTIALS_INVALID;
    }
}

static ob_status digest(ob_credentials *out, const ob_buf *certificate)
{
    if (EVP_Digest(certificate->data, certificate->length, out->pin, NULL, EVP_sha256(), NULL) !=
            1 ||
        EVP_Digest(certificate->data, certificate->length, out->thumbprint, NULL, EVP_sha1(),
                   NULL) != 1) {
        return ob_fail(OB_E_UNEXPECTED, "hashing the vault's certificate failed");
    }
    return OB_OK;
}

static ob_status check_expiry(const ob_credentials *credentials, int64_t now)
{
    char expired[OB_TIME_TEXT];
    char clock[OB_TIME_TEXT];
    if (now < credentials->expires) {
        return OB_OK;
    }
    ob_time_format(expired, credentials->expires);
    ob_time_format(clock, now);
    return ob_fail(OB_E_CREDENTIALS_EXPIRED, "it was valid until %s; this machine's clock says %s",
                   expired, clock);
}

ob_status ob_credentials_parse(ob_credentials *out, const void *data, size_t length, int64_t now)
{
    ob_credentials credentials = {0};
    ob_buf ascii = {0};
    ob_buf content = {.limit = OB_CREDENTIALS_MOST};
    ob_buf certificate = {.limit = OB_CREDENTIALS_MOST};
    ob_status status = OB_OK;
    if (length > OB_CREDENTIALS_MOST) {
        return ob_fail(OB_E_CREDENTIALS_INVALID, "it is larger than %u bytes", OB_CREDENTIALS_MOST);
    }
    status = to_ascii(&ascii, data, length);
    if (status == OB_OK) {
        status = ob_cms_verify((const char *)ascii.data, ascii.length, &content, &certificate);
    }
    if (status == OB_OK) {
        status = explain(read_document(&credentials, &content));
    }
    if (status == OB_OK) {
        status = digest(&credentials, &certificate);
    }
    if (status == OB_OK) {
        status = check_expiry(&credentials, now);
    }
    if (status == OB_OK) {
        *out = credentials;
        credentials = (ob_credentials){0}; /* transferred */
    }
    ob_credentials_free(&credentials);
    ob_buf_free(&ascii);
    ob_buf_free(&content);
    ob_buf_free(&certificate);
    return status;
}

void ob_credentials_free(ob_credentials *credentials)
{
    if (credentials != NULL) {
        ob_free(credentials->address);
        ob_free(credentials->vault_name);
        ob_free(credentials->region);
        ob_buf_free(&credentials->token);
        *credentials = (ob_credentials){0};
    }
}
