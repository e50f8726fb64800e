#include "input.h"

#include "ob/alloc.h"
#include "ob/fs.h"

#include <string.h>

static ob_status read_stream(FILE *in, size_t most, ob_buf *out)
{
    if (out->secret) {
        setvbuf(in, NULL, _IONBF, 0); /* no copy in the stream's own memory */
    }
    for (int c = fgetc(in); c != EOF && out->length <= most; c = fgetc(in)) {
        ob_buf_put_u8(out, (uint8_t)c);
    }
    if (ferror(in)) {
        return ob_fail(OB_E_IO, "standard input cannot be read");
    }
    if (out->length > most) {
        return ob_fail(OB_E_TOO_LARGE, "standard input: at most %zu bytes", most);
    }
    return ob_buf_status(out);
}

ob_status ob_input_read(ob_cli *cli, const char *file, size_t most, ob_buf *out)
{
    ob_buf text = {.secret = out->secret};
    ob_status status = OB_OK;
    if (strcmp(file, "-") == 0) {
        status = read_stream(cli->in, most, &text);
    } else {
        uint8_t *data = NULL;
        size_t length = 0;
        status = ob_fs_read_file(ob_fs_os(), file, most, &data, &length);
        if (!OB_FAILED(status)) {
            ob_buf_put(&text, data, length);
            ob_free_secret(data, length);
            status = ob_buf_status(&text);
        }
    }
    if (OB_FAILED(status)) {
        ob_buf_free(&text);
        return status;
    }
    ob_buf_free(out);
    *out = text;
    return OB_OK;
}
