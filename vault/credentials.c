#include "cli.h"

#include "ob/folder_vault.h"

#include "output.h"

static ob_status report(vault_cli *cli, const vault_request *request, const ob_buf *text)
{
    ob_credentials credentials = {0};
    char expires[OB_TIME_TEXT];
    ob_status status =
        ob_credentials_parse(&credentials, text->data, text->length, cli->clock->now(cli->clock));
    if (OB_FAILED(status)) {
        return status;
    }
    if (request->json) {
        bool failed = false;
        cJSON *json = ob_json_new_object();
        vault_add_text(json, "file", request->output, &failed);
        ob_json_add_text(json, "vault_name", credentials.vault_name, &failed);
        vault_add_guid(json, "vault_id", &credentials.vault_id, &failed);
        ob_json_add_text(json, "address", credentials.address, &failed);
        vault_add_thumbprint(json, "thumbprint", credentials.thumbprint, &failed);
        ob_json_add_int(json, "serial", (int64_t)credentials.serial, &failed);
        vault_add_time(json, "expires", credentials.expires, &failed);
        status = vault_put_json(&cli->out, json, failed);
    } else {
        ob_time_format(expires, credentials.expires);
        ob_buf_put_text(&cli->out, "Wrote ");
        vault_put_text(&cli->out, request->output);
        ob_buf_printf(&cli->out,
                      ", valid until %s. Any number of machines may register with it;\n"
                      "vault credentials downloaded before are no longer valid.\n"
                      "Next, on each machine: obctl register ",
                      expires);
        vault_put_text(&cli->out, request->output);
        ob_buf_put_text(&cli->out, "\n");
    }
    ob_credentials_free(&credentials);
    return status;
}

/* The file is made before the credentials are: a place that cannot be written to must not cost the
 * validity of the file downloaded before. */
static ob_status write_new(vault_cli *cli, const vault_request *request, ob_buf *text)
{
    const ob_fs *fs = cli->fs;
    ob_file *file = NULL;
    int flags = OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_EXCLUSIVE | OB_OPEN_PRIVATE;
    ob_status status = fs->open(fs, NULL, request->output, flags, &file);
    if (status == OB_E_EXISTS) {
        return ob_fail(status, "%s; --force replaces it", request->output);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    status = ob_folder_vault_issue(fs, cli->clock, request->folder, request->address,
                                   request->hours, text);
    if (status == OB_OK) {
        status = fs->write_at(fs, file, 0, text->data, text->length);
    }
    if (status == OB_OK) {
        status = fs->sync(fs, file);
    }
    fs->close(fs, file);
    if (OB_FAILED(status)) {
        fs->remove_file(fs, NULL, request->output);
    }
    return status;
}

static ob_status replace(vault_cli *cli, const vault_request *request, ob_buf *text)
{
    ob_status status = ob_folder_vault_issue(cli->fs, cli->clock, request->folder, request->address,
                                             request->hours, text);
    if (status == OB_OK) {
        status = ob_fs_replace_file(cli->fs, request->output, text->data, text->length, true);
    }
    return status;
}

ob_status vault_credentials(vault_cli *cli, const vault_request *request)
{
    ob_buf text = {0};
    ob_status status =
        request->force ? replace(cli, request, &text) : write_new(cli, request, &text);
    if (status == OB_OK) {
        status = report(cli, request, &text);
    }
    ob_buf_free(&text);
    return status;
}
