#include "ob/daemon.h"
#include "ob/host.h"
#include "ob/test.h"
#include "wide.h"

#include <shellapi.h>

static SC_HANDLE manager;
static const char *name;
static wchar_t *wide_name;

/* False: not an administrator. */
static bool prepare(void)
{
    manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_ALL_ACCESS);
    if (manager == NULL && GetLastError() == ERROR_ACCESS_DENIED) {
        return false;
    }
    ck_assert_ptr_nonnull(manager);
    name = ob_test_format("obtest-setup-%u", (unsigned)ob_host_process_id());
    ob_check_ok(ob_windows_to_wide(name, &wide_name));
    return true;
}

static SC_HANDLE open_service(void)
{
    return OpenServiceW(manager, wide_name, SERVICE_ALL_ACCESS);
}

static const QUERY_SERVICE_CONFIGW *configuration(SC_HANDLE service)
{
    static union {
        QUERY_SERVICE_CONFIGW config;
        BYTE bytes[8192];
    } room;
    DWORD needed = 0;
    ck_assert(QueryServiceConfigW(service, &room.config, sizeof room, &needed));
    return &room.config;
}

/* The program is this test; the arguments arrive as they were given. */
static void check_command(const wchar_t *command, const char *const *arguments)
{
    int count = 0;
    wchar_t path[MAX_PATH];
    GetModuleFileNameW(NULL, path, MAX_PATH);
    ck_assert(command[0] == L'"');
    wchar_t **words = CommandLineToArgvW(command, &count);
    ck_assert_ptr_nonnull(words);
    ck_assert(wcscmp(words[0], path) == 0);
    for (int i = 1; i < count; i++) {
        char *word = NULL;
        ob_check_ok(ob_windows_from_wide(words[i], wcslen(words[i]), &word));
        ck_assert_ptr_nonnull(arguments[i - 1]);
        ck_assert_str_eq(word, arguments[i - 1]);
    }
    ck_assert_ptr_null(arguments[count - 1]);
    LocalFree(words);
}

static void check_service(SC_HANDLE service, const wchar_t *title, const char *const *arguments)
{
    const QUERY_SERVICE_CONFIGW *config = configuration(service);
    ck_assert_uint_eq(config->dwStartType, SERVICE_AUTO_START);
    ck_assert_uint_eq(config->dwServiceType, SERVICE_WIN32_OWN_PROCESS);
    ck_assert(wcscmp(config->lpDisplayName, title) == 0);
    check_command(config->lpBinaryPathName, arguments);
}

START_TEST(windows_daemon_setup__installs_changes_and_takes_away)
{
    static const char *const first[] = {
        "service", "--state", "C:\\with space\\", "a\"b\\\"c", "", "gr\xc3\xbc\xc3\x9f", NULL};
    static const char *const second[] = {"service", NULL};
    ob_daemon_setup setup = {NULL, "Test of setup", "What it is for.", first};
    if (!prepare()) {
        return;
    }
    setup.name = name;
    ob_check_ok(ob_daemon_install(&setup));
    SC_HANDLE service = open_service();
    ck_assert_ptr_nonnull(service);
    check_service(service, L"Test of setup", first);
    union {
        SERVICE_DESCRIPTIONW description;
        SERVICE_PRESHUTDOWN_INFO preshutdown;
        BYTE bytes[1024];
    } room;
    DWORD needed = 0;
    ck_assert(QueryServiceConfig2W(service, SERVICE_CONFIG_DESCRIPTION, room.bytes, sizeof room,
                                   &needed));
    ck_assert(wcscmp(room.description.lpDescription, L"What it is for.") == 0);
    ck_assert(QueryServiceConfig2W(service, SERVICE_CONFIG_PRESHUTDOWN_INFO, room.bytes,
                                   sizeof room, &needed));
    ck_assert_uint_eq(room.preshutdown.dwPreshutdownTimeout, 180000);

    setup.title = "Renamed";
    setup.arguments = second;
    ob_check_ok(ob_daemon_install(&setup));
    check_service(service, L"Renamed", second);
    CloseServiceHandle(service);

    ob_check_ok(ob_daemon_uninstall(name));
    ck_assert_ptr_null(open_service());
    ob_check_status(ob_daemon_uninstall(name), OB_E_NOT_FOUND);
    ob_check_detail(name);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, windows_daemon_setup__installs_changes_and_takes_away);
}

OB_TEST_MAIN("windows_daemon_setup", add_cases)
