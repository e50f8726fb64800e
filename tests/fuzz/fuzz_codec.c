/* Coded blocks: any bytes, whole and in pieces, which must agree. */
#include "fuzz.h"

#include "chunk/codec.h"

#include <stdlib.h>
#include <string.h>

#define MOST ((size_t)1 << 20)

static ob_status append(void *context, const void *data, size_t length)
{
    ob_buf *out = context;
    ob_buf_put(out, data, length);
    if (out->length > MOST) {
        abort();
    }
    return ob_buf_status(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ob_codec *codec;
    ob_buf whole = {0};
    ob_buf pieces = {0};
    if (codec == NULL && OB_FAILED(ob_codec_new(OB_CODEC_ZSTD, 1, &codec))) {
        abort();
    }
    ob_status first = ob_codec_decode_all(codec, data, size, MOST, &whole);
    ob_codec_decode_begin(codec, MOST, append, &pieces);
    ob_status second = OB_OK;
    for (size_t at = 0; !OB_FAILED(second) && at < size; at += 61) {
        second = ob_codec_decode_add(codec, data + at, size - at < 61 ? size - at : 61);
    }
    if (!OB_FAILED(second)) {
        second = ob_codec_decode_end(codec);
    }
    if (first == OB_OK && second == OB_OK &&
        (whole.length != pieces.length ||
         (whole.length > 0 && memcmp(whole.data, pieces.data, whole.length) != 0))) {
        abort();
    }
    ob_buf_free(&whole);
    ob_buf_free(&pieces);
    return 0;
}
