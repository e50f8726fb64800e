#include "document.h"
#include "ob/json.h"
#include "output.h"
#include "run.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A number as people copy it: hexadecimal, or decimal with or without a sign. */
static bool parse_number(const char *text, int64_t *out)
{
    char *end = NULL;
    if (!isdigit((unsigned char)text[0]) && text[0] != '-') {
        return false;
    }
    errno = 0;
    long long value = strtoll(text, &end, 0);
    if (errno != 0 || *end != '\0' || value < INT32_MIN || value > UINT32_MAX) {
        return false;
    }
    *out = value;
    return true;
}

static ob_buf local_description(ob_status status)
{
    ob_buf text = {0};
    bool failed = false;
    const ob_status_info *info = ob_status_lookup(status);
    ob_client_error error = {status,       info->symbol, info->message,
                             info->advice, "",           info->mars_code};
    cJSON *json = ob_output_error_json(&error, &failed);
    if (!failed) {
        ob_json_print(&text, json);
    }
    ob_json_free(json);
    return text;
}

static int say(ob_cli *cli, const cJSON *json)
{
    char number[32];
    ob_table table = ob_table_of_pairs();
    int64_t code = ob_document_count(json, "code");
    int64_t value = 0;
    ob_json_object object = ob_json_object_of(json, "error");
    ob_json_get_int(&object, "status", INT32_MIN, INT32_MAX, &value);
    snprintf(number, sizeof number, "0x%08lX", (unsigned long)(uint32_t)value);
    ob_table_pair(&table, "Status", number);
    ob_table_pair(&table, "Symbol", ob_document_text(json, "symbol"));
    if (code != 0) {
        snprintf(number, sizeof number, "%lld", (long long)code);
        ob_table_pair(&table, "Code", number);
    }
    ob_table_pair(&table, "Message", ob_document_text(json, "message"));
    ob_table_pair(&table, "Advice", ob_document_text(json, "advice"));
    return ob_output_table(cli, &table);
}

/* The answer for a status that is in no table is that of OB_E_UNEXPECTED. */
static bool is_known(const cJSON *description, ob_status status)
{
    const char *symbol = ob_status_lookup(OB_E_UNEXPECTED)->symbol;
    return status == OB_E_UNEXPECTED ||
           strcmp(ob_document_text(description, "symbol"), symbol) != 0;
}

/* The agent knows best, it may be newer than this program; without one the table here answers. */
static int describe(ob_cli *cli, ob_status status)
{
    ob_buf description = {0};
    cJSON *json = NULL;
    int code = OB_EXIT_OK;
    if (cli->client == NULL || OB_FAILED(ob_client_describe(cli->client, status, &description))) {
        description = local_description(status);
    }
    ob_status parsed = ob_document_parse(&description, &json);
    if (OB_FAILED(parsed)) {
        code = ob_output_error(cli, parsed);
    } else if (!is_known(json, status)) {
        code = ob_output_error(
            cli, ob_fail(OB_E_NOT_FOUND, "no error has the code %s", cli->operands[0]));
    } else if (cli->json) {
        code = ob_output_agent(cli, &description);
    } else {
        code = say(cli, json);
    }
    ob_json_free(json);
    ob_buf_free(&description);
    return code;
}

/* The row that `text` names by its symbol or by the code that MARS has for it. */
static const ob_status_info *find_row(const char *text, int64_t number)
{
    for (size_t i = 0; ob_status_at(i) != NULL; i++) {
        const ob_status_info *info = ob_status_at(i);
        if (strcmp(info->symbol, text) == 0 || (number > 0 && info->mars_code == number)) {
            return info;
        }
    }
    return NULL;
}

int ob_run_error(ob_cli *cli)
{
    int64_t number = 0;
    bool is_number = parse_number(cli->operands[0], &number);
    const ob_status_info *row = find_row(cli->operands[0], is_number ? number : 0);
    if (row == NULL && !is_number) {
        return ob_output_usage_error(cli, "error", "%s is no number and no symbol of an error",
                                     cli->operands[0]);
    }
    if (OB_FAILED(ob_client_connect(cli->endpoint, &cli->client))) {
        cli->client = NULL;
    }
    return describe(cli, row != NULL ? row->status : (ob_status)(uint32_t)number);
}
