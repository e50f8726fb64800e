#include "items.h"

#include "commands.h"
#include "ob/fs.h"
#include "ob/json.h"
#include "output.h"
#include "record.h"

#include <cjson/cJSON.h>
#include <string.h>

#define FLUSH_AT ((size_t)65536)

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

ob_items ob_items_begin(ob_cli *cli)
{
    ob_items self = {.cli = cli};
    ob_buf_put_text(&self.out, cli->json ? "[" : "");
    return self;
}

ob_status ob_items_put(ob_items *self, const ob_item *item)
{
    if (self->cli->json) {
        return put_item_json(&self->out, item);
    }
    put_item(&self->out, item);
    ob_status status = ob_buf_status(&self->out);
    if (status == OB_OK && self->out.length >= FLUSH_AT) {
        ob_items_flush(self);
    }
    return status;
}

void ob_items_flush(ob_items *self)
{
    if (!self->cli->json) {
        ob_output_text(self->cli, &self->out);
        ob_buf_clear(&self->out);
    }
}

int ob_items_end(ob_items *self)
{
    ob_buf_put_text(&self->out, self->cli->json ? "]" : "");
    ob_status status = ob_buf_status(&self->out);
    if (OB_FAILED(status)) {
        return ob_output_error(self->cli, status);
    }
    if (self->cli->json) {
        ob_output_document(self->cli, &self->out);
    }
    ob_items_flush(self);
    return OB_EXIT_OK;
}

void ob_items_free(ob_items *self)
{
    ob_buf_free(&self->out);
}

const char *ob_items_pattern(const ob_cli *cli)
{
    const char *pattern = ob_cli_option_value(cli, OB_OPTION_SEARCH);
    if (pattern != NULL) {
        return pattern;
    }
    return ob_cli_has(cli, OB_OPTION_RECURSIVE) ? "*" : "";
}
