#include "pdu.h"

#include <string.h>

enum { LITTLE_ENDIAN_ASCII = 0x10, IEEE = 0 };

const RPC_SYNTAX_IDENTIFIER ob_pdu_ndr = {
    {0x8a885d04, 0x1ceb, 0x11c9, {0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60}}, {2, 0}};

static const uint8_t features_prefix[8] = {0x2c, 0x1c, 0xb7, 0x6c, 0x12, 0x98, 0x40, 0x45};

ob_status ob_pdu_read_header(const uint8_t *data, ob_pdu *out)
{
    ob_reader reader = ob_reader_of(data, OB_PDU_HEADER);
    *out = (ob_pdu){.version = ob_read_u8(&reader)};
    out->minor = ob_read_u8(&reader);
    out->type = ob_read_u8(&reader);
    out->flags = ob_read_u8(&reader);
    const uint8_t integers = ob_read_u8(&reader);
    const uint8_t floats = ob_read_u8(&reader);
    ob_read_u16(&reader);
    out->length = ob_read_u16(&reader);
    out->auth_length = ob_read_u16(&reader);
    out->call_id = ob_read_u32(&reader);
    if (out->version != 5 || out->minor > 1) {
        return ob_fail(OB_E_PROTOCOL, "RPC version %u.%u", out->version, out->minor);
    }
    if (integers != LITTLE_ENDIAN_ASCII || floats != IEEE) {
        out->big_endian = true;
        return ob_fail(OB_E_PROTOCOL, "data representation 0x%02x%02x", integers, floats);
    }
    if (out->length < OB_PDU_HEADER ||
        (out->auth_length != 0 && out->length < OB_PDU_HEADER + OB_PDU_AUTH + out->auth_length)) {
        return ob_fail(OB_E_PROTOCOL, "a PDU of %u bytes with a token of %u", out->length,
                       out->auth_length);
    }
    return OB_OK;
}

ob_status ob_pdu_read_body(const uint8_t *data, ob_pdu *pdu)
{
    size_t body = (size_t)pdu->length - OB_PDU_HEADER;
    if (pdu->auth_length != 0) {
        body -= OB_PDU_AUTH + pdu->auth_length;
        ob_reader trailer =
            ob_reader_of(data + OB_PDU_HEADER + body, OB_PDU_AUTH + (size_t)pdu->auth_length);
        pdu->auth_type = ob_read_u8(&trailer);
        pdu->auth_level = ob_read_u8(&trailer);
        const uint8_t padding = ob_read_u8(&trailer);
        ob_read_u8(&trailer);
        pdu->auth_context = ob_read_u32(&trailer);
        pdu->token = ob_read_bytes(&trailer, pdu->auth_length);
        if (padding > body) {
            return ob_fail(OB_E_PROTOCOL, "a PDU with more padding than data");
        }
        body -= padding;
    }
    pdu->body = ob_reader_of(data + OB_PDU_HEADER, body);
    return OB_OK;
}

static ob_status read_end(const ob_reader *reader, const char *what)
{
    return reader->failed ? ob_fail(OB_E_PROTOCOL, "a %s that is cut", what) : OB_OK;
}

ob_status ob_pdu_read_bind(const ob_pdu *pdu, ob_pdu_bind *out)
{
    ob_reader reader = pdu->body;
    ob_pdu_bind bind = {.most_send = ob_read_u16(&reader)};
    bind.most_receive = ob_read_u16(&reader);
    bind.group = ob_read_u32(&reader);
    bind.context_count = ob_read_u8(&reader);
    ob_read_bytes(&reader, 3);
    bind.contexts = reader;
    *out = bind;
    return read_end(&reader, "bind");
}

RPC_SYNTAX_IDENTIFIER ob_pdu_read_syntax(ob_reader *reader)
{
    RPC_SYNTAX_IDENTIFIER syntax;
    _Static_assert(sizeof syntax == 20, "the bytes of the wire");
    ob_read_copy(reader, &syntax, sizeof syntax);
    return syntax;
}

ob_status ob_pdu_read_context(ob_reader *contexts, ob_pdu_context *out)
{
    ob_pdu_context context = {.id = ob_read_u16(contexts)};
    context.transfer_count = ob_read_u8(contexts);
    ob_read_u8(contexts);
    context.abstract = ob_pdu_read_syntax(contexts);
    const size_t length = context.transfer_count * sizeof(RPC_SYNTAX_IDENTIFIER);
    const uint8_t *transfers = ob_read_bytes(contexts, length);
    if (contexts->failed || context.transfer_count == 0) {
        return ob_fail(OB_E_PROTOCOL, "a presentation context that is cut or empty");
    }
    context.transfers = ob_reader_of(transfers, length);
    *out = context;
    return OB_OK;
}

ob_status ob_pdu_read_bind_ack(const ob_pdu *pdu, ob_pdu_bind_ack *out)
{
    ob_reader reader = pdu->body;
    ob_pdu_bind_ack ack = {.most_send = ob_read_u16(&reader)};
    ack.most_receive = ob_read_u16(&reader);
    ack.group = ob_read_u32(&reader);
    ob_read_bytes(&reader, ob_read_u16(&reader)); /* secondary address */
    ob_read_bytes(&reader, -reader.position & 3);
    const uint8_t results = ob_read_u8(&reader);
    ob_read_bytes(&reader, 3);
    ack.result = ob_read_u16(&reader);
    ack.reason = ob_read_u16(&reader);
    ob_pdu_read_syntax(&reader);
    if (results != 1 && !reader.failed) {
        return ob_fail(OB_E_PROTOCOL, "%u results for one presentation context", results);
    }
    *out = ack;
    return read_end(&reader, "bind_ack");
}

size_t ob_pdu_begin(ob_buf *out, uint8_t type, uint8_t flags, uint32_t call_id)
{
    const size_t start = out->length;
    ob_buf_put_u8(out, 5);
    ob_buf_put_u8(out, 0);
    ob_buf_put_u8(out, type);
    ob_buf_put_u8(out, flags);
    ob_buf_put_u32(out, LITTLE_ENDIAN_ASCII);
    ob_buf_put_u32(out, 0); /* lengths: ob_pdu_end() */
    ob_buf_put_u32(out, call_id);
    return start;
}

void ob_pdu_end(ob_buf *out, size_t start, uint16_t auth_length)
{
    if (out->failed) {
        return;
    }
    const size_t length = out->length - start;
    out->data[start + 8] = (uint8_t)length;
    out->data[start + 9] = (uint8_t)(length >> 8);
    out->data[start + 10] = (uint8_t)auth_length;
    out->data[start + 11] = (uint8_t)(auth_length >> 8);
}

void ob_pdu_put_syntax(ob_buf *out, const RPC_SYNTAX_IDENTIFIER *syntax)
{
    ob_buf_put(out, syntax, sizeof *syntax);
}

void ob_pdu_put_fault(ob_buf *out, uint32_t call_id, uint16_t context, uint32_t fault,
                      bool executed)
{
    const uint8_t flags = executed ? OB_PDU_WHOLE : OB_PDU_WHOLE | OB_PDU_NOT_EXECUTED;
    const size_t start = ob_pdu_begin(out, OB_PDU_FAULT, flags, call_id);
    ob_buf_put_u32(out, 0);
    ob_buf_put_u16(out, context);
    ob_buf_put_u16(out, 0);
    ob_buf_put_u32(out, fault);
    ob_buf_put_u32(out, 0);
    ob_pdu_end(out, start, 0);
}

void ob_pdu_put_bind_nak(ob_buf *out, uint32_t call_id, uint16_t reason)
{
    const size_t start = ob_pdu_begin(out, OB_PDU_BIND_NAK, OB_PDU_WHOLE, call_id);
    ob_buf_put_u16(out, reason);
    ob_buf_put_u8(out, 1); /* one protocol version: 5.0 */
    ob_buf_put_u8(out, 5);
    ob_buf_put_u8(out, 0);
    ob_buf_put_zero(out, 3);
    ob_pdu_end(out, start, 0);
}

void ob_pdu_put_bind(ob_buf *out, uint8_t type, uint32_t call_id, uint16_t fragment, uint32_t group,
                     uint16_t context, const RPC_SYNTAX_IDENTIFIER *abstract)
{
    const size_t start = ob_pdu_begin(out, type, OB_PDU_WHOLE, call_id);
    ob_buf_put_u16(out, fragment);
    ob_buf_put_u16(out, fragment);
    ob_buf_put_u32(out, group);
    ob_buf_put_u32(out, 1); /* contexts */
    ob_buf_put_u16(out, context);
    ob_buf_put_u16(out, 1); /* transfer syntaxes */
    ob_pdu_put_syntax(out, abstract);
    ob_pdu_put_syntax(out, &ob_pdu_ndr);
    ob_pdu_end(out, start, 0);
}

bool ob_pdu_same_syntax(const RPC_SYNTAX_IDENTIFIER *a, const RPC_SYNTAX_IDENTIFIER *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

bool ob_pdu_is_features(const RPC_SYNTAX_IDENTIFIER *syntax)
{
    return memcmp(&syntax->SyntaxGUID, features_prefix, sizeof features_prefix) == 0 &&
           syntax->SyntaxVersion.MajorVersion == 1;
}
