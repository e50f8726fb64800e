#include "pack/stretch.h"

#include "ob/alloc.h"
#include "ob/text.h"
#include "ob/thread.h"

#include <string.h>

#define MOST (OB_STRETCH + OB_STRETCH_SMALL) /* a frame that begins in a stretch ends in it */
#define TOUCHED 256u                         /* places that were read lately */

/* Which stretch. */
typedef struct place {
    uint8_t pack[OB_SHA256_SIZE];
    uint32_t number;
} place;

typedef struct stretch {
    place at;
    uint8_t *data; /* MOST bytes; NULL = never used */
    uint32_t length;
    bool whole;     /* it has been read */
    unsigned users; /* threads that copy from it or fill it */
    uint64_t last;  /* when it was used */
} stretch;

struct ob_stretches {
    ob_mutex lock;
    ob_store *store;
    uint64_t clock;
    stretch kept[OB_STRETCHES];
    place touched[TOUCHED];
};

ob_status ob_stretches_new(ob_store *store, ob_stretches **out)
{
    ob_stretches *self = ob_calloc(1, sizeof *self);
    if (self == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "stretches of packs");
    }
    ob_mutex_init(&self->lock);
    self->store = store;
    *out = self;
    return OB_OK;
}

void ob_stretches_free(ob_stretches *self)
{
    if (self != NULL) {
        for (size_t i = 0; i < OB_STRETCHES; i++) {
            ob_free(self->kept[i].data);
        }
        ob_mutex_destroy(&self->lock);
        ob_free(self);
    }
}

static ob_status get(ob_stretches *self, const uint8_t *pack, uint32_t offset, uint32_t length,
                     uint8_t *out)
{
    char name[OB_SHA256_HEX];
    ob_hex_encode(name, pack, OB_SHA256_SIZE);
    return self->store->ops->get(self->store, OB_OBJECT_PACK, name, offset, out, length);
}

static place place_of(const ob_frame *frame)
{
    place at = {.number = frame->offset / OB_STRETCH};
    memcpy(at.pack, frame->pack, sizeof at.pack);
    return at;
}

static bool same(const place *a, const place *b)
{
    return a->number == b->number && memcmp(a->pack, b->pack, sizeof a->pack) == 0;
}

static stretch *find(ob_stretches *self, const place *at)
{
    for (size_t i = 0; i < OB_STRETCHES; i++) {
        if (self->kept[i].data != NULL && same(&self->kept[i].at, at)) {
            return &self->kept[i];
        }
    }
    return NULL;
}

/* True if somebody read there before; from now on it is true. */
static bool touch(ob_stretches *self, const place *at)
{
    place *slot = &self->touched[(at->pack[0] * 31u + at->number) % TOUCHED];
    bool before = same(slot, at);
    *slot = *at;
    return before;
}

/* The one not used for longest, for another place; NULL if all are in use or there is no memory. */
static stretch *make_room(ob_stretches *self, const place *at)
{
    stretch *oldest = NULL;
    for (size_t i = 0; i < OB_STRETCHES; i++) {
        stretch *one = &self->kept[i];
        if (one->users == 0 && (oldest == NULL || one->last < oldest->last)) {
            oldest = one;
        }
    }
    if (oldest != NULL && oldest->data == NULL) {
        oldest->data = ob_alloc(MOST);
        oldest = oldest->data != NULL ? oldest : NULL;
    }
    if (oldest != NULL) {
        oldest->at = *at;
        oldest->whole = false;
    }
    return oldest;
}

/* The stretch to take the frame from, held for the caller; NULL: read the frame by itself. *empty:
 * the caller is to fill it. */
static stretch *hold(ob_stretches *self, const ob_frame *frame, bool *empty)
{
    const place at = place_of(frame);
    ob_mutex_lock(&self->lock);
    stretch *one = find(self, &at);
    *empty = false;
    if (one != NULL && !one->whole) {
        *empty = one->users == 0; /* else somebody is at it */
        one = *empty ? one : NULL;
    } else if (one == NULL && touch(self, &at)) {
        one = make_room(self, &at);
        *empty = true;
    }
    if (one != NULL) {
        one->users++;
        one->last = ++self->clock;
    }
    ob_mutex_unlock(&self->lock);
    return one;
}

static void let_go(ob_stretches *self, stretch *one, bool whole)
{
    ob_mutex_lock(&self->lock);
    one->whole = one->whole || whole;
    one->users--;
    ob_mutex_unlock(&self->lock);
}

ob_status ob_stretches_get(ob_stretches *self, const ob_frame *frame, uint8_t *out)
{
    bool empty = false;
    bool taken = false;
    bool fits = frame->length < OB_STRETCH_SMALL && frame->offset < frame->pack_size;
    stretch *one = fits ? hold(self, frame, &empty) : NULL;
    if (one != NULL) {
        uint32_t start = frame->offset - frame->offset % OB_STRETCH;
        uint32_t at = frame->offset - start;
        if (empty) {
            uint32_t left = frame->pack_size - start;
            one->length = left < MOST ? left : MOST;
            taken = !OB_FAILED(get(self, frame->pack, start, one->length, one->data));
        }
        taken = (taken || !empty) && frame->length <= one->length - at;
        if (taken) {
            memcpy(out, one->data + at, frame->length);
        }
        let_go(self, one, empty && taken);
    }
    return taken ? OB_OK : get(self, frame->pack, frame->offset, frame->length, out);
}

void ob_stretches_forget(ob_stretches *self, const ob_frame *frame)
{
    const place at = place_of(frame);
    ob_mutex_lock(&self->lock);
    stretch *one = find(self, &at);
    if (one != NULL) {
        one->at = (place){.number = UINT32_MAX};
    }
    ob_mutex_unlock(&self->lock);
}
