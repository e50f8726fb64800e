#include "object.h"

#include "ob/alloc.h"

#include <cjson/cJSON.h>

HRESULT ob_bstr_of_n(BSTR *out, const char *text, size_t length)
{
    ob_buf units = {0};
    BSTR result = NULL;

    if (OB_FAILED(ob_wtf8_to_utf16(&units, text, length))) {
        /* A name of another system that is no text: shown escaped rather than not at all. */
        ob_buf escaped = {0};
        ob_buf_clear(&units);
        ob_text_escape(&escaped, text, length);
        ob_status status = ob_wtf8_to_utf16(&units, escaped.data, escaped.length);
        ob_buf_free(&escaped);
        if (OB_FAILED(status)) {
            ob_buf_free(&units);
            return E_OUTOFMEMORY;
        }
    }
    result = SysAllocStringLen((const OLECHAR *)(void *)units.data, (UINT)(units.length / 2));
    ob_buf_free(&units);
    if (!result)
        return E_OUTOFMEMORY;
    *out = result;
    return S_OK;
}

HRESULT ob_bstr_of(BSTR *out, const char *text)
{
    return ob_bstr_of_n(out, text ? text : "", text ? strlen(text) : 0);
}

ob_status ob_text_of_bstr(ob_buf *out, BSTR text)
{
    ob_status status = OB_OK;
    if (text)
        status = ob_wtf8_from_utf16(out, (const uint16_t *)text, SysStringLen(text));
    if (OB_FAILED(status))
        return status;
    ob_buf_put_u8(out, 0);
    if (!out->failed)
        out->length--;
    return ob_buf_status(out);
}

bool ob_variant_missing(const VARIANT *value)
{
    return V_VT(value) == VT_EMPTY || V_VT(value) == VT_NULL ||
           (V_VT(value) == VT_ERROR && V_ERROR(value) == DISP_E_PARAMNOTFOUND);
}

ob_status ob_text_of_variant(ob_buf *out, const VARIANT *value)
{
    VARIANT text;
    if (ob_variant_missing(value))
        return ob_text_of_bstr(out, NULL);
    VariantInit(&text);
    if (FAILED(VariantChangeType(&text, (VARIANT *)(uintptr_t)value, 0, VT_BSTR)))
        return ob_fail(OB_E_INVALID_ARGUMENT, "an argument is not text");
    ob_status status = ob_text_of_bstr(out, V_BSTR(&text));
    if (out->secret && V_BSTR(&text))
        ob_wipe(V_BSTR(&text), SysStringByteLen(V_BSTR(&text)));
    VariantClear(&text);
    return status;
}

static ob_status add_text(cJSON *array, const VARIANT *value)
{
    ob_buf text = {0};
    bool failed = false;
    ob_status status = ob_text_of_variant(&text, value);
    if (!OB_FAILED(status)) {
        ob_json_add_text_n(array, NULL, text.data, text.length, &failed);
        status = failed ? OB_E_NO_MEMORY : OB_OK;
    }
    ob_buf_free(&text);
    return status;
}

static ob_status add_elements(cJSON *array, SAFEARRAY *elements)
{
    VARTYPE type = VT_EMPTY;
    LONG low = 0, high = -1;
    if (SafeArrayGetDim(elements) != 1 || FAILED(SafeArrayGetVartype(elements, &type)) ||
        (type != VT_BSTR && type != VT_VARIANT) || FAILED(SafeArrayGetLBound(elements, 1, &low)) ||
        FAILED(SafeArrayGetUBound(elements, 1, &high)))
        return ob_fail(OB_E_INVALID_ARGUMENT, "an argument is not an array of texts");
    for (LONG i = low; i <= high; i++) {
        VARIANT element;
        ob_status status = OB_E_NO_MEMORY;
        VariantInit(&element);
        if (type == VT_VARIANT) {
            if (SUCCEEDED(SafeArrayGetElement(elements, &i, &element)))
                status = add_text(array, &element);
        } else if (SUCCEEDED(SafeArrayGetElement(elements, &i, &V_BSTR(&element)))) {
            V_VT(&element) = VT_BSTR;
            status = add_text(array, &element);
        }
        VariantClear(&element);
        if (OB_FAILED(status))
            return status;
    }
    return OB_OK;
}

ob_status ob_json_of_variant(cJSON **out, const VARIANT *value)
{
    if (V_VT(value) == (VT_BYREF | VT_VARIANT))
        value = V_VARIANTREF(value);
    if (ob_variant_missing(value)) {
        *out = NULL;
        return OB_OK;
    }
    cJSON *array = ob_json_new_array();
    if (!array)
        return OB_E_NO_MEMORY;
    ob_status status;
    if (V_VT(value) & VT_ARRAY)
        status = add_elements(array, V_VT(value) & VT_BYREF ? *V_ARRAYREF(value) : V_ARRAY(value));
    else
        status = add_text(array, value);
    if (OB_FAILED(status)) {
        ob_json_free(array);
        return status;
    }
    *out = array;
    return OB_OK;
}

HRESULT ob_bstr_of_guid(BSTR *out, const ob_guid *guid)
{
    char text[OB_GUID_TEXT];
    ob_guid_format(text, guid);
    return ob_bstr_of(out, text);
}

ob_status ob_guid_of_bstr(ob_guid *out, BSTR text)
{
    ob_buf utf8 = {0};
    ob_status status = ob_text_of_bstr(&utf8, text);
    if (!OB_FAILED(status))
        status = ob_guid_parse(out, (const char *)utf8.data, utf8.length);
    ob_buf_free(&utf8);
    return status;
}

DATE ob_date_of(int64_t time)
{
    /* A DATE counts days from 1899-12-30; 1970-01-01 is day 25569. */
    return time ? (double)time / 86400e9 + 25569.0 : 0.0;
}

VARIANT_BOOL ob_bool_of(bool value)
{
    return value ? VARIANT_TRUE : VARIANT_FALSE;
}

const char *ob_json_text(const cJSON *json, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
    return text ? text : "";
}

bool ob_json_true(const cJSON *json, const char *name)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, name));
}
