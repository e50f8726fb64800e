/*
 * All that one operation of the engine works with: this machine's objects in the vault, its keys, a
 * cache folder of its own. Each backup, recovery, listing and open view has a session to itself,
 * for one engine at a time may use a cache folder.
 */
#ifndef OB_SERVICE_SESSION_H
#define OB_SERVICE_SESSION_H

#include "ob/engine.h"
#include "ob/snapshot.h"
#include "ob/thread.h"
#include "registration.h"

/* Cache folders "backup", "recovery", "prune", "verify" and "view-0" … below the cache. */
#define OB_SESSION_VIEWS 16u
typedef enum ob_session_use {
    OB_SESSION_BACKUP,
    OB_SESSION_RECOVERY,
    OB_SESSION_PRUNE,
    OB_SESSION_VERIFY,
    OB_SESSION_VIEW
} ob_session_use;

/* Which of the folders for views are taken. */
typedef struct ob_session_slots {
    ob_mutex lock;
    uint32_t taken; /* a bit each */
} ob_session_slots;
void ob_session_slots_init(ob_session_slots *slots);
void ob_session_slots_destroy(ob_session_slots *slots);

/* Borrowed; outlives the sessions. */
typedef struct ob_session_host {
    ob_db *db;
    const ob_fs *fs;
    const ob_clock *clock;
    ob_guid *machine; /* changes before the registration only */
    const char *state_dir;
    const char *cache_dir;
    const char *keys_path;
    ob_session_slots *slots;
    const ob_snapshots *snapshots;
    bool windows; /* the rules of names on this system */
} ob_session_host;

typedef struct ob_session ob_session;

/* Reads registration, keys and settings, and touches nothing outside of the state folder.
 * OB_E_NOT_REGISTERED, OB_E_PASSPHRASE_NOT_SET. */
ob_status ob_session_new(const ob_session_host *host, ob_session **out);
/* Opens the vault and takes a cache folder: OB_E_VAULT_UNREACHABLE, OB_E_BUSY (all are taken). At
 * most one session for each use but views may be connected at a time. */
ob_status ob_session_connect(ob_session *session, ob_session_use use);
void ob_session_free(ob_session *session); /* takes NULL */

/* Once connected. */
const ob_engine *ob_session_engine(const ob_session *session);
/* OB_E_NOT_FOUND if the vault has no such recovery point. */
ob_status ob_session_find_point(const ob_session *session, const ob_guid *point);
/* OB_E_PASSPHRASE_WRONG if it does not open the newest envelope. */
ob_status ob_session_check_passphrase(const ob_session *session, const char *passphrase,
                                      size_t length);

#endif
