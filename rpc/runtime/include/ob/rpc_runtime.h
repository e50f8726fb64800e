/*
 * What the POSIX runtime offers beyond rpcrt4: a server as an object with limits, the caller's
 * credentials, refusing a call in dispatch, and the seams for sockets, connecting and time.
 */
#ifndef OB_RPC_RUNTIME_H
#define OB_RPC_RUNTIME_H

#include "ob/clock.h"
#include "ob/status.h"

#include <rpc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Fault statuses on the wire ([C706] appendix E, [MS-ERREF]). */
enum ob_rpc_fault {
    OB_RPC_FAULT_ACCESS_DENIED = 0x00000005,
    OB_RPC_FAULT_NULL_REF_POINTER = 0x000006F4,
    OB_RPC_FAULT_ENUM_RANGE = 0x000006F5,
    OB_RPC_FAULT_BAD_STUB_DATA = 0x000006F7,
    OB_RPC_FAULT_INVALID_BOUND = 0x1C000007,
    OB_RPC_FAULT_CONTEXT_MISMATCH = 0x1C00001A,
    OB_RPC_FAULT_NO_MEMORY = 0x1C00001B,
    OB_RPC_FAULT_OPNUM_RANGE = 0x1C010002,
    OB_RPC_FAULT_UNKNOWN_INTERFACE = 0x1C010003,
    OB_RPC_FAULT_PROTOCOL = 0x1C01000B,
    OB_RPC_FAULT_TOO_BUSY = 0x1C010014
};

/* The process at the other end of the connection, as the kernel tells it (SO_PEERCRED). */
#define OB_RPC_PEER_GROUPS 1024
typedef struct ob_rpc_peer {
    bool known; /* false over TCP: nothing below is set */
    pid_t pid;
    uid_t uid;
    gid_t gid;
    gid_t groups[OB_RPC_PEER_GROUPS]; /* supplementary; further ones are left out */
    size_t group_count;
} ob_rpc_peer;

/* The caller of the call in progress on this thread; false outside of one. */
bool ob_rpc_call_peer(ob_rpc_peer *out);
/* Answers the call with a fault instead of a result. For a dispatch function that does not go on to
 * NdrServerCall2(). */
void ob_rpc_call_reject(PRPC_MESSAGE message, uint32_t fault);

/* One connected stream. All functions may be called from one thread at a time, but for stop(). */
typedef struct ob_rpc_transport ob_rpc_transport;
struct ob_rpc_transport {
    /* Waits up to `ms` for at least one byte. *got = 0: the other end closed. OB_E_TIMEOUT,
     * OB_E_IO. */
    ob_status (*receive)(ob_rpc_transport *transport, void *data, size_t length, uint32_t ms,
                         size_t *got);
    /* Sends up to `length` bytes, at least one. OB_E_TIMEOUT, OB_E_IO. */
    ob_status (*send)(ob_rpc_transport *transport, const void *data, size_t length, uint32_t ms,
                      size_t *sent);
    /* Ends receiving, and sending too with `both`; wakes a thread that waits. From any thread. */
    void (*stop)(ob_rpc_transport *transport, bool both);
    void (*close)(ob_rpc_transport *transport); /* and frees it */
    ob_rpc_peer peer;
};

/* A stream over a connected socket, which it owns in every case but a failure. */
ob_status ob_rpc_transport_of_socket(ob_rpc_transport **out, int fd);

/* Where connections come from. */
typedef struct ob_rpc_listener ob_rpc_listener;
struct ob_rpc_listener {
    /* Waits until a connection is there or stop() was called: OB_E_CANCELLED. Other failures leave
     * the listener working. */
    ob_status (*accept)(ob_rpc_listener *listener, ob_rpc_transport **out);
    void (*stop)(ob_rpc_listener *listener);  /* from any thread */
    void (*close)(ob_rpc_listener *listener); /* and frees it */
};

/* All zero fields mean the default behind them. */
typedef struct ob_rpc_limits {
    uint32_t connections;    /* at once; further ones are closed at once (128) */
    uint32_t calls;          /* under way at once; above: fault too busy (96) */
    uint32_t request_bytes;  /* of one reassembled request (4 MiB) */
    uint32_t call_memory;    /* allocated for the arguments of one call (16 MiB) */
    uint32_t response_bytes; /* (64 MiB) */
    uint32_t fragment;       /* most bytes of one PDU, 1,432 to 65,528 (5,840) */
    uint32_t contexts;       /* handles open at once in one association group (64) */
    uint32_t idle_ms;        /* between calls of a connection without open contexts (2 min) */
    uint32_t progress_ms;    /* for a whole request once its first byte is there, for the bind after
                                connecting, and for a client to take an answer (20 s) */
    uint32_t stop_ms;        /* for calls under way when the server stops (40 s) */
} ob_rpc_limits;

typedef struct ob_rpc_server ob_rpc_server;

/* `limits` and `clock` may be NULL. */
ob_status ob_rpc_server_new(ob_rpc_server **out, const ob_rpc_limits *limits,
                            const ob_clock *clock);
/* Stops, waits and frees; takes NULL. Listeners and interfaces go with it. */
void ob_rpc_server_free(ob_rpc_server *server);
/* The server behind the functions of rpc.h; made at its first use. NULL without memory. */
ob_rpc_server *ob_rpc_server_default(void);
/* For the default server, before its first use. */
void ob_rpc_server_default_limits(const ob_rpc_limits *limits);
/* Stops, waits for and frees the default server. */
void ob_rpc_server_default_free(void);

/* OB_E_NOT_SUPPORTED names what the interpreter does not serve. */
ob_status ob_rpc_server_register(ob_rpc_server *server, RPC_IF_HANDLE interface, uint32_t max_size,
                                 RPC_IF_CALLBACK_FN *callback);
ob_status ob_rpc_server_unregister(ob_rpc_server *server, RPC_IF_HANDLE interface, bool wait);
/* Takes the listener over in every case. */
ob_status ob_rpc_server_add_listener(ob_rpc_server *server, ob_rpc_listener *listener);
/* Listens on a Unix socket created with the permission bits `mode`. A stale socket is replaced;
 * OB_E_BUSY if another server answers there, OB_E_EXISTS if it is something else. */
ob_status ob_rpc_server_use_unix(ob_rpc_server *server, const char *path, mode_t mode);
/* Starts accepting and returns. OB_E_BUSY if it does already. */
ob_status ob_rpc_server_start(ob_rpc_server *server);
/* Serves one connection that exists already, on a thread of its own. Takes it over in every case.
 * OB_E_BUSY at the limit of connections or when the server stops. */
ob_status ob_rpc_server_serve(ob_rpc_server *server, ob_rpc_transport *transport);
/* Starts the graceful end and returns: nothing new is accepted, idle connections close, calls under
 * way end on their own. */
void ob_rpc_server_stop(ob_rpc_server *server);
/* Waits until stop() was called and all is closed; after stop_ms the connections are cut, and only
 * manager routines can delay the return. */
void ob_rpc_server_wait(ob_rpc_server *server);

/* How a protocol sequence connects. */
typedef ob_status (*ob_rpc_connect)(void *context, const char *address, const char *endpoint,
                                    uint32_t ms, ob_rpc_transport **out);
/* Makes a protocol sequence known to string bindings; `protseq` must stay valid. At start, before
 * threads. OB_E_TOO_LARGE when the table (4) is full. */
ob_status ob_rpc_protseq_add(const char *protseq, ob_rpc_connect connect, void *context);

/* A binding that connects by a function of its own. Free with RpcBindingFree(). */
ob_status ob_rpc_binding_new(RPC_BINDING_HANDLE *out, ob_rpc_connect connect, void *context,
                             const char *address, const char *endpoint);
/* The largest PDU that this binding's connections offer (5,840), and the most bytes of one answer
 * (64 MiB). Before the first call; 0 leaves it. */
void ob_rpc_binding_limits(RPC_BINDING_HANDLE binding, uint16_t fragment, uint32_t response_bytes);
/* The 20 bytes of a client's context handle, for tests of what a server does with them. */
void ob_rpc_client_context_bytes(const void *context, uint8_t out[20]);

#endif
