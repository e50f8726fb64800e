/* Also the service that it tests: with the argument "service" it runs under the control manager. */
#include "ob/daemon.h"
#include "ob/test.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#define PATIENCE_MS 30000

static HANDLE asked_to_stop;

static ob_status run(void *context)
{
    (void)context;
    ob_daemon_ready();
    DWORD result = WaitForSingleObject(asked_to_stop, PATIENCE_MS);
    ob_daemon_stopping();
    return result == WAIT_OBJECT_0 ? ob_fail(OB_E_STATE_IN_USE, "seen by the control manager")
                                   : OB_E_TIMEOUT;
}

static void stop(void *context)
{
    (void)context;
    SetEvent(asked_to_stop);
}

static const ob_daemon_program program = {run, stop, NULL};

static SERVICE_STATUS wait_for(SC_HANDLE service, DWORD state)
{
    SERVICE_STATUS status = {0};
    for (int i = 0; i < PATIENCE_MS / 50; i++) {
        ck_assert(QueryServiceStatus(service, &status));
        if (status.dwCurrentState == state) {
            return status;
        }
        Sleep(50);
    }
    ck_abort_msg("the service is in state %d, not %d", (int)status.dwCurrentState, (int)state);
    return status;
}

START_TEST(windows_daemon__a_service_starts_and_stops)
{
    wchar_t path[MAX_PATH + 32];
    wchar_t name[32];
    SERVICE_STATUS status;
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_ALL_ACCESS);
    if (manager == NULL && GetLastError() == ERROR_ACCESS_DENIED) {
        return; /* not an administrator */
    }
    ck_assert_ptr_nonnull(manager);
    path[0] = L'"';
    DWORD length = GetModuleFileNameW(NULL, path + 1, MAX_PATH);
    ck_assert_uint_gt(length, 0);
    wcscpy(path + 1 + length, L"\" service");
    swprintf(name, 32, L"obtest%lu", (unsigned long)GetCurrentProcessId());
    SC_HANDLE service = CreateServiceW(manager, name, NULL, SERVICE_ALL_ACCESS,
                                       SERVICE_WIN32_OWN_PROCESS, SERVICE_DEMAND_START,
                                       SERVICE_ERROR_IGNORE, path, NULL, NULL, NULL, NULL, NULL);
    ck_assert_ptr_nonnull(service);
    BOOL started = StartServiceW(service, 0, NULL);
    DeleteService(service); /* now, so that a failure below leaves none; it goes when it stops */
    ck_assert_msg(started, "error %lu", (unsigned long)GetLastError());
    status = wait_for(service, SERVICE_RUNNING);
    ck_assert_uint_eq(status.dwControlsAccepted, SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN);
    ck_assert(ControlService(service, SERVICE_CONTROL_INTERROGATE, &status));
    ck_assert_uint_eq(status.dwCurrentState, SERVICE_RUNNING);
    ck_assert(ControlService(service, SERVICE_CONTROL_STOP, &status));
    status = wait_for(service, SERVICE_STOPPED);
    ck_assert_uint_eq(status.dwWin32ExitCode, ERROR_SERVICE_SPECIFIC_ERROR);
    ck_assert_int_eq((ob_status)status.dwServiceSpecificExitCode, OB_E_STATE_IN_USE);
    CloseServiceHandle(service);
    CloseServiceHandle(manager);
}
END_TEST

START_TEST(windows_daemon__only_the_manager_starts_services)
{
    ob_check_status(ob_daemon_main("obtest", true, &program), OB_E_NOT_SUPPORTED);
}
END_TEST

int main(int argc, char **argv)
{
    asked_to_stop = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (argc > 1 && strcmp(argv[1], "service") == 0) {
        return ob_daemon_main("obtest", true, &program) == OB_E_STATE_IN_USE ? 0 : 1;
    }
    Suite *suite = suite_create("windows_daemon");
    TCase *cases = tcase_create("windows_daemon");
    tcase_add_test(cases, windows_daemon__a_service_starts_and_stops);
    tcase_add_test(cases, windows_daemon__only_the_manager_starts_services);
    suite_add_tcase(suite, cases);
    return ob_test_run(suite);
}
