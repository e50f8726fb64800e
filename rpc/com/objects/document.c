/* The objects that only show a JSON document: a status and the answer to a registration. */
#include "classes.h"

#include <cjson/cJSON.h>

typedef struct document {
    ob_object base;
    cJSON *json;
} document;

static void destroy(ob_object *object)
{
    ob_json_free(((document *)object)->json);
}

static void *document_new(const ob_class *class, const void *vtbl, cJSON *json)
{
    document *self = ob_object_new(class, vtbl);
    if (self)
        self->json = json;
    else
        ob_json_free(json);
    return self;
}

#define TEXT_PROPERTY(function, field)                                                             \
    static HRESULT STDMETHODCALLTYPE function(document *self, BSTR *value)                         \
    {                                                                                              \
        return ob_bstr_of(value, ob_json_text(self->json, field));                                 \
    }

TEXT_PROPERTY(get_symbol, "symbol")
TEXT_PROPERTY(get_message, "message")
TEXT_PROPERTY(get_advice, "advice")
TEXT_PROPERTY(get_detail, "detail")
TEXT_PROPERTY(get_thumbprint, "thumbprint")
TEXT_PROPERTY(get_vault_id, "vault_id")
TEXT_PROPERTY(get_vault_name, "vault_name")
TEXT_PROPERTY(get_region, "region")
TEXT_PROPERTY(get_machine_id, "machine_id")

static long number(const cJSON *json, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(json, name);
    /* Statuses are negative 32-bit numbers, MARS codes positive ones: both fit a LONG. */
    return cJSON_IsNumber(value) ? (long)value->valuedouble : 0;
}

static HRESULT STDMETHODCALLTYPE get_code(document *self, long *value)
{
    *value = number(self->json, "status");
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE get_mars_code(document *self, long *value)
{
    *value = number(self->json, "code");
    return S_OK;
}

static IOBStatusVtbl status_vtbl = {OB_OBJECT_METHODS,    (void *)get_code,   (void *)get_symbol,
                                    (void *)get_message,  (void *)get_advice, (void *)get_detail,
                                    (void *)get_mars_code};
static IOBRegistrationVtbl registration_vtbl = {OB_OBJECT_METHODS,    (void *)get_thumbprint,
                                                (void *)get_vault_id, (void *)get_vault_name,
                                                (void *)get_region,   (void *)get_machine_id};

static const ob_class status_class = {&IID_IOBStatus, sizeof(document), destroy};
static const ob_class registration_class = {&IID_IOBRegistration, sizeof(document), destroy};

IOBStatus *ob_com_status_new(cJSON *json)
{
    return document_new(&status_class, &status_vtbl, json);
}

IOBRegistration *ob_com_registration_new(cJSON *json)
{
    return document_new(&registration_class, &registration_vtbl, json);
}
