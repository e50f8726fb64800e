/* What the files of this room share. */
#ifndef OBCTL_RESCUE_INSIDE_H
#define OBCTL_RESCUE_INSIDE_H

#include "ob/engine.h"
#include "ob/rescue.h"

struct ob_rescue {
    ob_store *store;
    ob_keyring *keys;
    char *cache_dir;
    ob_engine engine;
};

#endif
