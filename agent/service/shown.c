#include "shown.h"

#include "ob/buf.h"
#include "ob/text.h"

#include <string.h>

char *ob_shown(const char *name, size_t most, bool escape)
{
    ob_buf text = {0};
    size_t length = strlen(name);
    if (escape || !ob_utf8_valid(name, length)) {
        ob_text_escape(&text, name, length);
    } else {
        ob_buf_put(&text, name, length);
    }
    if (text.length > most) {
        text.length = most;
        while (text.length > 0 && (text.data[text.length] & 0xC0) == 0x80) {
            text.length--;
        }
        ob_buf_put_text(&text, "\xE2\x80\xA6");
    }
    char *taken = ob_buf_take_text(&text);
    ob_buf_free(&text);
    return taken;
}
