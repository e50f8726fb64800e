#include "fake_client.h"

#include "ob/alloc.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

fake_client fake;

struct ob_client {
    int unused;
};
struct ob_client_view {
    int unused;
};

void fake_reset(void)
{
    fake = (fake_client){.document = "{}", .job_state = OB_JOB_IN_PROGRESS, .job_revision = 1};
}

static ob_status called(const char *name, const void *asked, size_t length)
{
    snprintf(fake.called, sizeof fake.called, "%s", name);
    snprintf(fake.asked, sizeof fake.asked, "%.*s", (int)length, asked ? (const char *)asked : "");
    return fake.fail;
}

/* Long enough for a second thread to come in, if nothing keeps it out. */
static ob_status changed(const char *name, const char *document, size_t length)
{
    if (InterlockedIncrement(&fake.inside) > 1)
        fake.at_once = true;
    SwitchToThread();
    ob_status status = called(name, document, length);
    InterlockedDecrement(&fake.inside);
    return status;
}

static ob_status answer(ob_buf *out)
{
    if (!OB_FAILED(fake.fail)) {
        ob_buf_put_text(out, fake.document);
        ob_buf_put_u8(out, 0);
        out->length--;
    }
    return fake.fail;
}

const ob_client_error *ob_client_last_error(void)
{
    static ob_client_error error;
    const ob_status_info *info = ob_status_lookup(fake.fail);
    error = (ob_client_error){info->status, info->symbol, info->message,
                              info->advice, "the detail", info->mars_code};
    return &error;
}

ob_status ob_client_connect(const char *endpoint, ob_client **out)
{
    if (OB_FAILED(called("connect", endpoint, endpoint ? strlen(endpoint) : 0)))
        return fake.fail;
    *out = ob_calloc(1, sizeof **out);
    fake.open_clients++;
    return OB_OK;
}

void ob_client_close(ob_client *client)
{
    if (client)
        fake.open_clients--;
    ob_free(client);
}

ob_status ob_client_agent(ob_client *client, ob_buf *agent)
{
    (void)client;
    called("agent", NULL, 0);
    return answer(agent);
}

ob_status ob_client_describe(ob_client *client, ob_status status, ob_buf *description)
{
    char text[16];
    (void)client;
    snprintf(text, sizeof text, "%08X", (unsigned)status);
    called("describe", text, strlen(text));
    return answer(description);
}

ob_status ob_client_register_file(ob_client *client, const char *path, ob_buf *registration)
{
    (void)client;
    called("register_file", path, strlen(path));
    return answer(registration);
}

ob_status ob_client_get_settings(ob_client *client, ob_buf *settings)
{
    (void)client;
    if (strcmp(fake.called, "set_settings") != 0)
        called("get_settings", NULL, 0);
    return answer(settings);
}

ob_status ob_client_set_settings(ob_client *client, const char *settings, size_t length)
{
    (void)client;
    return changed("set_settings", settings, length);
}

ob_status ob_client_get_policy(ob_client *client, const char *name, ob_buf *policy)
{
    (void)client;
    called("get_policy", name, strlen(name));
    return answer(policy);
}

ob_status ob_client_set_policy(ob_client *client, const char *policy, size_t length, ob_buf *stored)
{
    (void)client;
    changed("set_policy", policy, length);
    return answer(stored);
}

ob_status ob_client_remove_policy(ob_client *client, const char *name)
{
    (void)client;
    return changed("remove_policy", name, strlen(name));
}

ob_status ob_client_start_backup(ob_client *client, const char *options, size_t length,
                                 ob_guid *job)
{
    (void)client;
    *job = (ob_guid){{1}};
    return called("start_backup", options, length);
}

ob_status ob_client_start_recovery(ob_client *client, const char *options, size_t length,
                                   ob_guid *job)
{
    (void)client;
    *job = (ob_guid){{2}};
    return called("start_recovery", options, length);
}

static void fill_job(ob_job *job, size_t number)
{
    *job = (ob_job){.id = {{(uint8_t)number}},
                    .type = OB_JOB_BACKUP,
                    .state = fake.job_state,
                    .revision = fake.job_revision,
                    .start_time = INT64_C(1500000000000000000),
                    .bytes_total = INT64_C(5000000000),
                    .bytes_done = 1000,
                    .files_done = 7,
                    .seconds_left = -1,
                    .current = ob_strdup("C:/a"),
                    .detail = ob_strdup(fake.document)};
}

ob_status ob_client_list_jobs(ob_client *client, unsigned filter, int64_t *resume, unsigned most,
                              ob_job **jobs, size_t *count)
{
    char text[32];
    (void)client;
    snprintf(text, sizeof text, "%u %u", filter, most);
    fake.pages++;
    if (OB_FAILED(called("list_jobs", text, strlen(text))))
        return fake.fail;
    size_t first = (size_t)*resume, left = fake.records - first, n = left < most ? left : most;
    *jobs = ob_calloc(n, sizeof **jobs);
    for (size_t i = 0; i < n; i++)
        fill_job(*jobs + i, first + i);
    *count = n;
    *resume = n < left ? (int64_t)(first + n) : 0;
    return OB_OK;
}

ob_status ob_client_watch_job(ob_client *client, const ob_guid *id, int64_t seen, unsigned wait_ms,
                              ob_job *job)
{
    (void)client;
    (void)seen;
    (void)wait_ms;
    fake.guid = *id;
    fake.watches++;
    if (OB_FAILED(fake.fail))
        return fake.fail;
    if (fake.end_after && fake.watches >= fake.end_after)
        fake.job_state = OB_JOB_COMPLETED;
    fill_job(job, 0);
    job->id = *id;
    fake.job_revision++;
    return OB_OK;
}

ob_status ob_client_cancel_job(ob_client *client, const ob_guid *id)
{
    (void)client;
    fake.guid = *id;
    return called("cancel_job", NULL, 0);
}

bool ob_job_has_ended(const ob_job *job)
{
    return job->state == OB_JOB_COMPLETED || job->state == OB_JOB_COMPLETED_WITH_WARNINGS ||
           job->state == OB_JOB_ABORTED || job->state == OB_JOB_FAILED;
}

const char *ob_job_state_name(int32_t state)
{
    return state == OB_JOB_COMPLETED ? "Completed" : "InProgress";
}

void ob_job_free(ob_job *job)
{
    if (job) {
        ob_free(job->current);
        ob_free(job->detail);
        *job = (ob_job){0};
    }
}

ob_status ob_client_list_points(ob_client *client, const char *source, int64_t *resume,
                                unsigned most, ob_point **points, size_t *count)
{
    (void)client;
    fake.pages++;
    if (OB_FAILED(called("list_points", source, strlen(source))))
        return fake.fail;
    size_t first = (size_t)*resume, left = fake.records - first, n = left < most ? left : most;
    *points = ob_calloc(n, sizeof **points);
    for (size_t i = 0; i < n; i++) {
        (*points)[i] = (ob_point){.id = {{(uint8_t)(first + i)}},
                                  .time = INT64_C(1600000000000000000),
                                  .bytes = 12,
                                  .files = 3,
                                  .sources = ob_strdup(fake.document)};
    }
    *count = n;
    *resume = n < left ? (int64_t)(first + n) : 0;
    return OB_OK;
}

void ob_point_free(ob_point *point)
{
    if (point) {
        ob_free(point->sources);
        *point = (ob_point){0};
    }
}

ob_status ob_client_open_point(ob_client *client, const ob_guid *id, ob_client_view **out)
{
    (void)client;
    fake.guid = *id;
    if (OB_FAILED(fake.fail))
        return fake.fail;
    *out = ob_calloc(1, sizeof **out);
    fake.open_views++;
    return OB_OK;
}

ob_status ob_client_browse(ob_client_view *view, const char *path, const char *pattern,
                           int64_t *resume, unsigned most, ob_item **items, size_t *count)
{
    char text[256];
    (void)view;
    snprintf(text, sizeof text, "%s|%s", path, pattern);
    fake.pages++;
    if (OB_FAILED(called("browse", text, strlen(text))))
        return fake.fail;
    size_t first = (size_t)*resume, left = fake.records - first, n = left < most ? left : most;
    *items = ob_calloc(n, sizeof **items);
    for (size_t i = 0; i < n; i++) {
        (*items)[i] = (ob_item){.type = i % 2 ? 1 : 2,
                                .size = 42,
                                .mtime = INT64_C(1600000000000000000),
                                .path = ob_asprintf("C:/a/%zu", first + i)};
    }
    *count = n;
    *resume = n < left ? (int64_t)(first + n) : 0;
    return OB_OK;
}

void ob_item_free(ob_item *item)
{
    if (item) {
        ob_free(item->path);
        *item = (ob_item){0};
    }
}

void ob_client_close_view(ob_client_view *view)
{
    if (view)
        fake.open_views--;
    ob_free(view);
}
