/*
 * The seam for authenticated and sealed connections ([MS-RPCE] 2.2.2.11 to 2.2.2.13): each
 * connection has one of these, and every PDU passes it. There is only `none` so far, which lets
 * plain PDUs through and refuses all others.
 */
#ifndef OB_RPC_SECURITY_H
#define OB_RPC_SECURITY_H

#include "pdu.h"

typedef struct ob_rpc_security ob_rpc_security;
struct ob_rpc_security {
    /* The token of a bind, alter_context or auth3; puts the answer's token. OB_E_NOT_SUPPORTED for
     * a mechanism it does not have, OB_E_ACCESS_DENIED. */
    ob_status (*accept)(ob_rpc_security *security, const ob_pdu *pdu, ob_buf *token);
    /* Checks and opens a PDU in place, from its header on, before its body is looked at. */
    ob_status (*open)(ob_rpc_security *security, uint8_t *data, ob_pdu *pdu);
    /* Signs or seals the PDU that starts at `start`, and appends the trailer; *auth_length is for
     * its header. */
    ob_status (*seal)(ob_rpc_security *security, ob_buf *pdu, size_t start, uint16_t *auth_length);
    size_t most_trailer; /* bytes that seal() appends at most, with padding */
    void (*free)(ob_rpc_security *security);
};

/* Shared by all; free() does nothing. */
ob_rpc_security *ob_rpc_security_none(void);

#endif
