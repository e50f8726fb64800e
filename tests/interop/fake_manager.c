#include "fake.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_system.h"

typedef struct fake_view {
    ULONG calls; /* that used it */
} fake_view;

static atomic_int open_views;
static atomic_int rundowns;

void *__RPC_USER MIDL_user_allocate(SIZE_T size)
{
    return malloc(size);
}

void __RPC_USER MIDL_user_free(void *block)
{
    free(block);
}

/* `count` bytes starting with `first`, each one more than the one before. */
static unsigned char *run_of(ULONG count, unsigned first)
{
    unsigned char *data = MIDL_user_allocate(count + 1);
    for (ULONG i = 0; data != NULL && i < count; i++) {
        data[i] = (unsigned char)(first + i);
    }
    return data;
}

static void put_bytes(OB_BYTES *out, const void *data, ULONG count)
{
    out->data = MIDL_user_allocate(count + 1);
    out->count = out->data == NULL ? 0 : count;
    if (out->data != NULL && count > 0) {
        memcpy(out->data, data, count);
    }
}

static void put_text(OB_BYTES *out, const char *text)
{
    put_bytes(out, text, (ULONG)strlen(text));
}

static LONG fail(LONG status, OB_BYTES *error)
{
    char text[64];
    snprintf(text, sizeof text, "{\"status\":\"0x%08lX\"}", (unsigned long)(ULONG)status);
    put_text(error, text);
    return status;
}

static ULONG sum_of(const unsigned char *data, ULONG count)
{
    ULONG sum = 0;
    for (ULONG i = 0; i < count; i++) {
        sum = sum * 31 + data[i];
    }
    return sum;
}

static void put_guid(OB_GUID *out, ULONG seed)
{
    out->data1 = seed;
    out->data2 = (unsigned short)(seed + 1);
    out->data3 = (unsigned short)(seed + 2);
    for (unsigned i = 0; i < 8; i++) {
        out->data4[i] = (unsigned char)(seed + i);
    }
}

LONG ObNegotiate(OB_TARGET target, ULONG lowest, ULONG highest, ULONG *version, OB_BYTES *agent,
                 OB_BYTES *error)
{
    (void)target;
    if (lowest > 1 || highest < 1) {
        return fail(FAKE_VERSION, error);
    }
    *version = 1;
    put_text(agent, "{\"name\":\"fake\"}");
    return 0;
}

LONG ObDescribeError(OB_TARGET target, LONG status, OB_BYTES *description, OB_BYTES *error)
{
    char text[96];
    (void)target;
    (void)error;
    if (status == FAKE_ASK_VIEWS) {
        snprintf(text, sizeof text, "{\"open\":%d,\"rundowns\":%d}", atomic_load(&open_views),
                 atomic_load(&rundowns));
    } else {
        snprintf(text, sizeof text, "{\"described\":%ld}", (long)status);
    }
    put_text(description, text);
    return 0;
}

LONG ObRegister(OB_TARGET target, ULONG count, const unsigned char *credentials,
                OB_BYTES *registration, OB_BYTES *error)
{
    char text[64];
    (void)target;
    if (count == 0) {
        return fail(FAKE_CREDENTIALS, error);
    }
    snprintf(text, sizeof text, "{\"count\":%lu,\"sum\":%lu}", (unsigned long)count,
             (unsigned long)sum_of(credentials, count));
    put_text(registration, text);
    return 0;
}

LONG ObGetSettings(OB_TARGET target, OB_BYTES *settings, OB_BYTES *error)
{
    (void)target;
    (void)error;
    put_text(settings, "{\"settings\":\"\xC3\xA4\"}");
    return 0;
}

LONG ObSetSettings(OB_TARGET target, ULONG count, const unsigned char *settings, OB_BYTES *error)
{
    (void)target;
    return sum_of(settings, count) == 0 ? fail(FAKE_INVALID, error) : 0;
}

LONG ObGetPolicy(OB_TARGET target, ULONG count, const unsigned char *name, OB_BYTES *policy,
                 OB_BYTES *error)
{
    (void)target;
    (void)error;
    put_bytes(policy, name, count);
    for (ULONG i = 0; i < policy->count; i++) {
        policy->data[i] = name[count - 1 - i];
    }
    return 0;
}

LONG ObSetPolicy(OB_TARGET target, ULONG count, const unsigned char *policy, OB_BYTES *stored,
                 OB_BYTES *error)
{
    (void)target;
    (void)error;
    put_bytes(stored, policy, count);
    return 0;
}

LONG ObRemovePolicy(OB_TARGET target, ULONG count, const unsigned char *name, OB_BYTES *error)
{
    (void)target;
    return count == 5 && memcmp(name, "daily", 5) == 0 ? 0 : fail(FAKE_NO_POLICY, error);
}

LONG ObStartBackup(OB_TARGET target, ULONG count, const unsigned char *options, OB_GUID *job,
                   OB_BYTES *error)
{
    (void)target;
    (void)error;
    put_guid(job, sum_of(options, count));
    return 0;
}

static void put_job(OB_JOB *job, hyper number, LONG state)
{
    memset(job, 0, sizeof *job);
    put_guid(&job->id, (ULONG)number);
    job->type = (LONG)(number % 2 + 1);
    job->state = state;
    job->status = number % 3 == 0 ? FAKE_NOT_FOUND : 0;
    job->revision = number + ((hyper)1 << 40);
    job->start_time = number * 1000000007;
    job->end_time = -number;
    job->bytes_total = number * 11;
    job->bytes_done = number * 10;
    job->bytes_changed = number * 9;
    job->bytes_stored = number * 8;
    job->files_total = number * 7;
    job->files_done = number * 6;
    job->files_changed = number * 5;
    job->files_failed = number * 4;
    job->bytes_per_second = number * 3;
    job->seconds_left = -1;
    job->current_count = (ULONG)(number % 5);
    job->current = job->current_count == 0 ? NULL : run_of(job->current_count, 'a');
    job->detail_count = 3;
    job->detail = run_of(3, '0');
}

/* How many records of `total` follow `*resume`, at most `most`; moves *resume on. */
static ULONG next_page(hyper *resume, ULONG most, hyper total)
{
    hyper left = *resume >= 0 && *resume < total ? total - *resume : 0;
    ULONG count = left > (hyper)most ? most : (ULONG)left;
    *resume = left > (hyper)count ? *resume + count : 0;
    return count;
}

LONG ObListJobs(OB_TARGET target, ULONG filter, hyper *resume, ULONG most, OB_JOB_LIST *list,
                OB_BYTES *error)
{
    hyper first = *resume;
    (void)target;
    if (filter > 4) {
        return fail(FAKE_INVALID, error);
    }
    list->count = next_page(resume, most, FAKE_JOBS);
    list->jobs = MIDL_user_allocate((list->count + 1) * sizeof *list->jobs);
    for (ULONG i = 0; i < list->count; i++) {
        put_job(&list->jobs[i], first + i, (LONG)filter);
    }
    return 0;
}

LONG ObWatchJob(OB_TARGET target, const OB_GUID *id, hyper seen, ULONG wait_ms, OB_JOB *job,
                OB_BYTES *error)
{
    (void)target;
    if (id->data1 == 0) {
        return fail(FAKE_NOT_FOUND, error);
    }
    fake_sleep(wait_ms);
    put_job(job, seen + 1, 3);
    job->id = *id;
    return 0;
}

LONG ObCancelJob(OB_TARGET target, const OB_GUID *id, OB_BYTES *error)
{
    (void)target;
    return id->data4[7] == 0 ? fail(FAKE_NOT_FOUND, error) : 0;
}

LONG ObListPoints(OB_TARGET target, ULONG count, const unsigned char *source, hyper *resume,
                  ULONG most, OB_POINT_LIST *list, OB_BYTES *error)
{
    hyper first = *resume;
    (void)target;
    (void)error;
    list->count = next_page(resume, most, FAKE_POINTS);
    list->points = MIDL_user_allocate((list->count + 1) * sizeof *list->points);
    for (ULONG i = 0; i < list->count; i++) {
        OB_POINT *point = &list->points[i];
        OB_BYTES copy;
        put_guid(&point->id, (ULONG)first + i);
        point->time = (first + i) * -1000;
        point->bytes = (hyper)1 << (i + 32);
        point->files = i;
        put_bytes(&copy, source, count);
        point->sources_count = copy.count;
        point->sources = copy.data;
    }
    return 0;
}

LONG ObOpenPoint(OB_TARGET target, const OB_GUID *id, OB_VIEW *view, OB_BYTES *error)
{
    fake_view *opened = NULL;
    (void)target;
    if (id->data1 == 0) {
        *view = NULL;
        return fail(FAKE_NOT_FOUND, error);
    }
    opened = calloc(1, sizeof *opened);
    *view = opened;
    atomic_fetch_add(&open_views, opened != NULL);
    return 0;
}

LONG ObBrowsePoint(OB_VIEW view, ULONG path_count, const unsigned char *path, ULONG pattern_count,
                   const unsigned char *pattern, hyper *resume, ULONG most, OB_ITEM_LIST *list,
                   OB_BYTES *error)
{
    hyper first = *resume;
    ULONG calls = ++((fake_view *)view)->calls;
    (void)error;
    list->count = next_page(resume, most, FAKE_ITEMS);
    list->items = MIDL_user_allocate((list->count + 1) * sizeof *list->items);
    for (ULONG i = 0; i < list->count; i++) {
        OB_ITEM *item = &list->items[i];
        OB_BYTES copy;
        item->type = (LONG)(i % 8 + 1);
        item->mode = 0100 + calls;
        item->size = first + i;
        item->mtime = (hyper)sum_of(pattern, pattern_count);
        put_bytes(&copy, path, path_count);
        item->path_count = copy.count;
        item->path = copy.data;
    }
    return 0;
}

LONG ObClosePoint(OB_VIEW *view)
{
    LONG calls = (LONG)((fake_view *)*view)->calls;
    free(*view);
    *view = NULL;
    atomic_fetch_sub(&open_views, 1);
    return calls;
}

LONG ObStartRecovery(OB_TARGET target, ULONG count, const unsigned char *options, OB_GUID *job,
                     OB_BYTES *error)
{
    (void)target;
    (void)error;
    put_guid(job, ~sum_of(options, count));
    return 0;
}

void __RPC_USER OB_VIEW_rundown(OB_VIEW view)
{
    free(view);
    atomic_fetch_sub(&open_views, 1);
    atomic_fetch_add(&rundowns, 1);
}

/* Six policies of as many bytes as their number. */
LONG ObListPolicies(OB_TARGET target, hyper *resume, ULONG most, OB_DOCUMENT_LIST *list,
                    OB_BYTES *error)
{
    (void)target;
    (void)error;
    hyper first = *resume;
    list->count = next_page(resume, most, 6);
    list->documents = MIDL_user_allocate(list->count * sizeof *list->documents + 1);
    for (ULONG i = 0; i < list->count; i++) {
        list->documents[i].count = (ULONG)first + i;
        list->documents[i].data = run_of((ULONG)first + i, 'a');
    }
    return 0;
}

LONG ObStartPrune(OB_TARGET target, ULONG count, const unsigned char *options, OB_GUID *job,
                  OB_BYTES *error)
{
    (void)target;
    (void)error;
    put_guid(job, sum_of(options, count) + 1);
    return 0;
}

LONG ObStartVerify(OB_TARGET target, ULONG count, const unsigned char *options, OB_GUID *job,
                   OB_BYTES *error)
{
    (void)target;
    (void)error;
    put_guid(job, sum_of(options, count) + 18);
    return 0;
}
