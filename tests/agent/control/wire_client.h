/* Calls over the wire to the control interface of this process. No type of the interface stands
 * here, for the two sides' headers do not fit into one source. */
#ifndef OB_TEST_WIRE_CLIENT_H
#define OB_TEST_WIRE_CLIENT_H

#include "ob/buf.h"
#include "ob/text.h"

/* A free endpoint: a socket's path in a temporary folder, a name nobody else has on Windows. */
const char *wire_endpoint(void);
/* The calls that follow go there; ends what was before. NULL: nowhere. */
void wire_connect(const char *endpoint);

/* Each returns the method's result. Documents are appended. */
ob_status wire_negotiate(uint32_t lowest, uint32_t highest, uint32_t *version, ob_buf *agent,
                         ob_buf *error);
ob_status wire_get_settings(ob_buf *settings, ob_buf *error);
ob_status wire_set_settings(const char *text, ob_buf *error);
/* *seen: the revision seen, then the one that came. */
ob_status wire_watch(const ob_guid *job, int64_t *seen, uint32_t wait_ms, int32_t *state);
ob_status wire_open(const ob_guid *point, void **view);
ob_status wire_browse(void *view, uint32_t most, uint32_t *count);
ob_status wire_close(void **view);
void wire_forget(void **view); /* without telling the server */

#endif
