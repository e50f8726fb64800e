#include "ob/log.h"

#include "ob/alloc.h"
#include "ob/clock.h"
#include "ob/fs.h"
#include "ob/host.h"
#include "ob/text.h"
#include "ob/thread.h"

#include <stdio.h>
#include <string.h>

static struct {
    ob_mutex lock; /* all zero is an open lock */
    ob_file *file;
    uint64_t end; /* where the next line goes */
    ob_log_level most;
    bool opened;
    bool journal;
} state;

static const char *level_name(ob_log_level level)
{
    switch (level) {
    case OB_LOG_ERROR:
        return "error";
    case OB_LOG_WARNING:
        return "warning";
    case OB_LOG_INFO:
        return "info";
    default:
        return "debug";
    }
}

static bool is_set(const char *variable)
{
    char *value = NULL;
    bool set = ob_host_environment(variable, &value) == OB_OK;
    ob_free(value);
    return set;
}

ob_status ob_log_open(const char *path, ob_log_level most)
{
    const ob_fs *fs = ob_fs_os();
    ob_file *file = NULL;
    ob_file_info info = {0};
    if (path != NULL) {
        ob_status status =
            fs->open(fs, NULL, path, OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_PRIVATE, &file);
        if (status == OB_OK) {
            status = fs->file_stat(fs, file, &info);
        }
        if (OB_FAILED(status)) {
            fs->close(fs, file);
            return status;
        }
    }
    bool journal = is_set("JOURNAL_STREAM");
    ob_mutex_lock(&state.lock);
    ob_file *old = state.file;
    state.file = file;
    state.end = info.size;
    state.most = most;
    state.opened = true;
    state.journal = journal;
    ob_mutex_unlock(&state.lock);
    fs->close(fs, old);
    return OB_OK;
}

void ob_log_close(void)
{
    const ob_fs *fs = ob_fs_os();
    ob_mutex_lock(&state.lock);
    ob_file *old = state.file;
    state.file = NULL;
    ob_mutex_unlock(&state.lock);
    fs->close(fs, old);
}

/* A log that cannot be written must not stop what it tells of: errors end here. */
static void put_line(ob_log_level level, const char *line, size_t length)
{
    const ob_fs *fs = ob_fs_os();
    ob_mutex_lock(&state.lock);
    if (!state.opened || level <= state.most) {
        if (state.journal) {
            fprintf(stderr, "<%d>", (int)level);
        }
        fwrite(line, 1, length, stderr);
        fflush(stderr);
        if (state.file != NULL && fs->write_at(fs, state.file, state.end, line, length) == OB_OK) {
            state.end += length;
        }
    }
    ob_mutex_unlock(&state.lock);
}

void ob_log(ob_log_level level, const char *format, ...)
{
    char message[2048];
    char time[OB_TIME_TEXT];
    ob_buf line = {.limit = 16384};
    const ob_clock *clock = ob_clock_os();
    va_list args;
    va_start(args, format);
    int length = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    ob_time_format(time, clock->now(clock));
    ob_buf_printf(&line, "%s %s ", time, level_name(level));
    if (length > 0) {
        size_t cut = (size_t)length < sizeof message ? (size_t)length : sizeof message - 1;
        ob_text_escape(&line, message, cut);
    }
    ob_buf_put_u8(&line, '\n');
    if (!line.failed) {
        put_line(level, (const char *)line.data, line.length);
    }
    ob_buf_free(&line);
}
