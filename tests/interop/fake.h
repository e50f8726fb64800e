/* A stand-in for the agent: all methods, answers worked out from the arguments. */
#ifndef FAKE_H
#define FAKE_H

#include <rpc.h>

#include "onlinebackup.h"

/* Status codes that it gives; the values are those of ob/status_table.h. */
#define FAKE_INVALID ((LONG)0x80070057)
#define FAKE_NOT_FOUND ((LONG)0x80070490)
#define FAKE_CREDENTIALS ((LONG)0x80040212)
#define FAKE_NO_POLICY ((LONG)0x80040219)
#define FAKE_VERSION ((LONG)0x80040223)

enum { FAKE_JOBS = 600, FAKE_POINTS = 5, FAKE_ITEMS = 2500 };

/* ObDescribeError() of this status answers how many views are open and have run down, as
 * {"open":N,"rundowns":N}. */
#define FAKE_ASK_VIEWS ((LONG)0x7fffffff)

#endif
