#include "internal.h"

#include <string.h>

typedef struct list_call {
    ob_call call;
    const char *source;
    ULONG most;
    hyper asked;
    hyper resume;
    OB_POINT_LIST list;
} list_call;

static void run_list(ob_call *call)
{
    list_call *self = (list_call *)call;
    self->resume = self->asked;
    self->list = (OB_POINT_LIST){0, NULL};
    call->result = ObListPoints(call->client->target, (ULONG)strlen(self->source),
                                (const unsigned char *)self->source, &self->resume, self->most,
                                &self->list, &call->error);
}

ob_status ob_client_list_points(ob_client *client, const char *source, int64_t *resume,
                                unsigned most, ob_point **points, size_t *count)
{
    list_call self = {
        .call = {.client = client, .run = run_list, .recover = ob_call_reconnect},
        .source = source != NULL ? source : "",
        .most = most,
        .asked = *resume,
    };
    ob_status status = ob_call_check_length("the source", strlen(self.source), PATH_MOST);
    if (OB_FAILED(status)) {
        return status;
    }
    void *records = NULL;
    status = ob_call_make(&self.call);
    ob_status taken = ob_record_take_list(&self.call, OB_RECORD_POINT, self.list.points,
                                          self.list.count, &records, count);
    status = OB_FAILED(status) ? status : taken;
    if (!OB_FAILED(status)) {
        *points = records;
        *resume = self.resume;
    }
    return status;
}
