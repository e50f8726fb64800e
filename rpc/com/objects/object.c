#include "object.h"

#include "module.h"

#include "ob/alloc.h"

static LONG alive;

ob_connection *ob_connection_share(ob_connection *connection)
{
    InterlockedIncrement(&connection->references);
    return connection;
}

void ob_connection_release(ob_connection *connection)
{
    if (connection && InterlockedDecrement(&connection->references) == 0) {
        ob_client_close(connection->client);
        ob_free(connection);
    }
}

LONG ob_object_count(void)
{
    return InterlockedCompareExchange(&alive, 0, 0);
}

void ob_object_lock(BOOL lock)
{
    if (lock)
        InterlockedIncrement(&alive);
    else
        InterlockedDecrement(&alive);
}

static ob_object *of_errors(ISupportErrorInfo *errors)
{
    return (ob_object *)(void *)((char *)errors - offsetof(ob_object, errors));
}

static HRESULT STDMETHODCALLTYPE errors_query(ISupportErrorInfo *errors, REFIID iid, void **out)
{
    return ob_object_query(of_errors(errors), iid, out);
}

static ULONG STDMETHODCALLTYPE errors_add_ref(ISupportErrorInfo *errors)
{
    return ob_object_add_ref(of_errors(errors));
}

static ULONG STDMETHODCALLTYPE errors_release(ISupportErrorInfo *errors)
{
    return ob_object_release_ref(of_errors(errors));
}

static HRESULT STDMETHODCALLTYPE errors_supports(ISupportErrorInfo *errors, REFIID iid)
{
    return IsEqualIID(iid, of_errors(errors)->class->iid) ? S_OK : S_FALSE;
}

static ISupportErrorInfoVtbl errors_vtbl = {errors_query, errors_add_ref, errors_release,
                                            errors_supports};

void *ob_object_new(const ob_class *class, const void *vtbl)
{
    ob_object *object = ob_calloc(1, class->size);
    if (!object)
        return NULL;
    object->vtbl = vtbl;
    object->errors.lpVtbl = &errors_vtbl;
    object->class = class;
    object->references = 1;
    InterlockedIncrement(&alive);
    return object;
}

void ob_object_release(void *object)
{
    if (object)
        ob_object_release_ref(object);
}

HRESULT STDMETHODCALLTYPE ob_object_query(void *object, REFIID iid, void **out)
{
    ob_object *self = object;
    if (!out)
        return E_POINTER;
    if (IsEqualIID(iid, &IID_IUnknown) || IsEqualIID(iid, &IID_IDispatch) ||
        IsEqualIID(iid, self->class->iid)) {
        *out = self;
    } else if (IsEqualIID(iid, &IID_ISupportErrorInfo)) {
        *out = &self->errors;
    } else {
        *out = NULL;
        return E_NOINTERFACE;
    }
    ob_object_add_ref(self);
    return S_OK;
}

ULONG STDMETHODCALLTYPE ob_object_add_ref(void *object)
{
    return (ULONG)InterlockedIncrement(&((ob_object *)object)->references);
}

ULONG STDMETHODCALLTYPE ob_object_release_ref(void *object)
{
    ob_object *self = object;
    LONG left = InterlockedDecrement(&self->references);
    if (left == 0) {
        if (self->class->destroy)
            self->class->destroy(self);
        ob_free(self);
        InterlockedDecrement(&alive);
    }
    return (ULONG)left;
}

HRESULT STDMETHODCALLTYPE ob_object_type_info_count(void *object, UINT *out)
{
    (void)object;
    *out = 1;
    return S_OK;
}

HRESULT STDMETHODCALLTYPE ob_object_type_info(void *object, UINT index, LCID locale,
                                              ITypeInfo **out)
{
    (void)locale;
    if (index)
        return DISP_E_BADINDEX;
    return ob_module_type_info(((ob_object *)object)->class->iid, out);
}

HRESULT STDMETHODCALLTYPE ob_object_names(void *object, REFIID iid, LPOLESTR *names, UINT count,
                                          LCID locale, DISPID *ids)
{
    ITypeInfo *info = NULL;
    HRESULT hr = ob_object_type_info(object, 0, locale, &info);
    (void)iid;
    if (FAILED(hr))
        return hr;
    hr = ITypeInfo_GetIDsOfNames(info, names, count, ids);
    ITypeInfo_Release(info);
    return hr;
}

HRESULT STDMETHODCALLTYPE ob_object_invoke(void *object, DISPID id, REFIID iid, LCID locale,
                                           WORD flags, DISPPARAMS *params, VARIANT *result,
                                           EXCEPINFO *exception, UINT *argument)
{
    ITypeInfo *info = NULL;
    HRESULT hr = ob_object_type_info(object, 0, locale, &info);
    (void)iid;
    if (FAILED(hr))
        return hr;
    SetErrorInfo(0, NULL);
    hr = ITypeInfo_Invoke(info, object, id, flags, params, result, exception, argument);
    ITypeInfo_Release(info);
    return hr;
}

static void set_error_info(const IID *iid, const char *message, const char *detail)
{
    ICreateErrorInfo *create = NULL;
    IErrorInfo *info = NULL;
    BSTR text = NULL;
    ob_buf line = {0};

    ob_buf_printf(&line, detail[0] ? "%s %s" : "%s", message, detail);
    char *description = ob_buf_take_text(&line);
    if (!description || FAILED(ob_bstr_of(&text, description)) || FAILED(CreateErrorInfo(&create)))
        goto out;
    ICreateErrorInfo_SetGUID(create, iid);
    ICreateErrorInfo_SetSource(create, (LPOLESTR)L"OnlineBackup.Agent");
    ICreateErrorInfo_SetDescription(create, text);
    if (SUCCEEDED(ICreateErrorInfo_QueryInterface(create, &IID_IErrorInfo, (void **)&info)))
        SetErrorInfo(0, info);
out:
    if (info)
        IErrorInfo_Release(info);
    if (create)
        ICreateErrorInfo_Release(create);
    SysFreeString(text);
    ob_free(description);
}

HRESULT ob_object_fail_call(void *object)
{
    const ob_client_error *error = ob_client_last_error();
    set_error_info(((ob_object *)object)->class->iid, error->message, error->detail);
    return error->status;
}

HRESULT ob_object_fail(void *object, ob_status status)
{
    set_error_info(((ob_object *)object)->class->iid, ob_status_lookup(status)->message,
                   ob_detail());
    return status;
}
