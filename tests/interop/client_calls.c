#include "client_calls.h"

#include <stdlib.h>
#include <string.h>

#define T CLIENT_TARGET
#define WANT(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            return #condition;                                                                     \
        }                                                                                          \
    } while (0)

OB_VIEW client_view;
handle_t client_binding;

handle_t __RPC_USER OB_TARGET_bind(OB_TARGET target)
{
    return target == CLIENT_TARGET ? client_binding : NULL;
}

void __RPC_USER OB_TARGET_unbind(OB_TARGET target, handle_t binding)
{
    (void)target;
    (void)binding;
}

void *__RPC_USER MIDL_user_allocate(SIZE_T size)
{
    return malloc(size);
}

void __RPC_USER MIDL_user_free(void *block)
{
    free(block);
}

static const unsigned char *bytes(const char *text)
{
    return (const unsigned char *)text;
}

static int is_text(const OB_BYTES *document, const char *text)
{
    return document->count == strlen(text) &&
           (document->count == 0 || memcmp(document->data, text, document->count) == 0);
}

static int is_guid(const OB_GUID *id, ULONG seed)
{
    int same = id->data1 == seed && id->data2 == (unsigned short)(seed + 1) &&
               id->data3 == (unsigned short)(seed + 2);
    for (unsigned i = 0; i < 8; i++) {
        same = same && id->data4[i] == (unsigned char)(seed + i);
    }
    return same;
}

static OB_GUID guid(ULONG seed)
{
    OB_GUID id;
    id.data1 = seed;
    id.data2 = (unsigned short)(seed + 1);
    id.data3 = (unsigned short)(seed + 2);
    for (unsigned i = 0; i < 8; i++) {
        id.data4[i] = (unsigned char)(seed + i);
    }
    return id;
}

static OB_BYTES first, second;

static void reset(void)
{
    MIDL_user_free(first.data);
    MIDL_user_free(second.data);
    memset(&first, 0, sizeof first);
    memset(&second, 0, sizeof second);
}

static const char *negotiate(void)
{
    ULONG version = 0;
    WANT(ObNegotiate(T, 1, 3, &version, &first, &second) == 0);
    WANT(version == 1);
    WANT(is_text(&first, "{\"name\":\"fake\"}"));
    WANT(second.count == 0 && second.data == NULL);
    return NULL;
}

static const char *describe_error(void)
{
    WANT(ObDescribeError(T, -5, &first, &second) == 0);
    WANT(is_text(&first, "{\"described\":-5}"));
    return NULL;
}

static const char *register_machine(void)
{
    WANT(ObRegister(T, 5, bytes("hello"), &first, &second) == 0);
    WANT(is_text(&first, "{\"count\":5,\"sum\":99162322}"));
    return NULL;
}

static const char *get_settings(void)
{
    WANT(ObGetSettings(T, &first, &second) == 0);
    WANT(is_text(&first, "{\"settings\":\"\xC3\xA4\"}"));
    return NULL;
}

static const char *set_settings(void)
{
    WANT(ObSetSettings(T, 7, bytes("{\"a\":1}"), &first) == 0);
    WANT(first.count == 0);
    return NULL;
}

static const char *get_policy(void)
{
    WANT(ObGetPolicy(T, 5, bytes("daily"), &first, &second) == 0);
    WANT(is_text(&first, "yliad"));
    return NULL;
}

static const char *set_policy(void)
{
    WANT(ObSetPolicy(T, 2, bytes("{}"), &first, &second) == 0);
    WANT(is_text(&first, "{}"));
    return NULL;
}

static const char *remove_policy(void)
{
    WANT(ObRemovePolicy(T, 6, bytes("weekly"), &first) == FAKE_NO_POLICY);
    WANT(is_text(&first, "{\"status\":\"0x80040219\"}"));
    return NULL;
}

static const char *start_backup(void)
{
    OB_GUID id;
    WANT(ObStartBackup(T, 3, bytes("now"), &id, &first) == 0);
    WANT(is_guid(&id, ('n' * 31 + 'o') * 31 + 'w'));
    return NULL;
}

static const char *check_job(const OB_JOB *job, hyper number, LONG state)
{
    WANT(job->state == state);
    WANT(job->type == (LONG)(number % 2 + 1));
    WANT(job->status == (number % 3 == 0 ? FAKE_NOT_FOUND : 0));
    WANT(job->revision == number + ((hyper)1 << 40));
    WANT(job->start_time == number * 1000000007);
    WANT(job->end_time == -number);
    WANT(job->bytes_total == number * 11 && job->bytes_stored == number * 8);
    WANT(job->files_total == number * 7 && job->files_failed == number * 4);
    WANT(job->bytes_per_second == number * 3 && job->seconds_left == -1);
    WANT(job->current_count == (ULONG)(number % 5));
    WANT(job->current_count == 0 || memcmp(job->current, "abcd", job->current_count) == 0);
    WANT(job->detail_count == 3 && memcmp(job->detail, "012", 3) == 0);
    return NULL;
}

static void free_job(OB_JOB *job)
{
    MIDL_user_free(job->current);
    MIDL_user_free(job->detail);
}

static const char *list_jobs(void)
{
    OB_JOB_LIST list = {0, NULL};
    hyper resume = 598;
    const char *wrong = NULL;
    WANT(ObListJobs(T, 1, &resume, 3, &list, &first) == 0);
    WANT(resume == 0);
    WANT(list.count == 2);
    for (ULONG i = 0; i < list.count; i++) {
        wrong = wrong != NULL ? wrong : check_job(&list.jobs[i], 598 + i, 1);
        free_job(&list.jobs[i]);
    }
    MIDL_user_free(list.jobs);
    return wrong;
}

static const char *watch_job(void)
{
    OB_JOB job;
    OB_GUID id = guid(0x11223344);
    memset(&job, 0, sizeof job);
    WANT(ObWatchJob(T, &id, 13, 10, &job, &first) == 0);
    WANT(is_guid(&job.id, 0x11223344));
    const char *wrong = check_job(&job, 14, 3);
    free_job(&job);
    return wrong;
}

static const char *cancel_job(void)
{
    OB_GUID id = guid(9);
    WANT(ObCancelJob(T, &id, &first) == 0);
    return NULL;
}

static const char *list_points(void)
{
    OB_POINT_LIST list = {0, NULL};
    hyper resume = 3;
    WANT(ObListPoints(T, 4, bytes("/etc"), &resume, 5, &list, &first) == 0);
    WANT(resume == 0 && list.count == 2);
    for (ULONG i = 0; i < list.count; i++) {
        const OB_POINT *point = &list.points[i];
        WANT(is_guid(&point->id, 3 + i));
        WANT(point->time == (3 + (hyper)i) * -1000);
        WANT(point->bytes == (hyper)1 << (32 + i) && point->files == i);
        WANT(point->sources_count == 4 && memcmp(point->sources, "/etc", 4) == 0);
        MIDL_user_free(point->sources);
    }
    MIDL_user_free(list.points);
    return NULL;
}

static const char *open_point(void)
{
    OB_GUID id = guid(5);
    WANT(ObOpenPoint(T, &id, &client_view, &first) == 0);
    WANT(client_view != NULL);
    return NULL;
}

static const char *browse_point(void)
{
    OB_ITEM_LIST list = {0, NULL};
    hyper resume = 7;
    WANT(ObBrowsePoint(client_view, 3, bytes("a/b"), 3, bytes("*.c"), &resume, 2, &list, &first) ==
         0);
    WANT(resume == 9 && list.count == 2);
    for (ULONG i = 0; i < list.count; i++) {
        const OB_ITEM *item = &list.items[i];
        WANT(item->type == (LONG)i + 1 && item->mode == 0101 && item->size == 7 + (hyper)i);
        WANT(item->mtime == ('*' * 31 + '.') * 31 + 'c');
        WANT(item->path_count == 3 && memcmp(item->path, "a/b", 3) == 0);
        MIDL_user_free(item->path);
    }
    MIDL_user_free(list.items);
    return NULL;
}

static const char *close_point(void)
{
    WANT(ObClosePoint(&client_view) == 1);
    WANT(client_view == NULL);
    return NULL;
}

static const char *start_recovery(void)
{
    OB_GUID id;
    ULONG sum = 0;
    for (const char *c = "{\"x\":1}"; *c != '\0'; c++) {
        sum = sum * 31 + (unsigned char)*c;
    }
    WANT(ObStartRecovery(T, 7, bytes("{\"x\":1}"), &id, &first) == 0);
    WANT(is_guid(&id, ~sum));
    return NULL;
}

static const char *start_prune(void)
{
    OB_GUID id;
    ULONG sum = 0;
    for (const char *c = "{\"x\":1}"; *c != '\0'; c++) {
        sum = sum * 31 + (unsigned char)*c;
    }
    WANT(ObStartPrune(T, 7, bytes("{\"x\":1}"), &id, &first) == 0);
    WANT(is_guid(&id, sum + 1));
    return NULL;
}

static const char *list_policies(void)
{
    OB_DOCUMENT_LIST list = {0, NULL};
    hyper resume = 2;
    WANT(ObListPolicies(T, &resume, 3, &list, &first) == 0);
    WANT(resume == 5 && list.count == 3);
    for (ULONG i = 0; i < list.count; i++) {
        const OB_BYTES *policy = &list.documents[i];
        WANT(policy->count == 2 + i && memcmp(policy->data, "abcd", policy->count) == 0);
        MIDL_user_free(policy->data);
    }
    MIDL_user_free(list.documents);
    return NULL;
}

static const char *start_verify(void)
{
    OB_GUID id;
    WANT(ObStartVerify(T, 2, bytes("{}"), &id, &first) == 0);
    WANT(is_guid(&id, '{' * 31 + '}' + 18));
    return NULL;
}

#define CALL(method, function)                                                                     \
    static const char *run_##function(void)                                                        \
    {                                                                                              \
        const char *wrong = function();                                                            \
        reset();                                                                                   \
        return wrong;                                                                              \
    }
#define CALLS                                                                                      \
    CALL("ObNegotiate", negotiate)                                                                 \
    CALL("ObDescribeError", describe_error)                                                        \
    CALL("ObRegister", register_machine)                                                           \
    CALL("ObGetSettings", get_settings)                                                            \
    CALL("ObSetSettings", set_settings)                                                            \
    CALL("ObGetPolicy", get_policy)                                                                \
    CALL("ObSetPolicy", set_policy)                                                                \
    CALL("ObRemovePolicy", remove_policy)                                                          \
    CALL("ObStartBackup", start_backup)                                                            \
    CALL("ObListJobs", list_jobs)                                                                  \
    CALL("ObWatchJob", watch_job)                                                                  \
    CALL("ObCancelJob", cancel_job)                                                                \
    CALL("ObListPoints", list_points)                                                              \
    CALL("ObOpenPoint", open_point)                                                                \
    CALL("ObBrowsePoint", browse_point)                                                            \
    CALL("ObClosePoint", close_point)                                                              \
    CALL("ObStartRecovery", start_recovery)                                                        \
    CALL("ObListPolicies", list_policies)                                                          \
    CALL("ObStartPrune", start_prune)                                                              \
    CALL("ObStartVerify", start_verify)
CALLS
#undef CALL
#define CALL(method, function) {method, run_##function},
const client_call client_calls[CLIENT_CALLS] = {CALLS};
