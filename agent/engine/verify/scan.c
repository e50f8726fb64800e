#include "ob/alloc.h"
#include "ob/text.h"
#include "verify/verify.h"

#include <openssl/evp.h>
#include <string.h>

#define PIECE ((size_t)1 << 20)

/* A pack that goes by. */
typedef struct passing {
    ob_verify *v;
    ob_tools *tools;
    const ob_listed *pack;
    const ob_pack_head *head;
    EVP_MD_CTX *hash;
    uint8_t *bytes; /* of the pack from `base` on: a frame that is not whole yet, and a piece */
    uint64_t base, end;
    ob_buf content;
    uint32_t next; /* frame */
    ob_scan *out;
} passing;

static ob_status open_frame(passing *p, const ob_toc_entry *frame)
{
    const ob_place place = {.type = OB_SEAL_FRAME, .offset = frame->offset};
    uint8_t *sealed = p->bytes + (frame->offset - p->base); /* hashed already: may be overwritten */
    ob_chunk_id found;
    ob_status status = ob_tools_open_block(p->tools, &p->head->header, &place, sealed,
                                           frame->stored, OB_CHUNK_MOST, &p->content);
    if (!OB_FAILED(status)) {
        status = ob_hasher_id(p->tools->hasher, p->content.data, p->content.length, &found);
    }
    if (!OB_FAILED(status) && (p->content.length != frame->raw ||
                               memcmp(found.bytes, frame->id.bytes, OB_CHUNK_ID) != 0)) {
        status = ob_fail(OB_E_CORRUPT, "the content does not belong to its id");
    }
    return status;
}

static ob_status check_frame(passing *p, const ob_toc_entry *frame)
{
    ob_status status = open_frame(p, frame);
    if (!OB_FAILED(status)) {
        ob_mutex_lock(&p->v->lock);
        p->v->result.chunks_checked++;
        ob_mutex_unlock(&p->v->lock);
    } else if (ob_verify_is_damage(status)) {
        const ob_index_entry entry = {frame->id, p->pack->number, frame->offset, frame->stored};
        p->out->bad++;
        status = p->pack->number != OB_NO_NUMBER ? ob_verify_condemn(p->v, &entry, false) : OB_OK;
    }
    return status;
}

/* Checks the frames that are whole and makes room for the next piece. */
static ob_status check_frames(passing *p)
{
    ob_status status = OB_OK;
    uint64_t kept = p->end;
    for (; p->head != NULL && p->next < p->head->footer.count; p->next++) {
        const ob_toc_entry *frame = &p->head->entries[p->next];
        if (OB_FAILED(status) || (uint64_t)frame->offset + frame->stored > p->end) {
            kept = frame->offset < p->end ? frame->offset : p->end;
            break;
        }
        status = check_frame(p, frame);
    }
    memmove(p->bytes, p->bytes + (kept - p->base), (size_t)(p->end - kept));
    p->base = kept;
    return status;
}

static ob_status read_piece(passing *p, const char *name)
{
    ob_store *store = p->v->engine->store;
    uint64_t left = p->pack->size - p->end;
    size_t piece = left < PIECE ? (size_t)left : PIECE;
    uint8_t *to = p->bytes + (p->end - p->base);
    ob_status status = ob_verify_cancelled(p->v);
    if (!OB_FAILED(status)) {
        status = store->ops->get(store, OB_OBJECT_PACK, name, p->end, to, piece);
    }
    if (!OB_FAILED(status) && EVP_DigestUpdate(p->hash, to, piece) != 1) {
        status = ob_fail(OB_E_NO_MEMORY, "SHA-256");
    }
    if (!OB_FAILED(status)) {
        ob_progress more = {.bytes_done = piece};
        p->end += piece;
        ob_report_add(&p->v->report, &more, name);
        ob_mutex_lock(&p->v->lock);
        p->v->result.bytes_read += piece;
        ob_mutex_unlock(&p->v->lock);
        status = check_frames(p);
    }
    return status;
}

ob_status ob_verify_scan(ob_verify *v, ob_tools *tools, const ob_listed *pack,
                         const ob_pack_head *head, ob_scan *out)
{
    char name[OB_SHA256_HEX];
    uint8_t hash[OB_SHA256_SIZE];
    passing p = {.v = v, .tools = tools, .pack = pack, .head = head, .out = out};
    ob_status status = OB_OK;
    ob_hex_encode(name, pack->name, OB_SHA256_SIZE);
    p.bytes = ob_alloc(PIECE + (head != NULL ? OB_FRAME_MOST : 0));
    p.hash = EVP_MD_CTX_new();
    if (p.bytes == NULL || p.hash == NULL || EVP_DigestInit_ex(p.hash, EVP_sha256(), NULL) != 1) {
        status = ob_fail(OB_E_NO_MEMORY, "reading pack/%s", name);
    }
    if (!OB_FAILED(status) && head != NULL) {
        status = ob_tools_use_header(tools, &head->header, v->engine->keys);
    }
    while (!OB_FAILED(status) && p.end < pack->size) {
        status = read_piece(&p, name);
    }
    if (!OB_FAILED(status) && EVP_DigestFinal_ex(p.hash, hash, NULL) != 1) {
        status = ob_fail(OB_E_NO_MEMORY, "SHA-256");
    }
    if (!OB_FAILED(status)) {
        out->sound = memcmp(hash, pack->name, sizeof hash) == 0;
    }
    EVP_MD_CTX_free(p.hash);
    ob_free(p.bytes);
    ob_buf_free(&p.content);
    return status;
}
