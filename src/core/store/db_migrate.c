/* SPDX-License-Identifier: EUPL-1.2 */
/* The schema's steps: each once, in order, each in a transaction of its own. */
#include "core/store/db_internal.h"

#include <stdio.h>

/* "Rhs1": tells `file` and us whose database this is. */
static const int APPLICATION_ID = 0x52687331;

static const char *sql_for_sqlite(Arena *arena, const char *sql)
{
    Str text = str_replace(arena, str_c(sql), STR("{id}"), STR("INTEGER PRIMARY KEY"));

    text = str_replace(arena, text, STR("{keyed}"), STR("WITHOUT ROWID"));
    return str_cstr(arena, str_replace(arena, text, STR("{blob}"), STR("BLOB")));
}

static bool known(Conn *conn, const char *name, bool *out, Err *err)
{
    int64_t count = 0;
    bool ok =
        tx_query_int(&conn->tx, err, &count,
                     "SELECT count(*) FROM schema_migration WHERE name = $1", P_TEXT(str_c(name)));

    *out = count > 0;
    return ok;
}

static bool run_step(Conn *conn, const Migration *step, Err *err)
{
    bool done;

    /* Asked again under the lock: another process may open the same database just now. */
    if (!conn_run(conn, "BEGIN IMMEDIATE", err))
        return false;
    Arena *arena = arena_create(0);
    bool ok = known(conn, step->name, &done, err) &&
              (done || (conn_run(conn, sql_for_sqlite(arena, step->sql), err) &&
                        tx_exec(&conn->tx, err,
                                "INSERT INTO schema_migration (name, moment) VALUES ($1, $2)",
                                P_TEXT(str_c(step->name)), P_INT(clock_now()))));
    arena_destroy(arena);
    if (ok)
        ok = conn_run(conn, "COMMIT", err);
    if (!ok && !sqlite3_get_autocommit(conn->handle))
        sqlite3_exec(conn->handle, "ROLLBACK", NULL, NULL, NULL);
    return ok;
}

static bool run_list(Conn *conn, const Migration *steps, Err *err)
{
    for (; steps->name; steps++) {
        bool done;
        if (!known(conn, steps->name, &done, err))
            return false;
        if (!done && !run_step(conn, steps, err))
            return err_context(err, "schema step \"%s\"", steps->name);
    }
    return true;
}

bool db_migrate(Conn *conn, const DbOptions *options, Err *err)
{
    int64_t tables = 0;
    char id[64];

    if (!tx_query_int(&conn->tx, err, &tables,
                      "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migration'"))
        return false;
    snprintf(id, sizeof id, "PRAGMA application_id=%d", APPLICATION_ID);
    if (!tables && !(conn_run(conn, id, err) &&
                     conn_run(conn,
                              "BEGIN IMMEDIATE;"
                              "CREATE TABLE IF NOT EXISTS schema_migration ("
                              "  name TEXT PRIMARY KEY, moment BIGINT NOT NULL);"
                              /* The newest commit's moment: time never runs backwards. */
                              "CREATE TABLE IF NOT EXISTS last_moment ("
                              "  one BIGINT PRIMARY KEY CHECK (one = 1), moment BIGINT NOT NULL);"
                              "INSERT INTO last_moment (one, moment) VALUES (1, 0)"
                              "  ON CONFLICT (one) DO NOTHING;"
                              "COMMIT",
                              err)))
        return false;
    for (size_t i = 0; i < options->migration_list_count; i++)
        if (options->migrations[i] && !run_list(conn, options->migrations[i], err))
            return false;
    return true;
}
