#include "holds.h"

#include "ob/alloc.h"
#include "ob/text.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_DAY (INT64_C(86400) * NS_PER_SECOND)
#define JUMP_MOST (7 * NS_PER_DAY)
#define TIME_MOST (INT64_MAX / 2)

#define HEAD_SIZE 48
#define RECORD_SIZE 72
#define SUM_SIZE 32
#define VERSION 1
#define FLAG_PENDING 1

static const char magic[8] = {'O', 'B', 'H', 'O', 'L', 'D', 'S', 0};

/* ---- bytes ---- */

static ob_status sum_of(const void *data, size_t length, uint8_t out[SUM_SIZE])
{
    return EVP_Digest(data, length, out, NULL, EVP_sha256(), NULL) == 1
               ? OB_OK
               : ob_fail(OB_E_NO_MEMORY, "a checksum");
}

static int compare(const void *a, const void *b)
{
    const ob_hold_record *left = a;
    const ob_hold_record *right = b;
    if (left->kind != right->kind) {
        return left->kind < right->kind ? -1 : 1;
    }
    return memcmp(left->id, right->id, OB_HOLD_ID);
}

static bool is_time(int64_t time)
{
    return time >= 0 && time <= TIME_MOST;
}

static void read_record(ob_reader *reader, ob_hold_record *out, const ob_hold_record *before)
{
    out->kind = ob_read_u8(reader);
    uint8_t flags = ob_read_u8(reader);
    ob_read_bytes(reader, 6);
    ob_read_copy(reader, out->id, OB_HOLD_ID);
    out->retained = (int64_t)ob_read_u64(reader);
    out->marked = (int64_t)ob_read_u64(reader);
    out->due = (int64_t)ob_read_u64(reader);
    out->token = ob_read_u64(reader);
    out->pending = (flags & FLAG_PENDING) != 0;
    if (out->kind <= OB_OBJECT_KEY || out->kind >= OB_OBJECT_KINDS || flags > FLAG_PENDING ||
        !is_time(out->retained) || !is_time(out->marked) || !is_time(out->due) ||
        (before != NULL && compare(before, out) >= 0)) {
        ob_reader_fail(reader);
    }
}

static ob_status read_head(ob_holds *holds, ob_reader *reader, uint32_t *count)
{
    const uint8_t *start = ob_read_bytes(reader, sizeof magic);
    uint32_t version = ob_read_u32(reader);
    if (start == NULL || memcmp(start, magic, sizeof magic) != 0) {
        return ob_fail(OB_E_CORRUPT, "it does not start as it should");
    }
    if (version != VERSION) {
        return ob_fail(OB_E_FORMAT_VERSION, "version %u", (unsigned)version);
    }
    *count = ob_read_u32(reader);
    holds->token = ob_read_u64(reader);
    holds->locked = (int64_t)ob_read_u64(reader);
    holds->now = (int64_t)ob_read_u64(reader);
    holds->seen = (int64_t)ob_read_u64(reader);
    if (!is_time(holds->locked) || !is_time(holds->now) || holds->token == UINT64_MAX ||
        ob_reader_left(reader) / RECORD_SIZE != *count) {
        ob_reader_fail(reader);
    }
    return ob_reader_status(reader, "its head");
}

ob_status ob_holds_read(ob_holds *out, const void *data, size_t length)
{
    uint8_t sum[SUM_SIZE];
    ob_holds holds = {0};
    uint32_t count = 0;
    if (length < HEAD_SIZE + SUM_SIZE) {
        return ob_fail(OB_E_CORRUPT, "it is cut");
    }
    ob_status status = sum_of(data, length - SUM_SIZE, sum);
    if (OB_FAILED(status)) {
        return status;
    }
    if (memcmp(sum, (const uint8_t *)data + length - SUM_SIZE, SUM_SIZE) != 0) {
        return ob_fail(OB_E_CORRUPT, "its checksum does not fit");
    }
    ob_reader reader = ob_reader_of(data, length - SUM_SIZE);
    status = read_head(&holds, &reader, &count);
    if (OB_FAILED(status)) {
        return status;
    }
    holds.records = ob_calloc(count, sizeof holds.records[0]);
    if (holds.records == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%u holds", (unsigned)count);
    }
    holds.capacity = count;
    for (; holds.count < count; holds.count++) {
        ob_hold_record *record = &holds.records[holds.count];
        read_record(&reader, record, holds.count > 0 ? record - 1 : NULL);
    }
    status = ob_reader_end(&reader, "its records");
    if (OB_FAILED(status)) {
        ob_holds_free(&holds);
        return status;
    }
    *out = holds;
    return OB_OK;
}

/* Points are remembered as long as they are there: a listing must have them. */
static bool says_something(const ob_holds *holds, const ob_hold_record *record)
{
    return !record->gone && (record->kind == OB_OBJECT_POINT || record->marked != 0 ||
                             record->retained > holds->now);
}

ob_status ob_holds_write(const ob_holds *holds, ob_buf *out)
{
    uint8_t sum[SUM_SIZE] = {0};
    uint32_t count = 0;
    size_t start = out->length;
    for (size_t i = 0; i < holds->count; i++) {
        count += says_something(holds, &holds->records[i]) ? 1 : 0;
    }
    ob_buf_put(out, magic, sizeof magic);
    ob_buf_put_u32(out, VERSION);
    ob_buf_put_u32(out, count);
    ob_buf_put_u64(out, holds->token);
    ob_buf_put_u64(out, (uint64_t)holds->locked);
    ob_buf_put_u64(out, (uint64_t)holds->now);
    ob_buf_put_u64(out, (uint64_t)holds->seen);
    for (size_t i = 0; i < holds->count; i++) {
        const ob_hold_record *record = &holds->records[i];
        if (!says_something(holds, record)) {
            continue;
        }
        ob_buf_put_u8(out, record->kind);
        ob_buf_put_u8(out, record->pending ? FLAG_PENDING : 0);
        ob_buf_put_zero(out, 6);
        ob_buf_put(out, record->id, OB_HOLD_ID);
        ob_buf_put_u64(out, (uint64_t)record->retained);
        ob_buf_put_u64(out, (uint64_t)record->marked);
        ob_buf_put_u64(out, (uint64_t)record->due);
        ob_buf_put_u64(out, record->token);
    }
    ob_status status = ob_buf_status(out);
    if (!OB_FAILED(status)) {
        status = sum_of(out->data + start, out->length - start, sum);
    }
    ob_buf_put(out, sum, sizeof sum);
    return OB_FAILED(status) ? status : ob_buf_status(out);
}

void ob_holds_free(ob_holds *holds)
{
    ob_free(holds->records);
    *holds = (ob_holds){0};
}

/* ---- the clock ---- */

void ob_holds_tick(ob_holds *holds, int64_t system)
{
    if (holds->seen == 0 && holds->now == 0) {
        holds->now = system > 0 && system <= TIME_MOST ? system : 1;
    } else if (system > holds->seen) {
        uint64_t passed = (uint64_t)system - (uint64_t)holds->seen;
        int64_t step = passed < (uint64_t)JUMP_MOST ? (int64_t)passed : JUMP_MOST;
        holds->now = holds->now <= TIME_MOST - step ? holds->now + step : holds->now;
    }
    holds->seen = system;
}

static int64_t after(const ob_holds *holds, uint32_t days)
{
    int64_t span = (int64_t)(days < OB_STORE_DAYS_MOST ? days : OB_STORE_DAYS_MOST) * NS_PER_DAY;
    return holds->now <= TIME_MOST - span ? holds->now + span : TIME_MOST;
}

/* ---- the lock ---- */

static int64_t lock_end(const ob_holds *holds, uint32_t seconds)
{
    int64_t span = (int64_t)seconds * NS_PER_SECOND;
    return holds->now <= TIME_MOST - span ? holds->now + span : TIME_MOST;
}

ob_status ob_holds_lock(ob_holds *holds, uint32_t seconds, uint64_t *token)
{
    if (holds->locked > holds->now) {
        return ob_fail(OB_E_BUSY, "old recovery points are being deleted by another run");
    }
    if (holds->token >= UINT64_MAX - 1) {
        return ob_fail(OB_E_CORRUPT, "no token is left");
    }
    holds->locked = lock_end(holds, seconds);
    *token = ++holds->token;
    return OB_OK;
}

ob_status ob_holds_check(const ob_holds *holds, uint64_t token)
{
    return token == holds->token && holds->locked != 0
               ? OB_OK
               : ob_fail(OB_E_FENCED, "token %llu, the vault is at %llu", (unsigned long long)token,
                         (unsigned long long)holds->token);
}

ob_status ob_holds_renew(ob_holds *holds, uint64_t token, uint32_t seconds)
{
    ob_status status = ob_holds_check(holds, token);
    if (status == OB_OK) {
        holds->locked = lock_end(holds, seconds);
    }
    return status;
}

ob_status ob_holds_unlock(ob_holds *holds, uint64_t token)
{
    ob_status status = ob_holds_check(holds, token);
    if (status == OB_OK) {
        holds->locked = 0;
    }
    return status;
}

/* ---- records ---- */

ob_status ob_hold_id_of(ob_object_kind kind, const char *name, uint8_t id[OB_HOLD_ID])
{
    if (kind <= OB_OBJECT_KEY || kind >= OB_OBJECT_KINDS ||
        !ob_object_name_valid(kind, name, strlen(name))) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "%s is no name of what can be deleted", name);
    }
    memset(id, 0, OB_HOLD_ID);
    if (kind != OB_OBJECT_POINT) {
        return ob_hex_decode(id, OB_HOLD_ID, name, strlen(name));
    }
    ob_status status = ob_hex_decode(id, 8, name, 16);
    return status == OB_OK ? ob_hex_decode(id + 8, 16, name + 17, 32) : status;
}

void ob_hold_name_of(const ob_hold_record *record, ob_object_name name)
{
    if (record->kind != OB_OBJECT_POINT) {
        ob_hex_encode(name, record->id, OB_HOLD_ID);
        return;
    }
    ob_hex_encode(name, record->id, 8);
    name[16] = '-';
    ob_hex_encode(name + 17, record->id + 8, 16);
}

ob_hold_record *ob_holds_find(const ob_holds *holds, ob_object_kind kind,
                              const uint8_t id[OB_HOLD_ID])
{
    size_t low = 0;
    size_t high = holds->count;
    ob_hold_record key = {.kind = (uint8_t)kind};
    memcpy(key.id, id, OB_HOLD_ID);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(&holds->records[middle], &key);
        if (order == 0) {
            return &holds->records[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static void drop_doubles(ob_holds *holds)
{
    size_t kept = holds->count > 0 ? 1 : 0;
    for (size_t i = 1; i < holds->count; i++) {
        if (compare(&holds->records[kept - 1], &holds->records[i]) != 0) {
            holds->records[kept++] = holds->records[i];
        }
    }
    holds->count = kept;
}

ob_status ob_holds_ensure(ob_holds *holds, ob_object_kind kind, const uint8_t *ids, size_t count)
{
    size_t known = holds->count;
    size_t missing = 0;
    for (size_t i = 0; i < count; i++) {
        missing += ob_holds_find(holds, kind, ids + i * OB_HOLD_ID) == NULL ? 1 : 0;
    }
    if (missing == 0) {
        return OB_OK;
    }
    if (known + missing > OB_HOLDS_MOST / RECORD_SIZE) {
        return ob_fail(OB_E_TOO_LARGE, "%zu holds", known + missing);
    }
    ob_hold_record *records = ob_realloc_array(holds->records, known + missing, sizeof records[0]);
    if (records == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%zu holds", known + missing);
    }
    holds->records = records;
    holds->capacity = known + missing;
    ob_hold_record *next = records + known;
    for (size_t i = 0; i < count; i++) {
        /* Looks among the first `known`, which are in order: the count is still theirs. */
        if (ob_holds_find(holds, kind, ids + i * OB_HOLD_ID) == NULL) {
            *next = (ob_hold_record){.kind = (uint8_t)kind};
            memcpy(next++->id, ids + i * OB_HOLD_ID, OB_HOLD_ID);
        }
    }
    holds->count = known + missing;
    qsort(records, holds->count, sizeof records[0], compare);
    drop_doubles(holds);
    return OB_OK;
}

bool ob_holds_mark(const ob_holds *holds, ob_hold_record *record, uint64_t token, uint32_t days)
{
    if (record->retained > holds->now) {
        return false;
    }
    if (record->marked == 0) {
        record->marked = holds->now;
        record->due = after(holds, days);
        record->token = token;
    }
    return true;
}

bool ob_holds_due(const ob_holds *holds, const ob_hold_record *record)
{
    return record->marked != 0 && record->due <= holds->now && record->retained <= holds->now;
}

void ob_holds_keep(const ob_holds *holds, ob_hold_record *record, uint32_t days)
{
    int64_t until = days > 0 ? after(holds, days) : 0;
    record->marked = 0;
    record->due = 0;
    record->token = 0;
    record->retained = until > record->retained ? until : record->retained;
}

ob_status ob_holds_visit(const ob_holds *holds, ob_hold_visit visit, void *context)
{
    ob_status status = OB_OK;
    for (size_t i = 0; i < holds->count && status == OB_OK; i++) {
        const ob_hold_record *record = &holds->records[i];
        if (!says_something(holds, record)) {
            continue;
        }
        ob_hold hold = {.kind = (ob_object_kind)record->kind,
                        .retained = record->retained,
                        .marked = record->marked,
                        .due = record->due,
                        .token = record->token};
        ob_hold_name_of(record, hold.name);
        status = visit(context, &hold, holds->now);
    }
    return status;
}
