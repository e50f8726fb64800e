/* What the tests of the COM objects share. */
#ifndef COM_TEST_H
#define COM_TEST_H

#include "classes.h"
#include "fake_client.h"

#include "ob/test.h"

/* A connection to the fake client, with one reference. */
ob_connection *com_test_connection(void);
/* The BSTR is this text; frees it. */
void com_check_bstr(BSTR text, const WCHAR *wanted);
/* The thread's IErrorInfo has this text in its description; clears it. */
void com_check_error(const WCHAR *part);
/* A VT_BSTR value; clear it with VariantClear(). */
VARIANT com_text(const WCHAR *text);
VARIANT com_missing(void);
cJSON *com_json(const char *text);
/* All objects, clients and views are gone. */
void com_check_nothing_left(void);

#endif
