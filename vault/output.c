#include "output.h"

#include "ob/alloc.h"

#include <string.h>

static bool is_plain(const char *text)
{
    size_t length = strlen(text);
    if (!ob_utf8_valid(text, length)) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == 0x7F || (c == 0xC2 && (unsigned char)text[i + 1] < 0xA0)) {
            return false;
        }
    }
    return true;
}

void vault_put_text(ob_buf *out, const char *text)
{
    if (is_plain(text)) {
        ob_buf_put_text(out, text);
    } else {
        ob_text_escape(out, text, strlen(text));
    }
}

void vault_add_text(cJSON *json, const char *name, const char *text, bool *failed)
{
    ob_buf shown = {0};
    vault_put_text(&shown, text);
    if (OB_FAILED(ob_buf_status(&shown))) {
        *failed = true;
    } else {
        ob_json_add_text_n(json, name, shown.data, shown.length, failed);
    }
    ob_buf_free(&shown);
}

void vault_add_guid(cJSON *json, const char *name, const ob_guid *guid, bool *failed)
{
    char text[OB_GUID_TEXT];
    ob_guid_format(text, guid);
    ob_json_add_text(json, name, text, failed);
}

void vault_add_time(cJSON *json, const char *name, int64_t time, bool *failed)
{
    char text[OB_TIME_TEXT];
    ob_time_format(text, time);
    ob_json_add_text(json, name, text, failed);
}

void vault_add_thumbprint(cJSON *json, const char *name, const uint8_t sha1[VAULT_THUMBPRINT],
                          bool *failed)
{
    char text[2 * VAULT_THUMBPRINT + 1];
    ob_hex_encode(text, sha1, VAULT_THUMBPRINT);
    for (char *at = text; *at != '\0'; at++) {
        if (*at >= 'a') {
            *at = (char)(*at - ('a' - 'A'));
        }
    }
    ob_json_add_text(json, name, text, failed);
}

ob_status vault_put_json(ob_buf *out, cJSON *json, bool failed)
{
    ob_status status = failed ? ob_fail(OB_E_NO_MEMORY, "the answer") : ob_json_print(out, json);
    ob_buf_put_text(out, "\n");
    ob_json_free(json);
    return status;
}
