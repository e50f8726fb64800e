#include "classes.h"

#include "ob/alloc.h"

/* Jobs, items and recovery points: three interfaces, one behaviour. */
typedef struct collection {
    ob_object base;
    ob_list list;
} collection;

static void destroy(ob_object *object)
{
    ob_list_clear(&((collection *)object)->list);
}

static HRESULT STDMETHODCALLTYPE get_count(collection *self, long *value)
{
    *value = (long)self->list.count;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE get_new_enum(collection *self, IUnknown **value)
{
    return ob_list_enumerate(&self->list, value);
}

static HRESULT item_at(collection *self, long index, void **value)
{
    if (index < 0 || (size_t)index >= self->list.count)
        return ob_object_fail(
            self, ob_fail(OB_E_NOT_FOUND, "position %ld of %zu", index, self->list.count));
    IDispatch_AddRef(self->list.items[index]);
    *value = self->list.items[index];
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE get_item_by_index(collection *self, long index, void **value)
{
    return item_at(self, index, value);
}

/* The identity is the objects' default property (DISPID 0). */
static bool has_id(IDispatch *item, BSTR id)
{
    DISPPARAMS none = {0};
    VARIANT value;
    VariantInit(&value);
    bool same = SUCCEEDED(IDispatch_Invoke(item, DISPID_VALUE, &IID_NULL, LOCALE_INVARIANT,
                                           DISPATCH_PROPERTYGET, &none, &value, NULL, NULL)) &&
                V_VT(&value) == VT_BSTR && _wcsicmp(V_BSTR(&value), id) == 0;
    VariantClear(&value);
    return same;
}

static HRESULT STDMETHODCALLTYPE get_item_by_key(collection *self, VARIANT key, void **value)
{
    VARIANT index;
    VariantInit(&index);
    const VARIANT *given = V_VT(&key) == (VT_BYREF | VT_VARIANT) ? V_VARIANTREF(&key) : &key;
    if (V_VT(given) == VT_BSTR) {
        for (size_t i = 0; i < self->list.count; i++) {
            if (V_BSTR(given) && has_id(self->list.items[i], V_BSTR(given)))
                return item_at(self, (long)i, value);
        }
        return ob_object_fail(self, ob_fail(OB_E_NOT_FOUND, "no item has this identity"));
    }
    if (FAILED(VariantChangeType(&index, (VARIANT *)(uintptr_t)given, 0, VT_I4)))
        return ob_object_fail(
            self, ob_fail(OB_E_INVALID_ARGUMENT, "an item is asked for by position or identity"));
    return item_at(self, V_I4(&index), value);
}

static void *collection_new(const ob_class *class, const void *vtbl, ob_list *list)
{
    collection *self = ob_object_new(class, vtbl);
    if (self)
        self->list = *list;
    else
        ob_list_clear(list);
    *list = (ob_list){0};
    return self;
}

/* The tables' order is that of obcom.idl: Item, Count, _NewEnum. */
static IOBJobsVtbl jobs_vtbl = {OB_OBJECT_METHODS, (void *)get_item_by_key, (void *)get_count,
                                (void *)get_new_enum};
static IOBRecoveryPointsVtbl points_vtbl = {OB_OBJECT_METHODS, (void *)get_item_by_key,
                                            (void *)get_count, (void *)get_new_enum};
static IOBItemsVtbl items_vtbl = {OB_OBJECT_METHODS, (void *)get_item_by_index, (void *)get_count,
                                  (void *)get_new_enum};

static const ob_class jobs_class = {&IID_IOBJobs, sizeof(collection), destroy};
static const ob_class points_class = {&IID_IOBRecoveryPoints, sizeof(collection), destroy};
static const ob_class items_class = {&IID_IOBItems, sizeof(collection), destroy};

IOBJobs *ob_com_jobs_new(ob_list *list)
{
    return collection_new(&jobs_class, &jobs_vtbl, list);
}

IOBRecoveryPoints *ob_com_points_new(ob_list *list)
{
    return collection_new(&points_class, &points_vtbl, list);
}

IOBItems *ob_com_items_new(ob_list *list)
{
    return collection_new(&items_class, &items_vtbl, list);
}
