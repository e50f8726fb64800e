#include "commands.h"
#include "document.h"
#include "input.h"
#include "ob/json.h"
#include "output.h"
#include "policies.h"
#include "run.h"
#include "select.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <string.h>

#define POLICY_MOST 1048576

/* "Kept    30 days, 4 weeks" */
static void pair_retention(ob_table *table, const cJSON *retention)
{
    static const char *const rules[] = {"weekly", "monthly", "yearly"};
    static const char *const counts[] = {"weeks", "months", "years"};
    ob_buf text = {0};
    int64_t days = ob_document_count(retention, "days");
    if (retention == NULL) {
        return;
    }
    if (days > 0) {
        ob_buf_printf(&text, "%" PRId64 " days", days);
    }
    for (size_t i = 0; i < 3; i++) {
        int64_t count = ob_document_count(ob_document_object(retention, rules[i]), counts[i]);
        if (count > 0) {
            ob_buf_printf(&text, "%s%" PRId64 " %s", text.length > 0 ? ", " : "", count, counts[i]);
        }
    }
    ob_buf_put_u8(&text, 0);
    ob_table_pair(table, "Kept", text.failed ? "" : (const char *)text.data);
    ob_buf_free(&text);
}

/* A command of the policy, its arguments joined, and its time limit. */
static void add_command(ob_table *table, const char *title, const cJSON *command)
{
    ob_buf line = {0};
    ob_buf limit = {0};
    const char *name = ob_document_text(command, "name");
    if (name[0] != '\0') {
        ob_buf_printf(&line, "%s: ", name);
    }
    const cJSON *first = ob_document_list(command, "command");
    for (const cJSON *argument = first; argument != NULL; argument = argument->next) {
        const char *text = cJSON_GetStringValue(argument);
        ob_buf_put_text(&line, argument == first ? "" : " ");
        ob_buf_put_text(&line, text != NULL ? text : "");
    }
    ob_buf_printf(&limit, "%lld s", (long long)ob_document_count(command, "timeout"));
    ob_buf_put_u8(&line, 0);
    ob_buf_put_u8(&limit, 0);
    if (!line.failed && !limit.failed) {
        const char *cells[] = {title, (const char *)line.data, (const char *)limit.data};
        ob_table_row(table, cells);
    }
    ob_buf_free(&line);
    ob_buf_free(&limit);
}

/* What a policy says beside its file specs, where that is not as usual. */
static void add_options(ob_table *table, const cJSON *json)
{
    static const char *const caches[] = {"Exclude", "caches (CACHEDIR.TAG)", ""};
    static const char *const nothing[] = {"Include", "page, swap and system files", ""};
    const cJSON *usual = cJSON_GetObjectItemCaseSensitive(json, "default_exclusions");
    const cJSON *hooks = ob_document_object(json, "hooks");
    const cJSON *before = ob_document_object(hooks, "before");
    const cJSON *after = ob_document_object(hooks, "after");
    const cJSON *command = ob_document_list(json, "commands");
    if (ob_document_flag(json, "exclude_caches")) {
        ob_table_row(table, caches);
    }
    if (cJSON_IsFalse(usual)) {
        ob_table_row(table, nothing);
    }
    if (before != NULL) {
        add_command(table, "Before", before);
    }
    for (; command != NULL; command = command->next) {
        add_command(table, "Command", command);
    }
    if (after != NULL) {
        add_command(table, "After", after);
    }
}

static int print_policy(ob_cli *cli, const ob_buf *document)
{
    static const ob_column columns[] = {{0}, {0}, {0}};
    cJSON *json = NULL;
    ob_status status = ob_document_parse(document, &json);
    if (OB_FAILED(status)) {
        return ob_output_error(cli, status);
    }
    ob_table head = ob_table_of_pairs();
    ob_table_pair(&head, "Policy", ob_document_text(json, "name"));
    ob_table_pair(&head, "State", ob_document_text(json, "state"));
    pair_retention(&head, ob_document_object(json, "retention"));
    int code = ob_output_table(cli, &head);
    ob_table table = {.columns = columns, .column_count = 3};
    for (const cJSON *spec = ob_document_list(json, "files"); spec != NULL; spec = spec->next) {
        bool recursive = true;
        ob_json_object object = ob_json_object_of(spec, "spec");
        ob_json_get_bool(&object, "recursive", &recursive);
        const char *cells[] = {ob_document_flag(spec, "exclude") ? "Exclude" : "Include",
                               ob_document_text(spec, "path"), recursive ? "" : "not recursive"};
        ob_table_row(&table, cells);
    }
    add_options(&table, json);
    if (code == OB_EXIT_OK) {
        code = ob_output_table(cli, &table);
    } else {
        ob_table_clear(&table);
    }
    ob_json_free(json);
    return code;
}

static int print_policies(ob_cli *cli, const cJSON *policies)
{
    static const ob_column columns[] = {{.title = "POLICY"},
                                        {.title = "WHAT", .cut = true},
                                        {.title = "MODIFIED", .optional = true}};
    ob_table table = {.columns = columns, .column_count = 3};
    for (const cJSON *policy = policies->child; policy != NULL; policy = policy->next) {
        ob_buf what = ob_policies_describe(policy);
        const char *cells[] = {ob_document_text(policy, "name"),
                               what.failed ? "" : (const char *)what.data,
                               ob_document_text(policy, "modified")};
        ob_table_row(&table, cells);
        ob_buf_free(&what);
    }
    return ob_output_table(cli, &table);
}

int ob_run_policy_list(ob_cli *cli)
{
    cJSON *policies = NULL;
    int code = ob_cli_connect(cli);
    if (code == OB_EXIT_OK) {
        code = ob_policies_read(cli, &policies);
    }
    if (code == OB_EXIT_OK && cli->json) {
        code = ob_output_json(cli, policies, false);
        policies = NULL; /* transferred */
    } else if (code == OB_EXIT_OK) {
        code = print_policies(cli, policies);
    }
    ob_json_free(policies);
    return code;
}

int ob_run_policy_show(ob_cli *cli)
{
    ob_buf policy = {0};
    int code = ob_cli_connect(cli);
    if (code != OB_EXIT_OK) {
        return code;
    }
    const char *name = cli->operand_count > 0 ? cli->operands[0] : "";
    if (OB_FAILED(ob_client_get_policy(cli->client, name, &policy))) {
        return ob_output_client_error(cli);
    }
    if (cli->json) {
        code = ob_output_agent(cli, &policy);
    } else {
        code = print_policy(cli, &policy);
    }
    ob_buf_free(&policy);
    return code;
}

static void add_spec(cJSON *files, const ob_cli_option *option, bool recursive, bool *failed)
{
    cJSON *spec = ob_json_new_object();
    ob_json_add_text(spec, "path", option->value, failed);
    if (option->id == OB_OPTION_EXCLUDE) {
        ob_json_add_bool(spec, "exclude", true, failed);
    }
    if (!recursive) {
        ob_json_add_bool(spec, "recursive", false, failed);
    }
    ob_json_add_node(files, NULL, spec, failed);
}

/* How long points are kept, if an option says so. */
static int add_retention(ob_cli *cli, cJSON **out, bool *failed)
{
    static const struct {
        int option;
        const char *rule;
        const char *count;
    } rules[] = {
        {OB_OPTION_KEEP_WEEKS, "weekly", "weeks"},
        {OB_OPTION_KEEP_MONTHS, "monthly", "months"},
        {OB_OPTION_KEEP_YEARS, "yearly", "years"},
    };
    cJSON *json = ob_json_new_object();
    size_t number = 0;
    int code = ob_select_number(cli, OB_OPTION_KEEP_DAYS, "policy set", &number);
    if (number > 0) {
        ob_json_add_int(json, "days", (int64_t)number, failed);
    }
    for (size_t i = 0; i < 3 && code == OB_EXIT_OK; i++) {
        number = 0;
        code = ob_select_number(cli, rules[i].option, "policy set", &number);
        if (number > 0) {
            cJSON *rule = ob_json_new_object();
            ob_json_add_int(rule, rules[i].count, (int64_t)number, failed);
            ob_json_add_node(json, rules[i].rule, rule, failed);
        }
    }
    *out = json;
    return code;
}

static bool has_retention(const ob_cli *cli)
{
    return ob_cli_has(cli, OB_OPTION_KEEP_DAYS) || ob_cli_has(cli, OB_OPTION_KEEP_WEEKS) ||
           ob_cli_has(cli, OB_OPTION_KEEP_MONTHS) || ob_cli_has(cli, OB_OPTION_KEEP_YEARS);
}

/* The policy that the options describe; what it may hold is the agent's to judge. */
static int build_policy(ob_cli *cli, ob_buf *out)
{
    bool failed = false;
    bool recursive = !ob_cli_has(cli, OB_OPTION_NON_RECURSIVE);
    const char *name = ob_cli_option_value(cli, OB_OPTION_NAME);
    cJSON *json = ob_json_new_object();
    cJSON *files = ob_json_new_array();
    if (name != NULL) {
        ob_json_add_text(json, "name", name, &failed);
    }
    if (ob_cli_has(cli, OB_OPTION_PAUSED)) {
        ob_json_add_text(json, "state", "paused", &failed);
    }
    for (size_t i = 0; i < cli->option_count; i++) {
        if (cli->options[i].id == OB_OPTION_INCLUDE || cli->options[i].id == OB_OPTION_EXCLUDE) {
            add_spec(files, &cli->options[i], recursive, &failed);
        }
    }
    ob_json_add_node(json, "files", files, &failed);
    int code = OB_EXIT_OK;
    if (has_retention(cli)) {
        cJSON *retention = NULL;
        code = add_retention(cli, &retention, &failed);
        ob_json_add_node(json, "retention", retention, &failed);
    }
    ob_status status = failed ? ob_fail(OB_E_NO_MEMORY, "the policy") : ob_json_print(out, json);
    ob_json_free(json);
    return code == OB_EXIT_OK && OB_FAILED(status) ? ob_output_error(cli, status) : code;
}

int ob_run_policy_set(ob_cli *cli)
{
    const char *file = ob_cli_option_value(cli, OB_OPTION_FILE);
    ob_buf policy = {0};
    ob_buf stored = {0};
    if (file != NULL && (ob_cli_has(cli, OB_OPTION_INCLUDE) || ob_cli_has(cli, OB_OPTION_EXCLUDE) ||
                         ob_cli_has(cli, OB_OPTION_NAME) || ob_cli_has(cli, OB_OPTION_PAUSED) ||
                         ob_cli_has(cli, OB_OPTION_NON_RECURSIVE) || has_retention(cli))) {
        return ob_output_usage_error(cli, "policy set", "with --file the policy stands there");
    }
    if (file == NULL && !ob_cli_has(cli, OB_OPTION_INCLUDE)) {
        return ob_output_usage_error(cli, "policy set", "give --include PATH, or --file");
    }
    ob_status status = OB_OK;
    int code = OB_EXIT_OK;
    if (file == NULL) {
        code = build_policy(cli, &policy);
    } else {
        status = ob_input_read(cli, file, POLICY_MOST, &policy);
        code = OB_FAILED(status) ? ob_output_error(cli, status) : OB_EXIT_OK;
    }
    if (code == OB_EXIT_OK) {
        code = ob_cli_connect(cli);
    }
    if (code != OB_EXIT_OK) {
        goto out;
    }
    status = ob_client_set_policy(cli->client, (const char *)policy.data, policy.length, &stored);
    if (OB_FAILED(status)) {
        code = ob_output_client_error(cli);
    } else if (cli->json) {
        code = ob_output_agent(cli, &stored);
    } else {
        code = print_policy(cli, &stored);
    }
out:
    ob_buf_free(&policy);
    ob_buf_free(&stored);
    return code;
}

int ob_run_policy_remove(ob_cli *cli)
{
    int code = ob_cli_connect(cli);
    if (code != OB_EXIT_OK) {
        return code;
    }
    const char *name = cli->operand_count > 0 ? cli->operands[0] : "";
    if (OB_FAILED(ob_client_remove_policy(cli->client, name))) {
        return ob_output_client_error(cli);
    }
    return ob_output_done(cli, "The policy is removed; its recovery points stay.");
}
