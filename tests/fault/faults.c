#include "faults.h"

#include "ob/alloc.h"
#include "ob/thread.h"

#include <stdlib.h>

const char *fault_name(fault_kind kind)
{
    static const char *const names[FAULT_KINDS] = {
        "file operation fails",  "write is torn",    "process dies",          "power cut: dropped",
        "power cut: no bytes",   "power cut: torn",  "allocation fails",      "memory is out",
        "thread does not start", "no thread starts", "store operation fails", "vault goes away",
    };
    return names[kind];
}

/* ---- the store ---- */

typedef struct faulty_store {
    ob_store base;
    ob_store *inner;
    fault *f;
} faulty_store;

static ob_mutex lock;

static ob_store *inner_of(ob_store *store)
{
    return ((faulty_store *)store)->inner;
}

static ob_status strike(ob_store *store)
{
    fault *f = ((faulty_store *)store)->f;
    ob_mutex_lock(&lock);
    uint64_t number = ++f->store_count;
    bool fails = f->kind == FAULT_STORE_ON ? number >= f->number : number == f->number;
    f->hit = f->hit || fails;
    ob_mutex_unlock(&lock);
    if (!fails) {
        return OB_OK;
    }
    return f->kind == FAULT_STORE_ON ? ob_fail(OB_E_VAULT_UNREACHABLE, "the vault is away")
                                     : ob_fail(OB_E_IO, "made to fail");
}

static ob_status faulty_put(ob_store *store, ob_object_kind kind, const char *name,
                            const void *data, size_t length)
{
    ob_store *inner = inner_of(store);
    ob_status status = strike(store);
    return OB_FAILED(status) ? status : inner->ops->put(inner, kind, name, data, length);
}

static ob_status faulty_get(ob_store *store, ob_object_kind kind, const char *name, uint64_t offset,
                            void *data, size_t length)
{
    ob_store *inner = inner_of(store);
    ob_status status = strike(store);
    return OB_FAILED(status) ? status : inner->ops->get(inner, kind, name, offset, data, length);
}

static ob_status faulty_size(ob_store *store, ob_object_kind kind, const char *name, uint64_t *out)
{
    ob_store *inner = inner_of(store);
    ob_status status = strike(store);
    return OB_FAILED(status) ? status : inner->ops->size(inner, kind, name, out);
}

static ob_status faulty_list(ob_store *store, ob_object_kind kind, const char *after,
                             ob_store_visit visit, void *context)
{
    ob_store *inner = inner_of(store);
    ob_status status = strike(store);
    return OB_FAILED(status) ? status : inner->ops->list(inner, kind, after, visit, context);
}

static ob_status faulty_commit(ob_store *store, const char *point, const void *data, size_t length,
                               const uint8_t *packs, size_t pack_count, uint32_t days)
{
    ob_store *inner = inner_of(store);
    ob_status status = strike(store);
    return OB_FAILED(status)
               ? status
               : inner->holds->commit(inner, point, data, length, packs, pack_count, days);
}

static ob_status faulty_lock(ob_store *store, uint32_t seconds, uint64_t *token)
{
    ob_store *inner = inner_of(store);
    ob_status status = strike(store);
    return OB_FAILED(status) ? status : inner->holds->lock(inner, seconds, token);
}

static ob_status faulty_renew(ob_store *store, uint64_t token, uint32_t seconds)
{
    ob_store *inner = inner_of(store);
    ob_status status = strike(store);
    return OB_FAILED(status) ? status : inner->holds->renew(inner, token, seconds);
}

static ob_status faulty_unlock(ob_store *store, uint64_t token)
{
    ob_store *inner = inner_of(store);
    ob_status status = strike(store);
    return OB_FAILED(status) ? status : inner->holds->unlock(inner, token);
}

static ob_status faulty_mark(ob_store *store, uint64_t token, ob_object_kind kind,
                             const ob_object_name *names, size_t count, uint32_t days,
                             size_t *refused)
{
    ob_store *inner = inner_of(store);
    ob_status status = strike(store);
    return OB_FAILED(status) ? status
                             : inner->holds->mark(inner, token, kind, names, count, days, refused);
}

static ob_status faulty_sweep(ob_store *store, uint64_t token, ob_object_kind kind,
                              const ob_object_name *names, size_t count, size_t *refused)
{
    ob_store *inner = inner_of(store);
    ob_status status = strike(store);
    return OB_FAILED(status) ? status
                             : inner->holds->sweep(inner, token, kind, names, count, refused);
}

static ob_status faulty_keep(ob_store *store, ob_object_kind kind, const ob_object_name *names,
                             size_t count, uint32_t days)
{
    ob_store *inner = inner_of(store);
    ob_status status = strike(store);
    return OB_FAILED(status) ? status : inner->holds->keep(inner, kind, names, count, days);
}

static ob_status faulty_list_holds(ob_store *store, ob_hold_visit visit, void *context)
{
    ob_store *inner = inner_of(store);
    ob_status status = strike(store);
    return OB_FAILED(status) ? status : inner->holds->list(inner, visit, context);
}

static void faulty_close(ob_store *store)
{
    ob_store_close(inner_of(store));
    free(store);
}

static ob_store *wrap(void *context, ob_store *inner)
{
    static const ob_store_ops ops = {.put = faulty_put,
                                     .get = faulty_get,
                                     .size = faulty_size,
                                     .list = faulty_list,
                                     .close = faulty_close};
    static const ob_hold_ops holds = {.commit = faulty_commit,
                                      .lock = faulty_lock,
                                      .renew = faulty_renew,
                                      .unlock = faulty_unlock,
                                      .mark = faulty_mark,
                                      .sweep = faulty_sweep,
                                      .keep = faulty_keep,
                                      .list = faulty_list_holds};
    faulty_store *store = calloc(1, sizeof *store);
    if (store == NULL) {
        abort();
    }
    *store = (faulty_store){{.ops = &ops, .holds = &holds}, inner, context};
    return &store->base;
}

/* ---- threads ---- */

static ob_status start_hook(void *context)
{
    fault *f = context;
    ob_mutex_lock(&lock);
    uint64_t number = ++f->thread_count;
    bool fails = f->kind == FAULT_THREAD_ON ? number >= f->number : number == f->number;
    f->hit = f->hit || fails;
    ob_mutex_unlock(&lock);
    return fails ? ob_fail(OB_E_NO_MEMORY, "a thread was made to fail") : OB_OK;
}

/* ---- all kinds ---- */

void fault_begin(fault *f, world *w, fault_kind kind, uint64_t number)
{
    *f = (fault){.w = w, .kind = kind, .number = number};
    ob_test_fs_init(&f->files, ob_memory_fs_use(w->disk));
    w->through = &f->files.fs;
    if (kind <= FAULT_CUT_TORN) {
        ob_test_fs_fail(&f->files, number, kind >= FAULT_DIES);
        /* A state of the disk is made by what changes it. */
        f->files.writes_only = kind != FAULT_FILE;
        f->files.torn = kind == FAULT_TORN;
    } else if (kind <= FAULT_MEMORY_ON) {
        ob_test_alloc_begin(number, kind == FAULT_MEMORY_ON);
    } else if (kind <= FAULT_THREAD_ON) {
        ob_thread_set_start_hook(start_hook, f);
    } else {
        w->wrap = wrap;
        w->wrap_context = f;
    }
}

bool fault_end(fault *f)
{
    f->hit = f->hit || f->files.hit;
    if (f->kind == FAULT_MEMORY || f->kind == FAULT_MEMORY_ON) {
        f->hit = ob_test_alloc_end() || f->hit;
    }
    ob_thread_set_start_hook(NULL, NULL);
    f->w->through = NULL;
    f->w->wrap = NULL;
    if (f->hit && f->kind >= FAULT_CUT_DROPPED && f->kind <= FAULT_CUT_TORN) {
        ob_memory_fs_power_cut(f->w->disk, (ob_power_cut)(f->kind - FAULT_CUT_DROPPED), f->number);
    }
    return f->hit;
}
