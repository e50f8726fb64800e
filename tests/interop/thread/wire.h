/* What wire_agent needs of the system: wire_posix.c, wire_windows.c. */
#ifndef WIRE_H
#define WIRE_H

#include "ob/agent.h"

/* Adds a free TCP port of 127.0.0.1 to the agent's endpoints and prints "port N". */
ob_status wire_add_tcp(void *context);

#endif
