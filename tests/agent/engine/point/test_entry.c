#include "point/entry.h"
#include "point/field.h"

#include "ob/test.h"

#include <string.h>

static ob_status read_bytes(const ob_buf *bytes)
{
    ob_buf target = {0};
    ob_entry entry = {.path = "a", .path_length = 1};
    ob_status status = ob_entry_read_fields(&entry, bytes->data, bytes->length, &target);
    ob_buf_free(&target);
    return status;
}

START_TEST(entry__round_trip)
{
    ob_chunk_id ids[3];
    memset(ids, 7, sizeof ids);
    const ob_file_info info = {.type = OB_FILE_REGULAR,
                               .mode = 07777,
                               .uid = UINT32_MAX,
                               .gid = 1,
                               .attributes = 0x820,
                               .links = 9,
                               .size = INT64_MAX,
                               .device = UINT64_MAX,
                               .file_id = UINT64_MAX - 1,
                               .rdev = 5,
                               .mtime = INT64_MIN,
                               .ctime = INT64_MAX,
                               .btime = -1};
    const ob_entry entry = {.path = "a",
                            .path_length = 1,
                            .info = info,
                            .target = "",
                            .depth = 1,
                            .ids = ids,
                            .id_count = 3,
                            .extras = 0xFFFFFFFF,
                            .flags = 3};
    ob_buf bytes = {0};
    ob_buf target = {0};
    ob_entry read = {.path = "a", .path_length = 1};
    ob_entry_put_fields(&bytes, &entry);
    ob_check_ok(ob_entry_read_fields(&read, bytes.data, bytes.length, &target));
    ck_assert_mem_eq(&read.info, &info, sizeof info);
    ck_assert_uint_eq(read.depth, 1);
    ck_assert_uint_eq(read.id_count, 3);
    ck_assert_mem_eq(read.ids, ids, sizeof ids);
    ck_assert_uint_eq(read.extras, 0xFFFFFFFF);
    ck_assert_uint_eq(read.flags, 3);
    ck_assert_str_eq(read.target, "");
    for (size_t cut = 0; cut < bytes.length; cut++) {
        ob_buf part = {.data = bytes.data, .length = cut};
        ob_status status = read_bytes(&part);
        ck_assert(status == OB_OK || status == OB_E_CORRUPT);
    }
    ob_buf_free(&bytes);
}
END_TEST

START_TEST(entry__symbolic_link)
{
    const ob_entry entry = {.path = "a",
                            .path_length = 1,
                            .info = {.type = OB_FILE_SYMLINK, .links = 1},
                            .target = "to/../x",
                            .target_length = 7};
    ob_buf bytes = {0};
    ob_buf target = {0};
    ob_entry read = {.path = "a", .path_length = 1};
    ob_entry_put_fields(&bytes, &entry);
    ob_check_ok(ob_entry_read_fields(&read, bytes.data, bytes.length, &target));
    ck_assert_str_eq(read.target, "to/../x");
    ck_assert_uint_eq(read.target_length, 7);
    ob_buf_free(&bytes);
    ob_buf_free(&target);
}
END_TEST

typedef struct fault {
    uint64_t tag;
    const char *value;
    size_t length;
    ob_status wanted;
} fault;

/* One field more behind the type of a folder, a file or a link. */
START_TEST(entry__what_contradicts_itself)
{
    static const fault faults[] = {
        {OB_FIELD_PLAIN(2), "\5", 1, OB_E_CORRUPT},       /* a folder with a size */
        {OB_FIELD_PLAIN(3), "\x80\x20", 2, OB_E_CORRUPT}, /* mode 010000 */
        {OB_FIELD_PLAIN(4), "\1", 1, OB_E_CORRUPT},       /* a user without group */
        {OB_FIELD_PLAIN(6), "12345678123456781234567", 23, OB_E_CORRUPT},
        {OB_FIELD_CRITICAL(9), "x", 1, OB_E_CORRUPT}, /* a folder with a target */
        {OB_FIELD_CRITICAL(10), "", 0, OB_E_CORRUPT},
        {OB_FIELD_CRITICAL(10), "\2", 1, OB_E_CORRUPT},                      /* lists of lists */
        {OB_FIELD_CRITICAL(10), "\1", 1, OB_E_CORRUPT},                      /* no list */
        {OB_FIELD_CRITICAL(10), "\0abc", 4, OB_E_CORRUPT},                   /* no whole id */
        {OB_FIELD_CRITICAL(10), "\0aaaaaaaaaaaaaaaaaaaa", 21, OB_E_CORRUPT}, /* of a folder */
        {OB_FIELD_PLAIN(50), "what", 4, OB_OK},
        {OB_FIELD_CRITICAL(50), "what", 4, OB_E_FORMAT_VERSION},
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        ob_buf bytes = {0};
        ob_field_put_number(&bytes, OB_FIELD_CRITICAL(1), OB_FILE_DIR);
        ob_field_put(&bytes, faults[i].tag, faults[i].value, faults[i].length);
        ob_status status = read_bytes(&bytes);
        ck_assert_msg(status == faults[i].wanted, "fault %zu gave %s", i,
                      ob_status_lookup(status)->symbol);
        ob_buf_free(&bytes);
    }
}
END_TEST

START_TEST(entry__a_type_and_a_target_are_needed)
{
    ob_buf bytes = {0};
    ob_check_status(read_bytes(&bytes), OB_E_CORRUPT);
    ob_field_put_number(&bytes, OB_FIELD_CRITICAL(1), OB_FILE_SYMLINK);
    ob_check_status(read_bytes(&bytes), OB_E_CORRUPT);
    ob_field_put(&bytes, OB_FIELD_CRITICAL(9), "a\0b", 3);
    ob_check_status(read_bytes(&bytes), OB_E_CORRUPT);
    ob_buf_clear(&bytes);
    ob_field_put_number(&bytes, OB_FIELD_CRITICAL(1), 9);
    ob_check_status(read_bytes(&bytes), OB_E_CORRUPT);
    ob_buf_free(&bytes);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, entry__round_trip);
    tcase_add_test(cases, entry__symbolic_link);
    tcase_add_test(cases, entry__what_contradicts_itself);
    tcase_add_test(cases, entry__a_type_and_a_target_are_needed);
}

OB_TEST_MAIN("point_entry", add_cases)
