/* A service that is made of functions, each of which can be made to fail. */
#include "ob/test.h"
#include "snapshot_private.h"

#include <oleauto.h>
#include <stddef.h>
#include <string.h>
#include <vsserror.h>

typedef struct fake {
    ob_vss_backup backup;
    IVssAsync async;
    const char *log; /* the calls, a word each */
    unsigned calls, fail_at;
    HRESULT failure;
    unsigned pending;     /* looks at a step until it is done */
    unsigned in_progress; /* sets of others to wait for */
    unsigned added;       /* volumes */
    bool unsupported;     /* the second volume */
    VSS_WRITER_STATE state;
    bool stopped;
    int references, asyncs, properties;
    const char *warnings;
} fake;

static fake f;

static HRESULT call(const char *name)
{
    f.log = ob_test_format("%s %s", f.log, name);
    return ++f.calls == f.fail_at ? f.failure : S_OK;
}

/* ---- IVssAsync ---- */

static ULONG WINAPI async_release(IVssAsync *self)
{
    (void)self;
    return (ULONG)--f.asyncs;
}

static HRESULT WINAPI async_cancel(IVssAsync *self)
{
    (void)self;
    return call("Cancel");
}

static HRESULT WINAPI async_wait(IVssAsync *self, DWORD ms)
{
    (void)self;
    (void)ms;
    return call("Wait");
}

static HRESULT WINAPI async_query(IVssAsync *self, HRESULT *result, INT *reserved)
{
    (void)self;
    (void)reserved;
    HRESULT status = call("Query");
    if (f.pending > 0 && SUCCEEDED(status)) {
        f.pending--;
        *result = VSS_S_ASYNC_PENDING;
    } else {
        *result = VSS_S_ASYNC_FINISHED;
    }
    return status;
}

static IVssAsyncVtbl async_methods = {.Release = async_release,
                                      .Cancel = async_cancel,
                                      .Wait = async_wait,
                                      .QueryStatus = async_query};

static HRESULT begin_async(const char *name, IVssAsync **async)
{
    HRESULT status = call(name);
    if (SUCCEEDED(status)) {
        f.asyncs++;
        *async = &f.async;
    }
    return status;
}

/* ---- IVssBackupComponents ---- */

static ULONG WINAPI release(ob_vss_backup *self)
{
    ck_assert_ptr_eq(self, &f.backup);
    return (ULONG)--f.references;
}

static HRESULT WINAPI initialize(ob_vss_backup *self, BSTR xml)
{
    (void)self;
    ck_assert_ptr_null(xml);
    return call("Initialize");
}

static HRESULT WINAPI set_context(ob_vss_backup *self, LONG context)
{
    (void)self;
    ck_assert_int_eq(context, VSS_CTX_BACKUP);
    return call("Context");
}

static HRESULT WINAPI set_state(ob_vss_backup *self, bool components, bool bootable,
                                VSS_BACKUP_TYPE type, bool partial)
{
    (void)self;
    ck_assert(!components && !bootable && !partial);
    ck_assert_int_eq((int)type, VSS_BT_COPY);
    return call("State");
}

static HRESULT WINAPI gather_metadata(ob_vss_backup *self, IVssAsync **async)
{
    (void)self;
    return begin_async("Metadata", async);
}

static HRESULT WINAPI free_metadata(ob_vss_backup *self)
{
    (void)self;
    return S_OK;
}

static HRESULT WINAPI prepare(ob_vss_backup *self, IVssAsync **async)
{
    (void)self;
    return begin_async("Prepare", async);
}

static HRESULT WINAPI abort_backup(ob_vss_backup *self)
{
    (void)self;
    return call("Abort");
}

static HRESULT WINAPI gather_status(ob_vss_backup *self, IVssAsync **async)
{
    (void)self;
    return begin_async("Status", async);
}

static HRESULT WINAPI status_count(ob_vss_backup *self, UINT *count)
{
    (void)self;
    *count = 2;
    return call("Count");
}

static HRESULT WINAPI free_status(ob_vss_backup *self)
{
    (void)self;
    return S_OK;
}

static HRESULT WINAPI writer_status(ob_vss_backup *self, UINT index, VSS_ID *instance,
                                    VSS_ID *writer, BSTR *name, VSS_WRITER_STATE *state,
                                    HRESULT *failure)
{
    (void)self;
    HRESULT status = call("Writer");
    *instance = *writer = (VSS_ID){.Data1 = 1};
    if (SUCCEEDED(status)) {
        *name = SysAllocString(index == 0 ? L"System Writer" : L"Gr\u00f6\u00dfe");
        *state = index == 0 ? VSS_WS_STABLE : f.state;
        *failure = index == 0 ? S_OK : VSS_E_WRITERERROR_TIMEOUT;
    }
    return status;
}

static HRESULT WINAPI complete(ob_vss_backup *self, IVssAsync **async)
{
    (void)self;
    return begin_async("Complete", async);
}

static HRESULT WINAPI start_set(ob_vss_backup *self, VSS_ID *set)
{
    (void)self;
    *set = (VSS_ID){.Data1 = 77};
    if (f.in_progress > 0) {
        f.in_progress--;
        return VSS_E_SNAPSHOT_SET_IN_PROGRESS;
    }
    return call("Set");
}

static HRESULT WINAPI is_supported(ob_vss_backup *self, VSS_ID provider, VSS_PWSZ volume,
                                   BOOL *supported)
{
    (void)self;
    (void)volume;
    ck_assert_uint_eq(provider.Data1, 0);
    *supported = !f.unsupported || f.added == 0;
    return call("Supported");
}

static HRESULT WINAPI add_volume(ob_vss_backup *self, VSS_PWSZ volume, VSS_ID provider,
                                 VSS_ID *snapshot)
{
    (void)self;
    ck_assert_uint_eq(provider.Data1, 0);
    ck_assert(volume[wcslen(volume) - 1] == L'\\');
    *snapshot = (VSS_ID){.Data1 = ++f.added};
    return call("Add");
}

static HRESULT WINAPI do_set(ob_vss_backup *self, IVssAsync **async)
{
    (void)self;
    return begin_async("Do", async);
}

static HRESULT WINAPI delete_snapshots(ob_vss_backup *self, VSS_ID object, VSS_OBJECT_TYPE type,
                                       BOOL force, LONG *deleted, VSS_ID *left)
{
    (void)self;
    (void)left;
    ck_assert_uint_eq(object.Data1, 77);
    ck_assert_int_eq((int)type, VSS_OBJECT_SNAPSHOT_SET);
    ck_assert(force);
    *deleted = 1;
    return call("Delete");
}

static HRESULT WINAPI properties(ob_vss_backup *self, VSS_ID snapshot, VSS_SNAPSHOT_PROP *out)
{
    static wchar_t names[2][64] = {L"\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy1",
                                   L"\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy2"};
    (void)self;
    HRESULT status = call("Properties");
    if (SUCCEEDED(status)) {
        f.properties++;
        out->m_pwszSnapshotDeviceObject = names[snapshot.Data1 - 1];
    }
    return status;
}

static const ob_vss_methods methods = {.release = release,
                                       .initialize_for_backup = initialize,
                                       .set_backup_state = set_state,
                                       .gather_writer_metadata = gather_metadata,
                                       .free_writer_metadata = free_metadata,
                                       .prepare_for_backup = prepare,
                                       .abort_backup = abort_backup,
                                       .gather_writer_status = gather_status,
                                       .get_writer_status_count = status_count,
                                       .free_writer_status = free_status,
                                       .get_writer_status = writer_status,
                                       .backup_complete = complete,
                                       .set_context = set_context,
                                       .start_snapshot_set = start_set,
                                       .add_to_snapshot_set = add_volume,
                                       .do_snapshot_set = do_set,
                                       .delete_snapshots = delete_snapshots,
                                       .get_snapshot_properties = properties,
                                       .is_volume_supported = is_supported};

/* ---- the requester ---- */

static HRESULT WINAPI create(ob_vss_backup **out)
{
    HRESULT status = call("Create");
    if (SUCCEEDED(status)) {
        f.references++;
        *out = &f.backup;
    }
    return status;
}

static void WINAPI free_properties(VSS_SNAPSHOT_PROP *p)
{
    ck_assert_ptr_nonnull(p->m_pwszSnapshotDeviceObject);
    f.properties--;
}

static ob_status load(ob_vss_api *out)
{
    *out = (ob_vss_api){create, free_properties};
    return OB_OK;
}

static bool stopped(void *context)
{
    (void)context;
    return f.stopped;
}

static void warn(void *context, const char *what, const char *why)
{
    (void)context;
    f.warnings = ob_test_format("%s[%s: %s]", f.warnings, what, why);
}

static void setup(void)
{
    f = (fake){.backup = {&methods},
               .async = {&async_methods},
               .log = "",
               .failure = VSS_E_UNEXPECTED,
               .state = VSS_WS_STABLE,
               .warnings = ""};
}

static ob_vss_settings settings = {load, 60000, 1, 3, 1};

/* Volumes that this machine does not have, so that they keep their names. */
static ob_status begin(ob_snapshot **out)
{
    static const char *const volumes[] = {"Q:\\", "R:\\mount\\"};
    ob_snapshots vss = ob_vss_snapshots(&settings);
    ob_snapshot_control control = {NULL, stopped, warn};
    return vss.begin(&vss, volumes, 2, &control, out);
}

static const char *place(const ob_snapshot *snapshot, size_t volume)
{
    return ob_vss_snapshots(&settings).place(snapshot, volume);
}

static ob_status end(ob_snapshot *snapshot, bool succeeded)
{
    return ob_vss_snapshots(&settings).end(snapshot, succeeded);
}

static void check_nothing_left(void)
{
    ck_assert_int_eq(f.references, 0);
    ck_assert_int_eq(f.asyncs, 0);
    ck_assert_int_eq(f.properties, 0);
}

#define SEE " Status Wait Query Count Writer Writer"
#define BEGIN                                                                                      \
    " Create Initialize Context State Metadata Wait Query Set Supported Add Supported Add Prepare" \
    " Wait Query" SEE " Do Wait Query" SEE " Properties Properties"

START_TEST(windows_snapshot__taken_used_and_let_go)
{
    ob_snapshot *snapshot = NULL;
    ob_check_ok(begin(&snapshot));
    ck_assert_str_eq(f.log, BEGIN);
    ck_assert_str_eq(place(snapshot, 0), "\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy1\\");
    ck_assert_str_eq(place(snapshot, 1), "\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy2\\");
    f.log = "";
    ob_check_ok(end(snapshot, true));
    ck_assert_str_eq(f.log, " Complete Wait Query" SEE " Delete");
    ck_assert_str_eq(f.warnings, "");
    check_nothing_left();
}
END_TEST

START_TEST(windows_snapshot__a_failed_backup_is_told)
{
    ob_snapshot *snapshot = NULL;
    ob_check_ok(begin(&snapshot));
    f.log = "";
    ob_check_ok(end(snapshot, false));
    ck_assert_str_eq(f.log, " Abort Delete");
    check_nothing_left();
}
END_TEST

/* Each call fails at its turn: everything is let go, and the writers know if they were asked. */
START_TEST(windows_snapshot__each_call_fails)
{
    bool hit = true;
    unsigned count = 0;
    for (unsigned n = 1; hit; n++) {
        ob_snapshot *snapshot = NULL;
        setup();
        f.fail_at = n;
        ob_status status = begin(&snapshot);
        hit = status != OB_OK;
        ob_check_status(status, hit ? OB_E_SNAPSHOT_FAILED : OB_OK);
        if (hit) {
            ob_check_detail("VSS, ");
            ob_check_detail("0x80042302");
            ck_assert_ptr_null(snapshot);
            ck_assert((strstr(f.log, "Context") != NULL) == (strstr(f.log, "Abort") != NULL));
            ck_assert((strstr(f.log, " Do") != NULL) == (strstr(f.log, "Delete") != NULL));
            count++;
        }
        f.fail_at = 0;
        ob_check_ok(end(snapshot, false));
        check_nothing_left();
    }
    ck_assert_uint_eq(count, 32);
}
END_TEST

START_TEST(windows_snapshot__each_call_of_the_end_fails)
{
    for (unsigned n = 1; n <= 10; n++) {
        ob_snapshot *snapshot = NULL;
        setup();
        ob_check_ok(begin(&snapshot));
        f.calls = 0;
        f.fail_at = n;
        ob_check_status(end(snapshot, true), n < 10 ? OB_E_SNAPSHOT_FAILED : OB_OK);
        ck_assert_ptr_nonnull(strstr(f.log, "Delete"));
        check_nothing_left();
    }
}
END_TEST

START_TEST(windows_snapshot__failures_have_their_names)
{
    static const struct {
        HRESULT failure;
        ob_status status;
        const char *detail;
    } rows[] = {
        {E_ACCESSDENIED, OB_E_ACCESS_DENIED, "may not take snapshots"},
        {E_OUTOFMEMORY, OB_E_NO_MEMORY, "memory"},
        {VSS_E_INSUFFICIENT_STORAGE, OB_E_DISK_FULL, "no room"},
        {(HRESULT)0x80040154, OB_E_SNAPSHOT_FAILED, "0x80040154"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ob_snapshot *snapshot = NULL;
        setup();
        f.fail_at = 1;
        f.failure = rows[i].failure;
        ob_check_status(begin(&snapshot), rows[i].status);
        ob_check_detail(rows[i].detail);
        ob_check_detail("CreateVssBackupComponents");
    }
}
END_TEST

START_TEST(windows_snapshot__a_system_without_the_service)
{
    ob_snapshot *snapshot = NULL;
    f.fail_at = 1;
    f.failure = E_NOTIMPL;
    ob_check_status(begin(&snapshot), OB_E_NOT_SUPPORTED);
    check_nothing_left();
}
END_TEST

START_TEST(windows_snapshot__waits_for_its_steps)
{
    ob_snapshot *snapshot = NULL;
    f.pending = 5;
    ob_check_ok(begin(&snapshot));
    ck_assert_ptr_nonnull(strstr(f.log, " Wait Query Wait Query Wait Query"));
    ck_assert_ptr_null(strstr(f.log, "Cancel"));
    ob_check_ok(end(snapshot, true));
    check_nothing_left();
}
END_TEST

START_TEST(windows_snapshot__gives_up_in_time)
{
    ob_vss_settings patient = settings;
    ob_snapshot *snapshot = NULL;
    settings.limit_ms = 0;
    f.pending = 1000000;
    ob_check_status(begin(&snapshot), OB_E_TIMEOUT);
    ob_check_detail("GatherWriterMetadata");
    ck_assert_ptr_nonnull(strstr(f.log, "Wait Query Cancel Abort"));
    check_nothing_left();
    settings = patient;
}
END_TEST

START_TEST(windows_snapshot__is_stopped)
{
    ob_snapshot *snapshot = NULL;
    f.pending = 1000000;
    f.stopped = true;
    ob_check_status(begin(&snapshot), OB_E_CANCELLED);
    ck_assert_ptr_nonnull(strstr(f.log, "Wait Query Cancel Abort"));
    check_nothing_left();
    setup();
    f.stopped = true;
    f.in_progress = 2;
    ob_check_status(begin(&snapshot), OB_E_CANCELLED);
    check_nothing_left();
    setup();
    ob_check_ok(begin(&snapshot));
    f.stopped = true; /* too late for anything but telling the writers */
    f.pending = 3;
    ob_check_ok(end(snapshot, true));
    check_nothing_left();
}
END_TEST

START_TEST(windows_snapshot__waits_for_those_of_others)
{
    ob_snapshot *snapshot = NULL;
    f.in_progress = 2;
    ob_check_ok(begin(&snapshot));
    ob_check_ok(end(snapshot, false));
    f.in_progress = 3;
    snapshot = NULL;
    ob_check_status(begin(&snapshot), OB_E_SNAPSHOT_FAILED);
    ob_check_detail("another program takes a snapshot");
    check_nothing_left();
}
END_TEST

START_TEST(windows_snapshot__names_writers_that_fail)
{
    static const VSS_WRITER_STATE states[] = {
        VSS_WS_FAILED_AT_IDENTIFY, VSS_WS_FAILED_AT_PREPARE_BACKUP, VSS_WS_FAILED_AT_FREEZE,
        VSS_WS_FAILED_AT_POST_SNAPSHOT, VSS_WS_FAILED_AT_BACKUP_COMPLETE};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        ob_snapshot *snapshot = NULL;
        setup();
        f.state = states[i];
        ob_check_ok(begin(&snapshot));
        ob_check_ok(end(snapshot, true));
        ck_assert_str_eq(f.warnings, "[VSS writer Gr\xC3\xB6\xC3\x9F"
                                     "e: it took too long (0x800423F2)]");
    }
}
END_TEST

START_TEST(windows_snapshot__a_volume_that_cannot_be_taken)
{
    ob_snapshot *snapshot = NULL;
    f.unsupported = true;
    ob_check_ok(begin(&snapshot));
    ck_assert_ptr_nonnull(place(snapshot, 0));
    ck_assert_ptr_null(place(snapshot, 1));
    ck_assert_str_eq(f.warnings, "[R:\\mount\\: no snapshots of this kind of volume]");
    ob_check_ok(end(snapshot, true));
    f.added = 1; /* now the first one is not supported either */
    snapshot = NULL;
    ob_check_status(begin(&snapshot), OB_E_SNAPSHOT_FAILED);
    ob_check_detail("none of the volumes");
    check_nothing_left();
}
END_TEST

/* The second name is that of the same volume. */
START_TEST(windows_snapshot__one_volume_is_taken_once)
{
    wchar_t name[64];
    char text[64] = "";
    ob_snapshots vss = ob_vss_snapshots(&settings);
    ob_snapshot_control control = {NULL, NULL, NULL};
    ob_snapshot *snapshot = NULL;
    ck_assert(GetVolumeNameForVolumeMountPointW(L"C:\\", name, 64));
    WideCharToMultiByte(CP_UTF8, 0, name, -1, text, sizeof text, NULL, NULL);
    const char *volumes[] = {"C:\\", text};
    ob_check_ok(vss.begin(&vss, volumes, 2, &control, &snapshot));
    ck_assert_uint_eq(f.added, 1);
    ck_assert_str_eq(place(snapshot, 0), place(snapshot, 1));
    ob_check_ok(end(snapshot, true));
    check_nothing_left();
}
END_TEST

START_TEST(windows_snapshot__without_memory)
{
    bool hit = true;
    for (uint64_t n = 1; n == 1 || hit; n++) {
        ob_snapshot *snapshot = NULL;
        setup();
        f.state = VSS_WS_FAILED_AT_FREEZE;
        ob_test_alloc_begin(n, false);
        ob_status status = begin(&snapshot);
        ob_status ended = end(snapshot, false);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ob_check_ok(ended);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        check_nothing_left();
    }
}
END_TEST

/* By the documentation's order of methods: three of IUnknown, then these. */
START_TEST(windows_snapshot__places_of_the_methods)
{
    static const struct {
        size_t offset, place;
    } rows[] = {
        {offsetof(ob_vss_methods, release), 2},
        {offsetof(ob_vss_methods, initialize_for_backup), 5},
        {offsetof(ob_vss_methods, set_backup_state), 6},
        {offsetof(ob_vss_methods, gather_writer_metadata), 9},
        {offsetof(ob_vss_methods, free_writer_metadata), 12},
        {offsetof(ob_vss_methods, prepare_for_backup), 14},
        {offsetof(ob_vss_methods, abort_backup), 15},
        {offsetof(ob_vss_methods, gather_writer_status), 16},
        {offsetof(ob_vss_methods, get_writer_status_count), 17},
        {offsetof(ob_vss_methods, free_writer_status), 18},
        {offsetof(ob_vss_methods, get_writer_status), 19},
        {offsetof(ob_vss_methods, backup_complete), 27},
        {offsetof(ob_vss_methods, set_context), 35},
        {offsetof(ob_vss_methods, start_snapshot_set), 36},
        {offsetof(ob_vss_methods, add_to_snapshot_set), 37},
        {offsetof(ob_vss_methods, do_snapshot_set), 38},
        {offsetof(ob_vss_methods, delete_snapshots), 39},
        {offsetof(ob_vss_methods, get_snapshot_properties), 42},
        {offsetof(ob_vss_methods, is_volume_supported), 44},
        {sizeof(ob_vss_methods), 51},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_uint_eq(rows[i].offset, rows[i].place * sizeof(ob_vss_unused));
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, NULL);
    tcase_add_test(cases, windows_snapshot__taken_used_and_let_go);
    tcase_add_test(cases, windows_snapshot__a_failed_backup_is_told);
    tcase_add_test(cases, windows_snapshot__each_call_fails);
    tcase_add_test(cases, windows_snapshot__each_call_of_the_end_fails);
    tcase_add_test(cases, windows_snapshot__failures_have_their_names);
    tcase_add_test(cases, windows_snapshot__a_system_without_the_service);
    tcase_add_test(cases, windows_snapshot__waits_for_its_steps);
    tcase_add_test(cases, windows_snapshot__gives_up_in_time);
    tcase_add_test(cases, windows_snapshot__is_stopped);
    tcase_add_test(cases, windows_snapshot__waits_for_those_of_others);
    tcase_add_test(cases, windows_snapshot__names_writers_that_fail);
    tcase_add_test(cases, windows_snapshot__a_volume_that_cannot_be_taken);
    tcase_add_test(cases, windows_snapshot__one_volume_is_taken_once);
    tcase_add_test(cases, windows_snapshot__without_memory);
    tcase_add_test(cases, windows_snapshot__places_of_the_methods);
}

OB_TEST_MAIN("windows_snapshot", add_cases)
