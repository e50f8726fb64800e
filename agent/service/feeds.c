#include "feeds.h"

#include "command.h"
#include "ob/alloc.h"

struct ob_command_feed {
    const ob_command *command;
    ob_command_host host;
};

static bool is_cancelled(void *context)
{
    return ob_run_cancelled(context);
}

static ob_status open_feed(void *context, void **stream)
{
    const struct ob_command_feed *feed = context;
    ob_command_stream *opened = NULL;
    ob_status status = ob_command_open(feed->command, &feed->host, &opened);
    if (status == OB_OK) {
        *stream = opened;
    }
    return status;
}

static ob_status read_feed(void *stream, void *data, size_t size, size_t *got)
{
    return ob_command_read(stream, data, size, got);
}

static void close_feed(void *stream)
{
    ob_command_close(stream);
}

static void fill(ob_command_feeds *feeds, const ob_policy_options *options, ob_run *run)
{
    for (size_t i = 0; i < options->command_count; i++) {
        const ob_command *command = &options->commands[i];
        feeds->commands[i] = (struct ob_command_feed){
            .command = command,
            .host = {.clock = ob_clock_os(),
                     .environment = (const char *const *)feeds->environment,
                     .stopped = is_cancelled,
                     .context = run}};
        feeds->feeds[i] = (ob_feed){.name = command->name,
                                    .context = &feeds->commands[i],
                                    .open = open_feed,
                                    .read = read_feed,
                                    .close = close_feed};
    }
    feeds->count = options->command_count;
}

ob_status ob_command_feeds_make(ob_command_feeds *out, const ob_policy *policy, ob_run *run)
{
    char id[OB_GUID_TEXT];
    ob_guid job = ob_run_id(run);
    size_t count = policy->options.command_count;
    if (count == 0) {
        return OB_OK;
    }
    ob_guid_format(id, &job);
    out->feeds = ob_calloc(count, sizeof *out->feeds);
    out->commands = ob_calloc(count, sizeof *out->commands);
    out->environment[0] = ob_asprintf("OB_POLICY=%s", policy->name);
    out->environment[1] = ob_asprintf("OB_JOB=%s", id);
    if (out->feeds == NULL || out->commands == NULL || out->environment[0] == NULL ||
        out->environment[1] == NULL) {
        ob_command_feeds_free(out);
        return ob_fail(OB_E_NO_MEMORY, "%zu commands", count);
    }
    /* The contexts point into *out, which stays where it is. */
    fill(out, &policy->options, run);
    return OB_OK;
}

void ob_command_feeds_free(ob_command_feeds *feeds)
{
    ob_free(feeds->feeds);
    ob_free(feeds->commands);
    ob_free(feeds->environment[0]);
    ob_free(feeds->environment[1]);
    *feeds = (ob_command_feeds){0};
}
