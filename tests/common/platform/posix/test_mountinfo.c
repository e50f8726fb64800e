#include "mountinfo.h"

#include "ob/test.h"

#include <string.h>

#define MOST 8

typedef struct seen {
    const char *mounts[MOST], *devices[MOST], *types[MOST];
    size_t count;
} seen;

static ob_status see(void *context, const ob_volume *volume)
{
    seen *s = context;
    if (s->count == MOST) {
        return ob_fail(OB_E_TOO_LARGE, "more than a test gives");
    }
    s->mounts[s->count] = ob_test_format("%s", volume->mount);
    s->devices[s->count] = ob_test_format("%s", volume->device);
    s->types[s->count++] = ob_test_format("%s", volume->type);
    return OB_OK;
}

static ob_status read_text(const char *text, seen *out)
{
    *out = (seen){.count = 0};
    return ob_mountinfo_read(text, strlen(text), see, out);
}

START_TEST(mountinfo__lines)
{
    seen s;
    ob_check_ok(
        read_text("22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n"
                  "36 22 98:0 /mnt1 /mnt/with\\040space rw master:1 propagate_from:2 - ext3 "
                  "/dev/root rw\n"
                  "40 22 0:40 / /tab\\011line\\012back\\134 rw - fuse.a\\040b none rw",
                  &s));
    ck_assert_uint_eq(s.count, 3);
    ck_assert_str_eq(s.mounts[0], "/");
    ck_assert_str_eq(s.devices[0], "/dev/sda1");
    ck_assert_str_eq(s.types[0], "ext4");
    ck_assert_str_eq(s.mounts[1], "/mnt/with space");
    ck_assert_str_eq(s.types[1], "ext3");
    ck_assert_str_eq(s.mounts[2], "/tab\tline\nback\\");
    ck_assert_str_eq(s.devices[2], "none");
    ck_assert_str_eq(s.types[2], "fuse.a b");
    ob_check_ok(read_text("", &s));
    ck_assert_uint_eq(s.count, 0);
}
END_TEST

START_TEST(mountinfo__what_is_no_escape_stays)
{
    seen s;
    ob_check_ok(read_text("1 1 0:1 / /a\\04 rw - t\\000 \\777\\9 rw\n", &s));
    ck_assert_str_eq(s.mounts[0], "/a\\04");
    ck_assert_str_eq(s.types[0], "t\\000");
    ck_assert_str_eq(s.devices[0], "\\777\\9");
}
END_TEST

START_TEST(mountinfo__lines_that_are_none)
{
    static const char *const texts[] = {
        "\n",
        "22 1 8:1 / / rw",
        "22 1 8:1 / / rw -",
        "22 1 8:1 / / rw - ext4",
        "22 1 8:1 / home rw - ext4 /dev/sda1 rw",
        "22 1 8:1 / / rw shared:1 ext4 /dev/sda1 rw",
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n-\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        seen s;
        ob_check_status(read_text(texts[i], &s), OB_E_SYNTAX);
    }
}
END_TEST

/* Any bytes: neither crash nor read beyond. */
START_TEST(mountinfo__random_bytes)
{
    static const char alphabet[] = "  \n\n-/\\0417ab:";
    ob_test_rng rng = ob_test_rng_new(7);
    for (int i = 0; i < 20000; i++) {
        char text[96];
        seen s = {.count = 0};
        size_t length = (size_t)ob_test_rng_below(&rng, sizeof text);
        for (size_t j = 0; j < length; j++) {
            text[j] = alphabet[ob_test_rng_below(&rng, sizeof alphabet)]; /* a NUL is one of them */
        }
        ob_status status = ob_mountinfo_read(text, length, see, &s);
        ck_assert(status == OB_OK || status == OB_E_SYNTAX || status == OB_E_TOO_LARGE);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, mountinfo__lines);
    tcase_add_test(cases, mountinfo__what_is_no_escape_stays);
    tcase_add_test(cases, mountinfo__lines_that_are_none);
    tcase_add_test(cases, mountinfo__random_bytes);
}

OB_TEST_MAIN("mountinfo", add_cases)
