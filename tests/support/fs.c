#include "ob/test.h"
#include "ob/thread.h"

/* Of the counts of all wrappers: the operations of several threads are counted too. */
static ob_mutex lock;

static ob_test_fs *wrapper_of(const ob_fs *fs)
{
    return fs->context;
}

/* Counts an operation; other than OB_OK says that it fails. */
static ob_status enter(const ob_fs *fs, const char *operation, const char *name, bool writes)
{
    ob_test_fs *wrapper = wrapper_of(fs);
    ob_status status = OB_OK;
    if (wrapper->before != NULL) {
        status = wrapper->before(wrapper, operation, name);
    }
    ob_mutex_lock(&lock);
    if (status == OB_OK && (writes || !wrapper->writes_only)) {
        uint64_t number = ++wrapper->count;
        bool fails =
            wrapper->from_then_on ? number >= wrapper->fail_at : number == wrapper->fail_at;
        if (wrapper->fail_at != 0 && fails) {
            status = ob_fail(wrapper->status, "%s %s was made to fail", operation,
                             name != NULL ? name : "");
        }
    }
    wrapper->hit = wrapper->hit || status != OB_OK;
    ob_mutex_unlock(&lock);
    return status;
}

static ob_status fail_dir_open(const ob_fs *fs, ob_dir *parent, const char *name, ob_dir **out)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "dir_open", name, false);
    return status == OB_OK ? inner->dir_open(inner, parent, name, out) : status;
}

static ob_status fail_dir_read(const ob_fs *fs, ob_dir *dir, ob_dir_entry *out)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "dir_read", NULL, false);
    return status == OB_OK ? inner->dir_read(inner, dir, out) : status;
}

static ob_status fail_dir_sync(const ob_fs *fs, ob_dir *dir)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "dir_sync", NULL, true);
    return status == OB_OK ? inner->dir_sync(inner, dir) : status;
}

static ob_status fail_sync_volume(const ob_fs *fs, ob_dir *dir)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "sync_volume", NULL, true);
    return status == OB_OK ? inner->sync_volume(inner, dir) : status;
}

static ob_status fail_stat(const ob_fs *fs, ob_dir *dir, const char *name, ob_file_info *out)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "stat", name, false);
    return status == OB_OK ? inner->stat(inner, dir, name, out) : status;
}

static ob_status fail_open(const ob_fs *fs, ob_dir *dir, const char *name, int flags, ob_file **out)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "open", name, (flags & OB_OPEN_WRITE) != 0);
    return status == OB_OK ? inner->open(inner, dir, name, flags, out) : status;
}

static ob_status fail_file_stat(const ob_fs *fs, ob_file *file, ob_file_info *out)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "file_stat", NULL, false);
    return status == OB_OK ? inner->file_stat(inner, file, out) : status;
}

static ob_status fail_read_at(const ob_fs *fs, ob_file *file, uint64_t offset, void *data,
                              size_t length, size_t *got)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "read_at", NULL, false);
    return status == OB_OK ? inner->read_at(inner, file, offset, data, length, got) : status;
}

static ob_status fail_truncate(const ob_fs *fs, ob_file *file, uint64_t size)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "truncate", NULL, true);
    return status == OB_OK ? inner->truncate(inner, file, size) : status;
}

static ob_status fail_sync(const ob_fs *fs, ob_file *file)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "sync", NULL, true);
    return status == OB_OK ? inner->sync(inner, file) : status;
}

static ob_status fail_lock(const ob_fs *fs, ob_file *file)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "lock", NULL, false);
    return status == OB_OK ? inner->lock(inner, file) : status;
}

static ob_status fail_map(const ob_fs *fs, ob_file *file, size_t length, const void **out)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "map", NULL, false);
    return status == OB_OK ? inner->map(inner, file, length, out) : status;
}

static ob_status fail_make_dir(const ob_fs *fs, ob_dir *dir, const char *name,
                               bool private_to_owner)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "make_dir", name, true);
    return status == OB_OK ? inner->make_dir(inner, dir, name, private_to_owner) : status;
}

static ob_status fail_remove_file(const ob_fs *fs, ob_dir *dir, const char *name)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "remove_file", name, true);
    return status == OB_OK ? inner->remove_file(inner, dir, name) : status;
}

static ob_status fail_remove_dir(const ob_fs *fs, ob_dir *dir, const char *name)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "remove_dir", name, true);
    return status == OB_OK ? inner->remove_dir(inner, dir, name) : status;
}

static ob_status fail_rename(const ob_fs *fs, ob_dir *from_dir, const char *from, ob_dir *to_dir,
                             const char *to)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "rename", from, true);
    return status == OB_OK ? inner->rename(inner, from_dir, from, to_dir, to) : status;
}

static ob_status fail_rename_new(const ob_fs *fs, ob_dir *from_dir, const char *from,
                                 ob_dir *to_dir, const char *to)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "rename_new", from, true);
    return status == OB_OK ? inner->rename_new(inner, from_dir, from, to_dir, to) : status;
}

static ob_status fail_read_link(const ob_fs *fs, ob_dir *dir, const char *name, char **out)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "read_link", name, false);
    return status == OB_OK ? inner->read_link(inner, dir, name, out) : status;
}

static ob_status fail_make_symlink(const ob_fs *fs, ob_dir *dir, const char *name,
                                   const char *target, bool target_is_dir)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "make_symlink", name, true);
    return status == OB_OK ? inner->make_symlink(inner, dir, name, target, target_is_dir) : status;
}

static ob_status fail_make_link(const ob_fs *fs, ob_dir *old_dir, const char *old_name,
                                ob_dir *new_dir, const char *new_name)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "make_link", old_name, true);
    return status == OB_OK ? inner->make_link(inner, old_dir, old_name, new_dir, new_name) : status;
}

static ob_status fail_set_meta(const ob_fs *fs, ob_dir *dir, const char *name,
                               const ob_file_info *info, int mask)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "set_meta", name, true);
    return status == OB_OK ? inner->set_meta(inner, dir, name, info, mask) : status;
}

static ob_status fail_space(const ob_fs *fs, const char *path, uint64_t *free_bytes,
                            uint64_t *total_bytes)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "space", path, false);
    return status == OB_OK ? inner->space(inner, path, free_bytes, total_bytes) : status;
}

static ob_status fail_volume_kind(const ob_fs *fs, ob_dir *dir, const char *name,
                                  ob_volume_kind *out)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "volume_kind", name, false);
    return status == OB_OK ? inner->volume_kind(inner, dir, name, out) : status;
}

static ob_status fail_read_extras(const ob_fs *fs, ob_dir *dir, const char *name, ob_file *file,
                                  ob_file_type type, ob_extra_visit visit, void *context,
                                  uint32_t *not_kept)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "read_extras", name, false);
    return status == OB_OK
               ? inner->read_extras(inner, dir, name, file, type, visit, context, not_kept)
               : status;
}

static ob_status fail_write_extra(const ob_fs *fs, ob_dir *dir, const char *name,
                                  const ob_extra *extra)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "write_extra", name, true);
    return status == OB_OK ? inner->write_extra(inner, dir, name, extra) : status;
}

static ob_status fail_data_map(const ob_fs *fs, ob_file *file, uint64_t size, ob_extent_visit visit,
                               void *context)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "data_map", NULL, false);
    return status == OB_OK ? inner->data_map(inner, file, size, visit, context) : status;
}

static ob_status fail_make_node(const ob_fs *fs, ob_dir *dir, const char *name,
                                const ob_file_info *info, const void *data, size_t length)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "make_node", name, true);
    return status == OB_OK ? inner->make_node(inner, dir, name, info, data, length) : status;
}

static ob_status fail_open_stream(const ob_fs *fs, ob_dir *dir, const char *name,
                                  const char *stream, int flags, ob_file **out)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "open_stream", name, (flags & OB_OPEN_WRITE) != 0);
    return status == OB_OK ? inner->open_stream(inner, dir, name, stream, flags, out) : status;
}

static ob_status fail_write_at(const ob_fs *fs, ob_file *file, uint64_t offset, const void *data,
                               size_t length)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    ob_status status = enter(fs, "write_at", NULL, true);
    if (status != OB_OK && wrapper_of(fs)->torn) {
        (void)inner->write_at(inner, file, offset, data, length / 2);
    }
    return status == OB_OK ? inner->write_at(inner, file, offset, data, length) : status;
}

static void pass_dir_close(const ob_fs *fs, ob_dir *dir)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    inner->dir_close(inner, dir);
}

static void pass_close(const ob_fs *fs, ob_file *file)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    inner->close(inner, file);
}

static void pass_unmap(const ob_fs *fs, const void *data, size_t length)
{
    const ob_fs *inner = wrapper_of(fs)->inner;
    inner->unmap(inner, data, length);
}

void ob_test_fs_init(ob_test_fs *wrapper, const ob_fs *inner)
{
    *wrapper = (ob_test_fs){
        .inner = inner,
        .status = OB_E_IO,
        .fs =
            {
                .context = wrapper,
                .dir_open = fail_dir_open,
                .dir_read = fail_dir_read,
                .dir_sync = fail_dir_sync,
                .sync_volume = inner->sync_volume != NULL ? fail_sync_volume : NULL,
                .stat = fail_stat,
                .open = fail_open,
                .file_stat = fail_file_stat,
                .read_at = fail_read_at,
                .truncate = fail_truncate,
                .sync = fail_sync,
                .lock = fail_lock,
                .map = fail_map,
                .make_dir = fail_make_dir,
                .remove_file = fail_remove_file,
                .remove_dir = fail_remove_dir,
                .rename = fail_rename,
                .rename_new = fail_rename_new,
                .read_link = fail_read_link,
                .make_symlink = fail_make_symlink,
                .make_link = fail_make_link,
                .set_meta = fail_set_meta,
                .space = fail_space,
                .volume_kind = inner->volume_kind != NULL ? fail_volume_kind : NULL,
                .read_extras = inner->read_extras != NULL ? fail_read_extras : NULL,
                .write_extra = inner->write_extra != NULL ? fail_write_extra : NULL,
                .data_map = inner->data_map != NULL ? fail_data_map : NULL,
                .make_node = inner->make_node != NULL ? fail_make_node : NULL,
                .open_stream = inner->open_stream != NULL ? fail_open_stream : NULL,
                .write_at = fail_write_at,
                .dir_close = pass_dir_close,
                .close = pass_close,
                .unmap = pass_unmap,
            },
    };
}

void ob_test_fs_fail(ob_test_fs *wrapper, uint64_t fail_at, bool from_then_on)
{
    wrapper->count = 0;
    wrapper->fail_at = fail_at;
    wrapper->from_then_on = from_then_on;
    wrapper->hit = false;
}
