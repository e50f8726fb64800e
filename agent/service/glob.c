#include "glob.h"

#include "ob/alloc.h"
#include "path_key.h"

#include <stdint.h>
#include <string.h>

ob_status ob_glob_make(ob_glob *glob, const char *pattern)
{
    ob_glob made = {.text = ob_strdup(pattern)};
    if (made.text == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a pattern");
    }
    for (char *at = made.text; at != NULL;) {
        char *end = strchr(at, '/');
        if (made.count == OB_GLOB_PARTS) {
            ob_free(made.text);
            return ob_fail(OB_E_POLICY_INVALID, "%s: more than %u parts from its first * on",
                           pattern, OB_GLOB_PARTS);
        }
        made.parts[made.count++] = at;
        if (end != NULL) {
            *end++ = '\0';
        }
        at = end;
    }
    *glob = made;
    return OB_OK;
}

void ob_glob_free(ob_glob *glob)
{
    ob_free(glob->text);
    *glob = (ob_glob){0};
}

static bool is_any_depth(const ob_glob *glob, size_t part)
{
    return part < glob->count && strcmp(glob->parts[part], "**") == 0;
}

/* A set of states as bits: bit I says that the first I parts match what was read. Behind a ** one
 * can always be. */
static uint64_t with_state(const ob_glob *glob, uint64_t states, size_t state)
{
    states |= UINT64_C(1) << state;
    while (is_any_depth(glob, state)) {
        states |= UINT64_C(1) << ++state;
    }
    return states;
}

static uint64_t read_part(const ob_glob *glob, uint64_t states, const char *part, size_t length)
{
    uint64_t next = 0;
    for (size_t i = 0; i < glob->count; i++) {
        if ((states >> i & 1) == 0) {
            continue;
        }
        if (is_any_depth(glob, i)) {
            next = with_state(glob, next, i);
        } else if (ob_wildcard_match_part(glob->parts[i], part, length)) {
            next = with_state(glob, next, i + 1);
        }
    }
    return next;
}

ob_glob_match ob_glob_ask(const ob_glob *glob, const char *path)
{
    ob_glob_match match = {.whole = false};
    uint64_t last = UINT64_C(1) << glob->count;
    uint64_t states = glob->count > 0 ? with_state(glob, 0, 0) : 0;
    unsigned depth = 0;
    while (*path != '\0' && states != 0) {
        size_t length = strcspn(path, "/");
        if (depth > 0 && (states & last) != 0) {
            match.depth = depth;
        }
        states = read_part(glob, states, path, length);
        path += length + (path[length] == '/');
        depth++;
    }
    match.whole = depth > 0 && (states & last) != 0;
    match.above = (states & (last - 1)) != 0;
    return match;
}
