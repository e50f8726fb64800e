#include "ob/alloc.h"
#include "ob/text.h"
#include "repo/damage.h"
#include "verify/team.h"
#include "verify/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HURT_MOST ((size_t)4096) /* packs that are told only when their chunks were looked at */

/* ---- which packs there are ---- */

static ob_status add_pack(void *context, const char *name, uint64_t size)
{
    ob_verify *v = context;
    ob_listed pack = {.size = size, .number = OB_NO_NUMBER};
    if (OB_FAILED(ob_hex_decode(pack.name, sizeof pack.name, name, strlen(name)))) {
        return OB_OK;
    }
    if (v->pack_count == v->pack_capacity) {
        size_t capacity = v->pack_capacity * 2 + 1024;
        ob_listed *packs = ob_realloc_array(v->packs, capacity, sizeof packs[0]);
        if (packs == NULL) {
            return ob_fail(OB_E_NO_MEMORY, "a list of %zu packs", capacity);
        }
        v->packs = packs;
        v->pack_capacity = capacity;
    }
    v->packs[v->pack_count++] = pack;
    return OB_OK;
}

static int by_name(const void *a, const void *b)
{
    const ob_listed *left = a;
    const ob_listed *right = b;
    return memcmp(left->name, right->name, OB_SHA256_SIZE);
}

static void count_entry(ob_verify *v, uint32_t pack)
{
    if (pack < v->repo->index->packs.count) {
        v->entry_counts[pack]++;
    }
}

/* How many entries of the index name each pack. */
static ob_status count_entries(ob_verify *v)
{
    ob_index *index = v->repo->index;
    v->entry_counts = ob_calloc(index->packs.count + 1, sizeof v->entry_counts[0]);
    v->examine = ob_calloc(index->packs.count + 1, sizeof v->examine[0]);
    if (v->entry_counts == NULL || v->examine == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a table of %u packs", (unsigned)index->packs.count);
    }
    for (unsigned i = 0; i < index->segment_count; i++) {
        for (uint64_t at = 0; at < index->segments[i]->count; at++) {
            ob_index_entry entry;
            ob_status status = ob_segment_at(index->segments[i], at, &entry);
            if (OB_FAILED(status)) {
                return status;
            }
            count_entry(v, entry.pack);
        }
    }
    for (size_t i = 0; i < index->recent.capacity; i++) {
        count_entry(v, index->recent.entries[i].pack);
    }
    return OB_OK;
}

ob_status ob_verify_list_packs(ob_verify *v)
{
    ob_store *store = v->engine->store;
    ob_status status = store->ops->list(store, OB_OBJECT_PACK, "", add_pack, v);
    if (OB_FAILED(status) || v->pack_count == 0) {
        return OB_FAILED(status) || v->repo == NULL ? status : count_entries(v);
    }
    qsort(v->packs, v->pack_count, sizeof v->packs[0], by_name);
    if (v->repo == NULL) {
        return OB_OK;
    }
    status = count_entries(v);
    ob_packs *known = &v->repo->index->packs;
    for (size_t i = 0; i < v->pack_count && !OB_FAILED(status); i++) {
        uint32_t number = 0;
        if (ob_packs_find(known, v->packs[i].name, &number)) {
            v->packs[i].number = number;
        }
    }
    for (uint32_t i = 0; i < known->count && !OB_FAILED(status); i++) {
        if (ob_verify_find_pack(v, known->info[i].name) == NULL) {
            known->info[i].flags |= OB_PACK_MISSING;
        }
    }
    return status;
}

/* Packs are spread over 100 places by their names, which are hashes. */
static bool in_sample(const ob_verify_options *options, const ob_listed *pack)
{
    unsigned percent = options->sample;
    if (percent == 0 || percent >= 100) {
        return true;
    }
    uint32_t hash = (uint32_t)pack->name[0] << 24 | (uint32_t)pack->name[1] << 16 |
                    (uint32_t)pack->name[2] << 8 | pack->name[3];
    uint64_t place = (uint64_t)hash * 100 >> 32;
    uint64_t turns = (100 + percent - 1) / percent;
    return place / percent == options->turn % turns;
}

/* ---- one pack ---- */

/* What is wrong with a pack. */
typedef struct verdict {
    bool hurt;
    bool examine; /* chunk by chunk, as the index says */
    bool keep;    /* its bytes are right: of a newer version */
    ob_damage damage;
    ob_status status;
    uint64_t bad;
    char detail[256];
} verdict;

/* The first fault counts, with this thread's detail. */
static void blame(verdict *out, ob_damage damage, ob_status status)
{
    if (!out->hurt) {
        out->hurt = true;
        out->damage = damage;
        out->status = status;
        snprintf(out->detail, sizeof out->detail, "%s", ob_detail());
    }
}

static bool is_at(ob_verify *v, const ob_listed *pack, const ob_toc_entry *wanted, bool *anywhere)
{
    ob_index *index = v->repo->index;
    ob_index_entry entry;
    bool there = false;
    for (int bad = 0; bad < 2 && !there; bad++) {
        for (unsigned nth = 0; !there; nth++) {
            bool found = bad != 0 ? ob_index_find_bad(index, &wanted->id, nth, &entry)
                                  : ob_index_find(index, &wanted->id, nth, &entry);
            if (!found) {
                break;
            }
            *anywhere = true;
            there = entry.pack == pack->number && entry.offset == wanted->offset &&
                    entry.length == wanted->stored;
        }
    }
    return there;
}

/* What the index says of a pack against what the pack says itself. */
static void compare(ob_verify *v, const ob_listed *pack, const ob_pack_head *head, verdict *out)
{
    unsigned unknown = 0;
    unsigned elsewhere = 0;
    ob_mutex_lock(&v->repo->packing.lock);
    const ob_pack_info info = v->repo->index->packs.info[pack->number];
    for (uint32_t i = 0; i < head->footer.count; i++) {
        bool anywhere = false;
        if (!is_at(v, pack, &head->entries[i], &anywhere)) {
            elsewhere++;
            unknown += anywhere ? 0 : 1;
        }
    }
    ob_mutex_unlock(&v->repo->packing.lock);
    if (info.size != pack->size) {
        blame(out, OB_DAMAGE_CONTENT,
              ob_fail(OB_E_CORRUPT, "the index says that it has %u bytes", (unsigned)info.size));
    } else if (unknown > 0) {
        blame(out, OB_DAMAGE_CONTENT,
              ob_fail(OB_E_CORRUPT, "%u of its chunks are not in the index", unknown));
    }
    out->examine =
        out->examine || elsewhere > 0 || v->entry_counts[pack->number] != head->footer.count;
}

static ob_status hash_pack(ob_verify *v, ob_tools *tools, const ob_listed *pack,
                           const ob_pack_head *head, verdict *out)
{
    ob_scan scan = {0};
    ob_status status = ob_verify_scan(v, tools, pack, head, &scan);
    out->bad += scan.bad;
    if (OB_FAILED(status) && ob_verify_is_damage(status)) {
        blame(out, ob_verify_damage_of(status, OB_DAMAGE_LENGTH), status);
        out->examine = true;
        return OB_OK;
    }
    if (!OB_FAILED(status) && !scan.sound) {
        blame(out, OB_DAMAGE_CHANGED, ob_fail(OB_E_CORRUPT, "its bytes do not fit its name"));
    }
    if (scan.bad > 0) {
        blame(out, OB_DAMAGE_CHUNKS, ob_fail(OB_E_CORRUPT, "chunks in it do not open"));
    }
    if (!OB_FAILED(status) && !scan.sound && head == NULL) {
        out->examine = true;
    }
    return status;
}

/* The pack could not be opened; its bytes were looked at. */
static void blame_head(ob_verify *v, const ob_listed *pack, ob_status opened, verdict *out)
{
    bool cut =
        pack->number != OB_NO_NUMBER && v->repo->index->packs.info[pack->number].size != pack->size;
    ob_damage damage = cut ? OB_DAMAGE_LENGTH : ob_verify_damage_of(opened, OB_DAMAGE_CHANGED);
    if (cut) {
        out->hurt = false;
    }
    out->keep = !out->hurt && !cut && opened == OB_E_FORMAT_VERSION;
    out->examine = true;
    blame(out, damage, opened);
}

static ob_status look(ob_verify *v, ob_tools *tools, const ob_listed *pack, verdict *out)
{
    char name[OB_SHA256_HEX];
    char why[512];
    ob_pack_head head = {0};
    ob_verify_depth depth = v->options->depth;
    ob_status status = OB_OK;
    ob_hex_encode(name, pack->name, OB_SHA256_SIZE);
    if (v->repo == NULL) {
        return depth >= OB_VERIFY_HASHES ? hash_pack(v, NULL, pack, NULL, out) : OB_OK;
    }
    ob_status opened =
        ob_pack_read_head(v->engine->store, v->engine->keys, tools, name, pack->size, &head);
    snprintf(why, sizeof why, "%s", ob_detail());
    if (OB_FAILED(opened) && !ob_verify_is_damage(opened)) {
        return opened;
    }
    if (depth >= OB_VERIFY_HASHES || opened == OB_E_FORMAT_VERSION) {
        bool chunks = !OB_FAILED(opened) && depth == OB_VERIFY_FULL;
        status = hash_pack(v, tools, pack, chunks ? &head : NULL, out);
    }
    if (OB_FAILED(status)) {
        ob_pack_head_free(&head);
        return status;
    }
    if (OB_FAILED(opened)) {
        blame_head(v, pack, ob_fail(opened, "%s", why), out);
    } else if (pack->number != OB_NO_NUMBER) {
        compare(v, pack, &head, out);
    }
    ob_pack_head_free(&head);
    return status;
}

/* Keeps what is wrong until the chunks of the pack were looked at; what is too much is told at
 * once. */
static ob_status keep_verdict(ob_verify *v, const ob_listed *pack, const verdict *found)
{
    char name[OB_SHA256_HEX];
    ob_hurt hurt = {.number = pack->number,
                    .keep = found->keep,
                    .damage = found->damage,
                    .status = found->status,
                    .count = found->bad};
    memcpy(hurt.name, pack->name, sizeof hurt.name);
    memcpy(hurt.detail, found->detail, sizeof hurt.detail);
    ob_mutex_lock(&v->lock);
    bool room = v->hurt.length < HURT_MOST * sizeof hurt;
    ob_status status = OB_OK;
    if (pack->number != OB_NO_NUMBER && found->examine) {
        v->examine[pack->number] = 1;
    }
    if (room && found->hurt) {
        ob_buf_put(&v->hurt, &hurt, sizeof hurt);
        status = ob_buf_status(&v->hurt);
    }
    ob_mutex_unlock(&v->lock);
    if (!room && found->hurt) {
        const ob_finding finding = {OB_OBJECT_PACK, name, found->damage, found->status,
                                    found->detail,  NULL, found->bad};
        ob_hex_encode(name, pack->name, OB_SHA256_SIZE);
        ob_verify_tell_as(v, &finding);
    }
    return status;
}

static ob_status check_pack(void *context, size_t item)
{
    ob_verify *v = context;
    const ob_listed *pack = &v->packs[item];
    ob_tools *tools = NULL;
    verdict found = {0};
    ob_status status = ob_verify_cancelled(v);
    if (OB_FAILED(status) || !in_sample(v->options, pack)) {
        return status;
    }
    if (v->repo != NULL) {
        status = ob_tools_take(&v->repo->pool, &tools);
    }
    if (!OB_FAILED(status)) {
        status = look(v, tools, pack, &found);
    }
    if (v->repo != NULL) {
        ob_tools_give(&v->repo->pool, tools);
    }
    if (!OB_FAILED(status) && (found.hurt || found.examine)) {
        status = keep_verdict(v, pack, &found);
    }
    ob_mutex_lock(&v->lock);
    v->result.packs_read++;
    ob_mutex_unlock(&v->lock);
    return status;
}

/* ---- packs whose chunks are looked at one by one ---- */

static ob_hurt *hurt_of(ob_verify *v, uint32_t number)
{
    ob_hurt *all = (ob_hurt *)(void *)v->hurt.data;
    for (size_t i = 0; i < v->hurt.length / sizeof *all; i++) {
        if (all[i].number == number) {
            return &all[i];
        }
    }
    return NULL;
}

/* A pack that is sound itself, of which the index says something that is not so. */
static ob_status add_hurt(ob_verify *v, uint32_t number, ob_status status, ob_hurt **out)
{
    ob_hurt hurt = {.number = number, .damage = OB_DAMAGE_CHUNKS, .status = status};
    memcpy(hurt.name, v->repo->index->packs.info[number].name, sizeof hurt.name);
    snprintf(hurt.detail, sizeof hurt.detail, "%.250s", ob_detail());
    if (v->hurt.length >= HURT_MOST * sizeof hurt) {
        return OB_OK;
    }
    ob_buf_put(&v->hurt, &hurt, sizeof hurt);
    status = ob_buf_status(&v->hurt);
    *out = OB_FAILED(status) ? NULL : hurt_of(v, number);
    return status;
}

static ob_status examine_entry(ob_verify *v, ob_tools *tools, const ob_index_entry *entry)
{
    ob_buf content = {0};
    if (entry->pack >= v->repo->index->packs.count) {
        return OB_OK;
    }
    const ob_pack_info info = v->repo->index->packs.info[entry->pack];
    bool known = ob_bad_places_has(&v->known, info.name, entry->offset);
    /* Those that were met while the pack went by are counted already. */
    if ((v->examine[entry->pack] == 0 && !known) || (info.flags & OB_PACK_MISSING) != 0 ||
        ob_bad_places_has(&v->repo->index->bad, info.name, entry->offset)) {
        return OB_OK;
    }
    const ob_frame frame = {info.name, info.size, entry->offset, entry->length};
    ob_status status = ob_verify_cancelled(v);
    if (!OB_FAILED(status)) {
        status =
            ob_pack_read_chunk(v->repo->keys, &v->repo->pool, tools, &frame, &entry->id, &content);
    }
    ob_buf_free(&content);
    if (!ob_repo_is_damage(status)) {
        return status;
    }
    ob_hurt *hurt = hurt_of(v, entry->pack);
    if (hurt == NULL) {
        ob_status added = add_hurt(v, entry->pack, status, &hurt);
        if (OB_FAILED(added)) {
            return added;
        }
    }
    if (hurt != NULL) {
        hurt->count++;
    }
    return ob_verify_condemn(v, entry, hurt != NULL && hurt->keep);
}

static ob_status examine_all(ob_verify *v)
{
    ob_index *index = v->repo->index;
    ob_tools *tools = NULL;
    ob_status status = ob_tools_take(&v->repo->pool, &tools);
    for (unsigned i = 0; i < index->segment_count && !OB_FAILED(status); i++) {
        for (uint64_t at = 0; at < index->segments[i]->count && !OB_FAILED(status); at++) {
            ob_index_entry entry;
            status = ob_segment_at(index->segments[i], at, &entry);
            if (!OB_FAILED(status)) {
                status = examine_entry(v, tools, &entry);
            }
        }
    }
    for (size_t i = 0; i < index->recent.capacity && !OB_FAILED(status); i++) {
        status = examine_entry(v, tools, &index->recent.entries[i]);
    }
    ob_tools_give(&v->repo->pool, tools);
    return status;
}

static void tell_hurt(ob_verify *v)
{
    const ob_hurt *all = (const ob_hurt *)(const void *)v->hurt.data;
    for (size_t i = 0; i < v->hurt.length / sizeof *all; i++) {
        char name[OB_SHA256_HEX];
        const ob_finding finding = {OB_OBJECT_PACK, name, all[i].damage, all[i].status,
                                    all[i].detail,  NULL, all[i].count};
        ob_hex_encode(name, all[i].name, OB_SHA256_SIZE);
        ob_verify_tell_as(v, &finding);
    }
}

ob_status ob_verify_packs(ob_verify *v)
{
    ob_progress sum = {0};
    bool any = v->known.count > 0;
    for (size_t i = 0; i < v->pack_count && v->options->depth >= OB_VERIFY_HASHES; i++) {
        sum.bytes_total += in_sample(v->options, &v->packs[i]) ? v->packs[i].size : 0;
    }
    ob_report_add(&v->report, &sum, NULL);
    v->result.packs = v->pack_count;
    ob_status status = ob_team_run(v->workers, v->pack_count, check_pack, v);
    for (uint32_t i = 0; v->repo != NULL && i < v->repo->index->packs.count; i++) {
        const ob_pack_info *info = &v->repo->index->packs.info[i];
        any = any || v->examine[i] != 0;
        v->result.unlisted += (info->flags & (OB_PACK_LISTED | OB_PACK_MISSING)) == 0 ? 1 : 0;
    }
    if (!OB_FAILED(status) && any) {
        status = examine_all(v);
    }
    if (!OB_FAILED(status)) {
        tell_hurt(v);
    }
    return status;
}
