/* Starts a backup by the stored policy, shows its progress and lists the recovery points, over
 * libobclient, on both systems.
 *
 *   backup [POLICY]     without a name: the policy that has none
 */
#include "ob/alloc.h"
#include "ob/client.h"

#include <stdio.h>

static int complain(const char *what)
{
    const ob_client_error *error = ob_client_last_error();
    fprintf(stderr, "%s: %s: %s %s\n%s\n", what, error->symbol, error->message, error->detail,
            error->advice);
    return 1;
}

/* One call for each change: the agent answers when something is new, or after a second. */
static int watch(ob_client *client, const ob_guid *id)
{
    ob_job job = {0};
    int64_t seen = 0;
    bool ended = false;
    int code = 0;
    while (!ended) {
        ob_job_free(&job);
        if (OB_FAILED(ob_client_watch_job(client, id, seen, 1000, &job))) {
            return complain("watching");
        }
        seen = job.revision;
        ended = ob_job_has_ended(&job);
        printf("%s: %lld of %lld files, %lld bytes stored\n", ob_job_state_name(job.state),
               (long long)job.files_done, (long long)job.files_total, (long long)job.bytes_stored);
    }
    if (job.state != OB_JOB_COMPLETED && job.state != OB_JOB_COMPLETED_WITH_WARNINGS) {
        fprintf(stderr, "%s\n", job.detail);
        code = 1;
    }
    ob_job_free(&job);
    return code;
}

static int list_points(ob_client *client)
{
    int64_t resume = 0;
    do {
        ob_point *points = NULL;
        size_t count = 0;
        if (OB_FAILED(ob_client_list_points(client, "", &resume, 100, &points, &count))) {
            return complain("the recovery points");
        }
        for (size_t i = 0; i < count; i++) {
            printf("a point of %lld files, %lld bytes\n", (long long)points[i].files,
                   (long long)points[i].bytes);
            ob_point_free(&points[i]);
        }
        ob_free(points);
    } while (resume != 0);
    return 0;
}

int main(int argc, char **argv)
{
    ob_client *client = NULL;
    ob_buf options = {0};
    ob_guid job;
    int code = 1;
    if (OB_FAILED(ob_client_connect(NULL, &client))) {
        return complain("the agent");
    }
    /* A name with a quotation mark would have to be escaped; ob/json.h does that. */
    if (argc > 1) {
        ob_buf_printf(&options, "{\"policy\":\"%s\"}", argv[1]);
    } else {
        ob_buf_put_text(&options, "{}");
    }
    if (OB_FAILED(
            ob_client_start_backup(client, (const char *)options.data, options.length, &job))) {
        complain("the backup");
    } else {
        code = watch(client, &job);
        code = code == 0 ? list_points(client) : code;
    }
    ob_buf_free(&options);
    ob_client_close(client);
    return code;
}
