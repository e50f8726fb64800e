#include "db.h"

#include "ob/alloc.h"
#include "ob/fs.h"
#include "ob/thread.h"

#include <sqlite3.h>
#include <string.h>

struct ob_db {
    sqlite3 *handle;
    ob_mutex lock;
};

/* Each entry leads from its position as version to the next; entries never change. */
static const char *const migrations[] = {
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE policy (name TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE job (number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE,"
    " type INTEGER NOT NULL, state INTEGER NOT NULL, status INTEGER NOT NULL,"
    " revision INTEGER NOT NULL, start_time INTEGER NOT NULL, end_time INTEGER NOT NULL,"
    " bytes_total INTEGER NOT NULL, bytes_done INTEGER NOT NULL, bytes_changed INTEGER NOT NULL,"
    " bytes_stored INTEGER NOT NULL, files_total INTEGER NOT NULL, files_done INTEGER NOT NULL,"
    " files_changed INTEGER NOT NULL, files_failed INTEGER NOT NULL, detail TEXT NOT NULL);"
    "CREATE INDEX job_running ON job (number) WHERE end_time = 0;",
};
#define VERSION ((int)(sizeof migrations / sizeof migrations[0]))

static ob_status status_of(int code)
{
    switch (code & 0xFF) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return OB_OK;
    case SQLITE_FULL:
        return OB_E_DISK_FULL;
    case SQLITE_NOMEM:
        return OB_E_NO_MEMORY;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return OB_E_ACCESS_DENIED;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return OB_E_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return OB_E_BUSY;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return OB_E_IO;
    default:
        return OB_E_UNEXPECTED;
    }
}

static ob_status fail(sqlite3 *handle, int code)
{
    return ob_fail(status_of(code), "state database: %s (%d)",
                   handle != NULL ? sqlite3_errmsg(handle) : sqlite3_errstr(code), code);
}

static ob_status run(ob_db *db, const char *sql)
{
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OB_OK : fail(db->handle, code);
}

static ob_status read_version(ob_db *db, int *version)
{
    ob_query query = ob_query_of(db, "PRAGMA user_version");
    int64_t value = ob_query_row(&query) ? ob_query_int(&query, 0) : 0;
    ob_status status = ob_query_end(&query);
    if (status == OB_OK && (value < 0 || value > VERSION)) {
        status = ob_fail(OB_E_FORMAT_VERSION,
                         "the state database has version %lld, this agent knows up to %d",
                         (long long)value, VERSION);
    }
    if (status == OB_OK) {
        *version = (int)value;
    }
    return status;
}

static ob_status migrate(ob_db *db)
{
    int version = 0;
    ob_status status = read_version(db, &version);
    while (status == OB_OK && version < VERSION) {
        char set_version[40];
        sqlite3_snprintf(sizeof set_version, set_version, "PRAGMA user_version=%d", version + 1);
        status = ob_db_begin(db);
        if (status == OB_OK) {
            status = run(db, migrations[version]);
            status = ob_db_end(db, status == OB_OK ? run(db, set_version) : status);
        }
        version++;
    }
    return status;
}

static ob_status check(ob_db *db)
{
    ob_query query = ob_query_of(db, "PRAGMA quick_check(1)");
    ob_status status = OB_OK;
    if (ob_query_row(&query) && strcmp(ob_query_text(&query, 0), "ok") != 0) {
        status = ob_fail(OB_E_CORRUPT, "state database: %s", ob_query_text(&query, 0));
    }
    ob_status end = ob_query_end(&query);
    return status == OB_OK ? end : status;
}

/* SQLite gives a new database the rights of the folder's habits, and its companions those of the
 * database. What cannot be made here, SQLite itself will tell. */
static ob_status make_private(const char *path)
{
    const ob_fs *fs = ob_fs_os();
    ob_file *file = NULL;
    ob_status status =
        fs->open(fs, NULL, path, OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_PRIVATE, &file);
    fs->close(fs, file);
    return status == OB_E_NO_MEMORY ? status : OB_OK;
}

ob_status ob_db_open(const char *path, ob_db **out)
{
    ob_db *db = ob_calloc(1, sizeof *db);
    if (db == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the state database");
    }
    ob_mutex_init(&db->lock);
    ob_status status = make_private(path);
    if (status == OB_OK) {
        int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
        int code = sqlite3_open_v2(path, &db->handle, flags, NULL);
        status = code == SQLITE_OK ? OB_OK : fail(db->handle, code);
    }
    if (status == OB_OK) {
        sqlite3_extended_result_codes(db->handle, 1);
        sqlite3_busy_timeout(db->handle, 5000);
        status = run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
    }
    if (status == OB_OK) {
        status = check(db);
    }
    if (status == OB_OK) {
        status = migrate(db);
    }
    if (OB_FAILED(status)) {
        ob_db_close(db);
        return status;
    }
    *out = db;
    return OB_OK;
}

void ob_db_close(ob_db *db)
{
    if (db != NULL) {
        sqlite3_close(db->handle);
        ob_mutex_destroy(&db->lock);
        ob_free(db);
    }
}

ob_status ob_db_begin(ob_db *db)
{
    ob_mutex_lock(&db->lock);
    ob_status status = run(db, "BEGIN");
    if (OB_FAILED(status)) {
        ob_mutex_unlock(&db->lock);
    }
    return status;
}

ob_status ob_db_end(ob_db *db, ob_status status)
{
    if (status == OB_OK) {
        status = run(db, "COMMIT");
    }
    /* A failed statement or commit may have rolled back by itself already. */
    if (!sqlite3_get_autocommit(db->handle)) {
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    }
    ob_mutex_unlock(&db->lock);
    return status;
}

static void note(ob_query *query, int code)
{
    if (query->status == OB_OK && OB_FAILED(status_of(code))) {
        query->status = fail(query->db->handle, code);
    }
}

ob_query ob_query_of(ob_db *db, const char *sql)
{
    ob_query query = {.db = db};
    note(&query, sqlite3_prepare_v2(db->handle, sql, -1, &query.statement, NULL));
    return query;
}

void ob_query_bind_int(ob_query *query, int parameter, int64_t value)
{
    if (query->status == OB_OK) {
        note(query, sqlite3_bind_int64(query->statement, parameter, value));
    }
}

void ob_query_bind_text(ob_query *query, int parameter, const char *text)
{
    if (query->status == OB_OK) {
        note(query, sqlite3_bind_text(query->statement, parameter, text, -1, SQLITE_TRANSIENT));
    }
}

void ob_query_bind_bytes(ob_query *query, int parameter, const void *data, size_t length)
{
    if (query->status == OB_OK) {
        note(query,
             sqlite3_bind_blob64(query->statement, parameter, data, length, SQLITE_TRANSIENT));
    }
}

bool ob_query_row(ob_query *query)
{
    /* One more step after the last would run the statement again. */
    if (query->status != OB_OK || query->done) {
        return false;
    }
    int code = sqlite3_step(query->statement);
    note(query, code);
    query->done = code != SQLITE_ROW;
    return !query->done;
}

int64_t ob_query_int(ob_query *query, int column)
{
    return query->status == OB_OK ? sqlite3_column_int64(query->statement, column) : 0;
}

const char *ob_query_text(ob_query *query, int column)
{
    const unsigned char *text = NULL;
    if (query->status == OB_OK) {
        text = sqlite3_column_text(query->statement, column);
        if (text == NULL && sqlite3_column_type(query->statement, column) != SQLITE_NULL) {
            query->status = ob_fail(OB_E_NO_MEMORY, "a text of the state database");
        }
    }
    return text != NULL ? (const char *)text : "";
}

void ob_query_bytes(ob_query *query, int column, void *out, size_t length)
{
    memset(out, 0, length);
    if (query->status != OB_OK) {
        return;
    }
    const void *data = sqlite3_column_blob(query->statement, column);
    if (data == NULL || sqlite3_column_bytes(query->statement, column) != (int)length) {
        query->status = ob_fail(OB_E_CORRUPT, "state database: a value has a wrong length");
        return;
    }
    memcpy(out, data, length);
}

ob_status ob_query_end(ob_query *query)
{
    while (ob_query_row(query)) {
    }
    sqlite3_finalize(query->statement);
    query->statement = NULL;
    return query->status;
}
