#include "commands.h"
#include "ob/json.h"
#include "output.h"
#include "run.h"
#include "select.h"

#include <cjson/cJSON.h>

/* Starts a job by the options' document, and watches it. Takes `json` over. */
static int start(ob_cli *cli, cJSON *json, bool failed)
{
    ob_buf options = {0};
    ob_guid job = {{0}};
    ob_status status = failed ? ob_fail(OB_E_NO_MEMORY, "the options") : OB_OK;
    if (!OB_FAILED(status)) {
        status = ob_json_print(&options, json);
    }
    ob_json_free(json);
    int code = OB_FAILED(status) ? ob_output_error(cli, status) : ob_cli_connect(cli);
    if (code == OB_EXIT_OK) {
        status =
            ob_client_start_prune(cli->client, (const char *)options.data, options.length, &job);
        code = OB_FAILED(status) ? ob_output_client_error(cli) : ob_run_started(cli, &job, "Prune");
    }
    ob_buf_free(&options);
    return code;
}

int ob_run_prune(ob_cli *cli)
{
    bool failed = false;
    cJSON *json = ob_json_new_object();
    if (ob_cli_has(cli, OB_OPTION_DRY_RUN)) {
        ob_json_add_bool(json, "dry_run", true, &failed);
    }
    if (ob_cli_has(cli, OB_OPTION_ACCEPT_MISSING)) {
        ob_json_add_bool(json, "accept_missing", true, &failed);
    }
    return start(cli, json, failed);
}

/* One point, and no rule. */
static int start_for(ob_cli *cli, const char *what, const ob_guid *point)
{
    bool failed = false;
    char text[OB_GUID_TEXT];
    cJSON *json = ob_json_new_object();
    cJSON *list = ob_json_new_array();
    ob_guid_format(text, point);
    ob_json_add_bool(json, "rules", false, &failed);
    ob_json_add_text(list, NULL, text, &failed);
    ob_json_add_node(json, what, list, &failed);
    return start(cli, json, failed);
}

int ob_run_point_delete(ob_cli *cli)
{
    ob_guid point = {{0}};
    int code = ob_select_point(cli, &point);
    return code == OB_EXIT_OK ? start_for(cli, "delete", &point) : code;
}

/* A deleted one is not listed, so none of them is the latest. */
int ob_run_point_undelete(ob_cli *cli)
{
    ob_guid point = {{0}};
    bool latest = false;
    if (!ob_select_operand(cli, &point, &latest)) {
        return ob_output_error(cli, ob_fail(OB_E_INVALID_ARGUMENT,
                                            "%s is no deleted recovery point: give its GUID",
                                            cli->operands[0]));
    }
    return start_for(cli, "undelete", &point);
}
