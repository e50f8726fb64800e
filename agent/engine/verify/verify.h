/* What all parts of a verification share. */
#ifndef OB_ENGINE_VERIFY_VERIFY_H
#define OB_ENGINE_VERIFY_VERIFY_H

#include "job/report.h"
#include "ob/verify.h"
#include "pack/read.h"
#include "repo/repo.h"

#define OB_NO_NUMBER UINT32_MAX

/* A pack that is in the store. */
typedef struct ob_listed {
    uint8_t name[OB_SHA256_SIZE];
    uint64_t size;
    uint32_t number; /* in the index, or OB_NO_NUMBER */
} ob_listed;

/* A pack that something is wrong with, until it is known which of its chunks are lost. */
typedef struct ob_hurt {
    uint32_t number;
    bool keep; /* its bytes are right, only this version cannot read them: do not write it off */
    ob_damage damage;
    ob_status status;
    uint64_t count;
    uint8_t name[OB_SHA256_SIZE];
    char detail[256];
} ob_hurt;

typedef struct ob_verify {
    const ob_engine *engine;
    const ob_verify_options *options;
    ob_report report;
    unsigned workers;
    ob_repo *repo; /* NULL without keys */
    ob_mutex lock; /* of all below, and of the caller's function */
    ob_verify_result result;
    ob_listed *packs; /* by name */
    size_t pack_count, pack_capacity;
    uint32_t *entry_counts; /* by number: entries of the index that name the pack */
    uint8_t *examine;       /* by number: its chunks are to be read one by one, as the index says */
    ob_bad_places known;    /* what the store tells of damage: looked at again, not believed */
    ob_buf hurt;            /* ob_hurt */
    ob_buf bad;             /* ob_index_entry: to be remembered */
    ob_buf absent;          /* names of packs that were told as missing */
} ob_verify;

/* What this thread's last failure is. */
ob_damage ob_verify_damage_of(ob_status status, ob_damage corrupt);
/* True for what concerns one object and not the job. */
bool ob_verify_is_damage(ob_status status);
ob_status ob_verify_cancelled(ob_verify *v);

/* Tells of an object; the detail is this thread's. Takes the lock. */
void ob_verify_tell(ob_verify *v, ob_object_kind kind, const char *object, ob_damage damage,
                    ob_status status, uint64_t count);
void ob_verify_tell_as(ob_verify *v, const ob_finding *finding);
const ob_listed *ob_verify_find_pack(const ob_verify *v, const uint8_t name[OB_SHA256_SIZE]);
/* A point names a pack that is not there: told once. */
ob_status ob_verify_tell_absent(ob_verify *v, const uint8_t name[OB_SHA256_SIZE],
                                const char *point);
/* A place of a chunk cannot be read; `keep` as in ob_hurt. Takes the locks. */
ob_status ob_verify_condemn(ob_verify *v, const ob_index_entry *entry, bool keep);

/* objects.c */
ob_status ob_verify_keys(ob_verify *v);
ob_status ob_verify_indexes(ob_verify *v);

/* packs.c: lists the packs; then reads them, and tells what is wrong. */
ob_status ob_verify_list_packs(ob_verify *v);
ob_status ob_verify_packs(ob_verify *v);

/* scan.c */
typedef struct ob_scan {
    bool sound;   /* the bytes are those of the name */
    uint64_t bad; /* chunks that did not open, decode or fit; they are condemned */
} ob_scan;
/* Reads a pack once from start to end: its hash, and with `head` each chunk. Gives what reading
 * gives. */
ob_status ob_verify_scan(ob_verify *v, ob_tools *tools, const ob_listed *pack,
                         const ob_pack_head *head, ob_scan *out);

/* points.c */
ob_status ob_verify_points(ob_verify *v);

#endif
