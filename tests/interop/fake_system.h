/* What the fake server and the client need of the system: fake_posix.c, fake_windows.c. */
#ifndef FAKE_SYSTEM_H
#define FAKE_SYSTEM_H

#include <rpc.h>

void fake_sleep(unsigned long ms);
/* Registers the interface, listens on a free port of 127.0.0.1, prints "port N" and serves until
 * its standard input ends. Returns main()'s result. `fragment`: most bytes of a PDU, 0 = the
 * default. */
int fake_serve(RPC_IF_HANDLE stubs, unsigned fragment);
/* Runs function(context): 0, or the RPC exception that it raised. */
unsigned long fake_call(void (*function)(void *context), void *context);
/* Before the first call of a client. */
void fake_client_init(void);

#endif
