#include "ob/verify.h"

#include "ob/alloc.h"
#include "ob/log.h"
#include "settings.h"
#include "work.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const depths[] = {"structure", "hashes", "full", NULL};

/* A verification from its start to its end. */
typedef struct verify {
    ob_session *session;
    ob_db *db;
    ob_run *run;
    ob_verify_options options;
} verify;

static void free_verify(void *context)
{
    verify *work = context;
    ob_session_free(work->session);
    ob_free(work);
}

/* Which sample is next: as many runs in a row as it takes read everything once. */
static uint64_t read_turn(ob_db *db)
{
    char *text = NULL;
    uint64_t turn =
        ob_settings_get(db, OB_SETTING_VERIFY_TURN, &text) == OB_OK ? strtoull(text, NULL, 10) : 0;
    ob_free(text);
    return turn;
}

static void keep_turn(const verify *work)
{
    char text[24];
    if (work->options.sample == 0 || work->options.sample >= 100) {
        return;
    }
    snprintf(text, sizeof text, "%" PRIu64, work->options.turn + 1);
    if (OB_FAILED(ob_settings_put(work->db, OB_SETTING_VERIFY_TURN, text))) {
        ob_log(OB_LOG_WARNING, "the next verification reads the same sample: %s", ob_detail());
    }
}

/* Objects and files go to the ledger as what failed. */
static void take_finding(void *context, const ob_finding *finding)
{
    const verify *work = context;
    const ob_control *control = ob_run_control(work->run);
    char object[OB_OBJECT_NAME_MAX + 16];
    char detail[512];
    ob_event event = {OB_EVENT_FAILED, finding->path, finding->status, "", detail};
    snprintf(object, sizeof object, "%s/%s", ob_object_kind_name(finding->kind), finding->object);
    if (finding->path == NULL) {
        event.path = object;
        snprintf(detail, sizeof detail, "%s: %.400s", ob_damage_name(finding->damage),
                 finding->detail);
    } else {
        snprintf(detail, sizeof detail, "%s: %.400s", object, finding->detail);
    }
    control->event(control->context, &event);
}

static cJSON *damaged_json(const ob_verify_result *result, bool *failed)
{
    cJSON *json = ob_json_new_object();
    for (unsigned i = 0; i < OB_DAMAGE_KINDS; i++) {
        if (result->damaged[i] > 0) {
            ob_json_add_int(json, ob_damage_name((ob_damage)i), (int64_t)result->damaged[i],
                            failed);
        }
    }
    return json;
}

static cJSON *result_json(const verify *work, const ob_verify_result *result)
{
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {
        {"sample", work->options.sample > 0 ? work->options.sample : 100},
        {"keys", result->keys},
        {"indexes", result->indexes},
        {"packs", result->packs},
        {"packs_read", result->packs_read},
        {"points", result->points},
        {"files", result->files},
        {"chunks_checked", result->chunks_checked},
        {"objects_damaged", result->objects_damaged},
        {"points_hit", result->points_hit},
        {"files_hit", result->files_hit},
        {"chunks_bad", result->chunks_bad},
        {"chunks_remembered", result->chunks_remembered},
    };
    bool failed = false;
    cJSON *json = ob_json_new_object();
    ob_json_add_text(json, "depth", depths[work->options.depth], &failed);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        ob_json_add_int(json, numbers[i].name, (int64_t)numbers[i].value, &failed);
    }
    ob_json_add_node(json, "damaged", damaged_json(result, &failed), &failed);
    if (failed) {
        ob_json_free(json);
        return NULL;
    }
    return json;
}

static ob_status run_verify(void *context, ob_run *run)
{
    verify *work = context;
    ob_verify_result result = {0};
    work->run = run;
    ob_run_set_initialized(run);
    ob_status status = ob_verify_run(ob_session_engine(work->session), &work->options,
                                     ob_run_control(run), &result);
    if (status == OB_OK) {
        ob_progress totals = {.bytes_total = result.bytes_read,
                              .bytes_done = result.bytes_read,
                              .files_total = result.files,
                              .files_done = result.files,
                              .files_failed = result.files_hit,
                              .current = ""};
        ob_run_set_totals(run, &totals);
        ob_run_set_member(run, "verify", result_json(work, &result));
        keep_turn(work);
        if (OB_FAILED(result.remember_status)) {
            ob_log(OB_LOG_WARNING, "what is damaged could not be written down: %s",
                   ob_status_lookup(result.remember_status)->message);
        }
    }
    return status;
}

static ob_status read_options(verify *work, const cJSON *json)
{
    int depth = OB_VERIFY_HASHES;
    int64_t sample = 100;
    ob_json_object object = ob_json_object_of(json, "verify");
    ob_json_get_choice(&object, "depth", depths, &depth);
    ob_json_get_int(&object, "sample", 1, 100, &sample);
    work->options.depth = (ob_verify_depth)depth;
    work->options.sample = (unsigned)sample;
    work->options.remember = true;
    work->options.context = work;
    work->options.finding = take_finding;
    return ob_json_no_more(&object);
}

static ob_status connect(verify *work, const ob_session_host *host)
{
    work->db = host->db;
    work->options.turn = read_turn(host->db);
    ob_status status = ob_session_new(host, &work->session);
    return status == OB_OK ? ob_session_connect(work->session, OB_SESSION_VERIFY) : status;
}

ob_status ob_verify_start(ob_jobs *jobs, const ob_session_host *host, const void *options,
                          size_t length, ob_guid *job)
{
    cJSON *json = NULL;
    verify *work = ob_calloc(1, sizeof *work);
    if (work == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a verification");
    }
    /* No document is the same as one that leaves all out. */
    ob_status status =
        length > 0 ? ob_json_parse(&json, options, length) : ob_json_parse(&json, "{}", 2);
    if (status == OB_OK) {
        status = read_options(work, json);
    }
    ob_json_free(json);
    if (status == OB_OK) {
        status = ob_jobs_check_free(jobs, OB_RUN_VERIFY);
    }
    if (status == OB_OK) {
        status = connect(work, host);
    }
    cJSON *detail = status == OB_OK ? ob_json_new_object() : NULL;
    if (status == OB_OK && detail == NULL) {
        status = ob_fail(OB_E_NO_MEMORY, "a job's detail");
    }
    if (status == OB_OK) {
        ob_run_body body = {run_verify, free_verify, work};
        work = NULL; /* transferred */
        status = ob_jobs_start(jobs, OB_RUN_VERIFY, &body, detail, job);
    }
    if (work != NULL) {
        free_verify(work);
    }
    return status;
}
