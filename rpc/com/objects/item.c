#include "classes.h"

#include "ob/alloc.h"

typedef struct item {
    ob_object base;
    ob_shared_view *view;
    ob_item record;
} item;

ob_shared_view *ob_shared_view_share(ob_shared_view *view)
{
    InterlockedIncrement(&view->references);
    return view;
}

void ob_shared_view_release(ob_shared_view *view)
{
    if (view && InterlockedDecrement(&view->references) == 0) {
        ob_client_close_view(view->view);
        ob_connection_release(view->connection);
        ob_free(view);
    }
}

static void destroy(ob_object *object)
{
    item *self = (item *)object;
    ob_item_free(&self->record);
    ob_shared_view_release(self->view);
}

static HRESULT STDMETHODCALLTYPE get_path(item *self, BSTR *value)
{
    return ob_bstr_of(value, self->record.path);
}

static HRESULT STDMETHODCALLTYPE get_name(item *self, BSTR *value)
{
    const char *slash = strrchr(self->record.path, '/');
    return ob_bstr_of(value, slash ? slash + 1 : self->record.path);
}

static HRESULT STDMETHODCALLTYPE get_size(item *self, double *value)
{
    *value = (double)self->record.size;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE get_modified(item *self, DATE *value)
{
    *value = ob_date_of(self->record.mtime);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE get_is_folder(item *self, VARIANT_BOOL *value)
{
    *value = ob_bool_of(self->record.type == 2);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE get_type(item *self, long *value)
{
    *value = self->record.type;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE items(item *self, VARIANT pattern, IOBItems **value)
{
    ob_buf text = {0};
    ob_status status = ob_text_of_variant(&text, &pattern);
    HRESULT hr = OB_FAILED(status) ? ob_object_fail(self, status)
                                   : ob_com_items_list(self, self->view, self->record.path,
                                                       (const char *)text.data, value);
    ob_buf_free(&text);
    return hr;
}

static IOBItemVtbl item_vtbl = {OB_OBJECT_METHODS, (void *)get_path,     (void *)get_name,
                                (void *)get_size,  (void *)get_modified, (void *)get_is_folder,
                                (void *)get_type,  (void *)items};
static const ob_class item_class = {&IID_IOBItem, sizeof(item), destroy};

IOBItem *ob_com_item_new(ob_shared_view *view, ob_item *record)
{
    item *self = ob_object_new(&item_class, &item_vtbl);
    if (self) {
        self->view = ob_shared_view_share(view);
        self->record = *record;
    } else {
        ob_item_free(record);
    }
    *record = (ob_item){0};
    return (IOBItem *)self;
}

HRESULT ob_com_items_list(void *object, ob_shared_view *view, const char *path, const char *pattern,
                          IOBItems **out)
{
    ob_list list = {0};
    int64_t resume = 0;
    do {
        int64_t before = resume;
        ob_item *records = NULL;
        size_t count = 0;
        HRESULT hr = S_OK;
        if (OB_FAILED(
                ob_client_browse(view->view, path, pattern, &resume, 1000, &records, &count))) {
            ob_list_clear(&list);
            return ob_object_fail_call(object);
        }
        for (size_t i = 0; i < count; i++) {
            if (SUCCEEDED(hr))
                hr = ob_list_add(&list, ob_com_item_new(view, &records[i]));
            ob_item_free(&records[i]);
        }
        ob_free(records);
        if (FAILED(hr)) {
            ob_list_clear(&list);
            return hr;
        }
        /* A page of a long search may be empty, but each takes the search further. */
        if (resume <= before)
            break;
    } while (resume);
    *out = ob_com_items_new(&list);
    return *out ? S_OK : E_OUTOFMEMORY;
}
