#include "point/list.h"
#include "point/path.h"
#include "vectors.h"

#include "ob/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T (INT64_C(1700000000) * 1000000000)
#define MOST_CHUNKS 64

/* What a writer handed out. */
typedef struct sink {
    ob_buf chunks[MOST_CHUNKS];
    ob_list_chunk rows[MOST_CHUNKS];
    char first[MOST_CHUNKS][64];
    size_t count;
} sink;

static ob_status take(void *context, const ob_list_chunk *chunk)
{
    sink *to = context;
    ck_assert_uint_lt(to->count, MOST_CHUNKS);
    ob_buf_put(&to->chunks[to->count], chunk->data, chunk->length);
    snprintf(to->first[to->count], 64, "%.*s", (int)chunk->first_length, chunk->first);
    to->rows[to->count++] = *chunk;
    return OB_OK;
}

static void free_sink(sink *to)
{
    for (size_t i = 0; i < to->count; i++) {
        ob_buf_free(&to->chunks[i]);
    }
    to->count = 0;
}

static ob_entry entry_of(const char *path, const ob_file_info *info)
{
    ob_entry entry = {.path = path, .path_length = strlen(path), .info = *info, .target = ""};
    return entry;
}

static ob_chunk_id name_of(unsigned seed)
{
    ob_chunk_id id;
    for (unsigned i = 0; i < OB_CHUNK_ID; i++) {
        id.bytes[i] = (uint8_t)(seed + i);
    }
    return id;
}

START_TEST(list__vector)
{
    const ob_chunk_id ids[] = {name_of(1), name_of(2), name_of(3)};
    const ob_file_info infos[] = {
        {.type = OB_FILE_DIR,
         .mode = 0755,
         .mtime = T,
         .ctime = T + 1,
         .device = 2049,
         .file_id = 12,
         .links = 3},
        {.type = OB_FILE_REGULAR,
         .mode = 0644,
         .uid = 1000,
         .gid = 100,
         .mtime = T + 123456789,
         .ctime = T + 2,
         .btime = T - 5,
         .device = 2049,
         .file_id = 13,
         .links = 1,
         .size = 5},
        {.type = OB_FILE_SYMLINK,
         .mode = 0777,
         .mtime = -1,
         .device = 2049,
         .file_id = 14,
         .links = 1},
        {.type = OB_FILE_REGULAR,
         .device = 2049,
         .file_id = 15,
         .links = 2,
         .size = UINT64_C(1) << 40,
         .attributes = 0x20},
        {.type = OB_FILE_REGULAR, .links = 1},
        {.type = OB_FILE_CHAR_DEVICE, .mode = 0600, .rdev = 0x103, .links = 1}};
    ob_entry entries[] = {entry_of("etc", &infos[0]),    entry_of("etc/a", &infos[1]),
                          entry_of("etc/ab", &infos[2]), entry_of("etc/ab-\xff\n", &infos[3]),
                          entry_of("etc/b", &infos[4]),  entry_of("etc/c", &infos[5])};
    entries[0].flags = OB_ENTRY_PASSED;
    entries[1].ids = ids;
    entries[1].id_count = 1;
    entries[2].target = "../x y";
    entries[2].target_length = 6;
    entries[3].depth = 1;
    entries[3].ids = ids + 1;
    entries[3].id_count = 2;
    entries[3].extras = OB_EXTRA_ACL | OB_EXTRA_SPARSE;
    entries[3].flags = OB_ENTRY_CHANGED;
    ob_buf wanted = vector_bytes("list.json", "chunk");
    ob_list_reader reader = {0};
    ob_check_ok(ob_list_open(&reader, wanted.data, wanted.length));
    for (size_t i = 0; i < 6; i++) {
        ob_entry read;
        bool more = false;
        ob_check_ok(ob_list_next(&reader, &read, &more));
        ck_assert(more);
        ck_assert_str_eq(read.path, entries[i].path);
        ck_assert_mem_eq(&read.info, &entries[i].info, sizeof read.info);
        ck_assert_uint_eq(read.id_count, entries[i].id_count);
        ck_assert_str_eq(read.target, entries[i].target);
        ck_assert_uint_eq(read.extras, entries[i].extras);
        ck_assert_uint_eq(read.flags, entries[i].flags);
    }
    ob_entry end;
    bool more = true;
    ob_check_ok(ob_list_next(&reader, &end, &more));
    ck_assert(!more);
    ob_list_reader_free(&reader);

    /* The last entry of the vector has a field more, which this version passes over: what we write
     * is the vector without it. */
    sink to = {.count = 0};
    ob_list_writer writer = {.sink = take, .context = &to};
    for (size_t i = 0; i < 5; i++) {
        ob_check_ok(ob_list_add(&writer, &entries[i]));
    }
    ob_check_ok(ob_list_finish(&writer));
    ck_assert_uint_eq(to.count, 1);
    ck_assert_uint_lt(to.chunks[0].length, wanted.length);
    wanted.length = to.chunks[0].length;
    vector_check(&to.chunks[0], &wanted, "the chunk");
    ob_list_writer_free(&writer);
    free_sink(&to);
}
END_TEST

START_TEST(list__an_entry_of_a_later_format_is_one_failure)
{
    ob_buf bytes = vector_bytes("list.json", "unknown critical field");
    ob_list_reader reader = {0};
    ob_entry entry;
    bool more = false;
    ob_check_ok(ob_list_open(&reader, bytes.data, bytes.length));
    ob_check_ok(ob_list_next(&reader, &entry, &more));
    ob_check_status(ob_list_next(&reader, &entry, &more), OB_E_FORMAT_VERSION);
    ck_assert(more);
    ck_assert_str_eq(entry.path, "b");
    ob_check_ok(ob_list_next(&reader, &entry, &more));
    ck_assert_str_eq(entry.path, "c");
    ob_list_reader_free(&reader);
    bytes.data[0] = 2;
    ob_check_status(ob_list_open(&reader, bytes.data, bytes.length), OB_E_FORMAT_VERSION);
}
END_TEST

START_TEST(list__order_and_paths_are_held)
{
    const ob_file_info info = {.type = OB_FILE_DIR, .links = 1};
    static const char *const bad[] = {"b", "b/..", "a", "", "b//c", "b/c/../d"};
    sink to = {.count = 0};
    ob_list_writer writer = {.sink = take, .context = &to};
    ob_entry first = entry_of("b", &info);
    ob_check_ok(ob_list_add(&writer, &first));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ob_entry entry = entry_of(bad[i], &info);
        ob_check_status(ob_list_add(&writer, &entry), OB_E_UNEXPECTED);
    }
    ob_list_writer_free(&writer);
}
END_TEST

/* Raw entries: shared, rest, fields of a folder. */
static ob_status read_raw(const char *const *rests, const unsigned *shared, size_t count)
{
    ob_buf fields = {0};
    ob_buf bytes = {0};
    const ob_file_info info = {.type = OB_FILE_DIR, .links = 1};
    ob_entry folder = entry_of("x", &info);
    ob_entry_put_fields(&fields, &folder);
    ob_buf_put_u8(&bytes, 1);
    for (size_t i = 0; i < count; i++) {
        ob_buf_put_varint(&bytes, shared[i]);
        ob_buf_put_counted(&bytes, rests[i], strlen(rests[i]));
        ob_buf_put_counted(&bytes, fields.data, fields.length);
    }
    ob_list_reader reader = {0};
    ob_status status = ob_list_open(&reader, bytes.data, bytes.length);
    bool more = true;
    while (status == OB_OK && more) {
        ob_entry entry;
        status = ob_list_next(&reader, &entry, &more);
    }
    ob_list_reader_free(&reader);
    ob_buf_free(&fields);
    ob_buf_free(&bytes);
    return status;
}

START_TEST(list__hostile_paths)
{
    typedef struct hostile {
        const char *rests[2];
        unsigned shared[2];
        ob_status wanted;
    } hostile;
    static const hostile cases[] = {
        {{"a", "b"}, {0, 0}, OB_OK},           {{"a", "/b"}, {0, 1}, OB_OK},
        {{"ab", "b"}, {0, 1}, OB_E_CORRUPT}, /* "ab" again */
        {{"ab", "c"}, {0, 1}, OB_OK},          {{"b", "a"}, {0, 0}, OB_E_CORRUPT},
        {{"a", "b"}, {0, 2}, OB_E_CORRUPT},    /* shares more than there is */
        {{"a", "b"}, {1, 0}, OB_E_CORRUPT},    /* the first shares */
        {{"a-b", "/c"}, {0, 1}, OB_E_CORRUPT}, /* "a/c" comes before "a-b" */
        {{"..", "a"}, {0, 0}, OB_E_CORRUPT},   {{"a", "/../b"}, {0, 1}, OB_E_CORRUPT},
        {{"/a", "b"}, {0, 0}, OB_E_CORRUPT},   {{"", "b"}, {0, 0}, OB_E_CORRUPT},
        {{"a", "/"}, {0, 1}, OB_E_CORRUPT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ob_status status = read_raw(cases[i].rests, cases[i].shared, 2);
        ck_assert_msg(status == cases[i].wanted, "case %zu gave %s", i,
                      ob_status_lookup(status)->symbol);
    }
}
END_TEST

static int compare_paths(const void *left, const void *right)
{
    const char *a = left;
    const char *b = right;
    return ob_point_path_compare(a, strlen(a), b, strlen(b));
}

/* Random paths, sorted, without doubles. */
static size_t make_paths(ob_test_rng *rng, char (*paths)[48], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = 0;
        uint64_t depth = 1 + ob_test_rng_below(rng, 4);
        for (uint64_t d = 0; d < depth; d++) {
            length += (size_t)snprintf(paths[i] + length, 48 - length, "%s%c%x", d > 0 ? "/" : "",
                                       "ab-.\xFF"[ob_test_rng_below(rng, 5)],
                                       (unsigned)ob_test_rng_below(rng, 40));
        }
    }
    qsort(paths, count, sizeof paths[0], compare_paths);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || strcmp(paths[kept - 1], paths[i]) != 0) {
            memmove(paths[kept++], paths[i], sizeof paths[0]);
        }
    }
    return kept;
}

static void write_all(sink *to, char (*paths)[48], size_t count, size_t left_out)
{
    ob_list_writer writer = {.sink = take, .context = to};
    for (size_t i = 0; i < count; i++) {
        ob_chunk_id id = name_of((unsigned)i);
        const ob_file_info info = {
            .type = OB_FILE_REGULAR, .links = 1, .size = i, .mtime = T + (int64_t)i, .file_id = i};
        ob_entry entry = entry_of(paths[i], &info);
        entry.ids = &id;
        entry.id_count = 1;
        if (i != left_out) {
            ob_check_ok(ob_list_add(&writer, &entry));
        }
    }
    ob_check_ok(ob_list_finish(&writer));
    ob_list_writer_free(&writer);
}

START_TEST(list__random_entries_come_back)
{
    enum { COUNT = 20000 };
    static char paths[COUNT][48];
    ob_test_rng rng = ob_test_rng_new(3);
    size_t count = make_paths(&rng, paths, COUNT);
    sink to = {.count = 0};
    ob_list_reader reader = {0};
    write_all(&to, paths, count, SIZE_MAX);
    ck_assert_uint_gt(to.count, 4);
    size_t at = 0;
    for (size_t c = 0; c < to.count; c++) {
        uint32_t entries = 0;
        ob_entry entry;
        bool more = true;
        ck_assert_str_eq(to.first[c], paths[at]);
        ob_check_ok(ob_list_open(&reader, to.chunks[c].data, to.chunks[c].length));
        for (;;) {
            ob_check_ok(ob_list_next(&reader, &entry, &more));
            if (!more) {
                break;
            }
            ck_assert_str_eq(entry.path, paths[at]);
            ck_assert_uint_eq(entry.info.file_id, at);
            ck_assert_uint_eq(entry.ids[0].bytes[0], at & 255);
            at++;
            entries++;
        }
        ck_assert_uint_eq(entries, to.rows[c].entries);
    }
    ck_assert_uint_eq(at, count);
    ob_list_reader_free(&reader);
    free_sink(&to);
}
END_TEST

START_TEST(list__one_entry_less_leaves_most_chunks_as_they_are)
{
    enum { COUNT = 20000 };
    static char paths[COUNT][48];
    ob_test_rng rng = ob_test_rng_new(4);
    size_t count = make_paths(&rng, paths, COUNT);
    sink before = {.count = 0};
    sink after = {.count = 0};
    write_all(&before, paths, count, SIZE_MAX);
    write_all(&after, paths, count, count / 3);
    size_t same = 0;
    for (size_t i = 0; i < before.count; i++) {
        for (size_t j = 0; j < after.count; j++) {
            same +=
                before.chunks[i].length == after.chunks[j].length &&
                memcmp(before.chunks[i].data, after.chunks[j].data, before.chunks[i].length) == 0;
        }
    }
    ck_assert_uint_ge(same + 3, before.count);
    free_sink(&before);
    free_sink(&after);
}
END_TEST

START_TEST(list__too_large_an_entry_is_refused)
{
    const ob_file_info info = {.type = OB_FILE_REGULAR, .links = 1, .size = 1};
    size_t count = OB_ENTRY_MOST / OB_CHUNK_ID;
    ob_chunk_id *ids = calloc(count, sizeof *ids);
    ck_assert_ptr_nonnull(ids);
    sink to = {.count = 0};
    ob_list_writer writer = {.sink = take, .context = &to};
    ob_entry entry = entry_of("a", &info);
    entry.ids = ids;
    entry.id_count = count;
    entry.depth = 1;
    ob_check_status(ob_list_add(&writer, &entry), OB_E_TOO_LARGE);
    entry.id_count = count - 100;
    ob_check_ok(ob_list_add(&writer, &entry));
    ob_check_ok(ob_list_finish(&writer));
    ck_assert_uint_eq(to.count, 1);
    ck_assert_uint_le(to.chunks[0].length, OB_CHUNK_MOST);
    ob_list_writer_free(&writer);
    free_sink(&to);
    free(ids);
}
END_TEST

START_TEST(list__every_cut_and_flip_is_survived)
{
    ob_buf bytes = vector_bytes("list.json", "chunk");
    ob_list_reader reader = {0};
    for (size_t i = 0; i < bytes.length * 8; i++) {
        bytes.data[i / 8] ^= (uint8_t)(1u << i % 8);
        for (size_t length = bytes.length; length > 0; length -= length > 40 ? 37 : 1) {
            bool more = true;
            ob_status status = ob_list_open(&reader, bytes.data, length);
            while (more && (status == OB_OK || status == OB_E_FORMAT_VERSION)) {
                ob_entry entry;
                more = false;
                status = ob_list_next(&reader, &entry, &more);
                ck_assert(!more || ob_point_path_valid(entry.path, entry.path_length));
            }
            ck_assert(status == OB_OK || status == OB_E_CORRUPT || status == OB_E_FORMAT_VERSION);
        }
        bytes.data[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    ob_list_reader_free(&reader);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, list__vector);
    tcase_add_test(cases, list__an_entry_of_a_later_format_is_one_failure);
    tcase_add_test(cases, list__order_and_paths_are_held);
    tcase_add_test(cases, list__hostile_paths);
    tcase_add_test(cases, list__random_entries_come_back);
    tcase_add_test(cases, list__one_entry_less_leaves_most_chunks_as_they_are);
    tcase_add_test(cases, list__too_large_an_entry_is_refused);
    tcase_add_test(cases, list__every_cut_and_flip_is_survived);
}

OB_TEST_MAIN("point_list", add_cases)
