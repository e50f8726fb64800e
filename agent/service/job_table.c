#include "job_table.h"

#include "error.h"
#include "ob/alloc.h"
#include "ob/json.h"

#include <cjson/cJSON.h>
#include <string.h>

#define PAGE_BYTES ((size_t)1 << 20)

#define COLUMNS                                                                                    \
    "id, type, state, status, revision, start_time, end_time, bytes_total, bytes_done,"            \
    " bytes_changed, bytes_stored, files_total, files_done, files_changed, files_failed, detail"

/* Binds a record to parameters 1 to 16, in the order of COLUMNS. */
static void bind(ob_query *query, const ob_run_record *record)
{
    const ob_run_facts *facts = &record->facts;
    const int64_t numbers[] = {
        facts->type,          facts->state,        facts->status,      facts->revision,
        facts->start_time,    facts->end_time,     facts->bytes_total, facts->bytes_done,
        facts->bytes_changed, facts->bytes_stored, facts->files_total, facts->files_done,
        facts->files_changed, facts->files_failed,
    };
    const int count = (int)(sizeof numbers / sizeof numbers[0]);
    ob_query_bind_bytes(query, 1, facts->id.bytes, sizeof facts->id.bytes);
    for (int i = 0; i < count; i++) {
        ob_query_bind_int(query, i + 2, numbers[i]);
    }
    ob_query_bind_text(query, count + 2, record->detail);
}

/* Reads the columns of COLUMNS from `first` on. The detail is borrowed until the next row. */
static void read_row(ob_query *query, int first, ob_run_record *out)
{
    ob_run_facts *facts = &out->facts;
    int64_t *const numbers[] = {
        &facts->revision,   &facts->start_time,    &facts->end_time,     &facts->bytes_total,
        &facts->bytes_done, &facts->bytes_changed, &facts->bytes_stored, &facts->files_total,
        &facts->files_done, &facts->files_changed, &facts->files_failed,
    };
    const int count = (int)(sizeof numbers / sizeof numbers[0]);
    ob_query_bytes(query, first, facts->id.bytes, sizeof facts->id.bytes);
    facts->type = (int32_t)ob_query_int(query, first + 1);
    facts->state = (int32_t)ob_query_int(query, first + 2);
    facts->status = (ob_status)ob_query_int(query, first + 3);
    for (int i = 0; i < count; i++) {
        *numbers[i] = ob_query_int(query, first + 4 + i);
    }
    facts->bytes_per_second = 0;
    facts->seconds_left = facts->end_time != 0 ? 0 : -1;
    out->current = "";
    out->detail = ob_query_text(query, first + 4 + count);
}

static ob_status insert(ob_db *db, const ob_run_record *record)
{
    ob_query query = ob_query_of(db, "INSERT INTO job (" COLUMNS ") VALUES"
                                     " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
                                     " ?14, ?15, ?16)");
    bind(&query, record);
    return ob_query_end(&query);
}

static ob_status prune(ob_db *db, int64_t keep)
{
    ob_query query = ob_query_of(db, "DELETE FROM job WHERE end_time <> 0 AND number <= "
                                     "(SELECT max(number) FROM job) - ?1");
    ob_query_bind_int(&query, 1, keep);
    return ob_query_end(&query);
}

ob_status ob_job_table_add(ob_db *db, const ob_run_record *record, int64_t keep)
{
    ob_status status = ob_db_begin(db);
    if (OB_FAILED(status)) {
        return status;
    }
    status = insert(db, record);
    return ob_db_end(db, status == OB_OK ? prune(db, keep) : status);
}

static ob_status update(ob_db *db, const ob_run_record *record)
{
    ob_query query = ob_query_of(
        db, "UPDATE job SET type = ?2, state = ?3, status = ?4, revision = ?5, start_time = ?6,"
            " end_time = ?7, bytes_total = ?8, bytes_done = ?9, bytes_changed = ?10,"
            " bytes_stored = ?11, files_total = ?12, files_done = ?13, files_changed = ?14,"
            " files_failed = ?15, detail = ?16 WHERE id = ?1");
    bind(&query, record);
    return ob_query_end(&query);
}

ob_status ob_job_table_update(ob_db *db, const ob_run_record *record)
{
    ob_status status = ob_db_begin(db);
    return status == OB_OK ? ob_db_end(db, update(db, record)) : status;
}

static ob_status find(ob_db *db, const ob_guid *id, ob_run_visit visit, void *context)
{
    ob_run_record record;
    ob_status status = OB_E_NOT_FOUND;
    ob_query query = ob_query_of(db, "SELECT " COLUMNS " FROM job WHERE id = ?1");
    ob_query_bind_bytes(&query, 1, id->bytes, sizeof id->bytes);
    if (ob_query_row(&query)) {
        read_row(&query, 0, &record);
        status = query.status == OB_OK ? visit(context, &record) : query.status;
    }
    ob_status end = ob_query_end(&query);
    if (end == OB_OK && status == OB_E_NOT_FOUND) {
        char text[OB_GUID_TEXT];
        ob_guid_format(text, id);
        return ob_fail(OB_E_NOT_FOUND, "there is no job %s", text);
    }
    return end == OB_OK ? status : end;
}

ob_status ob_job_table_find(ob_db *db, const ob_guid *id, ob_run_visit visit, void *context)
{
    ob_status status = ob_db_begin(db);
    return status == OB_OK ? ob_db_end(db, find(db, id, visit, context)) : status;
}

/* By ob_run_filter. */
static const char *const filters[] = {
    [OB_RUN_FILTER_ALL] = "",
    [OB_RUN_FILTER_RUNNING] = " AND end_time = 0",
    [OB_RUN_FILTER_ENDED] = " AND end_time <> 0",
    [OB_RUN_FILTER_ENDED_WELL] = " AND state IN (4, 5)",
    [OB_RUN_FILTER_FAILED] = " AND state = 8",
};
#define FILTERS (sizeof filters / sizeof filters[0])

static ob_status list_rows(ob_query *query, int64_t *next, size_t most, ob_run_visit visit,
                           void *context)
{
    ob_status status = OB_OK;
    int64_t last = 0;
    size_t count = 0;
    size_t bytes = 0;
    *next = 0;
    /* One row more than asked for tells whether there is another page. */
    while (status == OB_OK && ob_query_row(query)) {
        ob_run_record record;
        if (count == most || bytes >= PAGE_BYTES) {
            *next = last;
            break;
        }
        last = ob_query_int(query, 0);
        read_row(query, 1, &record);
        status = query->status == OB_OK ? visit(context, &record) : query->status;
        bytes += strlen(record.detail);
        count++;
    }
    return status;
}

ob_status ob_job_table_list(ob_db *db, uint32_t filter, int64_t *resume, size_t most,
                            ob_run_visit visit, void *context)
{
    int64_t next = 0;
    if (filter >= FILTERS) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "filter must be 0 to %zu", FILTERS - 1);
    }
    char *sql = ob_asprintf("SELECT number, " COLUMNS " FROM job WHERE (?1 = 0 OR number < ?1)%s"
                            " ORDER BY number DESC",
                            filters[filter]);
    if (sql == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a list of jobs");
    }
    ob_status status = ob_db_begin(db);
    if (status == OB_OK) {
        ob_query query = ob_query_of(db, sql);
        ob_query_bind_int(&query, 1, *resume);
        status = list_rows(&query, &next, most, visit, context);
        query.done = true;
        ob_status end = ob_query_end(&query);
        status = ob_db_end(db, status == OB_OK ? end : status);
    }
    if (status == OB_OK) {
        *resume = next;
    }
    ob_free(sql);
    return status;
}

/* The detail with the error put in, or a new one if there was none that can be read. */
static ob_status interrupted_detail(const char *detail, ob_buf *out)
{
    bool failed = false;
    cJSON *json = NULL;
    if (OB_FAILED(ob_json_parse(&json, detail, strlen(detail)))) {
        json = ob_json_new_object();
    }
    cJSON_DeleteItemFromObjectCaseSensitive(json, "error");
    ob_json_add_node(
        json, "error",
        ob_error_json(OB_E_JOB_INTERRUPTED,
                      "the agent ended without stopping the job: it was killed, or the "
                      "machine went down"),
        &failed);
    ob_status status =
        failed ? ob_fail(OB_E_NO_MEMORY, "a job's detail") : ob_json_print(out, json);
    ob_buf_put_u8(out, 0);
    ob_json_free(json);
    return status == OB_OK ? ob_buf_status(out) : status;
}

/* One job that has not ended; *found says whether there was one. */
static ob_status interrupt_one(ob_db *db, int64_t now, bool *found)
{
    ob_run_record record;
    ob_buf detail = {0};
    ob_status status = OB_OK;
    ob_query query = ob_query_of(db, "SELECT " COLUMNS " FROM job WHERE end_time = 0 LIMIT 1");
    *found = ob_query_row(&query);
    if (*found) {
        read_row(&query, 0, &record);
        status = interrupted_detail(record.detail, &detail);
    }
    ob_status end = ob_query_end(&query);
    status = status == OB_OK ? end : status;
    if (status == OB_OK && *found) {
        record.facts.state = OB_RUN_FAILED;
        record.facts.status = OB_E_JOB_INTERRUPTED;
        record.facts.revision++;
        record.facts.end_time = now > record.facts.start_time ? now : record.facts.start_time;
        record.facts.end_time += record.facts.end_time == 0; /* a clock of 1970 must end it too */
        record.detail = (const char *)detail.data;
        status = update(db, &record);
    }
    ob_buf_free(&detail);
    return status;
}

ob_status ob_job_table_interrupt(ob_db *db, int64_t now, size_t *count)
{
    bool found = true;
    size_t marked = 0;
    ob_status status = ob_db_begin(db);
    if (OB_FAILED(status)) {
        return status;
    }
    while (status == OB_OK && found) {
        status = interrupt_one(db, now, &found);
        marked += status == OB_OK && found;
    }
    status = ob_db_end(db, status);
    if (status == OB_OK) {
        *count = marked;
    }
    return status;
}
