#include "client_conn.h"

#include "ob/alloc.h"

#include <string.h>

/* Wine's server gives this id to every answer. Calls follow each other on a connection, so that
 * there is none to mistake it for. */
enum { FIRST_CALL_ID = 1 };
enum { FAREWELL_MS = 200 };

static ob_status bind_refused(const ob_pdu *pdu)
{
    ob_reader reader = pdu->body;
    const uint16_t reason = ob_read_u16(&reader);
    switch (reason) {
    case OB_PDU_REJECT_OTHER:
        return ob_fail(OB_E_NOT_FOUND, "the server refused the binding");
    case OB_PDU_REJECT_CONGESTION:
        return ob_fail(OB_E_BUSY, "the server takes no more bindings");
    default:
        return ob_fail(OB_E_PROTOCOL, "the server refused the binding, reason %u", reason);
    }
}

static ob_status read_ack(ob_rpc_client_connection *c, const ob_pdu *pdu,
                          const RPC_SYNTAX_IDENTIFIER *interface)
{
    ob_pdu_bind_ack ack;
    const ob_status status = ob_pdu_read_bind_ack(pdu, &ack);
    if (OB_FAILED(status)) {
        return status;
    }
    if (ack.result != OB_PDU_ACCEPTED) {
        return ob_fail(OB_E_PROTOCOL, "the server refused the interface, reason %u", ack.reason);
    }
    if (pdu->type == OB_PDU_BIND_ACK) {
        if (ack.most_send < OB_PDU_LEAST_FRAGMENT || ack.most_receive < OB_PDU_LEAST_FRAGMENT) {
            return ob_fail(OB_E_PROTOCOL, "fragments of %u and %u bytes", ack.most_send,
                           ack.most_receive);
        }
        if (ack.most_receive < c->channel.send_fragment) {
            c->channel.send_fragment = ack.most_receive;
        }
        c->group = ack.group;
    }
    c->contexts[c->context_count++] = *interface;
    return OB_OK;
}

/* bind or alter_context, and its answer. */
static ob_status negotiate(ob_rpc_client_connection *c, uint8_t type, uint32_t group,
                           const RPC_SYNTAX_IDENTIFIER *interface, uint64_t until)
{
    ob_buf out = {0};
    ob_pdu pdu;
    const uint32_t call_id = ++c->last_call_id;
    ob_pdu_put_bind(&out, type, call_id, c->channel.receive_fragment, group, c->context_count,
                    interface);
    ob_status status = ob_rpc_channel_send(&c->channel, &out, until);
    ob_buf_free(&out);
    if (!OB_FAILED(status)) {
        status = ob_rpc_channel_receive(&c->channel, until, 0, &pdu);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    if (pdu.type == OB_PDU_SHUTDOWN) {
        return ob_fail(OB_E_AGENT_UNREACHABLE, "the server is stopping");
    }
    if (pdu.call_id != call_id || pdu.auth_length != 0) {
        return ob_fail(OB_E_PROTOCOL, "an answer to another bind");
    }
    if (pdu.type == OB_PDU_BIND_NAK && type == OB_PDU_BIND) {
        return bind_refused(&pdu);
    }
    if (pdu.type != (type == OB_PDU_BIND ? OB_PDU_BIND_ACK : OB_PDU_ALTER_ACK)) {
        return ob_fail(OB_E_PROTOCOL, "PDU type %u as the answer to a bind", pdu.type);
    }
    return read_ack(c, &pdu, interface);
}

ob_status ob_rpc_client_open(ob_rpc_client_connection **out, ob_rpc_transport *transport,
                             uint16_t fragment, uint32_t group,
                             const RPC_SYNTAX_IDENTIFIER *interface, uint64_t until)
{
    ob_rpc_client_connection *c = ob_calloc(1, sizeof *c);
    if (c == NULL) {
        transport->close(transport);
        return ob_fail(OB_E_NO_MEMORY, "a connection");
    }
    ob_status status = ob_rpc_channel_init(&c->channel, transport, ob_clock_os(), fragment);
    if (!OB_FAILED(status)) {
        status = negotiate(c, OB_PDU_BIND, group, interface, until);
    }
    if (OB_FAILED(status)) {
        ob_rpc_client_close(c);
        return status;
    }
    *out = c;
    return OB_OK;
}

void ob_rpc_client_close(ob_rpc_client_connection *c)
{
    if (c != NULL) {
        ob_rpc_channel_close(&c->channel);
        ob_free(c);
    }
}

bool ob_rpc_client_is_quiet(ob_rpc_client_connection *c)
{
    uint8_t byte = 0;
    size_t got = 0;
    ob_rpc_transport *transport = c->channel.transport;
    const bool quiet = transport->receive(transport, &byte, 1, 0, &got) == OB_E_TIMEOUT;
    ob_detail_clear(); /* it was no failure of the call */
    return quiet;
}

/* The id of a presentation context for the interface, negotiated where there is none yet. */
static ob_status find_context(ob_rpc_client_connection *c, const RPC_SYNTAX_IDENTIFIER *interface,
                              uint64_t until, uint16_t *out)
{
    for (uint16_t i = 0; i < c->context_count; i++) {
        if (ob_pdu_same_syntax(&c->contexts[i], interface)) {
            *out = i;
            return OB_OK;
        }
    }
    if (c->context_count == OB_PDU_MOST_CONTEXTS) {
        return ob_fail(OB_E_PROTOCOL, "more than %d interfaces on one connection",
                       OB_PDU_MOST_CONTEXTS);
    }
    *out = c->context_count;
    return negotiate(c, OB_PDU_ALTER, 0, interface, until);
}

static ob_status fault_status(uint32_t fault)
{
    switch (fault) {
    case OB_RPC_FAULT_ACCESS_DENIED:
        return ob_fail(OB_E_ACCESS_DENIED, "the agent refused the call");
    case OB_RPC_FAULT_TOO_BUSY:
        return ob_fail(OB_E_BUSY, "the agent has too many calls under way");
    case OB_RPC_FAULT_CONTEXT_MISMATCH:
        return ob_fail(OB_E_AGENT_UNREACHABLE, "the agent does not know this handle any more");
    default:
        return ob_fail(OB_E_PROTOCOL, "the agent answered with fault 0x%08X", fault);
    }
}

/* One fragment of the answer; *last when it is complete. */
static ob_status take_answer(const ob_rpc_client_connection *c, const ob_pdu *pdu, ob_buf *response,
                             bool *last)
{
    ob_reader reader = pdu->body;
    const bool first = (pdu->flags & OB_PDU_FIRST) != 0;
    *last = (pdu->flags & OB_PDU_LAST) != 0;
    if (pdu->type == OB_PDU_SHUTDOWN) {
        return ob_fail(OB_E_AGENT_UNREACHABLE, "the agent is stopping");
    }
    if (pdu->call_id != c->last_call_id && pdu->call_id != FIRST_CALL_ID) {
        return ob_fail(OB_E_PROTOCOL, "an answer to another call");
    }
    ob_read_bytes(&reader, OB_PDU_PREFIX - OB_PDU_HEADER);
    if (pdu->type == OB_PDU_FAULT) {
        const uint32_t fault = ob_read_u32(&reader);
        *last = true;
        return reader.failed ? ob_fail(OB_E_PROTOCOL, "a fault that is cut") : fault_status(fault);
    }
    if (pdu->type != OB_PDU_RESPONSE || reader.failed || first != (response->length == 0)) {
        return ob_fail(OB_E_PROTOCOL, "PDU type %u, flags 0x%02x in an answer", pdu->type,
                       pdu->flags);
    }
    const size_t length = ob_reader_left(&reader);
    if (length == 0 && !*last) {
        return ob_fail(OB_E_PROTOCOL, "an empty fragment");
    }
    ob_buf_put(response, reader.data + reader.position, length);
    return ob_buf_status(response);
}

/* Best effort: the connection is closed in any case. */
static void say_farewell(ob_rpc_client_connection *c)
{
    ob_buf out = {0};
    size_t start = ob_pdu_begin(&out, OB_PDU_CANCEL, OB_PDU_WHOLE, c->last_call_id);
    ob_pdu_end(&out, start, 0);
    start = ob_pdu_begin(&out, OB_PDU_ORPHANED, OB_PDU_WHOLE, c->last_call_id);
    ob_pdu_end(&out, start, 0);
    ob_rpc_channel_send(&c->channel, &out, ob_rpc_deadline(c->channel.clock, FAREWELL_MS));
    ob_buf_free(&out);
}

ob_status ob_rpc_client_exchange(ob_rpc_client_connection *c,
                                 const RPC_SYNTAX_IDENTIFIER *interface, uint16_t opnum,
                                 const ob_buf *request, ob_buf *response, uint64_t until,
                                 bool *usable)
{
    uint16_t context = 0;
    bool last = false;
    *usable = false;
    ob_status status = find_context(c, interface, until, &context);
    if (OB_FAILED(status)) {
        return status;
    }
    ++c->last_call_id;
    status = ob_rpc_channel_send_stub(&c->channel, OB_PDU_REQUEST, c->last_call_id, context, opnum,
                                      request, until);
    while (!OB_FAILED(status) && !last) {
        ob_pdu pdu;
        status = ob_rpc_channel_receive(&c->channel, until, 0, &pdu);
        if (!OB_FAILED(status)) {
            status = take_answer(c, &pdu, response, &last);
            *usable = last && pdu.type == OB_PDU_FAULT;
        }
    }
    *usable |= !OB_FAILED(status);
    if (status == OB_E_TIMEOUT) {
        say_farewell(c);
        status = ob_fail(OB_E_TIMEOUT, "no answer within the call's time limit");
    }
    return status;
}
