/*
 * The standalone frame of a fuzzer: what libFuzzer would do, in small, under any compiler and the
 * same each time. Every file named, or in a folder named, is fed as it is, and then changed in ways
 * that repeat: bits turned over, cut, stretches doubled, removed and replaced.
 *
 *     fuzz_NAME [-runs=N] FILE-OR-FOLDER...      N changed inputs a file; default 300
 *
 * $OB_TEST_SEED gives other changes.
 */
#include "fuzz.h"

#include "ob/alloc.h"
#include "ob/fs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MOST ((size_t)1 << 20)

static uint64_t state = 1;
static unsigned long runs = 300;

/* splitmix64 */
static uint64_t next(void)
{
    uint64_t z = (state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static size_t below(size_t limit)
{
    return limit > 0 ? (size_t)(next() % limit) : 0;
}

/* A copy of just this size, so that a sanitizer sees a read past the end. */
static void feed(const uint8_t *data, size_t length)
{
    uint8_t *copy = malloc(length > 0 ? length : 1);
    if (copy == NULL) {
        fputs("no memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    if (length > 0) {
        memcpy(copy, data, length);
    }
    LLVMFuzzerTestOneInput(copy, length);
    free(copy);
}

/* One change of `data` (room for `most` bytes); the new length. */
static size_t change(uint8_t *data, size_t length, size_t most)
{
    static const uint8_t telling[] = {0, 1, 0x7F, 0x80, 0xFF, '"', '{', '\\', '\n', '-'};
    size_t at = below(length);
    size_t part = below(length - at < 64 ? length - at : 64);
    switch (length > 0 ? next() % 6 : 5) {
    case 0:
        data[at] ^= (uint8_t)(1u << next() % 8);
        return length;
    case 1:
        data[at] = telling[next() % sizeof telling];
        return length;
    case 2:
        return at; /* cut */
    case 3:
        memmove(data + at, data + at + part, length - at - part); /* removed */
        return length - part;
    case 4:
        if (length + part > most) {
            return length;
        }
        memmove(data + at + part, data + at, length - at); /* doubled */
        return length + part;
    default:
        if (length < most) {
            memmove(data + at + 1, data + at, length - at);
            data[at] = (uint8_t)next();
            length++;
        }
        return length;
    }
}

static void run_bytes(const uint8_t *data, size_t length)
{
    size_t most = length + 256;
    uint8_t *changed = malloc(most);
    if (changed == NULL) {
        fputs("no memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    feed(data, length);
    for (unsigned long i = 0; i < runs; i++) {
        size_t size = length;
        if (length > 0) {
            memcpy(changed, data, length);
        }
        for (uint64_t k = next() % 4 + 1; k > 0; k--) {
            size = change(changed, size, most);
        }
        feed(changed, size);
    }
    free(changed);
}

static unsigned run_file(const char *path)
{
    uint8_t *data = NULL;
    size_t length = 0;
    if (OB_FAILED(ob_fs_read_file(ob_fs_os(), path, INPUT_MOST, &data, &length))) {
        fprintf(stderr, "%s\n", ob_detail());
        exit(EXIT_FAILURE);
    }
    run_bytes(data, length);
    ob_free(data);
    return 1;
}

static unsigned run_folder(const char *path)
{
    const ob_fs *fs = ob_fs_os();
    ob_dir *dir = NULL;
    ob_dir_entry entry = {0};
    unsigned count = 0;
    if (OB_FAILED(fs->dir_open(fs, NULL, path, &dir))) {
        return run_file(path);
    }
    while (fs->dir_read(fs, dir, &entry) == OB_OK && entry.name != NULL) {
        char *file = ob_path_join(path, entry.name);
        if (file != NULL) {
            count += run_file(file);
        }
        ob_free(file);
    }
    fs->dir_close(fs, dir);
    return count;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    const char *seed = getenv("OB_TEST_SEED");
    state = seed != NULL ? strtoull(seed, NULL, 0) : 1;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "-runs=", 6) == 0) {
            runs = strtoul(argv[i] + 6, NULL, 10);
        } else {
            count += run_folder(argv[i]);
        }
    }
    printf("%u files, %lu changed inputs each\n", count, runs);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
