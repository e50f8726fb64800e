#include "ob/clock.h"
#include "ob/compiler.h"
#include "ob/log.h"
#include "ob/thread.h"

#include "dispatch.h"
#include "host.h"

#include <stdatomic.h>

#define METHODS_MOST 128u
#define REFUSALS_A_MINUTE 20

static OB_THREAD_LOCAL ob_control_caller caller;

static ob_control_gate gate;
static RPC_DISPATCH_FUNCTION functions[METHODS_MOST];
static RPC_DISPATCH_TABLE table;
static RPC_SERVER_INTERFACE guarded_interface;

const char *ob_control_caller_text(void)
{
    return caller.text;
}

/* Someone who may not call must not be able to fill the log either. */
static void log_refusal(unsigned method)
{
    static atomic_llong minute;
    static atomic_int count;
    const ob_clock *clock = ob_clock_os();
    long long now = (long long)(clock->monotonic(clock) / UINT64_C(60000000000));
    if (atomic_exchange(&minute, now) != now) {
        atomic_store(&count, 0);
    }
    if (atomic_fetch_add(&count, 1) < REFUSALS_A_MINUTE) {
        ob_log(OB_LOG_WARNING, "%s: refused, method %u", caller.text, method);
    }
}

static void dispatch(PRPC_MESSAGE message)
{
    caller = (ob_control_caller){.allowed = false, .text = "unknown caller"};
    gate(&caller);
    if (caller.allowed) {
        NdrServerCall2(message);
    } else {
        log_refusal(message->ProcNum);
        ob_control_host_refuse(message);
    }
}

ob_status ob_control_dispatch_init(RPC_IF_HANDLE stubs, ob_control_gate chosen,
                                   RPC_IF_HANDLE *guarded)
{
    const RPC_SERVER_INTERFACE *stub_interface = stubs;
    unsigned count = stub_interface->DispatchTable->DispatchTableCount;
    if (count > METHODS_MOST) {
        return ob_fail(OB_E_UNEXPECTED, "the control interface has %u methods", count);
    }
    for (unsigned i = 0; i < count; i++) {
        functions[i] = dispatch;
    }
    gate = chosen;
    table = *stub_interface->DispatchTable;
    table.DispatchTable = functions;
    guarded_interface = *stub_interface;
    guarded_interface.DispatchTable = &table;
    *guarded = &guarded_interface;
    return OB_OK;
}
