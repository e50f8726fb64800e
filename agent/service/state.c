#include "state.h"

#include "ob/alloc.h"

static ob_status make_paths(ob_state *state, const char *dir)
{
    state->dir = ob_strdup(dir);
    state->lock_path = ob_path_join(dir, "lock");
    state->db_path = ob_path_join(dir, "state.db");
    state->keys_path = ob_path_join(dir, "keys");
    state->cache_dir = ob_path_join(dir, "cache");
    state->log_dir = ob_path_join(dir, "logs");
    bool complete = state->dir != NULL && state->lock_path != NULL && state->db_path != NULL &&
                    state->keys_path != NULL && state->cache_dir != NULL && state->log_dir != NULL;
    return complete ? OB_OK : ob_fail(OB_E_NO_MEMORY, "the state folder");
}

static ob_status take_lock(ob_state *state)
{
    const ob_fs *fs = state->fs;
    ob_status status = fs->open(fs, NULL, state->lock_path,
                                OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_PRIVATE, &state->lock);
    if (status == OB_OK) {
        status = fs->lock(fs, state->lock);
    }
    return status == OB_E_BUSY ? ob_fail(OB_E_STATE_IN_USE, "%s", state->dir) : status;
}

ob_status ob_state_open(const ob_fs *fs, const char *dir, ob_state *out)
{
    ob_state state = {.fs = fs};
    ob_status status = OB_OK;
    if (!ob_path_is_absolute(dir)) {
        return ob_fail(OB_E_INVALID_ARGUMENT,
                       "the state folder must be an absolute path, not \"%s\"", dir);
    }
    status = make_paths(&state, dir);
    if (status == OB_OK) {
        status = ob_fs_make_dirs(fs, state.dir, true);
    }
    if (status == OB_OK) {
        status = take_lock(&state);
    }
    if (status == OB_OK) {
        status = ob_fs_make_dirs(fs, state.cache_dir, true);
    }
    if (status == OB_OK) {
        status = ob_fs_make_dirs(fs, state.log_dir, true);
    }
    if (OB_FAILED(status)) {
        ob_state_close(&state);
        return status;
    }
    *out = state;
    return OB_OK;
}

void ob_state_close(ob_state *state)
{
    if (state->fs != NULL) {
        state->fs->close(state->fs, state->lock);
    }
    ob_free(state->dir);
    ob_free(state->lock_path);
    ob_free(state->db_path);
    ob_free(state->keys_path);
    ob_free(state->cache_dir);
    ob_free(state->log_dir);
    *state = (ob_state){0};
}
