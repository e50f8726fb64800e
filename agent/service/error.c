#include "error.h"

cJSON *ob_error_json(ob_status status, const char *detail)
{
    bool failed = false;
    const ob_status_info *info = ob_status_lookup(status);
    cJSON *json = ob_json_new_object();
    ob_json_add_int(json, "status", status, &failed);
    ob_json_add_text(json, "symbol", info->symbol, &failed);
    ob_json_add_text(json, "message", info->message, &failed);
    ob_json_add_text(json, "advice", info->advice, &failed);
    ob_json_add_text(json, "detail", detail != NULL ? detail : "", &failed);
    ob_json_add_int(json, "code", info->mars_code, &failed);
    if (failed) {
        ob_json_free(json);
        return NULL;
    }
    return json;
}

ob_status ob_service_error(ob_status status, const char *detail, ob_buf *error)
{
    cJSON *json = ob_error_json(status, detail);
    if (json == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "an error document");
    }
    ob_status printed = ob_json_print(error, json);
    ob_json_free(json);
    return printed;
}
