/*
 * The agent's state folder:
 *
 *   lock       held while an agent runs on the folder
 *   state.db   settings, policies, jobs
 *   keys       the machine's keys (ob/secret.h)
 *   cache/     what may be lost: it costs time, never data
 *   logs/      the agent's log, the logs of failed files
 */
#ifndef OB_SERVICE_STATE_H
#define OB_SERVICE_STATE_H

#include "ob/fs.h"

typedef struct ob_state {
    const ob_fs *fs;
    char *dir;
    char *lock_path;
    char *db_path;
    char *keys_path;
    char *cache_dir;
    char *log_dir;
    ob_file *lock;
} ob_state;

/* Makes what is missing, for its owner only, and takes the lock: OB_E_STATE_IN_USE. */
ob_status ob_state_open(const ob_fs *fs, const char *dir, ob_state *out);
void ob_state_close(ob_state *state); /* takes a zeroed one */

#endif
