/*
 * The volumes of this machine: what is mounted where. Linux reads /proc/self/mountinfo (proc(5)),
 * Windows asks FindFirstVolume.
 */
#ifndef OB_VOLUMES_H
#define OB_VOLUMES_H

#include "ob/status.h"

/* Valid for the call. A volume that is mounted at several places comes up once for each. */
typedef struct ob_volume {
    /* "/home"; "C:\", "C:\mount\" or, where it is mounted nowhere, "\\?\Volume{GUID}\". */
    const char *mount;
    const char *device; /* "/dev/sda1", or what the file system says instead; "\\?\Volume{GUID}\" */
    const char *type;   /* "ext4", "NTFS"; "" if there is no file system that the system knows */
} ob_volume;

/* A failure that it returns ends the listing. */
typedef ob_status (*ob_volume_visit)(void *context, const ob_volume *volume);

/* In the system's order. On Linux a later one may cover an earlier one of the same mount. */
ob_status ob_volumes_list(ob_volume_visit visit, void *context);

/* The mount of the volume that an absolute path lies on, with a separator at its end: "/home/",
 * "C:\", "C:\mount\", "\\?\Volume{GUID}\". The path need not exist: then the part that does
 * decides. Free with ob_free(). OB_E_INVALID_ARGUMENT for a relative path; OB_E_NOT_FOUND. */
ob_status ob_volume_mount_of(const char *path, char **out);

#endif
