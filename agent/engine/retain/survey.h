/* What a vault has, as a run of deletion sees it: what is marked, all packs, all points and which
 * packs they need. */
#ifndef OB_ENGINE_RETAIN_SURVEY_H
#define OB_ENGINE_RETAIN_SURVEY_H

#include "index/packs.h"
#include "ob/retain.h"
#include "pack/tools.h"

typedef struct ob_survey_mark {
    bool marked, due, retained;
    int64_t until; /* retained until */
} ob_survey_mark;

typedef struct ob_survey_point {
    ob_object_name name;
    ob_guid id;
    int64_t time;
    ob_survey_mark mark;
    size_t rule;  /* number of the rule plus 1; 0 = none */
    bool damaged; /* what it needs is not known */
    bool going;   /* is to be marked by this run */
    bool swept;
    uint8_t kept; /* why */
} ob_survey_point;

typedef struct ob_survey_pack {
    ob_survey_mark mark;
    uint32_t needed; /* by so many points that are not marked */
    uint32_t used;   /* by so many points that are there */
    bool gone;       /* swept by this run */
} ob_survey_pack;

/* Zero-initialise before use. */
typedef struct ob_survey {
    const ob_engine *engine;
    const ob_control *control;
    const ob_prune_options *options;
    ob_tools_pool pool;
    ob_tools *tools;
    bool pool_ready;
    ob_hold *holds; /* in the order of the store */
    size_t hold_count, hold_capacity;
    int64_t store_now; /* the store's clock */
    ob_object_name
        *indexes; /* index objects; listed before the packs, so all they list was there */
    size_t index_count, index_capacity;
    ob_packs packs;
    ob_survey_pack *pack;    /* by the packs' numbers */
    ob_survey_point *points; /* oldest first */
    size_t point_count, point_capacity;
    size_t damaged; /* points */
    char first_damaged[OB_OBJECT_NAME_MAX];
    /* Called now and then while there is much to read; may be NULL. */
    ob_status (*pulse)(void *context);
    void *pulse_context;
} ob_survey;

/* Marks first, then packs, then points: what is committed in between is seen as needed, or its
 * packs as not marked. OB_E_VAULT_INCOMPLETE. */
ob_status ob_survey_read(ob_survey *survey);
void ob_survey_free(ob_survey *survey);

/* True if the object of a hold was listed. */
bool ob_survey_has(const ob_survey *survey, const ob_hold *hold);

/* Reads which packs a point needs, and adds to their numbers of points. */
ob_status ob_survey_count(ob_survey *survey, const ob_survey_point *point, int needed, int used);

#endif
