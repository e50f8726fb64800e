#include "commands.h"
#include "items.h"
#include "ob/alloc.h"
#include "ob/host.h"
#include "ob/json.h"
#include "ob/rescue.h"
#include "ob/terminal.h"
#include "output.h"
#include "passphrase.h"
#include "progress.h"
#include "record.h"
#include "run.h"
#include "select.h"
#include "watch.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- opening ---- */

/* The machine before the passphrase: nobody likes to type one for a vault that is not there. */
static ob_status open_vault(ob_cli *cli, const char *vault, ob_rescue **out)
{
    char *folder = NULL;
    ob_buf passphrase = {.secret = true};
    ob_rescue_options options = {.fs = ob_fs_os(), .clock = ob_clock_os()};
    const char *file = ob_cli_option_value(cli, OB_OPTION_PASSPHRASE_FILE);
    ob_status status = ob_host_absolute_path(vault, &folder);
    if (status == OB_OK) {
        status = ob_rescue_find_machine(
            options.fs, folder, ob_cli_option_value(cli, OB_OPTION_MACHINE), &options.machine);
    }
    if (status == OB_OK) {
        status = ob_passphrase_read(cli, file, false, &passphrase);
    }
    if (status == OB_OK) {
        options.vault = folder;
        options.passphrase = (const char *)passphrase.data;
        options.passphrase_length = passphrase.length;
        /* From here on something lies in the folder for temporary files that must go again. */
        ob_terminal_outlive_reader();
        ob_terminal_catch_interrupt();
        status = ob_rescue_open(&options, out);
    }
    ob_buf_free(&passphrase);
    ob_free(folder);
    return status;
}

/* An exit code. The rescue is to be closed in every case. */
static int begin(ob_cli *cli, const char *command, ob_rescue **out)
{
    const char *vault = ob_cli_option_value(cli, OB_OPTION_VAULT);
    if (vault == NULL) {
        return ob_output_usage_error(cli, command, "say where the vault is: --vault FOLDER");
    }
    ob_status status = open_vault(cli, vault, out);
    return OB_FAILED(status) ? ob_output_error(cli, status) : OB_EXIT_OK;
}

/* The same for commands with a point as their first operand. */
static int begin_with_point(ob_cli *cli, const char *command, ob_rescue **out, ob_guid *point)
{
    bool latest = false;
    if (!ob_select_operand(cli, point, &latest) && !latest) {
        return ob_select_refuse(cli, "recovery point");
    }
    int code = begin(cli, command, out);
    if (code == OB_EXIT_OK && latest) {
        ob_status status =
            ob_rescue_latest(*out, ob_cli_option_value(cli, OB_OPTION_POLICY), point);
        code = OB_FAILED(status) ? ob_output_error(cli, status) : OB_EXIT_OK;
    }
    return code;
}

static bool interrupted(void *context)
{
    (void)context;
    return ob_terminal_interrupted();
}

/* Whether a list is to be continued: nobody has pressed Ctrl-C, or closed the pipe. */
static ob_status go_on(const ob_cli *cli)
{
    return ob_terminal_interrupted() || ferror(cli->out) != 0
               ? ob_fail(OB_E_CANCELLED, "nobody reads on")
               : OB_OK;
}

/* An exit code for a list that failed. */
static int say_failure(ob_cli *cli, ob_status status)
{
    if (status != OB_E_CANCELLED) {
        return ob_output_error(cli, status);
    }
    return ob_terminal_interrupted() ? OB_EXIT_INTERRUPTED : OB_EXIT_FAILED;
}

/* ---- points ---- */

typedef struct point_list {
    const ob_cli *cli;
    ob_table table;
    cJSON *json; /* an array; with --json */
    bool failed;
} point_list;

static void add_json(point_list *self, const ob_rescue_point *point)
{
    char text[OB_GUID_TEXT];
    char time[OB_TIME_TEXT];
    cJSON *json = ob_json_new_object();
    cJSON *sources = ob_json_new_array();
    ob_guid_format(text, &point->id);
    ob_time_format(time, point->time);
    ob_json_add_text(json, "id", text, &self->failed);
    ob_json_add_text(json, "time", time, &self->failed);
    ob_json_add_int(json, "bytes", point->bytes, &self->failed);
    ob_json_add_int(json, "files", point->files, &self->failed);
    ob_json_add_text(json, "machine", point->machine, &self->failed);
    ob_json_add_text(json, "policy", point->policy, &self->failed);
    for (size_t i = 0; i < point->source_count; i++) {
        ob_json_add_text(sources, NULL, point->sources[i], &self->failed);
    }
    ob_json_add_node(json, "sources", sources, &self->failed);
    ob_json_add_node(self->json, NULL, json, &self->failed);
}

static ob_status add_point(void *context, const ob_rescue_point *point)
{
    point_list *self = context;
    char id[OB_GUID_TEXT];
    char at[OB_OUTPUT_TIME];
    char files[32];
    char size[OB_SIZE_TEXT];
    if (self->json != NULL) {
        add_json(self, point);
        return go_on(self->cli);
    }
    ob_guid_format(id, &point->id);
    ob_output_time(at, point->time);
    snprintf(files, sizeof files, "%" PRId64, point->files);
    ob_size_format(size, point->bytes > 0 ? (uint64_t)point->bytes : 0);
    const char *cells[] = {at, id, files, size, point->policy, point->machine};
    ob_table_row(&self->table, cells);
    return go_on(self->cli);
}

static int list_points(ob_cli *cli, ob_rescue *rescue, point_list *self)
{
    size_t damaged = 0;
    ob_status status = ob_rescue_points(rescue, add_point, self, &damaged);
    if (OB_FAILED(status)) {
        return say_failure(cli, status);
    }
    int code = OB_EXIT_OK;
    if (cli->json) {
        code = ob_output_json(cli, self->json, self->failed);
        self->json = NULL; /* transferred */
    } else {
        code = ob_output_table(cli, &self->table);
    }
    if (code == OB_EXIT_OK && damaged > 0) {
        fprintf(cli->err, "obctl: recovery points that are damaged and not listed: %zu\n", damaged);
        code = OB_EXIT_WARNINGS;
    }
    return code;
}

int ob_run_rescue_points(ob_cli *cli)
{
    static const ob_column columns[] = {
        {.title = "TIME"},
        {.title = "POINT"},
        {.title = "FILES", .right = true},
        {.title = "SIZE", .right = true, .optional = true},
        {.title = "POLICY", .cut = true, .optional = true},
        {.title = "MACHINE", .cut = true, .optional = true},
    };
    point_list self = {.cli = cli, .table = {.columns = columns, .column_count = 6}};
    ob_rescue *rescue = NULL;
    int code = begin(cli, "rescue points", &rescue);
    if (code == OB_EXIT_OK) {
        self.json = cli->json ? ob_json_new_array() : NULL;
        self.failed = cli->json && self.json == NULL;
        code = list_points(cli, rescue, &self);
    }
    ob_rescue_close(rescue);
    ob_table_clear(&self.table);
    ob_json_free(self.json);
    return code;
}

/* ---- what a point holds ---- */

static ob_status add_item(void *context, const ob_item *item)
{
    ob_items *items = context;
    ob_status status = ob_items_put(items, item);
    return status == OB_OK ? go_on(items->cli) : status;
}

int ob_run_rescue_list(ob_cli *cli)
{
    ob_guid point = {{0}};
    ob_rescue *rescue = NULL;
    const char *path = cli->operand_count > 1 ? cli->operands[1] : "";
    ob_items items = ob_items_begin(cli);
    int code = begin_with_point(cli, "rescue list", &rescue, &point);
    if (code == OB_EXIT_OK) {
        ob_status status =
            ob_rescue_browse(rescue, &point, path, ob_items_pattern(cli), add_item, &items);
        code = OB_FAILED(status) ? say_failure(cli, status) : ob_items_end(&items);
    }
    ob_items_free(&items);
    ob_rescue_close(rescue);
    return code;
}

/* ---- restore ---- */

static void show(void *context, const ob_job *job)
{
    ob_watch_show(context, job);
}

/* Each one as it happens: the summary has the first ones only. */
static void say_failed(void *context, const char *path, ob_status status, const char *detail)
{
    ob_watch *watch = context;
    ob_buf text = {0};
    ob_watch_clear(watch);
    ob_buf_put_text(&text, "obctl: not restored: ");
    ob_text_escape(&text, path, strlen(path));
    ob_buf_put_text(&text, ": ");
    ob_put_safe(&text, detail);
    ob_buf_printf(&text, " (%s)\n", ob_status_lookup(status)->symbol);
    if (text.failed) {
        fputs("obctl: a file was not restored\n", watch->cli->err);
    } else {
        fwrite(text.data, 1, text.length, watch->cli->err);
    }
    ob_buf_free(&text);
}

static int restore(ob_cli *cli, ob_rescue *rescue, const ob_rescue_restore_options *options)
{
    ob_watch watch = ob_watch_of(cli);
    ob_rescue_watch rescue_watch = {&watch, show, say_failed, interrupted};
    ob_job job = {0};
    ob_status status = ob_rescue_restore(rescue, options, &rescue_watch, &job);
    if (OB_FAILED(status)) {
        return ob_output_error(cli, status);
    }
    int code = ob_watch_show(&watch, &job);
    if (code == OB_EXIT_OK) {
        code = job.state == OB_JOB_ABORTED ? OB_EXIT_INTERRUPTED : ob_watch_exit_code(&job);
    }
    ob_job_free(&job);
    return code;
}

int ob_run_rescue_restore(ob_cli *cli)
{
    static const char *const overwrites[] = {[OB_RESCUE_COPY] = "copy",
                                             [OB_RESCUE_SKIP] = "skip",
                                             [OB_RESCUE_REPLACE] = "replace",
                                             NULL};
    ob_rescue *rescue = NULL;
    char *destination = NULL;
    const char *to = ob_cli_option_value(cli, OB_OPTION_TO);
    ob_rescue_restore_options options = {.skip_security = ob_cli_has(cli, OB_OPTION_SKIP_SECURITY)};
    int code = ob_select_choice(cli, OB_OPTION_OVERWRITE, "rescue restore", overwrites,
                                &options.overwrite);
    if (code == OB_EXIT_OK && to != NULL) {
        ob_status status = ob_host_absolute_path(to, &destination);
        code = OB_FAILED(status) ? ob_output_error(cli, status) : OB_EXIT_OK;
    }
    if (code == OB_EXIT_OK) {
        code = begin_with_point(cli, "rescue restore", &rescue, &options.point);
    }
    if (code == OB_EXIT_OK) {
        options.items = cli->operands + 1;
        options.item_count = cli->operand_count - 1;
        options.destination = destination;
        code = restore(cli, rescue, &options);
    }
    ob_rescue_close(rescue);
    ob_free(destination);
    return code;
}
