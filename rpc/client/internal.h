/* What the files of libobclient share. */
#ifndef OB_CLIENT_INTERNAL_H
#define OB_CLIENT_INTERNAL_H

#include "ob/client.h"

/* rpc.h before the generated header: on POSIX it is the runtime's, and the stubs count on it. */
#include <rpc.h>

#include "onlinebackup.h"

/* The versions of the interface that this library speaks. */
#define VERSION_LOWEST 1
#define VERSION_HIGHEST 1

/* Any call that takes longer has failed. Above the longest wait of ObWatchJob (30 s), and long
 * enough for an agent that reads its vault before it answers. */
#define CALL_LIMIT_MS 120000

/* The largest document, name, path and pattern that a request carries (idl/onlinebackup.idl). */
#define DOCUMENT_MOST 1048576
#define NAME_MOST 1024
#define PATH_MOST 65536

struct ob_client {
    OB_TARGET target;
};

/* ---- target.c: the table of bindings behind OB_TARGET ---- */

/* Takes the binding over; OB_E_BUSY when the table is full, and then it stays the caller's. */
ob_status ob_target_add(handle_t binding, OB_TARGET *out);
/* Gives the binding back and frees its place; NULL for a target that is not in use. */
handle_t ob_target_remove(OB_TARGET target);

/* ---- posix/transport.c, windows/transport.c: what the two systems' runtimes differ in ---- */

/* Makes a binding; nothing is sent yet. `endpoint` is a string binding or the local endpoint's
 * name. OB_E_INVALID_ARGUMENT, OB_E_NOT_SUPPORTED. */
ob_status ob_transport_bind(const char *endpoint, bool string_binding, handle_t *out);

/* ---- call.c: one call ---- */

/* A method's arguments start with this; its `run` calls the stub and sets `result`. */
typedef struct ob_call ob_call;
struct ob_call {
    ob_client *client;
    void (*run)(ob_call *call);
    /* Makes a second try possible after the connection was lost, for calls that may run twice
     * without harm; NULL for all others. */
    ob_status (*recover)(ob_call *call);
    LONG result;
    OB_BYTES error;
    bool broken; /* the call did not return: what [out] parameters point at is not ours */
};

/* Runs `run`. OB_OK if the method returned, whatever it says; else why it could not. */
ob_status ob_transport_invoke(ob_call *call);

/* Makes the call and sets this thread's error. The [out] parameters are to be released with
 * ob_call_release() in every case. */
ob_status ob_call_make(ob_call *call);
/* Frees what an [out] pointer holds, if it is ours. */
void ob_call_release(const ob_call *call, void *block);
/* A `recover` for methods that need nothing but the agent: asks for its version again. */
ob_status ob_call_reconnect(ob_call *call);
/* Copies a document, with a NUL behind it. OB_E_PROTOCOL if its count is not true. */
ob_status ob_call_document(const OB_BYTES *bytes, ob_buf *out);
/* OB_E_TOO_LARGE if a request would carry more than its method takes. */
ob_status ob_call_check_length(const char *what, size_t length, size_t most);

/* ---- memory.c: the memory of what travels by pointer ---- */

/* True if `block` of the runtime has room for `count` elements of `size` bytes. The runtime of
 * Windows does not compare a count with the array that came along. */
bool ob_midl_holds(const void *block, size_t count, size_t size);

/* ---- error.c: this thread's error ---- */

void ob_client_error_clear(void);
/* Sets the error from the local table and ob_detail(); returns `status`. */
ob_status ob_client_error_local(ob_status status);
/* Sets it from the agent's document, which is hostile; what it lacks comes from the local table. */
void ob_client_error_from(ob_status status, const OB_BYTES *document);

/* ---- record.c: records of the wire and ours ---- */

void ob_guid_from_wire(ob_guid *out, const OB_GUID *guid);
void ob_guid_to_wire(OB_GUID *out, const ob_guid *guid);

typedef enum ob_record_kind { OB_RECORD_JOB, OB_RECORD_POINT, OB_RECORD_ITEM, OB_RECORD_DOCUMENT } ob_record_kind;

/* Copies the records that a call brought, if it succeeded, and releases those of the wire in every
 * case. OB_OK if there was nothing to copy; sets this thread's error on failure. */
ob_status ob_record_take_list(const ob_call *call, ob_record_kind kind, void *wire, size_t count,
                              void **out, size_t *out_count);
ob_status ob_record_take_job(const ob_call *call, const OB_JOB *wire, ob_job *out);

#endif
