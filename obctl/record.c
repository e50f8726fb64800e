#include "record.h"

#include "ob/alloc.h"
#include "ob/json.h"
#include "ob/text.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

static void add_guid(cJSON *json, const char *name, const ob_guid *guid, bool *failed)
{
    char text[OB_GUID_TEXT];
    ob_guid_format(text, guid);
    ob_json_add_text(json, name, text, failed);
}

static void add_null(cJSON *json, const char *name, bool *failed)
{
    ob_json_add_node(json, name, cJSON_CreateNull(), failed);
}

static void add_time(cJSON *json, const char *name, int64_t time, bool *failed)
{
    char text[OB_TIME_TEXT];
    if (time == 0) {
        add_null(json, name, failed);
        return;
    }
    ob_time_format(text, time);
    ob_json_add_text(json, name, text, failed);
}

/* A document of the agent inside of ours; null if it is none. */
static void add_document(cJSON *json, const char *name, const char *text, bool *failed)
{
    cJSON *document = NULL;
    ob_status status = ob_json_parse(&document, text, strlen(text));
    if (status == OB_E_NO_MEMORY) {
        *failed = true;
    } else if (OB_FAILED(status)) {
        add_null(json, name, failed);
    } else {
        ob_json_add_node(json, name, document, failed);
    }
}

cJSON *ob_record_job(const ob_job *job, bool *failed)
{
    cJSON *json = ob_json_new_object();
    add_guid(json, "id", &job->id, failed);
    ob_json_add_text(json, "type", ob_job_type_name(job->type), failed);
    ob_json_add_text(json, "state", ob_job_state_name(job->state), failed);
    ob_json_add_int(json, "status", job->status, failed);
    ob_json_add_int(json, "revision", job->revision, failed);
    add_time(json, "start_time", job->start_time, failed);
    add_time(json, "end_time", job->end_time, failed);
    ob_json_add_int(json, "bytes_total", job->bytes_total, failed);
    ob_json_add_int(json, "bytes_done", job->bytes_done, failed);
    ob_json_add_int(json, "bytes_changed", job->bytes_changed, failed);
    ob_json_add_int(json, "bytes_stored", job->bytes_stored, failed);
    ob_json_add_int(json, "files_total", job->files_total, failed);
    ob_json_add_int(json, "files_done", job->files_done, failed);
    ob_json_add_int(json, "files_changed", job->files_changed, failed);
    ob_json_add_int(json, "files_failed", job->files_failed, failed);
    ob_json_add_int(json, "bytes_per_second", job->bytes_per_second, failed);
    if (job->seconds_left >= 0) {
        ob_json_add_int(json, "seconds_left", job->seconds_left, failed);
    } else {
        add_null(json, "seconds_left", failed);
    }
    ob_json_add_text(json, "current", job->current, failed);
    add_document(json, "detail", job->detail, failed);
    return json;
}

cJSON *ob_record_point(const ob_point *point, bool *failed)
{
    cJSON *json = ob_json_new_object();
    add_guid(json, "id", &point->id, failed);
    add_time(json, "time", point->time, failed);
    ob_json_add_int(json, "bytes", point->bytes, failed);
    ob_json_add_int(json, "files", point->files, failed);
    add_document(json, "sources", point->sources, failed);
    return json;
}

const char *ob_record_item_type(int32_t type)
{
    static const char *const names[] = {"other", "file",   "folder",      "symlink",
                                        "fifo",  "socket", "char-device", "block-device"};
    return type >= 1 && type <= 7 ? names[type] : names[0];
}

/* JSON text is UTF-8 and names need not be: such a name is told escaped, and that it is. */
static void add_path(cJSON *json, const char *path, bool *failed)
{
    size_t length = strlen(path);
    bool valid = ob_utf8_valid(path, length);
    if (valid) {
        ob_json_add_text(json, "path", path, failed);
    } else {
        ob_buf escaped = {0};
        ob_text_escape(&escaped, path, length);
        char *text = ob_buf_take_text(&escaped);
        ob_json_add_text(json, "path", text != NULL ? text : "", failed);
        *failed = *failed || text == NULL;
        ob_free(text);
        ob_buf_free(&escaped);
    }
    ob_json_add_bool(json, "escaped", !valid, failed);
}

cJSON *ob_record_item(const ob_item *item, bool *failed)
{
    char mode[8];
    cJSON *json = ob_json_new_object();
    snprintf(mode, sizeof mode, "%04o", item->mode & 07777u);
    ob_json_add_text(json, "type", ob_record_item_type(item->type), failed);
    ob_json_add_text(json, "mode", mode, failed);
    ob_json_add_int(json, "size", item->size, failed);
    add_time(json, "mtime", item->mtime, failed);
    add_path(json, item->path, failed);
    return json;
}
