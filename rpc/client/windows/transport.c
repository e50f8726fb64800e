#include "../internal.h"

#include "seh.h"

#include <string.h>

/* Where a status of the RPC runtime stands in ours ([MS-ERREF] 2.2). */
static const struct {
    unsigned long code;
    ob_status status;
} codes[] = {
    {ERROR_ACCESS_DENIED, OB_E_ACCESS_DENIED},
    {ERROR_NOT_ENOUGH_MEMORY, OB_E_NO_MEMORY},
    {RPC_S_OUT_OF_MEMORY, OB_E_NO_MEMORY},
    {RPC_S_OUT_OF_RESOURCES, OB_E_NO_MEMORY},
    {RPC_S_SERVER_UNAVAILABLE, OB_E_AGENT_UNREACHABLE},
    {RPC_S_CALL_FAILED, OB_E_AGENT_UNREACHABLE},
    {RPC_S_CALL_FAILED_DNE, OB_E_AGENT_UNREACHABLE},
    {RPC_S_NOT_LISTENING, OB_E_AGENT_UNREACHABLE},
    {RPC_S_COMM_FAILURE, OB_E_AGENT_UNREACHABLE},
    {EPT_S_NOT_REGISTERED, OB_E_AGENT_UNREACHABLE},
    /* A context handle of an agent that was restarted. */
    {ERROR_INVALID_HANDLE, OB_E_AGENT_UNREACHABLE},
    {RPC_X_SS_CONTEXT_MISMATCH, OB_E_AGENT_UNREACHABLE},
    {RPC_S_SERVER_TOO_BUSY, OB_E_BUSY},
    {ERROR_TIMEOUT, OB_E_TIMEOUT},
    {RPC_S_CALL_CANCELLED, OB_E_TIMEOUT},
    {RPC_S_PROTSEQ_NOT_SUPPORTED, OB_E_NOT_SUPPORTED},
    {RPC_S_INVALID_RPC_PROTSEQ, OB_E_NOT_SUPPORTED},
    {RPC_S_INVALID_STRING_BINDING, OB_E_INVALID_ARGUMENT},
    {RPC_S_INVALID_ENDPOINT_FORMAT, OB_E_INVALID_ARGUMENT},
    {RPC_S_INVALID_NET_ADDR, OB_E_INVALID_ARGUMENT},
    {RPC_S_INVALID_ARG, OB_E_INVALID_ARGUMENT},
    {RPC_S_INVALID_BOUND, OB_E_INVALID_ARGUMENT},
};

static ob_status fail(unsigned long code, const char *what)
{
    ob_status status = OB_E_PROTOCOL;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i].code == code) {
            status = codes[i].status;
        }
    }
    return ob_fail(status, "%s (RPC status %lu)", what, code);
}

/* UTF-16 with a NUL behind it. */
static ob_status to_wide(const char *text, ob_buf *out)
{
    ob_status status = ob_wtf8_to_utf16(out, text, strlen(text));
    ob_buf_put_u16(out, 0);
    return OB_FAILED(status) ? status : ob_buf_status(out);
}

ob_status ob_transport_bind(const char *endpoint, bool string_binding, handle_t *out)
{
    static const wchar_t local[] = L"ncalrpc";
    ob_buf wide = {0};
    RPC_WSTR text = NULL;
    handle_t binding = NULL;
    RPC_STATUS code = RPC_S_OK;
    ob_status status = to_wide(endpoint, &wide);
    if (OB_FAILED(status)) {
        goto out;
    }
    if (string_binding) {
        code = RpcBindingFromStringBindingW((RPC_WSTR)wide.data, &binding);
    } else {
        code =
            RpcStringBindingComposeW(NULL, (RPC_WSTR)local, NULL, (RPC_WSTR)wide.data, NULL, &text);
        if (code == RPC_S_OK) {
            code = RpcBindingFromStringBindingW(text, &binding);
            RpcStringFreeW(&text);
        }
    }
    if (code != RPC_S_OK) {
        status = fail((unsigned long)code, endpoint);
        goto out;
    }
    /* Not every transport has time limits; a call without one is bounded by the agent. */
    RpcBindingSetOption(binding, RPC_C_OPT_CALL_TIMEOUT, CALL_LIMIT_MS);
    *out = binding;
out:
    ob_buf_free(&wide);
    return status;
}

static void run(void *context)
{
    ob_call *call = context;
    call->run(call);
}

ob_status ob_transport_invoke(ob_call *call)
{
    unsigned long code = ob_seh_call(run, call);
    return code == 0 ? OB_OK : fail(code, "the call to the agent failed");
}
