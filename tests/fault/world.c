#include "world.h"

#include "ob/folder_vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR UINT64_C(3600000000000)
#define VAULT "/vault"
#define CACHE "/cache"
#define SOURCE "/source"
#define RESTORED "/restored"
#define CHECK "/check"
#define LARGE ((size_t)400000)

static void must(ob_status status, const char *what)
{
    if (OB_FAILED(status)) {
        fprintf(stderr, "setup: %s: %s (%s)\n", what, ob_status_lookup(status)->symbol,
                ob_detail());
        abort();
    }
}

static const char *wrong(const char *format, ...) OB_PRINTF(1, 2);
static const char *wrong(const char *format, ...)
{
    static char text[1400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return text;
}

/* ---- the source ---- */

static void write_file(const ob_fs *fs, const char *path, const void *data, size_t length)
{
    ob_file *file = NULL;
    must(fs->open(fs, NULL, path, OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_TRUNCATE, &file), path);
    must(fs->write_at(fs, file, 0, data, length), path);
    fs->close(fs, file);
}

static void write_random(const ob_fs *fs, const char *path, uint64_t seed, size_t length)
{
    ob_test_rng rng = {seed};
    uint8_t *data = malloc(length + 1);
    if (data == NULL) {
        abort();
    }
    ob_test_rng_fill(&rng, data, length);
    memset(data, 'x', length / 3); /* some of it is worth compressing */
    write_file(fs, path, data, length);
    free(data);
}

static void new_version(world *w)
{
    if (w->version_count == WORLD_VERSIONS_MOST) {
        fputs("too many versions\n", stderr);
        abort();
    }
    w->versions[w->version_count++] = (world_version){ob_memory_fs_copy(w->disk), w->clock.now + 1};
}

static void make_source(const ob_fs *fs)
{
    static const size_t sizes[] = {0, 1, 100, 5000, 30000};
    char path[64];
    must(fs->make_dir(fs, NULL, SOURCE, false), SOURCE);
    must(fs->make_dir(fs, NULL, SOURCE "/a", false), SOURCE);
    must(fs->make_dir(fs, NULL, SOURCE "/a/deep", true), SOURCE);
    must(fs->make_dir(fs, NULL, SOURCE "/empty", false), SOURCE);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        snprintf(path, sizeof path, SOURCE "/a/%zu", i);
        write_random(fs, path, i, sizes[i]);
        snprintf(path, sizeof path, SOURCE "/a/deep/%zu", i);
        write_random(fs, path, 10 + i, sizes[i] / 2);
    }
    write_random(fs, SOURCE "/large", 99, LARGE);
    must(fs->make_symlink(fs, NULL, SOURCE "/link", "a/deep", true), "link");
    must(fs->make_link(fs, NULL, SOURCE "/a/1", NULL, SOURCE "/second-name"), "hard link");
}

void world_change_fixed(world *w)
{
    const ob_fs *fs = ob_memory_fs_use(w->disk);
    ob_memory_fs_set_time(w->disk, w->clock.now);
    write_random(fs, SOURCE "/a/2", 1000 + w->version_count, 200);
    write_random(fs, SOURCE "/new", 2000 + w->version_count, 40000);
    (void)fs->remove_file(fs, NULL, SOURCE "/a/deep/3");
    (void)fs->rename(fs, NULL, SOURCE "/a/4", NULL, SOURCE "/moved");
    ob_memory_fs_settle(w->disk);
    new_version(w);
}

void world_add_files(world *w, unsigned count, size_t size)
{
    const ob_fs *fs = ob_memory_fs_use(w->disk);
    char path[64];
    ob_test_rng rng = {count};
    uint8_t *data = malloc(size);
    if (data == NULL) {
        abort();
    }
    ob_memory_fs_set_time(w->disk, w->clock.now);
    for (unsigned i = 0; i < count; i++) {
        snprintf(path, sizeof path, SOURCE "/more%u", i);
        ob_test_rng_fill(&rng, data, size);
        write_file(fs, path, data, size);
    }
    free(data);
    ob_memory_fs_settle(w->disk);
    new_version(w);
}

static void change_once(const ob_fs *fs, ob_test_rng *rng)
{
    char path[64];
    char other[64];
    snprintf(path, sizeof path, SOURCE "/f%u", (unsigned)ob_test_rng_below(rng, 12));
    snprintf(other, sizeof other, SOURCE "/a/f%u", (unsigned)ob_test_rng_below(rng, 12));
    switch (ob_test_rng_below(rng, 6)) {
    case 0:
    case 1:
        write_random(fs, path, ob_test_rng_next(rng), ob_test_rng_below(rng, 60000));
        break;
    case 2:
        write_random(fs, other, ob_test_rng_next(rng) % 4, ob_test_rng_below(rng, 300));
        break;
    case 3:
        (void)fs->remove_file(fs, NULL, path);
        break;
    case 4:
        (void)fs->rename(fs, NULL, path, NULL, other);
        break;
    default:
        (void)fs->make_link(fs, NULL, path, NULL, other);
        break;
    }
}

void world_change(world *w, ob_test_rng *rng, unsigned changes)
{
    const ob_fs *fs = ob_memory_fs_use(w->disk);
    ob_memory_fs_set_time(w->disk, w->clock.now);
    for (unsigned i = 0; i < changes; i++) {
        change_once(fs, rng);
    }
    ob_memory_fs_settle(w->disk);
    new_version(w);
}

void world_set_clock(world *w, int64_t by)
{
    w->clock.now += by;
}

static void empty_folder(world *w, const char *path)
{
    const ob_fs *fs = ob_memory_fs_use(w->disk);
    must(ob_fs_remove_tree(fs, path), path);
    must(fs->make_dir(fs, NULL, path, true), path);
}

void world_lose_cache(world *w)
{
    empty_folder(w, CACHE);
}

/* ---- life ---- */

static void register_machine(world *w)
{
    const ob_fs *fs = ob_memory_fs_use(w->disk);
    ob_buf text = {0};
    ob_credentials credentials = {0};
    memset(w->machine.bytes, 0x42, sizeof w->machine.bytes);
    must(ob_folder_vault_create(fs, &w->clock.clock, VAULT, "test"), "vault");
    must(ob_folder_vault_issue(fs, &w->clock.clock, VAULT, "folder:" VAULT, 48, &text), "issue");
    must(ob_credentials_parse(&credentials, text.data, text.length, w->clock.now), "credentials");
    must(ob_folder_vault_register(fs, &w->clock.clock, &credentials, &w->machine, "m", "linux"),
         "register");
    ob_credentials_free(&credentials);
    ob_buf_free(&text);
}

void world_open(world *w)
{
    *w = (world){.workers = 2};
    ob_test_clock_init(&w->clock);
    w->disk = ob_memory_fs_new();
    ob_memory_fs_set_time(w->disk, w->clock.now - (int64_t)HOUR);
    must(ob_keyring_new(&w->keys), "keys");
    register_machine(w);
    make_source(ob_memory_fs_use(w->disk));
    empty_folder(w, CACHE);
    empty_folder(w, RESTORED);
    ob_memory_fs_settle(w->disk);
    new_version(w);
}

void world_close(world *w)
{
    for (size_t i = 0; i < w->version_count; i++) {
        ob_memory_fs_free(w->versions[i].disk);
    }
    ob_memory_fs_free(w->disk);
    ob_keyring_free(w->keys);
}

void world_copy(world *to, const world *from)
{
    *to = *from;
    to->clock.clock.context = &to->clock;
    to->disk = ob_memory_fs_copy(from->disk);
}

void world_copy_free(world *copy)
{
    ob_memory_fs_free(copy->disk);
}

/* ---- operations ---- */

static ob_verdict take_all(void *context, const char *path, bool is_dir)
{
    (void)context;
    (void)path;
    (void)is_dir;
    return OB_TAKE;
}

static void take_event(void *context, const ob_event *event)
{
    world *w = context;
    w->changed_count += event->kind == OB_EVENT_CHANGED ? 1 : 0;
    if (event->kind == OB_EVENT_FAILED && w->failed_count < WORLD_EVENTS_MOST) {
        snprintf(w->failed[w->failed_count++], sizeof w->failed[0], "%s", event->path);
    }
}

/* An engine with its store, opened for one operation. */
static ob_status begin(world *w, ob_engine *engine)
{
    const ob_fs *fs = w->through != NULL ? w->through : ob_memory_fs_use(w->disk);
    *engine = (ob_engine){.fs = fs, .clock = &w->clock.clock, .workers = w->workers};
    engine->keys = w->keys;
    engine->cache_dir = CACHE;
    engine->skip_dirs[0] = CACHE;
    w->failed_count = 0;
    w->changed_count = 0;
    ob_test_clock_advance(&w->clock, HOUR);
    ob_memory_fs_set_time(w->disk, w->clock.now);
    ob_status status = ob_folder_store_open(fs, VAULT, &w->machine, &engine->store);
    if (!OB_FAILED(status)) {
        ob_folder_store_set_clock(engine->store, &w->clock.clock);
    }
    if (!OB_FAILED(status) && w->wrap != NULL) {
        engine->store = w->wrap(w->wrap_context, engine->store);
    }
    return status;
}

ob_status world_backup(world *w)
{
    static const char *const roots[] = {SOURCE};
    static const char *const sources[] = {"/"};
    const ob_selection selection = {
        .context = w, .roots = roots, .root_count = 1, .decide = take_all};
    const ob_backup_options options = {
        .policy = "policy", .machine_name = "machine", .sources = sources, .source_count = 1};
    const ob_control control = {.context = w, .event = take_event};
    ob_engine engine;
    ob_status status = begin(w, &engine);
    w->told_count = 0;
    if (OB_FAILED(status)) {
        return status;
    }
    status = ob_backup_run(&engine, &selection, &options, &control, &w->last);
    ob_store_close(engine.store);
    memcpy(w->told, w->failed, sizeof w->told);
    w->told_count = w->failed_count;
    if (!OB_FAILED(status) && w->point_count < WORLD_POINTS_MOST) {
        w->partial[w->point_count] = w->failed_count > 0;
        w->version[w->point_count] = w->version_count - 1;
        w->points[w->point_count++] = w->last.point;
    }
    return status;
}

static ob_status restore(world *w, const ob_engine *engine, const ob_guid *point,
                         const char *destination)
{
    const ob_restore_options options = {
        .point = *point, .destination = destination, .overwrite = OB_OVERWRITE_REPLACE};
    const ob_control control = {.context = w, .event = take_event};
    ob_restore_result result;
    return ob_restore_run(engine, &options, &control, &result);
}

void world_empty_restored(world *w)
{
    empty_folder(w, RESTORED);
    ob_memory_fs_settle(w->disk);
}

ob_status world_restore(world *w)
{
    ob_engine engine;
    ob_status status = begin(w, &engine);
    if (!OB_FAILED(status)) {
        status = restore(w, &engine, &w->points[w->point_count - 1], RESTORED);
        ob_store_close(engine.store);
    }
    return status;
}

typedef struct listed {
    struct {
        ob_guid id;
        int64_t time;
        uint64_t files;
    } points[WORLD_POINTS_MOST];
    size_t count;
} listed;

static ob_status add_point(void *context, const ob_point_info *point)
{
    listed *list = context;
    if (list->count < WORLD_POINTS_MOST) {
        list->points[list->count].id = point->id;
        list->points[list->count].time = point->time;
        list->points[list->count++].files = point->files;
    }
    return OB_OK;
}

void world_forget(world *w, size_t count)
{
    size_t left = w->point_count - count;
    memmove(w->points, w->points + count, left * sizeof w->points[0]);
    memmove(w->partial, w->partial + count, left * sizeof w->partial[0]);
    memmove(w->version, w->version + count, left * sizeof w->version[0]);
    w->point_count = left;
}

static bool is_known(const world *w, const ob_guid *id)
{
    for (size_t i = 0; i < w->point_count; i++) {
        if (memcmp(w->points[i].bytes, id->bytes, sizeof id->bytes) == 0) {
            return true;
        }
    }
    return false;
}

ob_status world_prune(world *w)
{
    ob_engine engine;
    listed list = {.count = 0};
    ob_guid remove[WORLD_POINTS_MOST];
    ob_prune_options options = {.remove = remove, .soft_days = 1};
    const ob_control control = {.context = w, .event = take_event};
    ob_status status = begin(w, &engine);
    if (OB_FAILED(status)) {
        return status;
    }
    status = ob_points_list(&engine, NULL, add_point, &list);
    for (size_t i = 0; i < list.count; i++) {
        if (!is_known(w, &list.points[i].id)) {
            remove[options.remove_count++] = list.points[i].id;
        }
    }
    if (!OB_FAILED(status)) {
        status = ob_prune_run(&engine, &options, &control, &w->pruned);
    }
    ob_store_close(engine.store);
    return status;
}

ob_status world_passphrase(world *w, const char *passphrase)
{
    ob_engine engine;
    ob_status status = begin(w, &engine);
    if (!OB_FAILED(status)) {
        status = ob_keyring_store(w->keys, engine.store, passphrase, strlen(passphrase));
        ob_store_close(engine.store);
    }
    return status;
}

static uint64_t bytes_below(const ob_fs *fs, const char *path)
{
    ob_dir *dir = NULL;
    ob_dir_entry entry;
    uint64_t sum = 0;
    must(fs->dir_open(fs, NULL, path, &dir), path);
    while (fs->dir_read(fs, dir, &entry) == OB_OK && entry.name != NULL) {
        char below[512];
        ob_file_info info = {.size = 0};
        snprintf(below, sizeof below, "%s/%s", path, entry.name);
        if (entry.type == OB_FILE_DIR) {
            sum += bytes_below(fs, below);
        } else {
            must(fs->stat(fs, NULL, below, &info), below);
            sum += info.size;
        }
    }
    fs->dir_close(fs, dir);
    return sum;
}

uint64_t world_uploaded(const world *w)
{
    char machine[OB_GUID_TEXT];
    char path[128];
    ob_guid_format(machine, &w->machine);
    snprintf(path, sizeof path, VAULT "/machines/%s/pack", machine);
    return bytes_below(ob_memory_fs_use(w->disk), path);
}

/* ---- what must hold ---- */

static const world_version *version_of(const world *w, const ob_guid *id, int64_t time)
{
    for (size_t i = 0; i < w->point_count; i++) {
        if (memcmp(w->points[i].bytes, id->bytes, sizeof id->bytes) == 0) {
            return &w->versions[w->version[i]];
        }
    }
    size_t i = w->version_count;
    while (i > 1 && w->versions[i - 1].from > time) {
        i--;
    }
    return &w->versions[i - 1];
}

static bool is_listed(const listed *list, const ob_guid *id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (memcmp(list->points[i].id.bytes, id->bytes, sizeof id->bytes) == 0) {
            return true;
        }
    }
    return false;
}

/* What a backup said that it could not read, or what lies below it, may be missing. */
static bool was_told(void *context, const char *path)
{
    const world *w = context;
    for (size_t i = 0; i < w->told_count; i++) {
        size_t length = strlen(w->told[i]);
        if (strncmp(path, w->told[i], length) == 0 &&
            (path[length] == '\0' || path[length] == '/')) {
            return true;
        }
    }
    return false;
}

static const char *check_point(world *w, const ob_engine *engine, const ob_guid *id, int64_t time,
                               ob_memory_fs_missing missing)
{
    w->failed_count = 0;
    empty_folder(w, CHECK);
    ob_status status = restore(w, engine, id, CHECK);
    if (OB_FAILED(status)) {
        return wrong("a point does not restore: %s (%s)", ob_status_lookup(status)->symbol,
                     ob_detail());
    }
    if (w->failed_count > 0) {
        return wrong("a point does not restore %s", w->failed[0]);
    }
    const char *difference = ob_memory_fs_differs(version_of(w, id, time)->disk, SOURCE, w->disk,
                                                  CHECK SOURCE, missing, w);
    return difference == NULL ? NULL : wrong("a point restores otherwise: %s", difference);
}

static bool any_may_miss(void *context, const char *path)
{
    (void)context;
    (void)path;
    return true;
}

static bool none_may_miss(void *context, const char *path)
{
    (void)context;
    (void)path;
    return false;
}

/* What a point may lack. One that is not known was committed by a run that failed at its end. */
static ob_memory_fs_missing may_miss(const world *w, const ob_guid *id, bool newest)
{
    for (size_t i = 0; i < w->point_count; i++) {
        if (memcmp(w->points[i].bytes, id->bytes, sizeof id->bytes) == 0 && !w->partial[i]) {
            return none_may_miss;
        }
    }
    return newest ? was_told : any_may_miss;
}

typedef struct pick {
    ob_test_rng *rng;
    uint64_t seen;
    char path[512];
} pick;

/* Each leaf of the tree has the same chance. */
static void pick_leaf(const ob_fs *fs, const char *folder, pick *out)
{
    ob_dir *dir = NULL;
    ob_dir_entry entry;
    must(fs->dir_open(fs, NULL, folder, &dir), folder);
    while (fs->dir_read(fs, dir, &entry) == OB_OK && entry.name != NULL) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, entry.name);
        if (entry.type == OB_FILE_DIR) {
            pick_leaf(fs, path, out);
        } else if (ob_test_rng_below(out->rng, ++out->seen) == 0) {
            memcpy(out->path, path, sizeof path);
        }
    }
    fs->dir_close(fs, dir);
}

static const char *restore_item(world *w, const ob_engine *engine, const ob_guid *id,
                                const world_version *version, const char *path)
{
    const char *const items[] = {path};
    char restored[600];
    const ob_restore_options options = {
        .point = *id, .items = items, .item_count = 1, .destination = CHECK};
    const ob_control control = {.context = w, .event = take_event};
    ob_restore_result result;
    empty_folder(w, CHECK);
    w->failed_count = 0;
    ob_status status = ob_restore_run(engine, &options, &control, &result);
    if (OB_FAILED(status) || w->failed_count > 0) {
        return wrong("%s does not restore: %s (%s)", path, ob_status_lookup(status)->symbol,
                     ob_detail());
    }
    snprintf(restored, sizeof restored, CHECK "%s", strrchr(path, '/'));
    const char *difference =
        ob_memory_fs_differs(version->disk, path, w->disk, restored, NULL, NULL);
    return difference == NULL ? NULL : wrong("restored alone: %s", difference);
}

const char *world_check_item(world *w, ob_test_rng *rng)
{
    ob_engine engine;
    listed list = {.count = 0};
    pick leaf = {.rng = rng};
    const char *trouble = NULL;
    ob_status status = begin(w, &engine);
    if (!OB_FAILED(status)) {
        status = ob_points_list(&engine, NULL, add_point, &list);
        if (!OB_FAILED(status) && list.count > 0) {
            size_t at = (size_t)ob_test_rng_below(rng, list.count);
            const ob_guid *id = &list.points[at].id;
            const world_version *version = version_of(w, id, list.points[at].time);
            pick_leaf(ob_memory_fs_use(version->disk), SOURCE, &leaf);
            if (may_miss(w, id, false) == none_may_miss) {
                trouble = restore_item(w, &engine, id, version, leaf.path);
            }
        }
        ob_store_close(engine.store);
    }
    return OB_FAILED(status) ? wrong("points are not listed: %s", ob_detail()) : trouble;
}

static const char *check_all(world *w, const ob_engine *engine)
{
    listed list = {.count = 0};
    const ob_control control = {.context = w, .event = take_event};
    ob_status status = ob_points_list(engine, &control, add_point, &list);
    if (OB_FAILED(status) || w->failed_count > 0) {
        return wrong("points are not listed: %s (%s)", ob_status_lookup(status)->symbol,
                     ob_detail());
    }
    for (size_t i = 0; i < w->point_count; i++) {
        if (!is_listed(&list, &w->points[i])) {
            return wrong("point %zu of %zu is gone", i + 1, w->point_count);
        }
    }
    for (size_t i = 0; i < list.count; i++) {
        const ob_guid *id = &list.points[i].id;
        const char *trouble =
            check_point(w, engine, id, list.points[i].time, may_miss(w, id, i == 0));
        if (trouble != NULL) {
            return trouble;
        }
    }
    return NULL;
}

const char *world_check_points(world *w)
{
    ob_engine engine;
    const char *trouble = NULL;
    ob_status status = begin(w, &engine);
    if (OB_FAILED(status)) {
        return wrong("the vault does not open: %s (%s)", ob_status_lookup(status)->symbol,
                     ob_detail());
    }
    trouble = check_all(w, &engine);
    ob_store_close(engine.store);
    return trouble;
}

const char *world_check_next(world *w)
{
    ob_engine engine;
    ob_status status = world_backup(w);
    if (OB_FAILED(status)) {
        return wrong("the next backup fails: %s (%s)", ob_status_lookup(status)->symbol,
                     ob_detail());
    }
    if (w->failed_count > 0) {
        return wrong("the next backup cannot read %s", w->failed[0]);
    }
    status = begin(w, &engine);
    if (OB_FAILED(status)) {
        return wrong("the vault does not open: %s", ob_status_lookup(status)->symbol);
    }
    const char *trouble = check_point(w, &engine, &w->last.point, w->last.time, none_may_miss);
    ob_store_close(engine.store);
    return trouble;
}

/* Files are whole or not there; temporary names do not count. */
static const char *check_folder(world *w, const ob_memory_fs *right, const char *from,
                                const char *to)
{
    const ob_fs *a = ob_memory_fs_use(w->versions[w->version_count - 1].disk);
    const ob_fs *b = ob_memory_fs_use((ob_memory_fs *)(uintptr_t)right);
    const char *trouble = NULL;
    ob_dir *dir = NULL;
    ob_dir_entry entry;
    must(a->dir_open(a, NULL, from, &dir), from);
    while (trouble == NULL && a->dir_read(a, dir, &entry) == OB_OK && entry.name != NULL) {
        uint8_t *left = NULL;
        uint8_t *found = NULL;
        size_t lengths[2] = {0, 0};
        char paths[2][512];
        snprintf(paths[0], sizeof paths[0], "%s/%s", from, entry.name);
        snprintf(paths[1], sizeof paths[1], "%s/%s", to, entry.name);
        if (entry.type == OB_FILE_DIR) {
            trouble = check_folder(w, right, paths[0], paths[1]);
        } else if (entry.type == OB_FILE_REGULAR &&
                   ob_fs_read_file(b, paths[1], SIZE_MAX, &found, &lengths[1]) == OB_OK) {
            must(ob_fs_read_file(a, paths[0], SIZE_MAX, &left, &lengths[0]), paths[0]);
            if (lengths[0] != lengths[1] || memcmp(left, found, lengths[0]) != 0) {
                trouble = wrong("half a file was restored as %s", paths[1]);
            }
        }
        ob_free(left);
        ob_free(found);
    }
    a->dir_close(a, dir);
    return trouble;
}

const char *world_check_restored(world *w)
{
    return check_folder(w, w->disk, SOURCE, RESTORED SOURCE);
}

static ob_status open_with(world *w, const char *passphrase)
{
    ob_engine engine;
    ob_keyring *keys = NULL;
    ob_status status = begin(w, &engine);
    if (!OB_FAILED(status)) {
        status = ob_keyring_open(&keys, engine.store, passphrase, strlen(passphrase));
        ob_store_close(engine.store);
    }
    ob_keyring_free(keys);
    return status;
}

const char *world_check_passphrases(world *w, const char *one, const char *other)
{
    ob_status status = open_with(w, one);
    if (status == OB_E_PASSPHRASE_WRONG && other != NULL) {
        status = open_with(w, other);
    }
    return OB_FAILED(status) ? wrong("the passphrase does not open the keys: %s (%s)",
                                     ob_status_lookup(status)->symbol, ob_detail())
                             : NULL;
}
