/*
 * The examination that every store has to pass, whatever is behind it. A store's test calls these
 * with its own way of making one; a failed point ends the test.
 */
#ifndef OB_EXAMINE_STORE_H
#define OB_EXAMINE_STORE_H

#include "ob/store.h"

#include <stdbool.h>

/* All that ob/store.h promises of a store that works. It must be empty; objects stay in it. */
void examine_store(ob_store *store);

/* The same objects by two ways: `store` is over something that can fail, `clean` is not. */
typedef struct store_under_faults {
    ob_store *store;
    ob_store *clean;
    void *context;
    /* From now on operation number `fail_at` (from 1) below the store fails, alone or with all that
     * follow. */
    void (*arm)(void *context, uint64_t fail_at, bool from_then_on);
    bool (*disarm)(void *context); /* true if something was made to fail */
} store_under_faults;

/* Makes each operation below each call fail, one after the other: a put leaves a whole object or
 * nothing, and works when repeated; a get, size or list gives what is right or an error. `most`
 * faults a call are expected at the most, so that an endless loop ends. */
void examine_store_faults(const store_under_faults *subject, uint64_t most);

/* A valid name of a kind, different for each number, growing with it. */
const char *examine_store_name(ob_object_kind kind, unsigned number);

#endif
