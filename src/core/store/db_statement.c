/* SPDX-License-Identifier: EUPL-1.2 */
/* Prepared statements of a connection: cached, bounded, bound by $number. */
#include "core/store/db_internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static size_t bucket_of(const char *address, Str text)
{
    uint64_t hash = address ? (uint64_t)(uintptr_t)address * 0x9E3779B97F4A7C15u : str_hash(text);

    return (size_t)(hash >> 32) % STATEMENT_BUCKETS;
}

static bool same(const Statement *statement, const char *address, Str text)
{
    if (address)
        return statement->address == address;
    return statement->text && str_eq(str_c(statement->text), text);
}

static void mark_busy(Conn *conn, Statement *statement)
{
    assert(!statement->busy);
    statement->busy = true;
    statement->busy_prev = NULL;
    statement->busy_next = conn->busy;
    if (conn->busy)
        conn->busy->busy_prev = statement;
    conn->busy = statement;
    statement->last_used = ++conn->clock;
}

static void unmark_busy(Conn *conn, Statement *statement)
{
    assert(statement->busy);
    if (statement->busy_prev)
        statement->busy_prev->busy_next = statement->busy_next;
    else
        conn->busy = statement->busy_next;
    if (statement->busy_next)
        statement->busy_next->busy_prev = statement->busy_prev;
    statement->busy = false;
}

static void destroy(Statement *statement)
{
    sqlite3_finalize(statement->stmt);
    free(statement->text);
    free(statement->number_of_index);
    free(statement);
}

/* Make room: the statement that was not used for the longest time goes. */
static void evict_oldest(Conn *conn)
{
    Statement **oldest = NULL;

    for (size_t i = 0; i < STATEMENT_BUCKETS; i++)
        for (Statement **at = &conn->buckets[i]; *at; at = &(*at)->bucket_next)
            if (!(*at)->busy && (!oldest || (*at)->last_used < (*oldest)->last_used))
                oldest = at;
    if (!oldest)
        return;
    Statement *statement = *oldest;
    *oldest = statement->bucket_next;
    conn->statement_count--;
    destroy(statement);
}

/* Note which $n each parameter of SQLite is. */
static bool map_parameters(Statement *statement, Err *err)
{
    int count = sqlite3_bind_parameter_count(statement->stmt);

    statement->index_count = count;
    statement->number_of_index = calloc((size_t)count + 1, 1);
    if (!statement->number_of_index)
        abort();
    for (int i = 1; i <= count; i++) {
        const char *name = sqlite3_bind_parameter_name(statement->stmt, i);
        int64_t number;
        if (!name || name[0] != '$' || !str_to_i64(str_c(name + 1), &number) || number < 1 ||
            number > PARAM_MAX)
            return err_set(err, ERR_INTERNAL, "parameters are $1 to $%d, not \"%s\": %s", PARAM_MAX,
                           name ? name : "?", sqlite3_sql(statement->stmt));
        statement->number_of_index[i - 1] = (unsigned char)number;
        if (number > statement->highest)
            statement->highest = (int)number;
    }
    return true;
}

static Statement *prepare(Conn *conn, const char *address, Str text, Err *err)
{
    Statement *statement = calloc(1, sizeof *statement);
    const char *tail = NULL;
    const char *sql = address ? address : text.ptr;
    int length = address ? -1 : (int)text.len;

    if (!statement)
        abort();
    conn->preparing = statement;
    int code = sqlite3_prepare_v3(conn->handle, sql, length, SQLITE_PREPARE_PERSISTENT,
                                  &statement->stmt, &tail);
    conn->preparing = NULL;
    if (code != SQLITE_OK) {
        conn_error(conn, err, NULL);
        err_context(err, "%.*s", length < 0 || length > 200 ? 200 : length, sql);
    } else if (!statement->stmt) {
        err_set(err, ERR_INTERNAL, "an empty SQL statement");
    } else if (!conn->tx.writing && !sqlite3_stmt_readonly(statement->stmt)) {
        err_set(err, ERR_INTERNAL, "a write belongs into db_write(): %.200s", sql);
    } else if (map_parameters(statement, err)) {
        statement->address = address;
        statement->text = address ? NULL : strndup(text.ptr, text.len);
        return statement;
    }
    destroy(statement);
    return NULL;
}

/* A query inside a loop over the same query finds the first one busy and gets a twin. */
Statement *statement_get(Conn *conn, const char *address, Str text, Err *err)
{
    size_t bucket = bucket_of(address, text);
    Statement *statement = conn->buckets[bucket];

    while (statement && (statement->busy || !same(statement, address, text)))
        statement = statement->bucket_next;
    if (!statement) {
        statement = prepare(conn, address, text, err);
        if (!statement)
            return NULL;
        if (conn->statement_count >= STATEMENT_MAX)
            evict_oldest(conn);
        statement->bucket_next = conn->buckets[bucket];
        conn->buckets[bucket] = statement;
        conn->statement_count++;
    }
    mark_busy(conn, statement);
    table_set_join(&conn->tx.reads, &statement->reads);
    table_set_join(&conn->tx.writes, &statement->writes);
    return statement;
}

void statement_release(Conn *conn, Statement *statement)
{
    sqlite3_reset(statement->stmt);
    sqlite3_clear_bindings(statement->stmt);
    unmark_busy(conn, statement);
}

void conn_release_statements(Conn *conn)
{
    while (conn->busy)
        statement_release(conn, conn->busy);
}

void conn_finalize_statements(Conn *conn)
{
    conn_release_statements(conn);
    for (size_t i = 0; i < STATEMENT_BUCKETS; i++)
        while (conn->buckets[i]) {
            Statement *statement = conn->buckets[i];
            conn->buckets[i] = statement->bucket_next;
            destroy(statement);
        }
    conn->statement_count = 0;
}
