#include "internal.h"

#include "ob/json.h"

#include <string.h>

#define DOCUMENT_LIMIT 65536

/* Fixed room a thread, so that telling of an error needs no memory. */
typedef struct error_room {
    ob_client_error error;
    char symbol[64];
    char message[512];
    char advice[512];
    char detail[1024];
} error_room;

static OB_THREAD_LOCAL error_room room;

static bool is_control(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    return c[0] < 0x20 || c[0] == 0x7F || (c[0] == 0xC2 && c[1] < 0xA0);
}

/* Cuts on a character boundary; control characters become spaces, so that a hostile agent moves no
 * cursor and forges no line. */
static void copy_text(char *to, size_t size, const char *from)
{
    size_t used = 0;
    size_t left = strlen(from);
    while (left > 0) {
        size_t step = ob_utf8_sequence(from, left);
        bool valid = step > 0;
        step = valid ? step : 1;
        if (used + step >= size) {
            break;
        }
        if (!valid || is_control(from)) {
            to[used++] = valid ? ' ' : '?';
        } else {
            memcpy(to + used, from, step);
            used += step;
        }
        from += step;
        left -= step;
    }
    to[used] = '\0';
}

static void set(ob_status status, const char *symbol, const char *message, const char *advice,
                const char *detail, uint32_t code)
{
    copy_text(room.symbol, sizeof room.symbol, symbol);
    copy_text(room.message, sizeof room.message, message);
    copy_text(room.advice, sizeof room.advice, advice);
    copy_text(room.detail, sizeof room.detail, detail);
    room.error =
        (ob_client_error){status, room.symbol, room.message, room.advice, room.detail, code};
}

void ob_client_error_clear(void)
{
    set(OB_OK, "", "", "", "", 0);
}

ob_status ob_client_error_local(ob_status status)
{
    const ob_status_info *info = ob_status_lookup(status);
    set(status, info->symbol, info->message, info->advice, ob_detail(), info->mars_code);
    return status;
}

/* What the document lacks or has in a wrong form stays as the local table has it. */
static void set_from_json(ob_status status, const cJSON *json)
{
    const ob_status_info *info = ob_status_lookup(status);
    const char *symbol = info->symbol;
    const char *message = info->message;
    const char *advice = info->advice;
    const char *detail = "";
    int64_t code = info->mars_code;
    int64_t told = status;
    ob_json_object object = ob_json_object_of(json, "error");
    ob_json_get_int(&object, "status", INT32_MIN, INT32_MAX, &told);
    ob_json_get_text(&object, "detail", DOCUMENT_LIMIT, &detail);
    if (told == status) {
        ob_json_get_text(&object, "symbol", DOCUMENT_LIMIT, &symbol);
        ob_json_get_text(&object, "message", DOCUMENT_LIMIT, &message);
        ob_json_get_text(&object, "advice", DOCUMENT_LIMIT, &advice);
        ob_json_get_int(&object, "code", 0, UINT32_MAX, &code);
    }
    set(status, symbol, message, advice, detail, (uint32_t)code);
}

void ob_client_error_from(ob_status status, const OB_BYTES *document)
{
    cJSON *json = NULL;
    if (document->count == 0 || document->count > DOCUMENT_LIMIT ||
        !ob_midl_holds(document->data, document->count, 1) ||
        OB_FAILED(ob_json_parse(&json, document->data, document->count))) {
        ob_detail_clear();
        ob_client_error_local(status);
        return;
    }
    set_from_json(status, json);
    ob_json_free(json);
}

const ob_client_error *ob_client_last_error(void)
{
    if (room.error.symbol == NULL) {
        ob_client_error_clear();
    }
    return &room.error;
}
