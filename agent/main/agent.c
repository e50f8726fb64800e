#include "ob/agent.h"

#include "ob/alloc.h"
#include "ob/daemon.h"
#include "ob/host.h"
#include "ob/thread.h"

typedef struct agent {
    const ob_agent_options *options;
    ob_mutex lock;
    ob_cond changed;
    bool stopping;
} agent;

static void stop(void *context)
{
    agent *self = context;
    ob_mutex_lock(&self->lock);
    self->stopping = true;
    ob_cond_broadcast(&self->changed);
    ob_mutex_unlock(&self->lock);
}

static void wait_for_stop(agent *self)
{
    ob_mutex_lock(&self->lock);
    while (!self->stopping) {
        ob_cond_wait(&self->changed, &self->lock);
    }
    ob_mutex_unlock(&self->lock);
}

/* The service has made the folder, and holds its lock. */
static ob_status open_log_file(const char *state_dir, ob_log_level level)
{
    char *logs = ob_path_join(state_dir, "logs");
    char *path = logs != NULL ? ob_path_join(logs, "obagent.log") : NULL;
    ob_status status = path != NULL ? ob_log_open(path, level) : ob_fail(OB_E_NO_MEMORY, "the log");
    ob_free(path);
    ob_free(logs);
    return status;
}

static ob_status serve(agent *self, ob_service *service)
{
    const ob_agent_options *options = self->options;
    ob_control_options control = {.service = service,
                                  .endpoint = options->endpoint,
                                  .gate = options->gate,
                                  .add_endpoints = options->add_endpoints,
                                  .context = options->context};
    ob_status status = ob_control_start(&control);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_log(OB_LOG_INFO, "obagent %s serves", OB_VERSION);
    ob_daemon_ready();
    wait_for_stop(self);
    ob_log(OB_LOG_INFO, "obagent stops");
    ob_daemon_stopping();
    /* Nothing new comes in; what is waiting is answered; then the last calls end. */
    ob_control_stop();
    ob_service_stop(service);
    ob_control_finish();
    return OB_OK;
}

static ob_status run(void *context)
{
    agent *self = context;
    const ob_agent_options *options = self->options;
    char *standard_dir = NULL;
    ob_service *service = NULL;
    ob_status status = ob_log_open(NULL, options->log_level);
    if (status == OB_OK && options->state_dir == NULL) {
        status = ob_host_state_dir(&standard_dir);
    }
    const char *state_dir = options->state_dir != NULL ? options->state_dir : standard_dir;
    if (status == OB_OK) {
        ob_service_options service_options = {state_dir, ob_fs_os(), ob_clock_os()};
        status = ob_service_open(&service_options, &service);
    }
    if (status == OB_OK) {
        status = open_log_file(state_dir, options->log_level);
    }
    if (status == OB_OK) {
        status = serve(self, service);
    }
    if (OB_FAILED(status)) {
        ob_log(OB_LOG_ERROR, "%s %s", ob_status_lookup(status)->message, ob_detail());
    }
    ob_service_close(service);
    ob_log_close();
    ob_free(standard_dir);
    return status;
}

ob_status ob_agent_run(const ob_agent_options *options)
{
    agent self = {.options = options};
    ob_daemon_program program = {run, stop, &self};
    ob_mutex_init(&self.lock);
    ob_cond_init(&self.changed);
    ob_status status = ob_daemon_main(OB_AGENT_NAME, options->as_service, &program);
    ob_cond_destroy(&self.changed);
    ob_mutex_destroy(&self.lock);
    return status;
}
