/* The manager routines' common ground: the service they call, and answers made of its results. */
#ifndef OB_CONTROL_MANAGER_H
#define OB_CONTROL_MANAGER_H

#include "ob/control.h"

#include "wire.h"

/* Before the first call. */
void ob_control_manager_init(ob_service *service);
ob_service *ob_control_service(void);

/* Ends a method: `status`, and on failure the error document of it and of this thread's detail. */
LONG ob_control_answer(ob_status status, OB_BYTES *error);
/* Gives a document to the caller; empties `document`. Fails as its status says. */
ob_status ob_control_give(OB_BYTES *out, ob_buf *document);
/* Gives a copy of a text, without its NUL. */
ob_status ob_control_give_text(const char *text, ULONG *count, unsigned char **out);
/* Counted bytes as they came: OB_E_INVALID_ARGUMENT for more than `most` or none where there should
 * be some. */
ob_status ob_control_check_bytes(const unsigned char *data, ULONG count, ULONG most);
/* The bytes, or none: never NULL, as runtimes may give for none. */
const void *ob_control_bytes(const unsigned char *data);
/* A page that may be asked for. A page without records is answered without an array: rpcrt4 does
 * not take the padding before no record. */
ob_status ob_control_check_page(hyper resume, ULONG count, ULONG most);

void ob_control_guid_out(OB_GUID *out, const ob_guid *guid);
ob_guid ob_control_guid_in(const OB_GUID *guid);

#endif
