#include "source/mapped.h"

#include <string.h>

/* Bytes of `place` that the map stands for; 0 if it does not fit. A folder comes without the
 * separator at its end, unless it is the root of a volume. */
static size_t fit(const char *place, const ob_place_map *map)
{
    size_t length = strlen(map->place);
    if (length == 0 || strncmp(place, map->place, length - 1) != 0) {
        return 0;
    }
    return place[length - 1] == '\0' || place[length - 1] == map->place[length - 1] ? length : 0;
}

ob_status ob_place_mapped(const ob_selection *selection, const char *place, ob_buf *out)
{
    const char *instead = "";
    size_t used = 0;
    for (size_t i = 0; i < selection->map_count; i++) {
        size_t fits = fit(place, &selection->maps[i]);
        if (fits > used) {
            instead = selection->maps[i].instead;
            used = fits;
        }
    }
    ob_buf_put_text(out, instead);
    ob_buf_put_text(out, strlen(place) > used ? place + used : "");
    ob_buf_put_u8(out, 0);
    return ob_buf_status(out);
}
