#include "ob/daemon.h"

static ob_status not_here(void)
{
    return ob_fail(OB_E_NOT_SUPPORTED,
                   "here systemd starts services: its unit is obagent.service, see deploy/systemd");
}

ob_status ob_daemon_install(const ob_daemon_setup *setup)
{
    (void)setup;
    return not_here();
}

ob_status ob_daemon_uninstall(const char *name)
{
    (void)name;
    return not_here();
}
