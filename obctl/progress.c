#include "progress.h"

#include "document.h"
#include "ob/json.h"
#include "ob/text.h"
#include "table.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <string.h>

#define SECOND INT64_C(1000000000)
#define FAILED_SHOWN 10
/* Fewer columns than this tell nothing of a path. */
#define PATH_LEAST 12

int ob_progress_percent(const ob_job *job)
{
    bool known = job->state >= OB_JOB_IN_PROGRESS && job->bytes_total > 0 && job->bytes_done >= 0;
    /* It moves, and yet cannot tell how long it takes: it has met more than was expected. */
    bool grows =
        job->state == OB_JOB_IN_PROGRESS && job->bytes_per_second > 0 && job->seconds_left < 0;
    if (!known || grows) {
        return -1;
    }
    if (job->bytes_done >= job->bytes_total) {
        return 100;
    }
    return (int)((double)job->bytes_done / (double)job->bytes_total * 100);
}

const char *ob_progress_state(const ob_job *job)
{
    static const char *const names[] = {"unknown",    "starting",  "scanning",
                                        "running",    "completed", "completed with warnings",
                                        "cancelling", "cancelled", "failed"};
    return job->state >= 0 && job->state <= OB_JOB_FAILED ? names[job->state] : names[0];
}

static void put_size(ob_buf *out, int64_t bytes)
{
    char text[OB_SIZE_TEXT];
    ob_size_format(text, bytes > 0 ? (uint64_t)bytes : 0);
    ob_buf_put_text(out, text);
}

static void put_duration(ob_buf *out, int64_t seconds)
{
    char text[OB_SIZE_TEXT];
    ob_duration_format(text, seconds > 0 ? (uint64_t)seconds : 0);
    ob_buf_put_text(out, text);
}

/* What is done, of how much if that is known. */
static void put_done(ob_buf *out, const ob_job *job, int percent)
{
    if (percent >= 0) {
        ob_buf_printf(out, "%3d %%  ", percent);
        put_size(out, job->bytes_done);
        ob_buf_put_text(out, " of ");
        put_size(out, job->bytes_total);
        ob_buf_printf(out, "  %" PRId64 " of %" PRId64 " files", job->files_done, job->files_total);
    } else {
        ob_buf_printf(out, "%s  ", ob_progress_state(job));
        put_size(out, job->bytes_done);
        ob_buf_printf(out, "  %" PRId64 " file%s", job->files_done,
                      job->files_done == 1 ? "" : "s");
    }
}

static void put_numbers(ob_buf *out, const ob_job *job)
{
    int percent = ob_progress_percent(job);
    put_done(out, job, percent);
    if (job->files_failed > 0) {
        ob_buf_printf(out, "  %" PRId64 " failed", job->files_failed);
    }
    if (job->bytes_per_second > 0) {
        ob_buf_put_text(out, "  ");
        put_size(out, job->bytes_per_second);
        ob_buf_put_text(out, "/s");
    }
    if (job->seconds_left >= 0 && percent >= 0) {
        ob_buf_put_text(out, "  ");
        put_duration(out, job->seconds_left);
        ob_buf_put_text(out, " left");
    }
}

void ob_progress_line(ob_buf *out, const ob_job *job, size_t width)
{
    ob_buf numbers = {0};
    put_numbers(&numbers, job);
    size_t used = ob_width((const char *)numbers.data, numbers.length);
    ob_buf_put_u8(&numbers, 0);
    if (numbers.failed) {
        out->failed = true;
    } else if (width == 0) {
        ob_buf_put_text(out, (const char *)numbers.data);
    } else {
        ob_width_cut(out, (const char *)numbers.data, width, false);
        if (used + 2 + PATH_LEAST <= width && job->current[0] != '\0') {
            ob_buf_put_text(out, "  ");
            ob_width_cut(out, job->current, width - used - 2, true);
        }
    }
    ob_buf_free(&numbers);
}

static void put_totals(ob_buf *out, const ob_job *job, const cJSON *detail)
{
    bool backup = job->type == OB_JOB_BACKUP;
    ob_buf_printf(out, "  Files   %" PRId64, job->files_done);
    if (backup) {
        ob_buf_printf(out, ", %" PRId64 " new or changed", job->files_changed);
    }
    if (job->files_failed > 0) {
        ob_buf_printf(out, ", %" PRId64 " failed", job->files_failed);
    }
    ob_buf_put_text(out, "\n  Data    ");
    put_size(out, job->bytes_done);
    if (backup) {
        ob_buf_put_text(out, ", ");
        put_size(out, job->bytes_changed);
        ob_buf_put_text(out, " new or changed, ");
        put_size(out, job->bytes_stored);
        ob_buf_put_text(out, " sent to the vault");
    }
    ob_buf_put_text(out, "\n");
    const char *point = ob_document_text(detail, "point");
    const char *destination = ob_document_text(detail, "destination");
    if (point[0] != '\0') {
        ob_buf_put_text(out, "  Point   ");
        ob_put_safe(out, point);
        if (backup) {
            ob_buf_put_text(out, ob_document_flag(detail, "incremental") ? " (incremental)"
                                                                         : " (first backup)");
        }
        ob_buf_put_text(out, "\n");
    }
    if (destination[0] != '\0') {
        ob_buf_put_text(out, "  To      ");
        ob_put_safe(out, destination);
        ob_buf_put_text(out, "\n");
    }
}

static void put_warnings(ob_buf *out, const ob_job *job, const cJSON *detail)
{
    static const char left_out[] = "left_out"; /* what no backup should have */
    const cJSON *warning = ob_document_list(detail, "warnings");
    for (; warning != NULL; warning = warning->next) {
        const char *kind = ob_document_text(warning, "kind");
        bool note =
            job->state == OB_JOB_COMPLETED || strncmp(kind, left_out, strlen(left_out)) == 0;
        ob_buf_put_text(out, note ? "  Note    " : "  Warning ");
        ob_put_safe(out, ob_document_text(warning, "text"));
        const char *first = ob_document_text(warning, "first");
        if (first[0] != '\0') {
            ob_buf_put_text(out, ": ");
            ob_put_safe(out, first);
            bool more = ob_document_count(warning, "count") > 1;
            ob_buf_put_text(out, more ? ", …" : "");
        }
        ob_buf_put_text(out, "\n");
    }
}

static void put_failed(ob_buf *out, const ob_job *job, const cJSON *detail)
{
    const cJSON *file = ob_document_list(detail, "failed");
    const char *log = ob_document_text(detail, "failed_log");
    int shown = 0;
    for (; file != NULL && shown < FAILED_SHOWN; file = file->next, shown++) {
        ob_buf_put_text(out, "  Failed  ");
        ob_put_safe(out, ob_document_text(file, "path"));
        ob_buf_put_text(out, ": ");
        ob_put_safe(out, ob_document_text(file, "detail"));
        ob_buf_put_text(out, " (");
        ob_put_safe(out, ob_document_text(file, "symbol"));
        ob_buf_put_text(out, ")\n");
    }
    if (shown > 0 && job->files_failed > shown) {
        ob_buf_printf(out, "  Failed  %" PRId64 " more", job->files_failed - shown);
        if (log[0] != '\0') {
            ob_buf_put_text(out, ", all in ");
            ob_put_safe(out, log);
        }
        ob_buf_put_text(out, "\n");
    }
}

/* What an error can be looked up by: its symbol, and its code if it has one. */
static void put_names(ob_buf *out, const char *symbol, int64_t code)
{
    ob_buf_put_text(out, " (");
    ob_put_safe(out, symbol);
    if (code != 0) {
        ob_buf_printf(out, ", code %" PRId64, code);
    }
    ob_buf_put_text(out, ")\n");
}

static void put_error(ob_buf *out, const ob_job *job, const cJSON *detail)
{
    static const char *const texts[] = {"message", "detail", "advice"};
    const ob_status_info *info = ob_status_lookup(job->status);
    const cJSON *error = ob_document_object(detail, "error");
    if (error == NULL && OB_FAILED(job->status)) {
        ob_buf_printf(out, "  %s\n  %s", info->message, info->advice);
        put_names(out, info->symbol, info->mars_code);
    }
    for (size_t i = 0; i < 3 && error != NULL; i++) {
        const char *text = ob_document_text(error, texts[i]);
        if (text[0] != '\0') {
            ob_buf_put_text(out, i == 0 ? "  " : "\n  ");
            ob_put_safe(out, text);
        }
    }
    if (error != NULL) {
        put_names(out, ob_document_text(error, "symbol"), ob_document_count(error, "code"));
    }
}

/* What a deletion did, also one that came after a backup. */
static void put_prune(ob_buf *out, const ob_job *job, const cJSON *detail)
{
    const cJSON *prune = ob_document_object(detail, "prune");
    int64_t marked = ob_document_count(prune, "points_marked");
    int64_t deleted = ob_document_count(prune, "points_deleted");
    int64_t packs = ob_document_count(prune, "bytes_deleted");
    if (prune == NULL || (job->type != OB_JOB_PRUNE && marked + deleted + packs == 0)) {
        return;
    }
    ob_buf_printf(out,
                  "  Points  %" PRId64 " kept, %" PRId64 " marked to be deleted, %" PRId64
                  " waiting, %" PRId64 " deleted%s\n  Packs   ",
                  ob_document_count(prune, "points_kept"), marked,
                  ob_document_count(prune, "points_waiting"), deleted,
                  ob_document_flag(prune, "dry_run") ? " (nothing was changed)" : "");
    put_size(out, ob_document_count(prune, "bytes_marked"));
    ob_buf_put_text(out, " marked to be deleted, ");
    put_size(out, packs);
    ob_buf_put_text(out, " deleted\n");
}

void ob_progress_summary(ob_buf *out, const ob_job *job)
{
    cJSON *detail = NULL;
    if (OB_FAILED(ob_json_parse(&detail, job->detail, strlen(job->detail)))) {
        detail = NULL;
    }
    ob_buf_printf(out, "%s %s", ob_job_type_name(job->type), ob_progress_state(job));
    if (job->end_time > job->start_time) {
        ob_buf_put_text(out, " in ");
        /* Unsigned: the times are the agent's word, and may be as far apart as they like. */
        uint64_t took = (uint64_t)job->end_time - (uint64_t)job->start_time;
        put_duration(out, (int64_t)((took + SECOND / 2) / (uint64_t)SECOND));
    }
    ob_buf_put_text(out, ".\n");
    if (job->type != OB_JOB_PRUNE) {
        put_totals(out, job, detail);
    }
    put_prune(out, job, detail);
    put_warnings(out, job, detail);
    put_failed(out, job, detail);
    put_error(out, job, detail);
    ob_json_free(detail);
}
