/* What can be made to go wrong while an operation of a world runs: one fault at its Nth place. */
#ifndef OB_FAULT_FAULTS_H
#define OB_FAULT_FAULTS_H

#include "world.h"

typedef enum fault_kind {
    FAULT_FILE,        /* the Nth operation on a file or folder fails */
    FAULT_TORN,        /* the Nth write stops half-way and fails */
    FAULT_DIES,        /* nothing happens any more from the Nth on: the process is gone */
    FAULT_CUT_DROPPED, /* and so is the power: see ob_power_cut */
    FAULT_CUT_EMPTY,
    FAULT_CUT_TORN,
    FAULT_MEMORY,    /* the Nth allocation fails */
    FAULT_MEMORY_ON, /* and all that follow */
    FAULT_THREAD,    /* the Nth start of a thread fails */
    FAULT_THREAD_ON,
    FAULT_STORE,    /* the Nth operation of the store fails */
    FAULT_STORE_ON, /* the vault is away from the Nth on */
    FAULT_KINDS
} fault_kind;

const char *fault_name(fault_kind kind);

typedef struct fault {
    world *w;
    fault_kind kind;
    uint64_t number; /* from 1 */
    ob_test_fs files;
    uint64_t store_count, thread_count;
    bool hit;
} fault;

/* The world's next operations go through the fault; one at a time in a process. */
void fault_begin(fault *f, world *w, fault_kind kind, uint64_t number);
/* Everything works again; the disk is what a restart would find. True if it was made to happen. */
bool fault_end(fault *f);

#endif
