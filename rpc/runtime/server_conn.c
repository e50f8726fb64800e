/* One connection of the server: what each PDU does ([C706] 12.6, [MS-RPCE] 3.3.1.5). */
#include "server.h"

#include <string.h>

enum { GO_ON = 0, CLOSE = 1 };

static uint64_t send_deadline(const ob_rpc_connection *c)
{
    return ob_rpc_deadline(c->channel.clock, c->server->limits.progress_ms);
}

static int send_pdu(ob_rpc_connection *c, ob_buf *pdu)
{
    const ob_status status = ob_rpc_channel_send(&c->channel, pdu, send_deadline(c));
    ob_buf_free(pdu);
    return OB_FAILED(status) ? CLOSE : GO_ON;
}

static int send_fault(ob_rpc_connection *c, uint32_t call_id, uint16_t context, uint32_t fault,
                      bool executed)
{
    ob_buf pdu = {0};
    ob_pdu_put_fault(&pdu, call_id, context, fault, executed);
    return send_pdu(c, &pdu);
}

static int refuse_bind(ob_rpc_connection *c, uint32_t call_id, uint16_t reason)
{
    ob_buf pdu = {0};
    ob_pdu_put_bind_nak(&pdu, call_id, reason);
    send_pdu(c, &pdu);
    return CLOSE;
}

/* The answer to a PDU that has no place in the conversation. */
static int protocol_error(ob_rpc_connection *c, uint32_t call_id)
{
    if (c->group == NULL) {
        return refuse_bind(c, call_id, OB_PDU_REJECT_OTHER);
    }
    send_fault(c, call_id, 0, OB_RPC_FAULT_PROTOCOL, false);
    return CLOSE;
}

static ob_rpc_interface *find_context(const ob_rpc_connection *c, uint16_t id)
{
    for (size_t i = 0; i < c->context_count; i++) {
        if (c->contexts[i].id == id) {
            return c->contexts[i].interface;
        }
    }
    return NULL;
}

typedef struct outcome {
    uint16_t result, reason;
    RPC_SYNTAX_IDENTIFIER transfer; /* zero unless accepted */
} outcome;

/* One of the proposed transfer syntaxes must be NDR. Bind-time features are a context of their own,
 * with one pseudo syntax; none is granted. */
static outcome negotiate(ob_rpc_connection *c, ob_pdu_context *offer)
{
    const outcome reject = {.result = OB_PDU_PROVIDER_REJECTED, .reason = OB_PDU_REASON_TRANSFER};
    outcome out = reject;
    bool ndr = false;
    for (unsigned i = 0; i < offer->transfer_count; i++) {
        const RPC_SYNTAX_IDENTIFIER transfer = ob_pdu_read_syntax(&offer->transfers);
        ndr |= ob_pdu_same_syntax(&transfer, &ob_pdu_ndr);
        if (offer->transfer_count == 1 && ob_pdu_is_features(&transfer)) {
            return (outcome){.result = OB_PDU_NEGOTIATED, .reason = 0};
        }
    }
    ob_rpc_interface *interface = ob_rpc_server_find(c->server, &offer->abstract);
    const ob_rpc_interface *known = find_context(c, offer->id);
    if (interface == NULL) {
        out.reason = OB_PDU_REASON_ABSTRACT;
    } else if (!ndr) {
        out.reason = OB_PDU_REASON_TRANSFER;
    } else if (known == interface) {
        out = (outcome){.result = OB_PDU_ACCEPTED, .transfer = ob_pdu_ndr};
    } else if (c->context_count == OB_PDU_MOST_CONTEXTS || known != NULL) {
        out.reason = OB_PDU_REASON_LIMIT;
    } else {
        c->contexts[c->context_count].id = offer->id;
        c->contexts[c->context_count++].interface = interface;
        out = (outcome){.result = OB_PDU_ACCEPTED, .transfer = ob_pdu_ndr};
    }
    return out;
}

static ob_status put_results(ob_rpc_connection *c, ob_buf *pdu, ob_pdu_bind *bind)
{
    ob_buf_put_u32(pdu, bind->context_count);
    for (unsigned i = 0; i < bind->context_count; i++) {
        ob_pdu_context offer;
        const ob_status status = ob_pdu_read_context(&bind->contexts, &offer);
        if (OB_FAILED(status)) {
            return status;
        }
        const outcome out = negotiate(c, &offer);
        ob_buf_put_u16(pdu, out.result);
        ob_buf_put_u16(pdu, out.reason);
        ob_pdu_put_syntax(pdu, &out.transfer);
    }
    return OB_OK;
}

static uint16_t smaller(uint16_t a, uint16_t b)
{
    return a < b ? a : b;
}

/* bind_ack and alter_context_resp. */
static int answer_bind(ob_rpc_connection *c, const ob_pdu *request, ob_pdu_bind *bind, uint8_t type)
{
    ob_buf pdu = {0};
    const size_t start = ob_pdu_begin(&pdu, type, OB_PDU_WHOLE, request->call_id);
    ob_buf_put_u16(&pdu, c->channel.send_fragment);
    ob_buf_put_u16(&pdu, c->channel.receive_fragment);
    ob_buf_put_u32(&pdu, c->group->id);
    ob_buf_put_u16(&pdu, 0); /* no secondary address */
    ob_buf_put_u16(&pdu, 0); /* and its padding */
    if (OB_FAILED(put_results(c, &pdu, bind))) {
        ob_buf_free(&pdu);
        return type == OB_PDU_BIND_ACK ? refuse_bind(c, request->call_id, OB_PDU_REJECT_OTHER)
                                       : protocol_error(c, request->call_id);
    }
    ob_pdu_end(&pdu, start, 0);
    return send_pdu(c, &pdu);
}

static int on_bind(ob_rpc_connection *c, const ob_pdu *pdu)
{
    ob_pdu_bind bind;
    ob_buf token = {0};
    const uint16_t fragment = (uint16_t)c->server->limits.fragment;
    if (c->group != NULL || (pdu->flags & OB_PDU_WHOLE) != OB_PDU_WHOLE ||
        OB_FAILED(ob_pdu_read_bind(pdu, &bind)) || bind.context_count == 0) {
        return protocol_error(c, pdu->call_id);
    }
    if (OB_FAILED(c->channel.security->accept(c->channel.security, pdu, &token))) {
        return refuse_bind(c, pdu->call_id, OB_PDU_REJECT_AUTHENTICATION);
    }
    ob_buf_free(&token);
    if (bind.most_send < OB_PDU_LEAST_FRAGMENT || bind.most_receive < OB_PDU_LEAST_FRAGMENT) {
        return refuse_bind(c, pdu->call_id, OB_PDU_REJECT_LIMIT);
    }
    if (OB_FAILED(ob_rpc_group_join(&c->server->groups, bind.group, &c->channel.transport->peer,
                                    &c->group))) {
        return refuse_bind(c, pdu->call_id, OB_PDU_REJECT_OTHER);
    }
    c->channel.send_fragment = smaller(bind.most_receive, fragment);
    c->channel.receive_fragment = smaller(bind.most_send, fragment);
    return answer_bind(c, pdu, &bind, OB_PDU_BIND_ACK);
}

static int on_alter(ob_rpc_connection *c, const ob_pdu *pdu)
{
    ob_pdu_bind bind;
    if (c->group == NULL || c->assembling || (pdu->flags & OB_PDU_WHOLE) != OB_PDU_WHOLE ||
        OB_FAILED(ob_pdu_read_bind(pdu, &bind)) || bind.context_count == 0) {
        return protocol_error(c, pdu->call_id);
    }
    if (pdu->auth_length != 0) {
        send_fault(c, pdu->call_id, 0, OB_RPC_FAULT_ACCESS_DENIED, false);
        return CLOSE;
    }
    return answer_bind(c, pdu, &bind, OB_PDU_ALTER_ACK);
}

/* Runs the request that is complete and answers it. */
static int dispatch(ob_rpc_connection *c)
{
    const ob_rpc_limits *limits = &c->server->limits;
    ob_rpc_interface *interface = find_context(c, c->context);
    uint32_t fault = OB_RPC_FAULT_UNKNOWN_INTERFACE;
    if (interface != NULL) {
        const bool over = c->too_large || c->request.length > interface->max_size;
        fault = over ? OB_RPC_FAULT_NO_MEMORY : ob_rpc_server_enter(c->server, interface);
    }
    if (fault != 0) {
        return send_fault(c, c->call_id, c->context, fault, false);
    }
    ob_rpc_call call = {
        .interface = interface,
        .group = c->group,
        .peer = &c->channel.transport->peer,
        .call_memory = limits->call_memory,
        .contexts = limits->contexts,
        .response = {.secret = true, .limit = limits->response_bytes},
    };
    ob_rpc_call_run(&call, c->opnum, c->request.data, c->request.length);
    ob_rpc_server_leave(c->server, interface);
    ob_buf_free(&c->request);
    int next = GO_ON;
    if (call.fault != 0) {
        next = send_fault(c, c->call_id, c->context, call.fault, call.executed);
    } else if (OB_FAILED(ob_rpc_channel_send_stub(&c->channel, OB_PDU_RESPONSE, c->call_id,
                                                  c->context, 0, &call.response,
                                                  send_deadline(c)))) {
        next = CLOSE;
    }
    ob_buf_free(&call.response);
    return next;
}

/* Adds a fragment; what is over the limit is counted no further, and answered at the end. */
static void assemble(ob_rpc_connection *c, const ob_reader *stub)
{
    const size_t more = stub->length - stub->position;
    if (c->too_large || more > c->server->limits.request_bytes - c->request.length) {
        c->too_large = true;
        ob_buf_free(&c->request);
        return;
    }
    if (more > 0) {
        ob_buf_put(&c->request, stub->data + stub->position, more);
    }
    c->too_large = c->request.failed;
}

static int on_request(ob_rpc_connection *c, const ob_pdu *pdu)
{
    ob_reader reader = pdu->body;
    ob_read_u32(&reader); /* a hint of the size, which nobody has to believe */
    const uint16_t context = ob_read_u16(&reader);
    const uint16_t opnum = ob_read_u16(&reader);
    const bool first = (pdu->flags & OB_PDU_FIRST) != 0;
    if ((pdu->flags & OB_PDU_OBJECT) != 0) {
        ob_read_bytes(&reader, sizeof(GUID)); /* no interface has objects */
    }
    if (c->group == NULL || reader.failed || first == c->assembling) {
        return protocol_error(c, pdu->call_id);
    }
    if (first) {
        c->assembling = true;
        c->too_large = false;
        c->deadline = ob_rpc_deadline(c->channel.clock, c->server->limits.progress_ms);
        c->call_id = pdu->call_id;
        c->context = context;
        c->opnum = opnum;
        ob_buf_clear(&c->request);
    } else if (pdu->call_id != c->call_id || context != c->context || opnum != c->opnum) {
        return protocol_error(c, pdu->call_id);
    }
    assemble(c, &reader);
    if ((pdu->flags & OB_PDU_LAST) == 0) {
        return GO_ON;
    }
    c->assembling = false;
    return dispatch(c);
}

static int on_orphaned(ob_rpc_connection *c, const ob_pdu *pdu)
{
    if (c->assembling && pdu->call_id == c->call_id) {
        c->assembling = false;
        ob_buf_free(&c->request);
    }
    return GO_ON;
}

static int handle(ob_rpc_connection *c, const ob_pdu *pdu)
{
    switch (pdu->type) {
    case OB_PDU_BIND:
        return on_bind(c, pdu);
    case OB_PDU_ALTER:
        return on_alter(c, pdu);
    case OB_PDU_REQUEST:
        return on_request(c, pdu);
    case OB_PDU_CANCEL:
        return GO_ON; /* calls follow each other here, so the one it means is over */
    case OB_PDU_ORPHANED:
        return on_orphaned(c, pdu);
    default:
        return protocol_error(c, pdu->call_id);
    }
}

/* Something came that is no PDU; tells why where the protocol has a word for it. */
static void answer_failure(ob_rpc_connection *c, ob_status status, const ob_pdu *pdu)
{
    if (status == OB_E_ACCESS_DENIED) {
        send_fault(c, pdu->call_id, 0, OB_RPC_FAULT_ACCESS_DENIED, false);
    } else if (status == OB_E_PROTOCOL) {
        const uint32_t call_id = pdu->big_endian ? 0 : pdu->call_id;
        if (c->group == NULL && pdu->version != 0 && (pdu->version != 5 || pdu->minor > 1)) {
            refuse_bind(c, call_id, OB_PDU_REJECT_VERSION);
        } else {
            protocol_error(c, call_id);
        }
    }
}

static ob_status receive(ob_rpc_connection *c, ob_pdu *pdu)
{
    const ob_rpc_limits *limits = &c->server->limits;
    const ob_clock *clock = c->channel.clock;
    if (c->assembling) {
        return ob_rpc_channel_receive(&c->channel, c->deadline, 0, pdu);
    }
    uint64_t until = ob_rpc_deadline(clock, limits->idle_ms);
    if (c->group == NULL) {
        until = ob_rpc_deadline(clock, limits->progress_ms);
    } else if (ob_rpc_contexts_any(c->group)) {
        until = OB_RPC_FOREVER;
    }
    return ob_rpc_channel_receive(&c->channel, until, limits->progress_ms, pdu);
}

void ob_rpc_connection_serve(ob_rpc_connection *c)
{
    ob_pdu pdu;
    ob_status status = OB_OK;
    int next = GO_ON;
    while (next == GO_ON && !ob_rpc_server_is_stopping(c->server)) {
        status = receive(c, &pdu);
        if (OB_FAILED(status)) {
            answer_failure(c, status, &pdu);
            break;
        }
        next = handle(c, &pdu);
    }
    if (ob_rpc_server_is_stopping(c->server) && c->group != NULL) {
        ob_buf bye = {0};
        const size_t start = ob_pdu_begin(&bye, OB_PDU_SHUTDOWN, OB_PDU_WHOLE, 0);
        ob_pdu_end(&bye, start, 0);
        send_pdu(c, &bye);
    }
}
