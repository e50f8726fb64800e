/* How obvault's verbs say things. JSON is one line, with names as in the documents of idl/. */
#ifndef OB_VAULT_OUTPUT_H
#define OB_VAULT_OUTPUT_H

#include "ob/buf.h"
#include "ob/json.h"
#include "ob/text.h"

#define VAULT_THUMBPRINT 20

/* A path or name as it is, or escaped (ob/text.h) if it is not plain text. */
void vault_put_text(ob_buf *out, const char *text);

/* Adding to a JSON object, as ob_json_add_text(). */
void vault_add_text(cJSON *json, const char *name, const char *text, bool *failed); /* any bytes */
void vault_add_guid(cJSON *json, const char *name, const ob_guid *guid, bool *failed);
void vault_add_time(cJSON *json, const char *name, int64_t time, bool *failed);
void vault_add_thumbprint(cJSON *json, const char *name, const uint8_t sha1[VAULT_THUMBPRINT],
                          bool *failed);
/* Writes the document and a line end; frees `json` in every case. */
ob_status vault_put_json(ob_buf *out, cJSON *json, bool failed);

#endif
