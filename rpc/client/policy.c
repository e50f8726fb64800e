#include "internal.h"

typedef struct list_call {
    ob_call call;
    ULONG most;
    hyper asked;
    hyper resume;
    OB_DOCUMENT_LIST list;
} list_call;

static void run_list(ob_call *call)
{
    list_call *self = (list_call *)call;
    self->resume = self->asked;
    self->list = (OB_DOCUMENT_LIST){0, NULL};
    call->result =
        ObListPolicies(call->client->target, &self->resume, self->most, &self->list, &call->error);
}

ob_status ob_client_list_policies(ob_client *client, int64_t *resume, unsigned most,
                                  char ***policies, size_t *count)
{
    list_call self = {
        .call = {.client = client, .run = run_list, .recover = ob_call_reconnect},
        .most = most,
        .asked = *resume,
    };
    void *records = NULL;
    ob_status status = ob_call_make(&self.call);
    ob_status taken = ob_record_take_list(&self.call, OB_RECORD_DOCUMENT, self.list.documents,
                                          self.list.count, &records, count);
    status = OB_FAILED(status) ? status : taken;
    if (!OB_FAILED(status)) {
        *policies = records;
        *resume = self.resume;
    }
    return status;
}
