#include "select.h"

#include "commands.h"
#include "document.h"
#include "ob/alloc.h"
#include "ob/json.h"
#include "output.h"

#include <cjson/cJSON.h>
#include <string.h>

#define NUMBER_DIGITS 9
#define PAGE 100

bool ob_select_operand(const ob_cli *cli, ob_guid *out, bool *latest)
{
    const char *text = cli->operand_count > 0 ? cli->operands[0] : "latest";
    *latest = strcmp(text, "latest") == 0;
    return !*latest && !OB_FAILED(ob_guid_parse(out, text, strlen(text)));
}

int ob_select_refuse(ob_cli *cli, const char *what)
{
    return ob_output_error(cli,
                           ob_fail(OB_E_INVALID_ARGUMENT, "%s is no %s: give its GUID, or latest",
                                   cli->operands[0], what));
}

static int newest_job(ob_cli *cli, unsigned filter, const char *none, ob_guid *out)
{
    ob_job *jobs = NULL;
    size_t count = 0;
    int64_t resume = 0;
    if (OB_FAILED(ob_client_list_jobs(cli->client, filter, &resume, 1, &jobs, &count))) {
        return ob_output_client_error(cli);
    }
    if (count == 0) {
        ob_free(jobs);
        return ob_output_error(cli, ob_fail(OB_E_NOT_FOUND, "%s", none));
    }
    *out = jobs[0].id;
    for (size_t i = 0; i < count; i++) {
        ob_job_free(&jobs[i]);
    }
    ob_free(jobs);
    return OB_EXIT_OK;
}

static int latest_job(ob_cli *cli, ob_guid *out)
{
    return newest_job(cli, OB_JOBS_ALL, "no job has run yet", out);
}

bool ob_select_is_of(const ob_point *point, const char *policy)
{
    cJSON *json = NULL;
    bool same = false;
    if (!OB_FAILED(ob_json_parse(&json, point->sources, strlen(point->sources)))) {
        same = strcmp(ob_document_text(json, "policy"), policy) == 0;
    }
    ob_json_free(json);
    return same;
}

/* The newest one of a page that fits; an exit code. */
static int look_at_page(ob_cli *cli, const char *policy, int64_t *resume, ob_guid *out, bool *found)
{
    ob_point *points = NULL;
    size_t count = 0;
    unsigned most = policy != NULL ? PAGE : 1;
    if (OB_FAILED(ob_client_list_points(cli->client, "", resume, most, &points, &count))) {
        return ob_output_client_error(cli);
    }
    for (size_t i = 0; i < count; i++) {
        if (!*found && (policy == NULL || ob_select_is_of(&points[i], policy))) {
            *out = points[i].id;
            *found = true;
        }
        ob_point_free(&points[i]);
    }
    if (count == 0) {
        *resume = 0;
    }
    ob_free(points);
    return OB_EXIT_OK;
}

static int latest_point(ob_cli *cli, ob_guid *out)
{
    const char *policy = ob_cli_option_value(cli, OB_OPTION_POLICY);
    int64_t resume = 0;
    bool found = false;
    do {
        int code = look_at_page(cli, policy, &resume, out, &found);
        if (code != OB_EXIT_OK) {
            return code;
        }
    } while (!found && resume != 0);
    if (!found) {
        return ob_output_error(cli, ob_fail(OB_E_NOT_FOUND, "there is no recovery point%s%s yet",
                                            policy != NULL ? " of the policy " : "",
                                            policy != NULL ? policy : ""));
    }
    return OB_EXIT_OK;
}

static int select_guid(ob_cli *cli, const char *what, int (*newest)(ob_cli *, ob_guid *),
                       ob_guid *out)
{
    bool latest = false;
    bool parsed = ob_select_operand(cli, out, &latest);
    if (!parsed && !latest) {
        return ob_select_refuse(cli, what);
    }
    int code = ob_cli_connect(cli);
    return code == OB_EXIT_OK && latest ? newest(cli, out) : code;
}

int ob_select_job(ob_cli *cli, ob_guid *out)
{
    return select_guid(cli, "job", latest_job, out);
}

int ob_select_running_job(ob_cli *cli, ob_guid *out)
{
    if (cli->operand_count > 0) {
        return ob_select_job(cli, out);
    }
    int code = ob_cli_connect(cli);
    return code == OB_EXIT_OK ? newest_job(cli, OB_JOBS_RUNNING, "no job is running", out) : code;
}

int ob_select_point(ob_cli *cli, ob_guid *out)
{
    return select_guid(cli, "recovery point", latest_point, out);
}

void ob_select_tell_of_policies(ob_cli *cli)
{
    ob_guid id = {{0}};
    bool latest = false;
    char **policies = NULL;
    size_t count = 0;
    int64_t resume = 0;
    ob_select_operand(cli, &id, &latest);
    if (!latest || ob_cli_has(cli, OB_OPTION_POLICY) ||
        OB_FAILED(ob_client_list_policies(cli->client, &resume, PAGE, &policies, &count))) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        ob_free(policies[i]);
    }
    ob_free(policies);
    if (count > 1) {
        fputs("obctl: latest is the newest point of all policies; with --policy NAME it is the "
              "newest of that one\n",
              cli->err);
    }
}

int ob_select_number(ob_cli *cli, int option, const char *command, size_t *out)
{
    const char *text = ob_cli_option_value(cli, option);
    if (text == NULL) {
        return OB_EXIT_OK;
    }
    size_t length = strlen(text);
    size_t number = 0;
    for (size_t i = 0; i < length && i < NUMBER_DIGITS; i++) {
        if (text[i] < '0' || text[i] > '9') {
            length = 0;
            break;
        }
        number = number * 10 + (size_t)(text[i] - '0');
    }
    if (length == 0 || length > NUMBER_DIGITS || number == 0) {
        return ob_output_usage_error(cli, command, "%s is no number from 1 on", text);
    }
    *out = number;
    return OB_EXIT_OK;
}

int ob_select_choice(ob_cli *cli, int option, const char *command, const char *const *choices,
                     int *out)
{
    const char *text = ob_cli_option_value(cli, option);
    if (text == NULL) {
        return OB_EXIT_OK;
    }
    char known[128] = "";
    for (int i = 0; choices[i] != NULL; i++) {
        if (strcmp(choices[i], text) == 0) {
            *out = i;
            return OB_EXIT_OK;
        }
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "", choices[i]);
    }
    return ob_output_usage_error(cli, command, "%s is not one of: %s", text, known);
}
