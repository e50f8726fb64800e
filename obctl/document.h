/* Reading the agent's documents for people: what is missing or of another type counts as empty. */
#ifndef OBCTL_DOCUMENT_H
#define OBCTL_DOCUMENT_H

#include "ob/buf.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct cJSON cJSON;

/* OB_E_PROTOCOL if it is no JSON. Free with ob_json_free(). */
ob_status ob_document_parse(const ob_buf *text, cJSON **out);

/* `json` may be NULL. Results are borrowed from it. */
const char *ob_document_text(const cJSON *json, const char *name);    /* "" */
bool ob_document_flag(const cJSON *json, const char *name);           /* false */
int64_t ob_document_count(const cJSON *json, const char *name);       /* 0; never negative */
const cJSON *ob_document_object(const cJSON *json, const char *name); /* NULL */
/* The first element of a list; NULL if it is empty. The next one is ->next. */
const cJSON *ob_document_list(const cJSON *json, const char *name);

#endif
