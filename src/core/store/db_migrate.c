/* SPDX-License-Identifier: EUPL-1.2 */
/* The schema's steps: each once, in order, each in a transaction of its own. */
#include "core/store/db_internal.h"

#include <stdio.h>

/* "Rhs1": tells `file` and us whose database this is. */
static const int APPLICATION_ID = 0x52687331;

/* AUTOINCREMENT, else the number of the last row would be given again once that row is deleted;
 * effects and addresses are named by such numbers. */
static const char *sql_for_sqlite(Arena *arena, const char *sql)
{
    Str text =
        str_replace(arena, str_c(sql), STR("{id}"), STR("INTEGER PRIMARY KEY AUTOINCREMENT"));

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

static bool in_lists(const DbOptions *options, Str name)
{
    for (size_t i = 0; i < options->migration_list_count; i++)
        for (const Migration *step = options->migrations[i]; step && step->name; step++)
            if (str_is(name, step->name))
                return true;
    return false;
}

/* A step that this program does not know may have given rows another meaning: to write on, or to
 * call it sound, would be guessing. */
static bool refuse_unknown(Conn *conn, const DbOptions *options, Err *err)
{
    Arena *arena = arena_create(0);
    Rows *rows = tx_query(&conn->tx, arena, err, "SELECT name FROM schema_migration ORDER BY name");
    bool ok = rows != NULL;

    if (rows)
        err_clear(err);
    while (ok && rows_next(rows, err)) {
        Str name = row_text(rows, 0);
        if (!in_lists(options, name))
            ok = err_set(err, ERR_INTERNAL,
                         "made by a newer version of Rathaus (migration %.*s), or by one with an "
                         "engine that this program lacks; use that version, or restore a backup "
                         "that this one has made",
                         STR_ARG(name));
    }
    if (rows)
        rows_end(rows);
    arena_destroy(arena);
    return ok && err->kind == ERR_NONE;
}

bool db_migrate(Conn *conn, const DbOptions *options, Err *err)
{
    int64_t tables = 0;
    char id[64];

    if (!tx_query_int(&conn->tx, err, &tables,
                      "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migration'"))
        return false;
    if (options->existing && !tables)
        return err_set(err, ERR_INTERNAL,
                       "is empty or no database of Rathaus; restore it from a backup");
    if (options->existing && !refuse_unknown(conn, options, err))
        return false;
    if (options->as_it_is)
        return true;
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
