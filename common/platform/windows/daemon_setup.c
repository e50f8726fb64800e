#include "ob/daemon.h"

#include "ob/alloc.h"
#include "ob/buf.h"
#include "wide.h"

#define MINUTE_MS (60 * 1000)
/* What a running backup needs to end well; the system's default is 10 s on current versions. */
#define PRESHUTDOWN_MS (3 * MINUTE_MS)
#define STOP_WAIT_MS MINUTE_MS
#define STOP_POLL_MS 100
#define FAILURES_FORGOTTEN_S (24 * 60 * 60)
#define PATH_MAX_UNITS 32768

/* All that the control manager is told, in its own text. */
typedef struct setup_text {
    wchar_t *name;
    wchar_t *title;
    wchar_t *description;
    wchar_t *command;
} setup_text;

static void free_text(setup_text *text)
{
    ob_free(text->name);
    ob_free(text->title);
    ob_free(text->description);
    ob_free(text->command);
}

/* As CommandLineToArgvW() takes it apart again: backslashes count double before a quotation mark.
 */
static void put_quoted(ob_buf *out, const char *argument)
{
    size_t backslashes = 0;
    ob_buf_put_u8(out, '"');
    for (const char *c = argument;; c++) {
        if (*c == '\\') {
            backslashes++;
            continue;
        }
        size_t written = *c == '"' || *c == '\0' ? 2 * backslashes : backslashes;
        for (size_t i = 0; i < written; i++) {
            ob_buf_put_u8(out, '\\');
        }
        backslashes = 0;
        if (*c == '\0') {
            break;
        }
        ob_buf_put_text(out, *c == '"' ? "\\" : "");
        ob_buf_put(out, c, 1);
    }
    ob_buf_put_u8(out, '"');
}

static ob_status program_path(char **out)
{
    wchar_t *path = ob_realloc_array(NULL, PATH_MAX_UNITS, sizeof *path);
    if (path == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the program's path");
    }
    DWORD length = GetModuleFileNameW(NULL, path, PATH_MAX_UNITS);
    ob_status status = length == 0 || length == PATH_MAX_UNITS
                           ? ob_windows_fail(GetLastError(), "the program's path")
                           : ob_windows_from_wide(path, length, out);
    ob_free(path);
    return status;
}

static ob_status command_line(const ob_daemon_setup *setup, wchar_t **out)
{
    ob_buf line = {0};
    char *path = NULL;
    char *text = NULL;
    ob_status status = program_path(&path);
    if (OB_FAILED(status)) {
        return status;
    }
    put_quoted(&line, path);
    for (const char *const *argument = setup->arguments; *argument != NULL; argument++) {
        ob_buf_put_u8(&line, ' ');
        put_quoted(&line, *argument);
    }
    text = ob_buf_take_text(&line);
    status = text != NULL ? ob_windows_to_wide(text, out)
                          : ob_fail(OB_E_NO_MEMORY, "the service's command line");
    ob_buf_free(&line);
    ob_free(text);
    ob_free(path);
    return status;
}

static ob_status to_text(const ob_daemon_setup *setup, setup_text *out)
{
    ob_status status = command_line(setup, &out->command);
    if (status == OB_OK) {
        status = ob_windows_to_wide(setup->name, &out->name);
    }
    if (status == OB_OK) {
        status = ob_windows_to_wide(setup->title, &out->title);
    }
    if (status == OB_OK) {
        status = ob_windows_to_wide(setup->description, &out->description);
    }
    return status;
}

static ob_status fail(const char *name)
{
    DWORD error = GetLastError();
    if (error == ERROR_SERVICE_DOES_NOT_EXIST) {
        return ob_fail(OB_E_NOT_FOUND, "there is no service %s", name);
    }
    return ob_windows_fail(error, name);
}

/* What only newer systems know is left out on the others. */
static bool configure(SC_HANDLE service, DWORD level, void *what)
{
    return ChangeServiceConfig2W(service, level, what) || GetLastError() == ERROR_INVALID_LEVEL ||
           GetLastError() == ERROR_CALL_NOT_IMPLEMENTED;
}

static bool configure_all(SC_HANDLE service, const setup_text *text)
{
    SC_ACTION actions[] = {{SC_ACTION_RESTART, MINUTE_MS},
                           {SC_ACTION_RESTART, MINUTE_MS},
                           {SC_ACTION_RESTART, 5 * MINUTE_MS}};
    SERVICE_FAILURE_ACTIONSW failure = {.dwResetPeriod = FAILURES_FORGOTTEN_S,
                                        .cActions = sizeof actions / sizeof actions[0],
                                        .lpsaActions = actions};
    /* An end with an error counts as a failure, not only a crash. */
    SERVICE_FAILURE_ACTIONS_FLAG also_errors = {TRUE};
    SERVICE_DELAYED_AUTO_START_INFO delayed = {TRUE};
    SERVICE_PRESHUTDOWN_INFO preshutdown = {PRESHUTDOWN_MS};
    SERVICE_DESCRIPTIONW description = {text->description};
    return configure(service, SERVICE_CONFIG_DESCRIPTION, &description) &&
           configure(service, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &delayed) &&
           configure(service, SERVICE_CONFIG_PRESHUTDOWN_INFO, &preshutdown) &&
           configure(service, SERVICE_CONFIG_FAILURE_ACTIONS, &failure) &&
           configure(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &also_errors);
}

/* As LocalSystem: it reads every file of the machine. */
static SC_HANDLE create(SC_HANDLE manager, const setup_text *text)
{
    return CreateServiceW(manager, text->name, text->title, SERVICE_ALL_ACCESS,
                          SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START, SERVICE_ERROR_NORMAL,
                          text->command, NULL, NULL, NULL, NULL, NULL);
}

static bool change(SC_HANDLE service, const setup_text *text)
{
    return ChangeServiceConfigW(service, SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START,
                                SERVICE_ERROR_NORMAL, text->command, NULL, NULL, NULL, NULL, NULL,
                                text->title);
}

ob_status ob_daemon_install(const ob_daemon_setup *setup)
{
    setup_text text = {0};
    SC_HANDLE manager = NULL;
    SC_HANDLE service = NULL;
    bool created = false;
    ob_status status = to_text(setup, &text);
    if (OB_FAILED(status)) {
        goto out;
    }
    manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE);
    service = manager != NULL ? create(manager, &text) : NULL;
    created = service != NULL;
    if (!created && manager != NULL && GetLastError() == ERROR_SERVICE_EXISTS) {
        service = OpenServiceW(manager, text.name, SERVICE_ALL_ACCESS);
    }
    if (service == NULL || (!created && !change(service, &text)) ||
        !configure_all(service, &text)) {
        status = fail(setup->name);
        if (created) {
            DeleteService(service);
        }
    }
out:
    if (service != NULL) {
        CloseServiceHandle(service);
    }
    if (manager != NULL) {
        CloseServiceHandle(manager);
    }
    free_text(&text);
    return status;
}

static ob_status stop(SC_HANDLE service, const char *name)
{
    SERVICE_STATUS state = {.dwCurrentState = SERVICE_STOPPED};
    if (!ControlService(service, SERVICE_CONTROL_STOP, &state) &&
        GetLastError() != ERROR_SERVICE_NOT_ACTIVE &&
        GetLastError() != ERROR_SERVICE_CANNOT_ACCEPT_CTRL) {
        return fail(name);
    }
    for (int waited = 0; QueryServiceStatus(service, &state); waited += STOP_POLL_MS) {
        if (state.dwCurrentState == SERVICE_STOPPED) {
            return OB_OK;
        }
        if (waited >= STOP_WAIT_MS) {
            return ob_fail(OB_E_TIMEOUT, "the service %s does not stop", name);
        }
        Sleep(STOP_POLL_MS);
    }
    return fail(name);
}

ob_status ob_daemon_uninstall(const char *name)
{
    wchar_t *wide = NULL;
    SC_HANDLE manager = NULL;
    SC_HANDLE service = NULL;
    ob_status status = ob_windows_to_wide(name, &wide);
    if (OB_FAILED(status)) {
        return status;
    }
    manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    service = manager != NULL
                  ? OpenServiceW(manager, wide, SERVICE_STOP | SERVICE_QUERY_STATUS | DELETE)
                  : NULL;
    if (service == NULL) {
        status = fail(name);
    } else {
        status = stop(service, name);
        if (!DeleteService(service)) {
            status = fail(name);
        }
        CloseServiceHandle(service);
    }
    if (manager != NULL) {
        CloseServiceHandle(manager);
    }
    ob_free(wide);
    return status;
}
