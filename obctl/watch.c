#include "watch.h"

#include "ob/json.h"
#include "ob/terminal.h"
#include "output.h"
#include "progress.h"
#include "record.h"

#include <string.h>

/* How long one call may wait: Ctrl-C is looked at in between. */
#define WAIT_MS 1000
#define PLAIN_EVERY_NS UINT64_C(5000000000)
#define CLEAR_LINE "\r\x1b[K"

int ob_watch_exit_code(const ob_job *job)
{
    switch (job->state) {
    case OB_JOB_COMPLETED:
        return OB_EXIT_OK;
    case OB_JOB_COMPLETED_WITH_WARNINGS:
        return OB_EXIT_WARNINGS;
    default:
        return OB_EXIT_FAILED;
    }
}

ob_watch ob_watch_of(ob_cli *cli)
{
    return (ob_watch){.cli = cli, .state = -1};
}

void ob_watch_clear(ob_watch *self)
{
    if (self->line_drawn) {
        fputs(CLEAR_LINE, self->cli->out);
        self->line_drawn = false;
    }
}

static void draw_line(ob_watch *self, const ob_job *job)
{
    ob_buf line = {0};
    /* A line that fills the last column would wrap on some terminals. */
    ob_progress_line(&line, job, self->cli->width - 1);
    fputs(CLEAR_LINE, self->cli->out);
    ob_output_text(self->cli, &line);
    fflush(self->cli->out);
    self->line_drawn = true;
    ob_buf_free(&line);
}

static void plain_line(ob_watch *self, const ob_job *job)
{
    uint64_t now = self->cli->clock->monotonic(self->cli->clock);
    if (job->state == self->state && now - self->plain_at < PLAIN_EVERY_NS) {
        return;
    }
    ob_buf line = {0};
    ob_progress_line(&line, job, 0);
    ob_buf_put_text(&line, "\n");
    ob_output_text(self->cli, &line);
    fflush(self->cli->out);
    self->plain_at = now;
    ob_buf_free(&line);
}

int ob_watch_show(ob_watch *self, const ob_job *job)
{
    int code = OB_EXIT_OK;
    if (self->cli->json) {
        bool failed = false;
        cJSON *json = ob_record_job(job, &failed);
        code = ob_output_json(self->cli, json, failed);
    } else if (ob_job_has_ended(job)) {
        ob_buf text = {0};
        ob_watch_clear(self);
        ob_progress_summary(&text, job);
        ob_output_text(self->cli, &text);
        ob_buf_free(&text);
    } else if (self->cli->terminal) {
        draw_line(self, job);
    } else {
        plain_line(self, job);
    }
    self->state = job->state;
    return code;
}

static int interrupted(ob_watch *self, const ob_guid *id)
{
    char text[OB_GUID_TEXT];
    const char *endpoint = self->cli->endpoint;
    ob_guid_format(text, id);
    ob_watch_clear(self);
    fflush(self->cli->out);
    fprintf(self->cli->err, "obctl: the job goes on. To watch it again: obctl job watch %s%s%s\n",
            text, endpoint != NULL ? " --endpoint " : "", endpoint != NULL ? endpoint : "");
    return OB_EXIT_INTERRUPTED;
}

int ob_watch_job(ob_cli *cli, const ob_guid *id)
{
    ob_watch self = ob_watch_of(cli);
    int64_t seen = -1;
    int code = OB_EXIT_OK;
    bool ended = false;
    ob_terminal_catch_interrupt();
    while (code == OB_EXIT_OK && !ended) {
        ob_job job = {0};
        if (OB_FAILED(ob_client_watch_job(cli->client, id, seen, WAIT_MS, &job))) {
            ob_watch_clear(&self);
            return ob_output_client_error(cli);
        }
        if (job.revision != seen || self.state == -1) { /* the first one in any case */
            code = ob_watch_show(&self, &job);
        }
        seen = job.revision;
        ended = ob_job_has_ended(&job);
        if (code == OB_EXIT_OK && ended) {
            code = ob_watch_exit_code(&job);
        }
        ob_job_free(&job);
        if (!ended && ob_terminal_interrupted()) {
            return interrupted(&self, id);
        }
    }
    return code;
}
