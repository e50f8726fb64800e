/* The server's end of a call: arguments out of the stub data, the manager routine, its results. */
#include "call.h"

#include "ob/alloc.h"

#include <string.h>

enum { MOST_PADDING = 7 }; /* bytes that a peer may leave behind its stub data */

typedef struct frame {
    const ob_ndr_procedure *procedure;
    ob_rpc_call *call;
    ob_ndr_in in;
    uint64_t slots[OB_NDR_SLOTS];
    uint8_t wire[OB_RPC_CONTEXT_BYTES];
    ob_rpc_context *context;
    bool context_is_new;
    void *user; /* what the manager routine sees of the context handle */
    int32_t result;
} frame;

static void read_parameter(frame *f, const ob_ndr_parameter *parameter, uint64_t *slot)
{
    switch (parameter->passing) {
    case OB_NDR_BY_VALUE:
    case OB_NDR_BY_POINTER:
        ob_ndr_read_slot(&f->in, parameter->type, slot);
        break;
    case OB_NDR_BY_REFERENCE:
        ob_ndr_read(&f->in, parameter->type, NULL, (void **)slot);
        break;
    case OB_NDR_CONTEXT_VALUE:
    case OB_NDR_CONTEXT_REFERENCE:
        ob_ndr_read_align(&f->in, 4);
        ob_read_copy(&f->in.reader, f->wire, sizeof f->wire);
        break;
    }
}

static void read_in(frame *f)
{
    for (size_t i = 0; i < f->procedure->parameter_count && f->in.fault == 0; i++) {
        if (f->procedure->parameters[i].in) {
            read_parameter(f, &f->procedure->parameters[i], &f->slots[i]);
        }
    }
    if (f->in.reader.failed || ob_reader_left(&f->in.reader) > MOST_PADDING) {
        ob_ndr_in_fail(&f->in, OB_RPC_FAULT_BAD_STUB_DATA);
    }
}

/* Finds the context handle that came in, or makes room for the one that will go out, before the
 * manager routine runs: it must not open what its caller could not be told of. */
static void take_context(frame *f)
{
    const ob_ndr_procedure *procedure = f->procedure;
    if (procedure->context_slot < 0 || f->in.fault != 0) {
        return;
    }
    const ob_ndr_parameter *parameter = &procedure->parameters[procedure->context_slot];
    const NDR_RUNDOWN *rundowns = procedure->desc->apfnNdrRundownRoutines;
    const NDR_RUNDOWN rundown = rundowns == NULL ? NULL : rundowns[procedure->rundown];
    uint32_t fault = 0;
    if (parameter->in && !ob_rpc_context_is_null(f->wire)) {
        fault = ob_rpc_context_take(f->call->group, f->wire, rundown, &f->context);
    } else if (parameter->in && !procedure->context_null_ok) {
        fault = OB_RPC_FAULT_CONTEXT_MISMATCH;
    } else if (parameter->out) {
        fault = ob_rpc_context_new(f->call->group, rundown, f->call->contexts, &f->context);
        f->context_is_new = fault == 0;
    }
    if (fault != 0) {
        ob_ndr_in_fail(&f->in, fault);
        return;
    }
    f->user = f->context == NULL ? NULL : f->context->user;
    f->slots[procedure->context_slot] = parameter->passing == OB_NDR_CONTEXT_VALUE
                                            ? (uint64_t)(uintptr_t)f->user
                                            : (uint64_t)(uintptr_t)&f->user;
}

static void allocate_out(frame *f)
{
    for (size_t i = 0; i < f->procedure->parameter_count && f->in.fault == 0; i++) {
        const ob_ndr_parameter *parameter = &f->procedure->parameters[i];
        if (parameter->out && !parameter->in && parameter->passing == OB_NDR_BY_REFERENCE) {
            f->slots[i] = (uint64_t)(uintptr_t)ob_ndr_allocate(&f->in, parameter->type, NULL);
        }
    }
}

typedef int32_t (*manager_routine)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                                   uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

/* Integers and pointers go in 64-bit slots on the ABIs that rpc.h allows, and a routine that takes
 * fewer of them does not look at the others. */
static void invoke(frame *f, SERVER_ROUTINE routine)
{
    const uint64_t *s = f->slots;
    f->call->executed = true;
    f->result = ((manager_routine)routine)(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8],
                                           s[9], s[10], s[11]);
}

static void write_out(frame *f)
{
    ob_ndr_out out = {.buf = &f->call->response, .slots = f->slots};
    for (size_t i = 0; i < f->procedure->parameter_count && out.fault == 0; i++) {
        const ob_ndr_parameter *parameter = &f->procedure->parameters[i];
        if (!parameter->out) {
            continue;
        }
        if (parameter->passing == OB_NDR_CONTEXT_REFERENCE) {
            static const uint8_t null[OB_RPC_CONTEXT_BYTES];
            ob_ndr_write_align(&out, 4);
            ob_buf_put(out.buf, f->user == NULL ? null : f->context->wire, sizeof null);
        } else {
            ob_ndr_write(&out, parameter->type, NULL, (const void *)(uintptr_t)f->slots[i]);
        }
    }
    ob_ndr_write_align(&out, 4);
    ob_buf_put_u32(out.buf, (uint32_t)f->result);
    if (out.buf->failed) {
        ob_ndr_out_fail(&out, OB_RPC_FAULT_NO_MEMORY);
    }
    f->in.fault = out.fault;
}

static void put_context(frame *f)
{
    if (f->context == NULL) {
        return;
    }
    if (f->in.fault != 0 && f->context_is_new && f->user != NULL) {
        if (f->context->rundown != NULL) {
            f->context->rundown(f->user); /* nobody will ever close it */
        }
        f->user = NULL;
    }
    if (f->procedure->parameters[f->procedure->context_slot].out) {
        f->context->user = f->user;
    }
    ob_rpc_context_put(f->call->group, f->context);
}

/* From the last to the first, because counts stand before what they count. */
static void release(frame *f)
{
    void (*release_block)(void *) = f->procedure->desc->pfnFree;
    for (size_t i = f->procedure->parameter_count; i-- > 0;) {
        const ob_ndr_parameter *parameter = &f->procedure->parameters[i];
        void *object = (void *)(uintptr_t)f->slots[i];
        if (parameter->passing == OB_NDR_BY_POINTER) {
            ob_ndr_free(parameter->type, &f->slots[i], NULL, f->slots, release_block);
        } else if (parameter->passing == OB_NDR_BY_REFERENCE && object != NULL) {
            ob_ndr_free(parameter->type, object, NULL, f->slots, release_block);
            release_block(object);
        }
    }
}

void NdrServerCall2(PRPC_MESSAGE message)
{
    ob_rpc_call *call = message->ReservedForRuntime;
    const ob_rpc_interface *interface = call->interface;
    const MIDL_SERVER_INFO *info = interface->spec->InterpreterInfo;
    frame f = {.procedure = interface->procedures[message->ProcNum], .call = call};
    f.in = (ob_ndr_in){
        .reader = ob_reader_of(message->Buffer, message->BufferLength),
        .slots = f.slots,
        .allocate = f.procedure->desc->pfnAllocate,
        .memory = call->call_memory,
    };
    read_in(&f);
    allocate_out(&f);
    take_context(&f);
    if (f.in.fault == 0) {
        invoke(&f, info->DispatchTable[message->ProcNum]);
        write_out(&f);
    }
    put_context(&f);
    release(&f);
    call->fault = f.in.fault;
}
