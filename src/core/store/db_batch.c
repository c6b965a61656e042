/* SPDX-License-Identifier: EUPL-1.2 */
/* One group: functions, each in a savepoint, and the commit that makes them durable. */
#include "core/log.h"
#include "core/store/db_internal.h"

enum { LOG_AGAIN_MS = 60000 };

typedef struct Batch {
    WriteJob *first, *last;
    size_t count;
    size_t succeeded;
    int64_t looks; /* taken in up to this one; 0: none */
    bool lost;     /* SQLite has rolled the whole transaction back, */
    Err why;       /* for this reason */
} Batch;

/* --- What the operator is told -------------------------------------------- */

static void note_failure(Db *db, const Err *err)
{
    Timestamp now = clock_now();

    if (!db->failing_since)
        db->failing_since = now;
    else if (now - db->last_logged < LOG_AGAIN_MS)
        return;
    db->last_logged = now;
    log_line(LOG_ERROR,
             "%s: nothing can be recorded: %s. Requests that write are answered with "
             "\"try again later\" until this is over",
             db->path, err->message);
}

static void note_success(Db *db)
{
    if (!db->failing_since)
        return;
    log_line(LOG_INFO, "%s: recording works again after %lld s", db->path,
             (long long)(clock_now() - db->failing_since) / 1000);
    db->failing_since = 0;
}

/* --- Beginning ------------------------------------------------------------ */

static int wal_grew(void *context, sqlite3 *handle, const char *name, int pages)
{
    (void)handle;
    (void)name;
    ((Db *)context)->wal_pages = pages;
    return SQLITE_OK;
}

static bool begin(Db *db, Err *err)
{
    if (!db->writer && !(db->writer = conn_open(db->path, true, db->busy_ms, err)))
        return false;
    Conn *conn = db->writer;
    /* Instead of SQLite's automatic checkpoint: ours comes after the callers have their
     * answers. */
    sqlite3_wal_hook(conn->handle, wal_grew, db);
    conn->tx = (Tx){.db = db, .conn = conn, .writing = true};
    if (!tx_exec(&conn->tx, err, "BEGIN IMMEDIATE"))
        return false;
    /* Another process may have committed since. */
    int64_t moment = atomic_load(&db->last_moment);
    if (!tx_query_int(&conn->tx, err, &moment, "SELECT moment FROM last_moment"))
        return false;
    /* Then its commits are marked as ours are, and ours is later than they all: readers know by the
     * moment whose commit was the last. */
    if (!db->committed || moment != atomic_load(&db->last_moment)) {
        db_mark_changed(db, NULL);
        moment++;
    }
    Timestamp now = clock_now();
    conn->tx.now = now > moment ? now : moment;
    return true;
}

/* Before each function, for it may come into a group that began long ago: all looks of before are
 * in their table. When they cannot be taken in they stay where they are, and the others go on. */
static bool take_looks(Db *db, Batch *batch, Err *err)
{
    Tx *tx = &db->writer->tx;
    int64_t last = batch->looks;
    Err ignored;

    if (!looks_waiting(db, last))
        return true;
    if (tx_exec(tx, err, "SAVEPOINT looks") && looks_insert(db, tx, &last, err) &&
        tx_exec(tx, err, "RELEASE looks")) {
        batch->looks = last;
        return true;
    }
    conn_release_statements(db->writer);
    if (sqlite3_get_autocommit(db->writer->handle) || !tx_exec(tx, &ignored, "ROLLBACK TO looks") ||
        !tx_exec(tx, &ignored, "RELEASE looks"))
        return false;
    log_line(LOG_ERROR, "%s: looks wait outside of their table: %s", db->path, err->message);
    return true;
}

/* --- One function --------------------------------------------------------- */

/* What SQLite would only find at the commit, to everybody's harm, is found here. */
static bool sound(Conn *conn, Err *err)
{
    int deferred = 0;
    int high;

    if (conn->tx.broken)
        return err_set(err, ERR_TEMPORARY, "the database did not answer; nothing was recorded");
    sqlite3_db_status(conn->handle, SQLITE_DBSTATUS_DEFERRED_FKS, &deferred, &high, 0);
    if (!deferred)
        return true;
    err_set(err, ERR_CONFLICT, "a FOREIGN KEY points to nothing");
    return schema_refuses(err);
}

static void run_job(Db *db, Batch *batch, WriteJob *job)
{
    Conn *conn = db->writer;
    Tx *tx = &conn->tx;
    size_t hooks = tx->hook_count;
    Timestamp now = clock_now();
    Err ignored;

    tx->broken = false;
    if (now > tx->now)
        tx->now = now;
    err_clear(job->err);
    job->ok = tx_exec(tx, job->err, "SAVEPOINT one");
    if (job->ok) {
        job->ok = job->fn(tx, job->context, job->err);
        conn_release_statements(conn);
        batch->lost = sqlite3_get_autocommit(conn->handle);
        if (job->ok)
            job->ok = sound(conn, job->err);
        if (!job->ok && !batch->lost)
            batch->lost = !tx_exec(tx, &ignored, "ROLLBACK TO one");
    }
    if (!batch->lost && !tx_exec(tx, job->ok ? job->err : &ignored, "RELEASE one"))
        batch->lost = true;
    if (!job->ok && job->err->kind == ERR_NONE)
        err_set(job->err, ERR_INTERNAL, "a write failed and did not say why");
    if (!job->ok)
        tx->hook_count = hooks;
    else
        batch->succeeded++;
    if (batch->lost)
        batch->why = *job->err;
}

/* --- The end -------------------------------------------------------------- */

/* Undo everything; those who succeeded so far learn that they did not. */
static void fail_all(Db *db, Batch *batch, const Err *why)
{
    Conn *conn = db->writer;
    int code = conn ? sqlite3_errcode(conn->handle) & 0xff : SQLITE_OK;

    note_failure(db, why);
    for (WriteJob *job = batch->first; job; job = job->next)
        if (job->ok) {
            job->ok = false;
            err_set(job->err, ERR_TEMPORARY, "nothing was recorded, try again later: %.800s",
                    why->message);
        }
    if (!conn)
        return;
    conn_release_statements(conn);
    if (!sqlite3_get_autocommit(conn->handle))
        sqlite3_exec(conn->handle, "ROLLBACK", NULL, NULL, NULL);
    conn->tx.hook_count = 0;
    if (code == SQLITE_BUSY || code == SQLITE_FULL)
        return;
    /* When the sync of the WAL failed, the frames of this group lie there complete, and a
     * crash now would bring them back to life. Writing over them prevents it; the value must
     * differ, or SQLite writes nothing. */
    sqlite3_exec(conn->handle, "UPDATE last_moment SET moment = moment + 1", NULL, NULL, NULL);
    conn_close(conn);
    db->writer = NULL;
}

static void commit(Db *db, Batch *batch)
{
    Tx *tx = &db->writer->tx;
    Timestamp now = tx->now;
    Err err;

    if (batch->lost) {
        fail_all(db, batch, &batch->why);
        return;
    }
    if (!batch->succeeded && !batch->looks && tx_exec(tx, &err, "ROLLBACK"))
        return;
    if (!tx_exec(tx, &err, "UPDATE last_moment SET moment = $1", P_INT(now)) ||
        !tx_exec(tx, &err, "COMMIT")) {
        fail_all(db, batch, &err);
        return;
    }
    db_mark_changed(db, &tx->writes);
    atomic_store(&db->last_moment, now);
    db->committed = true;
    atomic_fetch_add_explicit(&db->commits, 1, memory_order_relaxed);
    note_success(db);
    looks_settled(db, batch->looks);
    for (size_t i = 0; i < tx->hook_count; i++)
        tx->hooks[i](db);
}

static void answer(Db *db, Batch *batch)
{
    for (WriteJob *job = batch->first; job;) {
        WriteJob *next = job->next; /* the job is gone once its caller knows */
        atomic_fetch_add_explicit(job->ok ? &db->writes : &db->failed_writes, 1,
                                  memory_order_relaxed);
        sem_post(&job->done);
        job = next;
    }
}

/* Copy the WAL into the database. Usually only as far as no reader is in the way; when it
 * has grown very long, wait for the readers that hold it. A failure (disk full) shows in the next
 * commit. */
static void checkpoint(Db *db)
{
    if (!db->writer || db->wal_pages < WAL_PAGES)
        return;
    int mode =
        db->wal_pages < WAL_PAGES_MAX ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART;
    sqlite3_busy_timeout(db->writer->handle, 500);
    sqlite3_wal_checkpoint_v2(db->writer->handle, NULL, mode, NULL, NULL);
    sqlite3_busy_timeout(db->writer->handle, db->busy_ms);
    db->wal_pages = 0;
}

static void append(Batch *batch, WriteJob *job)
{
    if (batch->last)
        batch->last->next = job;
    else
        batch->first = job;
    batch->last = job;
    batch->count++;
}

void db_run_batch(Db *db)
{
    Batch batch = {0};
    size_t limit = db->commit_each ? 1 : BATCH_MAX;
    Err err;
    WriteJob *job;
    bool begun = begin(db, &err) && take_looks(db, &batch, &err);

    while (!batch.lost && batch.count < limit && (job = db_take_job(db))) {
        append(&batch, job);
        batch.lost = begun && !take_looks(db, &batch, &batch.why);
        if (begun && !batch.lost)
            run_job(db, &batch, job);
        else
            job->ok = true; /* for fail_all() */
    }
    if (begun)
        commit(db, &batch);
    else
        fail_all(db, &batch, &err);
    answer(db, &batch);
    checkpoint(db);
}
