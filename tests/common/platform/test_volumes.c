#include "ob/volumes.h"

#include "ob/host.h"
#include "ob/test.h"

#include <string.h>

typedef struct seen {
    size_t count;
    bool root; /* of the system's own volume */
    ob_status result;
} seen;

static bool is_windows(void)
{
    return strcmp(ob_host_platform(), "windows") == 0;
}

static ob_status see(void *context, const ob_volume *volume)
{
    seen *s = context;
    s->count++;
    ck_assert_str_ne(volume->mount, "");
    ck_assert_ptr_nonnull(volume->device);
    ck_assert_ptr_nonnull(volume->type);
    s->root = s->root || strcmp(volume->mount, is_windows() ? "C:\\" : "/") == 0;
    return s->result;
}

START_TEST(volumes__are_listed)
{
    seen all = {.result = OB_OK};
    ob_check_ok(ob_volumes_list(see, &all));
    ck_assert_uint_ge(all.count, 1);
    ck_assert(all.root);
}
END_TEST

START_TEST(volumes__a_failing_visit_ends_the_listing)
{
    seen one = {.result = OB_E_CANCELLED};
    ob_check_status(ob_volumes_list(see, &one), OB_E_CANCELLED);
    ck_assert_uint_eq(one.count, 1);
}
END_TEST

START_TEST(volumes__the_mount_of_a_path)
{
    char *mount = NULL;
    const char *dir = ob_test_temp();
    ob_check_ok(ob_volume_mount_of(dir, &mount));
    ck_assert(mount[strlen(mount) - 1] == (is_windows() ? '\\' : '/'));
    char *none = NULL;
    ob_check_ok(ob_volume_mount_of(ob_test_path(dir, "not there"), &none));
    ck_assert_str_eq(none, mount);
    ob_free(none);
    ob_free(mount);
    mount = NULL;
    ob_check_status(ob_volume_mount_of("dir", &mount), OB_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(mount);
}
END_TEST

START_TEST(volumes__the_mount_of_known_places)
{
    static const struct {
        const char *path, *mount;
    } posix[] = {{"/proc/1/status", "/proc/"}, {"/proc", "/proc/"}, {"/", "/"}, {"/none/x", "/"}},
      windows[] = {{"C:\\windows", "C:\\"},
                   {"C:\\", "C:\\"},
                   {"C:/none/x", "C:\\"},
                   {"\\\\?\\C:\\windows", "C:\\"}};
    for (size_t i = 0; i < 4; i++) {
        char *mount = NULL;
        ob_check_ok(ob_volume_mount_of(is_windows() ? windows[i].path : posix[i].path, &mount));
        ck_assert_str_eq(mount, is_windows() ? windows[i].mount : posix[i].mount);
        ob_free(mount);
    }
}
END_TEST

START_TEST(volumes__without_memory)
{
    bool hit = true;
    for (uint64_t n = 1; n == 1 || hit; n++) {
        seen all = {.result = OB_OK};
        char *mount = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_volumes_list(see, &all);
        if (status == OB_OK) {
            status = ob_volume_mount_of(is_windows() ? "C:\\x" : "/x", &mount);
        }
        bool found = mount != NULL;
        ob_free(mount);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ck_assert(found == !hit);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, volumes__are_listed);
    tcase_add_test(cases, volumes__a_failing_visit_ends_the_listing);
    tcase_add_test(cases, volumes__the_mount_of_a_path);
    tcase_add_test(cases, volumes__the_mount_of_known_places);
    tcase_add_test(cases, volumes__without_memory);
}

OB_TEST_MAIN("volumes", add_cases)
