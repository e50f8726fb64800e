#include "prune.h"

#include "ob/alloc.h"
#include "ob/host.h"
#include "policy.h"
#include "policy_list.h"
#include "run.h"

#include <cjson/cJSON.h>
#include <string.h>

#define IDS_MOST 1000u
#define TOLD_MOST 1000u /* points in the job's detail */
#define PAGE 64

/* ---- the rules of all policies ---- */

typedef struct rules {
    ob_retention_rule *items; /* names are owned */
    size_t count;
    bool windows;
} rules;

static void free_rules(rules *all)
{
    for (size_t i = 0; i < all->count; i++) {
        ob_free((char *)(uintptr_t)all->items[i].policy);
    }
    ob_free(all->items);
    all->items = NULL;
    all->count = 0;
}

static ob_status add_rule(void *context, const char *document)
{
    rules *all = context;
    ob_policy policy = {0};
    ob_status status = ob_policy_read(&policy, document, strlen(document), all->windows);
    if (status == OB_OK && policy.retention_json != NULL) {
        char *name = ob_strdup(policy.name);
        ob_retention_rule *items =
            ob_realloc_array(all->items, all->count + 1, sizeof all->items[0]);
        all->items = items != NULL ? items : all->items;
        if (name == NULL || items == NULL) {
            ob_free(name);
            status = ob_fail(OB_E_NO_MEMORY, "the retention of policies");
        } else {
            items[all->count].policy = name;
            items[all->count++].retention = policy.retention;
        }
    }
    ob_policy_free(&policy);
    return status;
}

static ob_status read_rules(ob_db *db, rules *all)
{
    int64_t resume = 0;
    ob_status status = OB_OK;
    do {
        status = ob_policy_list(db, &resume, PAGE, add_rule, all);
    } while (status == OB_OK && resume != 0);
    return status;
}

static int32_t local_offset(void *context, int64_t time)
{
    (void)context;
    return ob_host_utc_offset(time);
}

/* ---- what is told ---- */

typedef struct told {
    cJSON *points;
    size_t count;
    bool failed;
} told;

static cJSON *reasons_json(uint8_t kept, bool *failed)
{
    static const char *const names[] = {"days",   "weeks", "months", "years",
                                        "newest", "all",   "future", "retained"};
    cJSON *list = ob_json_new_array();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((kept >> i & 1) != 0) {
            ob_json_add_node(list, NULL, cJSON_CreateString(names[i]), failed);
        }
    }
    return list;
}

static void tell(void *context, const ob_pruned_point *point)
{
    static const char *const fates[] = {"kept", "marked", "waiting", "deleted"};
    told *to = context;
    char id[OB_GUID_TEXT];
    char time[OB_TIME_TEXT];
    if (to->count++ >= TOLD_MOST) {
        return;
    }
    cJSON *json = ob_json_new_object();
    ob_guid_format(id, &point->id);
    ob_time_format(time, point->time);
    ob_json_add_text(json, "id", id, &to->failed);
    ob_json_add_text(json, "time", time, &to->failed);
    ob_json_add_text(json, "fate", fates[point->fate], &to->failed);
    ob_json_add_node(json, "kept", reasons_json(point->kept, &to->failed), &to->failed);
    ob_json_add_node(to->points, NULL, json, &to->failed);
}

/* Takes `points` over in every case. */
static cJSON *result_json(const ob_prune_result *result, cJSON *points, bool dry_run, bool *failed)
{
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {
        {"points_kept", result->points_kept},
        {"points_marked", result->points_marked},
        {"points_waiting", result->points_waiting},
        {"points_deleted", result->points_swept},
        {"packs_marked", result->packs_marked},
        {"packs_deleted", result->packs_swept},
        {"packs_brought_back", result->packs_brought_back},
        {"bytes_marked", result->bytes_marked},
        {"bytes_deleted", result->bytes_swept},
    };
    cJSON *json = ob_json_new_object();
    ob_json_add_bool(json, "dry_run", dry_run, failed);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        ob_json_add_int(json, numbers[i].name, (int64_t)numbers[i].value, failed);
    }
    if (points != NULL) {
        ob_json_add_node(json, "points", points, failed);
    }
    return json;
}

static ob_status set_detail(ob_run *run, const ob_prune_result *result, cJSON *points, bool dry_run)
{
    bool failed = false;
    cJSON *json = result_json(result, points, dry_run, &failed);
    ob_mutex_lock(run->host.lock);
    cJSON_DeleteItemFromObjectCaseSensitive(run->detail, "prune");
    ob_json_add_node(run->detail, "prune", json, &failed);
    ob_mutex_unlock(run->host.lock);
    return failed ? ob_fail(OB_E_NO_MEMORY, "a job's detail") : OB_OK;
}

/* ---- after a backup ---- */

void ob_prune_after_backup(const ob_session_host *host, const ob_engine *engine, ob_run *run)
{
    rules all = {.windows = host->windows};
    ob_prune_result result = {0};
    const ob_control *control = ob_run_control(run);
    ob_status status = read_rules(host->db, &all);
    if (status == OB_OK && all.count > 0) {
        const ob_prune_options options = {
            .rules = all.items, .rule_count = all.count, .offset = local_offset};
        status = ob_prune_run(engine, &options, control, &result);
        if (status == OB_OK) {
            status = set_detail(run, &result, NULL, false);
        }
    }
    /* The backup is done: whatever stops this does not undo it. */
    if (OB_FAILED(status) && status != OB_E_BUSY && status != OB_E_NOT_SUPPORTED &&
        status != OB_E_CANCELLED) {
        const ob_event event = {OB_EVENT_FAILED, "old recovery points", status, "", ob_detail()};
        control->event(control->context, &event);
    }
    free_rules(&all);
}

/* ---- a job of its own ---- */

typedef struct prune {
    ob_session *session;
    rules rules;
    ob_guid *remove;
    size_t remove_count;
    ob_guid *bring_back;
    size_t bring_back_count;
    bool by_rules;
    bool dry_run;
    bool accept_missing;
} prune;

static void free_prune(void *context)
{
    prune *work = context;
    ob_session_free(work->session);
    free_rules(&work->rules);
    ob_free(work->remove);
    ob_free(work->bring_back);
    ob_free(work);
}

static ob_status delete_points(prune *work, ob_run *run)
{
    ob_prune_result result = {0};
    told points = {.points = ob_json_new_array()};
    const ob_prune_options options = {.rules = work->rules.items,
                                      .rule_count = work->by_rules ? work->rules.count : 0,
                                      .remove = work->remove,
                                      .remove_count = work->remove_count,
                                      .offset = local_offset,
                                      .told = tell,
                                      .context = &points,
                                      .accept_missing = work->accept_missing,
                                      .dry_run = work->dry_run};
    ob_status status =
        ob_prune_run(ob_session_engine(work->session), &options, ob_run_control(run), &result);
    char *why = OB_FAILED(status) ? ob_strdup(ob_detail()) : NULL;
    ob_status detail = set_detail(run, &result, points.points, work->dry_run);
    if (OB_FAILED(status)) {
        status = ob_fail(status, "%s", why != NULL ? why : "");
    } else {
        status = points.failed ? ob_fail(OB_E_NO_MEMORY, "a job's detail") : detail;
    }
    ob_free(why);
    return status;
}

static ob_status run_prune(void *context, ob_run *run)
{
    prune *work = context;
    ob_run_set_initialized(run);
    ob_status status = OB_OK;
    for (size_t i = 0; i < work->bring_back_count && status == OB_OK && !work->dry_run; i++) {
        status = ob_point_undelete(ob_session_engine(work->session), &work->bring_back[i]);
    }
    if (status == OB_OK && (work->by_rules || work->remove_count > 0)) {
        status = delete_points(work, run);
    }
    return status;
}

static ob_status read_ids(ob_json_object *object, const char *name, ob_guid **out, size_t *count)
{
    const cJSON *list = NULL;
    ob_json_get_node(object, name, cJSON_Array, &list);
    size_t most = list != NULL ? (size_t)cJSON_GetArraySize(list) : 0;
    if (most > IDS_MOST) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "prune.%s must have at most %u entries", name,
                       IDS_MOST);
    }
    *out = ob_calloc(most, sizeof **out);
    if (*out == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a list of recovery points");
    }
    for (const cJSON *item = list != NULL ? list->child : NULL; item != NULL; item = item->next) {
        const char *text = cJSON_GetStringValue(item);
        if (text == NULL || OB_FAILED(ob_guid_parse(&(*out)[*count], text, strlen(text)))) {
            return ob_fail(OB_E_INVALID_ARGUMENT, "prune.%s must be a list of GUIDs", name);
        }
        ++*count;
    }
    return object->status;
}

static ob_status read_options(prune *work, const cJSON *json)
{
    ob_json_object object = ob_json_object_of(json, "prune");
    work->by_rules = true;
    ob_json_get_bool(&object, "rules", &work->by_rules);
    ob_json_get_bool(&object, "dry_run", &work->dry_run);
    ob_json_get_bool(&object, "accept_missing", &work->accept_missing);
    ob_status status = read_ids(&object, "delete", &work->remove, &work->remove_count);
    if (status == OB_OK) {
        status = read_ids(&object, "undelete", &work->bring_back, &work->bring_back_count);
    }
    return status == OB_OK ? ob_json_no_more(&object) : status;
}

static ob_status prepare(prune *work, ob_jobs *jobs, const ob_session_host *host)
{
    work->rules.windows = host->windows;
    ob_status status = ob_jobs_check_free(jobs, OB_RUN_PRUNE);
    if (status == OB_OK) {
        status = ob_session_new(host, &work->session);
    }
    if (status == OB_OK) {
        status = read_rules(host->db, &work->rules);
    }
    return status == OB_OK ? ob_session_connect(work->session, OB_SESSION_PRUNE) : status;
}

ob_status ob_prune_start(ob_jobs *jobs, const ob_session_host *host, const void *options,
                         size_t length, ob_guid *job)
{
    cJSON *json = NULL;
    cJSON *detail = NULL;
    prune *work = ob_calloc(1, sizeof *work);
    if (work == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a job");
    }
    ob_status status =
        length > 0 ? ob_json_parse(&json, options, length) : ob_json_parse(&json, "{}", 2);
    if (status == OB_OK) {
        status = read_options(work, json);
    }
    if (status == OB_OK) {
        status = prepare(work, jobs, host);
    }
    if (status == OB_OK) {
        detail = ob_json_new_object();
        status = detail != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "a job's detail");
    }
    if (status == OB_OK) {
        ob_run_body body = {run_prune, free_prune, work};
        work = NULL; /* transferred */
        status = ob_jobs_start(jobs, OB_RUN_PRUNE, &body, detail, job);
    }
    if (work != NULL) {
        free_prune(work);
    }
    ob_json_free(json);
    return status;
}
