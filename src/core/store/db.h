/* SPDX-License-Identifier: EUPL-1.2 */
/* Db: the database of one tenant, whatever stands behind it.
 *
 * Reads run on the caller's thread, each in a transaction of its own with a
 * stable snapshot. All writes of a tenant go through ONE writer thread that runs
 * the waiting functions one after another, each in a savepoint, and commits them
 * together: db_write() returns only when the commit is on disk (group commit).
 *
 * SQL is the common subset of SQLite and PostgreSQL: parameters are $1, $2, …;
 * RETURNING, ON CONFLICT and COALESCE are there; booleans are 0/1 in BIGINT;
 * moments are BIGINT milliseconds; dates are TEXT in ISO form; JSON is TEXT. */
#pragma once

#include "base/clock.h"
#include "base/err.h"

typedef struct Db Db;
typedef struct Tx Tx; /* one transaction; valid inside the function that got it */

/* A bound parameter. */
typedef struct Param {
    enum { PARAM_NULL, PARAM_INT, PARAM_TEXT, PARAM_BLOB } kind;
    int64_t integer;
    Str bytes;
} Param;
#define P_INT(x) ((Param){.kind = PARAM_INT, .integer = (int64_t)(x)})
#define P_TEXT(s) param_text(s) /* STR_NONE binds NULL */
#define P_BLOB(s) param_blob(s)
#define P_NULL ((Param){.kind = PARAM_NULL})
static inline Param param_text(Str s)
{
    return s.ptr ? (Param){.kind = PARAM_TEXT, .bytes = s} : (Param){.kind = PARAM_NULL};
}
static inline Param param_blob(Str s)
{
    return s.ptr ? (Param){.kind = PARAM_BLOB, .bytes = s} : (Param){.kind = PARAM_NULL};
}
#define PARAMS(...)                       \
    (Param[]){P_NULL, ##__VA_ARGS__} + 1, \
        sizeof((Param[]){P_NULL, ##__VA_ARGS__}) / sizeof(Param) - 1

/* --- Statements ---------------------------------------------------------------- */

/* Run a statement that returns nothing. A violated UNIQUE, CHECK or FOREIGN KEY
 * gives ERR_CONFLICT. `sql` must be a string literal: statements are cached by
 * its address. */
#define tx_exec(tx, err, sql, ...) tx_exec_params((tx), (err), "" sql, PARAMS(__VA_ARGS__))
/* As tx_exec; `*changed` gets the number of rows. */
#define tx_exec_count(tx, err, changed, sql, ...) \
    tx_exec_count_params((tx), (err), (changed), "" sql, PARAMS(__VA_ARGS__))
/* Did the schema itself refuse it? The message is for the log then. */
bool db_refused(const Err *err);
/* Run a query; its texts are copied into the arena. NULL on failure. */
#define tx_query(tx, arena, err, sql, ...) \
    tx_query_params((tx), (arena), (err), "" sql, PARAMS(__VA_ARGS__))
/* The first row's integer; `*out` stays untouched when there is no row or it is NULL. */
#define tx_query_int(tx, err, out, sql, ...) \
    tx_query_int_params((tx), (err), (out), "" sql, PARAMS(__VA_ARGS__))

/* INSERT one row (`INSERT INTO … VALUES (…)`, with or without ON CONFLICT … DO NOTHING); `*id` gets
 * the key that the store made for it, its table's {id} column, or 0 when there was none to insert.
 * A RETURNING would cost a journal of its own for each statement. */
#define tx_insert(tx, err, id, sql, ...) \
    tx_insert_params((tx), (err), (id), "" sql, PARAMS(__VA_ARGS__))

/* INSERT many rows with few statements: `head` is "INSERT INTO t (a, b)", `tail` what follows the
 * rows ("" or " ON CONFLICT … DO NOTHING"), both literals; `params` are those of one row after the
 * other, `columns` for each. */
bool tx_insert_rows(Tx *tx, Err *err, const char *head, const char *tail, size_t columns,
                    const Param *params, size_t rows);

bool tx_exec_params(Tx *tx, Err *err, const char *sql, const Param *params, size_t count);
bool tx_exec_count_params(Tx *tx, Err *err, int64_t *changed, const char *sql, const Param *params,
                          size_t count);
bool tx_insert_params(Tx *tx, Err *err, int64_t *id, const char *sql, const Param *params,
                      size_t count);
typedef struct Rows Rows;
Rows *tx_query_params(Tx *tx, Arena *arena, Err *err, const char *sql, const Param *params,
                      size_t count);
bool tx_query_int_params(Tx *tx, Err *err, int64_t *out, const char *sql, const Param *params,
                         size_t count);
/* A statement made at run time (a list with filters): bound parameters as ever, the text
 * only from fixed pieces. Cached by content. */
Rows *tx_query_text(Tx *tx, Arena *arena, Err *err, Str sql, const Param *params, size_t count);

/* Text to be found by LIKE … ESCAPE '!': the signs that mean something there are escaped. */
Str sql_like_escape(Arena *arena, Str text);

/* Move to the next row. False at the end, and after an error: then err is set, which the query
 * cleared when it began well. A query left before its end is closed with its
 * transaction or by rows_end(). */
bool rows_next(Rows *rows, Err *err);
/* Move to the only row; `rows` is NULL when the query failed. ERR_NOT_FOUND with these words, which
 * are German, when there is none. */
bool rows_one(Rows *rows, const char *none, Err *err);
void rows_end(Rows *rows);
bool row_null(const Rows *rows, int column);
int64_t row_int(const Rows *rows, int column); /* 0 for NULL */
Str row_text(Rows *rows, int column);          /* STR_NONE for NULL; lives in the query's arena */
Date row_date(Rows *rows, int column);         /* of "2027-03-31"; absent for NULL */

/* --- Transactions --------------------------------------------------------------- */

/* Begin a read; NULL on failure. End it in the same function. */
Tx *db_read(Db *db, Err *err);
void tx_end(Tx *tx);

/* --- Keeping what was read -------------------------------------------------------- */

/* What somebody works out from a reading may be kept as long as the reading holds: until a table
 * that it read is written to, by anybody in this process, or another process writes anything.
 * Statements tell their tables themselves, so no reader and no writer can forget one. */
enum { TABLES_MAX = 256 };
typedef struct TableSet {
    uint64_t bits[TABLES_MAX / 64];
} TableSet;
typedef struct DbReading {
    uint64_t clock;
    TableSet tables;
} DbReading;

/* Between the two everything that the transaction reads counts. They nest: give the second what the
 * first returned. */
TableSet tx_reading_start(Tx *tx);
DbReading tx_reading_end(Tx *tx, const TableSet *outer);
/* Is everything that `reading` saw still so? The transaction is newer than the reading, and reads
 * one row for the answer. If it is, it has been read by this transaction too. Never in a write,
 * which sees its own changes, and never for a reading of one. */
bool tx_reading_holds(Tx *tx, const DbReading *reading);

/* What a write does. Returning false undoes just this function's changes and gives
 * `err` to its caller. It must not block on anything but the database. */
typedef bool (*WriteFn)(Tx *tx, void *context, Err *err);
/* Run `fn` in the next group and wait until it is durable. When the commit itself
 * fails (disk full, I/O error) the answer is ERR_TEMPORARY and nothing happened.
 * Not from inside a write. */
bool db_write(Db *db, WriteFn fn, void *context, Err *err);
/* The same in two halves, for who can prepare the next write meanwhile: `context` and `err` must
 * live until db_write_end(), which waits and gives the answer. */
typedef struct WriteJob WriteJob;
WriteJob *db_write_begin(Db *db, WriteFn fn, void *context, Err *err);
bool db_write_end(WriteJob *job);

/* Call `hook` on the writer thread once this write is durable, before its caller goes on;
 * once in a group, however many asked for it. It must be quick and may not use the Db but for
 * db_owner(). Ordering an effect wakes the worker this way. */
void tx_on_commit(Tx *tx, void (*hook)(Db *db));

/* Which tenant's Db this is; what a handler inside a write needs. */
Db *tx_db(Tx *tx);
/* The moment of this transaction: never earlier than any committed one of this tenant,
 * even when the machine's clock jumps back. */
int64_t tx_now(Tx *tx);

/* --- Opening --------------------------------------------------------------------- */

/* One step of a schema. Steps run once, in order, by name; a name is never reused.
 * In `sql`, `{id}` is the back end's type of a generated primary key, none of which is given twice,
 * also not when its row was deleted; `{blob}` is its type for bytes; `{keyed}` (behind the closing
 * bracket) says that the table is stored by its primary key; statements are parted by `;`. */
typedef struct Migration {
    const char *name; /* "cases-001-cases" */
    const char *sql;
} Migration;

typedef struct DbOptions {
    const Migration *const *migrations; /* lists of steps, each ended by a NULL name */
    size_t migration_list_count;
    bool existing;    /* it was made before: a file that is missing or empty, and a schema step
                         that is in none of the lists, are refused */
    bool as_it_is;    /* run no steps: for commands beside a server */
    bool commit_each; /* no group commit: for the benchmark's comparison */
    int busy_ms;      /* patience with locks of other processes; 0: 5000 */
    /* Where looks belong (look.h): an INSERT of $1 moment, $2 who, $3 at what, $4 whose data, $5
     * what for, which does nothing when there is no such thing (any more). NULL: none are noted. */
    const char *look_insert;
} DbOptions;

/* What the owner of a Db wants to find again from inside a transaction: its Tenant. */
void db_set_owner(Db *db, void *owner);
void *db_owner(Db *db);

/* Open the database at `path`, or make it when it need not exist, and bring its schema up to
 * date. */
Db *db_open(const char *path, const DbOptions *options, Err *err);
void db_close(Db *db);
/* Copy the database as of one moment to the new file `to`, while others go on reading and
 * writing. */
bool db_snapshot(Db *db, const char *to, Err *err);
/* For /metrics. */
typedef struct DbStats {
    uint64_t commits, writes, failed_writes, reads;
} DbStats;
DbStats db_stats(Db *db);
