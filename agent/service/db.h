/*
 * The state database: SQLite behind a sticky query, one connection shared by all threads. What is
 * committed is on the disk (WAL, synchronous FULL).
 *
 * Statuses: OB_E_DISK_FULL, OB_E_ACCESS_DENIED (read-only), OB_E_CORRUPT, OB_E_IO, OB_E_NO_MEMORY,
 * OB_E_BUSY (another program has it locked); the detail has SQLite's own words.
 */
#ifndef OB_SERVICE_DB_H
#define OB_SERVICE_DB_H

#include "ob/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ob_db ob_db;
typedef struct sqlite3_stmt sqlite3_stmt;

/* Opens or makes the database and brings its tables up to date. OB_E_FORMAT_VERSION if a newer
 * agent wrote it; OB_E_CORRUPT if it is damaged: never replaced by an empty one. */
ob_status ob_db_open(const char *path, ob_db **out);
void ob_db_close(ob_db *db); /* takes NULL */

/* A transaction, which also keeps other threads out. Every query stands between these two. */
ob_status ob_db_begin(ob_db *db);
/* Commits if `status` is OB_OK, else rolls back. Returns `status`, or why committing failed. */
ob_status ob_db_end(ob_db *db, ob_status status);

/* One statement. Errors stick; ob_query_end() gives the first. Parameters count from 1, columns
 * from 0. */
typedef struct ob_query {
    ob_db *db;
    sqlite3_stmt *statement;
    ob_status status;
    bool done; /* ran to its end */
} ob_query;

ob_query ob_query_of(ob_db *db, const char *sql);
void ob_query_bind_int(ob_query *query, int parameter, int64_t value);
void ob_query_bind_text(ob_query *query, int parameter, const char *text); /* NULL = SQL's NULL */
void ob_query_bind_bytes(ob_query *query, int parameter, const void *data, size_t length);
/* Runs up to the next row; false at the end or after an error. */
bool ob_query_row(ob_query *query);
int64_t ob_query_int(ob_query *query, int column);
/* Borrowed until the next row; never NULL ("" for NULL). */
const char *ob_query_text(ob_query *query, int column);
/* Exactly `length` bytes, else OB_E_CORRUPT sticks and `out` is zeroed. */
void ob_query_bytes(ob_query *query, int column, void *out, size_t length);
/* Runs it if it has not run, and frees it. */
ob_status ob_query_end(ob_query *query);

#endif
