#include "fields.h"

#include "ob/alloc.h"

#include <string.h>

bool ob_line_valid(const char *text, size_t most)
{
    size_t length = strlen(text);
    if (length == 0 || length > most || !ob_utf8_valid(text, length)) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        bool c1 = c == 0xC2 && (unsigned char)text[i + 1] < 0xA0; /* U+0080 to U+009F */
        if (c < 0x20 || c == 0x7F || c1) {
            return false;
        }
    }
    return true;
}

bool ob_name_valid(const char *text, size_t most)
{
    if (!ob_line_valid(text, most) || strpbrk(text, "/\\:*?\"<>|") != NULL) {
        return false;
    }
    char first = text[0];
    char last = text[strlen(text) - 1];
    return first != ' ' && first != '.' && last != ' ' && last != '.';
}

/* Any text field, borrowed; the length is for the caller to check. */
static const char *text_of(ob_json_object *object, const char *name)
{
    const char *text = NULL;
    ob_json_get_text(object, name, SIZE_MAX, &text);
    return object->status == OB_OK ? text : NULL;
}

static void refuse(ob_json_object *object, const char *name, const char *what)
{
    object->status = ob_fail(object->invalid, "%s.%s is not %s", object->path, name, what);
}

void ob_field_guid(ob_json_object *object, const char *name, ob_guid *out)
{
    const char *text = text_of(object, name);
    if (text != NULL && OB_FAILED(ob_guid_parse(out, text, strlen(text)))) {
        refuse(object, name, "a GUID");
    }
}

void ob_field_time(ob_json_object *object, const char *name, int64_t *out)
{
    const char *text = text_of(object, name);
    if (text != NULL && OB_FAILED(ob_time_parse(out, text, strlen(text)))) {
        refuse(object, name, "a time");
    }
}

void ob_field_base64(ob_json_object *object, const char *name, size_t least, size_t most,
                     ob_buf *out)
{
    const char *text = text_of(object, name);
    if (text == NULL) {
        return;
    }
    size_t before = out->length;
    ob_status status = ob_base64_decode(out, text, strlen(text));
    size_t length = out->length - before;
    if (status == OB_E_NO_MEMORY) {
        object->status = ob_fail(OB_E_NO_MEMORY, "%s.%s", object->path, name);
    } else if (OB_FAILED(status) || length < least || length > most) {
        refuse(object, name, "base64 of the right length");
    }
}

static void take(ob_json_object *object, const char *name, const char *text, char **out)
{
    char *copy = ob_strdup(text);
    if (copy == NULL) {
        object->status = ob_fail(OB_E_NO_MEMORY, "%s.%s", object->path, name);
        return;
    }
    ob_free(*out);
    *out = copy;
}

void ob_field_line(ob_json_object *object, const char *name, size_t most, char **out)
{
    const char *text = text_of(object, name);
    if (text == NULL) {
        return;
    }
    if (!ob_line_valid(text, most)) {
        refuse(object, name, "a line of text of the right length");
        return;
    }
    take(object, name, text, out);
}

void ob_field_name(ob_json_object *object, const char *name, size_t most, char **out)
{
    const char *text = text_of(object, name);
    if (text == NULL) {
        return;
    }
    if (!ob_name_valid(text, most)) {
        refuse(object, name, "a name of the right length");
        return;
    }
    take(object, name, text, out);
}

void ob_field_version(ob_json_object *object, int64_t newest)
{
    int64_t version = 0;
    ob_json_need(object, "version");
    ob_json_get_int(object, "version", 1, INT64_MAX, &version);
    if (object->status == OB_OK && version > newest) {
        object->status =
            ob_fail(OB_E_FORMAT_VERSION, "%s has version %lld, this program knows up to %lld",
                    object->path, (long long)version, (long long)newest);
    }
}

void ob_field_add_guid(cJSON *object, const char *name, const ob_guid *guid, bool *failed)
{
    char text[OB_GUID_TEXT];
    ob_guid_format(text, guid);
    ob_json_add_text(object, name, text, failed);
}

void ob_field_add_time(cJSON *object, const char *name, int64_t time, bool *failed)
{
    char text[OB_TIME_TEXT];
    ob_time_format(text, time);
    ob_json_add_text(object, name, text, failed);
}

void ob_field_add_base64(cJSON *object, const char *name, const void *data, size_t length,
                         bool *failed)
{
    ob_buf text = {.secret = true};
    ob_base64_put(&text, data, length);
    if (OB_FAILED(ob_buf_status(&text))) {
        *failed = true;
    } else {
        ob_json_add_text_n(object, name, text.data, text.length, failed);
    }
    ob_buf_free(&text);
}
