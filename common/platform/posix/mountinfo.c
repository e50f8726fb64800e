#include "mountinfo.h"

#include "ob/alloc.h"

#include <stdbool.h>
#include <string.h>

/* "36 35 98:0 /root /mount rw,noatime shared:1 - ext4 /dev/sda1 rw": the optional fields before
 * the "-" may be any number. */
enum field { FIELD_MOUNT = 4, FIELD_OPTIONAL = 6 };

typedef struct line {
    char *at;
    char *end;
} line;

/* The next field with a NUL behind it; NULL at the end. */
static char *next_field(line *l)
{
    while (l->at < l->end && *l->at == ' ') {
        l->at++;
    }
    char *field = l->at;
    while (l->at < l->end && *l->at != ' ') {
        l->at++;
    }
    if (field == l->at) {
        return NULL;
    }
    *l->at = '\0'; /* the line's own end has room for it */
    l->at += l->at < l->end ? 1 : 0;
    return field;
}

static bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

/* Resolves "\040" and the like in place. An escaped NUL cannot be in a name and stays as it is. */
static void unescape(char *text)
{
    char *to = text;
    while (*text != '\0') {
        if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && is_octal(text[2]) &&
            is_octal(text[3]) && (text[1] > '0' || text[2] > '0' || text[3] > '0')) {
            *to++ = (char)((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
            text += 4;
        } else {
            *to++ = *text++;
        }
    }
    *to = '\0';
}

static ob_status read_line(line l, ob_volume_visit visit, void *context)
{
    char *mount = NULL;
    char *field = NULL;
    for (int i = 0; i < FIELD_OPTIONAL; i++) {
        field = next_field(&l);
        mount = i == FIELD_MOUNT ? field : mount;
    }
    do {
        field = next_field(&l);
    } while (field != NULL && strcmp(field, "-") != 0);
    char *type = field != NULL ? next_field(&l) : NULL;
    char *device = type != NULL ? next_field(&l) : NULL;
    if (mount == NULL || mount[0] != '/' || device == NULL) {
        return ob_fail(OB_E_SYNTAX, "a line of mountinfo that is no mount");
    }
    unescape(mount);
    unescape(type);
    unescape(device);
    ob_volume volume = {mount, device, type};
    return visit(context, &volume);
}

ob_status ob_mountinfo_read(const char *text, size_t length, ob_volume_visit visit, void *context)
{
    ob_status status = OB_OK;
    char *copy = ob_strndup(text, length);
    if (copy == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the list of mounts");
    }
    char *all = copy + strlen(copy); /* before a NUL, if there is one: none is of the kernel */
    for (char *at = copy; at < all && status == OB_OK;) {
        char *end = memchr(at, '\n', (size_t)(all - at));
        end = end != NULL ? end : all;
        status = read_line((line){at, end}, visit, context);
        at = end + 1;
    }
    ob_free(copy);
    return status;
}
