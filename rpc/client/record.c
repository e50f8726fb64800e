#include "internal.h"

#include "ob/alloc.h"

#include <string.h>

void ob_guid_from_wire(ob_guid *out, const OB_GUID *guid)
{
    uint8_t *to = out->bytes;
    uint32_t first = guid->data1;
    to[0] = (uint8_t)(first >> 24);
    to[1] = (uint8_t)(first >> 16);
    to[2] = (uint8_t)(first >> 8);
    to[3] = (uint8_t)first;
    to[4] = (uint8_t)(guid->data2 >> 8);
    to[5] = (uint8_t)guid->data2;
    to[6] = (uint8_t)(guid->data3 >> 8);
    to[7] = (uint8_t)guid->data3;
    memcpy(to + 8, guid->data4, 8);
}

void ob_guid_to_wire(OB_GUID *out, const ob_guid *guid)
{
    const uint8_t *from = guid->bytes;
    out->data1 =
        (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
    out->data2 = (unsigned short)(from[4] << 8 | from[5]);
    out->data3 = (unsigned short)(from[6] << 8 | from[7]);
    memcpy(out->data4, from + 8, 8);
}

/* Copies counted text. OB_E_PROTOCOL if the count is not true or a NUL would cut it. */
static ob_status copy_text(const unsigned char *data, size_t count, const char *what, char **out)
{
    if (!ob_midl_holds(data, count, 1)) {
        return ob_fail(OB_E_PROTOCOL, "%s is shorter than its count", what);
    }
    if (count > 0 && memchr(data, 0, count) != NULL) {
        return ob_fail(OB_E_PROTOCOL, "%s holds a NUL", what);
    }
    char *copy = ob_strndup(count > 0 ? (const char *)data : "", count);
    if (copy == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s of %zu bytes", what, count);
    }
    *out = copy;
    return OB_OK;
}

static bool is_printable(const char *text)
{
    size_t left = strlen(text);
    if (!ob_utf8_valid(text, left)) {
        return false;
    }
    for (; left > 0; text++, left--) {
        const unsigned char *c = (const unsigned char *)text;
        if (c[0] < 0x20 || c[0] == 0x7F || (c[0] == 0xC2 && c[1] < 0xA0)) {
            return false;
        }
    }
    return true;
}

/* Text that should be escaped already: it is escaped here if it is not. */
static ob_status copy_escaped(const unsigned char *data, size_t count, const char *what, char **out)
{
    char *copy = NULL;
    ob_status status = copy_text(data, count, what, &copy);
    if (OB_FAILED(status)) {
        return status;
    }
    if (!is_printable(copy)) {
        ob_buf escaped = {0};
        ob_text_escape(&escaped, copy, count);
        ob_free(copy);
        copy = ob_buf_take_text(&escaped);
        ob_buf_free(&escaped);
        if (copy == NULL) {
            return ob_fail(OB_E_NO_MEMORY, "%s of %zu bytes", what, count);
        }
    }
    *out = copy;
    return OB_OK;
}

void ob_job_free(ob_job *job)
{
    if (job != NULL) {
        ob_free(job->current);
        ob_free(job->detail);
        job->current = NULL;
        job->detail = NULL;
    }
}

void ob_point_free(ob_point *point)
{
    if (point != NULL) {
        ob_free(point->sources);
        point->sources = NULL;
    }
}

void ob_item_free(ob_item *item)
{
    if (item != NULL) {
        ob_free(item->path);
        item->path = NULL;
    }
}

static ob_status job_from_wire(void *out, const void *wire)
{
    const OB_JOB *job = wire;
    ob_job copy = {
        .type = job->type,
        .state = job->state,
        .status = job->status,
        .revision = job->revision,
        .start_time = job->start_time,
        .end_time = job->end_time,
        .bytes_total = job->bytes_total,
        .bytes_done = job->bytes_done,
        .bytes_changed = job->bytes_changed,
        .bytes_stored = job->bytes_stored,
        .files_total = job->files_total,
        .files_done = job->files_done,
        .files_changed = job->files_changed,
        .files_failed = job->files_failed,
        .bytes_per_second = job->bytes_per_second,
        .seconds_left = job->seconds_left,
    };
    ob_guid_from_wire(&copy.id, &job->id);
    ob_status status =
        copy_escaped(job->current, job->current_count, "a job's current file", &copy.current);
    if (!OB_FAILED(status)) {
        status = copy_text(job->detail, job->detail_count, "a job's detail", &copy.detail);
    }
    if (OB_FAILED(status)) {
        ob_job_free(&copy);
        return status;
    }
    *(ob_job *)out = copy;
    return OB_OK;
}

static ob_status point_from_wire(void *out, const void *wire)
{
    const OB_POINT *point = wire;
    ob_point copy = {.time = point->time, .bytes = point->bytes, .files = point->files};
    ob_guid_from_wire(&copy.id, &point->id);
    ob_status status =
        copy_text(point->sources, point->sources_count, "a point's sources", &copy.sources);
    if (!OB_FAILED(status)) {
        *(ob_point *)out = copy;
    }
    return status;
}

static ob_status item_from_wire(void *out, const void *wire)
{
    const OB_ITEM *item = wire;
    ob_item copy = {
        .type = item->type, .mode = item->mode, .size = item->size, .mtime = item->mtime};
    ob_status status = copy_text(item->path, item->path_count, "an item's path", &copy.path);
    if (!OB_FAILED(status)) {
        *(ob_item *)out = copy;
    }
    return status;
}

static ob_status document_from_wire(void *out, const void *wire)
{
    const OB_BYTES *bytes = wire;
    return copy_text(bytes->data, bytes->count, "a document", out);
}

static void free_job(void *job)
{
    ob_job_free(job);
}

static void free_point(void *point)
{
    ob_point_free(point);
}

static void free_item(void *item)
{
    ob_item_free(item);
}

static void free_document(void *document)
{
    ob_free(*(char **)document);
}

static void release_job(const ob_call *call, const void *wire)
{
    const OB_JOB *job = wire;
    ob_call_release(call, job->current);
    ob_call_release(call, job->detail);
}

static void release_point(const ob_call *call, const void *wire)
{
    ob_call_release(call, ((const OB_POINT *)wire)->sources);
}

static void release_item(const ob_call *call, const void *wire)
{
    ob_call_release(call, ((const OB_ITEM *)wire)->path);
}

static void release_document(const ob_call *call, const void *wire)
{
    ob_call_release(call, ((const OB_BYTES *)wire)->data);
}

static const struct {
    size_t wire_size;
    size_t size;
    ob_status (*from_wire)(void *out, const void *wire);
    void (*free)(void *record);
    void (*release)(const ob_call *call, const void *wire);
} kinds[] = {
    [OB_RECORD_JOB] = {sizeof(OB_JOB), sizeof(ob_job), job_from_wire, free_job, release_job},
    [OB_RECORD_POINT] = {sizeof(OB_POINT), sizeof(ob_point), point_from_wire, free_point,
                         release_point},
    [OB_RECORD_ITEM] = {sizeof(OB_ITEM), sizeof(ob_item), item_from_wire, free_item, release_item},
    [OB_RECORD_DOCUMENT] = {sizeof(OB_BYTES), sizeof(char *), document_from_wire, free_document,
                            release_document},
};

static ob_status copy_list(ob_record_kind kind, const char *wire, size_t count, void **out)
{
    size_t size = kinds[kind].size;
    char *copy = ob_calloc(count, size);
    if (copy == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a list of %zu records", count);
    }
    for (size_t i = 0; i < count; i++) {
        ob_status status = kinds[kind].from_wire(copy + i * size, wire + i * kinds[kind].wire_size);
        if (OB_FAILED(status)) {
            while (i > 0) {
                kinds[kind].free(copy + --i * size);
            }
            ob_free(copy);
            return status;
        }
    }
    *out = copy;
    return OB_OK;
}

ob_status ob_record_take_list(const ob_call *call, ob_record_kind kind, void *wire, size_t count,
                              void **out, size_t *out_count)
{
    if (call->broken) {
        return OB_OK;
    }
    size_t wire_size = kinds[kind].wire_size;
    ob_status status = OB_OK;
    if (!ob_midl_holds(wire, count, wire_size)) {
        status = ob_fail(OB_E_PROTOCOL, "a list shorter than its count");
        count = 0;
    } else if (!OB_FAILED(call->result)) {
        status = copy_list(kind, wire, count, out);
    }
    if (OB_FAILED(status)) {
        ob_client_error_local(status);
    } else if (!OB_FAILED(call->result)) {
        *out_count = count;
    }
    for (size_t i = 0; i < count; i++) {
        kinds[kind].release(call, (const char *)wire + i * wire_size);
    }
    ob_call_release(call, wire);
    return status;
}

ob_status ob_record_take_job(const ob_call *call, const OB_JOB *wire, ob_job *out)
{
    if (call->broken) {
        return OB_OK;
    }
    ob_status status = OB_FAILED(call->result) ? OB_OK : job_from_wire(out, wire);
    release_job(call, wire);
    return OB_FAILED(status) ? ob_client_error_local(status) : OB_OK;
}

bool ob_job_has_ended(const ob_job *job)
{
    return job->state == OB_JOB_COMPLETED || job->state == OB_JOB_COMPLETED_WITH_WARNINGS ||
           job->state == OB_JOB_ABORTED || job->state == OB_JOB_FAILED;
}

const char *ob_job_type_name(int32_t type)
{
    static const char *const names[] = {"Unknown", "Backup", "Recovery", "Prune", "Verification"};
    return type >= 0 && type <= OB_JOB_VERIFY ? names[type] : names[0];
}

const char *ob_job_state_name(int32_t state)
{
    static const char *const names[] = {"Unknown",    "Started",   "Initialized",
                                        "InProgress", "Completed", "CompletedWithWarning",
                                        "Aborting",   "Aborted",   "Failed"};
    return state >= 0 && state <= OB_JOB_FAILED ? names[state] : names[OB_JOB_UNKNOWN];
}
