#include "ob/alloc.h"
#include "ob/host.h"
#include "work.h"

#include <cjson/cJSON.h>
#include <string.h>

#define ITEMS_MOST 10000u
#define PATH_MOST 32767u
#define PASSPHRASE_MOST 1024u

/* A recovery from its start to its end. */
typedef struct recovery {
    ob_session *session;
    cJSON *document; /* the options' texts are borrowed from it */
    const char **items;
    ob_restore_options options;
} recovery;

static void free_recovery(void *context)
{
    recovery *work = context;
    ob_session_free(work->session);
    ob_json_free_secret(work->document);
    ob_free(work->items);
    ob_free(work);
}

static ob_status run_recovery(void *context, ob_run *run)
{
    recovery *work = context;
    ob_restore_result result = {0};
    ob_run_set_initialized(run);
    ob_status status = ob_restore_run(ob_session_engine(work->session), &work->options,
                                      ob_run_control(run), &result);
    if (status == OB_OK) {
        ob_run_set_totals(run, &result.totals);
    }
    return status;
}

static ob_status read_items(recovery *work, const cJSON *items)
{
    size_t count = items != NULL ? (size_t)cJSON_GetArraySize(items) : 0;
    if (count > ITEMS_MOST) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "recovery.items must have at most %u entries",
                       ITEMS_MOST);
    }
    work->items = ob_calloc(count, sizeof *work->items);
    if (work->items == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a list of items");
    }
    for (const cJSON *item = items != NULL ? items->child : NULL; item != NULL; item = item->next) {
        if (!cJSON_IsString(item) || strlen(item->valuestring) > PATH_MOST) {
            return ob_fail(OB_E_INVALID_ARGUMENT,
                           "recovery.items must be paths of at most %u bytes", PATH_MOST);
        }
        ob_path_into_point(item->valuestring);
        work->items[work->options.item_count++] = item->valuestring;
    }
    work->options.items = work->items;
    return OB_OK;
}

static ob_status check_options(recovery *work, const char *point, const cJSON *items)
{
    const char *destination = work->options.destination;
    if (OB_FAILED(ob_guid_parse(&work->options.point, point, strlen(point)))) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "recovery.point must be a GUID");
    }
    if (destination != NULL && !ob_path_is_absolute(destination)) {
        return ob_fail(OB_E_INVALID_ARGUMENT,
                       "recovery.destination must be an absolute path, not \"%s\"", destination);
    }
    return read_items(work, items);
}

static ob_status read_options(recovery *work, const char **passphrase)
{
    static const char *const modes[] = {"copy", "skip", "replace", NULL};
    int mode = OB_OVERWRITE_COPY;
    const char *point = "";
    const cJSON *items = NULL;
    ob_json_object object = ob_json_object_of(work->document, "recovery");
    ob_json_need(&object, "point");
    ob_json_get_text(&object, "point", OB_GUID_TEXT + 2, &point);
    ob_json_get_node(&object, "items", cJSON_Array, &items);
    ob_json_get_text(&object, "destination", PATH_MOST, &work->options.destination);
    ob_json_get_choice(&object, "overwrite", modes, &mode);
    ob_json_get_bool(&object, "skip_security", &work->options.skip_security);
    ob_json_get_text(&object, "passphrase", PASSPHRASE_MOST, passphrase);
    work->options.overwrite = (ob_overwrite)mode;
    ob_status status = ob_json_no_more(&object);
    return status == OB_OK ? check_options(work, point, items) : status;
}

/* What the vault must know before a job makes sense. */
static ob_status connect(recovery *work, const ob_session_host *host, const char *passphrase)
{
    ob_status status = ob_session_new(host, &work->session);
    if (status == OB_OK) {
        status = ob_session_connect(work->session, OB_SESSION_RECOVERY);
    }
    if (status == OB_OK && passphrase != NULL) {
        status = ob_session_check_passphrase(work->session, passphrase, strlen(passphrase));
    }
    if (status == OB_OK) {
        status = ob_session_find_point(work->session, &work->options.point);
    }
    return status;
}

static ob_status make_detail(const recovery *work, cJSON **out)
{
    bool failed = false;
    char point[OB_GUID_TEXT];
    const char *destination = work->options.destination;
    cJSON *detail = ob_json_new_object();
    ob_guid_format(point, &work->options.point);
    ob_json_add_text(detail, "point", point, &failed);
    ob_json_add_text(detail, "destination", destination != NULL ? destination : "", &failed);
    if (failed) {
        ob_json_free(detail);
        return ob_fail(OB_E_NO_MEMORY, "a job's detail");
    }
    *out = detail;
    return OB_OK;
}

ob_status ob_recovery_start(ob_jobs *jobs, const ob_session_host *host, const void *options,
                            size_t length, ob_guid *job)
{
    cJSON *detail = NULL;
    const char *passphrase = NULL;
    recovery *work = ob_calloc(1, sizeof *work);
    if (work == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a recovery");
    }
    ob_status status = ob_json_parse(&work->document, options, length);
    if (status == OB_OK) {
        status = read_options(work, &passphrase);
    }
    if (status == OB_OK) {
        status = ob_jobs_check_free(jobs, OB_RUN_RECOVERY);
    }
    if (status == OB_OK) {
        status = connect(work, host, passphrase);
    }
    if (status == OB_OK) {
        /* It has done its work; the job goes on for long without it. */
        ob_json_free_secret(cJSON_DetachItemFromObjectCaseSensitive(work->document, "passphrase"));
        status = make_detail(work, &detail);
    }
    if (status == OB_OK) {
        ob_run_body body = {run_recovery, free_recovery, work};
        work = NULL; /* transferred */
        status = ob_jobs_start(jobs, OB_RUN_RECOVERY, &body, detail, job);
    }
    if (work != NULL) {
        free_recovery(work);
    }
    return status;
}
