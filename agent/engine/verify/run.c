#include "ob/alloc.h"
#include "repo/damage.h"
#include "verify/team.h"
#include "verify/verify.h"

#include <stdio.h>
#include <string.h>

static ob_status check_options(const ob_engine *engine, const ob_verify_options *options)
{
    if (options->sample > 100) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "a sample of %u percent", options->sample);
    }
    if ((unsigned)options->depth > OB_VERIFY_FULL) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "a depth of %u", (unsigned)options->depth);
    }
    if (engine->keys == NULL && options->depth == OB_VERIFY_FULL) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "chunks do not open without keys");
    }
    return OB_OK;
}

static ob_status open_repo(ob_verify *v)
{
    if (v->engine->keys == NULL) {
        return OB_OK;
    }
    ob_status status = ob_repo_open(v->engine, false, &v->repo);
    if (!OB_FAILED(status)) {
        status = ob_repo_load_whole(v->repo);
    }
    if (!OB_FAILED(status)) {
        v->known = v->repo->index->bad;
        v->repo->index->bad = (ob_bad_places){0}; /* transferred */
    }
    return status;
}

/* What cannot be written down is met again; the verification was done in any case. */
static void remember(ob_verify *v)
{
    size_t count = v->bad.length / sizeof(ob_index_entry);
    if (!v->options->remember || count == 0) {
        return;
    }
    ob_status status = ob_repo_condemn(v->repo, (ob_index_entry *)(void *)v->bad.data, count);
    v->result.remember_status = status;
    v->result.chunks_remembered = OB_FAILED(status) ? 0 : count;
}

static ob_status verify(ob_verify *v)
{
    ob_status status = ob_verify_keys(v);
    if (!OB_FAILED(status)) {
        status = open_repo(v);
    }
    if (!OB_FAILED(status)) {
        status = ob_verify_indexes(v);
    }
    if (!OB_FAILED(status)) {
        status = ob_verify_list_packs(v);
    }
    if (!OB_FAILED(status)) {
        status = ob_verify_packs(v);
    }
    if (!OB_FAILED(status)) {
        status = ob_verify_points(v);
    }
    if (!OB_FAILED(status)) {
        remember(v);
    }
    return status;
}

ob_status ob_verify_run(const ob_engine *engine, const ob_verify_options *options,
                        const ob_control *control, ob_verify_result *result)
{
    char detail[1024];
    ob_status status = check_options(engine, options);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_verify *v = ob_calloc(1, sizeof *v);
    if (v == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a verification");
    }
    v->engine = engine;
    v->options = options;
    v->workers = engine->workers > 0 ? engine->workers : ob_thread_processors();
    v->workers = v->workers < OB_TEAM_MOST ? v->workers : OB_TEAM_MOST;
    ob_mutex_init(&v->lock);
    ob_report_begin(&v->report, control, engine->clock);
    status = verify(v);
    snprintf(detail, sizeof detail, "%s", ob_detail()); /* closing may say something of its own */
    ob_repo_close(v->repo);
    ob_report_end(&v->report);
    ob_mutex_destroy(&v->lock);
    if (!OB_FAILED(status)) {
        *result = v->result;
    }
    ob_bad_places_free(&v->known);
    ob_free(v->packs);
    ob_free(v->entry_counts);
    ob_free(v->examine);
    ob_buf_free(&v->hurt);
    ob_buf_free(&v->bad);
    ob_buf_free(&v->absent);
    ob_free(v);
    return OB_FAILED(status) ? ob_fail(status, "%s", detail) : OB_OK;
}
