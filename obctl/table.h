/* Tables for people: columns aligned by the width that characters have on a screen. */
#ifndef OBCTL_TABLE_H
#define OBCTL_TABLE_H

#include "ob/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Columns that `text` (UTF-8) takes: 2 for a wide character, 0 for a combining one. */
size_t ob_width(const char *text, size_t length);
/* Appends at most `width` columns of `text`; what is cut off is shown as "…" at the end, or at the
 * start with `keep_end`, where paths differ. */
void ob_width_cut(ob_buf *out, const char *text, size_t width, bool keep_end);

/* Appends text of others for a screen: control characters and bytes that are no UTF-8 become
 * spaces, so that no name moves the cursor or forges a line. */
void ob_put_safe(ob_buf *out, const char *text);

#define OB_TABLE_COLUMNS 10

typedef struct ob_column {
    const char *title; /* all NULL: a table without a head */
    bool right;        /* aligned to the right: numbers */
    bool cut;          /* may be cut when the screen is narrow; at most one column */
    bool keep_end;     /* of what is cut */
    bool optional;     /* left out when the screen is narrow; not for the first column */
} ob_column;

typedef struct ob_table {
    const ob_column *columns; /* borrowed */
    size_t column_count;
    char **cells; /* row by row */
    size_t cell_count;
    bool failed; /* out of memory */
} ob_table;

/* Zero-initialise, set `columns` and `column_count`, free with ob_table_clear(). */
void ob_table_row(ob_table *table, const char *const *cells); /* copies, made safe; NULL = empty */
/* A table of names and values without a head, and one line of it. */
ob_table ob_table_of_pairs(void);
void ob_table_pair(ob_table *table, const char *name, const char *value);
void ob_table_clear(ob_table *table);
/* `width` 0: as wide as it comes. */
ob_status ob_table_render(const ob_table *table, size_t width, ob_buf *out);

#endif
