/* RPC exceptions as statuses: rpcrt4 raises what it cannot return. */
#ifndef OB_CLIENT_SEH_H
#define OB_CLIENT_SEH_H

/*
 * Runs function(context). 0 when it returned; else the code of the exception that rpcrt4 raised in
 * it (an RPC_S_ or RPC_X_ status, or the status of a fault). Memory that the function had is lost
 * with it, as is any lock: it should do nothing but call a stub. Faults of the program itself
 * (access violations, C++ and .NET exceptions) are not caught.
 */
unsigned long ob_seh_call(void (*function)(void *context), void *context);

#endif
