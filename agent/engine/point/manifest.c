#include "point/manifest.h"

#include "ob/alloc.h"
#include "point/field.h"

#include <stdio.h>
#include <string.h>

#define VERSION 1

enum {
    ID = OB_FIELD_CRITICAL(1),
    TIME = OB_FIELD_CRITICAL(2),
    STARTED = OB_FIELD_PLAIN(3),
    POLICY = OB_FIELD_PLAIN(4),
    MACHINE = OB_FIELD_PLAIN(5),
    PLATFORM = OB_FIELD_PLAIN(6),
    AGENT = OB_FIELD_PLAIN(7),
    SOURCE = OB_FIELD_PLAIN(8),
    TOTALS = OB_FIELD_PLAIN(9),
    KIND = OB_FIELD_PLAIN(10),
    TABLE = OB_FIELD_CRITICAL(11)
};

static bool repeats(uint64_t tag)
{
    return tag == SOURCE || tag == KIND;
}

static void put_i64(ob_buf *out, uint64_t tag, int64_t value)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)((uint64_t)value >> (8 * i));
    }
    ob_field_put(out, tag, bytes, sizeof bytes);
}

static void put_text(ob_buf *out, uint64_t tag, const char *text)
{
    ob_field_put(out, tag, text, strlen(text));
}

static void put_numbers(ob_buf *out, const ob_manifest *manifest)
{
    ob_buf value = {0};
    ob_buf_put_varint(&value, manifest->entries);
    ob_buf_put_varint(&value, manifest->bytes);
    ob_buf_put_varint(&value, manifest->failed);
    ob_field_put(out, TOTALS, value.data, value.length);
    for (size_t i = 0; i < manifest->kind_count; i++) {
        const ob_manifest_kind *kind = &manifest->kinds[i];
        ob_buf_clear(&value);
        ob_buf_put_varint(&value, kind->count);
        ob_buf_put_text(&value, kind->name);
        ob_field_put(out, KIND, value.data, value.length);
    }
    out->failed = out->failed || value.failed;
    ob_buf_free(&value);
}

ob_status ob_manifest_write(ob_buf *out, const ob_manifest *manifest)
{
    ob_buf_put_u8(out, VERSION);
    ob_field_put(out, ID, manifest->id.bytes, sizeof manifest->id.bytes);
    put_i64(out, TIME, manifest->time);
    put_i64(out, STARTED, manifest->started);
    put_text(out, POLICY, manifest->policy);
    put_text(out, MACHINE, manifest->machine_name);
    put_text(out, PLATFORM, manifest->platform);
    put_text(out, AGENT, manifest->version);
    for (size_t i = 0; i < manifest->source_count; i++) {
        put_text(out, SOURCE, manifest->sources[i]);
    }
    put_numbers(out, manifest);
    ob_field_put(out, TABLE, manifest->table, manifest->table_count * OB_CHUNK_ID);
    return ob_buf_status(out);
}

/* Everything that is read goes into one block: the texts, then the arrays. */
typedef struct builder {
    ob_manifest *manifest;
    ob_buf texts;
    size_t policy, machine, platform, version; /* offsets in texts; 0 is an empty text */
    size_t *sources;
    ob_manifest_kind *kinds;
    ob_chunk_id *table;
} builder;

static size_t read_text(ob_field *field, ob_buf *texts)
{
    size_t length = ob_reader_left(&field->value);
    const uint8_t *text = ob_read_bytes(&field->value, length);
    size_t offset = texts->length;
    if (length > OB_MANIFEST_TEXT_MOST || text == NULL || memchr(text, '\0', length) != NULL) {
        ob_reader_fail(&field->value);
        return 0;
    }
    ob_buf_put(texts, text, length);
    ob_buf_put_u8(texts, 0);
    return offset;
}

static void read_source(ob_field *field, builder *b)
{
    if (b->manifest->source_count >= OB_MANIFEST_SOURCES_MOST) {
        ob_reader_fail(&field->value);
        return;
    }
    b->sources[b->manifest->source_count++] = read_text(field, &b->texts);
}

static void read_kind(ob_field *field, builder *b)
{
    ob_manifest_kind kind = {.count = ob_read_varint(&field->value)};
    size_t length = ob_reader_left(&field->value);
    if (length >= sizeof kind.name || b->manifest->kind_count >= OB_MANIFEST_KINDS_MOST) {
        ob_reader_fail(&field->value);
        return;
    }
    ob_read_copy(&field->value, kind.name, length);
    b->kinds[b->manifest->kind_count++] = kind;
}

static ob_status read_table(ob_field *field, builder *b)
{
    size_t length = ob_reader_left(&field->value);
    const uint8_t *ids = ob_read_bytes(&field->value, length);
    if (length % OB_CHUNK_ID != 0) {
        ob_reader_fail(&field->value);
        return OB_OK;
    }
    b->table = ob_memdup(ids, length);
    b->manifest->table = b->table;
    b->manifest->table_count = length / OB_CHUNK_ID;
    return b->table != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "a manifest");
}

static ob_status read_field(ob_field *field, builder *b)
{
    ob_manifest *manifest = b->manifest;
    ob_status status = OB_OK;
    switch (field->tag) {
    case ID:
        ob_read_copy(&field->value, manifest->id.bytes, sizeof manifest->id.bytes);
        break;
    case TIME:
        manifest->time = (int64_t)ob_read_u64(&field->value);
        break;
    case STARTED:
        manifest->started = (int64_t)ob_read_u64(&field->value);
        break;
    case POLICY:
        b->policy = read_text(field, &b->texts);
        break;
    case MACHINE:
        b->machine = read_text(field, &b->texts);
        break;
    case PLATFORM:
        b->platform = read_text(field, &b->texts);
        break;
    case AGENT:
        b->version = read_text(field, &b->texts);
        break;
    case SOURCE:
        read_source(field, b);
        break;
    case TOTALS:
        manifest->entries = ob_read_varint(&field->value);
        manifest->bytes = ob_read_varint(&field->value);
        manifest->failed = ob_read_varint(&field->value);
        break;
    case KIND:
        read_kind(field, b);
        break;
    case TABLE:
        status = read_table(field, b);
        break;
    default:
        return ob_field_unknown(field, "the manifest");
    }
    return OB_FAILED(status) ? status : ob_reader_end(&field->value, "a field of the manifest");
}

/* Owned memory: the pointers of the sources, then the texts, then kinds and table by themselves. */
typedef struct owned {
    char *texts;
    const char **sources;
    ob_manifest_kind *kinds;
    ob_chunk_id *table;
} owned;

static void free_owned(owned *memory)
{
    if (memory != NULL) {
        ob_free(memory->texts);
        ob_free((void *)memory->sources);
        ob_free(memory->kinds);
        ob_free(memory->table);
        ob_free(memory);
    }
}

/* Turns offsets into pointers and hands all memory to the manifest. */
static ob_status settle(builder *b)
{
    ob_manifest *manifest = b->manifest;
    owned *memory = ob_calloc(1, sizeof *memory);
    const char **sources = ob_calloc(manifest->source_count, sizeof *sources);
    if (memory == NULL || sources == NULL || OB_FAILED(ob_buf_reserve(&b->texts, 0))) {
        ob_free(memory);
        ob_free((void *)sources);
        return ob_fail(OB_E_NO_MEMORY, "a manifest");
    }
    memory->texts = (char *)b->texts.data;
    memory->sources = sources;
    memory->kinds = b->kinds;
    memory->table = b->table;
    for (size_t i = 0; i < manifest->source_count; i++) {
        sources[i] = memory->texts + b->sources[i];
    }
    manifest->sources = sources;
    manifest->kinds = b->kinds;
    manifest->policy = memory->texts + b->policy;
    manifest->machine_name = memory->texts + b->machine;
    manifest->platform = memory->texts + b->platform;
    manifest->version = memory->texts + b->version;
    manifest->owned = memory;
    b->texts = (ob_buf){0}; /* transferred, like the two below */
    b->kinds = NULL;
    b->table = NULL;
    return OB_OK;
}

static ob_status read_fields(builder *b, ob_reader *in)
{
    ob_field field;
    uint64_t last = 0;
    ob_status status = OB_OK;
    while (!OB_FAILED(status) && ob_field_next(in, &last, repeats, &field)) {
        status = read_field(&field, b);
    }
    if (!OB_FAILED(status)) {
        status = ob_reader_end(in, "the manifest");
    }
    if (!OB_FAILED(status) && (ob_guid_is_zero(&b->manifest->id) || b->table == NULL)) {
        status = ob_fail(OB_E_CORRUPT, "the manifest lacks its id or its file list");
    }
    return OB_FAILED(status) ? status : ob_buf_status(&b->texts);
}

ob_status ob_manifest_read(ob_manifest *out, const void *data, size_t length)
{
    ob_manifest manifest = {0};
    builder b = {.manifest = &manifest};
    ob_reader in = ob_reader_of(data, length);
    ob_status status = OB_OK;
    uint8_t version = ob_read_u8(&in);
    if (!in.failed && version != VERSION) {
        return ob_fail(OB_E_FORMAT_VERSION, "manifest of version %u", version);
    }
    b.sources = ob_calloc(OB_MANIFEST_SOURCES_MOST, sizeof *b.sources);
    b.kinds = ob_calloc(OB_MANIFEST_KINDS_MOST, sizeof *b.kinds);
    ob_buf_put_u8(&b.texts, 0);
    if (b.sources == NULL || b.kinds == NULL) {
        status = ob_fail(OB_E_NO_MEMORY, "a manifest");
        goto out;
    }
    status = read_fields(&b, &in);
    if (!OB_FAILED(status)) {
        status = settle(&b);
    }
    if (!OB_FAILED(status)) {
        *out = manifest;
    }
out:
    ob_buf_free(&b.texts);
    ob_free(b.sources);
    ob_free(b.kinds);
    ob_free(b.table);
    return status;
}

void ob_manifest_free(ob_manifest *manifest)
{
    free_owned(manifest->owned);
    *manifest = (ob_manifest){0};
}

void ob_manifest_object_name(char out[OB_OBJECT_NAME_MAX], int64_t time, const ob_guid *id)
{
    char hex[2 * sizeof id->bytes + 1];
    ob_hex_encode(hex, id->bytes, sizeof id->bytes);
    snprintf(out, OB_OBJECT_NAME_MAX, "%016llx-%s", (unsigned long long)(time > 0 ? time : 0), hex);
}

void ob_manifest_parse_name(const char *name, int64_t *time, ob_guid *id)
{
    uint8_t bytes[8] = {0};
    uint64_t value = 0;
    (void)ob_hex_decode(bytes, sizeof bytes, name, 16);
    for (size_t i = 0; i < sizeof bytes; i++) {
        value = value << 8 | bytes[i];
    }
    (void)ob_hex_decode(id->bytes, sizeof id->bytes, name + 17, 32);
    *time = (int64_t)value;
}
