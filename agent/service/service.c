#include "ob/service.h"

#include "job_table.h"
#include "ob/alloc.h"
#include "ob/host.h"
#include "ob/json.h"
#include "ob/log.h"
#include "point_list.h"
#include "policy.h"
#include "policy_list.h"
#include "settings.h"
#include "settings_document.h"
#include "state.h"
#include "view.h"
#include "work.h"

#include <string.h>

struct ob_service {
    ob_state state;
    ob_db *db;
    ob_guid machine;
    char *machine_name;
    ob_session_slots slots;
    ob_session_host host;
    ob_open_views views;
    ob_jobs *jobs;
    ob_mutex admin; /* registering and changing settings: one at a time */
};

/* ---- life ---- */

static ob_status mark_interrupted(ob_service *service)
{
    size_t count = 0;
    const ob_clock *clock = service->host.clock;
    ob_status status = ob_job_table_interrupt(service->db, clock->now(clock), &count);
    if (status == OB_OK && count > 0) {
        ob_log(OB_LOG_WARNING, "%zu job%s did not end before the agent did", count,
               count == 1 ? "" : "s");
    }
    return status;
}

static ob_status open_parts(ob_service *service, const ob_service_options *options)
{
    ob_status status = ob_state_open(options->fs, options->state_dir, &service->state);
    if (status == OB_OK) {
        status = ob_db_open(service->state.db_path, &service->db);
    }
    if (status == OB_OK) {
        status = ob_settings_machine(service->db, &service->machine);
    }
    if (status == OB_OK) {
        status = ob_host_name(&service->machine_name);
    }
    service->host = (ob_session_host){.db = service->db,
                                      .fs = options->fs,
                                      .clock = options->clock,
                                      .machine = &service->machine,
                                      .state_dir = service->state.dir,
                                      .cache_dir = service->state.cache_dir,
                                      .keys_path = service->state.keys_path,
                                      .slots = &service->slots,
                                      .snapshots = ob_snapshots_os(),
                                      .windows = strcmp(ob_host_platform(), "windows") == 0};
    if (status == OB_OK) {
        status = mark_interrupted(service);
    }
    if (status == OB_OK) {
        ob_jobs_options jobs = {service->db, options->fs, options->clock, service->state.log_dir};
        status = ob_jobs_new(&jobs, &service->jobs);
    }
    return status;
}

ob_status ob_service_open(const ob_service_options *options, ob_service **out)
{
    ob_service *service = ob_calloc(1, sizeof *service);
    if (service == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the service");
    }
    ob_mutex_init(&service->admin);
    ob_session_slots_init(&service->slots);
    ob_open_views_init(&service->views);
    ob_status status = open_parts(service, options);
    if (OB_FAILED(status)) {
        ob_service_close(service);
        return status;
    }
    *out = service;
    return OB_OK;
}

void ob_service_stop(ob_service *service)
{
    ob_jobs_stop(service->jobs);
}

void ob_service_close(ob_service *service)
{
    if (service == NULL) {
        return;
    }
    ob_jobs_free(service->jobs);
    ob_open_views_shut(&service->views);
    ob_open_views_destroy(&service->views);
    ob_session_slots_destroy(&service->slots);
    ob_mutex_destroy(&service->admin);
    ob_db_close(service->db);
    ob_free(service->machine_name);
    ob_state_close(&service->state);
    ob_free(service);
}

/* One line for each call that changes something; keeps the detail for the caller. */
static ob_status logged(ob_status status, const char *caller, const char *what)
{
    if (status == OB_OK) {
        ob_log(OB_LOG_INFO, "%s: %s", caller, what);
    } else {
        ob_log(OB_LOG_WARNING, "%s: %s: %s %s", caller, what, ob_status_lookup(status)->symbol,
               ob_detail());
    }
    return status;
}

static ob_status logged_job(ob_status status, const char *caller, const char *what,
                            const ob_guid *job)
{
    char id[OB_GUID_TEXT];
    if (status != OB_OK) {
        return logged(status, caller, what);
    }
    ob_guid_format(id, job);
    ob_log(OB_LOG_INFO, "%s: %s: job %s", caller, what, id);
    return status;
}

/* ---- the agent and this machine ---- */

ob_status ob_service_agent(ob_service *service, ob_buf *agent)
{
    bool failed = false;
    char machine[OB_GUID_TEXT];
    char *system = NULL;
    ob_registration registration = {0};
    ob_status status = ob_registration_load(service->db, &registration);
    bool registered = status == OB_OK;
    ob_registration_free(&registration);
    /* Whatever is wrong with the record, callers must still be able to speak with the agent. */
    if (status == OB_E_NO_MEMORY) {
        return status;
    }
    status = ob_host_system(&system);
    if (OB_FAILED(status)) {
        return status;
    }
    cJSON *json = ob_json_new_object();
    ob_mutex_lock(&service->admin);
    ob_guid_format(machine, &service->machine);
    ob_mutex_unlock(&service->admin);
    ob_json_add_text(json, "product", "Online Backup", &failed);
    ob_json_add_text(json, "version", OB_VERSION, &failed);
    ob_json_add_int(json, "interface", OB_SERVICE_INTERFACE_VERSION, &failed);
    ob_json_add_text(json, "machine_id", machine, &failed);
    ob_json_add_text(json, "host", service->machine_name, &failed);
    ob_json_add_text(json, "system", system, &failed);
    ob_json_add_text(json, "platform", ob_host_platform(), &failed);
    ob_json_add_bool(json, "registered", registered, &failed);
    status =
        failed ? ob_fail(OB_E_NO_MEMORY, "the agent's description") : ob_json_print(agent, json);
    ob_json_free(json);
    ob_free(system);
    return status;
}

ob_status ob_service_register(ob_service *service, const char *caller, const void *credentials,
                              size_t length, ob_buf *answer)
{
    ob_registration registration = {0};
    ob_registration_machine machine = {service->host.fs, service->host.clock, &service->machine,
                                       service->machine_name};
    ob_mutex_lock(&service->admin);
    ob_status status =
        ob_registration_redeem(service->db, &machine, credentials, length, &registration);
    ob_mutex_unlock(&service->admin);
    if (status == OB_OK) {
        status = ob_registration_print(&registration, &service->machine, answer);
    }
    logged(status, caller, "register with a vault");
    ob_registration_free(&registration);
    return status;
}

ob_status ob_service_get_settings(ob_service *service, ob_buf *settings)
{
    return ob_settings_print(&service->host, settings);
}

ob_status ob_service_set_settings(ob_service *service, const char *caller, const void *settings,
                                  size_t length)
{
    bool passphrase = false;
    ob_mutex_lock(&service->admin);
    ob_status status = ob_settings_change(&service->host, settings, length, &passphrase);
    ob_mutex_unlock(&service->admin);
    return logged(status, caller, passphrase ? "set the passphrase" : "change settings");
}

/* ---- policies ---- */

ob_status ob_service_get_policy(ob_service *service, const char *name, size_t length,
                                ob_buf *policy)
{
    char *text = NULL;
    ob_status status = ob_policy_name(name, length, &text);
    if (status == OB_OK) {
        status = ob_policy_load(service->db, text, policy);
    }
    ob_free(text);
    return status;
}

static ob_status set_policy(ob_service *service, const void *text, size_t length, ob_buf *stored)
{
    ob_policy policy = {0};
    ob_registration registration = {0};
    const ob_clock *clock = service->host.clock;
    ob_status status = ob_policy_read(&policy, text, length, service->host.windows);
    if (status == OB_OK) {
        status = ob_registration_load(service->db, &registration);
    }
    if (status == OB_OK) {
        status = ob_policy_store(service->db, &policy, clock->now(clock), &service->machine,
                                 service->host.windows, stored);
    }
    ob_registration_free(&registration);
    ob_policy_free(&policy);
    return status;
}

ob_status ob_service_set_policy(ob_service *service, const char *caller, const void *policy,
                                size_t length, ob_buf *stored)
{
    return logged(set_policy(service, policy, length, stored), caller, "set a policy");
}

ob_status ob_service_list_policies(ob_service *service, int64_t *resume, size_t most,
                                   ob_policy_visit visit, void *context)
{
    return ob_policy_list(service->db, resume, most, visit, context);
}

ob_status ob_service_remove_policy(ob_service *service, const char *caller, const char *name,
                                   size_t length)
{
    char *text = NULL;
    ob_status status = ob_policy_name(name, length, &text);
    if (status == OB_OK) {
        status = ob_policy_remove(service->db, text);
    }
    ob_free(text);
    return logged(status, caller, "remove a policy");
}

/* ---- jobs ---- */

ob_status ob_service_start_backup(ob_service *service, const char *caller, const void *options,
                                  size_t length, ob_guid *job)
{
    ob_status status = ob_backup_start(service->jobs, &service->host, options, length, job);
    return logged_job(status, caller, "start a backup", job);
}

ob_status ob_service_start_recovery(ob_service *service, const char *caller, const void *options,
                                    size_t length, ob_guid *job)
{
    ob_status status = ob_recovery_start(service->jobs, &service->host, options, length, job);
    return logged_job(status, caller, "start a recovery", job);
}

ob_status ob_service_start_prune(ob_service *service, const char *caller, const void *options,
                                 size_t length, ob_guid *job)
{
    ob_status status = ob_prune_start(service->jobs, &service->host, options, length, job);
    return logged_job(status, caller, "delete recovery points", job);
}

ob_status ob_service_start_verify(ob_service *service, const char *caller, const void *options,
                                  size_t length, ob_guid *job)
{
    ob_status status = ob_verify_start(service->jobs, &service->host, options, length, job);
    return logged_job(status, caller, "start a verification", job);
}

ob_status ob_service_list_jobs(ob_service *service, uint32_t filter, int64_t *resume, size_t most,
                               ob_run_visit visit, void *context)
{
    return ob_jobs_list(service->jobs, filter, resume, most, visit, context);
}

ob_status ob_service_watch_job(ob_service *service, const ob_guid *id, int64_t seen,
                               uint32_t wait_ms, ob_run_visit visit, void *context)
{
    return ob_jobs_watch(service->jobs, id, seen, wait_ms, visit, context);
}

ob_status ob_service_cancel_job(ob_service *service, const char *caller, const ob_guid *id)
{
    return logged_job(ob_jobs_cancel(service->jobs, id), caller, "cancel a job", id);
}

/* ---- recovery points ---- */

ob_status ob_service_list_points(ob_service *service, const char *source, size_t source_length,
                                 int64_t *resume, size_t most, ob_point_record_visit visit,
                                 void *context)
{
    char *text = ob_strndup(source, source_length);
    if (text == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the name of a data source");
    }
    if (strlen(text) != source_length) {
        ob_free(text);
        return ob_fail(OB_E_INVALID_ARGUMENT, "the name of a data source has no NUL in it");
    }
    ob_status status = ob_point_list(&service->host, text, resume, most, visit, context);
    ob_free(text);
    return status;
}

ob_status ob_service_open_point(ob_service *service, const ob_guid *id, ob_service_view **out)
{
    return ob_service_view_open(&service->views, &service->host, id, out);
}
