/*
 * Verification: is everything in the store that the recovery points need, and is it as it was
 * written? And repair: what is intact goes into another store. Neither changes or removes an object
 * of the store that is looked at.
 */
#ifndef OB_VERIFY_H
#define OB_VERIFY_H

#include "ob/engine.h"

/* Each depth does all that the one before does. */
typedef enum ob_verify_depth {
    /* Key envelopes, index objects and points open and make sense; each point that was stored and
     * not deleted is there; each pack that a point names is there in its length, its table of
     * contents opens, and the index says the same; each file of each point has all of its chunks in
     * packs. Reads a few KiB of each pack. */
    OB_VERIFY_STRUCTURE,
    /* The bytes of each pack are those of its name (SHA-256). Needs no keys: with engine->keys NULL
     * it does what can be done without. */
    OB_VERIFY_HASHES,
    /* Each chunk is opened, decoded and compared by its id. */
    OB_VERIFY_FULL
} ob_verify_depth;

typedef enum ob_damage {
    OB_DAMAGE_MISSING,    /* something names it and it is not there */
    OB_DAMAGE_LENGTH,     /* it is shorter or longer than it was */
    OB_DAMAGE_UNREADABLE, /* the store cannot read it */
    OB_DAMAGE_CHANGED, /* its bytes do not fit its name or its checksum, or are of no such object */
    OB_DAMAGE_SEAL,    /* it does not open: changed, of another place, or of other keys */
    OB_DAMAGE_VERSION, /* of a format version that is not known */
    OB_DAMAGE_CONTENT, /* it opens, and what it says cannot be, or is not what others say */
    OB_DAMAGE_CHUNKS,  /* a pack has chunks that cannot be read */
    OB_DAMAGE_NOT_HELD, /* a point needs chunks of packs that it does not name */
    OB_DAMAGE_OLD_KEYS, /* the newest envelope lacks keys that the machine has */
    OB_DAMAGE_KINDS
} ob_damage;

/* "missing", "length", "unreadable" …: words for machines. */
const char *ob_damage_name(ob_damage damage);

typedef struct ob_finding {
    ob_object_kind kind;
    /* Name of the object; "" for a key envelope that is not there, and (kind: a point) for what the
     * store remembers of points and marks. */
    const char *object;
    ob_damage damage;
    ob_status status;   /* what reading it gives */
    const char *detail; /* for people; "" if none */
    /* A file of the point `object` that cannot be restored as it was: its path in the point. NULL:
     * the finding is about the object itself, and comes before those of the files it costs. */
    const char *path;
    /* An object: chunks (of a pack) or files (of a point's list) that cannot be read. A file: 1; a
     * stretch of the list that cannot be read: the number of its files, `path` being the first. */
    uint64_t count;
} ob_finding;

typedef struct ob_verify_options {
    ob_verify_depth depth;
    /* Percent of the packs that are read, 1 to 100; 0 is 100. Which of them, `turn` says: as many
     * turns in a row as it takes to make 100 read each pack once. Everything else is looked at
     * whole. */
    unsigned sample;
    uint64_t turn;
    uint64_t paths_most; /* files of a point that are told one by one; 0 = 1000 */
    /* Write an index object about damaged chunks, so that the next backup reads them from their
     * source again and uploads them anew. The only thing that is ever written. */
    bool remember;
    /* Calls do not overlap. May be NULL. */
    void *context;
    void (*finding)(void *context, const ob_finding *finding);
} ob_verify_options;

typedef struct ob_verify_result {
    uint64_t keys, indexes, packs, points; /* objects looked at */
    uint64_t packs_read;                   /* bytes or table of contents, by depth and sample */
    uint64_t bytes_read;                   /* of packs */
    uint64_t chunks_checked;               /* opened, decoded and compared */
    uint64_t files;                        /* entries of all points */
    uint64_t unlisted;                     /* packs that no index object lists: of use, no damage */
    uint64_t damaged[OB_DAMAGE_KINDS];     /* findings about objects, by kind of damage */
    uint64_t objects_damaged;              /* their sum: 0 and files_hit 0 = all is well */
    uint64_t points_hit;                   /* that cannot be restored as they were */
    uint64_t files_hit;                    /* over all points, told or not */
    uint64_t chunks_bad;                   /* places of chunks that cannot be read */
    uint64_t chunks_remembered;            /* of those, written down now */
    ob_status remember_status;             /* why not, if they should have been */
} ob_verify_result;

/* Progress: bytes of packs and entries of points; files_failed counts files hit. Memory: 2 MiB and
 * at most 12 MiB for each of engine->workers, 48 bytes a pack, 32 bytes a damaged chunk, the list's
 * table of each point in work. Damage is a finding and no error. Errors: OB_E_INVALID_ARGUMENT
 * (options), OB_E_CANCELLED, OB_E_NO_MEMORY, OB_E_VAULT_UNREACHABLE, and what listing the store
 * gives. */
ob_status ob_verify_run(const ob_engine *engine, const ob_verify_options *options,
                        const ob_control *control, ob_verify_result *result);

/* ---- repair ---- */

typedef struct ob_repair_options {
    /* Another store, of the same machine: empty, or what a repair that was cut short left. */
    ob_store *target;
    const char *cache_dir; /* of the target: absolute, exists, private, and not the engine's */
    /* What is lost, as in ob_verify_options; at most `paths_most` files a point (0 = 1000). */
    uint64_t paths_most;
    void *context;
    void (*finding)(void *context, const ob_finding *finding);
} ob_repair_options;

typedef struct ob_repair_result {
    uint64_t keys_copied, packs_copied, bytes_copied;
    uint64_t packs_left;       /* not intact; what still opens in them is written anew */
    uint64_t points_copied;    /* as they are */
    uint64_t points_rewritten; /* with all their files, the same identity, and other packs */
    uint64_t points_cut;       /* without files that are lost, under another identity */
    uint64_t points_lost;      /* nothing of them can be read */
    uint64_t files_lost;
} ob_repair_result;

/*
 * Copies everything that is intact into the target, and makes its index anew: key envelopes, packs
 * whose bytes are those of their names, points all of whose packs are intact. Other points are made
 * anew there from what can still be read, at their time: one that has lost nothing keeps its GUID,
 * for what it restores is the same; one that has lost files gets another GUID, the same in each
 * repair. The source is only read. Errors are those of the job: OB_E_CANCELLED, OB_E_NO_MEMORY,
 * OB_E_DISK_FULL, OB_E_VAULT_UNREACHABLE …; started again it goes on.
 */
ob_status ob_repair_run(const ob_engine *engine, const ob_repair_options *options,
                        const ob_control *control, ob_repair_result *result);

#endif
