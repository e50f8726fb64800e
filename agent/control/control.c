#include "ob/host.h"

#include "dispatch.h"
#include "host.h"
#include "manager.h"

static RPC_IF_HANDLE served;

ob_status ob_control_start(const ob_control_options *options)
{
    RPC_IF_HANDLE guarded = NULL;
    const char *endpoint =
        options->endpoint != NULL ? options->endpoint : ob_host_control_endpoint();
    ob_control_gate gate = options->gate != NULL ? options->gate : ob_control_host_gate;
    ob_status status = ob_control_dispatch_init(OnlineBackup_v1_0_s_ifspec, gate, &guarded);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_control_manager_init(options->service);
    status = ob_control_host_register(guarded, options->gate == NULL);
    if (OB_FAILED(status)) {
        return status;
    }
    served = guarded;
    if (options->add_endpoints != NULL) {
        status = options->add_endpoints(options->context);
    }
    if (status == OB_OK) {
        status = ob_control_host_listen(endpoint);
    }
    if (OB_FAILED(status)) {
        ob_control_stop();
        ob_control_finish();
    }
    return status;
}

void ob_control_stop(void)
{
    ob_control_host_stop();
}

void ob_control_finish(void)
{
    if (served != NULL) {
        ob_control_host_finish(served);
        served = NULL;
    }
}
