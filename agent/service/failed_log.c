#include "failed_log.h"

#include "ob/alloc.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX "failed-"
#define SUFFIX ".log"

ob_status ob_failed_log_init(ob_failed_log *log, const ob_fs *fs, const char *folder, int64_t now,
                             const ob_guid *job)
{
    char id[OB_GUID_TEXT];
    char time[OB_TIME_TEXT];
    *log = (ob_failed_log){.fs = fs};
    ob_guid_format(id, job);
    ob_time_format(time, now);
    for (char *c = time; *c != '\0'; c++) {
        *c = *c == ':' ? '-' : *c; /* no name on Windows */
    }
    char *name = ob_asprintf(PREFIX "%s-%s" SUFFIX, time, id);
    log->path = name != NULL ? ob_path_join(folder, name) : NULL;
    ob_free(name);
    return log->path != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "the log of failed files");
}

void ob_failed_log_add(ob_failed_log *log, ob_status status, const char *path, const char *detail)
{
    ob_buf line = {0};
    if (log->status == OB_OK && log->file == NULL) {
        int flags = OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_TRUNCATE | OB_OPEN_PRIVATE;
        log->status = log->fs->open(log->fs, NULL, log->path, flags, &log->file);
    }
    if (log->status != OB_OK) {
        return;
    }
    ob_buf_put_text(&line, ob_status_lookup(status)->symbol);
    ob_buf_put_u8(&line, '\t');
    ob_text_escape(&line, path, strlen(path));
    ob_buf_put_u8(&line, '\t');
    if (ob_utf8_valid(detail, strlen(detail)) && strpbrk(detail, "\n\r") == NULL) {
        ob_buf_put_text(&line, detail);
    } else {
        ob_text_escape(&line, detail, strlen(detail));
    }
    ob_buf_put_u8(&line, '\n');
    log->status = ob_buf_status(&line);
    if (log->status == OB_OK) {
        log->status = log->fs->write_at(log->fs, log->file, log->size, line.data, line.length);
        log->size += line.length;
    }
    ob_buf_free(&line);
}

void ob_failed_log_finish(ob_failed_log *log)
{
    if (log->file != NULL) {
        ob_status status = log->fs->sync(log->fs, log->file);
        log->status = log->status == OB_OK ? status : log->status;
        log->fs->close(log->fs, log->file);
        log->file = NULL;
    }
}

void ob_failed_log_free(ob_failed_log *log)
{
    ob_failed_log_finish(log);
    ob_free(log->path);
    *log = (ob_failed_log){0};
}

typedef struct name_list {
    char **names;
    size_t count;
} name_list;

static bool is_log(const char *name)
{
    size_t length = strlen(name);
    return length > strlen(PREFIX SUFFIX) && strncmp(name, PREFIX, strlen(PREFIX)) == 0 &&
           strcmp(name + length - strlen(SUFFIX), SUFFIX) == 0;
}

static ob_status add_name(name_list *list, const char *name)
{
    char **names = ob_realloc_array(list->names, list->count + 1, sizeof *names);
    if (names == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a list of logs");
    }
    list->names = names;
    names[list->count] = ob_strdup(name);
    if (names[list->count] == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a list of logs");
    }
    list->count++;
    return OB_OK;
}

static int compare_names(const void *a, const void *b)
{
    char *const *left = a;
    char *const *right = b;
    return strcmp(*left, *right);
}

static ob_status read_names(const ob_fs *fs, ob_dir *dir, name_list *list)
{
    ob_dir_entry entry = {0};
    ob_status status = fs->dir_read(fs, dir, &entry);
    while (status == OB_OK && entry.name != NULL) {
        if (is_log(entry.name)) {
            status = add_name(list, entry.name);
        }
        if (status == OB_OK) {
            status = fs->dir_read(fs, dir, &entry);
        }
    }
    return status;
}

ob_status ob_failed_log_prune(const ob_fs *fs, const char *folder, size_t keep)
{
    ob_dir *dir = NULL;
    name_list list = {0};
    ob_status status = fs->dir_open(fs, NULL, folder, &dir);
    if (OB_FAILED(status)) {
        return status;
    }
    status = read_names(fs, dir, &list);
    if (status == OB_OK && list.count > keep) {
        qsort(list.names, list.count, sizeof *list.names, compare_names);
        for (size_t i = 0; i < list.count - keep && status == OB_OK; i++) {
            status = fs->remove_file(fs, dir, list.names[i]);
        }
    }
    for (size_t i = 0; i < list.count; i++) {
        ob_free(list.names[i]);
    }
    ob_free(list.names);
    fs->dir_close(fs, dir);
    return status;
}
