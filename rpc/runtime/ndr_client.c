/* The client's end of a call: arguments into stub data, the answer back into them. */
#include "binding.h"
#include "ndr.h"

#include "ob/alloc.h"

#include <pthread.h>
#include <stdarg.h>
#include <string.h>

enum { MOST_PADDING = 7, CALL_MEMORY = 256 << 20 };

/* Compiled procedures, by the address of their format string; kept as long as the process. */
typedef struct known {
    PFORMAT_STRING format;
    ob_ndr_procedure *procedure;
    struct known *next;
} known;

static pthread_mutex_t known_lock = PTHREAD_MUTEX_INITIALIZER;
static known *known_first;

static ob_status find_procedure(const ob_ndr_procedure **out, PMIDL_STUB_DESC desc,
                                PFORMAT_STRING format)
{
    ob_status status = OB_OK;
    pthread_mutex_lock(&known_lock);
    known *entry = known_first;
    while (entry != NULL && entry->format != format) {
        entry = entry->next;
    }
    if (entry == NULL) {
        entry = ob_calloc(1, sizeof *entry);
        status = entry == NULL ? ob_fail(OB_E_NO_MEMORY, "a method's description")
                               : ob_ndr_compile(&entry->procedure, desc, format);
        if (OB_FAILED(status)) {
            ob_free(entry);
            goto out;
        }
        entry->format = format;
        entry->next = known_first;
        known_first = entry;
    }
    *out = entry->procedure;
out:
    pthread_mutex_unlock(&known_lock);
    return status;
}

typedef struct frame {
    const ob_ndr_procedure *procedure;
    uint64_t *slots;
    RPC_BINDING_HANDLE binding;
    ob_rpc_client_context *context;         /* that goes in */
    uint8_t answered[OB_RPC_CONTEXT_BYTES]; /* that came out */
    int32_t result;
} frame;

static void *slot_pointer(const frame *f, size_t slot)
{
    return (void *)(uintptr_t)f->slots[slot];
}

static bool by_pointer(const ob_ndr_parameter *parameter)
{
    return parameter->passing == OB_NDR_BY_REFERENCE ||
           parameter->passing == OB_NDR_CONTEXT_REFERENCE;
}

static ob_status check_pointers(const frame *f)
{
    for (size_t i = 0; i < f->procedure->parameter_count; i++) {
        if (by_pointer(&f->procedure->parameters[i]) && slot_pointer(f, i) == NULL) {
            return ob_fail(OB_E_INVALID_ARGUMENT, "parameter %zu of method %u is NULL", i + 1,
                           f->procedure->opnum);
        }
    }
    return OB_OK;
}

/* Zeroes what only comes out, and with `release` frees what was read into it before a failure. */
static void clear_out(const frame *f, void (*release)(void *))
{
    for (size_t i = f->procedure->parameter_count; i-- > 0;) {
        const ob_ndr_parameter *parameter = &f->procedure->parameters[i];
        void *object = slot_pointer(f, i);
        uint32_t count = 1;
        if (!parameter->out || parameter->in || object == NULL) {
            continue;
        }
        if (parameter->type == NULL) {
            memset(object, 0, sizeof(void *));
            continue;
        }
        if (release != NULL) {
            ob_ndr_free(parameter->type, object, NULL, f->slots, release);
        }
        if (parameter->type->kind == OB_NDR_CONFORMANT &&
            !ob_ndr_count_get(&parameter->type->count, NULL, f->slots, &count)) {
            count = 0;
        }
        memset(object, 0, (size_t)count * parameter->type->size);
    }
}

static ob_status find_context(frame *f)
{
    const int slot = f->procedure->context_slot;
    if (slot < 0 || !f->procedure->parameters[slot].in) {
        return OB_OK;
    }
    void *value = slot_pointer(f, (size_t)slot);
    if (f->procedure->parameters[slot].passing == OB_NDR_CONTEXT_REFERENCE) {
        memcpy(&value, value, sizeof value);
    }
    f->context = value;
    if (value == NULL && (!f->procedure->context_null_ok || !f->procedure->generic_handle)) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "method %u needs an open handle",
                       f->procedure->opnum);
    }
    return OB_OK;
}

static void write_parameter(const frame *f, ob_ndr_out *out, size_t i)
{
    const ob_ndr_parameter *parameter = &f->procedure->parameters[i];
    static const uint8_t null[OB_RPC_CONTEXT_BYTES];
    switch (parameter->passing) {
    case OB_NDR_BY_VALUE:
    case OB_NDR_BY_POINTER:
        ob_ndr_write_slot(out, parameter->type, &f->slots[i]);
        break;
    case OB_NDR_BY_REFERENCE:
        ob_ndr_write(out, parameter->type, NULL, slot_pointer(f, i));
        break;
    case OB_NDR_CONTEXT_VALUE:
    case OB_NDR_CONTEXT_REFERENCE:
        ob_ndr_write_align(out, 4);
        ob_buf_put(out->buf, f->context == NULL ? null : f->context->wire, sizeof null);
        break;
    }
}

static ob_status write_request(const frame *f, ob_buf *request)
{
    ob_ndr_out out = {.buf = request, .slots = f->slots};
    for (size_t i = 0; i < f->procedure->parameter_count && out.fault == 0; i++) {
        if (f->procedure->parameters[i].in) {
            write_parameter(f, &out, i);
        }
    }
    if (request->failed) {
        return ob_buf_status(request);
    }
    if (out.fault != 0) {
        return ob_fail(OB_E_INVALID_ARGUMENT,
                       "an argument of method %u cannot be sent (NULL, or out of its range)",
                       f->procedure->opnum);
    }
    return OB_OK;
}

static ob_status read_response(frame *f, const ob_buf *response)
{
    ob_ndr_in in = {
        .reader = ob_reader_of(response->data, response->length),
        .slots = f->slots,
        .allocate = f->procedure->desc->pfnAllocate,
        .memory = CALL_MEMORY,
    };
    for (size_t i = 0; i < f->procedure->parameter_count && in.fault == 0; i++) {
        const ob_ndr_parameter *parameter = &f->procedure->parameters[i];
        if (!parameter->out) {
            continue;
        }
        if (parameter->passing == OB_NDR_CONTEXT_REFERENCE) {
            ob_ndr_read_align(&in, 4);
            ob_read_copy(&in.reader, f->answered, sizeof f->answered);
        } else {
            ob_ndr_read(&in, parameter->type, NULL, (void **)&f->slots[i]);
        }
    }
    ob_ndr_read_align(&in, 4);
    f->result = (int32_t)ob_read_u32(&in.reader);
    if (in.fault == OB_RPC_FAULT_NO_MEMORY) {
        return ob_fail(OB_E_NO_MEMORY, "the answer of method %u", f->procedure->opnum);
    }
    if (in.reader.failed || ob_reader_left(&in.reader) > MOST_PADDING) {
        return ob_fail(OB_E_PROTOCOL, "the answer of method %u is malformed", f->procedure->opnum);
    }
    return OB_OK;
}

/* The last step, when nothing else can fail: a handle opened, kept or closed. */
static ob_status answer_context(frame *f)
{
    const int slot = f->procedure->context_slot;
    if (slot < 0 || !f->procedure->parameters[slot].out) {
        return OB_OK;
    }
    ob_rpc_client_context *context = f->context;
    if (ob_rpc_context_is_null(f->answered)) {
        ob_rpc_client_context_free(context);
        context = NULL;
    } else {
        if (context == NULL) {
            context = ob_calloc(1, sizeof *context);
            if (context == NULL) {
                return ob_fail(OB_E_NO_MEMORY, "a context handle");
            }
            context->binding = ob_rpc_binding_hold(f->binding);
        }
        memcpy(context->wire, f->answered, sizeof context->wire);
    }
    memcpy(slot_pointer(f, (size_t)slot), &context, sizeof context);
    return OB_OK;
}

static ob_status exchange(frame *f)
{
    const MIDL_STUB_DESC *desc = f->procedure->desc;
    ob_buf request = {.secret = true};
    ob_buf response = {.secret = true};
    ob_status status = write_request(f, &request);
    if (!OB_FAILED(status)) {
        status = ob_rpc_binding_call(f->binding, desc->RpcInterfaceInformation, f->procedure->opnum,
                                     &request, &response);
    }
    if (!OB_FAILED(status)) {
        status = read_response(f, &response);
        if (!OB_FAILED(status)) {
            status = answer_context(f);
        }
        if (OB_FAILED(status)) {
            clear_out(f, desc->pfnFree);
        }
    }
    ob_buf_free(&request);
    ob_buf_free(&response);
    return status;
}

static ob_status call(frame *f)
{
    const MIDL_STUB_DESC *desc = f->procedure->desc;
    const GENERIC_BINDING_ROUTINE_PAIR *pair = NULL;
    void *target = (void *)(uintptr_t)f->slots[0];
    ob_status status = check_pointers(f);
    clear_out(f, NULL);
    if (!OB_FAILED(status)) {
        status = find_context(f);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    if (f->procedure->generic_handle) {
        pair = &desc->aGenericBindingRoutinePairs[f->procedure->binding_pair];
        f->binding = pair->pfnBind(target);
    } else {
        f->binding = f->context->binding;
    }
    if (f->binding == NULL) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "there is no binding for this call");
    }
    /* A handle that the server closes takes its hold on the binding with it. */
    RPC_BINDING_HANDLE held = ob_rpc_binding_hold(f->binding);
    status = exchange(f);
    RpcBindingFree(&held);
    if (pair != NULL) {
        pair->pfnUnbind(target, (unsigned char *)f->binding);
    }
    return status;
}

CLIENT_CALL_RETURN NdrClientCall2(PMIDL_STUB_DESC desc, PFORMAT_STRING format, ...)
{
    uint64_t slots[OB_NDR_SLOTS] = {0};
    frame f = {.slots = slots};
    CLIENT_CALL_RETURN result;
    ob_status status = find_procedure(&f.procedure, desc, format);
    if (!OB_FAILED(status)) {
        /* On the ABIs that rpc.h allows each argument takes one 64-bit slot; the upper half of a
         * smaller one is undefined, and reading it by its type leaves it out. */
        va_list arguments;
        va_start(arguments, format);
        for (size_t i = 0; i < f.procedure->parameter_count; i++) {
            slots[i] = va_arg(arguments, uint64_t);
        }
        va_end(arguments);
        status = call(&f);
    }
    result.Simple = OB_FAILED(status) ? status : f.result;
    return result;
}

void ob_rpc_client_context_free(ob_rpc_client_context *context)
{
    if (context != NULL) {
        RpcBindingFree(&context->binding);
        ob_free(context);
    }
}

void RpcSsDestroyClientContext(void **context)
{
    ob_rpc_client_context_free(*context);
    *context = NULL;
}

void ob_rpc_client_context_bytes(const void *context, uint8_t out[20])
{
    memcpy(out, ((const ob_rpc_client_context *)context)->wire, OB_RPC_CONTEXT_BYTES);
}
