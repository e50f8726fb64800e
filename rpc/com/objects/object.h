/*
 * What every object of the COM library shares: reference count, IDispatch over the type library
 * ([MS-OAUT] 3.1), ISupportErrorInfo, and the way a failed call of libobclient becomes an HRESULT
 * with IErrorInfo. Objects are usable from any apartment.
 *
 * An object's struct starts with `ob_object base`; its interface pointer is the object's address.
 */
#ifndef OB_COM_OBJECT_H
#define OB_COM_OBJECT_H

#define COBJMACROS
#define CINTERFACE
#include <windows.h>

#include <oleauto.h>

#include "obcom.h"

#include "ob/buf.h"
#include "ob/client.h"
#include "ob/json.h"

typedef struct ob_object ob_object;

typedef struct ob_class {
    const IID *iid;
    size_t size;                        /* of the whole struct */
    void (*destroy)(ob_object *object); /* releases members; NULL if there are none */
} ob_class;

struct ob_object {
    const void *vtbl;
    ISupportErrorInfo errors;
    const ob_class *class;
    LONG references;
};

/* The connection that an agent's objects share; counted. */
typedef struct ob_connection {
    ob_client *client;
    LONG references;
} ob_connection;
ob_connection *ob_connection_share(ob_connection *connection);
void ob_connection_release(ob_connection *connection); /* takes NULL */

/* A zeroed object with one reference; NULL without memory. `vtbl` is the interface's table. */
void *ob_object_new(const ob_class *class, const void *vtbl);
void ob_object_release(void *object); /* takes NULL */

/* The number of objects and locks alive, for DllCanUnloadNow. */
LONG ob_object_count(void);
void ob_object_lock(BOOL lock);

/* IDispatch, the same for every class: put into each table by OB_OBJECT_METHODS. */
HRESULT STDMETHODCALLTYPE ob_object_query(void *object, REFIID iid, void **out);
ULONG STDMETHODCALLTYPE ob_object_add_ref(void *object);
ULONG STDMETHODCALLTYPE ob_object_release_ref(void *object);
HRESULT STDMETHODCALLTYPE ob_object_type_info_count(void *object, UINT *out);
HRESULT STDMETHODCALLTYPE ob_object_type_info(void *object, UINT index, LCID locale,
                                              ITypeInfo **out);
HRESULT STDMETHODCALLTYPE ob_object_names(void *object, REFIID iid, LPOLESTR *names, UINT count,
                                          LCID locale, DISPID *ids);
HRESULT STDMETHODCALLTYPE ob_object_invoke(void *object, DISPID id, REFIID iid, LCID locale,
                                           WORD flags, DISPPARAMS *params, VARIANT *result,
                                           EXCEPINFO *exception, UINT *argument);
/* In C a table's entries take the interface's own pointer type, which is the object's address. */
#define OB_OBJECT_METHODS                                                                          \
    (void *)ob_object_query, (void *)ob_object_add_ref, (void *)ob_object_release_ref,             \
        (void *)ob_object_type_info_count, (void *)ob_object_type_info, (void *)ob_object_names,   \
        (void *)ob_object_invoke

/* Turns this thread's failed libobclient call into an HRESULT with IErrorInfo. */
HRESULT ob_object_fail_call(void *object);
/* The same for an error of this library: texts of the status table and ob_detail(). */
HRESULT ob_object_fail(void *object, ob_status status);

/* Text: UTF-8 (or WTF-8) to and from BSTR. */
HRESULT ob_bstr_of(BSTR *out, const char *text);
HRESULT ob_bstr_of_n(BSTR *out, const char *text, size_t length);
/* NULL counts as "". Appends a NUL that length does not count. */
ob_status ob_text_of_bstr(ob_buf *out, BSTR text);
/* An optional argument: missing, empty and null leave `out` empty and answer OB_OK. Anything else
 * is converted to text. */
ob_status ob_text_of_variant(ob_buf *out, const VARIANT *value);
bool ob_variant_missing(const VARIANT *value);
/* A text or an array of texts as a JSON array; missing gives NULL and OB_OK. */
ob_status ob_json_of_variant(cJSON **out, const VARIANT *value);
/* Identity as text without braces, and back. */
HRESULT ob_bstr_of_guid(BSTR *out, const ob_guid *guid);
ob_status ob_guid_of_bstr(ob_guid *out, BSTR text);
/* DATE in UTC; 0 for 0. */
DATE ob_date_of(int64_t time);
VARIANT_BOOL ob_bool_of(bool value);
/* A field of a JSON object as text; "" when it is absent. Borrowed. */
const char *ob_json_text(const cJSON *json, const char *name);
bool ob_json_true(const cJSON *json, const char *name);

#endif
