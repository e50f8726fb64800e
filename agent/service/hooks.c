#include "hooks.h"

#include "command.h"
#include "ob/alloc.h"

#define VARIABLES_MOST 4u

/* What a hook is told. Zero-initialise. */
typedef struct told {
    char *variables[VARIABLES_MOST + 1];
    size_t count;
    bool failed;
} told;

static void tell(told *to, const char *name, const char *value)
{
    char *text = ob_asprintf("%s=%s", name, value);
    to->failed = to->failed || text == NULL;
    to->variables[to->count] = text;
    to->count += text != NULL;
}

static void tell_job(told *to, const ob_policy *policy, const ob_run *run)
{
    char id[OB_GUID_TEXT];
    ob_guid job = ob_run_id(run);
    ob_guid_format(id, &job);
    tell(to, "OB_POLICY", policy->name);
    tell(to, "OB_JOB", id);
}

static bool is_cancelled(void *context)
{
    return ob_run_cancelled(context);
}

/* Runs it and frees what it is told. */
static ob_status run_hook(const ob_command *hook, told *to, ob_command_host *host)
{
    host->clock = ob_clock_os();
    host->environment = (const char *const *)to->variables;
    ob_status status =
        to->failed ? ob_fail(OB_E_NO_MEMORY, "%s", hook->argv[0]) : ob_command_run(hook, host);
    for (size_t i = 0; i < to->count; i++) {
        ob_free(to->variables[i]);
    }
    return status;
}

ob_status ob_hook_before(const ob_policy *policy, ob_run *run)
{
    told to = {.count = 0};
    ob_command_host host = {.stopped = is_cancelled, .context = run};
    if (policy->options.before.argv[0] == NULL) {
        return OB_OK;
    }
    tell_job(&to, policy, run);
    return run_hook(&policy->options.before, &to, &host);
}

void ob_hook_after(const ob_policy *policy, ob_run *run, ob_status status, const ob_guid *point)
{
    told to = {.count = 0};
    char id[OB_GUID_TEXT] = "";
    ob_command_host host = {.stopped = NULL};
    const ob_command *hook = &policy->options.after;
    const ob_control *control = ob_run_control(run);
    if (hook->argv[0] == NULL) {
        return;
    }
    if (!ob_guid_is_zero(point)) {
        ob_guid_format(id, point);
    }
    tell_job(&to, policy, run);
    tell(&to, "OB_STATUS", status == OB_OK ? "OB_OK" : ob_status_lookup(status)->symbol);
    tell(&to, "OB_POINT", id);
    status = run_hook(hook, &to, &host);
    if (OB_FAILED(status)) {
        ob_event event = {OB_EVENT_FAILED, hook->argv[0], status, "", ob_detail()};
        control->event(control->context, &event);
    }
}
