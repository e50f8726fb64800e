#include "retain/survey.h"

#include "ob/alloc.h"
#include "point/manifest.h"
#include "repo/point_object.h"

#include <stdlib.h>
#include <string.h>

static ob_status no_memory(void)
{
    return ob_fail(OB_E_NO_MEMORY, "a list of what is in the vault");
}

static ob_status pulse(const ob_survey *s)
{
    const ob_control *control = s->control;
    if (control != NULL && control->cancelled != NULL && control->cancelled(control->context)) {
        return ob_fail(OB_E_CANCELLED, "deleting old recovery points");
    }
    return s->pulse != NULL ? s->pulse(s->pulse_context) : OB_OK;
}

/* ---- marks ---- */

static ob_status add_hold(void *context, const ob_hold *hold, int64_t now)
{
    ob_survey *s = context;
    s->store_now = now;
    if (s->hold_count == s->hold_capacity) {
        size_t capacity = s->hold_capacity * 2 + 256;
        ob_hold *holds = ob_realloc_array(s->holds, capacity, sizeof holds[0]);
        if (holds == NULL) {
            return no_memory();
        }
        s->holds = holds;
        s->hold_capacity = capacity;
    }
    s->holds[s->hold_count++] = *hold;
    return OB_OK;
}

static ob_survey_mark mark_of(const ob_survey *s, const ob_hold *hold)
{
    return (ob_survey_mark){.marked = hold->marked != 0,
                            .due = hold->marked != 0 && hold->due <= s->store_now,
                            .retained = hold->retained > s->store_now,
                            .until = hold->retained};
}

/* ---- packs and their index ---- */

static ob_status add_index(void *context, const char *name, uint64_t size)
{
    ob_survey *s = context;
    (void)size;
    if (s->index_count == s->index_capacity) {
        size_t capacity = s->index_capacity * 2 + 64;
        ob_object_name *indexes = ob_realloc_array(s->indexes, capacity, sizeof indexes[0]);
        if (indexes == NULL) {
            return no_memory();
        }
        s->indexes = indexes;
        s->index_capacity = capacity;
    }
    memcpy(s->indexes[s->index_count++], name, strlen(name) + 1);
    return OB_OK;
}

static ob_status add_pack(void *context, const char *name, uint64_t size)
{
    ob_survey *s = context;
    uint8_t bytes[OB_SHA256_SIZE];
    uint32_t number = 0;
    if (OB_FAILED(ob_hex_decode(bytes, sizeof bytes, name, strlen(name)))) {
        return OB_OK;
    }
    return ob_packs_add(&s->packs, bytes, size < UINT32_MAX ? (uint32_t)size : UINT32_MAX,
                        OB_CHUNK_DATA, &number);
}

static ob_status read_packs(ob_survey *s)
{
    ob_store *store = s->engine->store;
    ob_status status = store->ops->list(store, OB_OBJECT_PACK, "", add_pack, s);
    if (OB_FAILED(status)) {
        return status;
    }
    s->pack = ob_calloc(s->packs.count, sizeof s->pack[0]);
    if (s->pack == NULL) {
        return no_memory();
    }
    for (size_t i = 0; i < s->hold_count; i++) {
        uint8_t bytes[OB_SHA256_SIZE];
        uint32_t number = 0;
        const ob_hold *hold = &s->holds[i];
        if (hold->kind == OB_OBJECT_PACK &&
            !OB_FAILED(ob_hex_decode(bytes, sizeof bytes, hold->name, strlen(hold->name))) &&
            ob_packs_find(&s->packs, bytes, &number)) {
            s->pack[number].mark = mark_of(s, hold);
        }
    }
    return OB_OK;
}

/* ---- points ---- */

static ob_status add_point(void *context, const char *name, uint64_t size)
{
    ob_survey *s = context;
    (void)size;
    if (s->point_count == s->point_capacity) {
        size_t capacity = s->point_capacity * 2 + 256;
        ob_survey_point *points = ob_realloc_array(s->points, capacity, sizeof points[0]);
        if (points == NULL) {
            return no_memory();
        }
        s->points = points;
        s->point_capacity = capacity;
    }
    ob_survey_point *point = &s->points[s->point_count++];
    *point = (ob_survey_point){.time = 0};
    memcpy(point->name, name, strlen(name) + 1);
    ob_manifest_parse_name(name, &point->time, &point->id);
    return OB_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, ((const ob_survey_point *)b)->name);
}

static ob_survey_point *find_point(const ob_survey *s, const char *name)
{
    return s->point_count > 0
               ? bsearch(name, s->points, s->point_count, sizeof s->points[0], by_name)
               : NULL;
}

bool ob_survey_has(const ob_survey *survey, const ob_hold *hold)
{
    uint8_t bytes[OB_SHA256_SIZE];
    uint32_t number = 0;
    if (hold->kind == OB_OBJECT_POINT) {
        return find_point(survey, hold->name) != NULL;
    }
    if (hold->kind == OB_OBJECT_PACK) {
        return !OB_FAILED(ob_hex_decode(bytes, sizeof bytes, hold->name, strlen(hold->name))) &&
               ob_packs_find(&survey->packs, bytes, &number);
    }
    for (size_t i = 0; i < survey->index_count; i++) {
        if (strcmp(survey->indexes[i], hold->name) == 0) {
            return true;
        }
    }
    return false;
}

/* Each point that the store knows must be in its listing, but for those that were due: a run that
 * was removing them has died. */
static ob_status match_points(ob_survey *s)
{
    for (size_t i = 0; i < s->hold_count; i++) {
        const ob_hold *hold = &s->holds[i];
        if (hold->kind != OB_OBJECT_POINT) {
            continue;
        }
        ob_survey_mark mark = mark_of(s, hold);
        ob_survey_point *point = find_point(s, hold->name);
        if (point != NULL) {
            point->mark = mark;
        } else if (!mark.due && !s->options->accept_missing) {
            return ob_fail(OB_E_VAULT_INCOMPLETE, "point %s was stored and is not there",
                           hold->name);
        }
    }
    return OB_OK;
}

static bool is_damage(ob_status status)
{
    return status == OB_E_CORRUPT || status == OB_E_SEAL || status == OB_E_FORMAT_VERSION ||
           status == OB_E_TOO_LARGE;
}

static ob_status count_packs(ob_survey *s, const ob_survey_point *point,
                             const ob_point_object *object, int needed, int used)
{
    for (uint32_t i = 0; i < object->pack_count; i++) {
        uint32_t number = 0;
        if (ob_packs_find(&s->packs, object->packs + (size_t)i * OB_SHA256_SIZE, &number)) {
            s->pack[number].needed += (uint32_t)needed;
            s->pack[number].used += (uint32_t)used;
        } else if (!s->options->accept_missing) {
            char text[OB_SHA256_HEX];
            ob_hex_encode(text, object->packs + (size_t)i * OB_SHA256_SIZE, OB_SHA256_SIZE);
            return ob_fail(OB_E_VAULT_INCOMPLETE, "point %s needs pack %s, which is not there",
                           point->name, text);
        }
    }
    return OB_OK;
}

static ob_status get_point(const ob_survey *s, const ob_survey_point *point, uint8_t **data,
                           size_t *length, ob_point_object *object)
{
    ob_status status = ob_store_get_all(s->engine->store, OB_OBJECT_POINT, point->name,
                                        OB_POINT_MOST, data, length);
    if (!OB_FAILED(status)) {
        status = ob_point_object_parse(object, *data, *length);
    }
    return status;
}

ob_status ob_survey_count(ob_survey *survey, const ob_survey_point *point, int needed, int used)
{
    uint8_t *data = NULL;
    size_t length = 0;
    ob_point_object object;
    ob_status status = get_point(survey, point, &data, &length, &object);
    if (!OB_FAILED(status)) {
        status = count_packs(survey, point, &object, needed, used);
    }
    ob_free(data);
    return OB_FAILED(status) ? status : pulse(survey);
}

/* By the policy in the manifest. One that does not open has no rule, and is kept. */
static ob_status find_rule(ob_survey *s, ob_survey_point *point, uint8_t *data, size_t length)
{
    ob_buf bytes = {0};
    ob_manifest manifest = {0};
    ob_status status =
        ob_point_object_open(s->tools, s->engine->keys, point->name, data, length, &bytes);
    if (!OB_FAILED(status)) {
        status = ob_manifest_read(&manifest, bytes.data, bytes.length);
    }
    for (size_t i = 0; !OB_FAILED(status) && i < s->options->rule_count && point->rule == 0; i++) {
        point->rule = strcmp(s->options->rules[i].policy, manifest.policy) == 0 ? i + 1 : 0;
    }
    ob_manifest_free(&manifest);
    ob_buf_free(&bytes);
    return is_damage(status) ? OB_OK : status;
}

static ob_status read_point(ob_survey *s, ob_survey_point *point)
{
    uint8_t *data = NULL;
    size_t length = 0;
    ob_point_object object;
    ob_status status = get_point(s, point, &data, &length, &object);
    if (is_damage(status)) {
        point->damaged = true;
        memcpy(s->first_damaged, point->name, s->damaged++ == 0 ? sizeof s->first_damaged : 0);
        status = OB_OK;
    } else if (!OB_FAILED(status)) {
        status = count_packs(s, point, &object, point->mark.marked ? 0 : 1, 1);
        if (!OB_FAILED(status) && s->options->rule_count > 0 && !point->mark.marked) {
            status = find_rule(s, point, data, length);
        }
    }
    ob_free(data);
    return OB_FAILED(status) ? status : pulse(s);
}

static ob_status read_points(ob_survey *s)
{
    ob_store *store = s->engine->store;
    ob_status status = store->ops->list(store, OB_OBJECT_POINT, "", add_point, s);
    if (!OB_FAILED(status)) {
        status = match_points(s);
    }
    if (!OB_FAILED(status) && s->point_count == 0 && s->packs.count > 0) {
        status = ob_fail(OB_E_VAULT_INCOMPLETE, "there are %u packs and no recovery point",
                         (unsigned)s->packs.count);
    }
    for (size_t i = 0; !OB_FAILED(status) && i < s->point_count; i++) {
        status = read_point(s, &s->points[i]);
    }
    return status;
}

ob_status ob_survey_read(ob_survey *survey)
{
    const ob_engine *engine = survey->engine;
    ob_store *store = engine->store;
    ob_status status = ob_tools_pool_init(&survey->pool, engine->keys, false);
    survey->pool_ready = !OB_FAILED(status);
    if (!OB_FAILED(status)) {
        status = ob_tools_take(&survey->pool, &survey->tools);
    }
    if (!OB_FAILED(status)) {
        status = store->holds->list(store, add_hold, survey);
    }
    if (!OB_FAILED(status)) {
        status = store->ops->list(store, OB_OBJECT_INDEX, "", add_index, survey);
    }
    if (!OB_FAILED(status)) {
        status = read_packs(survey);
    }
    return OB_FAILED(status) ? status : read_points(survey);
}

void ob_survey_free(ob_survey *survey)
{
    if (survey->pool_ready) {
        ob_tools_give(&survey->pool, survey->tools);
        ob_tools_pool_destroy(&survey->pool);
    }
    ob_packs_free(&survey->packs);
    ob_free(survey->holds);
    ob_free(survey->indexes);
    ob_free(survey->pack);
    ob_free(survey->points);
    *survey = (ob_survey){0};
}
