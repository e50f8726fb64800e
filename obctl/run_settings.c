#include "commands.h"
#include "document.h"
#include "input.h"
#include "ob/json.h"
#include "output.h"
#include "passphrase.h"
#include "run.h"

#define DOCUMENT_MOST 1048576

int ob_run_settings_show(ob_cli *cli)
{
    ob_buf answer = {0};
    cJSON *json = NULL;
    ob_status status = OB_OK;
    int code = ob_cli_connect(cli);
    if (code != OB_EXIT_OK) {
        return code;
    }
    if (OB_FAILED(ob_client_get_settings(cli->client, &answer))) {
        return ob_output_client_error(cli);
    }
    if (cli->json) {
        code = ob_output_agent(cli, &answer);
        goto out;
    }
    status = ob_document_parse(&answer, &json);
    if (OB_FAILED(status)) {
        code = ob_output_error(cli, status);
    } else {
        ob_table table = ob_table_of_pairs();
        const cJSON *vault = ob_document_object(json, "vault");
        bool registered = ob_document_flag(json, "registered");
        ob_table_pair(&table, "Machine", ob_document_text(json, "machine_id"));
        ob_table_pair(&table, "Vault",
                      registered ? ob_document_text(vault, "name") : "not registered");
        ob_table_pair(&table, "Address", ob_document_text(vault, "address"));
        ob_table_pair(&table, "Passphrase",
                      ob_document_flag(json, "passphrase_set") ? "set" : "not set");
        ob_table_pair(&table, "Compression", ob_document_text(json, "compression"));
        ob_table_pair(&table, "Cache", ob_document_text(json, "cache_dir"));
        code = ob_output_table(cli, &table);
    }
out:
    ob_json_free(json);
    ob_buf_free(&answer);
    return code;
}

/* Sends a document of settings and says that it is done. */
static int send_settings(ob_cli *cli, const char *settings, size_t length)
{
    int code = ob_cli_connect(cli);
    if (code != OB_EXIT_OK) {
        return code;
    }
    if (OB_FAILED(ob_client_set_settings(cli->client, settings, length))) {
        return ob_output_client_error(cli);
    }
    return ob_output_done(cli, "Server properties updated successfully.");
}

static int send_settings_json(ob_cli *cli, cJSON *json, bool failed)
{
    ob_buf text = {.secret = true};
    ob_status status =
        failed ? ob_fail(OB_E_NO_MEMORY, "the settings") : ob_json_print(&text, json);
    int code = OB_FAILED(status) ? ob_output_error(cli, status)
                                 : send_settings(cli, (const char *)text.data, text.length);
    ob_json_free_secret(json);
    ob_buf_free(&text);
    return code;
}

int ob_run_settings_passphrase(ob_cli *cli)
{
    ob_buf passphrase = {.secret = true};
    bool failed = false;
    /* First the connection: nobody likes to type a passphrase for an agent that is not there. */
    int code = ob_cli_connect(cli);
    if (code != OB_EXIT_OK) {
        return code;
    }
    const char *file = ob_cli_option_value(cli, OB_OPTION_PASSPHRASE_FILE);
    ob_status status = ob_passphrase_read(cli, file, true, &passphrase);
    if (OB_FAILED(status)) {
        return ob_output_error(cli, status);
    }
    cJSON *json = ob_json_new_object();
    ob_json_add_text(json, "passphrase", (const char *)passphrase.data, &failed);
    ob_buf_free(&passphrase);
    return send_settings_json(cli, json, failed);
}

int ob_run_settings_set(ob_cli *cli)
{
    const char *file = ob_cli_option_value(cli, OB_OPTION_FILE);
    const char *compression = ob_cli_option_value(cli, OB_OPTION_COMPRESSION);
    ob_buf text = {.secret = true};
    bool failed = false;
    const char *machine = ob_cli_option_value(cli, OB_OPTION_MACHINE);
    if ((file != NULL) == (compression != NULL || machine != NULL)) {
        return ob_output_usage_error(cli, "settings set", "give settings, or --file");
    }
    if (file != NULL) {
        ob_status status = ob_input_read(cli, file, DOCUMENT_MOST, &text);
        int code = OB_FAILED(status) ? ob_output_error(cli, status)
                                     : send_settings(cli, (const char *)text.data, text.length);
        ob_buf_free(&text);
        return code;
    }
    cJSON *json = ob_json_new_object();
    if (compression != NULL) {
        ob_json_add_text(json, "compression", compression, &failed);
    }
    if (machine != NULL) {
        ob_json_add_text(json, "machine_id", machine, &failed);
    }
    return send_settings_json(cli, json, failed);
}
