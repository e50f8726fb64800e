#include "security.h"

static ob_status none_accept(ob_rpc_security *security, const ob_pdu *pdu, ob_buf *token)
{
    (void)security;
    (void)token;
    return pdu->auth_length == 0
               ? OB_OK
               : ob_fail(OB_E_NOT_SUPPORTED, "authentication type %u", pdu->auth_type);
}

static ob_status none_open(ob_rpc_security *security, uint8_t *data, ob_pdu *pdu)
{
    (void)security;
    (void)data;
    return pdu->auth_length == 0
               ? OB_OK
               : ob_fail(OB_E_ACCESS_DENIED, "a protected PDU on a connection without keys");
}

static ob_status none_seal(ob_rpc_security *security, ob_buf *pdu, size_t start,
                           uint16_t *auth_length)
{
    (void)security;
    (void)pdu;
    (void)start;
    *auth_length = 0;
    return OB_OK;
}

static void none_free(ob_rpc_security *security)
{
    (void)security;
}

ob_rpc_security *ob_rpc_security_none(void)
{
    static ob_rpc_security none = {none_accept, none_open, none_seal, 0, none_free};
    return &none;
}
