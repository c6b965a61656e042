/* SPDX-License-Identifier: EUPL-1.2 */
/* A consistent copy of a database that others go on using. */
#include "core/store/db_internal.h"

bool db_snapshot(Db *db, const char *to, Err *err)
{
    Conn *from = conn_open(db->path, false, db->busy_ms, err);
    sqlite3 *copy = NULL;
    bool ok = false;

    if (!from)
        return false;
    /* All pages in one step: one read transaction, which never disturbs the writer. */
    if (sqlite3_open_v2(to, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        NULL) == SQLITE_OK) {
        sqlite3_backup *backup = sqlite3_backup_init(copy, "main", from->handle, "main");
        int code = backup ? sqlite3_backup_step(backup, -1) : SQLITE_ERROR;
        if (backup)
            sqlite3_backup_finish(backup);
        ok = code == SQLITE_DONE;
    }
    if (!ok)
        err_set(err, sqlite_error_kind(sqlite3_extended_errcode(copy)),
                "%s: cannot be copied to %s: %s%s", db->path, to, sqlite3_errmsg(copy),
                sqlite_is_full(copy) ? "; free space there, the copy is as large as it" : "");
    sqlite3_close(copy);
    conn_close(from);
    return ok;
}
