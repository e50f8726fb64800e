/* A transport without a socket: it gives the bytes it was told to, in pieces, and keeps what is
 * sent. */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "ob/buf.h"
#include "ob/rpc_runtime.h"

typedef struct script {
    ob_rpc_transport base;
    const uint8_t *input;
    size_t length, position;
    size_t piece;     /* most bytes given or taken at once; 0 = all */
    ob_status at_end; /* after the input: OB_OK = the stream ends */
    ob_buf sent;
    uint64_t fail_send_at; /* sending fails from this byte on; 0 = never */
    bool stopped, closed;
} script;

void script_init(script *s, const void *input, size_t length);
/* Frees what was sent; the struct itself is the test's. */
void script_free(script *s);

/* Small PDUs for scripts, appended to `out`. */
void script_bind(ob_buf *out, uint32_t call_id, uint32_t group, uint16_t fragment,
                 const RPC_SYNTAX_IDENTIFIER *abstract, const RPC_SYNTAX_IDENTIFIER *transfer);
void script_bind_ack(ob_buf *out, uint8_t type, uint32_t call_id, uint32_t group, uint16_t fragment,
                     uint16_t result);
/* A request or response (`number`: opnum or 0). */
void script_stub(ob_buf *out, uint8_t type, uint8_t flags, uint32_t call_id, uint16_t context,
                 uint16_t number, const void *stub, size_t length);

/* The answers in what was sent, one after the other; false at the end. */
struct ob_pdu;
bool script_next(const ob_buf *sent, size_t *position, struct ob_pdu *out);

#endif
