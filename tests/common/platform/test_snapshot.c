#include "ob/snapshot.h"

#include "ob/host.h"
#include "ob/test.h"

#include <string.h>

static void warned(void *context, const char *what, const char *why)
{
    (void)what;
    (void)why;
    ++*(int *)context;
}

/* Where the service is missing, as on Linux, or is but a name, as in Wine. */
START_TEST(snapshot__of_the_system)
{
    int warnings = 0;
    ob_snapshot_control control = {&warnings, NULL, warned};
    ob_snapshot *snapshot = NULL;
    const ob_snapshots *os = ob_snapshots_os();
    if (strcmp(ob_host_platform(), "windows") == 0) {
        const char *volume = "C:\\";
        ob_status status = os->begin(os, &volume, 1, &control, &snapshot);
        if (status != OB_OK) {
            ck_assert(status == OB_E_SNAPSHOT_FAILED || status == OB_E_ACCESS_DENIED ||
                      status == OB_E_NOT_SUPPORTED);
            ob_check_detail("VSS");
            ck_assert_ptr_null(snapshot);
        } else {
            ck_assert_ptr_nonnull(os->place(snapshot, 0));
        }
        ob_check_ok(os->end(snapshot, false));
        ob_check_ok(os->end(NULL, true));
    } else {
        ck_assert(os->begin == NULL && os->place == NULL && os->end == NULL);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, snapshot__of_the_system);
}

OB_TEST_MAIN("snapshot", add_cases)
