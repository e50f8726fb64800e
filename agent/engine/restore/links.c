#include "restore/links.h"

#include "ob/alloc.h"

#define FIRST_BUCKETS 64u

ob_status ob_links_begin(ob_links *links)
{
    ob_mutex_init(&links->lock);
    ob_cond_init(&links->changed);
    links->buckets = ob_calloc(FIRST_BUCKETS, sizeof *links->buckets);
    if (links->buckets == NULL) {
        ob_cond_destroy(&links->changed);
        ob_mutex_destroy(&links->lock);
        return ob_fail(OB_E_NO_MEMORY, "hard links");
    }
    links->bucket_count = FIRST_BUCKETS;
    return OB_OK;
}

void ob_links_end(ob_links *links)
{
    if (links->buckets == NULL) {
        return;
    }
    for (size_t i = 0; i < links->bucket_count; i++) {
        for (ob_link *link = links->buckets[i], *next = NULL; link != NULL; link = next) {
            next = link->next;
            ob_free(link->path);
            ob_free(link);
        }
    }
    ob_free((void *)links->buckets);
    links->buckets = NULL;
    ob_cond_destroy(&links->changed);
    ob_mutex_destroy(&links->lock);
}

static size_t bucket_of(uint64_t device, uint64_t file_id, size_t count)
{
    uint64_t hash = (file_id ^ device << 32 ^ device >> 32) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(hash >> 32) % count;
}

/* More buckets, if there is memory for them: without it the chains grow instead. */
static void grow(ob_links *links)
{
    size_t count = links->bucket_count * 4;
    ob_link **buckets = ob_calloc(count, sizeof *buckets);
    if (buckets == NULL) {
        return;
    }
    for (size_t i = 0; i < links->bucket_count; i++) {
        for (ob_link *link = links->buckets[i], *next = NULL; link != NULL; link = next) {
            next = link->next;
            size_t to = bucket_of(link->device, link->file_id, count);
            link->next = buckets[to];
            buckets[to] = link;
        }
    }
    ob_free((void *)links->buckets);
    links->buckets = buckets;
    links->bucket_count = count;
}

/* A file system gives the number of a removed file to a new one. */
static bool is_same(const ob_link *link, const ob_file_info *info)
{
    return link->device == info->device && link->file_id == info->file_id &&
           link->size == info->size && link->mtime == info->mtime && link->ctime == info->ctime;
}

static ob_link *find(const ob_links *links, const ob_file_info *info)
{
    size_t at = bucket_of(info->device, info->file_id, links->bucket_count);
    ob_link *link = links->buckets[at];
    while (link != NULL && !is_same(link, info)) {
        link = link->next;
    }
    return link;
}

static ob_link *add(ob_links *links, const ob_file_info *info)
{
    ob_link *link = ob_calloc(1, sizeof *link);
    if (link != NULL) {
        if (links->count >= links->bucket_count * 2) {
            grow(links);
        }
        size_t at = bucket_of(info->device, info->file_id, links->bucket_count);
        link->device = info->device;
        link->file_id = info->file_id;
        link->size = info->size;
        link->mtime = info->mtime;
        link->ctime = info->ctime;
        link->next = links->buckets[at];
        links->buckets[at] = link;
        links->count++;
    }
    return link;
}

ob_status ob_links_meet(ob_links *links, const ob_file_info *info, ob_link **out,
                        ob_link_state *state)
{
    ob_mutex_lock(&links->lock);
    ob_link *link = find(links, info);
    if (link == NULL) {
        link = add(links, info);
    }
    if (link != NULL) {
        while (link->state == OB_LINK_PENDING) {
            ob_cond_wait(&links->changed, &links->lock);
        }
        *state = link->state;
        *out = link;
        link->state = link->state == OB_LINK_NONE ? OB_LINK_PENDING : link->state;
    }
    ob_mutex_unlock(&links->lock);
    return link != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "hard links");
}

ob_status ob_links_settle(ob_links *links, ob_link *link, ob_link_state state, const char *path)
{
    char *copy = state == OB_LINK_DONE ? ob_strdup(path) : NULL;
    bool failed = state == OB_LINK_DONE && copy == NULL;
    ob_mutex_lock(&links->lock);
    ob_free(link->path);
    link->path = copy;
    link->state = failed ? OB_LINK_NONE : state;
    ob_cond_broadcast(&links->changed);
    ob_mutex_unlock(&links->lock);
    return failed ? ob_fail(OB_E_NO_MEMORY, "hard links") : OB_OK;
}
