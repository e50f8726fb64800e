#include "items.h"
#include "ob/alloc.h"
#include "output.h"
#include "run.h"
#include "select.h"

#define PAGE 1000

static ob_status show_page(ob_items *shown, ob_item *items, size_t count)
{
    ob_status status = OB_OK;
    for (size_t i = 0; i < count; i++) {
        if (!OB_FAILED(status)) {
            status = ob_items_put(shown, &items[i]);
        }
        ob_item_free(&items[i]);
    }
    ob_free(items);
    ob_items_flush(shown);
    return status;
}

static int browse(ob_cli *cli, ob_client_view *view)
{
    const char *path = cli->operand_count > 1 ? cli->operands[1] : "";
    int64_t resume = 0;
    int code = OB_EXIT_OK;
    ob_items shown = ob_items_begin(cli);
    do {
        ob_item *items = NULL;
        size_t count = 0;
        if (OB_FAILED(ob_client_browse(view, path, ob_items_pattern(cli), &resume, PAGE, &items,
                                       &count))) {
            bool absent = ob_client_last_error()->status == OB_E_NOT_FOUND;
            code = ob_output_client_error(cli);
            if (absent) {
                ob_select_tell_of_policies(cli);
            }
        } else {
            ob_status status = show_page(&shown, items, count);
            code = OB_FAILED(status) ? ob_output_error(cli, status) : OB_EXIT_OK;
        }
    } while (code == OB_EXIT_OK && resume != 0);
    if (code == OB_EXIT_OK) {
        code = ob_items_end(&shown);
    }
    ob_items_free(&shown);
    return code;
}

int ob_run_browse(ob_cli *cli)
{
    ob_guid id = {{0}};
    ob_client_view *view = NULL;
    int code = ob_select_point(cli, &id);
    if (code != OB_EXIT_OK) {
        return code;
    }
    if (OB_FAILED(ob_client_open_point(cli->client, &id, &view))) {
        return ob_output_client_error(cli);
    }
    code = browse(cli, view);
    ob_client_close_view(view);
    return code;
}
