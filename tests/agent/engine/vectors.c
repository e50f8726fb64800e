#include "vectors.h"

#include "ob/json.h"
#include "ob/test.h"
#include "ob/text.h"

#include <string.h>

static char *copy(const char *file, const char *name)
{
    size_t length = 0;
    const uint8_t *data = ob_test_read_file(ob_test_path(OB_TEST_VECTORS, file), &length);
    cJSON *json = NULL;
    const char *text = NULL;
    ob_check_ok(ob_json_parse(&json, data, length));
    ob_json_object object = ob_json_object_of(json, file);
    ob_json_need(&object, name);
    ob_json_get_text(&object, name, (size_t)1 << 20, &text);
    ck_assert_msg(text != NULL, "%s has no text %s", file, name);
    char *kept = ob_strdup(text);
    ck_assert_ptr_nonnull(kept);
    ob_json_free(json);
    return kept;
}

const char *vector_text(const char *file, const char *name)
{
    char *text = copy(file, name);
    const char *kept = ob_test_format("%s", text);
    ob_free(text);
    return kept;
}

ob_buf vector_bytes(const char *file, const char *name)
{
    const char *text = vector_text(file, name);
    size_t length = strlen(text) / 2;
    uint8_t *data = (uint8_t *)(uintptr_t)ob_test_format("%*s", (int)length + 1, "");
    ob_check_ok(ob_hex_decode(data, length, text, strlen(text)));
    return (ob_buf){.data = data, .length = length, .capacity = length};
}

void vector_check(const ob_buf *got, const ob_buf *wanted, const char *what)
{
    if (got->length != wanted->length || memcmp(got->data, wanted->data, got->length) != 0) {
        static char text[1 << 16];
        size_t shown = got->length < sizeof text / 2 ? got->length : sizeof text / 2 - 1;
        ob_hex_encode(text, got->data, shown);
        ck_abort_msg("%s is %s", what, text);
    }
}
