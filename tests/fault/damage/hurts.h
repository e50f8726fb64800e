/* The ways of damage, by name. */
#ifndef OB_TEST_HURTS_H
#define OB_TEST_HURTS_H

#include "golden.h"

#define HURT_NOTHING (-1) /* nothing is wrong that could be told */

typedef struct hurt {
    const char *name;
    void (*make)(golden *g); /* may set g->expected */
    int kind;                /* of the object that must be named; HURT_NOTHING */
    int damage;              /* and how; -1 = any way */
    /* Files that are lost in some point: names joined by ' '; "*" = whatever; "points" = a point
     * as a whole. */
    const char *lost;
} hurt;

extern const hurt hurts[];
extern const size_t hurt_count;

#endif
