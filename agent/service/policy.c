#include "policy.h"

#include "ob/alloc.h"
#include "ob/host.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#define SPECS_MOST 10000u
#define PATH_MOST 32767u

static const char *const states[] = {"valid", "paused", NULL};

static bool is_plain_text(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7F) {
            return false;
        }
    }
    return true;
}

static ob_status check_name(const char *name)
{
    if (name[0] == '\0' || strlen(name) > OB_POLICY_NAME_MOST || !is_plain_text(name)) {
        return ob_fail(OB_E_POLICY_INVALID,
                       "policy.name must be 1 to %u bytes without control characters",
                       OB_POLICY_NAME_MOST);
    }
    return OB_OK;
}

ob_status ob_policy_name(const char *name, size_t length, char **out)
{
    char *copy = length > 0 ? ob_strndup(name, length) : ob_strdup(OB_POLICY_DEFAULT);
    if (copy == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the name of a policy");
    }
    if (strlen(copy) != length && length > 0) {
        ob_free(copy);
        return ob_fail(OB_E_NO_POLICY, "a name of a policy has no NUL in it");
    }
    *out = copy;
    return OB_OK;
}

/* An error of a spec's path is told with the field it stands in. */
static ob_status check_spec(const ob_spec *spec, size_t position, bool windows)
{
    ob_spec_set *set = NULL;
    ob_status status = ob_spec_set_new(spec, 1, windows, &set);
    ob_spec_set_free(set);
    if (status == OB_E_POLICY_INVALID) {
        ob_fail(status, "policy.files[%zu].path: %s", position, ob_detail());
    }
    return status;
}

static ob_status read_spec(ob_spec *out, const cJSON *json, size_t position, bool windows)
{
    char where[48];
    snprintf(where, sizeof where, "policy.files[%zu]", position);
    if (!cJSON_IsObject(json)) {
        return ob_fail(OB_E_POLICY_INVALID, "%s must be an object", where);
    }
    ob_json_object object = ob_json_object_of(json, where);
    object.invalid = OB_E_POLICY_INVALID;
    *out = (ob_spec){.path = "", .recursive = true};
    ob_json_need(&object, "path");
    ob_json_get_text(&object, "path", PATH_MOST, &out->path);
    ob_json_get_bool(&object, "exclude", &out->exclude);
    ob_json_get_bool(&object, "recursive", &out->recursive);
    ob_status status = ob_json_no_more(&object);
    if (status == OB_OK && !is_plain_text(out->path)) {
        status = ob_fail(OB_E_POLICY_INVALID, "%s.path must not hold control characters", where);
    }
    return status == OB_OK ? check_spec(out, position, windows) : status;
}

static ob_status read_specs(ob_policy *policy, const cJSON *files, bool windows)
{
    ob_status status = OB_OK;
    size_t count = files != NULL ? (size_t)cJSON_GetArraySize(files) : 0;
    bool includes = false;
    if (count > SPECS_MOST) {
        return ob_fail(OB_E_POLICY_INVALID, "policy.files must have at most %u entries",
                       SPECS_MOST);
    }
    policy->specs = ob_calloc(count, sizeof *policy->specs);
    if (policy->specs == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%zu file specs", count);
    }
    for (const cJSON *child = files != NULL ? files->child : NULL; child != NULL && status == OB_OK;
         child = child->next) {
        ob_spec *spec = &policy->specs[policy->spec_count];
        status = read_spec(spec, child, policy->spec_count, windows);
        includes = includes || !spec->exclude;
        policy->spec_count++;
    }
    if (status == OB_OK && !includes) {
        status = ob_fail(OB_E_POLICY_INVALID, "policy.files must have an entry that includes");
    }
    return status;
}

static ob_status read_document(ob_policy *policy, bool windows)
{
    int state = 0;
    const cJSON *files = NULL;
    const cJSON *sources = NULL;
    const char *ignored = NULL;
    ob_json_object object = ob_json_object_of(policy->document, "policy");
    object.invalid = OB_E_POLICY_INVALID;
    policy->name = OB_POLICY_DEFAULT;
    ob_json_get_text(&object, "name", OB_POLICY_NAME_MOST, &policy->name);
    ob_json_get_choice(&object, "state", states, &state);
    ob_json_need(&object, "files");
    ob_json_get_node(&object, "files", cJSON_Array, &files);
    ob_json_get_text(&object, "id", OB_GUID_TEXT, &ignored);
    ob_json_get_text(&object, "modified", OB_TIME_TEXT, &ignored);
    ob_json_get_node(&object, "sources", cJSON_Array, &sources);
    policy->paused = state == 1;
    ob_json_get_node(&object, "retention", cJSON_Object, &policy->retention_json);
    ob_status status = ob_policy_options_read(&policy->options, &object, windows);
    if (status == OB_OK) {
        status = ob_json_no_more(&object);
    }
    if (status == OB_OK && policy->retention_json != NULL) {
        status = ob_retention_read(&policy->retention, policy->retention_json);
    }
    if (status == OB_OK) {
        status = check_name(policy->name);
    }
    if (status == OB_OK) {
        status = read_specs(policy, files, windows);
    }
    if (status == OB_OK) {
        status = ob_source_list_of(&policy->sources, policy->specs, policy->spec_count, windows);
    }
    return status;
}

ob_status ob_policy_read(ob_policy *out, const void *text, size_t length, bool windows)
{
    ob_policy policy = {0};
    ob_status status = ob_json_parse(&policy.document, text, length);
    if (status == OB_OK) {
        status = read_document(&policy, windows);
    }
    if (OB_FAILED(status)) {
        ob_policy_free(&policy);
        return status;
    }
    *out = policy;
    return OB_OK;
}

void ob_policy_free(ob_policy *policy)
{
    ob_source_list_free(&policy->sources);
    ob_policy_options_free(&policy->options);
    ob_free(policy->specs);
    ob_json_free(policy->document);
    *policy = (ob_policy){0};
}

static cJSON *specs_json(const ob_policy *policy, bool *failed)
{
    cJSON *files = ob_json_new_array();
    for (size_t i = 0; i < policy->spec_count; i++) {
        cJSON *spec = ob_json_new_object();
        ob_json_add_text(spec, "path", policy->specs[i].path, failed);
        ob_json_add_bool(spec, "exclude", policy->specs[i].exclude, failed);
        ob_json_add_bool(spec, "recursive", policy->specs[i].recursive, failed);
        ob_json_add_node(files, NULL, spec, failed);
    }
    return files;
}

ob_status ob_policy_print(const ob_policy *policy, const ob_guid *id, int64_t modified,
                          const ob_guid *machine, bool windows, ob_buf *out)
{
    bool failed = false;
    char text[OB_GUID_TEXT];
    char time[OB_TIME_TEXT];
    cJSON *sources = NULL;
    ob_status status = ob_source_json((const char *const *)policy->sources.names,
                                      policy->sources.count, machine, windows, &sources);
    if (OB_FAILED(status)) {
        return status;
    }
    cJSON *json = ob_json_new_object();
    ob_guid_format(text, id);
    ob_time_format(time, modified);
    ob_json_add_text(json, "name", policy->name, &failed);
    ob_json_add_text(json, "state", states[policy->paused], &failed);
    ob_json_add_node(json, "files", specs_json(policy, &failed), &failed);
    ob_policy_options_add(&policy->options, json, &failed);
    if (policy->retention_json != NULL) {
        ob_json_add_node(json, "retention", cJSON_Duplicate(policy->retention_json, true), &failed);
    }
    ob_json_add_text(json, "id", text, &failed);
    ob_json_add_text(json, "modified", time, &failed);
    ob_json_add_node(json, "sources", sources, &failed);
    status =
        failed ? ob_fail(OB_E_NO_MEMORY, "the policy %s", policy->name) : ob_json_print(out, json);
    ob_json_free(json);
    return status;
}

/* Inside a transaction. */
static ob_status find(ob_db *db, const char *name, ob_buf *document)
{
    bool found = false;
    ob_query query = ob_query_of(db, "SELECT document FROM policy WHERE name = ?1");
    ob_query_bind_text(&query, 1, name);
    if (ob_query_row(&query)) {
        found = true;
        ob_buf_put_text(document, ob_query_text(&query, 0));
    }
    ob_status status = ob_query_end(&query);
    if (status == OB_OK && !found) {
        return ob_fail(OB_E_NO_POLICY, "there is no policy \"%s\"", name);
    }
    return status == OB_OK ? ob_buf_status(document) : status;
}

ob_status ob_policy_load(ob_db *db, const char *name, ob_buf *document)
{
    ob_status status = ob_db_begin(db);
    return status == OB_OK ? ob_db_end(db, find(db, name, document)) : status;
}

/* The id that the name has, or a new one. Inside a transaction. */
static ob_status choose_id(ob_db *db, const char *name, ob_guid *id)
{
    ob_buf document = {0};
    cJSON *json = NULL;
    const char *text = NULL;
    ob_status status = find(db, name, &document);
    if (status == OB_E_NO_POLICY) {
        status = ob_guid_new(id);
    } else if (status == OB_OK) {
        status = ob_json_parse(&json, document.data, document.length);
        if (status == OB_OK) {
            ob_json_object object = ob_json_object_of(json, "policy");
            ob_json_get_text(&object, "id", OB_GUID_TEXT, &text);
            status = text != NULL ? ob_guid_parse(id, text, strlen(text)) : ob_guid_new(id);
        }
    }
    ob_json_free(json);
    ob_buf_free(&document);
    return status;
}

static ob_status put(ob_db *db, const char *name, const ob_buf *document)
{
    char *text = ob_strndup((const char *)document->data, document->length);
    if (text == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the policy %s", name);
    }
    ob_query query = ob_query_of(db, "INSERT INTO policy (name, document) VALUES (?1, ?2)"
                                     " ON CONFLICT (name) DO UPDATE SET document = ?2");
    ob_query_bind_text(&query, 1, name);
    ob_query_bind_text(&query, 2, text);
    ob_status status = ob_query_end(&query);
    ob_free(text);
    return status;
}

ob_status ob_policy_store(ob_db *db, const ob_policy *policy, int64_t now, const ob_guid *machine,
                          bool windows, ob_buf *stored)
{
    ob_guid id = {{0}};
    ob_buf document = {0};
    ob_status status = ob_db_begin(db);
    if (OB_FAILED(status)) {
        return status;
    }
    status = choose_id(db, policy->name, &id);
    if (status == OB_OK) {
        status = ob_policy_print(policy, &id, now, machine, windows, &document);
    }
    if (status == OB_OK) {
        status = put(db, policy->name, &document);
    }
    status = ob_db_end(db, status);
    if (status == OB_OK) {
        ob_buf_put(stored, document.data, document.length);
        status = ob_buf_status(stored);
    }
    ob_buf_free(&document);
    return status;
}

ob_status ob_policy_remove(ob_db *db, const char *name)
{
    ob_buf document = {0};
    ob_status status = ob_db_begin(db);
    if (OB_FAILED(status)) {
        return status;
    }
    status = find(db, name, &document);
    if (status == OB_OK) {
        ob_query query = ob_query_of(db, "DELETE FROM policy WHERE name = ?1");
        ob_query_bind_text(&query, 1, name);
        status = ob_query_end(&query);
    }
    ob_buf_free(&document);
    return ob_db_end(db, status);
}
