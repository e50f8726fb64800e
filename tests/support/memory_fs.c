#include "ob/memory_fs.h"

#include "memory_fs_node.h"
#include "ob/alloc.h"
#include "ob/thread.h"

#include <stdlib.h>
#include <string.h>

#define STEP 1000 /* ns between two changes */

struct ob_memory_fs {
    ob_fs fs;
    ob_mutex lock;
    disk disk;
    int64_t now;
    uint64_t room;
};

struct ob_dir {
    ob_memory_fs *memory;
    size_t node;
    char last[DISK_NAME_MOST]; /* the name that was given last; dir_read() goes on behind it */
};

struct ob_file {
    ob_memory_fs *memory;
    size_t node;
    bool locked;
};

static ob_memory_fs *of(const ob_fs *fs)
{
    return fs->context;
}

static int64_t tick(ob_memory_fs *memory)
{
    return memory->now += STEP;
}

static void touch(ob_memory_fs *memory, node *at)
{
    at->info.mtime = at->info.ctime = tick(memory);
}

/* ---- where a name leads ---- */

typedef struct spot {
    size_t parent;
    const char *name; /* one component; NULL: the root itself */
    size_t at;        /* NOWHERE if there is no such name */
} spot;

static ob_status absent(const char *name)
{
    return ob_fail(OB_E_NOT_FOUND, "%s: no such file or directory", name);
}

static ob_status step_into(const disk *d, size_t *parent, const char *name, size_t length)
{
    char component[DISK_NAME_MOST];
    if (length >= sizeof component) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "%s: a name is too long", name);
    }
    memcpy(component, name, length);
    component[length] = '\0';
    size_t next = disk_look(d, *parent, component);
    if (next == NOWHERE || d->nodes[next].info.type != OB_FILE_DIR) {
        return absent(name);
    }
    *parent = next;
    return OB_OK;
}

static ob_status find_path(const disk *d, const char *path, spot *out)
{
    size_t parent = ROOT;
    const char *name = path + strspn(path, "/");
    while (*name != '\0') {
        size_t length = strcspn(name, "/");
        const char *next = name + length + strspn(name + length, "/");
        if (length == 1 && name[0] == '.') {
            name = next;
            continue;
        }
        if (*next == '\0') {
            *out = (spot){parent, name, disk_look(d, parent, name)};
            return OB_OK;
        }
        ob_status status = step_into(d, &parent, name, length);
        if (OB_FAILED(status)) {
            return status;
        }
        name = next;
    }
    *out = (spot){parent, NULL, parent};
    return OB_OK;
}

static ob_status find(const ob_memory_fs *memory, const ob_dir *dir, const char *name, spot *out)
{
    if (dir == NULL) {
        return name[0] == '/' ? find_path(&memory->disk, name, out)
                              : ob_fail(OB_E_INVALID_ARGUMENT, "%s: no absolute path", name);
    }
    if (name[0] == '\0' || strchr(name, '/') != NULL || strlen(name) >= DISK_NAME_MOST) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "%s: no name", name);
    }
    if (strcmp(name, ".") == 0) {
        *out = (spot){dir->node, NULL, dir->node};
        return OB_OK;
    }
    *out = (spot){dir->node, name, disk_look(&memory->disk, dir->node, name)};
    return OB_OK;
}

static ob_status find_there(const ob_memory_fs *memory, const ob_dir *dir, const char *name,
                            spot *out)
{
    ob_status status = find(memory, dir, name, out);
    return !OB_FAILED(status) && out->at == NOWHERE ? absent(name) : status;
}

static ob_status find_free(const ob_memory_fs *memory, const ob_dir *dir, const char *name,
                           spot *out)
{
    ob_status status = find(memory, dir, name, out);
    return !OB_FAILED(status) && out->at != NOWHERE ? ob_fail(OB_E_EXISTS, "%s: exists", name)
                                                    : status;
}

static size_t make(ob_memory_fs *memory, const spot *where, ob_file_type type, uint32_t mode)
{
    size_t at = disk_add(&memory->disk, type, mode);
    node *new = &memory->disk.nodes[at];
    new->info.btime = new->info.atime = memory->now;
    touch(memory, new);
    disk_name(&memory->disk, where->parent, where->name, at);
    touch(memory, &memory->disk.nodes[where->parent]);
    return at;
}

/* ---- folders ---- */

static ob_status memory_dir_open(const ob_fs *fs, ob_dir *parent, const char *name, ob_dir **out)
{
    ob_memory_fs *memory = of(fs);
    spot where;
    ob_dir *dir = ob_calloc(1, sizeof *dir);
    if (dir == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", name);
    }
    ob_mutex_lock(&memory->lock);
    ob_status status = find_there(memory, parent, name, &where);
    if (!OB_FAILED(status) && memory->disk.nodes[where.at].info.type != OB_FILE_DIR) {
        status = ob_fail(OB_E_NOT_SUPPORTED, "%s: no folder", name);
    }
    ob_mutex_unlock(&memory->lock);
    if (OB_FAILED(status)) {
        ob_free(dir);
        return status;
    }
    dir->memory = memory;
    dir->node = where.at;
    *out = dir;
    return OB_OK;
}

static ob_status memory_dir_read(const ob_fs *fs, ob_dir *dir, ob_dir_entry *out)
{
    ob_memory_fs *memory = of(fs);
    *out = (ob_dir_entry){0};
    ob_mutex_lock(&memory->lock);
    const entry *next = disk_next(&memory->disk, dir->node, dir->last);
    if (next != NULL) {
        strcpy(dir->last, next->name);
        out->name = dir->last;
        out->type = memory->disk.nodes[next->node].info.type;
        out->file_id = next->node;
    }
    ob_mutex_unlock(&memory->lock);
    return OB_OK;
}

static void memory_dir_close(const ob_fs *fs, ob_dir *dir)
{
    (void)fs;
    ob_free(dir);
}

static ob_status memory_dir_sync(const ob_fs *fs, ob_dir *dir)
{
    ob_memory_fs *memory = of(fs);
    ob_mutex_lock(&memory->lock);
    disk_sync_names(&memory->disk, dir->node);
    ob_mutex_unlock(&memory->lock);
    return OB_OK;
}

static ob_status memory_sync_volume(const ob_fs *fs, ob_dir *dir)
{
    ob_memory_fs *memory = of(fs);
    (void)dir;
    ob_mutex_lock(&memory->lock);
    ob_memory_fs_settle(memory);
    ob_mutex_unlock(&memory->lock);
    return OB_OK;
}

static ob_status memory_stat(const ob_fs *fs, ob_dir *dir, const char *name, ob_file_info *out)
{
    ob_memory_fs *memory = of(fs);
    spot where;
    ob_mutex_lock(&memory->lock);
    ob_status status = find_there(memory, dir, name, &where);
    if (!OB_FAILED(status)) {
        *out = memory->disk.nodes[where.at].info;
    }
    ob_mutex_unlock(&memory->lock);
    return status;
}

static ob_status memory_make_dir(const ob_fs *fs, ob_dir *dir, const char *name, bool private)
{
    ob_memory_fs *memory = of(fs);
    spot where;
    ob_mutex_lock(&memory->lock);
    ob_status status = find_free(memory, dir, name, &where);
    if (!OB_FAILED(status)) {
        make(memory, &where, OB_FILE_DIR, private ? 0700 : 0755);
    }
    ob_mutex_unlock(&memory->lock);
    return status;
}

static ob_status take_away(const ob_fs *fs, ob_dir *dir, const char *name, bool folder)
{
    ob_memory_fs *memory = of(fs);
    spot where;
    ob_mutex_lock(&memory->lock);
    ob_status status = find_there(memory, dir, name, &where);
    if (!OB_FAILED(status)) {
        const node *at = &memory->disk.nodes[where.at];
        if (where.at == ROOT || (at->info.type == OB_FILE_DIR) != folder || at->name_count > 0) {
            status = ob_fail(OB_E_IO, "%s: it cannot be removed so", name);
        }
    }
    if (!OB_FAILED(status)) {
        disk_name(&memory->disk, where.parent, where.name, NOWHERE);
        touch(memory, &memory->disk.nodes[where.parent]);
    }
    ob_mutex_unlock(&memory->lock);
    return status;
}

static ob_status memory_remove_file(const ob_fs *fs, ob_dir *dir, const char *name)
{
    return take_away(fs, dir, name, false);
}

static ob_status memory_remove_dir(const ob_fs *fs, ob_dir *dir, const char *name)
{
    return take_away(fs, dir, name, true);
}

static ob_status move(const ob_fs *fs, ob_dir *from_dir, const char *from, ob_dir *to_dir,
                      const char *to, bool replace)
{
    ob_memory_fs *memory = of(fs);
    spot old;
    spot new;
    ob_mutex_lock(&memory->lock);
    ob_status status = find_there(memory, from_dir, from, &old);
    if (!OB_FAILED(status)) {
        status = replace ? find(memory, to_dir, to, &new) : find_free(memory, to_dir, to, &new);
    }
    if (!OB_FAILED(status)) {
        /* In this order, so that a cut between the two never takes both names. */
        disk_name(&memory->disk, new.parent, new.name, old.at);
        disk_name(&memory->disk, old.parent, old.name, NOWHERE);
        memory->disk.nodes[old.at].info.ctime = tick(memory);
        touch(memory, &memory->disk.nodes[old.parent]);
        touch(memory, &memory->disk.nodes[new.parent]);
    }
    ob_mutex_unlock(&memory->lock);
    return status;
}

static ob_status memory_rename(const ob_fs *fs, ob_dir *from_dir, const char *from, ob_dir *to_dir,
                               const char *to)
{
    return move(fs, from_dir, from, to_dir, to, true);
}

static ob_status memory_rename_new(const ob_fs *fs, ob_dir *from_dir, const char *from,
                                   ob_dir *to_dir, const char *to)
{
    return move(fs, from_dir, from, to_dir, to, false);
}

static ob_status memory_read_link(const ob_fs *fs, ob_dir *dir, const char *name, char **out)
{
    ob_memory_fs *memory = of(fs);
    spot where;
    char *text = NULL;
    ob_mutex_lock(&memory->lock);
    ob_status status = find_there(memory, dir, name, &where);
    if (!OB_FAILED(status)) {
        const node *at = &memory->disk.nodes[where.at];
        text = at->info.type == OB_FILE_SYMLINK
                   ? ob_strndup((const char *)at->data->bytes, at->length)
                   : NULL;
        status = text != NULL                       ? OB_OK
                 : at->info.type == OB_FILE_SYMLINK ? ob_fail(OB_E_NO_MEMORY, "%s", name)
                                                    : ob_fail(OB_E_NOT_SUPPORTED, "%s", name);
    }
    ob_mutex_unlock(&memory->lock);
    if (!OB_FAILED(status)) {
        *out = text;
    }
    return status;
}

static ob_status memory_make_symlink(const ob_fs *fs, ob_dir *dir, const char *name,
                                     const char *target, bool target_is_dir)
{
    ob_memory_fs *memory = of(fs);
    spot where;
    (void)target_is_dir;
    ob_mutex_lock(&memory->lock);
    ob_status status = find_free(memory, dir, name, &where);
    if (!OB_FAILED(status)) {
        size_t at = make(memory, &where, OB_FILE_SYMLINK, 0777);
        disk_write(&memory->disk, at, 0, target, strlen(target));
        disk_sync_bytes(&memory->disk, at); /* a link's text comes with its name */
    }
    ob_mutex_unlock(&memory->lock);
    return status;
}

static ob_status memory_make_link(const ob_fs *fs, ob_dir *old_dir, const char *old_name,
                                  ob_dir *new_dir, const char *new_name)
{
    ob_memory_fs *memory = of(fs);
    spot old;
    spot new;
    ob_mutex_lock(&memory->lock);
    ob_status status = find_there(memory, old_dir, old_name, &old);
    if (!OB_FAILED(status)) {
        status = find_free(memory, new_dir, new_name, &new);
    }
    if (!OB_FAILED(status)) {
        disk_name(&memory->disk, new.parent, new.name, old.at);
        memory->disk.nodes[old.at].info.ctime = tick(memory);
        touch(memory, &memory->disk.nodes[new.parent]);
    }
    ob_mutex_unlock(&memory->lock);
    return status;
}

/* ---- files ---- */

static ob_status open_node(ob_memory_fs *memory, ob_dir *dir, const char *name, int flags,
                           size_t *out)
{
    spot where;
    bool exclusive = (flags & OB_OPEN_EXCLUSIVE) != 0;
    ob_status status = find(memory, dir, name, &where);
    if (OB_FAILED(status)) {
        return status;
    }
    if (where.at == NOWHERE && (flags & OB_OPEN_CREATE) == 0) {
        return absent(name);
    }
    if (where.at == NOWHERE) {
        *out = make(memory, &where, OB_FILE_REGULAR, (flags & OB_OPEN_PRIVATE) != 0 ? 0600 : 0644);
        return OB_OK;
    }
    if (exclusive && (flags & OB_OPEN_CREATE) != 0) {
        return ob_fail(OB_E_EXISTS, "%s: exists", name);
    }
    if (memory->disk.nodes[where.at].info.type != OB_FILE_REGULAR) {
        return ob_fail(OB_E_NOT_SUPPORTED, "%s: no regular file", name);
    }
    if ((flags & OB_OPEN_TRUNCATE) != 0) {
        disk_truncate(&memory->disk, where.at, 0);
        touch(memory, &memory->disk.nodes[where.at]);
    }
    *out = where.at;
    return OB_OK;
}

static ob_status memory_open(const ob_fs *fs, ob_dir *dir, const char *name, int flags,
                             ob_file **out)
{
    ob_memory_fs *memory = of(fs);
    ob_file *file = ob_calloc(1, sizeof *file);
    if (file == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", name);
    }
    file->memory = memory;
    ob_mutex_lock(&memory->lock);
    ob_status status = open_node(memory, dir, name, flags, &file->node);
    ob_mutex_unlock(&memory->lock);
    if (OB_FAILED(status)) {
        ob_free(file);
        return status;
    }
    *out = file;
    return OB_OK;
}

static void memory_close(const ob_fs *fs, ob_file *file)
{
    ob_memory_fs *memory = of(fs);
    if (file != NULL) {
        ob_mutex_lock(&memory->lock);
        memory->disk.nodes[file->node].locked &= !file->locked;
        ob_mutex_unlock(&memory->lock);
        ob_free(file);
    }
}

static ob_status memory_file_stat(const ob_fs *fs, ob_file *file, ob_file_info *out)
{
    ob_memory_fs *memory = of(fs);
    ob_mutex_lock(&memory->lock);
    *out = memory->disk.nodes[file->node].info;
    ob_mutex_unlock(&memory->lock);
    return OB_OK;
}

static ob_status memory_read_at(const ob_fs *fs, ob_file *file, uint64_t offset, void *data,
                                size_t length, size_t *got)
{
    ob_memory_fs *memory = of(fs);
    ob_mutex_lock(&memory->lock);
    const node *at = &memory->disk.nodes[file->node];
    size_t left = offset < at->length ? at->length - (size_t)offset : 0;
    *got = left < length ? left : length;
    if (*got > 0) {
        memcpy(data, at->data->bytes + offset, *got);
    }
    ob_mutex_unlock(&memory->lock);
    return OB_OK;
}

static ob_status memory_write_at(const ob_fs *fs, ob_file *file, uint64_t offset, const void *data,
                                 size_t length)
{
    ob_memory_fs *memory = of(fs);
    ob_status status = OB_OK;
    ob_mutex_lock(&memory->lock);
    if (length > memory->room) {
        status = ob_fail(OB_E_DISK_FULL, "no space left on device");
    } else {
        memory->room -= length;
        disk_write(&memory->disk, file->node, (size_t)offset, data, length);
        touch(memory, &memory->disk.nodes[file->node]);
    }
    ob_mutex_unlock(&memory->lock);
    return status;
}

static ob_status memory_truncate(const ob_fs *fs, ob_file *file, uint64_t size)
{
    ob_memory_fs *memory = of(fs);
    ob_mutex_lock(&memory->lock);
    disk_truncate(&memory->disk, file->node, (size_t)size);
    touch(memory, &memory->disk.nodes[file->node]);
    ob_mutex_unlock(&memory->lock);
    return OB_OK;
}

static ob_status memory_sync(const ob_fs *fs, ob_file *file)
{
    ob_memory_fs *memory = of(fs);
    ob_mutex_lock(&memory->lock);
    disk_sync_bytes(&memory->disk, file->node);
    ob_mutex_unlock(&memory->lock);
    return OB_OK;
}

static ob_status memory_lock(const ob_fs *fs, ob_file *file)
{
    ob_memory_fs *memory = of(fs);
    ob_mutex_lock(&memory->lock);
    node *at = &memory->disk.nodes[file->node];
    ob_status status = at->locked && !file->locked ? ob_fail(OB_E_BUSY, "it is locked") : OB_OK;
    file->locked = file->locked || status == OB_OK;
    at->locked = true;
    ob_mutex_unlock(&memory->lock);
    return status;
}

/* A copy: what was mapped stays as it is. */
static ob_status memory_map(const ob_fs *fs, ob_file *file, size_t length, const void **out)
{
    ob_memory_fs *memory = of(fs);
    ob_status status = OB_OK;
    ob_mutex_lock(&memory->lock);
    const node *at = &memory->disk.nodes[file->node];
    uint8_t *data = length <= at->length ? malloc(length) : NULL;
    if (data == NULL) {
        status = ob_fail(OB_E_IO, "a map of %zu bytes", length);
    } else {
        memcpy(data, at->data->bytes, length);
        *out = data;
    }
    ob_mutex_unlock(&memory->lock);
    return status;
}

static void memory_unmap(const ob_fs *fs, const void *data, size_t length)
{
    (void)fs;
    (void)length;
    free((void *)(uintptr_t)data);
}

static ob_status memory_set_meta(const ob_fs *fs, ob_dir *dir, const char *name,
                                 const ob_file_info *info, int mask)
{
    ob_memory_fs *memory = of(fs);
    spot where;
    ob_mutex_lock(&memory->lock);
    ob_status status = find_there(memory, dir, name, &where);
    if (!OB_FAILED(status)) {
        ob_file_info *to = &memory->disk.nodes[where.at].info;
        to->mode = (mask & OB_META_MODE) != 0 ? info->mode : to->mode;
        to->uid = (mask & OB_META_OWNER) != 0 ? info->uid : to->uid;
        to->gid = (mask & OB_META_OWNER) != 0 ? info->gid : to->gid;
        to->mtime = (mask & OB_META_TIMES) != 0 ? info->mtime : to->mtime;
        to->atime = (mask & OB_META_TIMES) != 0 ? info->atime : to->atime;
        to->ctime = tick(memory);
    }
    ob_mutex_unlock(&memory->lock);
    return status;
}

static ob_status memory_space(const ob_fs *fs, const char *path, uint64_t *free_bytes,
                              uint64_t *total_bytes)
{
    (void)path;
    *free_bytes = of(fs)->room;
    *total_bytes = UINT64_MAX;
    return OB_OK;
}

/* ---- life ---- */

static void set_members(ob_memory_fs *memory)
{
    memory->fs = (ob_fs){
        .context = memory,
        .dir_open = memory_dir_open,
        .dir_read = memory_dir_read,
        .dir_close = memory_dir_close,
        .dir_sync = memory_dir_sync,
        .sync_volume = memory_sync_volume,
        .stat = memory_stat,
        .open = memory_open,
        .close = memory_close,
        .file_stat = memory_file_stat,
        .read_at = memory_read_at,
        .write_at = memory_write_at,
        .truncate = memory_truncate,
        .sync = memory_sync,
        .lock = memory_lock,
        .map = memory_map,
        .unmap = memory_unmap,
        .make_dir = memory_make_dir,
        .remove_file = memory_remove_file,
        .remove_dir = memory_remove_dir,
        .rename = memory_rename,
        .rename_new = memory_rename_new,
        .read_link = memory_read_link,
        .make_symlink = memory_make_symlink,
        .make_link = memory_make_link,
        .set_meta = memory_set_meta,
        .space = memory_space,
    };
}

static ob_memory_fs *new_memory(void)
{
    ob_memory_fs *memory = disk_need(calloc(1, sizeof *memory));
    ob_mutex_init(&memory->lock);
    set_members(memory);
    memory->room = UINT64_MAX;
    return memory;
}

ob_memory_fs *ob_memory_fs_new(void)
{
    ob_memory_fs *memory = new_memory();
    disk_init(&memory->disk);
    return memory;
}

ob_memory_fs *ob_memory_fs_copy(const ob_memory_fs *from)
{
    ob_memory_fs *memory = new_memory();
    disk_copy(&memory->disk, &from->disk);
    memory->now = from->now;
    memory->room = from->room;
    return memory;
}

void ob_memory_fs_free(ob_memory_fs *memory)
{
    if (memory != NULL) {
        disk_free(&memory->disk);
        ob_mutex_destroy(&memory->lock);
        free(memory);
    }
}

const ob_fs *ob_memory_fs_use(ob_memory_fs *memory)
{
    return &memory->fs;
}

void ob_memory_fs_set_time(ob_memory_fs *memory, int64_t now)
{
    memory->now = now;
}

void ob_memory_fs_set_room(ob_memory_fs *memory, uint64_t bytes)
{
    memory->room = bytes;
}

void ob_memory_fs_settle(ob_memory_fs *memory)
{
    for (size_t i = 0; i < memory->disk.count; i++) {
        disk_sync_bytes(&memory->disk, i);
        disk_sync_names(&memory->disk, i);
    }
}

void ob_memory_fs_power_cut(ob_memory_fs *memory, ob_power_cut how, uint64_t seed)
{
    disk_cut(&memory->disk, how, seed);
    ob_memory_fs_settle(memory);
}

const char *ob_memory_fs_differs(const ob_memory_fs *left, const char *left_path,
                                 const ob_memory_fs *right, const char *right_path,
                                 ob_memory_fs_missing missing_ok, void *context)
{
    spot a;
    spot b;
    if (OB_FAILED(find_path(&left->disk, left_path, &a)) || a.at == NOWHERE) {
        return "there is nothing on the left";
    }
    if (OB_FAILED(find_path(&right->disk, right_path, &b)) || b.at == NOWHERE) {
        return "there is nothing on the right";
    }
    const disk_compare compare = {&left->disk, &right->disk, missing_ok, context};
    return disk_differs(&compare, a.at, b.at, left_path);
}
