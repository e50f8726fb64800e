/* Index objects after deletion: what lists packs that are gone, and many small ones, are replaced
 * by new ones that list the rest. */
#ifndef OB_ENGINE_RETAIN_UPKEEP_H
#define OB_ENGINE_RETAIN_UPKEEP_H

#include "retain/survey.h"

typedef struct ob_upkeep {
    ob_survey *survey;
    uint64_t token;
    ob_prune_result *result;
} ob_upkeep;

/* The new ones are there before an old one goes. Damaged index objects stay. */
ob_status ob_upkeep_run(const ob_upkeep *upkeep);

#endif
