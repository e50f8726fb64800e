#include "chunk/codec.h"

#include "ob/alloc.h"

/* For contexts that allocate through ob_alloc. */
#define ZSTD_STATIC_LINKING_ONLY
#include <stdbool.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define PIECE ((size_t)128 << 10)
#define PACKED_LEAST ((size_t)256 << 10)
/* The probe: contents of at least PROBE_LEAST bytes are tried on a few places first. */
#define PROBE_LEAST ((size_t)64 << 10)
#define PROBE_PLACES 4
#define PROBE_SIZE ((size_t)4 << 10)
/* Frames of unknown origin must not make the decoder reserve more than a chunk can need. */
#define WINDOW_LOG_MOST 23

/* A block on its way in. */
typedef struct decoding {
    uint8_t head[OB_CODEC_HEAD];
    size_t head_length;
    uint8_t kind;
    bool done;   /* the compressed stream has ended */
    size_t left; /* bytes of content still to come */
    size_t most;
    ob_codec_sink sink;
    void *context;
} decoding;

struct ob_codec {
    ob_codec_kind kind;
    int level;
    /* Contexts and buffers are made when they are first needed. */
    ZSTD_CCtx *compressor;
    ZSTD_DCtx *decompressor;
    z_stream inflater;
    bool inflating; /* the inflater is there */
    uint8_t *packed;
    size_t packed_size;
    uint8_t *piece;
    decoding in;
};

static void *zstd_alloc(void *opaque, size_t size)
{
    (void)opaque;
    return ob_alloc(size);
}

static void zstd_free(void *opaque, void *block)
{
    (void)opaque;
    ob_free(block);
}

static voidpf zlib_alloc(voidpf opaque, uInt items, uInt size)
{
    (void)opaque;
    return ob_calloc(items, size);
}

static const ZSTD_customMem zstd_memory = {zstd_alloc, zstd_free, NULL};

static ob_status no_memory(void)
{
    return ob_fail(OB_E_NO_MEMORY, "codec");
}

ob_status ob_codec_new(ob_codec_kind kind, int level, ob_codec **out)
{
    ob_codec *codec = ob_calloc(1, sizeof *codec);
    if (codec == NULL) {
        return no_memory();
    }
    codec->kind = kind;
    codec->level = level;
    *out = codec;
    return OB_OK;
}

void ob_codec_free(ob_codec *codec)
{
    if (codec != NULL) {
        ZSTD_freeCCtx(codec->compressor);
        ZSTD_freeDCtx(codec->decompressor);
        if (codec->inflating) {
            inflateEnd(&codec->inflater);
        }
        ob_free(codec->packed);
        ob_free(codec->piece);
        ob_free(codec);
    }
}

/* Tables that fit a processor's cache take a quarter less time and megabytes less memory; the
 * result is half a percent larger. */
static bool use_less_memory(ZSTD_CCtx *context)
{
    return !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 20)) &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_hashLog, 18)) &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_chainLog, 17));
}

static ob_status compressor(ob_codec *codec)
{
    if (codec->compressor != NULL) {
        return OB_OK;
    }
    ZSTD_CCtx *context = ZSTD_createCCtx_advanced(zstd_memory);
    if (context == NULL) {
        return no_memory();
    }
    /* The raw length stands in the block's head already. */
    if (ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, codec->level)) ||
        ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0)) ||
        (codec->level == OB_CODEC_LEVEL_SMALL && !use_less_memory(context))) {
        ZSTD_freeCCtx(context);
        return ob_fail(OB_E_UNEXPECTED, "zstd refuses level %d", codec->level);
    }
    codec->compressor = context;
    return OB_OK;
}

/* Room for a payload, grown in large steps so that it is seldom done. */
static ob_status room(ob_codec *codec, size_t size)
{
    if (size <= codec->packed_size) {
        return OB_OK;
    }
    size_t wanted = PACKED_LEAST;
    while (wanted < size) {
        wanted *= 2;
    }
    uint8_t *packed = ob_alloc(wanted);
    if (packed == NULL) {
        return no_memory();
    }
    ob_free(codec->packed);
    codec->packed = packed;
    codec->packed_size = wanted;
    return OB_OK;
}

/* *got: 0 = it does not fit into `limit` bytes, so it is not worth it. */
static ob_status pack_zstd(ob_codec *codec, const void *data, size_t length, size_t limit,
                           size_t *got)
{
    ob_status status = compressor(codec);
    if (OB_FAILED(status)) {
        return status;
    }
    size_t size = ZSTD_compress2(codec->compressor, codec->packed, limit, data, length);
    if (!ZSTD_isError(size)) {
        *got = size;
        return OB_OK;
    }
    if (ZSTD_getErrorCode(size) == ZSTD_error_dstSize_tooSmall) {
        *got = 0;
        return OB_OK;
    }
    if (ZSTD_getErrorCode(size) == ZSTD_error_memory_allocation) {
        return no_memory();
    }
    return ob_fail(OB_E_UNEXPECTED, "zstd: %s", ZSTD_getErrorName(size));
}

static ob_status pack_zlib(ob_codec *codec, const void *data, size_t length, size_t limit,
                           size_t *got)
{
    z_stream stream = {.zalloc = zlib_alloc, .zfree = zstd_free};
    if (deflateInit(&stream, codec->level) != Z_OK) {
        return no_memory();
    }
    stream.next_in = (z_const Bytef *)data;
    stream.avail_in = (uInt)length;
    stream.next_out = codec->packed;
    stream.avail_out = (uInt)limit;
    int result = deflate(&stream, Z_FINISH);
    *got = result == Z_STREAM_END ? limit - stream.avail_out : 0;
    deflateEnd(&stream);
    return OB_OK;
}

/* True if a few places of the content do not shrink, so that all of it most likely does not. */
static ob_status probe(ob_codec *codec, const uint8_t *data, size_t length, bool *hopeless)
{
    size_t step = (length - PROBE_SIZE) / (PROBE_PLACES - 1);
    *hopeless = false;
    for (size_t i = 0; i < PROBE_PLACES; i++) {
        size_t got = 0;
        ob_status status =
            pack_zstd(codec, data + i * step, PROBE_SIZE, PROBE_SIZE - PROBE_SIZE / 64, &got);
        if (OB_FAILED(status) || got > 0) {
            return status;
        }
    }
    *hopeless = true;
    return OB_OK;
}

static void put_head(ob_coded *out, ob_codec_kind kind, size_t raw)
{
    out->head[0] = (uint8_t)kind;
    for (unsigned i = 0; i < 4; i++) {
        out->head[1 + i] = (uint8_t)(raw >> (8 * i));
    }
}

ob_status ob_codec_encode(ob_codec *codec, const void *data, size_t length, ob_coded *out)
{
    /* At least a 64th must be saved, or decoding it is not worth the time. */
    size_t limit = length - length / 64;
    size_t got = 0;
    bool hopeless = codec->kind == OB_CODEC_STORED || length < 16;
    ob_status status = OB_OK;
    if (length > OB_CODEC_MOST) {
        return ob_fail(OB_E_TOO_LARGE, "a block of %zu bytes", length);
    }
    if (!hopeless) {
        status = room(codec, limit > PROBE_SIZE ? limit : PROBE_SIZE);
    }
    if (!OB_FAILED(status) && !hopeless && length >= PROBE_LEAST) {
        status = probe(codec, data, length, &hopeless);
    }
    if (!OB_FAILED(status) && !hopeless) {
        status = codec->kind == OB_CODEC_ZLIB ? pack_zlib(codec, data, length, limit - 1, &got)
                                              : pack_zstd(codec, data, length, limit - 1, &got);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    put_head(out, got > 0 ? codec->kind : OB_CODEC_STORED, length);
    out->payload = got > 0 ? codec->packed : data;
    out->length = got > 0 ? got : length;
    return OB_OK;
}

static ob_status corrupt(const char *why)
{
    return ob_fail(OB_E_CORRUPT, "coded block: %s", why);
}

void ob_codec_decode_begin(ob_codec *codec, size_t most, ob_codec_sink sink, void *context)
{
    codec->in = (decoding){.most = most, .sink = sink, .context = context};
}

static ob_status start_zstd(ob_codec *codec)
{
    if (codec->decompressor == NULL) {
        codec->decompressor = ZSTD_createDCtx_advanced(zstd_memory);
        if (codec->decompressor == NULL) {
            return no_memory();
        }
        ZSTD_DCtx_setParameter(codec->decompressor, ZSTD_d_windowLogMax, WINDOW_LOG_MOST);
    }
    ZSTD_DCtx_reset(codec->decompressor, ZSTD_reset_session_only);
    return OB_OK;
}

static ob_status start_zlib(ob_codec *codec)
{
    if (codec->inflating) {
        return inflateReset(&codec->inflater) == Z_OK ? OB_OK : corrupt("zlib");
    }
    codec->inflater = (z_stream){.zalloc = zlib_alloc, .zfree = zstd_free};
    if (inflateInit(&codec->inflater) != Z_OK) {
        return no_memory();
    }
    codec->inflating = true;
    return OB_OK;
}

/* Looks at the head once it is whole. */
static ob_status start(ob_codec *codec)
{
    decoding *in = &codec->in;
    ob_reader reader = ob_reader_of(in->head, sizeof in->head);
    in->kind = ob_read_u8(&reader);
    in->left = ob_read_u32(&reader);
    if (in->left > in->most) {
        return ob_fail(OB_E_CORRUPT, "coded block: %zu bytes of content, %zu are allowed", in->left,
                       in->most);
    }
    if (in->kind != OB_CODEC_STORED && codec->piece == NULL) {
        codec->piece = ob_alloc(PIECE);
        if (codec->piece == NULL) {
            return no_memory();
        }
    }
    switch (in->kind) {
    case OB_CODEC_STORED:
        return OB_OK;
    case OB_CODEC_ZSTD:
        return start_zstd(codec);
    case OB_CODEC_ZLIB:
        return start_zlib(codec);
    default:
        return ob_fail(OB_E_FORMAT_VERSION, "coded block: codec %u is not known",
                       (unsigned)in->kind);
    }
}

static ob_status deliver(ob_codec *codec, const uint8_t *data, size_t length)
{
    if (length > codec->in.left) {
        return corrupt("longer than it says");
    }
    codec->in.left -= length;
    return length > 0 ? codec->in.sink(codec->in.context, data, length) : OB_OK;
}

static ob_status add_zstd(ob_codec *codec, const uint8_t *data, size_t length)
{
    ZSTD_inBuffer in = {data, length, 0};
    ZSTD_outBuffer out = {codec->piece, PIECE, PIECE};
    ob_status status = OB_OK;
    /* A full piece says that there may be more to come out. */
    while (!OB_FAILED(status) && !codec->in.done && (in.pos < in.size || out.pos == out.size)) {
        out.pos = 0;
        size_t more = ZSTD_decompressStream(codec->decompressor, &out, &in);
        if (ZSTD_isError(more)) {
            return ZSTD_getErrorCode(more) == ZSTD_error_memory_allocation
                       ? no_memory()
                       : corrupt(ZSTD_getErrorName(more));
        }
        codec->in.done = more == 0;
        status = deliver(codec, codec->piece, out.pos);
    }
    if (!OB_FAILED(status) && in.pos < in.size) {
        status = corrupt("there is more behind its end");
    }
    return status;
}

static ob_status add_zlib(ob_codec *codec, const uint8_t *data, size_t length)
{
    z_stream *stream = &codec->inflater;
    ob_status status = OB_OK;
    stream->next_in = (z_const Bytef *)data;
    stream->avail_in = (uInt)length;
    stream->avail_out = 0;
    while (!OB_FAILED(status) && !codec->in.done &&
           (stream->avail_in > 0 || stream->avail_out == 0)) {
        stream->next_out = codec->piece;
        stream->avail_out = (uInt)PIECE;
        int result = inflate(stream, Z_NO_FLUSH);
        if (result == Z_MEM_ERROR) {
            return no_memory();
        }
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
            return corrupt("not a zlib stream");
        }
        codec->in.done = result == Z_STREAM_END;
        status = deliver(codec, codec->piece, PIECE - stream->avail_out);
    }
    if (!OB_FAILED(status) && stream->avail_in > 0) {
        status = corrupt("there is more behind its end");
    }
    return status;
}

ob_status ob_codec_decode_add(ob_codec *codec, const uint8_t *data, size_t length)
{
    decoding *in = &codec->in;
    if (in->head_length < OB_CODEC_HEAD) {
        size_t missing = OB_CODEC_HEAD - in->head_length;
        size_t part = length < missing ? length : missing;
        memcpy(in->head + in->head_length, data, part);
        in->head_length += part;
        data += part;
        length -= part;
        ob_status status = in->head_length == OB_CODEC_HEAD ? start(codec) : OB_OK;
        if (OB_FAILED(status)) {
            return status;
        }
    }
    if (length == 0) {
        return OB_OK;
    }
    switch (in->kind) {
    case OB_CODEC_STORED:
        return deliver(codec, data, length);
    case OB_CODEC_ZSTD:
        return add_zstd(codec, data, length);
    default:
        return add_zlib(codec, data, length);
    }
}

ob_status ob_codec_decode_end(ob_codec *codec)
{
    decoding *in = &codec->in;
    bool whole = in->head_length == OB_CODEC_HEAD && (in->kind == OB_CODEC_STORED || in->done);
    if (!whole || in->left > 0) {
        return corrupt("cut, or shorter than it says");
    }
    return OB_OK;
}

static ob_status append(void *context, const void *data, size_t length)
{
    ob_buf_put(context, data, length);
    return ob_buf_status(context);
}

/* A whole zstd frame is decoded straight into its place. */
static ob_status unpack_zstd(ob_codec *codec, const uint8_t *data, size_t length, ob_buf *out)
{
    size_t raw = codec->in.left;
    size_t got = ZSTD_decompressDCtx(codec->decompressor, out->data, raw, data, length);
    if (ZSTD_isError(got)) {
        return ZSTD_getErrorCode(got) == ZSTD_error_memory_allocation
                   ? no_memory()
                   : corrupt(ZSTD_getErrorName(got));
    }
    if (got != raw) {
        return corrupt("shorter than it says");
    }
    out->length = raw;
    return OB_OK;
}

ob_status ob_codec_decode_all(ob_codec *codec, const uint8_t *block, size_t length, size_t most,
                              ob_buf *out)
{
    size_t head = length < OB_CODEC_HEAD ? length : OB_CODEC_HEAD;
    ob_buf_clear(out);
    ob_codec_decode_begin(codec, most, append, out);
    ob_status status = ob_codec_decode_add(codec, block, head);
    if (!OB_FAILED(status)) {
        status = ob_buf_reserve(out, codec->in.left);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    if (head == OB_CODEC_HEAD && codec->in.kind == OB_CODEC_ZSTD) {
        return unpack_zstd(codec, block + head, length - head, out);
    }
    status = ob_codec_decode_add(codec, block + head, length - head);
    return OB_FAILED(status) ? status : ob_codec_decode_end(codec);
}
