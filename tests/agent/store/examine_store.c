#include "examine_store.h"

#include "ob/test.h"
#include "ob/thread.h"

#include <string.h>

#define LARGE ((size_t)17 * 1024 * 1024 + 3)
#define THREADS 4
#define OBJECTS 40
#define LISTING_MOST 100

/* The numbers are spread over the first digits, by which some stores divide their objects. */
const char *examine_store_name(ob_object_kind kind, unsigned number)
{
    switch (kind) {
    case OB_OBJECT_KEY:
        return ob_test_format("%08u", number);
    case OB_OBJECT_POINT:
        return ob_test_format("%016x-%032x", number, number);
    default:
        return ob_test_format("%04x%060x", number * 7, number);
    }
}

/* ---- small steps ---- */

static ob_status put(ob_store *store, ob_object_kind kind, const char *name, const char *text)
{
    return store->ops->put(store, kind, name, text, strlen(text));
}

static void check_holds(ob_store *store, ob_object_kind kind, const char *name, const void *data,
                        size_t length)
{
    uint8_t *got = NULL;
    size_t got_length = 0;
    uint64_t size = 0;
    ob_check_ok(ob_store_get_all(store, kind, name, length, &got, &got_length));
    ck_assert_uint_eq(got_length, length);
    ck_assert(length == 0 || memcmp(got, data, length) == 0);
    ob_free(got);
    ob_check_ok(store->ops->size(store, kind, name, &size));
    ck_assert_uint_eq(size, length);
}

static void check_absent(ob_store *store, ob_object_kind kind, const char *name)
{
    uint8_t byte = 77;
    uint64_t size = 77;
    ob_check_status(store->ops->get(store, kind, name, 0, &byte, 1), OB_E_NOT_FOUND);
    ob_check_status(store->ops->size(store, kind, name, &size), OB_E_NOT_FOUND);
    ck_assert_uint_eq(byte, 77);
    ck_assert_uint_eq(size, 77);
}

typedef struct listing {
    const char *names[LISTING_MOST];
    uint64_t sizes[LISTING_MOST];
    size_t count;
    size_t stop_at; /* 0 = never */
} listing;

static ob_status visit(void *context, const char *name, uint64_t size)
{
    listing *list = context;
    if (list->count == LISTING_MOST) {
        return OB_E_TOO_LARGE;
    }
    list->names[list->count] = ob_test_format("%s", name);
    list->sizes[list->count] = size;
    list->count++;
    return list->count == list->stop_at ? OB_E_CANCELLED : OB_OK;
}

static listing list_all(ob_store *store, ob_object_kind kind, const char *after)
{
    listing list = {0};
    ob_check_ok(store->ops->list(store, kind, after, visit, &list));
    bool sorted = true;
    for (size_t i = 1; i < list.count; i++) {
        sorted = sorted && strcmp(list.names[i - 1], list.names[i]) < 0;
    }
    /* Once and not for each: an assertion is a write to a file. */
    ck_assert(sorted);
    return list;
}

/* ---- the examination ---- */

static void examine_empty(ob_store *store)
{
    for (ob_object_kind kind = 0; kind < OB_OBJECT_KINDS; kind++) {
        ck_assert_uint_eq(list_all(store, kind, "").count, 0);
        check_absent(store, kind, examine_store_name(kind, 1));
    }
}

static void examine_put_and_get(ob_store *store)
{
    static uint8_t all_bytes[256];
    char part[6] = "";
    for (size_t i = 0; i < sizeof all_bytes; i++) {
        all_bytes[i] = (uint8_t)i;
    }
    for (ob_object_kind kind = 0; kind < OB_OBJECT_KINDS; kind++) {
        const char *name = examine_store_name(kind, 10);
        ob_check_ok(put(store, kind, name, "0123456789"));
        check_holds(store, kind, name, "0123456789", 10);
        ob_check_ok(store->ops->get(store, kind, name, 3, part, 5));
        ck_assert_str_eq(part, "34567");
        ob_check_ok(store->ops->get(store, kind, name, 10, part, 0));
    }
    /* Each kind has its own names. */
    const char *name = examine_store_name(OB_OBJECT_PACK, 11);
    ob_check_ok(store->ops->put(store, OB_OBJECT_PACK, name, all_bytes, sizeof all_bytes));
    check_absent(store, OB_OBJECT_INDEX, name);
    ob_check_ok(store->ops->put(store, OB_OBJECT_INDEX, name, "", 0));
    check_holds(store, OB_OBJECT_INDEX, name, "", 0);
    check_holds(store, OB_OBJECT_PACK, name, all_bytes, sizeof all_bytes);
}

static void examine_limits(ob_store *store)
{
    uint8_t *got = NULL;
    size_t length = 0;
    char bytes[16];
    const char *name = examine_store_name(OB_OBJECT_KEY, 10); /* 10 bytes */
    const ob_store_ops *ops = store->ops;
    ob_check_status(ops->get(store, OB_OBJECT_KEY, name, 0, bytes, 11), OB_E_CORRUPT);
    ob_check_status(ops->get(store, OB_OBJECT_KEY, name, 10, bytes, 1), OB_E_CORRUPT);
    ob_check_status(ops->get(store, OB_OBJECT_KEY, name, 11, bytes, 1), OB_E_CORRUPT);
    ob_check_status(ops->get(store, OB_OBJECT_KEY, name, UINT64_MAX, bytes, 1), OB_E_CORRUPT);
    ob_check_status(ops->get(store, OB_OBJECT_KEY, name, INT64_MAX, bytes, 1), OB_E_CORRUPT);
    ob_check_status(ob_store_get_all(store, OB_OBJECT_KEY, name, 9, &got, &length), OB_E_TOO_LARGE);
    ck_assert_ptr_null(got);
}

static void examine_create_only(ob_store *store)
{
    const char *name = examine_store_name(OB_OBJECT_POINT, 20);
    ob_check_ok(put(store, OB_OBJECT_POINT, name, "first"));
    ob_check_ok(put(store, OB_OBJECT_POINT, name, "first"));
    ob_check_status(put(store, OB_OBJECT_POINT, name, "firsT"), OB_E_EXISTS);
    ob_check_status(put(store, OB_OBJECT_POINT, name, "firs"), OB_E_EXISTS);
    ob_check_status(put(store, OB_OBJECT_POINT, name, "first!"), OB_E_EXISTS);
    ob_check_status(put(store, OB_OBJECT_POINT, name, ""), OB_E_EXISTS);
    check_holds(store, OB_OBJECT_POINT, name, "first", 5);
}

static void examine_names(ob_store *store)
{
    static const char *const bad[] = {
        "",          ".",        "..",       "../../vault.json", "0000000",      "000000000",
        "0000000A",  "0000000a", "00000/01", "0000000\n",        "00000001.tmp", "%2e%2e%2f%2e",
        "C:\\00001",
    };
    uint8_t byte = 0;
    uint64_t size = 0;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ob_check_status(put(store, OB_OBJECT_KEY, bad[i], "x"), OB_E_INVALID_ARGUMENT);
        ob_status status = store->ops->get(store, OB_OBJECT_KEY, bad[i], 0, &byte, 1);
        ck_assert(status == OB_E_INVALID_ARGUMENT || status == OB_E_NOT_FOUND);
        status = store->ops->size(store, OB_OBJECT_KEY, bad[i], &size);
        ck_assert(status == OB_E_INVALID_ARGUMENT || status == OB_E_NOT_FOUND);
    }
    const char *upper = "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef";
    ob_check_status(put(store, OB_OBJECT_PACK, upper, "x"), OB_E_INVALID_ARGUMENT);
}

static void examine_list(ob_store *store, ob_object_kind kind)
{
    size_t before = list_all(store, kind, "").count;
    for (unsigned i = 0; i < OBJECTS; i++) {
        /* Not in the order of the names. */
        unsigned number = 1000 + i * 7 % OBJECTS * 2;
        ob_check_ok(put(store, kind, examine_store_name(kind, number),
                        ob_test_format("%*s", (int)(number % 50), "")));
    }
    listing whole = list_all(store, kind, "");
    ck_assert_uint_eq(whole.count, before + OBJECTS);
    for (unsigned i = 0; i < OBJECTS; i++) {
        unsigned number = 1000 + i * 2;
        ck_assert_str_eq(whole.names[before + i], examine_store_name(kind, number));
        ck_assert_uint_eq(whole.sizes[before + i], number % 50);
        if (i % 8 != 0) {
            continue;
        }
        /* After a name that is there, and after one that is not. */
        listing rest = list_all(store, kind, examine_store_name(kind, number));
        ck_assert_uint_eq(rest.count, OBJECTS - i - 1);
        rest = list_all(store, kind, examine_store_name(kind, number - 1));
        ck_assert_uint_eq(rest.count, OBJECTS - i);
        ck_assert_str_eq(rest.names[0], examine_store_name(kind, number));
    }
    listing cut = {.stop_at = 3};
    ob_check_status(store->ops->list(store, kind, "", visit, &cut), OB_E_CANCELLED);
    ck_assert_uint_eq(cut.count, 3);
}

static void examine_large(ob_store *store)
{
    ob_test_rng rng = ob_test_rng_new(17);
    uint8_t *data = ob_alloc(LARGE);
    uint8_t piece[1000];
    const char *name = examine_store_name(OB_OBJECT_PACK, 30);
    ck_assert_ptr_nonnull(data);
    ob_test_rng_fill(&rng, data, LARGE);
    ob_check_ok(store->ops->put(store, OB_OBJECT_PACK, name, data, LARGE));
    ob_check_ok(store->ops->put(store, OB_OBJECT_PACK, name, data, LARGE));
    check_holds(store, OB_OBJECT_PACK, name, data, LARGE);
    for (int i = 0; i < 100; i++) {
        size_t length = (size_t)ob_test_rng_below(&rng, sizeof piece + 1);
        size_t offset = (size_t)ob_test_rng_below(&rng, LARGE - length + 1);
        ob_check_ok(store->ops->get(store, OB_OBJECT_PACK, name, offset, piece, length));
        ck_assert(memcmp(piece, data + offset, length) == 0);
    }
    data[LARGE - 1] ^= 1;
    ob_check_status(store->ops->put(store, OB_OBJECT_PACK, name, data, LARGE), OB_E_EXISTS);
    ob_free(data);
}

/* ---- several threads ---- */

typedef struct worker {
    ob_store *store;
    const char *names[OBJECTS];
    uint8_t seed;
    ob_status status;
} worker;

/* All threads put the same objects, in different orders, and read them back. */
static void work(void *argument)
{
    worker *me = argument;
    uint8_t data[5000];
    uint8_t got[5000];
    for (size_t i = 0; i < OBJECTS && me->status == OB_OK; i++) {
        size_t which = (i + me->seed * 10u) % OBJECTS;
        memset(data, (int)which, sizeof data);
        me->status =
            me->store->ops->put(me->store, OB_OBJECT_PACK, me->names[which], data, sizeof data);
        if (me->status == OB_OK) {
            me->status = me->store->ops->get(me->store, OB_OBJECT_PACK, me->names[which], 0, got,
                                             sizeof got);
        }
        if (me->status == OB_OK && memcmp(got, data, sizeof got) != 0) {
            me->status = OB_E_UNEXPECTED;
        }
    }
}

static void examine_threads(ob_store *store)
{
    ob_thread *threads[THREADS];
    worker workers[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (worker){.store = store, .seed = (uint8_t)i};
        for (unsigned k = 0; k < OBJECTS; k++) {
            workers[i].names[k] = examine_store_name(OB_OBJECT_PACK, 3000 + k);
        }
        ob_check_ok(ob_thread_start(&threads[i], work, &workers[i]));
    }
    for (size_t i = 0; i < THREADS; i++) {
        ob_thread_join(threads[i]);
        ob_check_ok(workers[i].status);
    }
    listing list = list_all(store, OB_OBJECT_PACK, examine_store_name(OB_OBJECT_PACK, 2999));
    ck_assert_uint_eq(list.count, OBJECTS);
}

void examine_store(ob_store *store)
{
    examine_empty(store);
    examine_put_and_get(store);
    examine_limits(store);
    examine_create_only(store);
    examine_names(store);
    for (ob_object_kind kind = 0; kind < OB_OBJECT_KINDS; kind++) {
        examine_list(store, kind);
    }
    examine_large(store);
    examine_threads(store);
}

/* ---- faults ---- */

static const char content[] = "the bytes of an object that is put while things fail";

/* The object of this number is in a list. */
static bool is_listed(ob_store *store, ob_object_kind kind, unsigned number)
{
    listing first = {.stop_at = 1};
    ob_status status =
        store->ops->list(store, kind, examine_store_name(kind, number - 1), visit, &first);
    ck_assert(status == OB_OK || status == OB_E_CANCELLED);
    return first.count == 1 && strcmp(first.names[0], examine_store_name(kind, number)) == 0;
}

/* True if the object is there, whole; false if it is not there at all. */
static bool is_there(ob_store *clean, ob_object_kind kind, unsigned number)
{
    uint64_t size = 0;
    const char *name = examine_store_name(kind, number);
    ob_status status = clean->ops->size(clean, kind, name, &size);
    ck_assert(is_listed(clean, kind, number) == (status == OB_OK));
    if (status == OB_E_NOT_FOUND) {
        return false;
    }
    ob_check_ok(status);
    check_holds(clean, kind, name, content, sizeof content);
    return true;
}

static void fault_put(const store_under_faults *subject, ob_object_kind kind, bool from_then_on,
                      uint64_t most)
{
    ob_store *store = subject->store;
    bool hit = true;
    for (unsigned n = 1; hit; n++) {
        ck_assert_uint_le(n, most);
        unsigned number = 5000 + n + (from_then_on ? 100 : 0);
        const char *name = examine_store_name(kind, number);
        subject->arm(subject->context, n, from_then_on);
        ob_status status = store->ops->put(store, kind, name, content, sizeof content);
        hit = subject->disarm(subject->context);
        bool there = is_there(subject->clean, kind, number);
        ck_assert(hit || status == OB_OK);
        ck_assert(there || status != OB_OK);
        ob_check_ok(store->ops->put(store, kind, name, content, sizeof content));
        ck_assert(is_there(subject->clean, kind, number));
        ob_check_status(store->ops->put(store, kind, name, "other", 5), OB_E_EXISTS);
    }
}

/* A put of what is there already may fail, never harm. */
static void fault_put_again(const store_under_faults *subject, ob_object_kind kind, uint64_t most)
{
    ob_store *store = subject->store;
    const char *name = examine_store_name(kind, 5001);
    bool hit = true;
    for (unsigned n = 1; hit; n++) {
        ck_assert_uint_le(n, most);
        subject->arm(subject->context, n, false);
        ob_status same = store->ops->put(store, kind, name, content, sizeof content);
        hit = subject->disarm(subject->context);
        subject->arm(subject->context, n, false);
        ob_status other = store->ops->put(store, kind, name, "other", 5);
        hit = subject->disarm(subject->context) || hit;
        ck_assert(hit || same == OB_OK);
        ck_assert(other != OB_OK);
        ck_assert(is_there(subject->clean, kind, 5001));
    }
}

/* One read of each kind with fault `n`; true if something was made to fail. */
static bool fault_read(const store_under_faults *subject, ob_object_kind kind, const char *name,
                       unsigned n)
{
    const ob_store_ops *ops = subject->store->ops;
    char bytes[sizeof content] = "";
    uint64_t size = 0;
    subject->arm(subject->context, n, false);
    ob_status status = ops->get(subject->store, kind, name, 0, bytes, sizeof bytes);
    bool hit = subject->disarm(subject->context);
    ck_assert(status == OB_OK ? memcmp(bytes, content, sizeof content) == 0 : hit);
    subject->arm(subject->context, n, false);
    status = ops->size(subject->store, kind, name, &size);
    hit = subject->disarm(subject->context) || hit;
    ck_assert(status == OB_OK ? size == sizeof content : hit);
    return hit;
}

static bool fault_list(const store_under_faults *subject, ob_object_kind kind, size_t count,
                       unsigned n)
{
    listing list = {0};
    subject->arm(subject->context, n, false);
    ob_status status = subject->store->ops->list(subject->store, kind, "", visit, &list);
    bool hit = subject->disarm(subject->context);
    ck_assert(status == OB_OK ? list.count == count : hit);
    return hit;
}

static void fault_reads(const store_under_faults *subject, ob_object_kind kind, uint64_t most)
{
    const char *name = examine_store_name(kind, 5001);
    size_t count = list_all(subject->clean, kind, "").count;
    unsigned n = 1;
    for (; fault_read(subject, kind, name, n); n++) {
        ck_assert_uint_le(n, most);
    }
    /* A list may take very many operations, most of them alike: ever wider steps. */
    for (n = 1; fault_list(subject, kind, count, n); n += 1 + n / 8) {
        ck_assert_uint_le(n, most);
    }
}

void examine_store_faults(const store_under_faults *subject, uint64_t most)
{
    fault_put(subject, OB_OBJECT_PACK, false, most);
    fault_put(subject, OB_OBJECT_POINT, false, most);
    fault_put(subject, OB_OBJECT_PACK, true, most);
    fault_put(subject, OB_OBJECT_POINT, true, most);
    fault_put_again(subject, OB_OBJECT_PACK, most);
    fault_reads(subject, OB_OBJECT_PACK, most);
    fault_reads(subject, OB_OBJECT_POINT, most);
}
