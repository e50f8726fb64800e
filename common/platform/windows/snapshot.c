#include "snapshot_private.h"

#include "ob/alloc.h"
#include "wide.h"

#include <oleauto.h>
#include <stdio.h>
#include <string.h>
#include <vsserror.h>
#include <wchar.h>

#define LIMIT_MS (20 * 60 * 1000)
#define PAUSE_MS 500
#define TRIES 30
#define RETRY_MS 2000

typedef struct volume {
    wchar_t *name; /* as the system calls it */
    VSS_ID snapshot;
    bool taken;
    char *place;
} volume;

struct ob_snapshot {
    const ob_vss_settings *settings;
    ob_snapshot_control control;
    const char *const *given; /* until begin() returns */
    volume *volumes;
    size_t count;
    ob_vss_api api;
    ob_vss_backup *backup;
    VSS_ID set;
    bool initialized; /* AbortBackup is allowed */
    bool made;        /* there is something to delete */
    bool ending;      /* nobody can stop it any more */
    bool com;         /* of this thread, by us */
};

/* ---- what the service says ---- */

static const struct {
    HRESULT result;
    ob_status status;
    const char *text;
} results[] = {
    {E_ACCESSDENIED, OB_E_ACCESS_DENIED, "the agent's account may not take snapshots"},
    {E_OUTOFMEMORY, OB_E_NO_MEMORY, "the service has no memory"},
    {VSS_E_BAD_STATE, OB_E_SNAPSHOT_FAILED, "called out of order"},
    {VSS_E_INSUFFICIENT_STORAGE, OB_E_DISK_FULL, "no room to keep what changes meanwhile"},
    {VSS_E_MAXIMUM_NUMBER_OF_SNAPSHOTS_REACHED, OB_E_SNAPSHOT_FAILED,
     "the volume has as many snapshots as it can have"},
    {VSS_E_MAXIMUM_NUMBER_OF_VOLUMES_REACHED, OB_E_SNAPSHOT_FAILED, "too many volumes at once"},
    {VSS_E_SNAPSHOT_SET_IN_PROGRESS, OB_E_SNAPSHOT_FAILED, "another program takes a snapshot"},
    {VSS_E_VOLUME_NOT_SUPPORTED, OB_E_SNAPSHOT_FAILED, "no snapshots of this kind of volume"},
    {VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER, OB_E_SNAPSHOT_FAILED,
     "no snapshots of this kind of volume"},
    {VSS_E_OBJECT_NOT_FOUND, OB_E_SNAPSHOT_FAILED, "no such volume"},
    {VSS_E_FLUSH_WRITES_TIMEOUT, OB_E_SNAPSHOT_FAILED, "the volumes were too busy"},
    {VSS_E_HOLD_WRITES_TIMEOUT, OB_E_SNAPSHOT_FAILED, "the volumes were too busy"},
    {VSS_E_WRITER_INFRASTRUCTURE, OB_E_SNAPSHOT_FAILED, "the writers cannot be reached"},
    {VSS_E_WRITERERROR_INCONSISTENTSNAPSHOT, OB_E_SNAPSHOT_FAILED,
     "the snapshot lacks volumes that it needs"},
    {VSS_E_WRITERERROR_OUTOFRESOURCES, OB_E_SNAPSHOT_FAILED, "it has not enough resources"},
    {VSS_E_WRITERERROR_TIMEOUT, OB_E_SNAPSHOT_FAILED, "it took too long"},
    {VSS_E_WRITERERROR_RETRYABLE, OB_E_SNAPSHOT_FAILED, "it failed, the next time may go well"},
    {VSS_E_WRITERERROR_NONRETRYABLE, OB_E_SNAPSHOT_FAILED, "it failed and will fail again"},
};

static const char *text_of(HRESULT result)
{
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        if (results[i].result == result) {
            return results[i].text;
        }
    }
    return "it failed";
}

static ob_status check(HRESULT result, const char *call)
{
    ob_status status = OB_E_SNAPSHOT_FAILED;
    if (SUCCEEDED(result)) {
        return OB_OK;
    }
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        if (results[i].result == result) {
            status = results[i].status;
        }
    }
    return ob_fail(status, "VSS, %s: %s (0x%08lX)", call, text_of(result), (unsigned long)result);
}

static bool is_stopped(const ob_snapshot *s)
{
    return !s->ending && s->control.stopped != NULL && s->control.stopped(s->control.context);
}

/* Waits for what `call` began, and lets it go. */
static ob_status await(const ob_snapshot *s, HRESULT begun, IVssAsync *async, const char *call)
{
    ULONGLONG end = GetTickCount64() + s->settings->limit_ms;
    HRESULT state = VSS_S_ASYNC_PENDING;
    ob_status status = check(SUCCEEDED(begun) && async == NULL ? E_UNEXPECTED : begun, call);
    while (status == OB_OK && state != VSS_S_ASYNC_FINISHED) {
        status = check(async->lpVtbl->Wait(async, s->settings->pause_ms), call);
        if (status == OB_OK) {
            status = check(async->lpVtbl->QueryStatus(async, &state, NULL), call);
        }
        if (status == OB_OK) {
            status = check(state, call);
        }
        if (status != OB_OK || state == VSS_S_ASYNC_FINISHED) {
            break;
        }
        if (state == VSS_S_ASYNC_CANCELLED || is_stopped(s)) {
            status = ob_fail(OB_E_CANCELLED, "VSS, %s", call);
        } else if (GetTickCount64() >= end) {
            status = ob_fail(OB_E_TIMEOUT, "VSS, %s: more than %lu s", call,
                             (unsigned long)(s->settings->limit_ms / 1000));
        }
        if (status != OB_OK) {
            async->lpVtbl->Cancel(async);
        }
    }
    if (async != NULL) {
        async->lpVtbl->Release(async);
    }
    return status;
}

/* ---- writers ---- */

static void warn(const ob_snapshot *s, const char *what, const char *why)
{
    if (s->control.warn != NULL) {
        s->control.warn(s->control.context, what, why);
    }
}

static ob_status warn_of_writer(const ob_snapshot *s, BSTR name, HRESULT failure)
{
    char *text = NULL;
    ob_status status = ob_windows_from_wide(name != NULL ? name : L"?",
                                            name != NULL ? SysStringLen(name) : 1, &text);
    char *what = status == OB_OK ? ob_asprintf("VSS writer %s", text) : NULL;
    char *why = ob_asprintf("%s (0x%08lX)", text_of(failure), (unsigned long)failure);
    if (what != NULL && why != NULL) {
        warn(s, what, why);
        status = OB_OK;
    } else {
        status = ob_fail(OB_E_NO_MEMORY, "the names of VSS writers");
    }
    ob_free(why);
    ob_free(what);
    ob_free(text);
    return status;
}

/* Tells of the writers that failed in states `first` to `last`: the others were told before. */
static ob_status see_writers(ob_snapshot *s, VSS_WRITER_STATE first, VSS_WRITER_STATE last)
{
    const ob_vss_methods *vss = s->backup->methods;
    IVssAsync *async = NULL;
    UINT count = 0;
    HRESULT begun = vss->gather_writer_status(s->backup, &async);
    ob_status status = await(s, begun, async, "GatherWriterStatus");
    if (status == OB_OK) {
        status = check(vss->get_writer_status_count(s->backup, &count), "GetWriterStatusCount");
    }
    for (UINT i = 0; i < count && status == OB_OK; i++) {
        VSS_ID instance, writer;
        BSTR name = NULL;
        VSS_WRITER_STATE state = VSS_WS_UNKNOWN;
        HRESULT failure = S_OK;
        status =
            check(vss->get_writer_status(s->backup, i, &instance, &writer, &name, &state, &failure),
                  "GetWriterStatus");
        if (status == OB_OK && state >= first && state <= last) {
            status = warn_of_writer(s, name, failure);
        }
        SysFreeString(name);
    }
    vss->free_writer_status(s->backup);
    return status;
}

/* ---- the steps to a snapshot, in their order ---- */

static ob_status enter_com(ob_snapshot *s)
{
    HRESULT result = CoInitializeEx(NULL, COINIT_MULTITHREADED);
    s->com = SUCCEEDED(result);
    if (FAILED(result) && result != RPC_E_CHANGED_MODE) {
        return check(result, "CoInitializeEx");
    }
    /* The writers call back. It is once for the process: whoever came first decided. */
    result = CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                  RPC_C_IMP_LEVEL_IDENTIFY, NULL, EOAC_DYNAMIC_CLOAKING, NULL);
    return result == RPC_E_TOO_LATE ? OB_OK : check(result, "CoInitializeSecurity");
}

static ob_status create(ob_snapshot *s)
{
    ob_status status = s->settings->load(&s->api);
    if (status == OB_OK) {
        HRESULT result = s->api.create(&s->backup);
        status = result == E_NOTIMPL
                     ? ob_fail(OB_E_NOT_SUPPORTED, "VSS: this system does not have the service")
                     : check(result, "CreateVssBackupComponents");
    }
    if (status == OB_OK && s->backup == NULL) {
        status = check(E_UNEXPECTED, "CreateVssBackupComponents");
    }
    return status;
}

/* Of volumes, not of the writers' components; as a copy, so that no writer cuts its logs short for
 * a backup that may hold a part of a volume only. */
static ob_status initialize(ob_snapshot *s)
{
    const ob_vss_methods *vss = s->backup->methods;
    ob_status status = check(vss->initialize_for_backup(s->backup, NULL), "InitializeForBackup");
    s->initialized = status == OB_OK;
    if (status == OB_OK) {
        status = check(vss->set_context(s->backup, VSS_CTX_BACKUP), "SetContext");
    }
    if (status == OB_OK) {
        status = check(vss->set_backup_state(s->backup, false, false, VSS_BT_COPY, false),
                       "SetBackupState");
    }
    return status;
}

static ob_status gather_metadata(ob_snapshot *s)
{
    IVssAsync *async = NULL;
    HRESULT begun = s->backup->methods->gather_writer_metadata(s->backup, &async);
    ob_status status = await(s, begun, async, "GatherWriterMetadata");
    if (status == OB_OK) {
        s->backup->methods->free_writer_metadata(s->backup);
    }
    return status;
}

static ob_status start_set(ob_snapshot *s)
{
    HRESULT result = VSS_E_SNAPSHOT_SET_IN_PROGRESS;
    for (unsigned i = 0; i < s->settings->tries && result == VSS_E_SNAPSHOT_SET_IN_PROGRESS; i++) {
        if (i > 0 && is_stopped(s)) {
            return ob_fail(OB_E_CANCELLED, "VSS, StartSnapshotSet");
        }
        Sleep(i > 0 ? s->settings->retry_ms : 0);
        result = s->backup->methods->start_snapshot_set(s->backup, &s->set);
    }
    return check(result, "StartSnapshotSet");
}

/* The volume's own name, so that one volume with two mounts is taken once. */
static ob_status name_volume(volume *v, const char *given)
{
    wchar_t name[64]; /* "\\?\Volume{GUID}\" has 49 */
    wchar_t *wide = NULL;
    ob_status status = ob_windows_to_wide(given, &wide);
    if (status == OB_OK && GetVolumeNameForVolumeMountPointW(wide, name, 64)) {
        size_t units = wcslen(name) + 1;
        v->name = ob_realloc_array(NULL, units, sizeof *v->name);
        if (v->name == NULL) {
            status = ob_fail(OB_E_NO_MEMORY, "%s", given);
        } else {
            wmemcpy(v->name, name, units);
        }
        ob_free(wide);
    } else {
        v->name = wide; /* the service says what is wrong with it */
    }
    return status;
}

static ob_status add_volume(ob_snapshot *s, size_t index)
{
    static const VSS_ID any;
    const ob_vss_methods *vss = s->backup->methods;
    volume *v = &s->volumes[index];
    BOOL supported = FALSE;
    ob_status status = name_volume(v, s->given[index]);
    if (status != OB_OK) {
        return status;
    }
    for (size_t i = 0; i < index; i++) {
        if (s->volumes[i].taken && wcscmp(s->volumes[i].name, v->name) == 0) {
            v->snapshot = s->volumes[i].snapshot;
            v->taken = true;
            return OB_OK;
        }
    }
    HRESULT result = vss->is_volume_supported(s->backup, any, v->name, &supported);
    if (SUCCEEDED(result) && supported) {
        status = check(vss->add_to_snapshot_set(s->backup, v->name, any, &v->snapshot),
                       "AddToSnapshotSet");
        v->taken = status == OB_OK;
    } else if (SUCCEEDED(result) || result == VSS_E_OBJECT_NOT_FOUND ||
               result == VSS_E_VOLUME_NOT_SUPPORTED) {
        warn(s, s->given[index], text_of(SUCCEEDED(result) ? VSS_E_VOLUME_NOT_SUPPORTED : result));
    } else {
        status = check(result, "IsVolumeSupported");
    }
    return status;
}

static ob_status add_volumes(ob_snapshot *s)
{
    ob_status status = OB_OK;
    bool any = false;
    for (size_t i = 0; i < s->count && status == OB_OK; i++) {
        status = add_volume(s, i);
        any = any || s->volumes[i].taken;
    }
    return status == OB_OK && !any ? ob_fail(OB_E_SNAPSHOT_FAILED, "VSS takes none of the volumes")
                                   : status;
}

static ob_status prepare(ob_snapshot *s)
{
    IVssAsync *async = NULL;
    HRESULT begun = s->backup->methods->prepare_for_backup(s->backup, &async);
    ob_status status = await(s, begun, async, "PrepareForBackup");
    return status == OB_OK
               ? see_writers(s, VSS_WS_FAILED_AT_IDENTIFY, VSS_WS_FAILED_AT_PREPARE_BACKUP)
               : status;
}

static ob_status take(ob_snapshot *s)
{
    IVssAsync *async = NULL;
    HRESULT begun = s->backup->methods->do_snapshot_set(s->backup, &async);
    s->made = true; /* also if waiting fails: it may come to be after all */
    ob_status status = await(s, begun, async, "DoSnapshotSet");
    return status == OB_OK
               ? see_writers(s, VSS_WS_FAILED_AT_PREPARE_SNAPSHOT, VSS_WS_FAILED_AT_POST_SNAPSHOT)
               : status;
}

static ob_status find_place(const ob_snapshot *s, volume *v)
{
    VSS_SNAPSHOT_PROP properties = {.m_lSnapshotsCount = 0};
    char *device = NULL;
    ob_status status =
        check(s->backup->methods->get_snapshot_properties(s->backup, v->snapshot, &properties),
              "GetSnapshotProperties");
    if (status != OB_OK) {
        return status;
    }
    const wchar_t *name = properties.m_pwszSnapshotDeviceObject;
    status = name != NULL ? ob_windows_from_wide(name, wcslen(name), &device)
                          : check(E_UNEXPECTED, "GetSnapshotProperties");
    if (status == OB_OK) {
        v->place = ob_asprintf("%s\\", device);
        status = v->place != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "%s", device);
    }
    s->api.free_properties(&properties);
    ob_free(device);
    return status;
}

static ob_status find_places(ob_snapshot *s)
{
    ob_status status = OB_OK;
    for (size_t i = 0; i < s->count && status == OB_OK; i++) {
        status = s->volumes[i].taken ? find_place(s, &s->volumes[i]) : OB_OK;
    }
    return status;
}

/* ---- the whole ---- */

/* Lets everything go, also half of it. */
static void drop(ob_snapshot *s)
{
    if (s->backup != NULL) {
        if (s->made) {
            LONG deleted = 0;
            VSS_ID left;
            s->backup->methods->delete_snapshots(s->backup, s->set, VSS_OBJECT_SNAPSHOT_SET, TRUE,
                                                 &deleted, &left);
        }
        s->backup->methods->release(s->backup);
    }
    if (s->com) {
        CoUninitialize();
    }
    for (size_t i = 0; i < s->count; i++) {
        ob_free(s->volumes[i].name);
        ob_free(s->volumes[i].place);
    }
    ob_free(s->volumes);
    ob_free(s);
}

static ob_status begin(const ob_snapshots *snapshots, const char *const *volumes, size_t count,
                       const ob_snapshot_control *control, ob_snapshot **out)
{
    static ob_status (*const steps[])(ob_snapshot *) = {enter_com,       create,    initialize,
                                                        gather_metadata, start_set, add_volumes,
                                                        prepare,         take,      find_places};
    ob_status status = OB_OK;
    ob_snapshot *s = ob_calloc(1, sizeof *s);
    volume *list = ob_calloc(count, sizeof *list);
    if (s == NULL || list == NULL) {
        ob_free(list);
        ob_free(s);
        return ob_fail(OB_E_NO_MEMORY, "a snapshot of %zu volumes", count);
    }
    s->settings = snapshots->context;
    s->control = *control;
    s->given = volumes;
    s->volumes = list;
    s->count = count;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && status == OB_OK; i++) {
        status = steps[i](s);
    }
    s->given = NULL;
    if (status != OB_OK) {
        if (s->initialized) {
            s->backup->methods->abort_backup(s->backup);
        }
        drop(s);
        return status;
    }
    *out = s;
    return OB_OK;
}

static const char *place(const ob_snapshot *snapshot, size_t index)
{
    return snapshot->volumes[index].place;
}

static ob_status end(ob_snapshot *s, bool succeeded)
{
    ob_status status = OB_OK;
    if (s == NULL) {
        return OB_OK;
    }
    s->ending = true;
    if (succeeded) {
        IVssAsync *async = NULL;
        HRESULT begun = s->backup->methods->backup_complete(s->backup, &async);
        status = await(s, begun, async, "BackupComplete");
        if (status == OB_OK) {
            status = see_writers(s, VSS_WS_FAILED_AT_BACKUP_COMPLETE, VSS_WS_COUNT);
        }
    } else {
        status = check(s->backup->methods->abort_backup(s->backup), "AbortBackup");
    }
    drop(s);
    return status;
}

ob_snapshots ob_vss_snapshots(const ob_vss_settings *settings)
{
    return (ob_snapshots){settings, begin, place, end};
}

/* Never unloaded: the service keeps threads in it. */
static ob_status load(ob_vss_api *out)
{
    HMODULE module = LoadLibraryExW(L"vssapi.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    if (module == NULL) {
        return ob_fail(OB_E_SNAPSHOT_FAILED, "VSS: this system has no vssapi.dll (%lu)",
                       (unsigned long)GetLastError());
    }
    void (*create_found)(void) =
        (void (*)(void))GetProcAddress(module, "CreateVssBackupComponentsInternal");
    void (*free_found)(void) =
        (void (*)(void))GetProcAddress(module, "VssFreeSnapshotPropertiesInternal");
    if (create_found == NULL || free_found == NULL) {
        return ob_fail(OB_E_SNAPSHOT_FAILED, "VSS: vssapi.dll lacks what a backup needs");
    }
    out->create = (HRESULT(WINAPI *)(ob_vss_backup **))create_found;
    out->free_properties = (void(WINAPI *)(VSS_SNAPSHOT_PROP *))free_found;
    return OB_OK;
}

const ob_snapshots *ob_snapshots_os(void)
{
    static const ob_vss_settings settings = {load, LIMIT_MS, PAUSE_MS, TRIES, RETRY_MS};
    static const ob_snapshots os = {&settings, begin, place, end};
    return &os;
}
