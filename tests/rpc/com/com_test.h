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
/* Runs `body` in two threads at once. It gets 0 or 1 as `which`, and tells of what it does not like
 * by false: an assertion in a thread of the test's own would not end the test. */
void com_run_in_two_threads(bool (*body)(void *context, int which), void *context);
/* All objects, clients and views are gone. */
void com_check_nothing_left(void);

#endif
