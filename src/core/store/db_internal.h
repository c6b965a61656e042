/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of the SQLite back end share. Nobody else includes this. */
#pragma once

#include "base/clock.h"
#include "core/store/db.h"

#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdatomic.h>

enum {
    STATEMENT_BUCKETS = 256,
    STATEMENT_MAX = 200,     /* prepared statements a connection keeps */
    READERS_KEPT = 24,       /* idle read connections a Db keeps, for a busy hour */
    BUSY_MS = 5000,          /* patience with locks of other processes */
    BATCH_MAX = 256,         /* functions in one commit */
    COMMIT_HOOKS = 8,        /* different functions to call after a commit */
    PARAM_MAX = 255,         /* $1 … $255 */
    READER_CACHE_KIB = 512,  /* page cache, at most; the kernel caches the file anyway */
    WRITER_CACHE_KIB = 8192, /* a large group fits, so that nothing is spilled before its commit */
    WAL_PAGES = 1000,        /* copied into the database beyond this, */
    WAL_PAGES_MAX = 16000,   /* and beyond this readers are waited for (64 MB) */
};

/* One prepared statement of a connection. Known by the address of its literal, or, made
 * at run time, by its text. */
typedef struct Statement Statement;
struct Statement {
    sqlite3_stmt *stmt;
    const char *address;            /* NULL: by text */
    char *text;                     /* owned; NULL: by address */
    unsigned char *number_of_index; /* number_of_index[i - 1] = n: SQLite's parameter i is $n */
    int index_count;
    int highest; /* highest $n */
    TableSet reads, writes;
    bool busy;
    uint64_t last_used;
    Statement *bucket_next;
    Statement *busy_prev, *busy_next;
};

typedef struct Conn Conn;

struct Tx {
    Db *db;
    Conn *conn;
    Timestamp now;
    bool writing;
    bool broken;            /* an I/O error or the like: the function may not succeed */
    TableSet reads, writes; /* of its statements so far */
    uint64_t clock;         /* the change clock before the snapshot */
    int64_t moment;         /* of the snapshot's last commit; -1: not read yet */
    void (*hooks[COMMIT_HOOKS])(Db *db);
    size_t hook_count;
};

struct Conn {
    sqlite3 *handle;
    Statement *buckets[STATEMENT_BUCKETS];
    Statement *busy; /* statements in use, newest first */
    size_t statement_count;
    uint64_t clock;
    Statement *preparing; /* its tables are being noted */
    Tx tx;
    Conn *next_idle;
};

/* A write that waits for its commit. Lives on its caller's stack. */
struct WriteJob {
    WriteFn fn;
    void *context;
    Err *err;
    bool ok;
    sem_t done;
    WriteJob *next;
};

typedef struct Looks Looks;

struct Db {
    char *path;
    void *owner;
    bool commit_each;
    int busy_ms;
    _Atomic Timestamp last_moment; /* of the newest commit known here */
    bool committed;                /* this process has */
    _Atomic uint64_t change_clock;
    _Atomic uint64_t changed[TABLES_MAX]; /* change_clock when the table changed last */

    pthread_mutex_t readers_lock;
    Conn *idle_readers;
    size_t idle_count;
    size_t readers_out; /* must be 0 at closing */

    /* The queue, guarded by queue_lock. */
    pthread_mutex_t queue_lock;
    pthread_cond_t queue_filled;
    WriteJob *queue_head, *queue_tail;
    bool thread_started;
    bool thread_waits;
    bool soon; /* a commit is wanted, even of nothing */
    bool stopping;
    pthread_t thread;

    /* Touched by the writer thread only (and by opening and closing). */
    Conn *writer; /* NULL after an I/O error: opened anew */
    int wal_pages;
    Timestamp failing_since; /* 0: commits succeed */
    Timestamp last_logged;

    Looks *looks; /* or NULL: none are noted here */

    _Atomic uint64_t commits, writes, failed_writes, reads;
};

/* --- db_conn.c --- */
/* Open a connection; NULL on failure. */
Conn *conn_open(const char *path, bool writing, int busy_ms, Err *err);
void conn_close(Conn *conn);
/* Translate SQLite's last error. `what` may be NULL. Returns false. */
bool conn_error(Conn *conn, Err *err, const char *what);
/* Kind of an (extended) result code. */
ErrKind sqlite_error_kind(int code);
/* Did its last call fail because the disk is full? */
bool sqlite_is_full(sqlite3 *handle);
/* The error is the schema's: db_refused(). Returns false. */
bool schema_refuses(Err *err);
/* Run fixed statements without parameters or results. */
bool conn_run(Conn *conn, const char *sql, Err *err);

/* --- db_statement.c --- */
/* A statement ready for binding, marked busy; NULL on failure. */
Statement *statement_get(Conn *conn, const char *address, Str text, Err *err);
void statement_release(Conn *conn, Statement *statement);
void conn_release_statements(Conn *conn);
void conn_finalize_statements(Conn *conn);

/* --- db_reading.c --- */
void table_set_join(TableSet *set, const TableSet *more);
/* Have the tables of statements noted while `conn->preparing` is set. */
void conn_note_accesses(Conn *conn);
/* The tables were changed; NULL: all of them were. */
void db_mark_changed(Db *db, const TableSet *set);

/* --- db_migrate.c --- */
bool db_migrate(Conn *conn, const DbOptions *options, Err *err);

/* --- db_batch.c --- */
/* Run what waits in the queue, at most BATCH_MAX functions, and commit it. */
void db_run_batch(Db *db);

/* --- db_write.c --- */
/* The next job, or NULL when none waits. */
WriteJob *db_take_job(Db *db);
void db_writer_stop(Db *db);
/* Have a batch run, without waiting for it. */
void db_write_soon(Db *db);

/* --- look.c --- */
/* `insert` is told in DbOptions. What an earlier process left is taken over. */
void looks_create(Db *db, const char *insert);
void looks_destroy(Looks *looks);
/* Are there looks that the table lacks? Those up to `taken` are in the group that is under way. */
bool looks_waiting(Db *db, int64_t taken);
/* Take in all looks behind `*taken` that are durable so far; `*taken` is the last of them then. And
 * after the commit of the group: up to which. */
bool looks_insert(Db *db, Tx *tx, int64_t *taken, Err *err);
void looks_settled(Db *db, int64_t to);
