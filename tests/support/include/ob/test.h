/*
 * What all tests share: a program's frame, temporary folders, random numbers that repeat, faults
 * made to happen, a clock that only moves when told, and file trees. Everything here ends the test
 * with a message when it cannot do its work. Nothing here allocates by ob_alloc() unless it says so.
 */
#ifndef OB_TEST_H
#define OB_TEST_H

#include "ob/alloc.h"
#include "ob/clock.h"
#include "ob/fs.h"
#include "ob/status.h"

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The program. */

/* Makes the time limit of a test 60 s (Check's is 4), unless its case or $CK_DEFAULT_TIMEOUT says
 * otherwise. Before tcase_create(), which is where Check looks. */
void ob_test_limit(void);
/* Runs the suite, each test in a process of its own where the system can fork. Returns main()'s
 * result. */
int ob_test_run(Suite *suite);

/* int main() that runs the cases: OB_TEST_MAIN("buf", add_cases), void add_cases(TCase *). */
#define OB_TEST_MAIN(name, add_cases)                                                              \
    int main(void)                                                                                 \
    {                                                                                              \
        ob_test_limit();                                                                           \
        Suite *suite = suite_create(name);                                                         \
        TCase *cases = tcase_create(name);                                                         \
        add_cases(cases);                                                                          \
        suite_add_tcase(suite, cases);                                                             \
        return ob_test_run(suite);                                                                 \
    }

/* Check's own formats by the C library of Windows, which knows neither %zu nor %lld. */
#undef ck_assert_msg
#define ck_assert_msg(expression, ...)                                                             \
    do {                                                                                           \
        if (expression) {                                                                          \
            mark_point();                                                                          \
        } else {                                                                                   \
            ck_abort_msg("%s", ob_test_format(__VA_ARGS__));                                       \
        }                                                                                          \
    } while (0)
#undef ck_assert
#define ck_assert(expression) ck_assert_msg(expression, "%s does not hold", #expression)

/* The call gives OB_OK, or exactly the status wanted; else the test fails with symbol and detail. */
#define ob_check_ok(call) ob_check_status(call, OB_OK)
#define ob_check_status(call, wanted)                                                              \
    do {                                                                                           \
        ob_status ob_got_ = (call);                                                                \
        ck_assert_msg(ob_got_ == (wanted), "%s gave %s (%s), wanted %s", #call,                    \
                      ob_status_lookup(ob_got_)->symbol, ob_detail(), #wanted);                    \
    } while (0)
/* The detail of the last failure has this text in it. */
void ob_check_detail(const char *part);

/* Places. Texts live until the program ends. */

/* A new empty folder of this test's own, removed at the program's end ($OB_TEST_KEEP keeps it). */
const char *ob_test_temp(void);
const char *ob_test_path(const char *dir, const char *name);
const char *ob_test_format(const char *format, ...) OB_PRINTF(1, 2);

/* Random numbers (splitmix64): the same each time, unless $OB_TEST_SEED sets another seed. */

typedef struct ob_test_rng {
    uint64_t state;
} ob_test_rng;

ob_test_rng ob_test_rng_new(uint64_t seed); /* prints the seed that it uses */
uint64_t ob_test_rng_next(ob_test_rng *rng);
uint64_t ob_test_rng_below(ob_test_rng *rng, uint64_t limit); /* 0 <= result < limit */
void ob_test_rng_fill(ob_test_rng *rng, void *data, size_t length);

/*
 * Memory that runs out. Between begin and end allocation number `fail_at` (from 1; 0 = none) fails,
 * alone or with all that follow. The usual loop:
 *
 *     for (uint64_t n = 1; n == 1 || hit; n++) {
 *         ob_test_alloc_begin(n, false);
 *         ob_status status = operation();
 *         hit = ob_test_alloc_end();
 *         ... hit: status is OB_E_NO_MEMORY and nothing has changed; else it is OB_OK
 *     }
 */
void ob_test_alloc_begin(uint64_t fail_at, bool from_then_on);
bool ob_test_alloc_end(void);       /* true if an allocation was made to fail */
uint64_t ob_test_alloc_count(void); /* allocations since begin */
int64_t ob_test_alloc_live(void);   /* blocks allocated since begin and not yet freed */

/*
 * Files that fail: wraps another ob_fs. Pass &wrapper.fs on. Closing and unmapping never fail and
 * are not counted.
 */
typedef struct ob_test_fs ob_test_fs;
struct ob_test_fs {
    ob_fs fs;
    const ob_fs *inner;
    uint64_t count;     /* operations so far of the kinds counted */
    uint64_t fail_at;   /* which of them fails, from 1; 0 = none */
    bool from_then_on;  /* and all that follow */
    bool writes_only;   /* count only what changes the disk */
    bool torn;          /* a failing write_at() first writes half */
    bool hit;           /* something was made to fail */
    ob_status status;   /* what a failure gives: OB_E_IO */
    /* Asked before each operation when set, with the name of the ob_fs member and the name of the
     * file (NULL for operations on an open one): what it gives other than OB_OK is the result. It
     * may also change files, which makes races repeatable. */
    ob_status (*before)(ob_test_fs *wrapper, const char *operation, const char *name);
    void *context; /* of `before` */
};
void ob_test_fs_init(ob_test_fs *wrapper, const ob_fs *inner); /* counts, nothing fails */
void ob_test_fs_fail(ob_test_fs *wrapper, uint64_t fail_at, bool from_then_on); /* count = 0 */

/* A clock that moves only by sleep() and by hand. */
typedef struct ob_test_clock {
    ob_clock clock;
    int64_t now;        /* set as you like */
    uint64_t monotonic;
    uint64_t slept;     /* ns, sum */
} ob_test_clock;
void ob_test_clock_init(ob_test_clock *clock); /* 2026-01-31T12:00:00Z */
void ob_test_clock_advance(ob_test_clock *clock, uint64_t ns);

/* Files, by ob_fs_os() (which allocates by ob_alloc). */

void ob_test_write_file(const char *path, const void *data, size_t length);
void ob_test_write_text(const char *path, const char *text);
/* Lives until the program ends; a NUL follows. */
const uint8_t *ob_test_read_file(const char *path, size_t *length);
bool ob_test_exists(const char *path);
/* Turns a byte of a file over, or cuts it to `size` bytes: damage. */
void ob_test_flip_byte(const char *path, uint64_t offset);
void ob_test_cut_file(const char *path, uint64_t size);
/* A folder with `files` files of 0 to 64 KiB in folders of their own, some modes and times, odd
 * names, an empty folder, and a symbolic and a hard link where the system allows them. */
void ob_test_tree_make(const char *root, ob_test_rng *rng, unsigned files);
/* Names, types, bytes, targets of links and numbers of hard links are the same, and what `mask` (of
 * ob_meta_mask; OB_META_TIMES compares mtime only) has. NULL, or what differs first. */
const char *ob_test_tree_differs(const char *left, const char *right, int mask);
/* What two files have beyond that: attributes, ACLs, streams, holes, devices, inode flags. Part of
 * the comparison of trees if `mask` has OB_META_FLAGS. NULL, or what differs. */
const char *ob_test_extras_differ(const char *left, const char *right, const ob_file_info infos[2]);

#endif
