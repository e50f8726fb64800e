#include "output.h"

#include "document.h"
#include "ob/alloc.h"
#include "ob/json.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

static void say_error(ob_cli *cli, const ob_client_error *error)
{
    ob_buf text = {0};
    ob_buf_put_text(&text, "obctl: ");
    ob_put_safe(&text, error->message);
    if (error->detail[0] != '\0') {
        ob_buf_put_text(&text, "\n  ");
        ob_put_safe(&text, error->detail);
    }
    ob_buf_put_text(&text, "\n  ");
    ob_put_safe(&text, error->advice);
    ob_buf_put_text(&text, " (");
    ob_put_safe(&text, error->symbol);
    if (error->code != 0) {
        ob_buf_printf(&text, ", code %lu", (unsigned long)error->code);
    }
    ob_buf_put_text(&text, ")\n");
    if (!text.failed) {
        fwrite(text.data, 1, text.length, cli->err);
    } else {
        fprintf(cli->err, "obctl: not enough memory to tell of the error 0x%08lX\n",
                (unsigned long)(uint32_t)error->status);
    }
    ob_buf_free(&text);
}

cJSON *ob_output_error_json(const ob_client_error *error, bool *failed)
{
    cJSON *json = ob_json_new_object();
    ob_json_add_int(json, "status", error->status, failed);
    ob_json_add_text(json, "symbol", error->symbol, failed);
    ob_json_add_text(json, "message", error->message, failed);
    ob_json_add_text(json, "advice", error->advice, failed);
    ob_json_add_text(json, "detail", error->detail, failed);
    ob_json_add_int(json, "code", error->code, failed);
    return json;
}

/* Quiet about its own failure: what went wrong before it is what the user needs. */
static void print_error_json(ob_cli *cli, const ob_client_error *error)
{
    bool failed = false;
    ob_buf text = {0};
    cJSON *json = ob_output_error_json(error, &failed);
    if (!failed && !OB_FAILED(ob_json_print(&text, json))) {
        ob_output_document(cli, &text);
    }
    ob_json_free(json);
    ob_buf_free(&text);
}

static int tell(ob_cli *cli, const ob_client_error *error)
{
    fflush(cli->out);
    say_error(cli, error);
    if (cli->json) {
        print_error_json(cli, error);
    }
    switch (error->status) {
    case OB_E_AGENT_UNREACHABLE:
        return OB_EXIT_UNREACHABLE;
    case OB_E_ACCESS_DENIED:
        return OB_EXIT_DENIED;
    case OB_E_CANCELLED:
        return OB_EXIT_INTERRUPTED;
    default:
        return OB_EXIT_FAILED;
    }
}

int ob_output_client_error(ob_cli *cli)
{
    return tell(cli, ob_client_last_error());
}

int ob_output_error(ob_cli *cli, ob_status status)
{
    const ob_status_info *info = ob_status_lookup(status);
    ob_client_error error = {status,       info->symbol, info->message,
                             info->advice, ob_detail(),  info->mars_code};
    return tell(cli, &error);
}

int ob_output_usage_error(ob_cli *cli, const char *command, const char *format, ...)
{
    ob_buf safe = {0};
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ob_put_safe(&safe, text);
    ob_buf_put_u8(&safe, 0);
    fprintf(cli->err, "obctl: %s\nTry: obctl %s%s--help\n",
            safe.failed ? "bad usage" : (const char *)safe.data, command,
            command[0] != '\0' ? " " : "");
    ob_buf_free(&safe);
    return OB_EXIT_USAGE;
}

void ob_output_text(ob_cli *cli, const ob_buf *text)
{
    if (text->length > 0) {
        fwrite(text->data, 1, text->length, cli->out);
    }
}

void ob_output_document(ob_cli *cli, const ob_buf *document)
{
    ob_output_text(cli, document);
    fputc('\n', cli->out);
    fflush(cli->out);
}

int ob_output_done(ob_cli *cli, const char *text)
{
    fprintf(cli->out, "%s\n", cli->json ? "{}" : text);
    return OB_EXIT_OK;
}

int ob_output_json(ob_cli *cli, cJSON *json, bool failed)
{
    ob_buf text = {0};
    ob_status status = failed || json == NULL ? ob_fail(OB_E_NO_MEMORY, "a JSON document")
                                              : ob_json_print(&text, json);
    int code = OB_EXIT_OK;
    if (OB_FAILED(status)) {
        code = ob_output_error(cli, status);
    } else {
        ob_output_document(cli, &text);
    }
    ob_json_free(json);
    ob_buf_free(&text);
    return code;
}

int ob_output_agent(ob_cli *cli, const ob_buf *document)
{
    cJSON *json = NULL;
    ob_status status = ob_document_parse(document, &json);
    return OB_FAILED(status) ? ob_output_error(cli, status) : ob_output_json(cli, json, false);
}

int ob_output_table(ob_cli *cli, ob_table *table)
{
    ob_buf text = {0};
    int code = OB_EXIT_OK;
    ob_status status = ob_table_render(table, cli->terminal ? cli->width : 0, &text);
    if (OB_FAILED(status)) {
        code = ob_output_error(cli, status);
    } else {
        ob_output_text(cli, &text);
    }
    ob_buf_free(&text);
    ob_table_clear(table);
    return code;
}

void ob_output_time(char out[OB_OUTPUT_TIME], int64_t time)
{
    time_t seconds = (time_t)(time / INT64_C(1000000000));
    const struct tm *local = time != 0 ? localtime(&seconds) : NULL;
    out[0] = '\0';
    if (local != NULL) {
        strftime(out, OB_OUTPUT_TIME, "%Y-%m-%d %H:%M:%S", local);
    }
}
