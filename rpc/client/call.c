#include "internal.h"

#include <string.h>

static ob_status try_once(ob_call *call)
{
    ob_detail_clear();
    call->result = OB_OK;
    call->error = (OB_BYTES){0, NULL};
    ob_status status = ob_transport_invoke(call);
    call->broken = OB_FAILED(status);
    if (OB_FAILED(status)) {
        return ob_client_error_local(status);
    }
    status = call->result;
    if (status > 0) {
        status = ob_client_error_local(
            ob_fail(OB_E_PROTOCOL, "the agent answered with the status %ld", (long)status));
    } else if (OB_FAILED(status) && call->error.count > 0) {
        ob_client_error_from(status, &call->error);
    } else if (OB_FAILED(status)) {
        ob_client_error_local(status); /* with the runtime's detail, if it was the runtime */
    }
    ob_call_release(call, call->error.data);
    return status;
}

ob_status ob_call_make(ob_call *call)
{
    ob_client_error_clear();
    ob_status status = try_once(call);
    if (status == OB_E_AGENT_UNREACHABLE && call->recover != NULL &&
        !OB_FAILED(call->recover(call))) {
        ob_client_error_clear();
        status = try_once(call);
    }
    return status;
}

void ob_call_release(const ob_call *call, void *block)
{
    if (!call->broken) {
        MIDL_user_free(block);
    }
}

ob_status ob_call_document(const OB_BYTES *bytes, ob_buf *out)
{
    if (!ob_midl_holds(bytes->data, bytes->count, 1)) {
        return ob_client_error_local(ob_fail(OB_E_PROTOCOL, "a document shorter than its count"));
    }
    ob_buf copy = {.limit = out->limit, .secret = out->secret};
    ob_buf_put(&copy, bytes->data, bytes->count);
    ob_buf_put_u8(&copy, 0);
    ob_status status = ob_buf_status(&copy);
    if (OB_FAILED(status)) {
        ob_buf_free(&copy);
        return ob_client_error_local(status);
    }
    copy.length = bytes->count;
    ob_buf_free(out);
    *out = copy;
    return OB_OK;
}

ob_status ob_call_check_length(const char *what, size_t length, size_t most)
{
    if (length <= most) {
        return OB_OK;
    }
    ob_detail_clear();
    return ob_client_error_local(
        ob_fail(OB_E_TOO_LARGE, "%s has %zu bytes; at most %zu", what, length, most));
}
