/*
 * Fields of the vault's JSON documents that JSON has no type for. As the ob_json_get_* functions:
 * the object's first error sticks, its `invalid` status is given for a malformed value, an absent
 * field leaves *out as it is.
 */
#ifndef OB_STORE_FIELDS_H
#define OB_STORE_FIELDS_H

#include "ob/json.h"
#include "ob/text.h"

void ob_field_guid(ob_json_object *object, const char *name, ob_guid *out);
/* RFC 3339; whole seconds are kept. */
void ob_field_time(ob_json_object *object, const char *name, int64_t *out);
/* Base64 of `least` to `most` bytes, appended to `out`. */
void ob_field_base64(ob_json_object *object, const char *name, size_t least, size_t most,
                     ob_buf *out);
/* Text of 1 to `most` bytes without control characters; the caller frees with ob_free(). */
void ob_field_line(ob_json_object *object, const char *name, size_t most, char **out);
/* The same for a name that may become part of a file's name: see ob_name_valid(). */
void ob_field_name(ob_json_object *object, const char *name, size_t most, char **out);
/* "version": OB_E_FORMAT_VERSION if it is newer than `newest`. Asked for before anything else, so
 * that a newer document is not called damaged. */
void ob_field_version(ob_json_object *object, int64_t newest);

void ob_field_add_guid(cJSON *object, const char *name, const ob_guid *guid, bool *failed);
void ob_field_add_time(cJSON *object, const char *name, int64_t time, bool *failed);
void ob_field_add_base64(cJSON *object, const char *name, const void *data, size_t length,
                         bool *failed);

/* UTF-8 of 1 to `most` bytes without control characters. */
bool ob_line_valid(const char *text, size_t most);
/* The same, and fit to be part of a file's name on every system: none of / \ : * ? " < > | and no
 * dot or space at either end. */
bool ob_name_valid(const char *text, size_t most);

#endif
