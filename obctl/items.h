/* Items of a recovery point as browsing shows them: lines as they arrive, or one JSON array. */
#ifndef OBCTL_ITEMS_H
#define OBCTL_ITEMS_H

#include "cli.h"
#include "ob/buf.h"

typedef struct ob_items {
    ob_cli *cli;
    ob_buf out;
} ob_items;

ob_items ob_items_begin(ob_cli *cli);
ob_status ob_items_put(ob_items *self, const ob_item *item);
/* Writes lines that were put so far; a JSON document waits until it is whole. */
void ob_items_flush(ob_items *self);
/* Writes what is left. An exit code. */
int ob_items_end(ob_items *self);
void ob_items_free(ob_items *self);

/* What --search and --recursive ask for; "" for one folder. */
const char *ob_items_pattern(const ob_cli *cli);

#endif
