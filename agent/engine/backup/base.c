#include "backup/base.h"

#include "backup/cache.h"
#include "ob/alloc.h"
#include "point/path.h"

#include <string.h>

/* Points of other policies that are looked at before we give up. */
#define POINTS_MOST 32u

struct ob_base {
    ob_cache_reader *cache; /* either this … */
    ob_list_reader reader;
    bool open;       /* reader has a chunk */
    ob_point *point; /* … or this */
    ob_cursor cursor;
    ob_entry entry; /* the next one; path NULL: not read yet */
    bool ended;
    int64_t started;
    uint64_t entries, bytes;
};

static bool is_fatal(ob_status status)
{
    return status == OB_E_NO_MEMORY || status == OB_E_VAULT_UNREACHABLE;
}

static void use_cache(ob_base *base, ob_cache_reader *cache)
{
    const ob_cache_head *head = ob_cache_reader_head(cache);
    base->cache = cache;
    base->started = head->started;
    base->entries = head->entries;
    base->bytes = head->bytes;
}

static ob_status open_point(ob_base *base, ob_repo *repo, const char *name, const char *policy)
{
    ob_manifest manifest = {0};
    ob_status status = ob_point_read_manifest(repo, name, &manifest);
    bool right = !OB_FAILED(status) && strcmp(manifest.policy, policy) == 0;
    ob_manifest_free(&manifest);
    if (!right) {
        return status;
    }
    status = ob_point_open(repo, name, &base->point);
    if (!OB_FAILED(status)) {
        base->cursor.point = base->point;
        base->started = base->point->manifest.started;
        base->entries = base->point->manifest.entries;
        base->bytes = base->point->manifest.bytes;
    }
    return status;
}

static ob_status find_point(ob_base *base, const ob_engine *engine, ob_repo *repo,
                            const char *policy)
{
    ob_point_names names = {0};
    ob_status status = ob_point_names_read(engine->store, &names);
    for (size_t i = 0; i < names.count && i < POINTS_MOST && base->point == NULL; i++) {
        status = open_point(base, repo, names.names[names.count - 1 - i], policy);
        if (is_fatal(status)) {
            break;
        }
    }
    ob_point_names_free(&names);
    return is_fatal(status) ? status : OB_OK;
}

ob_status ob_base_open(const ob_engine *engine, ob_repo *repo, const char *policy, ob_base **out)
{
    ob_cache_reader *cache = NULL;
    ob_base *base = ob_calloc(1, sizeof *base);
    if (base == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the list of the last run");
    }
    ob_status status = ob_cache_open(engine, policy, &cache);
    if (!OB_FAILED(status)) {
        use_cache(base, cache);
    } else if (status != OB_E_NO_MEMORY) {
        status = find_point(base, engine, repo, policy);
    }
    if (OB_FAILED(status) || (base->cache == NULL && base->point == NULL)) {
        ob_base_close(base);
        base = NULL;
    }
    if (!OB_FAILED(status)) {
        *out = base;
    }
    return status;
}

void ob_base_close(ob_base *base)
{
    if (base != NULL) {
        ob_list_reader_free(&base->reader);
        ob_cache_close(base->cache);
        ob_cursor_free(&base->cursor);
        ob_point_close(base->point);
        ob_free(base);
    }
}

int64_t ob_base_started(const ob_base *base)
{
    return base->started;
}

uint64_t ob_base_entries(const ob_base *base)
{
    return base->entries;
}

uint64_t ob_base_bytes(const ob_base *base)
{
    return base->bytes;
}

static ob_status next_of_cache(ob_base *base)
{
    for (;;) {
        bool more = false;
        ob_status status = OB_OK;
        if (base->open) {
            status = ob_list_next(&base->reader, &base->entry, &more);
        }
        if (more || OB_FAILED(status)) {
            return status;
        }
        const uint8_t *data = NULL;
        size_t length = 0;
        base->entry.path = NULL;
        base->open = false;
        status = ob_cache_next(base->cache, &data, &length);
        if (OB_FAILED(status) || data == NULL) {
            return status;
        }
        status = ob_list_open(&base->reader, data, length);
        if (OB_FAILED(status)) {
            return status;
        }
        base->open = true;
    }
}

/* Reads one entry. What cannot be read is as if it had not been there: from damage on, everything
 * is new. */
static ob_status advance(ob_base *base)
{
    ob_status status = OB_OK;
    do {
        status =
            base->cache != NULL ? next_of_cache(base) : ob_cursor_next(&base->cursor, &base->entry);
    } while (status == OB_E_FORMAT_VERSION && base->entry.path != NULL);
    base->ended = OB_FAILED(status) || base->entry.path == NULL;
    return is_fatal(status) ? status : OB_OK;
}

ob_status ob_base_find(ob_base *base, const char *path, size_t length, const ob_entry **out)
{
    *out = NULL;
    while (!base->ended) {
        const ob_entry *entry = &base->entry;
        int order = entry->path == NULL
                        ? -1
                        : ob_point_path_compare(entry->path, entry->path_length, path, length);
        if (order >= 0) {
            *out = order == 0 ? entry : NULL;
            return OB_OK;
        }
        ob_status status = advance(base);
        if (OB_FAILED(status)) {
            return status;
        }
    }
    return OB_OK;
}
