#include "ob/daemon.h"

#include "ob/alloc.h"
#include "wide.h"

#include <stdio.h>

#define STOP_HINT_MS 30000
/* The system ends a process some 5 s after its console was closed. */
#define CLOSE_WAIT_MS 4500

/* One service a process, which the control manager calls back without a context. */
static struct {
    const ob_daemon_program *program;
    wchar_t *name;
    SERVICE_STATUS_HANDLE service; /* NULL in the foreground */
    HANDLE ended;
    ob_status status;
    char detail[1024]; /* details are a thread's own, and run() was on another one */
} state;

static void tell(DWORD what, ob_status status)
{
    SERVICE_STATUS report = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS, .dwCurrentState = what};
    if (state.service == NULL) {
        return;
    }
    if (what == SERVICE_RUNNING) {
        /* Told before the others are, with the time that ob_daemon_install() has asked for. */
        report.dwControlsAccepted = SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN;
    }
    if (what == SERVICE_START_PENDING || what == SERVICE_STOP_PENDING) {
        report.dwWaitHint = STOP_HINT_MS;
    }
    if (OB_FAILED(status)) {
        report.dwWin32ExitCode = ERROR_SERVICE_SPECIFIC_ERROR;
        report.dwServiceSpecificExitCode = (DWORD)status;
    }
    SetServiceStatus(state.service, &report);
}

static DWORD WINAPI on_service_control(DWORD control, DWORD type, void *data, void *context)
{
    (void)type;
    (void)data;
    (void)context;
    switch (control) {
    case SERVICE_CONTROL_STOP:
    case SERVICE_CONTROL_PRESHUTDOWN:
        tell(SERVICE_STOP_PENDING, OB_OK);
        state.program->stop(state.program->context);
        return NO_ERROR;
    case SERVICE_CONTROL_INTERROGATE:
        return NO_ERROR;
    default:
        return ERROR_CALL_NOT_IMPLEMENTED;
    }
}

static void run(void)
{
    state.status = state.program->run(state.program->context);
    snprintf(state.detail, sizeof state.detail, "%s", ob_detail());
}

static void WINAPI service_main(DWORD argc, wchar_t **argv)
{
    (void)argc;
    (void)argv;
    state.service = RegisterServiceCtrlHandlerExW(state.name, on_service_control, NULL);
    if (state.service == NULL) {
        state.status = OB_E_UNEXPECTED;
        return;
    }
    tell(SERVICE_START_PENDING, OB_OK);
    run();
    tell(SERVICE_STOPPED, state.status);
}

static ob_status run_as_service(void)
{
    const SERVICE_TABLE_ENTRYW table[] = {{state.name, service_main}, {NULL, NULL}};
    state.status = OB_OK;
    if (!StartServiceCtrlDispatcherW(table)) {
        DWORD error = GetLastError();
        return error == ERROR_FAILED_SERVICE_CONTROLLER_CONNECT
                   ? ob_fail(OB_E_NOT_SUPPORTED,
                             "only the service control manager can start a service")
                   : ob_windows_fail(error, "the service control manager");
    }
    return OB_OK;
}

static BOOL WINAPI on_console_event(DWORD event)
{
    state.program->stop(state.program->context);
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) {
        WaitForSingleObject(state.ended, CLOSE_WAIT_MS);
    }
    return TRUE;
}

static ob_status run_in_foreground(void)
{
    state.ended = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (state.ended == NULL) {
        return ob_windows_fail(GetLastError(), "an event");
    }
    SetConsoleCtrlHandler(on_console_event, TRUE);
    run();
    SetConsoleCtrlHandler(on_console_event, FALSE);
    SetEvent(state.ended);
    /* Not closed: a handler that was called before it was taken away may still wait for it. */
    return OB_OK;
}

ob_status ob_daemon_main(const char *service_name, bool as_service,
                         const ob_daemon_program *program)
{
    state.program = program;
    ob_status status = ob_windows_to_wide(service_name, &state.name);
    if (OB_FAILED(status)) {
        return status;
    }
    status = as_service ? run_as_service() : run_in_foreground();
    if (status == OB_OK && OB_FAILED(state.status)) {
        status = ob_fail(state.status, "%s", state.detail);
    }
    ob_free(state.name);
    state.name = NULL;
    return status;
}

void ob_daemon_ready(void)
{
    tell(SERVICE_RUNNING, OB_OK);
}

void ob_daemon_status_text(const char *text)
{
    (void)text;
}

void ob_daemon_stopping(void)
{
    tell(SERVICE_STOP_PENDING, OB_OK);
}
