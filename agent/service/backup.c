#include "exclusions.h"
#include "feeds.h"
#include "hooks.h"
#include "ob/alloc.h"
#include "ob/host.h"
#include "policy.h"
#include "prune.h"
#include "snapshot.h"
#include "work.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#define SOURCES_MOST 256
#define NAME_MOST 32767u

/* A backup from its start to its end. */
typedef struct backup {
    const ob_session_host *host;
    ob_session *session;
    ob_policy policy;
    ob_spec_set *selection;
    ob_source_list sources; /* those that are backed up */
    char *machine_name;
} backup;

static void free_backup(void *context)
{
    backup *work = context;
    ob_session_free(work->session);
    ob_spec_set_free(work->selection);
    ob_policy_free(&work->policy);
    ob_source_list_free(&work->sources);
    ob_free(work->machine_name);
    ob_free(work);
}

static ob_status back_up(backup *work, ob_run *run, ob_backup_result *result)
{
    ob_backup_options options = {.policy = work->policy.name,
                                 .machine_name = work->machine_name,
                                 .sources = (const char *const *)work->sources.names,
                                 .source_count = work->sources.count,
                                 .retain_days = ob_retention_promise(&work->policy.retention)};
    ob_selection selection = *ob_spec_set_selection(work->selection);
    ob_command_feeds feeds = {0};
    ob_frozen frozen = {0};
    ob_status status = OB_OK;
    selection.skip_caches = work->policy.options.exclude_caches;
    /* Who asks for one volume does not ask for the commands. */
    if (work->sources.count == work->policy.sources.count) {
        status = ob_command_feeds_make(&feeds, &work->policy, run);
        options.feeds = feeds.feeds;
        options.feed_count = feeds.count;
    }
    if (status == OB_OK) {
        status = ob_hook_before(&work->policy, run);
    }
    if (status == OB_OK) {
        status = ob_frozen_take(&frozen, work->host->snapshots, work->policy.options.snapshot,
                                &selection, run);
    }
    if (status == OB_OK) {
        status = ob_backup_run(ob_session_engine(work->session), &selection, &options,
                               ob_run_control(run), result);
    }
    status = ob_frozen_release(&frozen, status, run);
    ob_command_feeds_free(&feeds);
    return status;
}

static ob_status run_backup(void *context, ob_run *run)
{
    backup *work = context;
    ob_backup_result result = {0};
    char detail[1024];
    ob_status status = ob_session_connect(work->session, OB_SESSION_BACKUP);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_run_set_initialized(run);
    status = back_up(work, run, &result);
    snprintf(detail, sizeof detail, "%s", ob_detail()); /* the hook may say something of its own */
    ob_hook_after(&work->policy, run, status, &result.point);
    if (OB_FAILED(status)) {
        return ob_fail(status, "%s", detail);
    }
    ob_run_set_totals(run, &result.totals);
    ob_run_set_point(run, &result.point);
    ob_run_set_incremental(run, result.incremental);
    ob_prune_after_backup(work->host, ob_session_engine(work->session), run);
    return OB_OK;
}

/* The sources that the caller chose; each must be one of the policy. None = all. */
static ob_status choose_sources(backup *work, bool windows, const cJSON *chosen)
{
    ob_status status = OB_OK;
    size_t count = 0;
    ob_source_list *all = &work->policy.sources;
    work->sources.names = ob_calloc(all->count, sizeof *work->sources.names);
    if (work->sources.names == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a list of data sources");
    }
    for (const cJSON *name = chosen != NULL ? chosen->child : NULL; name != NULL;
         name = name->next, count++) {
        if (!cJSON_IsString(name) || strlen(name->valuestring) > NAME_MOST ||
            count == SOURCES_MOST) {
            return ob_fail(OB_E_INVALID_ARGUMENT, "backup.sources must be at most %d names",
                           SOURCES_MOST);
        }
        if (!ob_source_list_has(all, name->valuestring, windows)) {
            return ob_fail(OB_E_INVALID_ARGUMENT,
                           "backup.sources: \"%s\" is no data source of the policy",
                           name->valuestring);
        }
    }
    for (size_t i = 0; i < all->count && status == OB_OK; i++) {
        bool taken = count == 0;
        for (const cJSON *name = count > 0 ? chosen->child : NULL; name != NULL && !taken;
             name = name->next) {
            taken = ob_source_same(all->names[i], name->valuestring, windows);
        }
        if (taken) {
            char *copy = ob_strdup(all->names[i]);
            status = copy != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "a list of data sources");
            work->sources.names[work->sources.count] = copy;
            work->sources.count += copy != NULL;
        }
    }
    return status;
}

/* The specs on the chosen sources, excludes elsewhere do no harm; and what is left out by default.
 */
static ob_status choose_specs(backup *work, bool windows)
{
    ob_exclusions exclusions = {0};
    ob_spec *specs = NULL;
    size_t count = 0;
    ob_status status = OB_OK;
    if (work->policy.options.default_exclusions) {
        status = ob_exclusions_make(&exclusions, (const char *const *)work->sources.names,
                                    work->sources.count, windows);
    }
    if (status == OB_OK) {
        specs = ob_calloc(work->policy.spec_count + exclusions.count, sizeof *specs);
        status = specs != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "file specs");
    }
    for (size_t i = 0; i < work->policy.spec_count && status == OB_OK; i++) {
        char *source = NULL;
        status = ob_source_of_path(work->policy.specs[i].path, windows, &source);
        if (status == OB_OK && ob_source_list_has(&work->sources, source, windows)) {
            specs[count++] = work->policy.specs[i];
        }
        ob_free(source);
    }
    for (size_t i = 0; i < exclusions.count && status == OB_OK; i++) {
        specs[count++] = exclusions.specs[i];
    }
    if (status == OB_OK) {
        status = ob_spec_set_new(specs, count, windows, &work->selection);
    }
    ob_free(specs);
    ob_exclusions_free(&exclusions);
    return status;
}

static ob_status read_policy(const ob_session_host *host, const char *name, ob_policy *out)
{
    ob_buf document = {0};
    ob_status status = ob_policy_load(host->db, name, &document);
    if (status == OB_OK) {
        status = ob_policy_read(out, document.data, document.length, host->windows);
    }
    ob_buf_free(&document);
    return status;
}

static ob_status read_options(backup *work, const ob_session_host *host, const cJSON *json)
{
    const char *name = OB_POLICY_DEFAULT;
    const cJSON *sources = NULL;
    ob_json_object object = ob_json_object_of(json, "backup");
    work->host = host;
    ob_json_get_text(&object, "policy", OB_POLICY_NAME_MOST, &name);
    ob_json_get_node(&object, "sources", cJSON_Array, &sources);
    ob_status status = ob_json_no_more(&object);
    if (status == OB_OK) {
        status = ob_session_new(host, &work->session);
    }
    if (status == OB_OK) {
        status = read_policy(host, name[0] != '\0' ? name : OB_POLICY_DEFAULT, &work->policy);
    }
    if (status == OB_OK) {
        status = choose_sources(work, host->windows, sources);
    }
    if (status == OB_OK) {
        status = choose_specs(work, host->windows);
    }
    return status == OB_OK ? ob_host_name(&work->machine_name) : status;
}

static ob_status make_detail(const backup *work, const ob_session_host *host, cJSON **out)
{
    bool failed = false;
    cJSON *sources = NULL;
    ob_status status = ob_source_json((const char *const *)work->sources.names, work->sources.count,
                                      host->machine, host->windows, &sources);
    if (OB_FAILED(status)) {
        return status;
    }
    cJSON *detail = ob_json_new_object();
    ob_json_add_text(detail, "policy", work->policy.name, &failed);
    ob_json_add_node(detail, "sources", sources, &failed);
    if (failed) {
        ob_json_free(detail);
        return ob_fail(OB_E_NO_MEMORY, "a job's detail");
    }
    *out = detail;
    return OB_OK;
}

ob_status ob_backup_start(ob_jobs *jobs, const ob_session_host *host, const void *options,
                          size_t length, ob_guid *job)
{
    cJSON *json = NULL;
    cJSON *detail = NULL;
    backup *work = ob_calloc(1, sizeof *work);
    if (work == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a backup");
    }
    /* No document is the same as one that leaves all out. */
    ob_status status =
        length > 0 ? ob_json_parse(&json, options, length) : ob_json_parse(&json, "{}", 2);
    if (status == OB_OK) {
        status = read_options(work, host, json);
    }
    if (status == OB_OK) {
        status = make_detail(work, host, &detail);
    }
    if (status == OB_OK) {
        ob_run_body body = {run_backup, free_backup, work};
        work = NULL; /* transferred */
        status = ob_jobs_start(jobs, OB_RUN_BACKUP, &body, detail, job);
    }
    if (work != NULL) {
        free_backup(work);
    }
    ob_json_free(json);
    return status;
}
