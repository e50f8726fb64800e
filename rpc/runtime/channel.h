/* PDUs over a transport, with time limits: what client and server have in common. */
#ifndef OB_RPC_CHANNEL_H
#define OB_RPC_CHANNEL_H

#include "pdu.h"
#include "security.h"

#include "ob/rpc_runtime.h"

#define OB_RPC_FOREVER UINT64_MAX

typedef struct ob_rpc_channel {
    ob_rpc_transport *transport; /* owned */
    const ob_clock *clock;
    ob_rpc_security *security; /* owned */
    uint16_t send_fragment, receive_fragment;
    uint8_t *buffer; /* the PDU received last */
    ob_buf out;      /* the PDU being sent */
} ob_rpc_channel;

/* Takes the transport over in every case. */
ob_status ob_rpc_channel_init(ob_rpc_channel *channel, ob_rpc_transport *transport,
                              const ob_clock *clock, uint16_t fragment);
void ob_rpc_channel_close(ob_rpc_channel *channel); /* twice is harmless */

/* A point in time of channel->clock, `ms` from now; 0 = OB_RPC_FOREVER. */
uint64_t ob_rpc_deadline(const ob_clock *clock, uint32_t ms);

/*
 * Receives one PDU; its body borrows the channel's buffer until the next one. Waits for its first
 * byte until `until`; the rest must be there `progress_ms` later (0: until `until` as well).
 * OB_E_TIMEOUT; OB_E_AGENT_UNREACHABLE when the stream ended (between two PDUs: *pdu is zeroed) or
 * broke; OB_E_PROTOCOL and OB_E_ACCESS_DENIED for a PDU that is none, with its header in *pdu.
 */
ob_status ob_rpc_channel_receive(ob_rpc_channel *channel, uint64_t until, uint32_t progress_ms,
                                 ob_pdu *pdu);

/* Sends one PDU that is complete but for protection. */
ob_status ob_rpc_channel_send(ob_rpc_channel *channel, const ob_buf *pdu, uint64_t until);

/* Sends stub data as a request (`number` is the opnum) or a response (0), in as many fragments as
 * it takes. */
ob_status ob_rpc_channel_send_stub(ob_rpc_channel *channel, uint8_t type, uint32_t call_id,
                                   uint16_t context, uint16_t number, const ob_buf *stub,
                                   uint64_t until);

#endif
