/* SPDX-License-Identifier: EUPL-1.2 */
/* Running statements inside a transaction and reading their rows. */
#include "base/buf.h"
#include "core/store/db_internal.h"

#include <assert.h>

struct Rows {
    Conn *conn;
    Statement *statement; /* NULL: ended */
    Arena *arena;
};

typedef void (*Keep)(void *); /* SQLITE_STATIC or SQLITE_TRANSIENT */

static bool bind_one(Conn *conn, sqlite3_stmt *stmt, int index, const Param *param, Keep keep,
                     Err *err)
{
    const char *bytes = param->bytes.ptr;
    uint64_t length = param->bytes.len;
    int code = SQLITE_OK;

    switch (param->kind) {
    case PARAM_NULL: code = sqlite3_bind_null(stmt, index); break;
    case PARAM_INT: code = sqlite3_bind_int64(stmt, index, param->integer); break;
    case PARAM_TEXT:
        code = sqlite3_bind_text64(stmt, index, bytes, length, keep, SQLITE_UTF8);
        break;
    case PARAM_BLOB: code = sqlite3_bind_blob64(stmt, index, bytes, length, keep); break;
    }
    return code == SQLITE_OK || conn_error(conn, err, "binding a parameter");
}

/* `keep`: whether the caller's bytes stay where they are until the statement is released. */
static Statement *start(Tx *tx, const char *address, Str text, const Param *params, size_t count,
                        Keep keep, Err *err)
{
    Statement *statement = statement_get(tx->conn, address, text, err);

    if (!statement)
        return NULL;
    if ((size_t)statement->highest != count) {
        err_set(err, ERR_INTERNAL, "%zu parameters for a statement with $1 to $%d: %.300s", count,
                statement->highest, sqlite3_sql(statement->stmt));
        statement_release(tx->conn, statement);
        return NULL;
    }
    for (int i = 1; i <= statement->index_count; i++) {
        const Param *param = &params[statement->number_of_index[i - 1] - 1];
        if (!bind_one(tx->conn, statement->stmt, i, param, keep, err)) {
            statement_release(tx->conn, statement);
            return NULL;
        }
    }
    return statement;
}

/* One step. `*row` tells whether there is one. */
static bool step(Conn *conn, Statement *statement, bool *row, Err *err)
{
    int code = sqlite3_step(statement->stmt);

    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        return true;
    conn_error(conn, err, NULL);
    const char *sql = sqlite3_sql(statement->stmt);
    return err_context(err, "%.160s", sql ? sql : "");
}

static bool exec(Tx *tx, Err *err, int64_t *changed, const char *address, Str text,
                 const Param *params, size_t count)
{
    Statement *statement = start(tx, address, text, params, count, SQLITE_STATIC, err);
    bool row = true;
    bool ok = true;

    if (!statement)
        return false;
    /* Rows of a RETURNING that nobody reads are stepped over. */
    while (ok && row)
        ok = step(tx->conn, statement, &row, err);
    if (ok && changed)
        *changed = sqlite3_changes64(tx->conn->handle);
    statement_release(tx->conn, statement);
    return ok;
}

bool tx_exec_count_params(Tx *tx, Err *err, int64_t *changed, const char *sql, const Param *params,
                          size_t count)
{
    return exec(tx, err, changed, sql, STR_NONE, params, count);
}

bool tx_exec_params(Tx *tx, Err *err, const char *sql, const Param *params, size_t count)
{
    return tx_exec_count_params(tx, err, NULL, sql, params, count);
}

bool tx_insert_params(Tx *tx, Err *err, int64_t *id, const char *sql, const Param *params,
                      size_t count)
{
    int64_t changed = 0;

    if (!tx_exec_count_params(tx, err, &changed, sql, params, count))
        return false;
    *id = changed ? sqlite3_last_insert_rowid(tx->conn->handle) : 0;
    return true;
}

static void add_parameter(Buf *out, size_t number)
{
    char digits[4];
    size_t at = sizeof digits;

    for (; number > 0; number /= 10)
        digits[--at] = (char)('0' + number % 10);
    digits[--at] = '$';
    buf_add(out, (Str){digits + at, sizeof digits - at});
}

static Str insert_text(const char *head, const char *tail, size_t columns, size_t rows, Buf *out)
{
    out->len = 0;
    buf_add_c(out, head);
    buf_add_c(out, " VALUES ");
    for (size_t i = 0; i < rows * columns; i++) {
        buf_add_c(out, i % columns ? "," : i ? "),(" : "(");
        add_parameter(out, i + 1);
    }
    buf_add_char(out, ')');
    buf_add_c(out, tail);
    return buf_str(out);
}

/* As many rows at once as a statement has parameters for; what is left in powers of two, so that
 * few statements are kept for each table. */
bool tx_insert_rows(Tx *tx, Err *err, const char *head, const char *tail, size_t columns,
                    const Param *params, size_t rows)
{
    assert(columns > 0 && columns <= PARAM_MAX);
    size_t some = PARAM_MAX / columns;
    Arena *arena = arena_create(0);
    Buf text = buf_in(arena);
    Str sql = rows >= some ? insert_text(head, tail, columns, some, &text) : STR_NONE;
    bool ok = true;

    for (size_t done = 0; ok && done < rows; done += some) {
        if (rows - done < some) {
            for (some = 1; some * 2 <= rows - done;)
                some *= 2;
            sql = insert_text(head, tail, columns, some, &text);
        }
        ok = exec(tx, err, NULL, NULL, sql, params + done * columns, some * columns);
    }
    arena_destroy(arena);
    return ok;
}

static Rows *query(Tx *tx, Arena *arena, Err *err, const char *address, Str text,
                   const Param *params, size_t count)
{
    Statement *statement = start(tx, address, text, params, count, SQLITE_TRANSIENT, err);

    if (!statement)
        return NULL;
    err_clear(err); /* rows_next() tells the end and an error alike: they differ in this */
    Rows *rows = arena_new(arena, Rows);
    *rows = (Rows){.conn = tx->conn, .statement = statement, .arena = arena};
    return rows;
}

Rows *tx_query_params(Tx *tx, Arena *arena, Err *err, const char *sql, const Param *params,
                      size_t count)
{
    return query(tx, arena, err, sql, STR_NONE, params, count);
}

Rows *tx_query_text(Tx *tx, Arena *arena, Err *err, Str sql, const Param *params, size_t count)
{
    return query(tx, arena, err, NULL, sql, params, count);
}

bool tx_query_int_params(Tx *tx, Err *err, int64_t *out, const char *sql, const Param *params,
                         size_t count)
{
    Statement *statement = start(tx, sql, STR_NONE, params, count, SQLITE_STATIC, err);
    bool row;

    if (!statement)
        return false;
    bool ok = step(tx->conn, statement, &row, err);
    if (ok && row && sqlite3_column_type(statement->stmt, 0) != SQLITE_NULL)
        *out = sqlite3_column_int64(statement->stmt, 0);
    /* INSERT … RETURNING has done all its work before its first row. */
    statement_release(tx->conn, statement);
    return ok;
}

bool rows_next(Rows *rows, Err *err)
{
    bool row = false;

    if (!rows->statement)
        return false;
    if (!step(rows->conn, rows->statement, &row, err) || !row)
        rows_end(rows);
    return row;
}

bool rows_one(Rows *rows, const char *none, Err *err)
{
    return rows && (rows_next(rows, err) ||
                    (err->kind == ERR_NONE && err_set(err, ERR_NOT_FOUND, "%s", none)));
}

void rows_end(Rows *rows)
{
    if (rows && rows->statement)
        statement_release(rows->conn, rows->statement);
    if (rows)
        rows->statement = NULL;
}

bool row_null(const Rows *rows, int column)
{
    assert(rows->statement && column >= 0 && column < sqlite3_column_count(rows->statement->stmt));
    return sqlite3_column_type(rows->statement->stmt, column) == SQLITE_NULL;
}

int64_t row_int(const Rows *rows, int column)
{
    assert(rows->statement && column >= 0 && column < sqlite3_column_count(rows->statement->stmt));
    return sqlite3_column_int64(rows->statement->stmt, column);
}

Str row_text(Rows *rows, int column)
{
    sqlite3_stmt *stmt = rows->statement ? rows->statement->stmt : NULL;

    assert(stmt && column >= 0 && column < sqlite3_column_count(stmt));
    int type = sqlite3_column_type(stmt, column);
    if (type == SQLITE_NULL)
        return STR_NONE;
    const void *bytes = type == SQLITE_BLOB ? sqlite3_column_blob(stmt, column)
                                            : (const void *)sqlite3_column_text(stmt, column);
    size_t length = (size_t)sqlite3_column_bytes(stmt, column);
    return str_copy(rows->arena, (Str){bytes ? bytes : "", length});
}

Date row_date(Rows *rows, int column)
{
    Date date = {0};

    if (!row_null(rows, column))
        date_parse_iso(row_text(rows, column), &date);
    return date;
}

Str sql_like_escape(Arena *arena, Str text)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '%' || text.ptr[i] == '_' || text.ptr[i] == '!')
            buf_add_char(&out, '!');
        buf_add_char(&out, text.ptr[i]);
    }
    return buf_str(&out);
}
