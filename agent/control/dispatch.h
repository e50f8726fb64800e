/*
 * Authorisation, once for all methods: the interface is registered with a dispatch table of its
 * own, whose entries ask the gate before the stub reads one byte of the arguments.
 */
#ifndef OB_CONTROL_DISPATCH_H
#define OB_CONTROL_DISPATCH_H

#include "ob/control.h"

#include "wire.h"

/* The interface of the stubs with the table exchanged. OB_E_UNEXPECTED if it has more methods than
 * the table has places. */
ob_status ob_control_dispatch_init(RPC_IF_HANDLE stubs, ob_control_gate gate,
                                   RPC_IF_HANDLE *guarded);

/* Who makes the call that this thread serves. */
const char *ob_control_caller_text(void);

#endif
