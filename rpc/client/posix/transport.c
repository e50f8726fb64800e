#include "../internal.h"

static ob_status fail(RPC_STATUS code, const char *endpoint)
{
    switch (code) {
    case RPC_S_OUT_OF_MEMORY:
        return ob_fail(OB_E_NO_MEMORY, "a binding to %s", endpoint);
    case RPC_S_PROTSEQ_NOT_SUPPORTED:
        return ob_fail(OB_E_NOT_SUPPORTED, "%s: this build has no such transport", endpoint);
    default:
        return ob_fail(OB_E_INVALID_ARGUMENT, "%s is no endpoint (RPC status %ld)", endpoint,
                       (long)code);
    }
}

ob_status ob_transport_bind(const char *endpoint, bool string_binding, handle_t *out)
{
    RPC_CSTR text = NULL;
    handle_t binding = NULL;
    RPC_STATUS code = RPC_S_OK;
    if (string_binding) {
        code = RpcBindingFromStringBindingA((RPC_CSTR)endpoint, &binding);
    } else {
        code = RpcStringBindingComposeA(NULL, (RPC_CSTR) "ncalrpc", NULL, (RPC_CSTR)endpoint, NULL,
                                        &text);
        if (code == RPC_S_OK) {
            code = RpcBindingFromStringBindingA(text, &binding);
            RpcStringFreeA(&text);
        }
    }
    if (code == RPC_S_OK) {
        code = RpcBindingSetOption(binding, RPC_C_OPT_CALL_TIMEOUT, CALL_LIMIT_MS);
    }
    if (code != RPC_S_OK) {
        if (binding != NULL) {
            RpcBindingFree(&binding);
        }
        return fail(code, endpoint);
    }
    *out = binding;
    return OB_OK;
}

/* This runtime answers a failed call with its status as the method's result. */
ob_status ob_transport_invoke(ob_call *call)
{
    call->run(call);
    return OB_OK;
}
