#include "backup/count.h"

#include "ob/alloc.h"
#include "source/walk.h"

#include <stdatomic.h>

struct ob_count {
    const ob_engine *engine;
    const ob_selection *selection;
    ob_report *report;  /* of the run */
    ob_control control; /* of the walk: asks `stopped`, tells nothing */
    ob_report quiet;
    atomic_bool stopped;
    ob_thread *thread;
};

static bool is_stopped(void *context)
{
    ob_count *count = context;
    return atomic_load(&count->stopped);
}

static void count_all(void *argument)
{
    ob_count *count = argument;
    ob_walk *walk = NULL;
    ob_walk_item item = {.path = ""};
    uint64_t files = 0;
    uint64_t bytes = 0;
    ob_status status = ob_walk_open(count->engine, count->selection, &count->quiet, &walk);
    while (!OB_FAILED(status) && item.path != NULL) {
        status = ob_walk_next(walk, &item);
        if (!OB_FAILED(status) && item.path != NULL) {
            files++;
            bytes += item.info.type == OB_FILE_REGULAR ? item.info.size : 0;
        }
    }
    if (!OB_FAILED(status)) {
        ob_report_expect(count->report, files, bytes);
    }
    ob_walk_close(walk);
}

ob_count *ob_count_start(const ob_engine *engine, const ob_selection *selection, ob_report *report)
{
    ob_count *count = ob_calloc(1, sizeof *count);
    if (count == NULL) {
        return NULL;
    }
    count->engine = engine;
    count->selection = selection;
    count->report = report;
    count->control = (ob_control){.context = count, .cancelled = is_stopped};
    atomic_init(&count->stopped, false);
    ob_report_begin(&count->quiet, &count->control, engine->clock);
    if (OB_FAILED(ob_thread_start(&count->thread, count_all, count))) {
        ob_count_stop(count);
        return NULL;
    }
    return count;
}

void ob_count_stop(ob_count *count)
{
    if (count != NULL) {
        atomic_store(&count->stopped, true);
        ob_thread_join(count->thread);
        ob_report_end(&count->quiet);
        ob_free(count);
    }
}
