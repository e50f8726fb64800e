#include "com_test.h"

#include "ob/alloc.h"

ob_connection *com_test_connection(void)
{
    ob_connection *connection = ob_calloc(1, sizeof *connection);
    connection->references = 1;
    ob_check_ok(ob_client_connect(NULL, &connection->client));
    return connection;
}

void com_check_bstr(BSTR text, const WCHAR *wanted)
{
    ck_assert_ptr_nonnull(text);
    ck_assert_msg(wcscmp(text, wanted) == 0, "'%ls' is not '%ls'", text, wanted);
    SysFreeString(text);
}

void com_check_error(const WCHAR *part)
{
    IErrorInfo *info = NULL;
    BSTR text = NULL;
    ck_assert_int_eq(GetErrorInfo(0, &info), S_OK);
    ck_assert_int_eq(IErrorInfo_GetDescription(info, &text), S_OK);
    ck_assert_msg(wcsstr(text, part) != NULL, "'%ls' has no '%ls'", text, part);
    SysFreeString(text);
    IErrorInfo_Release(info);
}

VARIANT com_text(const WCHAR *text)
{
    VARIANT value;
    VariantInit(&value);
    V_VT(&value) = VT_BSTR;
    V_BSTR(&value) = SysAllocString(text);
    return value;
}

VARIANT com_missing(void)
{
    VARIANT value;
    VariantInit(&value);
    V_VT(&value) = VT_ERROR;
    V_ERROR(&value) = DISP_E_PARAMNOTFOUND;
    return value;
}

cJSON *com_json(const char *text)
{
    cJSON *json = NULL;
    ob_check_ok(ob_json_parse(&json, text, strlen(text)));
    return json;
}

typedef struct half {
    bool (*body)(void *context, int which);
    void *context;
    int which;
    HANDLE start;
} half;

static DWORD WINAPI run_half(void *parameter)
{
    half *self = parameter;
    WaitForSingleObject(self->start, INFINITE);
    return self->body(self->context, self->which) ? 0 : 1;
}

void com_run_in_two_threads(bool (*body)(void *context, int which), void *context)
{
    HANDLE start = CreateEventW(NULL, TRUE, FALSE, NULL), threads[2];
    half halves[2];
    DWORD code = 1;
    for (int i = 0; i < 2; i++) {
        halves[i] = (half){body, context, i, start};
        threads[i] = CreateThread(NULL, 0, run_half, &halves[i], 0, NULL);
        ck_assert_ptr_nonnull(threads[i]);
    }
    SetEvent(start);
    ck_assert_uint_eq(WaitForMultipleObjects(2, threads, TRUE, 30000), WAIT_OBJECT_0);
    for (int i = 0; i < 2; i++) {
        GetExitCodeThread(threads[i], &code);
        ck_assert_msg(code == 0, "thread %d did not like what it saw", i);
        CloseHandle(threads[i]);
    }
    CloseHandle(start);
}

void com_check_nothing_left(void)
{
    ck_assert_int_eq(ob_object_count(), 0);
    ck_assert_int_eq(fake.open_clients, 0);
    ck_assert_int_eq(fake.open_views, 0);
}
