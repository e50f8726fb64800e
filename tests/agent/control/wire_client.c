#include "wire_client.h"

#include "ob/alloc.h"
#include "ob/host.h"
#include "ob/test.h"

#include <rpc.h>
#include <string.h>

#include "onlinebackup.h"

static RPC_BINDING_HANDLE binding;

handle_t __RPC_USER OB_TARGET_bind(OB_TARGET target)
{
    (void)target;
    return binding;
}

void __RPC_USER OB_TARGET_unbind(OB_TARGET target, handle_t handle)
{
    (void)target;
    (void)handle;
}

const char *wire_endpoint(void)
{
    uint32_t number = 0;
    if (strcmp(ob_host_platform(), "linux") == 0) {
        return ob_test_path(ob_test_temp(), "control");
    }
    ob_check_ok(ob_random(&number, sizeof number));
    return ob_test_format("ob-test-%08x", (unsigned)number);
}

void wire_connect(const char *endpoint)
{
    if (binding != NULL) {
        RpcBindingFree(&binding);
        binding = NULL;
    }
    if (endpoint != NULL) {
        const char *text = ob_test_format("ncalrpc:[%s]", endpoint);
        RPC_STATUS status = RpcBindingFromStringBindingA((RPC_CSTR)(uintptr_t)text, &binding);
        ck_assert_int_eq(status, RPC_S_OK);
    }
}

static void take(OB_BYTES *bytes, ob_buf *out)
{
    ob_buf_put(out, bytes->data, bytes->count);
    ob_free(bytes->data);
    *bytes = (OB_BYTES){0};
}

static OB_GUID guid_of(const ob_guid *guid)
{
    const uint8_t *b = guid->bytes;
    OB_GUID out = {(ULONG)b[0] << 24 | (ULONG)b[1] << 16 | (ULONG)b[2] << 8 | b[3],
                   (unsigned short)(b[4] << 8 | b[5]),
                   (unsigned short)(b[6] << 8 | b[7]),
                   {0}};
    memcpy(out.data4, b + 8, sizeof out.data4);
    return out;
}

ob_status wire_negotiate(uint32_t lowest, uint32_t highest, uint32_t *version, ob_buf *agent,
                         ob_buf *error)
{
    ULONG chosen = 0;
    OB_BYTES document = {0};
    OB_BYTES why = {0};
    ob_status status = Wire_ObNegotiate(0, lowest, highest, &chosen, &document, &why);
    *version = (uint32_t)chosen;
    take(&document, agent);
    take(&why, error);
    return status;
}

ob_status wire_get_settings(ob_buf *settings, ob_buf *error)
{
    OB_BYTES document = {0};
    OB_BYTES why = {0};
    ob_status status = Wire_ObGetSettings(0, &document, &why);
    take(&document, settings);
    take(&why, error);
    return status;
}

ob_status wire_set_settings(const char *text, ob_buf *error)
{
    OB_BYTES why = {0};
    ob_status status =
        Wire_ObSetSettings(0, (ULONG)strlen(text), (const unsigned char *)text, &why);
    take(&why, error);
    return status;
}

ob_status wire_watch(const ob_guid *job, int64_t *seen, uint32_t wait_ms, int32_t *state)
{
    OB_JOB record = {0};
    OB_BYTES why = {0};
    OB_GUID id = guid_of(job);
    ob_status status = Wire_ObWatchJob(0, &id, *seen, wait_ms, &record, &why);
    *state = record.state;
    *seen = record.revision;
    ob_free(record.current);
    ob_free(record.detail);
    ob_free(why.data);
    return status;
}

ob_status wire_open(const ob_guid *point, void **view)
{
    OB_BYTES why = {0};
    OB_GUID id = guid_of(point);
    ob_status status = Wire_ObOpenPoint(0, &id, view, &why);
    ob_free(why.data);
    return status;
}

ob_status wire_browse(void *view, uint32_t most, uint32_t *count)
{
    hyper resume = 0;
    static const unsigned char none[1];
    OB_ITEM_LIST list = {0};
    OB_BYTES why = {0};
    ob_status status = Wire_ObBrowsePoint(view, 0, none, 0, none, &resume, most, &list, &why);
    *count = (uint32_t)list.count;
    for (ULONG i = 0; i < list.count; i++) {
        ob_free(list.items[i].path);
    }
    ob_free(list.items);
    ob_free(why.data);
    return status;
}

ob_status wire_close(void **view)
{
    return Wire_ObClosePoint(view);
}

void wire_forget(void **view)
{
    RpcSsDestroyClientContext(view);
}
