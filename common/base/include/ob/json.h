/*
 * JSON documents that travel (RFC 8259), over cJSON, which allocates through ob_alloc.
 *
 * Reading is by schema: an object is walked with ob_json_get_*(), and ob_json_no_more() then
 * refuses by name every field nobody asked for, so that no field is silently dropped.
 */
#ifndef OB_JSON_H
#define OB_JSON_H

#include "ob/buf.h"
#include "ob/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cJSON cJSON;

/* Parses counted bytes: valid UTF-8, nesting <= 32, no U+0000 in text, no duplicate names in one
 * object, nothing but white space behind. OB_E_SYNTAX with the place in the detail. */
ob_status ob_json_parse(cJSON **out, const void *text, size_t length);
void ob_json_free(cJSON *json); /* takes NULL */
/* Wipes all text values before the release: for documents that hold a passphrase. */
void ob_json_free_secret(cJSON *json);
/* Compact text. */
ob_status ob_json_print(ob_buf *out, const cJSON *json);

/*
 * A reader of one object. `path` names the object in error details ("policy.schedule"). The first
 * error sticks; ask for it with ob_json_no_more(). A missing optional field leaves *out as it is.
 */
typedef struct ob_json_object {
    const cJSON *json;
    const char *path;
    ob_status status;    /* first error */
    ob_status invalid;   /* status given for a wrong type or range; OB_E_INVALID_ARGUMENT */
    uint64_t seen;       /* bit per position of a field that was asked for (first 64) */
} ob_json_object;

ob_json_object ob_json_object_of(const cJSON *json, const char *path);
bool ob_json_has(ob_json_object *object, const char *name); /* present, null counts as absent */
void ob_json_need(ob_json_object *object, const char *name); /* error if absent */
/* Borrowed text, valid while the document lives. Longer than `most` bytes is an error. */
void ob_json_get_text(ob_json_object *object, const char *name, size_t most, const char **out);
void ob_json_get_bool(ob_json_object *object, const char *name, bool *out);
void ob_json_get_int(ob_json_object *object, const char *name, int64_t low, int64_t high,
                     int64_t *out); /* integers up to 2^53 only; a fraction is an error */
/* `type`: cJSON_Object or cJSON_Array. */
void ob_json_get_node(ob_json_object *object, const char *name, int type, const cJSON **out);
/* One of `choices` (NULL-ended) as its position. */
void ob_json_get_choice(ob_json_object *object, const char *name, const char *const *choices,
                        int *out);
/* The first error, else OB_E_UNKNOWN_FIELD naming the first field that nobody asked for. */
ob_status ob_json_no_more(ob_json_object *object);

/* Building: each adds to `object` and sets *failed on lack of memory; call freely, check once. */
cJSON *ob_json_new_object(void);
cJSON *ob_json_new_array(void);
void ob_json_add_text(cJSON *object, const char *name, const char *text, bool *failed);
void ob_json_add_text_n(cJSON *object, const char *name, const void *text, size_t length,
                        bool *failed);
void ob_json_add_int(cJSON *object, const char *name, int64_t value, bool *failed);
void ob_json_add_bool(cJSON *object, const char *name, bool value, bool *failed);
/* Takes `node` over in every case; NULL sets *failed. `name` NULL appends to an array. */
void ob_json_add_node(cJSON *object, const char *name, cJSON *node, bool *failed);

#endif
