#include "backup/parts.h"

#include <stdio.h>

void ob_part_store(ob_part *part, ob_repo *repo, const void *data, size_t length)
{
    part->status = ob_repo_write(repo, OB_CHUNK_DATA, data, length, &part->id, &part->stored);
    if (OB_FAILED(part->status)) {
        snprintf(part->detail, sizeof part->detail, "%s", ob_detail());
    }
}

void ob_parts_put(ob_parts *parts, const ob_helpers *helpers, ob_repo *repo, const uint8_t *data,
                  size_t length)
{
    unsigned at = (parts->first + parts->count++) % OB_PARTS;
    ob_part *part = &parts->parts[at];
    *part = (ob_part){.length = length};
    parts->away[at] = helpers != NULL && helpers->offer(helpers->context, data, length, part);
    if (!parts->away[at]) {
        ob_part_store(part, repo, data, length);
    }
}

bool ob_parts_take(ob_parts *parts, const ob_helpers *helpers, bool wait, ob_part *out)
{
    unsigned at = parts->first;
    if (parts->count == 0 ||
        (parts->away[at] && !helpers->done(helpers->context, &parts->parts[at], wait))) {
        return false;
    }
    *out = parts->parts[at];
    parts->first = (at + 1) % OB_PARTS;
    parts->count--;
    return true;
}

void ob_parts_drop(ob_parts *parts, const ob_helpers *helpers)
{
    ob_part part;
    while (ob_parts_take(parts, helpers, true, &part)) {
    }
}
