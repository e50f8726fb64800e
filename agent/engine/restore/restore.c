#include "restore/restore.h"

#include <stdio.h>
#include <string.h>

#define NAME_MOST 255u
#define EXTENSION_MOST 32u

bool ob_restore_is_fatal(ob_status status)
{
    return status == OB_E_NO_MEMORY || status == OB_E_CANCELLED || status == OB_E_DISK_FULL ||
           status == OB_E_VAULT_UNREACHABLE;
}

/* Not in the middle of a character, if it is one. */
static size_t cut_between(const char *text, size_t length)
{
    size_t cut = length;
    for (int i = 0; i < 3 && cut > 0 && ((unsigned char)text[cut] & 0xC0) == 0x80; i++) {
        cut--;
    }
    return cut > 0 ? cut : length;
}

void ob_restore_copy_name(const char *name, unsigned number, char out[OB_COPY_NAME_MOST])
{
    char middle[16];
    const char *dot = strrchr(name, '.');
    const char *extension = dot != NULL && dot != name && strlen(dot) <= EXTENSION_MOST ? dot : "";
    size_t stem = strlen(name) - strlen(extension);
    snprintf(middle, sizeof middle, " (%u)", number);
    size_t room = NAME_MOST - strlen(middle) - strlen(extension);
    if (stem > room) {
        stem = cut_between(name, room);
    }
    memcpy(out, name, stem);
    snprintf(out + stem, OB_COPY_NAME_MOST - stem, "%s%s", middle, extension);
}
