/*
 * Secrets at rest on this machine. On Windows the bytes are sealed by DPAPI for the machine; on
 * Linux the file is the seal: mode 0600, owned by the agent's user, in a 0700 folder.
 */
#ifndef OB_SECRET_H
#define OB_SECRET_H

#include "ob/fs.h"

/* Replaces the secret kept at `path` in one step. */
ob_status ob_secret_save(const ob_fs *fs, const char *path, const void *data, size_t length);
/* OB_E_NOT_FOUND; OB_E_SEAL if it was sealed on another machine or changed; OB_E_ACCESS_DENIED if
 * others could have read it. Free with ob_free_secret(*out, *length). */
ob_status ob_secret_load(const ob_fs *fs, const char *path, uint8_t **out, size_t *length);

#endif
