#include "call.h"

#include "ob/alloc.h"

static _Thread_local const ob_rpc_call *current;

ob_status ob_rpc_interface_new(ob_rpc_interface **out, const RPC_SERVER_INTERFACE *spec,
                               uint32_t max_size, RPC_IF_CALLBACK_FN *callback)
{
    const MIDL_SERVER_INFO *info = spec->InterpreterInfo;
    ob_status status = OB_OK;
    ob_rpc_interface *interface = NULL;
    if (info == NULL || spec->DispatchTable == NULL ||
        spec->DispatchTable->DispatchTableCount == 0) {
        return ob_fail(OB_E_NOT_SUPPORTED, "stubs that were not made with -Oicf are not served");
    }
    interface = ob_calloc(1, sizeof *interface);
    if (interface == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "an interface");
    }
    interface->spec = spec;
    interface->max_size = max_size;
    interface->callback = callback;
    interface->procedure_count = spec->DispatchTable->DispatchTableCount;
    interface->procedures = ob_calloc(interface->procedure_count, sizeof *interface->procedures);
    if (interface->procedures == NULL) {
        status = ob_fail(OB_E_NO_MEMORY, "an interface");
        goto out;
    }
    for (size_t i = 0; i < interface->procedure_count; i++) {
        status = ob_ndr_compile(&interface->procedures[i], info->pStubDesc,
                                info->ProcString + info->FmtStringOffset[i]);
        if (OB_FAILED(status)) {
            goto out;
        }
    }
    *out = interface;
    interface = NULL; /* transferred */
out:
    ob_rpc_interface_free(interface);
    return status;
}

void ob_rpc_interface_free(ob_rpc_interface *interface)
{
    if (interface == NULL) {
        return;
    }
    for (size_t i = 0; interface->procedures != NULL && i < interface->procedure_count; i++) {
        ob_ndr_procedure_free(interface->procedures[i]);
    }
    ob_free(interface->procedures);
    ob_free(interface);
}

void ob_rpc_call_run(ob_rpc_call *call, uint16_t opnum, const uint8_t *stub, size_t length)
{
    const ob_rpc_interface *interface = call->interface;
    RPC_MESSAGE message = {
        .Buffer = (void *)(uintptr_t)stub,
        .BufferLength = (unsigned)length,
        .ProcNum = opnum,
        .DataRepresentation = 0x10,
        .RpcInterfaceInformation = (void *)(uintptr_t)interface->spec,
        .ReservedForRuntime = call,
    };
    if (opnum >= interface->procedure_count) {
        call->fault = OB_RPC_FAULT_OPNUM_RANGE;
        return;
    }
    current = call;
    if (interface->callback != NULL &&
        interface->callback((RPC_IF_HANDLE)(uintptr_t)interface->spec, NULL) != RPC_S_OK) {
        call->fault = OB_RPC_FAULT_ACCESS_DENIED;
    } else {
        interface->spec->DispatchTable->DispatchTable[opnum](&message);
    }
    current = NULL;
}

bool ob_rpc_call_peer(ob_rpc_peer *out)
{
    if (current == NULL) {
        return false;
    }
    *out = *current->peer;
    return true;
}

void ob_rpc_call_reject(PRPC_MESSAGE message, uint32_t fault)
{
    ob_rpc_call *call = message->ReservedForRuntime;
    call->fault = fault;
}

RPC_STATUS I_RpcBindingInqLocalClientPID(RPC_BINDING_HANDLE binding, unsigned long *pid)
{
    if (binding != NULL) {
        return RPC_S_INVALID_BINDING;
    }
    if (current == NULL) {
        return RPC_S_NO_CALL_ACTIVE;
    }
    if (!current->peer->known) {
        return RPC_S_PROTSEQ_NOT_SUPPORTED;
    }
    *pid = (unsigned long)current->peer->pid;
    return RPC_S_OK;
}
