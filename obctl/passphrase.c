#include "passphrase.h"

#include "input.h"
#include "ob/terminal.h"
#include "ob/text.h"

#include <string.h>

#define PASSPHRASE_MOST 4096

static ob_status ask(const char *prompt, ob_buf *out)
{
    ob_status status = ob_terminal_ask_secret(prompt, out);
    if (status == OB_E_NOT_SUPPORTED) {
        ob_detail_clear();
        return OB_E_NO_TERMINAL;
    }
    return status == OB_E_CANCELLED ? ob_fail(status, "no passphrase was given") : status;
}

static ob_status ask_twice(ob_buf *out)
{
    ob_buf again = {.secret = true};
    ob_status status = ask("Passphrase: ", out);
    if (!OB_FAILED(status)) {
        status = ask("Passphrase again: ", &again);
    }
    if (!OB_FAILED(status) &&
        (again.length != out->length ||
         (out->length > 0 && memcmp(again.data, out->data, out->length) != 0))) {
        status = ob_fail(OB_E_INVALID_ARGUMENT, "the two passphrases are not the same");
    }
    ob_buf_free(&again);
    return status;
}

static void strip_line_end(ob_buf *text)
{
    if (text->length > 0 && text->data[text->length - 1] == '\n') {
        text->length--;
        if (text->length > 0 && text->data[text->length - 1] == '\r') {
            text->length--;
        }
    }
}

ob_status ob_passphrase_read(ob_cli *cli, const char *file, bool twice, ob_buf *out)
{
    ob_status status = OB_OK;
    ob_buf text = {.secret = true};
    if (file != NULL) {
        status = ob_input_read(cli, file, PASSPHRASE_MOST, &text);
        strip_line_end(&text);
    } else {
        status = twice ? ask_twice(&text) : ask("Passphrase: ", &text);
    }
    if (!OB_FAILED(status) && (!ob_utf8_valid(text.data, text.length) ||
                               (text.length > 0 && memchr(text.data, 0, text.length) != NULL))) {
        status = ob_fail(OB_E_INVALID_ARGUMENT, "the passphrase is not UTF-8 text");
    }
    if (!OB_FAILED(status)) {
        ob_buf_put_u8(&text, 0);
        status = ob_buf_status(&text);
    }
    if (OB_FAILED(status)) {
        ob_buf_free(&text);
        return status;
    }
    text.length--;
    ob_buf_free(out);
    *out = text;
    return OB_OK;
}
