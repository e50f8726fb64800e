/* Connection-oriented PDUs: their bytes ([C706] 12.6.3 and 12.6.4, [MS-RPCE] 2.2.2). */
#ifndef OB_RPC_PDU_H
#define OB_RPC_PDU_H

#include "ob/buf.h"
#include "ob/status.h"

#include <rpc.h>
#include <stdbool.h>
#include <stdint.h>

enum ob_pdu_type {
    OB_PDU_REQUEST = 0,
    OB_PDU_RESPONSE = 2,
    OB_PDU_FAULT = 3,
    OB_PDU_BIND = 11,
    OB_PDU_BIND_ACK = 12,
    OB_PDU_BIND_NAK = 13,
    OB_PDU_ALTER = 14,
    OB_PDU_ALTER_ACK = 15,
    OB_PDU_AUTH3 = 16,
    OB_PDU_SHUTDOWN = 17,
    OB_PDU_CANCEL = 18,
    OB_PDU_ORPHANED = 19
};

enum ob_pdu_flag {
    OB_PDU_FIRST = 0x01,
    OB_PDU_LAST = 0x02,
    OB_PDU_WHOLE = OB_PDU_FIRST | OB_PDU_LAST,
    OB_PDU_NOT_EXECUTED = 0x20,
    OB_PDU_OBJECT = 0x80
};

enum {
    OB_PDU_HEADER = 16,
    OB_PDU_PREFIX = 24, /* header and fixed part of a request, response or fault */
    OB_PDU_AUTH = 8,    /* of the trailer, without its token */
    OB_PDU_LEAST_FRAGMENT = 1432,
    OB_PDU_FRAGMENT = 5840,
    OB_PDU_MOST_FRAGMENT = 65528,
    OB_PDU_MOST_CONTEXTS = 16
};

/* Why a bind was refused ([C706] 12.6.3.1, [MS-RPCE] 2.2.2.5). */
enum ob_pdu_reject {
    OB_PDU_REJECT_OTHER = 0,
    OB_PDU_REJECT_CONGESTION = 1,
    OB_PDU_REJECT_LIMIT = 2,
    OB_PDU_REJECT_VERSION = 4,
    OB_PDU_REJECT_AUTHENTICATION = 8
};

/* What became of one presentation context. */
enum ob_pdu_result {
    OB_PDU_ACCEPTED = 0,
    OB_PDU_PROVIDER_REJECTED = 2,
    OB_PDU_NEGOTIATED = 3 /* bind-time features; the reason is the mask of those granted */
};
enum ob_pdu_reason {
    OB_PDU_REASON_NONE = 0,
    OB_PDU_REASON_ABSTRACT = 1,
    OB_PDU_REASON_TRANSFER = 2,
    OB_PDU_REASON_LIMIT = 3
};

typedef struct ob_pdu {
    uint8_t version, minor;
    uint8_t type;
    uint8_t flags;
    bool big_endian; /* or of foreign characters or floats: nothing else of it can be read */
    uint16_t length;
    uint16_t auth_length;
    uint32_t call_id;
    ob_reader body; /* what follows the header, without padding and trailer */
    uint8_t auth_type, auth_level;
    uint32_t auth_context;
    const uint8_t *token; /* auth_length bytes */
} ob_pdu;

/* The first OB_PDU_HEADER bytes: OB_E_PROTOCOL for a version, a data representation or a length
 * that no PDU of ours can have; what could be read is set all the same, for the answer. */
ob_status ob_pdu_read_header(const uint8_t *data, ob_pdu *out);
/* The whole PDU of out->length bytes, after its header was read: body and trailer. */
ob_status ob_pdu_read_body(const uint8_t *data, ob_pdu *pdu);

/* bind and alter_context. */
typedef struct ob_pdu_bind {
    uint16_t most_send, most_receive; /* of who sent it */
    uint32_t group;
    uint8_t context_count;
    ob_reader contexts;
} ob_pdu_bind;
ob_status ob_pdu_read_bind(const ob_pdu *pdu, ob_pdu_bind *out);
typedef struct ob_pdu_context {
    uint16_t id;
    uint8_t transfer_count; /* at least 1 */
    RPC_SYNTAX_IDENTIFIER abstract;
    ob_reader transfers;
} ob_pdu_context;
ob_status ob_pdu_read_context(ob_reader *contexts, ob_pdu_context *out);
RPC_SYNTAX_IDENTIFIER ob_pdu_read_syntax(ob_reader *reader);

/* bind_ack and alter_context_resp: only what a client with one context asks. */
typedef struct ob_pdu_bind_ack {
    uint16_t most_send, most_receive;
    uint32_t group;
    uint16_t result, reason;
} ob_pdu_bind_ack;
ob_status ob_pdu_read_bind_ack(const ob_pdu *pdu, ob_pdu_bind_ack *out);

/* Writing. begin() starts a PDU at the end of `out`, end() sets its length. */
size_t ob_pdu_begin(ob_buf *out, uint8_t type, uint8_t flags, uint32_t call_id);
void ob_pdu_end(ob_buf *out, size_t start, uint16_t auth_length);
void ob_pdu_put_syntax(ob_buf *out, const RPC_SYNTAX_IDENTIFIER *syntax);
void ob_pdu_put_fault(ob_buf *out, uint32_t call_id, uint16_t context, uint32_t fault,
                      bool executed);
void ob_pdu_put_bind_nak(ob_buf *out, uint32_t call_id, uint16_t reason);
/* bind, or with `type` alter_context, that offers one interface in NDR. */
void ob_pdu_put_bind(ob_buf *out, uint8_t type, uint32_t call_id, uint16_t fragment, uint32_t group,
                     uint16_t context, const RPC_SYNTAX_IDENTIFIER *abstract);

extern const RPC_SYNTAX_IDENTIFIER ob_pdu_ndr; /* NDR 2.0 */
bool ob_pdu_same_syntax(const RPC_SYNTAX_IDENTIFIER *a, const RPC_SYNTAX_IDENTIFIER *b);
/* The pseudo syntax of bind-time feature negotiation ([MS-RPCE] 2.2.2.14), whatever its bits. */
bool ob_pdu_is_features(const RPC_SYNTAX_IDENTIFIER *syntax);

#endif
