#include "document.h"
#include "ob/alloc.h"
#include "ob/json.h"
#include "output.h"
#include "policies.h"
#include "progress.h"
#include "record.h"
#include "run.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdio.h>

int ob_run_register(ob_cli *cli)
{
    ob_buf answer = {0};
    cJSON *json = NULL;
    ob_status status = OB_OK;
    int code = ob_cli_connect(cli);
    if (code != OB_EXIT_OK) {
        return code;
    }
    if (OB_FAILED(ob_client_register_file(cli->client, cli->operands[0], &answer))) {
        return ob_output_client_error(cli);
    }
    if (cli->json) {
        code = ob_output_agent(cli, &answer);
        goto out;
    }
    status = ob_document_parse(&answer, &json);
    if (OB_FAILED(status)) {
        code = ob_output_error(cli, status);
    } else {
        ob_table table = ob_table_of_pairs();
        fputs("Machine registration succeeded.\n", cli->out);
        ob_table_pair(&table, "  Vault", ob_document_text(json, "vault_name"));
        ob_table_pair(&table, "  Vault id", ob_document_text(json, "vault_id"));
        ob_table_pair(&table, "  Region", ob_document_text(json, "region"));
        ob_table_pair(&table, "  Certificate", ob_document_text(json, "thumbprint"));
        ob_table_pair(&table, "  Machine", ob_document_text(json, "machine_id"));
        code = ob_output_table(cli, &table);
    }
out:
    ob_json_free(json);
    ob_buf_free(&answer);
    return code;
}

/* What `obctl status` tells, gathered by several calls. */
typedef struct machine_status {
    cJSON *agent, *settings, *policies;
    ob_job running, last;
    bool has_running, has_last;
} machine_status;

/* `text` was filled by the call that gave `status`; takes its bytes over. Returns an exit code. */
static int take_document(ob_cli *cli, ob_status status, ob_buf *text, cJSON **out)
{
    int code = OB_EXIT_OK;
    if (OB_FAILED(status)) {
        code = ob_output_client_error(cli);
    } else {
        status = ob_document_parse(text, out);
        code = OB_FAILED(status) ? ob_output_error(cli, status) : OB_EXIT_OK;
    }
    ob_buf_free(text);
    return code;
}

/* The newest job of a filter, if there is one. */
static int take_job(ob_cli *cli, unsigned filter, ob_job *out, bool *found)
{
    ob_job *jobs = NULL;
    size_t count = 0;
    int64_t resume = 0;
    if (OB_FAILED(ob_client_list_jobs(cli->client, filter, &resume, 1, &jobs, &count))) {
        return ob_output_client_error(cli);
    }
    for (size_t i = 0; i < count; i++) {
        if (i == 0) {
            *out = jobs[0]; /* transferred */
            *found = true;
        } else {
            ob_job_free(&jobs[i]);
        }
    }
    ob_free(jobs);
    return OB_EXIT_OK;
}

static int gather(ob_cli *cli, machine_status *out)
{
    ob_buf text = {0};
    int code = ob_cli_connect(cli);
    if (code == OB_EXIT_OK) {
        code = take_document(cli, ob_client_agent(cli->client, &text), &text, &out->agent);
    }
    if (code == OB_EXIT_OK) {
        code =
            take_document(cli, ob_client_get_settings(cli->client, &text), &text, &out->settings);
    }
    if (code == OB_EXIT_OK) {
        code = ob_policies_read(cli, &out->policies);
    }
    if (code == OB_EXIT_OK) {
        code = take_job(cli, OB_JOBS_RUNNING, &out->running, &out->has_running);
    }
    if (code == OB_EXIT_OK) {
        code = take_job(cli, OB_JOBS_ENDED, &out->last, &out->has_last);
    }
    return code;
}

static void add_document(cJSON *json, const char *name, cJSON **document, bool *failed)
{
    ob_json_add_node(json, name, *document != NULL ? *document : cJSON_CreateNull(), failed);
    *document = NULL; /* transferred */
}

static int print_status_json(ob_cli *cli, machine_status *self)
{
    bool failed = false;
    cJSON *json = ob_json_new_object();
    add_document(json, "agent", &self->agent, &failed);
    add_document(json, "settings", &self->settings, &failed);
    add_document(json, "policies", &self->policies, &failed);
    ob_json_add_node(
        json, "running",
        self->has_running ? ob_record_job(&self->running, &failed) : cJSON_CreateNull(), &failed);
    ob_json_add_node(json, "last",
                     self->has_last ? ob_record_job(&self->last, &failed) : cJSON_CreateNull(),
                     &failed);
    return ob_output_json(cli, json, failed);
}

static void pair_of(ob_table *table, const char *name, const char *format, ...) OB_PRINTF(3, 4);
static void pair_of(ob_table *table, const char *name, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ob_table_pair(table, name, text);
}

static void put_policies(ob_table *table, const cJSON *policies)
{
    if (policies->child == NULL) {
        ob_table_pair(table, "Policy", "none is set");
    }
    for (const cJSON *policy = policies->child; policy != NULL; policy = policy->next) {
        ob_buf what = ob_policies_describe(policy);
        pair_of(table, "Policy", "%s: %s", ob_document_text(policy, "name"),
                what.failed ? "" : (const char *)what.data);
        ob_buf_free(&what);
    }
}

static void put_job(ob_table *table, const char *name, const ob_job *job)
{
    char id[OB_GUID_TEXT];
    char at[OB_OUTPUT_TIME];
    ob_guid_format(id, &job->id);
    ob_output_time(at, ob_job_has_ended(job) ? job->end_time : job->start_time);
    pair_of(table, name, "%s %s, %s, %s", ob_job_type_name(job->type), ob_progress_state(job), at,
            id);
}

static int print_status(ob_cli *cli, const machine_status *self)
{
    ob_table table = ob_table_of_pairs();
    const cJSON *agent = self->agent;
    const cJSON *vault = ob_document_object(self->settings, "vault");
    bool passphrase = ob_document_flag(self->settings, "passphrase_set");
    pair_of(&table, "Agent", "%s %s on %s (%s)", ob_document_text(agent, "product"),
            ob_document_text(agent, "version"), ob_document_text(agent, "host"),
            ob_document_text(agent, "system"));
    ob_table_pair(&table, "Machine", ob_document_text(agent, "machine_id"));
    if (ob_document_flag(agent, "registered")) {
        pair_of(&table, "Vault", "%s (%s)", ob_document_text(vault, "name"),
                ob_document_text(vault, "address"));
    } else {
        ob_table_pair(&table, "Vault", "not registered");
    }
    ob_table_pair(&table, "Passphrase", passphrase ? "set" : "not set");
    put_policies(&table, self->policies);
    if (self->has_running) {
        put_job(&table, "Running", &self->running);
    }
    if (self->has_last) {
        put_job(&table, "Last job", &self->last);
    }
    return ob_output_table(cli, &table);
}

int ob_run_status(ob_cli *cli)
{
    machine_status self = {0};
    int code = gather(cli, &self);
    if (code == OB_EXIT_OK) {
        code = cli->json ? print_status_json(cli, &self) : print_status(cli, &self);
    }
    ob_json_free(self.agent);
    ob_json_free(self.settings);
    ob_json_free(self.policies);
    ob_job_free(&self.running);
    ob_job_free(&self.last);
    return code;
}
