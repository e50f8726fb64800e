#include "ob/daemon.h"
#include "ob/test.h"

START_TEST(posix_daemon_setup__names_the_unit_of_systemd)
{
    static const char *const arguments[] = {"run", NULL};
    const ob_daemon_setup setup = {"obtest", "Test", "A test.", arguments};
    ob_check_status(ob_daemon_install(&setup), OB_E_NOT_SUPPORTED);
    ob_check_detail("obagent.service");
    ob_check_status(ob_daemon_uninstall("obtest"), OB_E_NOT_SUPPORTED);
    ob_check_detail("obagent.service");
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, posix_daemon_setup__names_the_unit_of_systemd);
}

OB_TEST_MAIN("posix_daemon_setup", add_cases)
