#include "commands.h"
#include "ob/alloc.h"
#include "ob/host.h"
#include "ob/json.h"
#include "output.h"
#include "passphrase.h"
#include "run.h"
#include "select.h"

#include <cjson/cJSON.h>
#include <string.h>

static ob_status add_passphrase(ob_cli *cli, cJSON *json, bool *failed)
{
    ob_buf passphrase = {.secret = true};
    const char *file = ob_cli_option_value(cli, OB_OPTION_PASSPHRASE_FILE);
    if (file == NULL && !ob_cli_has(cli, OB_OPTION_ASK_PASSPHRASE)) {
        return OB_OK;
    }
    ob_status status = ob_passphrase_read(cli, file, false, &passphrase);
    if (!OB_FAILED(status)) {
        ob_json_add_text(json, "passphrase", (const char *)passphrase.data, failed);
    }
    ob_buf_free(&passphrase);
    return status;
}

static void add_items(const ob_cli *cli, cJSON *json, bool *failed)
{
    if (cli->operand_count < 2) {
        return;
    }
    cJSON *items = ob_json_new_array();
    for (size_t i = 1; i < cli->operand_count; i++) {
        ob_json_add_text(items, NULL, cli->operands[i], failed);
    }
    ob_json_add_node(json, "items", items, failed);
}

/* Begins at a root of either system: the agent may be on the other one. */
static bool is_from_root(const char *path)
{
    bool drive = ((path[0] >= 'A' && path[0] <= 'Z') || (path[0] >= 'a' && path[0] <= 'z')) &&
                 path[1] == ':' && (path[2] == '/' || path[2] == '\\');
    return drive || path[0] == '/' || path[0] == '\\';
}

/* The agent has another current folder than who runs this. */
static ob_status add_destination(const ob_cli *cli, cJSON *json, bool *failed)
{
    char *path = NULL;
    const char *to = ob_cli_option_value(cli, OB_OPTION_TO);
    ob_status status = OB_OK;
    if (to != NULL && !is_from_root(to)) {
        status = ob_host_absolute_path(to, &path);
        to = path;
    }
    if (to != NULL) {
        ob_json_add_text(json, "destination", to, failed);
    }
    ob_free(path);
    return status;
}

static ob_status build_recovery(ob_cli *cli, const ob_guid *point, ob_buf *out)
{
    char id[OB_GUID_TEXT];
    bool failed = false;
    const char *overwrite = ob_cli_option_value(cli, OB_OPTION_OVERWRITE);
    cJSON *json = ob_json_new_object();
    ob_guid_format(id, point);
    ob_json_add_text(json, "point", id, &failed);
    add_items(cli, json, &failed);
    ob_status status = add_destination(cli, json, &failed);
    if (overwrite != NULL) {
        ob_json_add_text(json, "overwrite", overwrite, &failed);
    }
    if (ob_cli_has(cli, OB_OPTION_SKIP_SECURITY)) {
        ob_json_add_bool(json, "skip_security", true, &failed);
    }
    if (!OB_FAILED(status)) {
        status = add_passphrase(cli, json, &failed);
    }
    if (!OB_FAILED(status)) {
        status = failed ? ob_fail(OB_E_NO_MEMORY, "the options") : ob_json_print(out, json);
    }
    ob_json_free_secret(json);
    return status;
}

/* A job that has ended for an item that is not there. */
static bool lacks_item(ob_cli *cli, const ob_guid *id)
{
    ob_job job = {0};
    bool lacks = !OB_FAILED(ob_client_watch_job(cli->client, id, -1, 0, &job)) &&
                 ob_job_has_ended(&job) && job.status == OB_E_NOT_FOUND;
    ob_job_free(&job);
    return lacks;
}

int ob_run_restore(ob_cli *cli)
{
    static const char *const overwrites[] = {"copy", "skip", "replace", NULL};
    ob_buf options = {.secret = true};
    ob_guid point = {{0}};
    ob_guid job = {{0}};
    int overwrite = 0;
    int code = ob_select_choice(cli, OB_OPTION_OVERWRITE, "restore", overwrites, &overwrite);
    if (code == OB_EXIT_OK) {
        code = ob_select_point(cli, &point);
    }
    if (code != OB_EXIT_OK) {
        return code;
    }
    ob_status status = build_recovery(cli, &point, &options);
    if (OB_FAILED(status)) {
        code = ob_output_error(cli, status);
    } else if (OB_FAILED(ob_client_start_recovery(cli->client, (const char *)options.data,
                                                  options.length, &job))) {
        code = ob_output_client_error(cli);
    } else {
        code = ob_run_started(cli, &job, "Recovery");
        if (code == OB_EXIT_FAILED && lacks_item(cli, &job)) {
            ob_select_tell_of_policies(cli);
        }
    }
    ob_buf_free(&options);
    return code;
}
