/* This machine, this process and its standard places. Text results: free with ob_free(). */
#ifndef OB_HOST_H
#define OB_HOST_H

#include "ob/status.h"
#include "ob/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

ob_status ob_host_name(char **out);          /* short name of the computer, UTF-8 */
ob_status ob_host_system(char **out);        /* "Debian GNU/Linux 12 (bookworm)", "Windows 10.0 …" */
const char *ob_host_platform(void);          /* "linux" or "windows" */
uint32_t ob_host_process_id(void);
bool ob_host_is_administrator(void);         /* of this process */

ob_status ob_random(void *out, size_t length); /* cryptographically strong */
ob_status ob_guid_new(ob_guid *out);           /* RFC 4122 version 4 */

/* Default folder of the agent's state: /var/lib/obagent, %ProgramData%\OnlineBackup. */
ob_status ob_host_state_dir(char **out);
/* Default endpoint of the control interface: /run/obagent/control, or the ncalrpc endpoint's name
 * "OnlineBackup". */
const char *ob_host_control_endpoint(void);
/* The value of an environment variable as UTF-8; OB_E_NOT_FOUND if unset. */
ob_status ob_host_environment(const char *name, char **out);

/* How far local time was ahead of UTC at a time (ns since 1970 UTC), in seconds; 0 if the system does
 * not know. */
int32_t ob_host_utc_offset(int64_t time);

/* The root of the volume that holds an absolute path: "/" on Linux (one tree), "C:\" on Windows.
 * Does not touch the disk. OB_E_INVALID_ARGUMENT for a relative path. */
ob_status ob_host_volume_root(const char *path, char **out);

/* A path as a user gave it, made absolute by the current folder and without "." components and
 * separators at its end. Does not touch the disk: links and, on Linux, ".." stay.
 * OB_E_INVALID_ARGUMENT if it is empty. */
ob_status ob_host_absolute_path(const char *path, char **out);

/* Where a path that exists leads to when every link in it is followed, junctions and mounted folders
 * of Windows too. OB_E_NOT_FOUND; OB_E_ACCESS_DENIED. */
ob_status ob_host_final_path(const char *path, char **out);

/* The arguments of main() as UTF-8, NULL-ended; the result lives as long as the process. */
ob_status ob_host_arguments(int argc, char **argv, char ***out);

#endif
