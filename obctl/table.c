#include "table.h"

#include "ob/alloc.h"
#include "ob/text.h"

#include <string.h>
#include <utf8proc.h>

#define GAP "  "
#define HIDDEN SIZE_MAX
#define CUT_LEAST 8 /* columns that a cut cell keeps on the narrowest screen */

/* Bytes and columns of the character at `text`. A byte that is no UTF-8 takes one column. */
static size_t step(const char *text, size_t length, size_t *columns)
{
    utf8proc_int32_t point = 0;
    size_t size = ob_utf8_sequence(text, length);
    *columns = 1;
    if (size == 0) {
        return 1;
    }
    if (utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, &point) > 0) {
        int width = utf8proc_charwidth(point);
        *columns = width > 0 ? (size_t)width : 0;
    }
    return size;
}

size_t ob_width(const char *text, size_t length)
{
    size_t width = 0;
    for (size_t at = 0; at < length;) {
        size_t columns = 0;
        at += step(text + at, length - at, &columns);
        width += columns;
    }
    return width;
}

/* Bytes of `text` that fit into `width` columns. */
static size_t fitting(const char *text, size_t length, size_t width)
{
    size_t used = 0;
    size_t at = 0;
    while (at < length) {
        size_t columns = 0;
        size_t size = step(text + at, length - at, &columns);
        if (used + columns > width) {
            break;
        }
        used += columns;
        at += size;
    }
    return at;
}

void ob_width_cut(ob_buf *out, const char *text, size_t width, bool keep_end)
{
    size_t length = strlen(text);
    size_t whole = ob_width(text, length);
    if (whole <= width) {
        ob_buf_put(out, text, length);
    } else if (width == 0) {
        return;
    } else if (keep_end) {
        size_t start = 0;
        size_t left = whole;
        while (left > width - 1) {
            size_t columns = 0;
            start += step(text + start, length - start, &columns);
            left -= columns;
        }
        ob_buf_put_text(out, "…");
        ob_buf_put(out, text + start, length - start);
    } else {
        ob_buf_put(out, text, fitting(text, length, width - 1));
        ob_buf_put_text(out, "…");
    }
}

static void put_spaces(ob_buf *out, size_t count)
{
    for (; count > 0; count--) {
        ob_buf_put_u8(out, ' ');
    }
}

static void put_cell(ob_buf *out, const char *text, size_t width, const ob_column *column)
{
    ob_buf cut = {0};
    ob_width_cut(&cut, text, width, column->keep_end);
    size_t used = ob_width((const char *)cut.data, cut.length);
    size_t fill = used < width ? width - used : 0;
    put_spaces(out, column->right ? fill : 0);
    ob_buf_put(out, cut.data, cut.length);
    put_spaces(out, column->right ? 0 : fill);
    out->failed = out->failed || cut.failed;
    ob_buf_free(&cut);
}

void ob_put_safe(ob_buf *out, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        size_t size = ob_utf8_sequence(text, left);
        const unsigned char *c = (const unsigned char *)text;
        bool control = c[0] < 0x20 || c[0] == 0x7F || (size == 2 && c[0] == 0xC2 && c[1] < 0xA0);
        if (size == 0 || control) {
            ob_buf_put_u8(out, ' ');
            size = size > 0 ? size : 1;
        } else {
            ob_buf_put(out, text, size);
        }
        text += size;
        left -= size;
    }
}

void ob_table_row(ob_table *table, const char *const *cells)
{
    size_t count = table->column_count;
    char **grown = ob_realloc_array(table->cells, table->cell_count + count, sizeof *grown);
    if (grown == NULL) {
        table->failed = true;
        return;
    }
    table->cells = grown;
    for (size_t i = 0; i < count; i++) {
        ob_buf cell = {0};
        ob_put_safe(&cell, cells[i] != NULL ? cells[i] : "");
        char *copy = ob_buf_take_text(&cell);
        ob_buf_free(&cell);
        table->failed = table->failed || copy == NULL;
        table->cells[table->cell_count++] = copy;
    }
}

ob_table ob_table_of_pairs(void)
{
    static const ob_column columns[2] = {{0}, {0}};
    return (ob_table){.columns = columns, .column_count = 2};
}

void ob_table_pair(ob_table *table, const char *name, const char *value)
{
    const char *cells[] = {name, value};
    ob_table_row(table, cells);
}

void ob_table_clear(ob_table *table)
{
    for (size_t i = 0; i < table->cell_count; i++) {
        ob_free(table->cells[i]);
    }
    ob_free(table->cells);
    table->cells = NULL;
    table->cell_count = 0;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* The natural widths. If they are too much for the screen, optional columns are hidden from the
 * right on; then the column that may be cut gets what is left. */
static void measure(const ob_table *table, size_t screen, size_t widths[OB_TABLE_COLUMNS])
{
    size_t whole = 0;
    for (size_t c = 0; c < table->column_count; c++) {
        const char *title = table->columns[c].title;
        widths[c] = title != NULL ? ob_width(title, strlen(title)) : 0;
        for (size_t i = c; i < table->cell_count; i += table->column_count) {
            widths[c] = larger(widths[c], ob_width(table->cells[i], strlen(table->cells[i])));
        }
        whole += widths[c] + (c > 0 ? strlen(GAP) : 0);
    }
    for (size_t c = table->column_count; c > 0 && screen > 0 && whole > screen; c--) {
        if (table->columns[c - 1].optional) {
            whole -= widths[c - 1] + strlen(GAP);
            widths[c - 1] = HIDDEN;
        }
    }
    for (size_t c = 0; c < table->column_count && screen > 0 && whole > screen; c++) {
        if (table->columns[c].cut) {
            size_t rest = whole - widths[c];
            widths[c] = rest + CUT_LEAST < screen ? screen - rest : CUT_LEAST;
            return;
        }
    }
}

static void put_row(const ob_table *table, const char *const *cells, const size_t *widths,
                    ob_buf *out)
{
    for (size_t c = 0; c < table->column_count; c++) {
        if (widths[c] != HIDDEN) {
            ob_buf_put_text(out, c > 0 ? GAP : "");
            put_cell(out, cells[c], widths[c], &table->columns[c]);
        }
    }
    while (!out->failed && out->length > 0 && out->data[out->length - 1] == ' ') {
        out->length--;
    }
    ob_buf_put_text(out, "\n");
}

ob_status ob_table_render(const ob_table *table, size_t width, ob_buf *out)
{
    size_t widths[OB_TABLE_COLUMNS] = {0};
    const char *titles[OB_TABLE_COLUMNS] = {0};
    if (table->failed || table->column_count > OB_TABLE_COLUMNS) {
        return ob_fail(OB_E_NO_MEMORY, "a table");
    }
    measure(table, width, widths);
    bool has_head = false;
    for (size_t c = 0; c < table->column_count; c++) {
        has_head = has_head || table->columns[c].title != NULL;
        titles[c] = table->columns[c].title != NULL ? table->columns[c].title : "";
    }
    if (has_head) {
        put_row(table, titles, widths, out);
    }
    for (size_t i = 0; i < table->cell_count; i += table->column_count) {
        put_row(table, (const char *const *)table->cells + i, widths, out);
    }
    return ob_buf_status(out);
}
