#include "classes.h"

#include "ob/alloc.h"

#include <cjson/cJSON.h>

typedef struct file_spec {
    ob_object base;
    char *path;
    bool exclude, recursive;
} file_spec;

typedef struct file_specs {
    ob_object base;
    SRWLOCK lock;
    ob_list list;
} file_specs;

static void spec_destroy(ob_object *object)
{
    ob_free(((file_spec *)object)->path);
}

static HRESULT STDMETHODCALLTYPE spec_get_path(file_spec *self, BSTR *value)
{
    return ob_bstr_of(value, self->path);
}

static HRESULT STDMETHODCALLTYPE spec_get_exclude(file_spec *self, VARIANT_BOOL *value)
{
    *value = ob_bool_of(self->exclude);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE spec_get_recursive(file_spec *self, VARIANT_BOOL *value)
{
    *value = ob_bool_of(self->recursive);
    return S_OK;
}

static IOBFileSpecVtbl spec_vtbl = {OB_OBJECT_METHODS, (void *)spec_get_path,
                                    (void *)spec_get_exclude, (void *)spec_get_recursive};
static const ob_class spec_class = {&IID_IOBFileSpec, sizeof(file_spec), spec_destroy};

/* Takes `path` over in every case; NULL counts as lack of memory. */
static file_spec *spec_new(char *path, bool exclude, bool recursive)
{
    file_spec *self = path ? ob_object_new(&spec_class, &spec_vtbl) : NULL;
    if (!self) {
        ob_free(path);
        return NULL;
    }
    self->path = path;
    self->exclude = exclude;
    self->recursive = recursive;
    return self;
}

static void specs_destroy(ob_object *object)
{
    ob_list_clear(&((file_specs *)object)->list);
}

static HRESULT bad_index(file_specs *self, long index, size_t count)
{
    return ob_object_fail(self, ob_fail(OB_E_NOT_FOUND, "position %ld of %zu", index, count));
}

static HRESULT STDMETHODCALLTYPE specs_get_item(file_specs *self, long index, IOBFileSpec **value)
{
    HRESULT hr = S_OK;
    AcquireSRWLockShared(&self->lock);
    size_t count = self->list.count;
    if (index >= 0 && (size_t)index < count) {
        *value = (IOBFileSpec *)self->list.items[index];
        IOBFileSpec_AddRef(*value);
    } else {
        hr = DISP_E_BADINDEX;
    }
    ReleaseSRWLockShared(&self->lock);
    return FAILED(hr) ? bad_index(self, index, count) : hr;
}

static HRESULT STDMETHODCALLTYPE specs_get_count(file_specs *self, long *value)
{
    AcquireSRWLockShared(&self->lock);
    *value = (long)self->list.count;
    ReleaseSRWLockShared(&self->lock);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE specs_get_new_enum(file_specs *self, IUnknown **value)
{
    AcquireSRWLockShared(&self->lock);
    HRESULT hr = ob_list_enumerate(&self->list, value);
    ReleaseSRWLockShared(&self->lock);
    return hr;
}

static HRESULT STDMETHODCALLTYPE specs_add(file_specs *self, BSTR path, VARIANT_BOOL exclude,
                                           VARIANT_BOOL recursive, IOBFileSpec **added)
{
    ob_buf text = {0};
    ob_status status = ob_text_of_bstr(&text, path);
    if (OB_FAILED(status)) {
        ob_buf_free(&text);
        return ob_object_fail(self, status);
    }
    file_spec *spec = spec_new(ob_buf_take_text(&text), exclude != 0, recursive != 0);
    if (!spec)
        return E_OUTOFMEMORY;
    ob_object_add_ref(spec);
    AcquireSRWLockExclusive(&self->lock);
    HRESULT hr = ob_list_add(&self->list, spec);
    ReleaseSRWLockExclusive(&self->lock);
    if (FAILED(hr)) {
        ob_object_release(spec);
        return hr;
    }
    *added = (IOBFileSpec *)spec;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE specs_remove(file_specs *self, long index)
{
    HRESULT hr = S_OK;
    AcquireSRWLockExclusive(&self->lock);
    size_t count = self->list.count;
    if (index >= 0 && (size_t)index < count)
        ob_list_remove(&self->list, (size_t)index);
    else
        hr = DISP_E_BADINDEX;
    ReleaseSRWLockExclusive(&self->lock);
    return FAILED(hr) ? bad_index(self, index, count) : hr;
}

static HRESULT STDMETHODCALLTYPE specs_clear(file_specs *self)
{
    AcquireSRWLockExclusive(&self->lock);
    ob_list_clear(&self->list);
    ReleaseSRWLockExclusive(&self->lock);
    return S_OK;
}

static IOBFileSpecsVtbl specs_vtbl = {
    OB_OBJECT_METHODS, (void *)specs_get_item, (void *)specs_get_count, (void *)specs_get_new_enum,
    (void *)specs_add, (void *)specs_remove,   (void *)specs_clear};
static const ob_class specs_class = {&IID_IOBFileSpecs, sizeof(file_specs), specs_destroy};

IOBFileSpecs *ob_com_file_specs_new(void)
{
    file_specs *self = ob_object_new(&specs_class, &specs_vtbl);
    if (self)
        InitializeSRWLock(&self->lock);
    return (IOBFileSpecs *)self;
}

HRESULT ob_com_file_specs_load(IOBFileSpecs *specs, const cJSON *files)
{
    file_specs *self = (file_specs *)specs;
    ob_list list = {0};
    HRESULT hr = S_OK;
    const cJSON *file;
    cJSON_ArrayForEach(file, files)
    {
        const cJSON *recursive = cJSON_GetObjectItemCaseSensitive(file, "recursive");
        hr = ob_list_add(&list, spec_new(ob_strdup(ob_json_text(file, "path")),
                                         ob_json_true(file, "exclude"),
                                         !recursive || cJSON_IsTrue(recursive)));
        if (FAILED(hr))
            goto out;
    }
    AcquireSRWLockExclusive(&self->lock);
    ob_list old = self->list;
    self->list = list;
    ReleaseSRWLockExclusive(&self->lock);
    list = old;
out:
    ob_list_clear(&list);
    return hr;
}

ob_status ob_com_file_specs_save(IOBFileSpecs *specs, cJSON **files)
{
    file_specs *self = (file_specs *)specs;
    bool failed = false;
    cJSON *array = ob_json_new_array();
    if (!array)
        return OB_E_NO_MEMORY;
    AcquireSRWLockShared(&self->lock);
    for (size_t i = 0; i < self->list.count && !failed; i++) {
        const file_spec *spec = (const file_spec *)(void *)self->list.items[i];
        cJSON *file = ob_json_new_object();
        ob_json_add_text(file, "path", spec->path, &failed);
        ob_json_add_bool(file, "exclude", spec->exclude, &failed);
        ob_json_add_bool(file, "recursive", spec->recursive, &failed);
        ob_json_add_node(array, NULL, file, &failed);
    }
    ReleaseSRWLockShared(&self->lock);
    if (failed) {
        ob_json_free(array);
        return OB_E_NO_MEMORY;
    }
    *files = array;
    return OB_OK;
}
