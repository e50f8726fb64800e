#include "command.h"

#include "ob/alloc.h"
#include "ob/process.h"
#include "shown.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WAIT_MS 100u /* between two looks at whether to stop */
#define SECOND UINT64_C(1000000000)
#define SAID_MOST 600u /* bytes of what it said last, for a detail */

struct ob_command_stream {
    const ob_command *command;
    ob_command_host host;
    ob_process *process;
    uint64_t started;
    bool is_hook;             /* nobody reads its output but we, for what it says */
    char said[SAID_MOST + 1]; /* of a hook */
    size_t said_length;
};

static void remember(ob_command_stream *stream, const char *data, size_t length)
{
    size_t keep = stream->said_length;
    if (length > SAID_MOST) {
        data += length - SAID_MOST;
        length = SAID_MOST;
    }
    if (keep + length > SAID_MOST) {
        keep = SAID_MOST - length;
        memmove(stream->said, stream->said + stream->said_length - keep, keep);
    }
    memcpy(stream->said + keep, data, length);
    stream->said_length = keep + length;
    stream->said[stream->said_length] = '\0';
}

/* The end of what it said, without the ends of lines behind it. NULL without memory; free with
 * ob_free(). */
static char *last_words(const ob_command_stream *stream)
{
    const char *said = stream->is_hook ? stream->said : ob_process_errors(stream->process);
    size_t length = strlen(said);
    while (length > 0 && strchr("\r\n \t", said[length - 1]) != NULL) {
        length--;
    }
    size_t from = length > SAID_MOST ? length - SAID_MOST : 0;
    char *kept = ob_strndup(said + from, length - from);
    char *shown = kept != NULL ? ob_shown(kept, SAID_MOST, false) : NULL;
    ob_free(kept);
    return shown;
}

/* `what` is what happened to it. */
static ob_status failed(const ob_command_stream *stream, const char *what)
{
    char *said = last_words(stream);
    bool silent = said == NULL || said[0] == '\0';
    ob_status status = ob_fail(OB_E_COMMAND_FAILED, "%s %s%s%s", stream->command->argv[0], what,
                               silent ? "" : ": ", silent ? "" : said);
    ob_free(said);
    return status;
}

/* OB_OK as long as it may go on. */
static ob_status check_limits(const ob_command_stream *stream)
{
    const ob_command_host *host = &stream->host;
    uint64_t limit = (uint64_t)stream->command->timeout * SECOND;
    if (host->stopped != NULL && host->stopped(host->context)) {
        return ob_fail(OB_E_CANCELLED, "%s was stopped", stream->command->argv[0]);
    }
    if (host->clock->monotonic(host->clock) - stream->started >= limit) {
        return failed(stream, "took longer than its time limit and was stopped");
    }
    return OB_OK;
}

static ob_status judge(const ob_command_stream *stream, int64_t code)
{
    char what[48];
    if (code == 0) {
        return OB_OK;
    }
    snprintf(what, sizeof what, "ended with %" PRId64, code);
    return failed(stream, what);
}

static ob_status start(const ob_command *command, const ob_command_host *host, bool is_hook,
                       ob_command_stream **out)
{
    ob_process_options options = {
        .argv = command->argv, .environment = host->environment, .one_output = is_hook};
    ob_command_stream *stream = ob_calloc(1, sizeof *stream);
    if (stream == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", command->argv[0]);
    }
    stream->command = command;
    stream->host = *host;
    stream->is_hook = is_hook;
    stream->started = host->clock->monotonic(host->clock);
    ob_status status = ob_process_start(&options, &stream->process);
    if (OB_FAILED(status)) {
        ob_free(stream);
        return status == OB_E_NO_MEMORY
                   ? status
                   : ob_fail(OB_E_COMMAND_FAILED, "%s cannot be started", ob_detail());
    }
    *out = stream;
    return OB_OK;
}

ob_status ob_command_open(const ob_command *command, const ob_command_host *host,
                          ob_command_stream **out)
{
    return start(command, host, false, out);
}

void ob_command_close(ob_command_stream *stream)
{
    if (stream != NULL) {
        ob_process_close(stream->process);
        ob_free(stream);
    }
}

/* Waits for the end of one that has closed its output. */
static ob_status wait_for_end(ob_command_stream *stream)
{
    bool ended = false;
    int64_t code = 0;
    ob_status status = OB_OK;
    while (status == OB_OK && !ended) {
        status = ob_process_wait(stream->process, WAIT_MS, &ended, &code);
        if (status == OB_OK && !ended) {
            status = check_limits(stream);
        }
    }
    return status == OB_OK ? judge(stream, code) : status;
}

ob_status ob_command_read(ob_command_stream *stream, void *data, size_t size, size_t *got)
{
    size_t count = 0;
    bool ended = false;
    ob_status status = check_limits(stream);
    while (status == OB_OK && count == 0 && !ended) {
        status = ob_process_read(stream->process, data, size, WAIT_MS, &count, &ended);
        if (status == OB_OK && count == 0 && !ended) {
            status = check_limits(stream);
        }
    }
    if (status == OB_OK && count == 0) {
        status = wait_for_end(stream);
    }
    if (status == OB_OK) {
        *got = count;
    }
    return status;
}

/* The end of the program counts, and what it said until then: what it leaves running may hold its
 * output open. */
static ob_status wait_for_hook(ob_command_stream *stream)
{
    char data[1024];
    bool closed = false;
    bool ended = false;
    int64_t code = 0;
    size_t got = 1;
    ob_status status = OB_OK;
    while (status == OB_OK && !(ended && got == 0)) {
        status = ob_process_wait(stream->process, closed ? WAIT_MS : 0, &ended, &code);
        if (status == OB_OK) {
            uint32_t wait = ended || closed ? 0 : WAIT_MS;
            status = ob_process_read(stream->process, data, sizeof data, wait, &got, &closed);
        }
        if (status == OB_OK) {
            remember(stream, data, got);
            status = check_limits(stream);
        }
    }
    return status == OB_OK ? judge(stream, code) : status;
}

ob_status ob_command_run(const ob_command *command, const ob_command_host *host)
{
    ob_command_stream *stream = NULL;
    ob_status status = start(command, host, true, &stream);
    if (status == OB_OK) {
        status = wait_for_hook(stream);
    }
    ob_command_close(stream);
    return status;
}
