#include "point/extra.h"
#include "point/list.h"
#include "vectors.h"

#include "ob/test.h"

#include <stdio.h>
#include <string.h>

static const uint8_t acl[] = {2, 0, 0,   0,   1,   0,   6,  0, 255, 255, 255, 255, 4,   0,
                              4, 0, 255, 255, 255, 255, 32, 0, 4,   0,   255, 255, 255, 255};
static const uint8_t capability[20] = {1, 0, 0, 2, 0, 4};

static ob_chunk_id id_of(uint8_t seed)
{
    ob_chunk_id id;
    for (uint8_t i = 0; i < OB_CHUNK_ID; i++) {
        id.bytes[i] = (uint8_t)(seed + i);
    }
    return id;
}

/* What the entries of the vector have, made anew: the result must be the same bytes. */
static void make(ob_extras *extras, size_t number)
{
    static const uint8_t reparse[] = {3, 0, 0, 0xA0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'x'};
    static const uint8_t security[] = {1, 0, 4, 0x80, 20, 0, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0,
                                       0, 0, 0, 0,    1,  1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};
    static const ob_extent map[] = {{4096, 300}, {4096 + 300 + 0x10000, 1}};
    const ob_chunk_id id = id_of(2);
    const ob_stream streams[] = {{"Zone", 5, 0, &id, 1}, {"e", 0, 0, NULL, 0}};
    const ob_extra all[] = {{OB_EXTRA_KIND_DEFAULT_ACL, "", acl, sizeof acl},
                            {OB_EXTRA_KIND_CAPABILITY, "", capability, sizeof capability},
                            {OB_EXTRA_KIND_XATTR, "user.a", "", 0},
                            {OB_EXTRA_KIND_XATTR, "user.b", "\0x", 2},
                            {OB_EXTRA_KIND_ACCESS_ACL, "", acl, sizeof acl},
                            {OB_EXTRA_KIND_REPARSE, "", reparse, sizeof reparse},
                            {OB_EXTRA_KIND_SHORT_NAME, "", "W~1", 3},
                            {OB_EXTRA_KIND_STREAM, "Zone", NULL, 0},
                            {OB_EXTRA_KIND_SECURITY, "", security, sizeof security}};
    static const size_t first[] = {0, 1, 0, 5, 6};
    static const size_t last[] = {1, 5, 0, 6, 9};
    for (size_t i = first[number]; i < last[number]; i++) {
        ob_check_ok(ob_extras_visit(extras, &all[i]));
    }
    if (number == 1 || number == 2) {
        ob_extras_put_map(extras, map, number == 1 ? 2 : 0);
    }
    for (size_t i = 0; number == 4 && i < 2; i++) {
        ob_extras_put_stream(extras, &streams[i]);
    }
}

/* The fields that depend on the machine, of the second entry of the vector, in front of those made
 * and behind them. */
static void check_made(const ob_entry *read, size_t number)
{
    static const size_t before[] = {0, 14, 0, 0, 0};
    static const size_t behind[] = {0, 3, 0, 0, 0};
    ob_extras extras = {{0}, {0}, {0}};
    ob_entry made = {.path = ""};
    make(&extras, number);
    ob_check_ok(ob_extras_give(&extras, &made));
    ck_assert_uint_eq(made.more_length + before[number] + behind[number], read->more_length);
    ck_assert_mem_eq(made.more, read->more + before[number], made.more_length);
    ob_extras_free(&extras);
}

typedef struct seen {
    char text[512];
    ob_status stop;
} seen;

static void say(seen *self, const char *text)
{
    snprintf(self->text + strlen(self->text), sizeof self->text - strlen(self->text), "%s ", text);
}

static ob_status note(void *context, const ob_extra *extra)
{
    seen *self = context;
    say(self, ob_test_format("%d:%s=%zu", (int)extra->kind, extra->name, extra->length));
    return self->stop;
}

static ob_status note_stream(void *context, const ob_stream *stream)
{
    seen *self = context;
    say(self, ob_test_format("%s:%llu,%u,%zu", stream->name, (unsigned long long)stream->size,
                             stream->depth, stream->id_count));
    return self->stop;
}

static const char *all_of(const ob_entry *entry)
{
    static seen result;
    ob_reader map;
    ob_extent extent = {0};
    char owner[OB_OWNER_NAME_MOST + 1];
    result = (seen){.stop = OB_OK};
    for (int group = 0; group < 2; group++) {
        if (ob_extra_owner(entry, group == 1, owner)) {
            say(&result, owner);
        }
    }
    ob_check_ok(ob_extra_each(entry, note, &result));
    ob_check_ok(ob_extra_each_stream(entry, note_stream, &result));
    if (ob_extra_map(entry, &map)) {
        say(&result, "map");
        while (ob_extra_next_extent(&map, &extent)) {
            say(&result, ob_test_format("%llu+%llu", (unsigned long long)extent.offset,
                                        (unsigned long long)extent.length));
        }
    }
    return result.text;
}

START_TEST(extra__vector_both_ways)
{
    static const char *const wanted[] = {
        "33:=28 ", "k\xC3\xA4te staff 32:=28 34:user.a=0 34:user.b=2 35:=20 map 4096+300 69932+1 ",
        "map ", "38:=16 ", "39:=32 41:=3 Zone:5,0,1 e:0,0,0 "};
    ob_buf bytes = vector_bytes("list.json", "extras");
    ob_list_reader reader = {0};
    ob_check_ok(ob_list_open(&reader, bytes.data, bytes.length));
    for (size_t i = 0; i < 5; i++) {
        ob_entry entry;
        bool more = false;
        ob_check_ok(ob_list_next(&reader, &entry, &more));
        ck_assert(more);
        ck_assert_str_eq(all_of(&entry), wanted[i]);
        ck_assert_uint_eq(entry.info.inode_flags, i == 1 ? 0x50 : 0);
        check_made(&entry, i);
        /* What was read is written as it is. */
        ob_buf fields = {0};
        ob_entry again;
        ob_entry copy = entry;
        ob_buf target = {0};
        ob_entry_put_fields(&fields, &entry);
        ob_check_ok(ob_entry_read_fields(&copy, fields.data, fields.length, &target));
        again = copy;
        ck_assert_str_eq(all_of(&again), wanted[i]);
        ob_buf_free(&fields);
        ob_buf_free(&target);
    }
    ob_list_reader_free(&reader);
}
END_TEST

START_TEST(extra__owners_and_flags_of_this_machine)
{
    ob_owners *owners = NULL;
    ob_extras extras = {{0}, {0}, {0}};
    ob_entry entry = {.path = ""};
    char name[OB_OWNER_NAME_MOST + 1];
    const ob_file_info info = {.type = OB_FILE_REGULAR, .inode_flags = OB_INODE_IMMUTABLE};
    ob_check_ok(ob_owners_new(&owners));
    const ob_extra late = {OB_EXTRA_KIND_XATTR, "user.a", "", 0};
    ob_check_ok(ob_extras_visit(&extras, &late));
    ob_extras_put_owners(&extras, owners, &info);
    ob_check_ok(ob_extras_give(&extras, &entry));
    ck_assert_uint_eq(entry.more[entry.more_length - 1], OB_INODE_IMMUTABLE);
    if (ob_owners_name(owners, false, 0)[0] != '\0') {
        ck_assert(ob_extra_owner(&entry, false, name));
        ck_assert_str_eq(name, ob_owners_name(owners, false, 0));
    }
    ob_extras other = {{0}, {0}, {0}};
    ob_entry copied = {.path = ""};
    ob_check_ok(ob_extras_copy(&other, &entry));
    ob_check_ok(ob_extras_give(&other, &copied));
    ck_assert_uint_eq(copied.more_length, entry.more_length);
    ck_assert_mem_eq(copied.more, entry.more, entry.more_length);
    ob_extras_free(&other);
    ob_extras_free(&extras);
    ob_owners_free(owners);
}
END_TEST

/* ---- what is refused ---- */

typedef struct bad {
    const char *what;
    ob_file_type type;
    uint64_t size;
    uint64_t tag;
    const char *value;
    size_t length;
    ob_status status;
} bad;

#define BYTES(text) text, sizeof(text) - 1

START_TEST(extra__malformed_fields)
{
    static const bad cases[] = {
        {"no name", OB_FILE_DIR, 0, 28, BYTES(""), OB_E_CORRUPT},
        {"a NUL in a name", OB_FILE_DIR, 0, 30, BYTES("a\0b"), OB_E_CORRUPT},
        {"an attribute without a name", OB_FILE_DIR, 0, 68, BYTES("\0\0"), OB_E_CORRUPT},
        {"an attribute that is cut", OB_FILE_DIR, 0, 68, BYTES("\1a\2x"), OB_E_CORRUPT},
        {"attributes out of order", OB_FILE_DIR, 0, 68, BYTES("\1b\0\1a\0"), OB_E_CORRUPT},
        {"an attribute twice", OB_FILE_DIR, 0, 68, BYTES("\1a\0\1a\0"), OB_E_CORRUPT},
        {"a longer one first", OB_FILE_DIR, 0, 68, BYTES("\2ab\0\1a\0"), OB_E_CORRUPT},
        {"right attributes", OB_FILE_DIR, 0, 68, BYTES("\1a\0\2ab\0\1b\0"), OB_OK},
        {"a map of a folder", OB_FILE_DIR, 0, 73, BYTES(""), OB_E_CORRUPT},
        {"an empty extent", OB_FILE_REGULAR, 10, 73, BYTES("\1\0"), OB_E_CORRUPT},
        {"a map beyond the size", OB_FILE_REGULAR, 10, 73, BYTES("\6\5"), OB_E_CORRUPT},
        {"a map beyond all sizes", OB_FILE_REGULAR, 10, 73,
         BYTES("\1\1\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F\1"), OB_E_CORRUPT},
        {"a map of half a pair", OB_FILE_REGULAR, 10, 73, BYTES("\1\1\1"), OB_E_CORRUPT},
        {"a right map", OB_FILE_REGULAR, 10, 73, BYTES("\5\5"), OB_OK},
        {"a stream without a name", OB_FILE_DIR, 0, 74, BYTES("\0\0\0\0"), OB_E_CORRUPT},
        {"a stream of depth 2", OB_FILE_DIR, 0, 74, BYTES("\1a\0\2\0"), OB_E_CORRUPT},
        {"a stream of depth 1 of nothing", OB_FILE_DIR, 0, 74, BYTES("\1a\0\1\0"), OB_E_CORRUPT},
        {"a stream of half an id", OB_FILE_DIR, 0, 74, BYTES("\1a\0\0\1x"), OB_E_CORRUPT},
        {"reparse data of a folder", OB_FILE_DIR, 0, 77, BYTES("x"), OB_E_CORRUPT},
        {"a short name that is long", OB_FILE_DIR, 0, 82,
         BYTES("0123456789012345678901234567890123456789012345678901234567890123456789"),
         OB_E_CORRUPT},
        {"flags that are cut", OB_FILE_DIR, 0, 84, BYTES("\x80"), OB_E_CORRUPT},
        {"flags and more", OB_FILE_DIR, 0, 84, BYTES("\x10\x10"), OB_E_CORRUPT},
        {"encrypted content", OB_FILE_REGULAR, 0, 81, BYTES("x"), OB_E_FORMAT_VERSION},
        {"what is not known", OB_FILE_DIR, 0, 90, BYTES("x"), OB_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const bad *b = &cases[i];
        ob_buf fields = {0};
        ob_buf target = {0};
        ob_entry entry = {.path = "a", .path_length = 1, .info = {.type = b->type, .links = 1}};
        entry.info.size = b->size;
        ob_entry_put_fields(&fields, &entry);
        ob_field_put(&fields, b->tag, b->value, b->length);
        ob_status status = ob_entry_read_fields(&entry, fields.data, fields.length, &target);
        ck_assert_msg(status == b->status, "%s: %s", b->what, ob_status_lookup(status)->symbol);
        ob_buf_free(&fields);
        ob_buf_free(&target);
    }
}
END_TEST

START_TEST(extra__visits_end_when_told)
{
    ob_buf bytes = vector_bytes("list.json", "extras");
    ob_list_reader reader = {0};
    ob_check_ok(ob_list_open(&reader, bytes.data, bytes.length));
    for (size_t i = 0; i < 5; i++) {
        ob_entry entry;
        bool more = false;
        seen stopped = {"", OB_E_CANCELLED};
        ob_check_ok(ob_list_next(&reader, &entry, &more));
        ob_check_status(ob_extra_each(&entry, note, &stopped), i == 2 ? OB_OK : OB_E_CANCELLED);
        ob_check_status(ob_extra_each_stream(&entry, note_stream, &stopped),
                        i == 4 ? OB_E_CANCELLED : OB_OK);
    }
    ob_list_reader_free(&reader);
}
END_TEST

START_TEST(extra__without_memory)
{
    for (size_t number = 0; number < 5; number++) {
        bool hit = true;
        for (uint64_t n = 1; hit; n++) {
            static const ob_extent map[] = {{4096, 300}};
            const ob_stream stream = {"Zone", 5, 0, NULL, 0};
            const ob_extra extra = {OB_EXTRA_KIND_ACCESS_ACL, "", acl, sizeof acl};
            ob_extras extras = {{0}, {0}, {0}};
            ob_entry entry = {.path = ""};
            ob_test_alloc_begin(n, false);
            ob_status status = ob_extras_visit(&extras, &extra);
            ob_extras_put_map(&extras, map, 1);
            ob_extras_put_stream(&extras, &stream);
            ob_status given = ob_extras_give(&extras, &entry);
            ob_extras_free(&extras);
            ck_assert_int_eq(ob_test_alloc_live(), 0);
            hit = ob_test_alloc_end();
            ck_assert_msg(!hit || status == OB_E_NO_MEMORY || given == OB_E_NO_MEMORY, "%llu",
                          (unsigned long long)n);
        }
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, extra__vector_both_ways);
    tcase_add_test(cases, extra__owners_and_flags_of_this_machine);
    tcase_add_test(cases, extra__malformed_fields);
    tcase_add_test(cases, extra__visits_end_when_told);
    tcase_add_test(cases, extra__without_memory);
}

OB_TEST_MAIN("point_extra", add_cases)
