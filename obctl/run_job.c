#include "commands.h"
#include "document.h"
#include "ob/alloc.h"
#include "ob/json.h"
#include "output.h"
#include "progress.h"
#include "record.h"
#include "run.h"
#include "select.h"
#include "watch.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000000000)
#define PAGE 100
#define LIST_DEFAULT 20

int ob_run_started(ob_cli *cli, const ob_guid *id, const char *what)
{
    char text[OB_GUID_TEXT];
    ob_guid_format(text, id);
    if (ob_cli_has(cli, OB_OPTION_ASYNC) && cli->json) {
        bool failed = false;
        cJSON *json = ob_json_new_object();
        ob_json_add_text(json, "job", text, &failed);
        return ob_output_json(cli, json, failed);
    }
    if (!cli->json) {
        fprintf(cli->out, "%s started: job %s\n", what, text);
        fflush(cli->out);
    }
    return ob_cli_has(cli, OB_OPTION_ASYNC) ? OB_EXIT_OK : ob_watch_job(cli, id);
}

static ob_status build_backup(const ob_cli *cli, ob_buf *out)
{
    bool failed = false;
    const char *policy = ob_cli_option_value(cli, OB_OPTION_POLICY);
    cJSON *json = ob_json_new_object();
    if (policy != NULL) {
        ob_json_add_text(json, "policy", policy, &failed);
    }
    if (ob_cli_has(cli, OB_OPTION_SOURCE)) {
        cJSON *sources = ob_json_new_array();
        for (size_t i = 0; i < cli->option_count; i++) {
            if (cli->options[i].id == OB_OPTION_SOURCE) {
                ob_json_add_text(sources, NULL, cli->options[i].value, &failed);
            }
        }
        ob_json_add_node(json, "sources", sources, &failed);
    }
    ob_status status = failed ? ob_fail(OB_E_NO_MEMORY, "the options") : ob_json_print(out, json);
    ob_json_free(json);
    return status;
}

/* What a paused policy does may surprise: it is said. Who cannot tell lets the backup tell. */
static void tell_if_paused(ob_cli *cli)
{
    ob_buf text = {0};
    cJSON *json = NULL;
    const char *name = ob_cli_option_value(cli, OB_OPTION_POLICY);
    if (!OB_FAILED(ob_client_get_policy(cli->client, name != NULL ? name : "", &text)) &&
        !OB_FAILED(ob_document_parse(&text, &json)) &&
        strcmp(ob_document_text(json, "state"), "paused") == 0) {
        fputs("obctl: the policy is paused; it is backed up because you ask for it\n", cli->err);
    }
    ob_json_free(json);
    ob_buf_free(&text);
}

int ob_run_backup(ob_cli *cli)
{
    ob_buf options = {0};
    ob_guid job = {{0}};
    ob_status status = build_backup(cli, &options);
    int code = OB_FAILED(status) ? ob_output_error(cli, status) : ob_cli_connect(cli);
    if (code == OB_EXIT_OK) {
        tell_if_paused(cli);
        status =
            ob_client_start_backup(cli->client, (const char *)options.data, options.length, &job);
        code =
            OB_FAILED(status) ? ob_output_client_error(cli) : ob_run_started(cli, &job, "Backup");
    }
    ob_buf_free(&options);
    return code;
}

static ob_status build_verify(const char *depth, size_t sample, ob_buf *out)
{
    bool failed = false;
    cJSON *json = ob_json_new_object();
    ob_json_add_text(json, "depth", depth, &failed);
    ob_json_add_int(json, "sample", (int64_t)sample, &failed);
    ob_status status = failed ? ob_fail(OB_E_NO_MEMORY, "the options") : ob_json_print(out, json);
    ob_json_free(json);
    return status;
}

int ob_run_verify(ob_cli *cli)
{
    static const char *const depths[] = {"structure", "hashes", "full", NULL};
    ob_buf options = {0};
    ob_guid job = {{0}};
    int depth = 1;
    size_t sample = 100;
    ob_status status = OB_OK;
    int code = ob_select_choice(cli, OB_OPTION_DEPTH, "verify", depths, &depth);
    if (code == OB_EXIT_OK) {
        code = ob_select_number(cli, OB_OPTION_SAMPLE, "verify", &sample);
    }
    if (code == OB_EXIT_OK) {
        status = build_verify(depths[depth], sample, &options);
        code = OB_FAILED(status) ? ob_output_error(cli, status) : ob_cli_connect(cli);
    }
    if (code == OB_EXIT_OK) {
        status =
            ob_client_start_verify(cli->client, (const char *)options.data, options.length, &job);
        code = OB_FAILED(status) ? ob_output_client_error(cli)
                                 : ob_run_started(cli, &job, "Verification");
    }
    ob_buf_free(&options);
    return code;
}

/* ---- job list ---- */

typedef struct job_list {
    ob_table table;
    cJSON *json; /* an array; with --json */
    bool failed;
} job_list;

static void add_job(job_list *self, const ob_job *job)
{
    char id[OB_GUID_TEXT];
    char started[OB_OUTPUT_TIME];
    char took[OB_SIZE_TEXT] = "";
    char files[32];
    char size[OB_SIZE_TEXT];
    if (self->json != NULL) {
        ob_json_add_node(self->json, NULL, ob_record_job(job, &self->failed), &self->failed);
        return;
    }
    ob_guid_format(id, &job->id);
    ob_output_time(started, job->start_time);
    if (job->end_time >= job->start_time) {
        ob_duration_format(took, ((uint64_t)job->end_time - (uint64_t)job->start_time) /
                                     (uint64_t)SECOND);
    }
    snprintf(files, sizeof files, "%" PRId64, job->files_done);
    ob_size_format(size, job->bytes_done > 0 ? (uint64_t)job->bytes_done : 0);
    bool warned = job->state == OB_JOB_COMPLETED_WITH_WARNINGS;
    const char *cells[] = {started,
                           ob_job_type_name(job->type),
                           warned ? "warnings" : ob_progress_state(job),
                           id,
                           took,
                           files,
                           size};
    ob_table_row(&self->table, cells);
}

/* Up to `limit` jobs, page by page. */
static int list_jobs(ob_cli *cli, unsigned filter, size_t limit, job_list *self)
{
    int64_t resume = 0;
    do {
        ob_job *jobs = NULL;
        size_t count = 0;
        unsigned most = limit < PAGE ? (unsigned)limit : PAGE;
        if (OB_FAILED(ob_client_list_jobs(cli->client, filter, &resume, most, &jobs, &count))) {
            return ob_output_client_error(cli);
        }
        for (size_t i = 0; i < count; i++) {
            if (limit > 0) {
                add_job(self, &jobs[i]);
                limit--;
            }
            ob_job_free(&jobs[i]);
        }
        ob_free(jobs);
        if (count == 0) {
            break;
        }
    } while (resume != 0 && limit > 0);
    return OB_EXIT_OK;
}

int ob_run_job_list(ob_cli *cli)
{
    static const ob_column columns[] = {
        {.title = "STARTED"},
        {.title = "TYPE"},
        {.title = "STATE"},
        {.title = "JOB"},
        {.title = "TOOK", .right = true, .optional = true},
        {.title = "FILES", .right = true, .optional = true},
        {.title = "SIZE", .right = true, .optional = true},
    };
    static const char *const filters[] = {"all", "running", "ended", "successful", "failed", NULL};
    job_list self = {.table = {.columns = columns, .column_count = 7}};
    size_t limit = LIST_DEFAULT;
    int filter = OB_JOBS_ALL;
    int code = ob_select_number(cli, OB_OPTION_LIMIT, "job list", &limit);
    if (code == OB_EXIT_OK) {
        code = ob_select_choice(cli, OB_OPTION_FILTER, "job list", filters, &filter);
    }
    if (code == OB_EXIT_OK) {
        code = ob_cli_connect(cli);
    }
    if (code != OB_EXIT_OK) {
        return code;
    }
    self.json = cli->json ? ob_json_new_array() : NULL;
    self.failed = cli->json && self.json == NULL;
    code = list_jobs(cli, (unsigned)filter, limit, &self);
    if (code == OB_EXIT_OK && cli->json) {
        code = ob_output_json(cli, self.json, self.failed);
        self.json = NULL; /* transferred */
    } else if (code == OB_EXIT_OK) {
        code = ob_output_table(cli, &self.table);
    }
    ob_table_clear(&self.table);
    ob_json_free(self.json);
    return code;
}

/* ---- one job ---- */

int ob_run_job_show(ob_cli *cli)
{
    ob_guid id = {{0}};
    ob_job job = {0};
    int code = ob_select_job(cli, &id);
    if (code != OB_EXIT_OK) {
        return code;
    }
    if (OB_FAILED(ob_client_watch_job(cli->client, &id, -1, 0, &job))) {
        return ob_output_client_error(cli);
    }
    if (cli->json) {
        bool failed = false;
        cJSON *json = ob_record_job(&job, &failed);
        code = ob_output_json(cli, json, failed);
    } else {
        ob_buf text = {0};
        char started[OB_OUTPUT_TIME];
        char name[OB_GUID_TEXT];
        ob_guid_format(name, &id);
        ob_output_time(started, job.start_time);
        ob_progress_summary(&text, &job);
        ob_buf_printf(&text, "  Job     %s, started %s\n", name, started);
        ob_output_text(cli, &text);
        ob_buf_free(&text);
    }
    ob_job_free(&job);
    return code;
}

int ob_run_job_watch(ob_cli *cli)
{
    ob_guid id = {{0}};
    int code = ob_select_job(cli, &id);
    return code == OB_EXIT_OK ? ob_watch_job(cli, &id) : code;
}

static int say_cancelled(ob_cli *cli, const ob_guid *id, const ob_job *before)
{
    bool ended = ob_job_has_ended(before);
    if (cli->json) {
        bool failed = false;
        char text[OB_GUID_TEXT];
        cJSON *json = ob_json_new_object();
        ob_guid_format(text, id);
        ob_json_add_text(json, "job", text, &failed);
        ob_json_add_bool(json, "asked", !ended, &failed);
        return ob_output_json(cli, json, failed);
    }
    if (ended) {
        fprintf(cli->out, "The job had ended already: %s.\n", ob_progress_state(before));
    } else {
        char text[OB_GUID_TEXT];
        ob_guid_format(text, id);
        fprintf(cli->out, "The %s %s was asked to stop.\n", ob_job_type_name(before->type), text);
    }
    return OB_EXIT_OK;
}

int ob_run_job_cancel(ob_cli *cli)
{
    ob_guid id = {{0}};
    ob_job before = {0};
    int code = ob_select_running_job(cli, &id);
    if (code != OB_EXIT_OK) {
        return code;
    }
    if (OB_FAILED(ob_client_watch_job(cli->client, &id, -1, 0, &before)) ||
        OB_FAILED(ob_client_cancel_job(cli->client, &id))) {
        code = ob_output_client_error(cli);
    } else {
        code = say_cancelled(cli, &id, &before);
    }
    ob_job_free(&before);
    return code;
}
