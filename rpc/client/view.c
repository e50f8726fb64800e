/* A recovery point opened for browsing: a context handle of the agent. */
#include "internal.h"

#include "ob/alloc.h"

#include <string.h>

struct ob_client_view {
    ob_client *client;
    ob_guid id;
    OB_VIEW handle; /* NULL: none, or lost with its connection */
};

typedef struct open_call {
    ob_call call;
    OB_GUID id;
    OB_VIEW handle;
} open_call;

static void run_open(ob_call *call)
{
    open_call *self = (open_call *)call;
    self->handle = NULL;
    call->result = ObOpenPoint(call->client->target, &self->id, &self->handle, &call->error);
}

static ob_status open_handle(ob_client_view *view, ob_status (*recover)(ob_call *))
{
    open_call self = {.call = {.client = view->client, .run = run_open, .recover = recover}};
    ob_guid_to_wire(&self.id, &view->id);
    ob_status status = ob_call_make(&self.call);
    if (!OB_FAILED(status) && self.handle == NULL) {
        status = ob_client_error_local(ob_fail(OB_E_PROTOCOL, "the agent opened nothing"));
    }
    if (!OB_FAILED(status)) {
        view->handle = self.handle;
    }
    return status;
}

ob_status ob_client_open_point(ob_client *client, const ob_guid *id, ob_client_view **out)
{
    ob_client_view *view = ob_calloc(1, sizeof *view);
    if (view == NULL) {
        ob_client_error_clear();
        return ob_client_error_local(ob_fail(OB_E_NO_MEMORY, "a view of a recovery point"));
    }
    view->client = client;
    view->id = *id;
    ob_status status = open_handle(view, ob_call_reconnect);
    if (OB_FAILED(status)) {
        ob_free(view);
        return status;
    }
    *out = view;
    return OB_OK;
}

typedef struct browse_call {
    ob_call call;
    ob_client_view *view;
    const char *path;
    const char *pattern;
    ULONG most;
    hyper asked;
    hyper resume;
    OB_ITEM_LIST list;
} browse_call;

static void run_browse(ob_call *call)
{
    browse_call *self = (browse_call *)call;
    self->resume = self->asked;
    self->list = (OB_ITEM_LIST){0, NULL};
    call->result = ObBrowsePoint(self->view->handle, (ULONG)strlen(self->path),
                                 (const unsigned char *)self->path, (ULONG)strlen(self->pattern),
                                 (const unsigned char *)self->pattern, &self->resume, self->most,
                                 &self->list, &call->error);
}

/* The agent that had the view is gone: opens it again in the one that answers now. A point never
 * changes, so the key of the next page still holds. */
static ob_status reopen(ob_call *call)
{
    ob_client_view *view = ((browse_call *)call)->view;
    RpcSsDestroyClientContext(&view->handle);
    return open_handle(view, ob_call_reconnect);
}

ob_status ob_client_browse(ob_client_view *view, const char *path, const char *pattern,
                           int64_t *resume, unsigned most, ob_item **items, size_t *count)
{
    browse_call self = {
        .call = {.client = view->client, .run = run_browse, .recover = reopen},
        .view = view,
        .path = path != NULL ? path : "",
        .pattern = pattern != NULL ? pattern : "",
        .most = most,
        .asked = *resume,
    };
    ob_status status = ob_call_check_length("the path", strlen(self.path), PATH_MOST);
    if (!OB_FAILED(status)) {
        status = ob_call_check_length("the pattern", strlen(self.pattern), NAME_MOST);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    if (view->handle == NULL) {
        status = open_handle(view, ob_call_reconnect);
        if (OB_FAILED(status)) {
            return status;
        }
    }
    void *records = NULL;
    status = ob_call_make(&self.call);
    ob_status taken = ob_record_take_list(&self.call, OB_RECORD_ITEM, self.list.items,
                                          self.list.count, &records, count);
    status = OB_FAILED(status) ? status : taken;
    if (!OB_FAILED(status)) {
        *items = records;
        *resume = self.resume;
    }
    return status;
}

typedef struct close_call {
    ob_call call;
    OB_VIEW handle;
} close_call;

static void run_close(ob_call *call)
{
    close_call *self = (close_call *)call;
    call->result = ObClosePoint(&self->handle);
}

void ob_client_close_view(ob_client_view *view)
{
    if (view == NULL) {
        return;
    }
    if (view->handle != NULL) {
        close_call self = {.call = {.client = view->client, .run = run_close}};
        self.handle = view->handle;
        /* If the agent is gone, so is its end of the handle. Closing is no call that fails. */
        if (OB_FAILED(ob_transport_invoke(&self.call)) || self.handle != NULL) {
            RpcSsDestroyClientContext(&self.handle);
        }
    }
    ob_free(view);
}
