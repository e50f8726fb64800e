#include "classes.h"

#include "ob/alloc.h"

HRESULT ob_list_add(ob_list *list, void *item)
{
    if (!item)
        return E_OUTOFMEMORY;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 16;
        IDispatch **grown = ob_realloc_array(list->items, capacity, sizeof *grown);
        if (!grown) {
            ob_object_release(item);
            return E_OUTOFMEMORY;
        }
        list->items = grown;
        list->capacity = capacity;
    }
    list->items[list->count++] = item;
    return S_OK;
}

void ob_list_remove(ob_list *list, size_t position)
{
    IDispatch_Release(list->items[position]);
    list->count--;
    memmove(list->items + position, list->items + position + 1,
            (list->count - position) * sizeof *list->items);
}

void ob_list_clear(ob_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        IDispatch_Release(list->items[i]);
    ob_free(list->items);
    *list = (ob_list){0};
}

/* ---- IEnumVARIANT: no IDispatch, so not one of the library's classes ---- */

typedef struct enumerator {
    IEnumVARIANT iface;
    LONG references;
    ULONG position;
    ob_list list;
} enumerator;

static HRESULT enumerator_new(const ob_list *list, ULONG position, IEnumVARIANT **out);

static HRESULT STDMETHODCALLTYPE enum_query(IEnumVARIANT *iface, REFIID iid, void **out)
{
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IEnumVARIANT)) {
        *out = NULL;
        return E_NOINTERFACE;
    }
    IEnumVARIANT_AddRef(iface);
    *out = iface;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE enum_add_ref(IEnumVARIANT *iface)
{
    return (ULONG)InterlockedIncrement(&((enumerator *)iface)->references);
}

static ULONG STDMETHODCALLTYPE enum_release(IEnumVARIANT *iface)
{
    enumerator *self = (enumerator *)iface;
    LONG left = InterlockedDecrement(&self->references);
    if (left == 0) {
        ob_list_clear(&self->list);
        ob_free(self);
        ob_object_lock(FALSE);
    }
    return (ULONG)left;
}

static HRESULT STDMETHODCALLTYPE enum_next(IEnumVARIANT *iface, ULONG most, VARIANT *values,
                                           ULONG *got)
{
    enumerator *self = (enumerator *)iface;
    ULONG count = 0;
    while (count < most && self->position < self->list.count) {
        VariantInit(&values[count]);
        V_VT(&values[count]) = VT_DISPATCH;
        V_DISPATCH(&values[count]) = self->list.items[self->position++];
        IDispatch_AddRef(V_DISPATCH(&values[count]));
        count++;
    }
    if (got)
        *got = count;
    return count == most ? S_OK : S_FALSE;
}

static HRESULT STDMETHODCALLTYPE enum_skip(IEnumVARIANT *iface, ULONG count)
{
    enumerator *self = (enumerator *)iface;
    if (count > self->list.count - self->position) {
        self->position = (ULONG)self->list.count;
        return S_FALSE;
    }
    self->position += count;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE enum_reset(IEnumVARIANT *iface)
{
    ((enumerator *)iface)->position = 0;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE enum_clone(IEnumVARIANT *iface, IEnumVARIANT **out)
{
    enumerator *self = (enumerator *)iface;
    return enumerator_new(&self->list, self->position, out);
}

static IEnumVARIANTVtbl enum_vtbl = {enum_query, enum_add_ref, enum_release, enum_next,
                                     enum_skip,  enum_reset,   enum_clone};

static HRESULT enumerator_new(const ob_list *list, ULONG position, IEnumVARIANT **out)
{
    enumerator *self = ob_calloc(1, sizeof *self);
    if (!self)
        return E_OUTOFMEMORY;
    self->iface.lpVtbl = &enum_vtbl;
    self->references = 1;
    self->position = position;
    ob_object_lock(TRUE);
    for (size_t i = 0; i < list->count; i++) {
        IDispatch_AddRef(list->items[i]);
        if (FAILED(ob_list_add(&self->list, list->items[i]))) {
            enum_release(&self->iface);
            return E_OUTOFMEMORY;
        }
    }
    *out = &self->iface;
    return S_OK;
}

HRESULT ob_list_enumerate(const ob_list *list, IUnknown **out)
{
    return enumerator_new(list, 0, (IEnumVARIANT **)out);
}
