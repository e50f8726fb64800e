#include "backup/extents.h"

#include "ob/alloc.h"

#define KEPT ((size_t)256)

void ob_extents_free(ob_extents *extents)
{
    ob_free(extents->list);
    *extents = (ob_extents){0};
}

static ob_status add(ob_extents *extents, uint64_t offset, uint64_t length)
{
    if (extents->count == extents->capacity) {
        size_t capacity = extents->capacity > 0 ? extents->capacity * 2 : 4;
        void *larger = ob_realloc_array(extents->list, capacity, sizeof *extents->list);
        if (larger == NULL) {
            return ob_fail(OB_E_NO_MEMORY, "%zu extents of a sparse file", capacity);
        }
        extents->list = larger;
        extents->capacity = capacity;
    }
    extents->list[extents->count++] = (ob_extent){offset, length};
    extents->bytes += length;
    return OB_OK;
}

static void clear(ob_extents *extents)
{
    if (extents->capacity > KEPT) {
        ob_extents_free(extents);
    }
    *extents = (ob_extents){.list = extents->list, .capacity = extents->capacity};
}

typedef struct mapping {
    ob_extents *extents;
    uint64_t size;
    bool full;
} mapping;

static ob_status take_extent(void *context, uint64_t offset, uint64_t length)
{
    mapping *m = context;
    if (m->full) {
        return OB_OK;
    }
    /* The last one that there is room for takes all that follows. */
    m->full = m->extents->count + 1 == OB_EXTENTS_MOST;
    return add(m->extents, offset, m->full ? m->size - offset : length);
}

ob_status ob_extents_map(ob_extents *extents, const ob_fs *fs, ob_file *file,
                         const ob_file_info *info)
{
    mapping m = {extents, info->size, false};
    ob_status status = OB_E_NOT_SUPPORTED;
    clear(extents);
    if (info->allocated < info->size && fs->data_map != NULL) {
        status = fs->data_map(fs, file, info->size, take_extent, &m);
    }
    if (status == OB_E_NO_MEMORY) {
        return status;
    }
    if (!OB_FAILED(status)) {
        extents->holes = extents->bytes < info->size;
        return OB_OK;
    }
    clear(extents);
    return info->size > 0 ? add(extents, 0, info->size) : OB_OK;
}

static void cut_off(ob_extents *extents)
{
    ob_extent *last = &extents->list[extents->at];
    last->length = extents->done;
    extents->count = extents->at + (last->length > 0 ? 1 : 0);
}

ob_status ob_extents_read(ob_extents *extents, const ob_fs *fs, ob_file *file, void *data,
                          size_t length, size_t *got)
{
    size_t sum = 0;
    while (sum < length && extents->at < extents->count) {
        const ob_extent *extent = &extents->list[extents->at];
        uint64_t left = extent->length - extents->done;
        size_t wanted = left < length - sum ? (size_t)left : length - sum;
        size_t count = 0;
        ob_status status = fs->read_at(fs, file, extent->offset + extents->done,
                                       (uint8_t *)data + sum, wanted, &count);
        if (OB_FAILED(status)) {
            return status;
        }
        sum += count;
        extents->done += count;
        extents->taken += count;
        if (count < wanted) {
            cut_off(extents);
            break;
        }
        if (extents->done == extent->length) {
            extents->at++;
            extents->done = 0;
        }
    }
    *got = sum;
    return OB_OK;
}

uint64_t ob_extents_end(const ob_extents *extents)
{
    const ob_extent *last = extents->count > 0 ? &extents->list[extents->count - 1] : NULL;
    return last != NULL ? last->offset + last->length : 0;
}

uint64_t ob_extents_passed(const ob_extents *extents, uint64_t size)
{
    bool at_end = extents->at == extents->count;
    return (at_end ? size : extents->list[extents->at].offset + extents->done) - extents->taken;
}
