/*
 * The MS-RPC runtime for POSIX, under the names that Windows' rpcrt4 has for it: what widl's -Oicf
 * stubs and code for both systems need, and no more. On Windows this header is not used.
 *
 * Include <rpc.h> before a generated header. Text is UTF-8, so only the A functions exist. What
 * goes beyond rpcrt4 (limits, the caller's credentials, seams) is in ob/rpc_runtime.h.
 *
 * Implements the connection-oriented protocol of [C706] chapter 12 as changed by [MS-RPCE] 2.2.2
 * and 3.3, with NDR 2.0 little-endian ([C706] chapter 14) and without authentication.
 */
#ifndef OB_RPC_SHADOW_H
#define OB_RPC_SHADOW_H

#include <stddef.h>
#include <stdint.h>

#if !defined(__x86_64__) && !defined(__aarch64__)
#error "the interpreter passes arguments as 64-bit little-endian slots; port ndr_call.c first"
#endif

/* What a generated file asks of its system. */
#define COM_NO_WINDOWS_H
#define __RPC_WIN64__
#define __cdecl
#define __RPC_USER
#define __RPC_STUB
#define RPC_ENTRY
#define DECLSPEC_HIDDEN
#define NdrFcShort(s) (unsigned char)((s)&0xff), (unsigned char)(((s) >> 8) & 0xff)
#define NdrFcLong(s)                                                                               \
    (unsigned char)((s)&0xff), (unsigned char)(((s) >> 8) & 0xff),                                 \
        (unsigned char)(((s) >> 16) & 0xff), (unsigned char)(((s) >> 24) & 0xff)

typedef int32_t LONG;
typedef uint32_t ULONG;
typedef int64_t hyper;
typedef unsigned char byte;
typedef unsigned char boolean;
typedef size_t SIZE_T;

typedef LONG RPC_STATUS;
typedef unsigned char *RPC_CSTR;
typedef void *RPC_IF_HANDLE;
typedef struct ob_rpc_binding *RPC_BINDING_HANDLE;
typedef RPC_BINDING_HANDLE handle_t;

typedef struct _GUID {
    uint32_t Data1;
    uint16_t Data2;
    uint16_t Data3;
    uint8_t Data4[8];
} GUID;
typedef GUID UUID;

typedef struct _RPC_VERSION {
    unsigned short MajorVersion;
    unsigned short MinorVersion;
} RPC_VERSION;

typedef struct _RPC_SYNTAX_IDENTIFIER {
    GUID SyntaxGUID;
    RPC_VERSION SyntaxVersion;
} RPC_SYNTAX_IDENTIFIER, *PRPC_SYNTAX_IDENTIFIER;

/* One call on its way through a dispatch table. */
typedef struct _RPC_MESSAGE {
    RPC_BINDING_HANDLE Handle;
    uint32_t DataRepresentation;
    void *Buffer; /* the stub bytes of the request */
    unsigned int BufferLength;
    unsigned int ProcNum;
    PRPC_SYNTAX_IDENTIFIER TransferSyntax;
    void *RpcInterfaceInformation;
    void *ReservedForRuntime;
    void *ManagerEpv;
    void *ImportContext;
    uint32_t RpcFlags;
} RPC_MESSAGE, *PRPC_MESSAGE;

typedef void (*RPC_DISPATCH_FUNCTION)(PRPC_MESSAGE message);

typedef struct {
    unsigned int DispatchTableCount;
    RPC_DISPATCH_FUNCTION *DispatchTable;
    intptr_t Reserved;
} RPC_DISPATCH_TABLE, *PRPC_DISPATCH_TABLE;

typedef struct _RPC_PROTSEQ_ENDPOINT {
    unsigned char *RpcProtocolSequence;
    unsigned char *Endpoint;
} RPC_PROTSEQ_ENDPOINT, *PRPC_PROTSEQ_ENDPOINT;

typedef struct _RPC_INTERFACE {
    unsigned int Length;
    RPC_SYNTAX_IDENTIFIER InterfaceId;
    RPC_SYNTAX_IDENTIFIER TransferSyntax;
    PRPC_DISPATCH_TABLE DispatchTable;
    unsigned int RpcProtseqEndpointCount;
    PRPC_PROTSEQ_ENDPOINT RpcProtseqEndpoint;
    void *DefaultManagerEpv;
    void const *InterpreterInfo; /* MIDL_SERVER_INFO of a server */
    unsigned int Flags;
} RPC_SERVER_INTERFACE, RPC_CLIENT_INTERFACE;

typedef void (*NDR_RUNDOWN)(void *context);
typedef void *(*GENERIC_BINDING_ROUTINE)(void *target);
typedef void (*GENERIC_UNBIND_ROUTINE)(void *target, unsigned char *binding);

typedef struct _GENERIC_BINDING_ROUTINE_PAIR {
    GENERIC_BINDING_ROUTINE pfnBind;
    GENERIC_UNBIND_ROUTINE pfnUnbind;
} GENERIC_BINDING_ROUTINE_PAIR;

typedef struct _MIDL_STUB_DESC {
    void *RpcInterfaceInformation;
    void *(*pfnAllocate)(size_t size);
    void (*pfnFree)(void *block);
    union {
        handle_t *pAutoHandle;
        handle_t *pPrimitiveHandle;
        void *pGenericBindingInfo;
    } IMPLICIT_HANDLE_INFO;
    const NDR_RUNDOWN *apfnNdrRundownRoutines;
    const GENERIC_BINDING_ROUTINE_PAIR *aGenericBindingRoutinePairs;
    const void *apfnExprEval;
    const void *aXmitQuintuple;
    const unsigned char *pFormatTypes;
    int fCheckBounds;
    uint32_t Version;
    void *pMallocFreeStruct;
    int32_t MIDLVersion;
    const void *CommFaultOffsets;
    const void *aUserMarshalQuadruple;
    const void *NotifyRoutineTable;
    uintptr_t mFlags;
    const void *CsRoutineTables;
    void *Reserved4;
    uintptr_t Reserved5;
} MIDL_STUB_DESC;
typedef const MIDL_STUB_DESC *PMIDL_STUB_DESC;

typedef const unsigned char *PFORMAT_STRING;
typedef void (*SERVER_ROUTINE)(void); /* a manager routine of any parameters */

typedef struct _MIDL_SERVER_INFO_ {
    PMIDL_STUB_DESC pStubDesc;
    const SERVER_ROUTINE *DispatchTable;
    PFORMAT_STRING ProcString;
    const unsigned short *FmtStringOffset;
    const void *ThunkTable;
    void *pTransferSyntax;
    uintptr_t nCount;
    void *pSyntaxInfo;
} MIDL_SERVER_INFO, *PMIDL_SERVER_INFO;

typedef union _CLIENT_CALL_RETURN {
    void *Pointer;
    intptr_t Simple;
} CLIENT_CALL_RETURN;

/* Statuses that callers compare with; the others are in the detail of ob/status.h. */
#define RPC_S_OK 0
#define RPC_S_ACCESS_DENIED 5
#define RPC_S_OUT_OF_MEMORY 14
#define RPC_S_INVALID_ARG 87
#define RPC_S_CALL_CANCELLED 1818
#define RPC_S_INVALID_STRING_BINDING 1700
#define RPC_S_INVALID_BINDING 1702
#define RPC_S_PROTSEQ_NOT_SUPPORTED 1703
#define RPC_S_ALREADY_REGISTERED 1711
#define RPC_S_ALREADY_LISTENING 1713
#define RPC_S_NOT_LISTENING 1715
#define RPC_S_UNKNOWN_IF 1717
#define RPC_S_NO_PROTSEQS 1719
#define RPC_S_CANT_CREATE_ENDPOINT 1720
#define RPC_S_OUT_OF_RESOURCES 1721
#define RPC_S_SERVER_UNAVAILABLE 1722
#define RPC_S_SERVER_TOO_BUSY 1723
#define RPC_S_CALL_FAILED 1726
#define RPC_S_PROTOCOL_ERROR 1728
#define RPC_S_UNSUPPORTED_TYPE 1732
#define RPC_S_DUPLICATE_ENDPOINT 1740
#define RPC_S_PROCNUM_OUT_OF_RANGE 1745
#define RPC_S_NO_CALL_ACTIVE 1725

#define RPC_C_LISTEN_MAX_CALLS_DEFAULT 1234
#define RPC_C_PROTSEQ_MAX_REQS_DEFAULT 10
#define RPC_C_OPT_CALL_TIMEOUT 12 /* milliseconds; 0 = none */

/* Client: bindings. */
RPC_STATUS RpcStringBindingComposeA(RPC_CSTR object, RPC_CSTR protseq, RPC_CSTR address,
                                    RPC_CSTR endpoint, RPC_CSTR options, RPC_CSTR *text);
RPC_STATUS RpcStringFreeA(RPC_CSTR *text);
/* "ncalrpc:[/path/of/the/socket]". "ncacn_ip_tcp:127.0.0.1[port]" only with ob/rpc_tcp.h. */
RPC_STATUS RpcBindingFromStringBindingA(RPC_CSTR text, RPC_BINDING_HANDLE *binding);
/* Calls under way and context handles keep the connection until they are done. */
RPC_STATUS RpcBindingFree(RPC_BINDING_HANDLE *binding);
/* `option`: RPC_C_OPT_CALL_TIMEOUT. Not while a call is under way on this binding. */
RPC_STATUS RpcBindingSetOption(RPC_BINDING_HANDLE binding, unsigned long option, uintptr_t value);
/* Forgets a client's context handle without telling the server; *context becomes NULL. */
void RpcSsDestroyClientContext(void **context);

/*
 * Client: one call. A failed call returns its ob_status as the method's result, sets the detail of
 * ob/status.h and leaves the [out] parameters zeroed: OB_E_AGENT_UNREACHABLE (no connection, it
 * broke, or the server does not know the context handle any more), OB_E_TIMEOUT (the binding's
 * limit; the server is told), OB_E_ACCESS_DENIED (by the socket's mode or fault 5), OB_E_BUSY (fault
 * too busy), OB_E_INVALID_ARGUMENT (a value outside of its [range], NULL for [ref], a NULL context
 * handle), OB_E_NO_MEMORY, OB_E_PROTOCOL for the rest. When even the method's
 * description cannot be read (OB_E_NOT_SUPPORTED, OB_E_NO_MEMORY), what is [out] stays as it was: set
 * pointers to NULL first.
 */
CLIENT_CALL_RETURN NdrClientCall2(PMIDL_STUB_DESC desc, PFORMAT_STRING format, ...);

/* Server. `max_calls` and `security` are ignored; see ob_rpc_limits and ob_rpc_server_use_unix(). */
RPC_STATUS RpcServerUseProtseqEpA(RPC_CSTR protseq, unsigned int max_calls, RPC_CSTR endpoint,
                                  void *security);
/* Nonzero refuses the call with fault 5. Asked before the arguments are looked at. */
typedef RPC_STATUS RPC_IF_CALLBACK_FN(RPC_IF_HANDLE interface, void *context);
/* RPC_S_UNSUPPORTED_TYPE if the interface uses what the interpreter does not serve; the detail of
 * ob/status.h tells what. `max_size`: most bytes of one request, (unsigned)-1 = the server's. */
RPC_STATUS RpcServerRegisterIf3(RPC_IF_HANDLE interface, UUID *type, void *epv, unsigned int flags,
                                unsigned int max_calls, unsigned int max_size,
                                RPC_IF_CALLBACK_FN *callback, void *security);
/* Refuses further calls of the interface; with `wait` returns when those under way are done. */
RPC_STATUS RpcServerUnregisterIf(RPC_IF_HANDLE interface, UUID *type, unsigned int wait);
RPC_STATUS RpcServerListen(unsigned int min_threads, unsigned int max_calls, unsigned int no_wait);
/* Starts the end and returns at once: no new calls, those under way go on. NULL only. */
RPC_STATUS RpcMgmtStopServerListening(RPC_BINDING_HANDLE binding);
/* Returns when the server has stopped and all its connections are closed. */
RPC_STATUS RpcMgmtWaitServerListen(void);
/* Of the caller of the call in progress (`binding` NULL): RPC_S_NO_CALL_ACTIVE outside of one. */
RPC_STATUS I_RpcBindingInqLocalClientPID(RPC_BINDING_HANDLE binding, unsigned long *pid);

void NdrServerCall2(PRPC_MESSAGE message);

/* Given by the program: memory of what travels by pointer. */
void *__RPC_USER MIDL_user_allocate(size_t size);
void __RPC_USER MIDL_user_free(void *block);
#define midl_user_allocate MIDL_user_allocate
#define midl_user_free MIDL_user_free

#endif
