#include "ob/alloc.h"

#include "manager.h"

#include <string.h>

static ob_service *service;

void ob_control_manager_init(ob_service *chosen)
{
    service = chosen;
}

ob_service *ob_control_service(void)
{
    return service;
}

/* What the stubs allocate, the stubs free: all of it is ours. */
void *__RPC_USER MIDL_user_allocate(SIZE_T size)
{
    return ob_alloc(size);
}

void __RPC_USER MIDL_user_free(void *block)
{
    ob_free(block);
}

ob_status ob_control_give(OB_BYTES *out, ob_buf *document)
{
    ob_status status = ob_buf_status(document);
    if (status == OB_OK && document->length > UINT32_MAX) {
        status = ob_fail(OB_E_TOO_LARGE, "an answer of %zu bytes", document->length);
    }
    if (status == OB_OK) {
        out->count = (ULONG)document->length;
        out->data = document->data;
        *document = (ob_buf){0}; /* transferred */
    }
    return status;
}

LONG ob_control_answer(ob_status status, OB_BYTES *error)
{
    ob_buf document = {0};
    *error = (OB_BYTES){0};
    /* Without memory for the document the status alone has to do. */
    if (status != OB_OK && ob_service_error(status, ob_detail(), &document) == OB_OK) {
        ob_control_give(error, &document);
    }
    ob_buf_free(&document);
    return status;
}

ob_status ob_control_give_text(const char *text, ULONG *count, unsigned char **out)
{
    size_t length = strlen(text);
    if (length > UINT32_MAX) {
        return ob_fail(OB_E_TOO_LARGE, "a text of %zu bytes", length);
    }
    unsigned char *copy = length > 0 ? ob_memdup(text, length) : NULL;
    if (length > 0 && copy == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "an answer");
    }
    *count = (ULONG)length;
    *out = copy;
    return OB_OK;
}

ob_status ob_control_check_bytes(const unsigned char *data, ULONG count, ULONG most)
{
    if (count > most || (count > 0 && data == NULL)) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "%lu bytes given, at most %lu are taken",
                       (unsigned long)count, (unsigned long)most);
    }
    return OB_OK;
}

const void *ob_control_bytes(const unsigned char *data)
{
    return data != NULL ? (const void *)data : "";
}

ob_status ob_control_check_page(hyper resume, ULONG count, ULONG most)
{
    if (resume < 0 || count < 1 || count > most) {
        return ob_fail(OB_E_INVALID_ARGUMENT,
                       "a page has 1 to %lu records, and its key is not negative",
                       (unsigned long)most);
    }
    return OB_OK;
}

/* An ob_guid has its bytes in the order of the text. */
void ob_control_guid_out(OB_GUID *out, const ob_guid *guid)
{
    const uint8_t *b = guid->bytes;
    out->data1 = (ULONG)b[0] << 24 | (ULONG)b[1] << 16 | (ULONG)b[2] << 8 | b[3];
    out->data2 = (unsigned short)(b[4] << 8 | b[5]);
    out->data3 = (unsigned short)(b[6] << 8 | b[7]);
    memcpy(out->data4, b + 8, sizeof out->data4);
}

ob_guid ob_control_guid_in(const OB_GUID *guid)
{
    ob_guid out = {{(uint8_t)(guid->data1 >> 24), (uint8_t)(guid->data1 >> 16),
                    (uint8_t)(guid->data1 >> 8), (uint8_t)guid->data1, (uint8_t)(guid->data2 >> 8),
                    (uint8_t)guid->data2, (uint8_t)(guid->data3 >> 8), (uint8_t)guid->data3}};
    memcpy(out.bytes + 8, guid->data4, sizeof guid->data4);
    return out;
}
