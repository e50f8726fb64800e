#include "ob/alloc.h"
#include "retain/survey.h"
#include "retain/upkeep.h"

#include <stdio.h>
#include <string.h>

#define LOCK_SECONDS 600
#define RENEW_NS UINT64_C(60000000000)
#define BATCH 4096 /* names of one call to the store */

typedef struct prune {
    ob_survey survey;
    const ob_prune_options *options;
    ob_prune_result *result;
    uint64_t token; /* 0: no lock */
    uint64_t renewed;
    /* What the next call to the store takes. */
    ob_object_name *names;
    size_t count;
} prune;

static ob_store *store_of(const prune *p)
{
    return p->survey.engine->store;
}

/* ---- the lock ---- */

/* Whoever is late finds out here, or at the latest by a mark or a sweep. */
static ob_status renew(void *context)
{
    prune *p = context;
    const ob_clock *clock = p->survey.engine->clock;
    uint64_t now = clock->monotonic(clock);
    if (p->token == 0 || now - p->renewed < RENEW_NS) {
        return OB_OK;
    }
    p->renewed = now;
    return store_of(p)->holds->renew(store_of(p), p->token, LOCK_SECONDS);
}

static ob_status take_lock(prune *p)
{
    const ob_clock *clock = p->survey.engine->clock;
    p->renewed = clock->monotonic(clock);
    return store_of(p)->holds->lock(store_of(p), LOCK_SECONDS, &p->token);
}

/* ---- names in batches ---- */

typedef ob_status (*batch_call)(prune *p, ob_object_kind kind);

static ob_status call_mark(prune *p, ob_object_kind kind)
{
    size_t refused = 0;
    uint32_t days = p->options->soft_days > 0 ? p->options->soft_days : OB_SOFT_DAYS;
    ob_status status = store_of(p)->holds->mark(
        store_of(p), p->token, kind, (const ob_object_name *)p->names, p->count, days, &refused);
    if (!OB_FAILED(status) && refused > 0) {
        status = ob_fail(OB_E_BUSY, "%zu objects are retained since this run began", refused);
    }
    return status;
}

/* What is refused was brought back meanwhile: it stays. */
static ob_status call_sweep(prune *p, ob_object_kind kind)
{
    size_t refused = 0;
    return store_of(p)->holds->sweep(store_of(p), p->token, kind, (const ob_object_name *)p->names,
                                     p->count, &refused);
}

static ob_status call_keep(prune *p, ob_object_kind kind)
{
    return store_of(p)->holds->keep(store_of(p), kind, (const ob_object_name *)p->names, p->count,
                                    0);
}

static ob_status flush(prune *p, ob_object_kind kind, batch_call call)
{
    ob_status status = OB_OK;
    if (p->count > 0 && !p->options->dry_run) {
        status = renew(p);
        if (!OB_FAILED(status)) {
            status = call(p, kind);
        }
    }
    p->count = 0;
    return status;
}

static ob_status put(prune *p, ob_object_kind kind, batch_call call, const char *name)
{
    memset(p->names[p->count], 0, sizeof p->names[0]);
    snprintf(p->names[p->count++], sizeof p->names[0], "%s", name);
    return p->count == BATCH ? flush(p, kind, call) : OB_OK;
}

static ob_status put_pack(prune *p, batch_call call, uint32_t number)
{
    char name[OB_SHA256_HEX];
    ob_hex_encode(name, p->survey.packs.info[number].name, OB_SHA256_SIZE);
    return put(p, OB_OBJECT_PACK, call, name);
}

/* ---- which points go ---- */

static ob_status apply_rule(prune *p, size_t rule)
{
    ob_survey *s = &p->survey;
    const ob_prune_options *options = p->options;
    ob_dated *dated = ob_calloc(s->point_count, sizeof dated[0]);
    uint8_t *reasons = ob_calloc(s->point_count, sizeof reasons[0]);
    size_t count = 0;
    ob_status status =
        dated != NULL && reasons != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "recovery points");
    for (size_t i = 0; !OB_FAILED(status) && i < s->point_count; i++) {
        if (s->points[i].rule == rule) {
            int64_t time = s->points[i].time;
            dated[count].time = time;
            dated[count++].offset =
                options->offset != NULL ? options->offset(options->context, time) : 0;
        }
    }
    if (!OB_FAILED(status)) {
        int64_t now = s->engine->clock->now(s->engine->clock);
        status =
            ob_retention_apply(&options->rules[rule - 1].retention, dated, count, now, reasons);
    }
    count = 0;
    for (size_t i = 0; !OB_FAILED(status) && i < s->point_count; i++) {
        if (s->points[i].rule == rule) {
            s->points[i].kept = reasons[count++];
        }
    }
    ob_free(dated);
    ob_free(reasons);
    return status;
}

/* A point that is to go by its name. All of one id: it may have been stored anew. */
static ob_status remove_point(prune *p, const ob_guid *id)
{
    char text[OB_GUID_TEXT];
    bool found = false;
    ob_guid_format(text, id);
    for (size_t i = 0; i < p->survey.point_count; i++) {
        ob_survey_point *point = &p->survey.points[i];
        if (!ob_guid_equal(&point->id, id)) {
            continue;
        }
        found = true;
        if (point->mark.retained) {
            char until[OB_TIME_TEXT];
            ob_time_format(until, point->mark.until);
            return ob_fail(OB_E_RETAINED, "recovery point %s is retained until %s", text, until);
        }
        point->kept = 0;
    }
    return found ? OB_OK : ob_fail(OB_E_NOT_FOUND, "there is no recovery point %s", text);
}

static ob_status choose_points(prune *p)
{
    ob_survey *s = &p->survey;
    ob_status status = OB_OK;
    for (size_t i = 0; i < s->point_count; i++) {
        s->points[i].kept = OB_KEPT_ALL;
    }
    for (size_t rule = 1; !OB_FAILED(status) && rule <= p->options->rule_count; rule++) {
        status = apply_rule(p, rule);
    }
    for (size_t i = 0; i < s->point_count; i++) {
        s->points[i].kept |= s->points[i].mark.retained ? OB_KEPT_RETAINED : 0;
    }
    for (size_t i = 0; !OB_FAILED(status) && i < p->options->remove_count; i++) {
        status = remove_point(p, &p->options->remove[i]);
    }
    for (size_t i = 0; !OB_FAILED(status) && i < s->point_count; i++) {
        s->points[i].going = s->points[i].kept == 0 && !s->points[i].mark.marked;
    }
    return status;
}

/* ---- points ---- */

static ob_status mark_points(prune *p)
{
    ob_survey *s = &p->survey;
    ob_status status = OB_OK;
    for (size_t i = 0; !OB_FAILED(status) && i < s->point_count; i++) {
        if (s->points[i].going) {
            p->result->points_marked++;
            status = put(p, OB_OBJECT_POINT, call_mark, s->points[i].name);
        }
    }
    return OB_FAILED(status) ? status : flush(p, OB_OBJECT_POINT, call_mark);
}

/* Only what was due before anything else was read: nothing has been committed to it since. */
static ob_status sweep_points(prune *p)
{
    ob_survey *s = &p->survey;
    ob_status status = OB_OK;
    for (size_t i = 0; !OB_FAILED(status) && i < s->point_count; i++) {
        ob_survey_point *point = &s->points[i];
        if (!point->mark.due || point->mark.retained) {
            continue;
        }
        if (!point->damaged) {
            status = ob_survey_count(s, point, 0, -1);
        }
        if (!OB_FAILED(status)) {
            point->swept = true;
            p->result->points_swept++;
            s->damaged -= point->damaged ? 1 : 0;
            status = put(p, OB_OBJECT_POINT, call_sweep, point->name);
        }
    }
    return OB_FAILED(status) ? status : flush(p, OB_OBJECT_POINT, call_sweep);
}

/* Those that go do not count as needing their packs. */
static ob_status uncount_points(prune *p)
{
    ob_survey *s = &p->survey;
    ob_status status = OB_OK;
    for (size_t i = 0; !OB_FAILED(status) && i < s->point_count; i++) {
        if (s->points[i].going && !s->points[i].damaged) {
            status = ob_survey_count(s, &s->points[i], -1, 0);
        }
    }
    return status;
}

static void tell_points(const prune *p)
{
    const ob_survey *s = &p->survey;
    for (size_t i = 0; i < s->point_count; i++) {
        const ob_survey_point *point = &s->points[i];
        ob_pruned_point told = {point->id, point->time, OB_FATE_KEPT, 0};
        if (point->swept) {
            told.fate = OB_FATE_SWEPT;
        } else if (point->going) {
            told.fate = OB_FATE_MARKED;
        } else if (point->mark.marked) {
            told.fate = OB_FATE_WAITING;
            p->result->points_waiting++;
        } else {
            p->result->points_kept++;
        }
        told.kept = told.fate == OB_FATE_KEPT ? point->kept : 0;
        if (p->options->told != NULL) {
            p->options->told(p->options->context, &told);
        }
    }
}

/* ---- packs ---- */

static ob_status bring_packs_back(prune *p)
{
    ob_survey *s = &p->survey;
    ob_status status = OB_OK;
    for (uint32_t i = 0; !OB_FAILED(status) && i < s->packs.count; i++) {
        if (s->pack[i].needed > 0 && s->pack[i].mark.marked) {
            p->result->packs_brought_back++;
            status = put_pack(p, call_keep, i);
        }
    }
    return OB_FAILED(status) ? status : flush(p, OB_OBJECT_PACK, call_keep);
}

static ob_status mark_packs(prune *p)
{
    ob_survey *s = &p->survey;
    ob_status status = OB_OK;
    for (uint32_t i = 0; !OB_FAILED(status) && i < s->packs.count; i++) {
        if (s->pack[i].needed == 0 && !s->pack[i].mark.marked && !s->pack[i].mark.retained) {
            p->result->packs_marked++;
            p->result->bytes_marked += s->packs.info[i].size;
            status = put_pack(p, call_mark, i);
        }
    }
    return OB_FAILED(status) ? status : flush(p, OB_OBJECT_PACK, call_mark);
}

static ob_status sweep_packs(prune *p)
{
    ob_survey *s = &p->survey;
    ob_status status = OB_OK;
    for (uint32_t i = 0; !OB_FAILED(status) && i < s->packs.count; i++) {
        const ob_survey_mark *mark = &s->pack[i].mark;
        if (s->pack[i].used == 0 && mark->due && !mark->retained) {
            s->pack[i].gone = true;
            p->result->packs_swept++;
            p->result->bytes_swept += s->packs.info[i].size;
            status = put_pack(p, call_sweep, i);
        }
    }
    return OB_FAILED(status) ? status : flush(p, OB_OBJECT_PACK, call_sweep);
}

/* ---- the run ---- */

/* What a run was removing when it died: the objects are gone, or (index objects) replaced. */
static ob_status finish_sweep(prune *p, ob_object_kind kind)
{
    ob_survey *s = &p->survey;
    ob_status status = OB_OK;
    for (size_t i = 0; !OB_FAILED(status) && i < s->hold_count; i++) {
        const ob_hold *hold = &s->holds[i];
        if (hold->kind == kind && hold->marked != 0 && hold->due <= s->store_now &&
            (kind == OB_OBJECT_INDEX || !ob_survey_has(s, hold))) {
            status = put(p, kind, call_sweep, hold->name);
        }
    }
    return OB_FAILED(status) ? status : flush(p, kind, call_sweep);
}

static ob_status finish_sweeps(prune *p)
{
    ob_status status = finish_sweep(p, OB_OBJECT_POINT);
    if (!OB_FAILED(status)) {
        status = finish_sweep(p, OB_OBJECT_PACK);
    }
    return OB_FAILED(status) ? status : finish_sweep(p, OB_OBJECT_INDEX);
}

/* What is lost for good is forgotten, so that the next run does not stop at it. */
static ob_status forget_missing(prune *p)
{
    ob_survey *s = &p->survey;
    ob_status status = OB_OK;
    for (size_t i = 0; !OB_FAILED(status) && i < s->hold_count; i++) {
        const ob_hold *hold = &s->holds[i];
        if (hold->kind == OB_OBJECT_POINT && !ob_survey_has(s, hold)) {
            status = put(p, OB_OBJECT_POINT, call_mark, hold->name);
        }
    }
    return OB_FAILED(status) ? status : flush(p, OB_OBJECT_POINT, call_mark);
}

static ob_status prune_points(prune *p)
{
    ob_status status = choose_points(p);
    if (!OB_FAILED(status)) {
        status = finish_sweeps(p);
    }
    if (!OB_FAILED(status) && p->options->accept_missing) {
        status = forget_missing(p);
    }
    if (!OB_FAILED(status)) {
        status = uncount_points(p);
    }
    if (!OB_FAILED(status)) {
        status = mark_points(p);
    }
    if (!OB_FAILED(status)) {
        status = sweep_points(p);
    }
    if (!OB_FAILED(status)) {
        tell_points(p);
    }
    return status;
}

static ob_status prune_packs(prune *p)
{
    ob_survey *s = &p->survey;
    ob_status status = bring_packs_back(p);
    if (!OB_FAILED(status) && s->damaged > 0) {
        status =
            ob_fail(OB_E_VAULT_INCOMPLETE, "point %s is damaged: which packs it needs is not known",
                    s->first_damaged);
    }
    if (!OB_FAILED(status)) {
        status = mark_packs(p);
    }
    if (!OB_FAILED(status)) {
        status = sweep_packs(p);
    }
    if (!OB_FAILED(status) && !p->options->dry_run) {
        ob_upkeep upkeep = {s, p->token, p->result};
        status = ob_upkeep_run(&upkeep);
    }
    return status;
}

static ob_status run(prune *p)
{
    ob_status status = ob_store_needs_holds(store_of(p));
    p->names = ob_calloc(BATCH, sizeof p->names[0]);
    if (!OB_FAILED(status) && p->names == NULL) {
        status = ob_fail(OB_E_NO_MEMORY, "a list of names");
    }
    if (!OB_FAILED(status) && !p->options->dry_run) {
        status = take_lock(p);
    }
    if (!OB_FAILED(status)) {
        status = ob_survey_read(&p->survey);
    }
    p->result->points = p->survey.point_count;
    p->result->packs = p->survey.packs.count;
    if (!OB_FAILED(status)) {
        status = prune_points(p);
    }
    return OB_FAILED(status) ? status : prune_packs(p);
}

ob_status ob_prune_run(const ob_engine *engine, const ob_prune_options *options,
                       const ob_control *control, ob_prune_result *result)
{
    prune p = {.options = options, .result = result};
    char detail[1024];
    *result = (ob_prune_result){0};
    p.survey.engine = engine;
    p.survey.control = control;
    p.survey.options = options;
    p.survey.pulse = renew;
    p.survey.pulse_context = &p;
    ob_status status = run(&p);
    snprintf(detail, sizeof detail, "%s", ob_detail());
    if (p.token != 0) {
        /* If this fails the lock ends by itself. */
        (void)store_of(&p)->holds->unlock(store_of(&p), p.token);
    }
    ob_survey_free(&p.survey);
    ob_free(p.names);
    return OB_FAILED(status) ? ob_fail(status, "%s", detail) : OB_OK;
}
