/*
 * libobclient with answers of the test's own: the objects are tested for what they ask and for what
 * they make of the answers. One agent, one call at a time: whoever calls it from two threads finds
 * in `at_once` whether two calls met.
 */
#ifndef FAKE_CLIENT_H
#define FAKE_CLIENT_H

#include "ob/client.h"

typedef struct fake_client {
    ob_status fail;       /* the next calls fail with this; OB_OK: they succeed */
    const char *document; /* what calls that answer a document answer */
    char asked[4096];     /* the last document, name or path that was sent */
    char called[64];      /* the last call */
    ob_guid guid;         /* the last identity that was sent */
    int32_t job_state;    /* of the jobs that are answered */
    int64_t job_revision; /* grows with each watch */
    unsigned watches;     /* calls of ob_client_watch_job() */
    unsigned end_after;   /* a job ends at this watch; 0 = keeps its state */
    size_t records;       /* how many jobs, points or items a list holds */
    unsigned pages;       /* list calls */
    long open_clients, open_views;
    long volatile inside; /* calls that change settings or a policy, now */
    bool at_once;         /* two of them met */
} fake_client;

extern fake_client fake;

void fake_reset(void);

#endif
