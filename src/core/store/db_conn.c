/* SPDX-License-Identifier: EUPL-1.2 */
/* Connections to SQLite and the translation of its errors. */
#include "core/store/db_internal.h"

#include "core/folder.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_once_t sqlite_once = PTHREAD_ONCE_INIT;

static void configure_sqlite(void)
{
    /* A connection is used by one thread at a time; counting memory would put one lock
     * around every allocation of all threads. Both are refused, harmlessly, when a
     * library has started SQLite before us. */
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
}

ErrKind sqlite_error_kind(int code)
{
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        return code == SQLITE_CONSTRAINT_NOTNULL || code == SQLITE_CONSTRAINT_DATATYPE
                   ? ERR_INTERNAL
                   : ERR_CONFLICT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT: return ERR_TEMPORARY;
    case SQLITE_TOOBIG: return ERR_TOO_LARGE;
    default: return ERR_INTERNAL;
    }
}

bool sqlite_is_full(sqlite3 *handle)
{
    int code = sqlite3_extended_errcode(handle);

    /* The memory that connections share lies in a file, too. */
    return (code & 0xff) == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE ||
           ((code & 0xff) == SQLITE_IOERR && folder_is_full(sqlite3_system_errno(handle)));
}

#define SCHEMA "schema"

bool schema_refuses(Err *err)
{
    snprintf(err->file, sizeof err->file, "%s", SCHEMA);
    return false;
}

bool db_refused(const Err *err)
{
    return err->kind == ERR_CONFLICT && strcmp(err->file, SCHEMA) == 0;
}

bool conn_error(Conn *conn, Err *err, const char *what)
{
    int code = sqlite3_extended_errcode(conn->handle);
    int primary = code & 0xff;
    const char *remedy = "";

    if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB)
        remedy = "; check it with `rathaus verify`, restore a backup if it is damaged";
    else if (sqlite_is_full(conn->handle))
        remedy = "; free space on the disk";
    else if (primary == SQLITE_READONLY)
        remedy = "; make the data folder writable";
    if (sqlite_error_kind(code) == ERR_TEMPORARY)
        conn->tx.broken = true;
    err_set(err, sqlite_error_kind(code), "%s (SQLite %d)%s", sqlite3_errmsg(conn->handle), code,
            remedy);
    if (err->kind == ERR_CONFLICT)
        schema_refuses(err);
    return what ? err_context(err, "%s", what) : false;
}

bool conn_run(Conn *conn, const char *sql, Err *err)
{
    if (sqlite3_exec(conn->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
        return true;
    return conn_error(conn, err, NULL);
}

/* WAL and synchronous=FULL: a commit is on disk when it returns. Sorting stays in memory,
 * so that personal data never reaches a temporary file. What is deleted is overwritten:
 * erasure means erasure. */
static bool set_up(Conn *conn, bool writing, int busy_ms, Err *err)
{
    char cache[64];

    sqlite3_extended_result_codes(conn->handle, 1);
    sqlite3_busy_timeout(conn->handle, busy_ms);
    snprintf(cache, sizeof cache, "PRAGMA cache_size=-%d",
             writing ? WRITER_CACHE_KIB : READER_CACHE_KIB);
    return conn_run(conn, cache, err) &&
           conn_run(conn,
                    writing ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                              "PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
                              "PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF"
                            : "PRAGMA query_only=ON; PRAGMA temp_store=MEMORY;"
                              "PRAGMA trusted_schema=OFF",
                    err);
}

Conn *conn_open(const char *path, bool writing, int busy_ms, Err *err)
{
    pthread_once(&sqlite_once, configure_sqlite);

    Conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        abort();
    conn->tx = (Tx){.conn = conn, .writing = writing};
    int code =
        sqlite3_open_v2(path, &conn->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        err_set(err, sqlite_error_kind(code), "%s: cannot open the database: %s", path,
                conn->handle ? sqlite3_errmsg(conn->handle) : sqlite3_errstr(code));
    } else if (set_up(conn, writing, busy_ms, err)) {
        conn_note_accesses(conn);
        return conn;
    } else {
        err_context(err, "%s", path);
    }
    conn_close(conn);
    return NULL;
}

void conn_close(Conn *conn)
{
    if (!conn)
        return;
    conn_finalize_statements(conn);
    int code = sqlite3_close(conn->handle);
    assert(code == SQLITE_OK);
    (void)code;
    free(conn);
}
