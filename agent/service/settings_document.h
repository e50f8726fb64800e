/* The settings document: idl/settings.schema.json. */
#ifndef OB_SERVICE_SETTINGS_DOCUMENT_H
#define OB_SERVICE_SETTINGS_DOCUMENT_H

#include "ob/json.h"
#include "session.h"

/* Appends the settings as they are, without secrets. */
ob_status ob_settings_print(const ob_session_host *host, ob_buf *out);
/* Changes what the document names; the passphrase first, for it is what may be refused.
 * *passphrase_given tells the log that there was one. */
ob_status ob_settings_change(const ob_session_host *host, const void *text, size_t length,
                             bool *passphrase_given);

#endif
