#include "script.h"

#include "pdu.h"

#include <string.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static ob_status script_receive(ob_rpc_transport *transport, void *data, size_t length, uint32_t ms,
                                size_t *got)
{
    script *s = (script *)transport;
    (void)ms;
    size_t n = least(length, s->length - s->position);
    if (s->piece != 0) {
        n = least(n, s->piece);
    }
    if (n == 0) {
        *got = 0;
        return s->stopped ? OB_OK : s->at_end;
    }
    memcpy(data, s->input + s->position, n);
    s->position += n;
    *got = n;
    return OB_OK;
}

static ob_status script_send(ob_rpc_transport *transport, const void *data, size_t length,
                             uint32_t ms, size_t *sent)
{
    script *s = (script *)transport;
    (void)ms;
    size_t n = s->piece != 0 ? least(length, s->piece) : length;
    if (s->fail_send_at != 0 && s->sent.length + n > s->fail_send_at) {
        return OB_E_IO;
    }
    ob_buf_put(&s->sent, data, n);
    *sent = n;
    return s->sent.failed ? OB_E_NO_MEMORY : OB_OK;
}

static void script_stop(ob_rpc_transport *transport, bool both)
{
    (void)both;
    ((script *)transport)->stopped = true;
}

static void script_close(ob_rpc_transport *transport)
{
    ((script *)transport)->closed = true;
}

void script_init(script *s, const void *input, size_t length)
{
    *s = (script){.base = {script_receive, script_send, script_stop, script_close, {0}},
                  .input = input,
                  .length = length};
}

void script_free(script *s)
{
    ob_buf_free(&s->sent);
}

void script_bind(ob_buf *out, uint32_t call_id, uint32_t group, uint16_t fragment,
                 const RPC_SYNTAX_IDENTIFIER *abstract, const RPC_SYNTAX_IDENTIFIER *transfer)
{
    const size_t start = out->length;
    ob_pdu_put_bind(out, OB_PDU_BIND, call_id, fragment, group, 0, abstract);
    if (!out->failed) {
        memcpy(out->data + start + 52, transfer, sizeof *transfer);
    }
}

void script_bind_ack(ob_buf *out, uint8_t type, uint32_t call_id, uint32_t group, uint16_t fragment,
                     uint16_t result)
{
    const size_t start = ob_pdu_begin(out, type, OB_PDU_WHOLE, call_id);
    ob_buf_put_u16(out, fragment);
    ob_buf_put_u16(out, fragment);
    ob_buf_put_u32(out, group);
    ob_buf_put_u16(out, 4);
    ob_buf_put(out, "135", 4);
    ob_buf_put_zero(out, 2);
    ob_buf_put_u32(out, 1);
    ob_buf_put_u16(out, result);
    ob_buf_put_u16(out, result == 0 ? 0 : OB_PDU_REASON_ABSTRACT);
    ob_pdu_put_syntax(out, &ob_pdu_ndr);
    ob_pdu_end(out, start, 0);
}

void script_stub(ob_buf *out, uint8_t type, uint8_t flags, uint32_t call_id, uint16_t context,
                 uint16_t number, const void *stub, size_t length)
{
    const size_t start = ob_pdu_begin(out, type, flags, call_id);
    ob_buf_put_u32(out, (uint32_t)length);
    ob_buf_put_u16(out, context);
    ob_buf_put_u16(out, number);
    if (length > 0) {
        ob_buf_put(out, stub, length);
    }
    ob_pdu_end(out, start, 0);
}

bool script_next(const ob_buf *sent, size_t *position, struct ob_pdu *out)
{
    if (sent->length - *position < OB_PDU_HEADER) {
        return false;
    }
    const uint8_t *data = sent->data + *position;
    if (OB_FAILED(ob_pdu_read_header(data, out)) || out->length > sent->length - *position ||
        OB_FAILED(ob_pdu_read_body(data, out))) {
        return false;
    }
    *position += out->length;
    return true;
}
