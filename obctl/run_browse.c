#include "commands.h"
#include "ob/alloc.h"
#include "ob/fs.h"
#include "ob/json.h"
#include "output.h"
#include "record.h"
#include "run.h"
#include "select.h"

#include <cjson/cJSON.h>
#include <string.h>

#define PAGE 1000

/* "drwxr-xr-x"; an item of Windows has no mode and shows its type alone. */
static void put_mode(ob_buf *out, const ob_item *item)
{
    static const char types[] = "?-dlpscb?";
    static const char letters[] = "rwxrwxrwx";
    bool known = item->type >= OB_FILE_REGULAR && item->type <= OB_FILE_OTHER;
    ob_buf_put_u8(out, (uint8_t)types[known ? item->type : 0]);
    for (unsigned i = 0; i < 9; i++) {
        bool set = (item->mode >> (8 - i) & 1) != 0;
        char letter = set ? letters[i] : item->mode == 0 ? ' ' : '-';
        /* Set-user-id, set-group-id and sticky stand in the place of x, as ls shows them. */
        if (i % 3 == 2 && (item->mode >> (11 - i / 3) & 1) != 0) {
            letter = i == 8 ? (set ? 't' : 'T') : (set ? 's' : 'S');
        }
        ob_buf_put_u8(out, (uint8_t)letter);
    }
}

/* Lines of one form and not a table: a list may be long, and it is shown as it arrives. */
static void put_item(ob_buf *out, const ob_item *item)
{
    char size[OB_SIZE_TEXT] = "";
    char time[OB_OUTPUT_TIME];
    if (item->type == OB_FILE_REGULAR) {
        ob_size_format(size, item->size > 0 ? (uint64_t)item->size : 0);
    }
    ob_output_time(time, item->mtime);
    put_mode(out, item);
    ob_buf_printf(out, " %10s  %-19s  ", size, time);
    ob_text_escape(out, item->path, strlen(item->path));
    ob_buf_put_text(out, "\n");
}

/* A list is one document, and that must be whole or not there: it is gathered first. */
static ob_status put_item_json(ob_buf *out, const ob_item *item)
{
    bool failed = false;
    cJSON *json = ob_record_item(item, &failed);
    ob_buf_put_text(out, out->length > 1 ? ",\n" : "");
    ob_status status = failed ? ob_fail(OB_E_NO_MEMORY, "an item") : ob_json_print(out, json);
    ob_json_free(json);
    return status;
}

static int show_page(ob_cli *cli, ob_item *items, size_t count, ob_buf *out)
{
    ob_status status = OB_OK;
    for (size_t i = 0; i < count; i++) {
        if (!cli->json) {
            put_item(out, &items[i]);
        } else if (!OB_FAILED(status)) {
            status = put_item_json(out, &items[i]);
        }
        ob_item_free(&items[i]);
    }
    ob_free(items);
    status = OB_FAILED(status) ? status : ob_buf_status(out);
    if (OB_FAILED(status)) {
        return ob_output_error(cli, status);
    }
    if (!cli->json) {
        ob_output_text(cli, out);
        ob_buf_clear(out);
    }
    return OB_EXIT_OK;
}

static int browse(ob_cli *cli, ob_client_view *view)
{
    const char *path = cli->operand_count > 1 ? cli->operands[1] : "";
    const char *pattern = ob_cli_option_value(cli, OB_OPTION_SEARCH);
    int64_t resume = 0;
    int code = OB_EXIT_OK;
    size_t count = 0;
    ob_buf out = {0};
    if (pattern == NULL) {
        pattern = ob_cli_has(cli, OB_OPTION_RECURSIVE) ? "*" : "";
    }
    ob_buf_put_text(&out, cli->json ? "[" : "");
    do {
        ob_item *items = NULL;
        count = 0;
        if (OB_FAILED(ob_client_browse(view, path, pattern, &resume, PAGE, &items, &count))) {
            code = ob_output_client_error(cli);
        } else {
            code = show_page(cli, items, count, &out);
        }
    } while (code == OB_EXIT_OK && resume != 0);
    if (code == OB_EXIT_OK && cli->json) {
        ob_buf_put_text(&out, "]");
        ob_output_document(cli, &out);
    }
    ob_buf_free(&out);
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
