#include "ob/json.h"

#include "json_check.h"
#include "ob/alloc.h"
#include "ob/text.h"

#include <cjson/cJSON.h>
#include <float.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Every whole number up to here has a double of its own. */
#define WHOLE_LIMIT INT64_C(9007199254740992)

/* cJSON's hooks are global: set once, before its first allocation, whichever thread comes first. */
static void set_hooks(void)
{
    static atomic_int state;
    int fresh = 0;
    if (atomic_load(&state) == 2) {
        return;
    }
    if (atomic_compare_exchange_strong(&state, &fresh, 1)) {
        cJSON_Hooks hooks = {ob_alloc, ob_free};
        cJSON_InitHooks(&hooks);
        atomic_store(&state, 2);
    }
    while (atomic_load(&state) != 2) {
    }
}

static bool is_whole(double value)
{
    return value >= (double)-WHOLE_LIMIT && value <= (double)WHOLE_LIMIT &&
           (double)(int64_t)value == value;
}

static bool is_finite(double value)
{
    return value >= -DBL_MAX && value <= DBL_MAX;
}

static int kind_of(const cJSON *json)
{
    return json->type & 0xFF;
}

static int compare_names(const void *a, const void *b)
{
    const cJSON *const *left = a;
    const cJSON *const *right = b;
    return strcmp((*left)->string, (*right)->string);
}

/* Sorts the names to compare neighbours only: a hostile object may have very many. */
static ob_status check_names(const cJSON *object)
{
    size_t count = 0;
    ob_status status = OB_OK;
    for (const cJSON *child = object->child; child != NULL; child = child->next) {
        count++;
    }
    if (count < 2) {
        return OB_OK;
    }
    const cJSON **fields = ob_realloc_array(NULL, count, sizeof *fields);
    if (fields == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%zu fields", count);
    }
    count = 0;
    for (const cJSON *child = object->child; child != NULL; child = child->next) {
        fields[count++] = child;
    }
    qsort(fields, count, sizeof *fields, compare_names);
    for (size_t i = 1; i < count && status == OB_OK; i++) {
        if (strcmp(fields[i - 1]->string, fields[i]->string) == 0) {
            status = ob_fail(OB_E_SYNTAX, "the field %s is there twice", fields[i]->string);
        }
    }
    ob_free(fields);
    return status;
}

/* What only the tree shows: duplicate names, numbers too large for a double. */
static ob_status check_tree(const cJSON *json)
{
    ob_status status = OB_OK;
    if (kind_of(json) == cJSON_Number && !is_finite(json->valuedouble)) {
        return ob_fail(OB_E_SYNTAX, "a number is too large");
    }
    if (kind_of(json) == cJSON_Object) {
        status = check_names(json);
    }
    for (const cJSON *child = json->child; child != NULL && status == OB_OK; child = child->next) {
        status = check_tree(child);
    }
    return status;
}

ob_status ob_json_parse(cJSON **out, const void *text, size_t length)
{
    ob_status status = ob_json_check(text, length);
    if (OB_FAILED(status)) {
        return status;
    }
    set_hooks();
    cJSON *json = cJSON_ParseWithLength(text, length);
    if (json == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a JSON document of %zu bytes", length);
    }
    status = check_tree(json);
    if (OB_FAILED(status)) {
        ob_json_free_secret(json);
        return status;
    }
    *out = json;
    return OB_OK;
}

void ob_json_free(cJSON *json)
{
    cJSON_Delete(json);
}

static void wipe(cJSON *json)
{
    for (; json != NULL; json = json->next) {
        if (json->valuestring != NULL) {
            ob_wipe(json->valuestring, strlen(json->valuestring));
        }
        wipe(json->child);
    }
}

void ob_json_free_secret(cJSON *json)
{
    wipe(json);
    cJSON_Delete(json);
}

static ob_status print_text(ob_buf *out, const char *text)
{
    size_t length = strlen(text);
    if (!ob_utf8_valid(text, length)) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "text for a JSON document is not UTF-8");
    }
    ob_buf_put_u8(out, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            ob_buf_put_u8(out, '\\');
            ob_buf_put_u8(out, c);
        } else if (c == '\n') {
            ob_buf_put_text(out, "\\n");
        } else if (c < 0x20 || c == 0x7F) {
            ob_buf_printf(out, "\\u%04x", c);
        } else {
            ob_buf_put_u8(out, c);
        }
    }
    ob_buf_put_u8(out, '"');
    return OB_OK;
}

static void print_number(ob_buf *out, double value)
{
    if (is_whole(value)) {
        ob_buf_printf(out, "%" PRId64, (int64_t)value);
    } else if (is_finite(value)) {
        ob_buf_printf(out, "%.17g", value);
    } else {
        ob_buf_put_text(out, "null");
    }
}

static ob_status print(ob_buf *out, const cJSON *json);

static ob_status print_children(ob_buf *out, const cJSON *json, bool object)
{
    ob_status status = OB_OK;
    ob_buf_put_u8(out, object ? '{' : '[');
    for (const cJSON *child = json->child; child != NULL && status == OB_OK; child = child->next) {
        if (child != json->child) {
            ob_buf_put_u8(out, ',');
        }
        if (object) {
            status = print_text(out, child->string);
            ob_buf_put_u8(out, ':');
        }
        if (status == OB_OK) {
            status = print(out, child);
        }
    }
    ob_buf_put_u8(out, object ? '}' : ']');
    return status;
}

/* Ours rather than cJSON's, whose numbers of 16 digits are rounded and whose text is copied
 * through memory that is not wiped. */
static ob_status print(ob_buf *out, const cJSON *json)
{
    switch (kind_of(json)) {
    case cJSON_Object:
        return print_children(out, json, true);
    case cJSON_Array:
        return print_children(out, json, false);
    case cJSON_String:
        return print_text(out, json->valuestring);
    case cJSON_Number:
        print_number(out, json->valuedouble);
        return OB_OK;
    case cJSON_True:
        ob_buf_put_text(out, "true");
        return OB_OK;
    case cJSON_False:
        ob_buf_put_text(out, "false");
        return OB_OK;
    default:
        ob_buf_put_text(out, "null");
        return OB_OK;
    }
}

ob_status ob_json_print(ob_buf *out, const cJSON *json)
{
    ob_status status = print(out, json);
    return status == OB_OK ? ob_buf_status(out) : status;
}

ob_json_object ob_json_object_of(const cJSON *json, const char *path)
{
    ob_json_object object = {.json = json, .path = path, .invalid = OB_E_INVALID_ARGUMENT};
    if (json == NULL || kind_of(json) != cJSON_Object) {
        object.json = NULL;
        object.status = ob_fail(OB_E_INVALID_ARGUMENT, "%s must be an object", path);
    }
    return object;
}

/* The field, marked as asked for; NULL if absent or null or after an error. */
static const cJSON *find(ob_json_object *object, const char *name)
{
    unsigned position = 0;
    if (object->status != OB_OK) {
        return NULL;
    }
    for (const cJSON *child = object->json->child; child != NULL; child = child->next) {
        if (strcmp(child->string, name) == 0) {
            object->seen |= position < 64 ? UINT64_C(1) << position : 0;
            return kind_of(child) != cJSON_NULL ? child : NULL;
        }
        position++;
    }
    return NULL;
}

static void refuse(ob_json_object *object, const char *name, const char *what)
{
    object->status = ob_fail(object->invalid, "%s.%s must be %s", object->path, name, what);
}

bool ob_json_has(ob_json_object *object, const char *name)
{
    return find(object, name) != NULL;
}

void ob_json_need(ob_json_object *object, const char *name)
{
    if (object->status == OB_OK && find(object, name) == NULL) {
        object->status = ob_fail(object->invalid, "%s.%s is missing", object->path, name);
    }
}

void ob_json_get_text(ob_json_object *object, const char *name, size_t most, const char **out)
{
    const cJSON *field = find(object, name);
    if (field == NULL) {
        return;
    }
    if (kind_of(field) != cJSON_String) {
        refuse(object, name, "text");
    } else if (strlen(field->valuestring) > most) {
        object->status =
            ob_fail(object->invalid, "%s.%s is longer than %zu bytes", object->path, name, most);
    } else {
        *out = field->valuestring;
    }
}

void ob_json_get_bool(ob_json_object *object, const char *name, bool *out)
{
    const cJSON *field = find(object, name);
    if (field == NULL) {
        return;
    }
    if (kind_of(field) != cJSON_True && kind_of(field) != cJSON_False) {
        refuse(object, name, "true or false");
    } else {
        *out = kind_of(field) == cJSON_True;
    }
}

void ob_json_get_int(ob_json_object *object, const char *name, int64_t low, int64_t high,
                     int64_t *out)
{
    const cJSON *field = find(object, name);
    if (field == NULL) {
        return;
    }
    double value = field->valuedouble;
    if (kind_of(field) != cJSON_Number || !is_whole(value) || (int64_t)value < low ||
        (int64_t)value > high) {
        object->status =
            ob_fail(object->invalid, "%s.%s must be a whole number from %" PRId64 " to %" PRId64,
                    object->path, name, low, high);
    } else {
        *out = (int64_t)value;
    }
}

void ob_json_get_node(ob_json_object *object, const char *name, int type, const cJSON **out)
{
    const cJSON *field = find(object, name);
    if (field == NULL) {
        return;
    }
    if (kind_of(field) != type) {
        refuse(object, name, type == cJSON_Array ? "a list" : "an object");
    } else {
        *out = field;
    }
}

void ob_json_get_choice(ob_json_object *object, const char *name, const char *const *choices,
                        int *out)
{
    const cJSON *field = find(object, name);
    ob_buf list = {.limit = 512};
    if (field == NULL) {
        return;
    }
    for (int i = 0; choices[i] != NULL; i++) {
        if (kind_of(field) == cJSON_String && strcmp(field->valuestring, choices[i]) == 0) {
            *out = i;
            return;
        }
    }
    for (int i = 0; choices[i] != NULL; i++) {
        ob_buf_printf(&list, "%s%s", i > 0 ? ", " : "", choices[i]);
    }
    char *text = ob_buf_take_text(&list);
    object->status = ob_fail(object->invalid, "%s.%s must be one of: %s", object->path, name,
                             text != NULL ? text : "(no memory to list them)");
    ob_free(text);
    ob_buf_free(&list);
}

ob_status ob_json_no_more(ob_json_object *object)
{
    unsigned position = 0;
    if (object->status != OB_OK) {
        return object->status;
    }
    for (const cJSON *child = object->json->child; child != NULL; child = child->next) {
        if (position >= 64 || (object->seen >> position & 1) == 0) {
            object->status =
                ob_fail(OB_E_UNKNOWN_FIELD, "%s.%s is not known", object->path, child->string);
            return object->status;
        }
        position++;
    }
    return OB_OK;
}

cJSON *ob_json_new_object(void)
{
    set_hooks();
    return cJSON_CreateObject();
}

cJSON *ob_json_new_array(void)
{
    set_hooks();
    return cJSON_CreateArray();
}

void ob_json_add_node(cJSON *object, const char *name, cJSON *node, bool *failed)
{
    bool added = object != NULL && node != NULL &&
                 (name != NULL ? cJSON_AddItemToObject(object, name, node)
                               : cJSON_AddItemToArray(object, node));
    if (!added) {
        cJSON_Delete(node);
        *failed = true;
    }
}

void ob_json_add_text(cJSON *object, const char *name, const char *text, bool *failed)
{
    set_hooks();
    ob_json_add_node(object, name, cJSON_CreateString(text), failed);
}

void ob_json_add_text_n(cJSON *object, const char *name, const void *text, size_t length,
                        bool *failed)
{
    char *copy = ob_strndup(text, length);
    if (copy == NULL || strlen(copy) != length) {
        ob_free_secret(copy, length);
        *failed = true;
        return;
    }
    ob_json_add_text(object, name, copy, failed);
    ob_free_secret(copy, length);
}

void ob_json_add_int(cJSON *object, const char *name, int64_t value, bool *failed)
{
    set_hooks();
    ob_json_add_node(object, name, cJSON_CreateNumber((double)value), failed);
}

void ob_json_add_bool(cJSON *object, const char *name, bool value, bool *failed)
{
    set_hooks();
    ob_json_add_node(object, name, cJSON_CreateBool(value), failed);
}
