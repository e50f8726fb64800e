#include "policies.h"

#include "document.h"
#include "ob/alloc.h"
#include "ob/json.h"
#include "output.h"

#include <cjson/cJSON.h>
#include <string.h>

#define PAGE 100

/* Takes the text over. */
static ob_status add_policy(cJSON *all, char *text)
{
    bool failed = false;
    cJSON *json = NULL;
    ob_buf document = {.data = (uint8_t *)text, .length = strlen(text)};
    ob_status status = ob_document_parse(&document, &json);
    ob_free(text);
    if (!OB_FAILED(status)) {
        ob_json_add_node(all, NULL, json, &failed);
    }
    return failed ? ob_fail(OB_E_NO_MEMORY, "the policies") : status;
}

int ob_policies_read(ob_cli *cli, cJSON **out)
{
    int64_t resume = 0;
    int code = OB_EXIT_OK;
    cJSON *all = ob_json_new_array();
    ob_status status = all != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "the policies");
    while (!OB_FAILED(status)) {
        char **texts = NULL;
        size_t count = 0;
        if (OB_FAILED(ob_client_list_policies(cli->client, &resume, PAGE, &texts, &count))) {
            ob_json_free(all);
            return ob_output_client_error(cli);
        }
        for (size_t i = 0; i < count; i++) {
            if (OB_FAILED(status)) {
                ob_free(texts[i]);
            } else {
                status = add_policy(all, texts[i]);
            }
        }
        ob_free(texts);
        if (resume == 0 || count == 0) {
            break;
        }
    }
    if (OB_FAILED(status)) {
        code = ob_output_error(cli, status);
        ob_json_free(all);
    } else {
        *out = all;
    }
    return code;
}

ob_buf ob_policies_describe(const cJSON *policy)
{
    ob_buf text = {0};
    size_t included = 0;
    size_t excluded = 0;
    for (const cJSON *spec = ob_document_list(policy, "files"); spec != NULL; spec = spec->next) {
        bool exclude = ob_document_flag(spec, "exclude");
        excluded += exclude ? 1 : 0;
        included += exclude ? 0 : 1;
    }
    ob_buf_printf(&text, "%zu included, %zu excluded, %s", included, excluded,
                  ob_document_text(policy, "state"));
    ob_buf_put_u8(&text, 0);
    return text;
}
