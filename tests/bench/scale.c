/*
 * How the engine grows: backups of a synthetic tree into a null store, an index of very many
 * chunks, very many recovery points.
 *
 *   scale files N [BYTES]     three backups of N files: first, unchanged, 1 of 100 changed
 *   scale wide N [BYTES]      the same with all files in one folder
 *   scale chunks N [PER]      an index of N chunks, PER of them in a pack, and lookups in it
 *   scale points N            lists N recovery points
 *
 * Works below the current folder. Each result is a line of JSON.
 */
#include "index/index.h"
#include "index/segment_write.h"
#include "null_store.h"
#include "ob/alloc.h"
#include "ob/host.h"
#include "ob/repo.h"
#include "ob/synthetic_fs.h"
#include "point/manifest.h"
#include "point/point.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *here; /* the current folder */

static void need(ob_status status, const char *what)
{
    if (OB_FAILED(status)) {
        fprintf(stderr, "%s: %s (%s)\n", what, ob_status_lookup(status)->symbol, ob_detail());
        exit(EXIT_FAILURE);
    }
}

static char *in_here(const char *name)
{
    char *path = ob_path_join(here, name);
    if (path == NULL) {
        abort();
    }
    return path;
}

/* ---- measures ---- */

typedef struct measure {
    double wall, cpu; /* seconds, at the start */
    uint64_t heap;    /* KiB of memory that is no file, at most so far */
} measure;

static double cpu_now(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double wall_now(void)
{
    const ob_clock *clock = ob_clock_os();
    return (double)clock->monotonic(clock) / 1e9;
}

static uint64_t status_of(const char *field)
{
    char line[256];
    unsigned long long value = 0;
    size_t length = strlen(field);
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, field, length) == 0) {
            value = strtoull(line + length, NULL, 10);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return value;
}

/* Resident memory that is no mapped file: those pages the system takes back when it wants. */
static void look_at_heap(measure *m)
{
    uint64_t heap = status_of("RssAnon:");
    m->heap = heap > m->heap ? heap : m->heap;
}

static measure begin(void)
{
    measure m = {wall_now(), cpu_now(), 0};
    look_at_heap(&m);
    return m;
}

static void tell(const char *what, uint64_t count, measure *m)
{
    look_at_heap(m);
    printf("{\"work\":\"%s\",\"count\":%llu,\"wall_s\":%.3f,\"cpu_s\":%.3f,\"memory_mb\":%.1f,"
           "\"with_maps_mb\":%.1f}\n",
           what, (unsigned long long)count, wall_now() - m->wall, cpu_now() - m->cpu,
           (double)m->heap / 1024, (double)status_of("VmHWM:") / 1024);
    fflush(stdout);
}

/* ---- files ---- */

static ob_verdict take_all(void *context, const char *path, bool is_dir)
{
    (void)context;
    (void)path;
    (void)is_dir;
    return OB_TAKE;
}

static void take_progress(void *context, const ob_progress *progress)
{
    (void)progress;
    look_at_heap(context);
}

static void backup(const ob_engine *engine, const char *what, uint64_t files)
{
    static const char *const roots[] = {OB_SYNTHETIC_ROOT};
    static const char *const sources[] = {"/"};
    const ob_selection selection = {.roots = roots, .root_count = 1, .decide = take_all};
    const ob_backup_options options = {
        .policy = "scale", .machine_name = "machine", .sources = sources, .source_count = 1};
    measure m = begin();
    const ob_control control = {.context = &m, .progress = take_progress};
    ob_backup_result result;
    need(ob_backup_run(engine, &selection, &options, &control, &result), what);
    if (result.totals.files_failed > 0 || result.totals.files_done < files) {
        fprintf(stderr, "%s: %llu of %llu files\n", what,
                (unsigned long long)result.totals.files_done, (unsigned long long)files);
        exit(EXIT_FAILURE);
    }
    tell(what, files, &m);
}

static ob_engine open_engine(const ob_fs *fs, ob_keyring **keys_out)
{
    ob_keyring *keys = NULL;
    static char store[4200];
    snprintf(store, sizeof store, "%s/store", here);
    mkdir("cache", 0700);
    mkdir("store", 0700);
    need(ob_keyring_new(&keys), "keys");
    ob_engine engine = {.fs = fs, .clock = ob_clock_os(), .keys = keys};
    engine.cache_dir = in_here("cache");
    engine.store = null_store_new(store);
    *keys_out = keys;
    return engine;
}

static void close_engine(ob_engine *engine, ob_keyring *keys)
{
    ob_store_close(engine->store);
    ob_keyring_free(keys);
    ob_free((void *)(uintptr_t)engine->cache_dir);
}

static void run_files(uint64_t files, uint32_t bytes, bool wide)
{
    ob_synthetic_fs source;
    ob_synthetic_fs_init(&source, ob_fs_os(), files, bytes, 10);
    source.wide = wide;
    ob_keyring *keys = NULL;
    ob_engine engine = open_engine(&source.fs, &keys);
    backup(&engine, "first", files);
    backup(&engine, "unchanged", files);
    source.version = 2;
    backup(&engine, "changed", files);
    close_engine(&engine, keys);
}

/* ---- chunks ---- */

static uint64_t mix(uint64_t z)
{
    z += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* Ids in their order: the first eight bytes grow evenly, the rest is by chance. */
static ob_index_entry entry_at(uint64_t number, uint64_t count, uint32_t packs)
{
    ob_index_entry entry;
    uint64_t first = (uint64_t)((double)number / (double)count * 1.8e19) + mix(number) % 1000;
    for (size_t i = 0; i < OB_CHUNK_ID; i++) {
        entry.id.bytes[i] = (uint8_t)(i < 8 ? first >> (56 - 8 * i) : mix(number) >> (i % 8 * 8));
    }
    entry.pack = (uint32_t)(mix(number ^ 1) % packs);
    entry.offset = OB_HEADER_SIZE + (uint32_t)(mix(number) % 15000000);
    entry.length = 1000;
    return entry;
}

static void write_index(const ob_engine *engine, const char *path, const uint8_t *check,
                        uint64_t count, uint32_t packs)
{
    ob_segment_writer *writer = NULL;
    ob_pack_info *infos = ob_calloc(packs, sizeof *infos);
    if (infos == NULL) {
        abort();
    }
    for (uint32_t i = 0; i < packs; i++) {
        for (unsigned k = 0; k < 4; k++) {
            uint64_t word = mix(i * 4 + k);
            memcpy(infos[i].name + 8 * k, &word, 8);
        }
        infos[i].size = 16u << 20;
    }
    ob_segment_plan plan = {.check = check, .count = count, .packs = infos, .pack_count = packs};
    need(ob_segment_writer_new(&plan, engine->fs, path, &writer), "index");
    for (uint64_t i = 0; i < count; i++) {
        ob_index_entry entry = entry_at(i, count, packs);
        need(ob_segment_writer_add(writer, &entry), "index");
    }
    need(ob_segment_writer_end(writer, NULL, NULL), "index");
    ob_segment_writer_free(writer);
    ob_free(infos);
}

static void look_up(ob_index *index, const char *what, uint64_t count, uint32_t packs, bool there)
{
    enum { LOOKUPS = 1000000 };
    measure m = begin();
    uint64_t found = 0;
    for (uint64_t i = 0; i < LOOKUPS; i++) {
        ob_index_entry entry = entry_at(mix(i) % count, count, packs);
        entry.id.bytes[10] ^= there ? 0 : 0xFF;
        ob_index_entry at;
        found += ob_index_find(index, &entry.id, 0, &at) ? 1 : 0;
    }
    if (found != (there ? LOOKUPS : 0)) {
        fprintf(stderr, "%s: %llu found\n", what, (unsigned long long)found);
        exit(EXIT_FAILURE);
    }
    tell(what, LOOKUPS, &m);
}

static void run_chunks(uint64_t count, uint32_t each)
{
    ob_keyring *keys = NULL;
    ob_engine engine = open_engine(ob_fs_os(), &keys);
    ob_tools_pool pool;
    ob_mutex lock;
    ob_index *index = ob_calloc(1, sizeof *index);
    uint32_t packs = (uint32_t)(count / each + 1);
    char *path = in_here("index.seg");
    ob_mutex_init(&lock);
    need(ob_tools_pool_init(&pool, engine.keys, false), "tools");
    need(ob_index_init(index, &engine, &pool, &lock), "index");
    measure m = begin();
    write_index(&engine, path, index->check, count, packs);
    tell("write index", count, &m);
    m = begin();
    need(ob_segment_open(engine.fs, path, index->check, &index->segments[0]), "index");
    index->segment_count = 1;
    need(ob_segment_attach(index->segments[0], &index->packs), "index");
    tell("open index", count, &m);
    look_up(index, "lookups, cold", count, packs, true);
    look_up(index, "lookups", count, packs, true);
    look_up(index, "lookups of what is not there", count, packs, false);
    ob_index_destroy(index);
    ob_free(index);
    ob_tools_pool_destroy(&pool);
    ob_mutex_destroy(&lock);
    remove(path);
    ob_free(path);
    close_engine(&engine, keys);
}

/* ---- points ---- */

static ob_status count_point(void *context, const ob_point_info *point)
{
    uint64_t *count = context;
    (void)point;
    (*count)++;
    return OB_OK;
}

static void run_points(uint64_t count)
{
    ob_keyring *keys = NULL;
    ob_engine engine = open_engine(ob_fs_os(), &keys);
    ob_repo *repo = NULL;
    uint64_t listed = 0;
    measure m = begin();
    need(ob_repo_open(&engine, true, &repo), "repository");
    for (uint64_t i = 0; i < count; i++) {
        char name[OB_OBJECT_NAME_MAX];
        ob_buf bytes = {0};
        static const char *const sources[] = {"/"};
        ob_manifest manifest = {.time = (int64_t)(i + 1) * 1000000000,
                                .started = (int64_t)(i + 1) * 1000000000,
                                .policy = "scale",
                                .machine_name = "machine",
                                .platform = "linux",
                                .version = "0",
                                .sources = sources,
                                .source_count = 1};
        need(ob_guid_new(&manifest.id), "id");
        need(ob_manifest_write(&bytes, &manifest), "manifest");
        ob_manifest_object_name(name, manifest.time, &manifest.id);
        need(ob_repo_commit_point(repo, name, bytes.data, bytes.length), "point");
        ob_buf_free(&bytes);
    }
    ob_repo_close(repo);
    tell("make points", count, &m);
    m = begin();
    need(ob_points_list(&engine, NULL, count_point, &listed), "list");
    if (listed != count) {
        fprintf(stderr, "%llu points listed\n", (unsigned long long)listed);
        exit(EXIT_FAILURE);
    }
    tell("list points", count, &m);
    close_engine(&engine, keys);
}

int main(int count, char **arguments)
{
    char folder[4096];
    if (count < 3 || getcwd(folder, sizeof folder) == NULL) {
        fputs("usage: scale files|wide|chunks|points N [BYTES or PER]\n", stderr);
        return 64;
    }
    here = folder;
    uint64_t number = strtoull(arguments[2], NULL, 10);
    uint32_t more = count > 3 ? (uint32_t)strtoul(arguments[3], NULL, 10) : 0;
    bool wide = strcmp(arguments[1], "wide") == 0;
    if (wide || strcmp(arguments[1], "files") == 0) {
        run_files(number, more > 0 ? more : 1000, wide);
    } else if (strcmp(arguments[1], "chunks") == 0) {
        run_chunks(number, more > 0 ? more : 256);
    } else {
        run_points(number);
    }
    return EXIT_SUCCESS;
}
