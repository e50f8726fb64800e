/*
 * Codecs: what stands inside of a seal. A coded block is
 *   u8 codec | u32 raw length | payload
 * One codec context is for one thread; it keeps its memory between calls.
 */
#ifndef OB_ENGINE_CHUNK_CODEC_H
#define OB_ENGINE_CHUNK_CODEC_H

#include "ob/buf.h"
#include "ob/status.h"

typedef enum ob_codec_kind {
    OB_CODEC_STORED = 0,
    OB_CODEC_ZSTD = 1, /* one frame, RFC 8878, without checksum and content size */
    OB_CODEC_ZLIB = 2  /* RFC 1950 */
} ob_codec_kind;

#define OB_CODEC_HEAD 5
#define OB_CODEC_MOST ((size_t)64 << 20) /* bytes of content */

#define OB_CODEC_LEVEL_SPEED 1
#define OB_CODEC_LEVEL_SMALL 7

typedef struct ob_codec ob_codec;

ob_status ob_codec_new(ob_codec_kind kind, int level, ob_codec **out);
void ob_codec_free(ob_codec *codec); /* takes NULL */

/* The coded block in two parts: `payload` is borrowed, from the codec's own memory (valid until its
 * next call) or from the content itself where that does not shrink. */
typedef struct ob_coded {
    uint8_t head[OB_CODEC_HEAD];
    const uint8_t *payload;
    size_t length; /* of the payload */
} ob_coded;
ob_status ob_codec_encode(ob_codec *codec, const void *data, size_t length, ob_coded *out);

/* Given pieces of content, in order. */
typedef ob_status (*ob_codec_sink)(void *context, const void *data, size_t length);

/* Decodes one coded block that comes in pieces: begin, add each piece, end. Small buffers only.
 * OB_E_CORRUPT if it is malformed, cut, or its content is not as long as it says or has more than
 * `most` bytes; OB_E_FORMAT_VERSION for an unknown codec; what the sink fails with. */
void ob_codec_decode_begin(ob_codec *codec, size_t most, ob_codec_sink sink, void *context);
ob_status ob_codec_decode_add(ob_codec *codec, const uint8_t *data, size_t length);
ob_status ob_codec_decode_end(ob_codec *codec);

/* Decodes a whole coded block into `out`, which is replaced. The same errors. */
ob_status ob_codec_decode_all(ob_codec *codec, const uint8_t *block, size_t length, size_t most,
                              ob_buf *out);

#endif
