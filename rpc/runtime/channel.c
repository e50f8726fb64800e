#include "channel.h"

#include "ob/alloc.h"

#include <string.h>

#define NS_PER_MS 1000000u

ob_status ob_rpc_channel_init(ob_rpc_channel *channel, ob_rpc_transport *transport,
                              const ob_clock *clock, uint16_t fragment)
{
    *channel = (ob_rpc_channel){
        .transport = transport,
        .clock = clock,
        .security = ob_rpc_security_none(),
        .send_fragment = fragment,
        .receive_fragment = fragment,
        .buffer = ob_alloc(fragment),
        .out = {.secret = true},
    };
    if (channel->buffer == NULL) {
        ob_rpc_channel_close(channel);
        return ob_fail(OB_E_NO_MEMORY, "a connection");
    }
    return OB_OK;
}

void ob_rpc_channel_close(ob_rpc_channel *channel)
{
    if (channel->transport != NULL) {
        channel->transport->close(channel->transport);
        channel->transport = NULL;
    }
    if (channel->security != NULL) {
        channel->security->free(channel->security);
        channel->security = NULL;
    }
    ob_free_secret(channel->buffer, channel->receive_fragment);
    channel->buffer = NULL;
    ob_buf_free(&channel->out);
}

uint64_t ob_rpc_deadline(const ob_clock *clock, uint32_t ms)
{
    return ms == 0 ? OB_RPC_FOREVER : clock->monotonic(clock) + (uint64_t)ms * NS_PER_MS;
}

/* Milliseconds left, rounded up; 0 when the time is over. */
static uint32_t left(const ob_rpc_channel *channel, uint64_t until)
{
    const uint64_t now = channel->clock->monotonic(channel->clock);
    if (until == OB_RPC_FOREVER) {
        return UINT32_MAX;
    }
    const uint64_t ms = now >= until ? 0 : (until - now + NS_PER_MS - 1) / NS_PER_MS;
    return ms < INT32_MAX ? (uint32_t)ms : INT32_MAX;
}

static ob_status broken(ob_status status)
{
    return status == OB_E_TIMEOUT ? status
                                  : ob_fail(OB_E_AGENT_UNREACHABLE, "the connection was lost");
}

/* Receives at least one byte, up to data[length]. */
static ob_status receive_some(ob_rpc_channel *channel, size_t *have, size_t length, uint64_t until)
{
    ob_rpc_transport *transport = channel->transport;
    size_t got = 0;
    const uint32_t ms = left(channel, until);
    if (ms == 0) {
        return ob_fail(OB_E_TIMEOUT, "the other end is too slow");
    }
    const ob_status status =
        transport->receive(transport, channel->buffer + *have, length - *have, ms, &got);
    if (OB_FAILED(status) || got == 0) {
        return broken(status);
    }
    *have += got;
    return OB_OK;
}

static ob_status receive_all(ob_rpc_channel *channel, size_t *have, size_t length, uint64_t until)
{
    ob_status status = OB_OK;
    while (*have < length && !OB_FAILED(status)) {
        status = receive_some(channel, have, length, until);
    }
    return status;
}

ob_status ob_rpc_channel_receive(ob_rpc_channel *channel, uint64_t until, uint32_t progress_ms,
                                 ob_pdu *pdu)
{
    size_t have = 0;
    memset(pdu, 0, sizeof *pdu);
    ob_status status = receive_some(channel, &have, OB_PDU_HEADER, until);
    if (OB_FAILED(status)) {
        return status;
    }
    if (progress_ms != 0) {
        until = ob_rpc_deadline(channel->clock, progress_ms);
    }
    status = receive_all(channel, &have, OB_PDU_HEADER, until);
    if (!OB_FAILED(status)) {
        status = ob_pdu_read_header(channel->buffer, pdu);
    }
    if (!OB_FAILED(status) && pdu->length > channel->receive_fragment) {
        status = ob_fail(OB_E_PROTOCOL, "a PDU of %u bytes, %u were agreed", pdu->length,
                         channel->receive_fragment);
    }
    if (!OB_FAILED(status)) {
        status = receive_all(channel, &have, pdu->length, until);
    }
    if (!OB_FAILED(status)) {
        status = ob_pdu_read_body(channel->buffer, pdu);
    }
    const bool handshake = pdu->type == OB_PDU_BIND || pdu->type == OB_PDU_BIND_ACK ||
                           pdu->type == OB_PDU_ALTER || pdu->type == OB_PDU_ALTER_ACK ||
                           pdu->type == OB_PDU_AUTH3;
    if (!OB_FAILED(status) && !handshake) {
        status = channel->security->open(channel->security, channel->buffer, pdu);
    }
    return status;
}

ob_status ob_rpc_channel_send(ob_rpc_channel *channel, const ob_buf *pdu, uint64_t until)
{
    ob_rpc_transport *transport = channel->transport;
    size_t done = 0;
    if (pdu->failed) {
        return ob_buf_status(pdu);
    }
    while (done < pdu->length) {
        size_t sent = 0;
        const uint32_t ms = left(channel, until);
        if (ms == 0) {
            return ob_fail(OB_E_TIMEOUT, "the other end takes nothing");
        }
        const ob_status status =
            transport->send(transport, pdu->data + done, pdu->length - done, ms, &sent);
        if (OB_FAILED(status)) {
            return broken(status);
        }
        done += sent;
    }
    return OB_OK;
}

static ob_status send_fragment(ob_rpc_channel *channel, uint8_t type, uint8_t flags,
                               uint32_t call_id, uint16_t context, uint16_t number,
                               const ob_buf *stub, size_t from, size_t length, uint64_t until)
{
    ob_buf *out = &channel->out;
    uint16_t auth_length = 0;
    ob_buf_clear(out);
    const size_t start = ob_pdu_begin(out, type, flags, call_id);
    ob_buf_put_u32(out, (uint32_t)(stub->length - from)); /* what is still to come */
    ob_buf_put_u16(out, context);
    ob_buf_put_u16(out, number);
    if (length > 0) {
        ob_buf_put(out, stub->data + from, length);
    }
    ob_status status = channel->security->seal(channel->security, out, start, &auth_length);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_pdu_end(out, start, auth_length);
    return ob_rpc_channel_send(channel, out, until);
}

ob_status ob_rpc_channel_send_stub(ob_rpc_channel *channel, uint8_t type, uint32_t call_id,
                                   uint16_t context, uint16_t number, const ob_buf *stub,
                                   uint64_t until)
{
    const size_t trailer = OB_PDU_PREFIX + channel->security->most_trailer;
    const size_t room = (channel->send_fragment - trailer) & ~(size_t)7;
    size_t from = 0;
    ob_status status = ob_buf_status(stub);
    if (OB_FAILED(status)) {
        return status;
    }
    do {
        const size_t length = stub->length - from < room ? stub->length - from : room;
        uint8_t flags = from == 0 ? OB_PDU_FIRST : 0;
        if (from + length == stub->length) {
            flags |= OB_PDU_LAST;
        }
        status = send_fragment(channel, type, flags, call_id, context, number, stub, from, length,
                               until);
        from += length;
    } while (!OB_FAILED(status) && from < stub->length);
    return status;
}
