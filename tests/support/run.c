#include "keep.h"
#include "ob/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && value[0] != '\0';
}

void ob_test_limit(void)
{
    static char timeout[] = "CK_DEFAULT_TIMEOUT=60";
    if (!is_set("CK_DEFAULT_TIMEOUT")) {
        putenv(timeout);
    }
}

int ob_test_run(Suite *suite)
{
    ob_test_root_make();
    ob_detail_clear();
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    if (!is_set("OB_TEST_KEEP")) {
        ob_test_root_remove();
    }
    ob_test_keep_free();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

void ob_check_detail(const char *part)
{
    ck_assert_msg(strstr(ob_detail(), part) != NULL, "the detail is \"%s\", without \"%s\"",
                  ob_detail(), part);
}
