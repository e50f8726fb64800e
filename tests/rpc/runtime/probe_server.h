/* A server of the Probe interface and a client bound to it over socket pairs, in one process. */
#ifndef PROBE_SERVER_H
#define PROBE_SERVER_H

#include "ob/rpc_runtime.h"
#include "ob/test.h"

#include <stdatomic.h>

#include "probe.h"

enum { PROBE_TARGET = 1, PROBE_OTHER = 2 }; /* two bindings, so two association groups */

typedef struct probe_state {
    ob_rpc_server *server;
    handle_t targets[3];
    atomic_int rundowns;    /* contexts that ran down */
    atomic_int open;        /* contexts that are open */
    atomic_int running;     /* manager routines of Echo and Use that wait */
    atomic_int most_in_use; /* calls at once on one context */
    atomic_int refuse;      /* the dispatch check refuses with this fault */
    bool impatient;         /* nobody waits */
    ob_rpc_peer peer;       /* of the last Simple */
    bool peer_known;
    unsigned long pid;
} probe_state;
extern probe_state probe;

/* `limits` may be NULL. Ends the test when it fails. */
void probe_start(const ob_rpc_limits *limits);
/* Frees bindings and server; all memory of the calls must be free then. */
void probe_stop(void);
/* An ob_rpc_connect: `context` is the ob_rpc_server. */
ob_status probe_connect(void *context, const char *address, const char *endpoint, uint32_t ms,
                        ob_rpc_transport **out);
/* A raw connection to the server: the test's end. */
int probe_raw(void);
/* Blocks that MIDL_user_allocate() gave and nobody freed. */
int probe_blocks(void);
/* Waits until *counter is `wanted`, at most 10 s. */
void probe_await(atomic_int *counter, int wanted);

#endif
