#include "ob/test.h"
#include "restore/restore.h"

#include <string.h>

static const char *copy_of(const char *name, unsigned number)
{
    static char out[OB_COPY_NAME_MOST];
    ob_restore_copy_name(name, number, out);
    return out;
}

START_TEST(restore__names_of_copies)
{
    ck_assert_str_eq(copy_of("a.txt", 1), "a (1).txt");
    ck_assert_str_eq(copy_of("a", 12), "a (12)");
    ck_assert_str_eq(copy_of(".profile", 1), ".profile (1)");
    ck_assert_str_eq(copy_of("a.tar.gz", 1), "a.tar (1).gz");
    ck_assert_str_eq(copy_of("a.", 1), "a (1).");
    ck_assert_str_eq(copy_of("\xFF\n.\xFF", 3), "\xFF\n (3).\xFF");
    ck_assert_str_eq(copy_of("a.not an extension of any file, but the end of a sentence", 1),
                     "a.not an extension of any file, but the end of a sentence (1)");
}
END_TEST

START_TEST(restore__names_of_copies_fit)
{
    char name[256];
    memset(name, 'x', 255);
    name[255] = '\0';
    memcpy(name + 251, ".txt", 4);
    ck_assert_uint_eq(strlen(copy_of(name, 1000)), 255);
    ck_assert_str_eq(copy_of(name, 1000) + 244, " (1000).txt");
    for (size_t i = 0; i + 1 < 255; i += 2) {
        memcpy(name + i, "\xC3\xA4", 2);
    }
    name[254] = '\0';
    const char *copy = copy_of(name, 1);
    ck_assert_uint_eq(strlen(copy), 254);
    ck_assert_str_eq(copy + 248, "\xC3\xA4 (1)");
    memset(name, 0x80, 254); /* no character at all */
    ck_assert_uint_ge(strlen(copy_of(name, 1)), 252);
}
END_TEST

START_TEST(restore__what_ends_a_job)
{
    ck_assert(ob_restore_is_fatal(OB_E_NO_MEMORY));
    ck_assert(ob_restore_is_fatal(OB_E_CANCELLED));
    ck_assert(ob_restore_is_fatal(OB_E_DISK_FULL));
    ck_assert(ob_restore_is_fatal(OB_E_VAULT_UNREACHABLE));
    ck_assert(!ob_restore_is_fatal(OB_OK));
    ck_assert(!ob_restore_is_fatal(OB_E_CORRUPT));
    ck_assert(!ob_restore_is_fatal(OB_E_ACCESS_DENIED));
}
END_TEST

/* A set_meta() that does only what the mask allows. */
typedef struct picky {
    int refused;
    int calls;
    ob_file_info last;
    int last_mask;
} picky;

static picky meta;

static ob_status picky_set_meta(const ob_fs *fs, ob_dir *dir, const char *name,
                                const ob_file_info *info, int mask)
{
    (void)fs;
    (void)dir;
    (void)name;
    meta.calls++;
    meta.last = *info;
    meta.last_mask = mask;
    return (mask & meta.refused) != 0 ? ob_fail(OB_E_ACCESS_DENIED, "refused") : OB_OK;
}

static void count_not_kept(void *context, const ob_event *event)
{
    const char **what = context;
    ck_assert_int_eq(event->kind, OB_EVENT_NOT_KEPT);
    *what = ob_test_format("%s", event->what);
}

START_TEST(restore__metadata_that_is_refused)
{
    static const int all = OB_META_OWNER | OB_META_MODE | OB_META_TIMES;
    const char *what = NULL;
    const ob_control control = {.context = &what, .event = count_not_kept};
    const ob_file_info info = {.type = OB_FILE_REGULAR, .mode = 06755, .mtime = 5};
    ob_fs fs = *ob_fs_os();
    ob_engine engine = {.fs = &fs, .clock = ob_clock_os()};
    ob_restore restore = {.engine = &engine, .now = 77};
    fs.set_meta = picky_set_meta;
    ob_report_begin(&restore.report, &control, engine.clock);
    ob_check_ok(ob_restore_set_meta(&restore, NULL, "/x", "/x", &info, all));
    ck_assert_int_eq(meta.calls, 1);
    ck_assert_ptr_null(what);
    ck_assert_int_eq(meta.last.mtime, 5);
    ck_assert_int_eq(meta.last.atime, 77);
    ck_assert_uint_eq(meta.last.mode, 06755);
    meta = (picky){.refused = OB_META_OWNER};
    ob_check_ok(ob_restore_set_meta(&restore, NULL, "/x", "/x", &info, all));
    ck_assert_str_eq(what, "owner");
    ck_assert_int_eq(meta.last_mask, OB_META_MODE | OB_META_TIMES);
    ck_assert_uint_eq(meta.last.mode, 0755); /* not set-id for somebody else */
    meta = (picky){.refused = OB_META_TIMES};
    ob_check_ok(ob_restore_set_meta(&restore, NULL, "/x", "/x", &info, all));
    ck_assert_str_eq(what, "permissions or times");
    meta = (picky){.refused = all};
    ob_check_ok(ob_restore_set_meta(&restore, NULL, "/x", "/x", &info, 0));
    ck_assert_int_eq(meta.calls, 0);
    ob_report_end(&restore.report);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, restore__names_of_copies);
    tcase_add_test(cases, restore__names_of_copies_fit);
    tcase_add_test(cases, restore__what_ends_a_job);
    tcase_add_test(cases, restore__metadata_that_is_refused);
}

OB_TEST_MAIN("restore_restore", add_cases)
