#include "cli.h"

#include "ob/folder_vault.h"

#include "output.h"

ob_status vault_create(vault_cli *cli, const vault_request *request)
{
    ob_folder_vault_info info = {0};
    ob_status status = ob_folder_vault_create(cli->fs, cli->clock, request->folder, request->name);
    if (status == OB_OK) {
        status = ob_folder_vault_describe(cli->fs, request->folder, &info);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    if (request->json) {
        bool failed = false;
        cJSON *json = ob_json_new_object();
        vault_add_guid(json, "id", &info.id, &failed);
        ob_json_add_text(json, "name", info.name, &failed);
        vault_add_text(json, "folder", request->folder, &failed);
        vault_add_thumbprint(json, "thumbprint", info.thumbprint, &failed);
        status = vault_put_json(&cli->out, json, failed);
    } else {
        ob_buf_printf(&cli->out, "Created the vault %s in ", info.name);
        vault_put_text(&cli->out, request->folder);
        ob_buf_put_text(&cli->out, ".\nNext: obvault credentials ");
        vault_put_text(&cli->out, request->folder);
        ob_buf_printf(&cli->out, " -o %s.VaultCredentials\n", info.name);
    }
    ob_folder_vault_info_free(&info);
    return status;
}
