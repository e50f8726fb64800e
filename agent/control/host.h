/* What the control interface needs of the system: host_posix.c or host_windows.c. */
#ifndef OB_CONTROL_HOST_H
#define OB_CONTROL_HOST_H

#include "ob/control.h"

#include "wire.h"

/* Registers the interface; with `local_only` for local callers only, where the system can tell. */
ob_status ob_control_host_register(RPC_IF_HANDLE interface_spec, bool local_only);
ob_status ob_control_host_listen(const char *endpoint);
void ob_control_host_stop(void);
/* Waits for calls in progress and takes the interface back. */
void ob_control_host_finish(RPC_IF_HANDLE interface_spec);

/* The gate of the product: administrators of this machine. */
void ob_control_host_gate(ob_control_caller *out);
/* Ends the call with the fault ERROR_ACCESS_DENIED. Does not return on Windows. */
void ob_control_host_refuse(PRPC_MESSAGE message);

#endif
