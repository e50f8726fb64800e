#include "backup/cache.h"

#include "chunk/hasher.h"
#include "key/keys.h"
#include "ob/alloc.h"

#include <string.h>

#define MAGIC "OBLIST\0\1"
#define MAGIC_SIZE 8u
#define SEAL_SIZE ((size_t)OB_CHUNK_ID)
#define HEAD_SIZE (MAGIC_SIZE + 8u + 16u + 8u + 8u + (size_t)OB_CHUNK_ID)

/* What reader and writer have in common. */
typedef struct cache_file {
    const ob_fs *fs;
    ob_file *file;
    ob_hasher *hasher;
    ob_chunk_id policy;
    char *path;
    uint64_t offset; /* of the next frame */
    uint64_t number; /* of the next frame */
    ob_buf frame;
} cache_file;

struct ob_cache_writer {
    cache_file c;
    char *temporary;
    bool committed;
};

struct ob_cache_reader {
    cache_file c;
    ob_cache_head head;
};

static void close_file(cache_file *c)
{
    c->fs->close(c->fs, c->file);
    ob_hasher_free(c->hasher);
    ob_free(c->path);
    ob_buf_free(&c->frame);
}

static ob_status make_path(cache_file *c, const ob_engine *engine)
{
    char name[5 + 2 * OB_CHUNK_ID + 1] = "list-";
    ob_hex_encode(name + 5, c->policy.bytes, OB_CHUNK_ID);
    c->path = ob_path_join(engine->cache_dir, name);
    return c->path != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "the list in the cache");
}

static ob_status prepare(cache_file *c, const ob_engine *engine, const char *policy)
{
    uint8_t key[OB_ID_KEY];
    c->fs = engine->fs;
    c->offset = HEAD_SIZE + SEAL_SIZE;
    ob_status status = ob_key_from_master(engine->keys, OB_KEY_LIST, key, sizeof key);
    if (!OB_FAILED(status)) {
        status = ob_hasher_new(key, &c->hasher);
    }
    if (!OB_FAILED(status)) {
        status = ob_hasher_id(c->hasher, policy, strlen(policy), &c->policy);
    }
    ob_wipe(key, sizeof key);
    return OB_FAILED(status) ? status : make_path(c, engine);
}

/* The seal of a part: its number, so that parts cannot change places, and its bytes. */
static ob_status seal(const cache_file *c, uint64_t number, const void *data, size_t length,
                      ob_chunk_id *out)
{
    uint8_t prefix[12] = "list";
    for (size_t i = 0; i < 8; i++) {
        prefix[4 + i] = (uint8_t)(number >> (8 * i));
    }
    ob_status status = ob_hasher_begin(c->hasher);
    if (!OB_FAILED(status)) {
        status = ob_hasher_add(c->hasher, prefix, sizeof prefix);
    }
    if (!OB_FAILED(status) && length > 0) {
        status = ob_hasher_add(c->hasher, data, length);
    }
    return OB_FAILED(status) ? status : ob_hasher_end(c->hasher, out);
}

/* ---- writing ---- */

ob_status ob_cache_create(const ob_engine *engine, const char *policy, ob_cache_writer **out)
{
    ob_cache_writer *writer = ob_calloc(1, sizeof *writer);
    if (writer == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the list in the cache");
    }
    cache_file *c = &writer->c;
    ob_status status = prepare(c, engine, policy);
    if (!OB_FAILED(status)) {
        writer->temporary = ob_asprintf("%s.new", c->path);
        status =
            writer->temporary != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "the list in the cache");
    }
    if (!OB_FAILED(status)) {
        status = c->fs->open(c->fs, NULL, writer->temporary,
                             OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_TRUNCATE | OB_OPEN_PRIVATE,
                             &c->file);
    }
    if (OB_FAILED(status)) {
        ob_cache_discard(writer);
        return status;
    }
    *out = writer;
    return OB_OK;
}

ob_status ob_cache_add(ob_cache_writer *writer, const uint8_t *chunk, size_t length)
{
    cache_file *c = &writer->c;
    ob_chunk_id mark;
    ob_status status = seal(c, ++c->number, chunk, length, &mark);
    ob_buf_clear(&c->frame);
    ob_buf_put_u32(&c->frame, (uint32_t)length);
    ob_buf_put(&c->frame, chunk, length);
    ob_buf_put(&c->frame, mark.bytes, sizeof mark.bytes);
    if (!OB_FAILED(status)) {
        status = ob_buf_status(&c->frame);
    }
    if (!OB_FAILED(status)) {
        status = c->fs->write_at(c->fs, c->file, c->offset, c->frame.data, c->frame.length);
    }
    if (!OB_FAILED(status)) {
        c->offset += c->frame.length;
    }
    return status;
}

static ob_status write_head(cache_file *c, const ob_cache_head *head)
{
    ob_chunk_id mark;
    ob_buf_clear(&c->frame);
    ob_buf_put(&c->frame, MAGIC, MAGIC_SIZE);
    ob_buf_put_u64(&c->frame, (uint64_t)head->started);
    ob_buf_put(&c->frame, head->point.bytes, sizeof head->point.bytes);
    ob_buf_put_u64(&c->frame, head->entries);
    ob_buf_put_u64(&c->frame, head->bytes);
    ob_buf_put(&c->frame, c->policy.bytes, sizeof c->policy.bytes);
    ob_status status = ob_buf_status(&c->frame);
    if (!OB_FAILED(status)) {
        status = seal(c, 0, c->frame.data, c->frame.length, &mark);
    }
    if (!OB_FAILED(status)) {
        ob_buf_put(&c->frame, mark.bytes, sizeof mark.bytes);
        status = ob_buf_status(&c->frame);
    }
    if (!OB_FAILED(status)) {
        status = c->fs->write_at(c->fs, c->file, 0, c->frame.data, c->frame.length);
    }
    return status;
}

ob_status ob_cache_commit(ob_cache_writer *writer, const ob_cache_head *head)
{
    cache_file *c = &writer->c;
    ob_status status = ob_cache_add(writer, NULL, 0);
    if (!OB_FAILED(status)) {
        status = write_head(c, head);
    }
    if (!OB_FAILED(status)) {
        c->fs->close(c->fs, c->file);
        c->file = NULL;
        status = c->fs->rename(c->fs, NULL, writer->temporary, NULL, c->path);
    }
    writer->committed = !OB_FAILED(status);
    return status;
}

void ob_cache_discard(ob_cache_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    cache_file *c = &writer->c;
    bool created = c->file != NULL;
    const ob_fs *fs = c->fs;
    close_file(c);
    if (writer->temporary != NULL && created && !writer->committed) {
        (void)fs->remove_file(fs, NULL, writer->temporary);
    }
    ob_free(writer->temporary);
    ob_free(writer);
}

/* ---- reading ---- */

static ob_status read_exactly(cache_file *c, uint64_t offset, size_t length)
{
    size_t got = 0;
    ob_buf_clear(&c->frame);
    ob_status status = ob_buf_reserve(&c->frame, length);
    if (!OB_FAILED(status)) {
        status = c->fs->read_at(c->fs, c->file, offset, c->frame.data, length, &got);
    }
    if (!OB_FAILED(status) && got < length) {
        status = ob_fail(OB_E_CORRUPT, "%s is cut at byte %llu", c->path,
                         (unsigned long long)(offset + got));
    }
    c->frame.length = OB_FAILED(status) ? 0 : length;
    return status;
}

/* The last bytes of the frame are the seal of what is before them. */
static ob_status check_seal(const cache_file *c, uint64_t number)
{
    ob_chunk_id mark;
    size_t length = c->frame.length - SEAL_SIZE;
    ob_status status = seal(c, number, c->frame.data, length, &mark);
    if (!OB_FAILED(status) && memcmp(mark.bytes, c->frame.data + length, SEAL_SIZE) != 0) {
        status = ob_fail(OB_E_SEAL, "%s is damaged or belongs to another vault", c->path);
    }
    return status;
}

static ob_status read_head(ob_cache_reader *reader)
{
    cache_file *c = &reader->c;
    ob_status status = read_exactly(c, 0, HEAD_SIZE + SEAL_SIZE);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_reader in = ob_reader_of(c->frame.data, HEAD_SIZE);
    const uint8_t *magic = ob_read_bytes(&in, MAGIC_SIZE);
    if (memcmp(magic, MAGIC, MAGIC_SIZE) != 0) {
        return ob_fail(OB_E_FORMAT_VERSION, "%s is of another version", c->path);
    }
    reader->head.started = (int64_t)ob_read_u64(&in);
    ob_read_copy(&in, reader->head.point.bytes, sizeof reader->head.point.bytes);
    reader->head.entries = ob_read_u64(&in);
    reader->head.bytes = ob_read_u64(&in);
    const uint8_t *policy = ob_read_bytes(&in, OB_CHUNK_ID);
    status = check_seal(c, 0);
    if (!OB_FAILED(status) && memcmp(policy, c->policy.bytes, OB_CHUNK_ID) != 0) {
        status = ob_fail(OB_E_CORRUPT, "%s belongs to another policy", c->path);
    }
    return status;
}

ob_status ob_cache_open(const ob_engine *engine, const char *policy, ob_cache_reader **out)
{
    ob_cache_reader *reader = ob_calloc(1, sizeof *reader);
    if (reader == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the list in the cache");
    }
    cache_file *c = &reader->c;
    ob_status status = prepare(c, engine, policy);
    if (!OB_FAILED(status)) {
        status = c->fs->open(c->fs, NULL, c->path, OB_OPEN_READ | OB_OPEN_SEQUENTIAL, &c->file);
    }
    if (!OB_FAILED(status)) {
        status = read_head(reader);
    }
    if (OB_FAILED(status)) {
        ob_cache_close(reader);
        return status;
    }
    *out = reader;
    return OB_OK;
}

const ob_cache_head *ob_cache_reader_head(const ob_cache_reader *reader)
{
    return &reader->head;
}

ob_status ob_cache_next(ob_cache_reader *reader, const uint8_t **data, size_t *length)
{
    cache_file *c = &reader->c;
    *data = NULL;
    *length = 0;
    ob_status status = read_exactly(c, c->offset, 4);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_reader in = ob_reader_of(c->frame.data, 4);
    size_t size = ob_read_u32(&in);
    if (size > OB_CHUNK_MOST) {
        return ob_fail(OB_E_CORRUPT, "%s has a frame of %zu bytes", c->path, size);
    }
    status = read_exactly(c, c->offset + 4, size + SEAL_SIZE);
    if (!OB_FAILED(status)) {
        status = check_seal(c, ++c->number);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    c->offset += 4 + size + SEAL_SIZE;
    if (size > 0) {
        *data = c->frame.data;
        *length = size;
    }
    return OB_OK;
}

void ob_cache_close(ob_cache_reader *reader)
{
    if (reader != NULL) {
        close_file(&reader->c);
        ob_free(reader);
    }
}
