#include "document.h"

#include "ob/json.h"

#include <cjson/cJSON.h>

ob_status ob_document_parse(const ob_buf *text, cJSON **out)
{
    ob_status status = ob_json_parse(out, text->data, text->length);
    if (status == OB_E_SYNTAX) {
        return ob_fail(OB_E_PROTOCOL, "the agent sent a document that is no JSON");
    }
    return status;
}

/* An object that reads as empty when `json` is none. */
static ob_json_object reader_of(const cJSON *json)
{
    return ob_json_object_of(json, "document");
}

const char *ob_document_text(const cJSON *json, const char *name)
{
    const char *text = "";
    ob_json_object reader = reader_of(json);
    ob_json_get_text(&reader, name, SIZE_MAX, &text);
    return text;
}

bool ob_document_flag(const cJSON *json, const char *name)
{
    bool flag = false;
    ob_json_object reader = reader_of(json);
    ob_json_get_bool(&reader, name, &flag);
    return flag;
}

int64_t ob_document_count(const cJSON *json, const char *name)
{
    int64_t count = 0;
    ob_json_object reader = reader_of(json);
    ob_json_get_int(&reader, name, 0, INT64_C(1) << 53, &count);
    return count;
}

const cJSON *ob_document_object(const cJSON *json, const char *name)
{
    const cJSON *node = NULL;
    ob_json_object reader = reader_of(json);
    ob_json_get_node(&reader, name, cJSON_Object, &node);
    return node;
}

const cJSON *ob_document_list(const cJSON *json, const char *name)
{
    const cJSON *node = NULL;
    ob_json_object reader = reader_of(json);
    ob_json_get_node(&reader, name, cJSON_Array, &node);
    return node != NULL ? node->child : NULL;
}
