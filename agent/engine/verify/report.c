#include "ob/text.h"
#include "repo/damage.h"
#include "verify/verify.h"

#include <stdlib.h>
#include <string.h>

#define ABSENT_MOST ((size_t)1 << 20) /* names that are told only once */

const char *ob_damage_name(ob_damage damage)
{
    static const char *const names[OB_DAMAGE_KINDS] = {
        "missing", "length",  "unreadable", "changed",  "seal",
        "version", "content", "chunks",     "not_held", "old_keys"};
    return (unsigned)damage < OB_DAMAGE_KINDS ? names[damage] : "";
}

ob_damage ob_verify_damage_of(ob_status status, ob_damage corrupt)
{
    switch (status) {
    case OB_E_SEAL:
        return OB_DAMAGE_SEAL;
    case OB_E_FORMAT_VERSION:
        return OB_DAMAGE_VERSION;
    case OB_E_IO:
    case OB_E_ACCESS_DENIED:
        return OB_DAMAGE_UNREADABLE;
    case OB_E_NOT_FOUND:
        return OB_DAMAGE_MISSING;
    case OB_E_TOO_LARGE:
        return OB_DAMAGE_LENGTH;
    default:
        return corrupt;
    }
}

bool ob_verify_is_damage(ob_status status)
{
    return ob_repo_is_damage(status) || status == OB_E_TOO_LARGE;
}

ob_status ob_verify_cancelled(ob_verify *v)
{
    return ob_report_cancelled(&v->report)
               ? ob_fail(OB_E_CANCELLED, "the verification was cancelled")
               : OB_OK;
}

void ob_verify_tell_as(ob_verify *v, const ob_finding *finding)
{
    ob_mutex_lock(&v->lock);
    if (finding->path == NULL) {
        v->result.damaged[finding->damage]++;
        v->result.objects_damaged++;
    }
    if (v->options->finding != NULL) {
        v->options->finding(v->options->context, finding);
    }
    ob_mutex_unlock(&v->lock);
}

void ob_verify_tell(ob_verify *v, ob_object_kind kind, const char *object, ob_damage damage,
                    ob_status status, uint64_t count)
{
    ob_finding finding = {kind, object, damage, status, ob_detail(), NULL, count};
    ob_verify_tell_as(v, &finding);
}

static int by_name(const void *key, const void *element)
{
    const ob_listed *pack = element;
    return memcmp(key, pack->name, OB_SHA256_SIZE);
}

const ob_listed *ob_verify_find_pack(const ob_verify *v, const uint8_t name[OB_SHA256_SIZE])
{
    return v->pack_count == 0 ? NULL
                              : bsearch(name, v->packs, v->pack_count, sizeof v->packs[0], by_name);
}

static bool was_told(const ob_buf *names, const uint8_t *name)
{
    for (size_t at = 0; at < names->length; at += OB_SHA256_SIZE) {
        if (memcmp(names->data + at, name, OB_SHA256_SIZE) == 0) {
            return true;
        }
    }
    return false;
}

ob_status ob_verify_tell_absent(ob_verify *v, const uint8_t name[OB_SHA256_SIZE], const char *point)
{
    char text[OB_SHA256_HEX];
    ob_mutex_lock(&v->lock);
    bool told = was_told(&v->absent, name);
    if (!told && v->absent.length < ABSENT_MOST * OB_SHA256_SIZE) {
        ob_buf_put(&v->absent, name, OB_SHA256_SIZE);
    }
    ob_status status = ob_buf_status(&v->absent);
    ob_mutex_unlock(&v->lock);
    if (!told && !OB_FAILED(status)) {
        ob_hex_encode(text, name, OB_SHA256_SIZE);
        ob_status missing = ob_fail(OB_E_NOT_FOUND, "point/%s names it", point);
        ob_verify_tell(v, OB_OBJECT_PACK, text, OB_DAMAGE_MISSING, missing, 0);
    }
    return status;
}

ob_status ob_verify_condemn(ob_verify *v, const ob_index_entry *entry, bool keep)
{
    ob_index *index = v->repo->index;
    ob_mutex_lock(&v->repo->packing.lock);
    ob_pack_info *info = &index->packs.info[entry->pack];
    bool known = ob_bad_places_has(&v->known, info->name, entry->offset);
    ob_status status = ob_bad_places_add(&index->bad, info->name, entry->offset);
    if (status == OB_E_TOO_LARGE) {
        /* Too many to be told apart: then it is as if the pack were gone. */
        info->flags |= OB_PACK_MISSING;
        status = OB_OK;
    }
    ob_mutex_unlock(&v->repo->packing.lock);
    ob_mutex_lock(&v->lock);
    v->result.chunks_bad++;
    if (!OB_FAILED(status) && !known && !keep &&
        v->bad.length < OB_BAD_PLACES_MOST * sizeof *entry) {
        ob_buf_put(&v->bad, entry, sizeof *entry);
        status = ob_buf_status(&v->bad);
    }
    ob_mutex_unlock(&v->lock);
    return status;
}
