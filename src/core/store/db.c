/* SPDX-License-Identifier: EUPL-1.2 */
/* Opening and closing a database, and its pool of readers. */
#include "core/store/db_internal.h"
#include "core/store/shelf.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file is made here and not by SQLite so that nobody else may read it; SQLite gives
 * its WAL the same mode. */
static bool make_private_file(const char *path, Err *err)
{
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

    if (fd >= 0)
        return close(fd) == 0;
    return errno == EEXIST ||
           err_set(err, ERR_TEMPORARY, "%s: cannot make the database: %s", path, strerror(errno));
}

/* SQLite takes an empty file for an empty database, and would make a missing one: a town that has
 * lost everything would look like a new one. */
static bool find_file(const char *path, Err *err)
{
    struct stat st;
    bool there = stat(path, &st) == 0;

    if (!there && errno != ENOENT)
        return err_set(err, ERR_TEMPORARY, "%s: cannot be read: %s", path, strerror(errno));
    if (there && st.st_size > 0)
        return true;
    return err_set(err, ERR_INTERNAL,
                   "%s is %s: this database was made before and is lost; restore it from a backup "
                   "(rathaus restore --force)",
                   path, there ? "empty" : "missing");
}

static bool read_last_moment(Db *db, Err *err)
{
    int64_t moment = 0;
    bool ok = tx_query_int(&db->writer->tx, err, &moment, "SELECT moment FROM last_moment");

    atomic_store(&db->last_moment, moment);
    return ok;
}

Db *db_open(const char *path, const DbOptions *options, Err *err)
{
    if (options->existing ? !find_file(path, err) : !make_private_file(path, err))
        return NULL;
    Db *db = calloc(1, sizeof *db);
    if (!db)
        abort();
    db->path = strdup(path);
    db->commit_each = options->commit_each;
    db->busy_ms = options->busy_ms ? options->busy_ms : BUSY_MS;
    pthread_mutex_init(&db->readers_lock, NULL);
    pthread_mutex_init(&db->queue_lock, NULL);
    pthread_cond_init(&db->queue_filled, NULL);

    /* The file is there by now: SQLite never makes one by itself. */
    db->writer = conn_open(path, true, db->busy_ms, err);
    if (db->writer && db_migrate(db->writer, options, err) && read_last_moment(db, err)) {
        if (options->look_insert && !options->as_it_is)
            looks_create(db, options->look_insert);
        return db;
    }
    if (db->writer)
        err_context(err, "%s", path);
    db_close(db);
    return NULL;
}

void db_close(Db *db)
{
    if (!db)
        return;
    db_writer_stop(db);
    if (looks_waiting(db, 0))
        db_run_batch(db);
    looks_destroy(db->looks);
    shelf_forget(db);
    assert(db->readers_out == 0);
    while (db->idle_readers) {
        Conn *conn = db->idle_readers;
        db->idle_readers = conn->next_idle;
        conn_close(conn);
    }
    conn_close(db->writer);
    pthread_mutex_destroy(&db->readers_lock);
    pthread_mutex_destroy(&db->queue_lock);
    pthread_cond_destroy(&db->queue_filled);
    free(db->path);
    free(db);
}

void db_set_owner(Db *db, void *owner)
{
    db->owner = owner;
}

void *db_owner(Db *db)
{
    return db->owner;
}

DbStats db_stats(Db *db)
{
    return (DbStats){.commits = atomic_load(&db->commits),
                     .writes = atomic_load(&db->writes),
                     .failed_writes = atomic_load(&db->failed_writes),
                     .reads = atomic_load(&db->reads)};
}

/* --- Reading -------------------------------------------------------------------- */

static Conn *take_reader(Db *db, Err *err)
{
    pthread_mutex_lock(&db->readers_lock);
    Conn *conn = db->idle_readers;
    if (conn) {
        db->idle_readers = conn->next_idle;
        db->idle_count--;
    }
    db->readers_out++;
    pthread_mutex_unlock(&db->readers_lock);
    return conn ? conn : conn_open(db->path, false, db->busy_ms, err);
}

static void give_reader_back(Db *db, Conn *conn, bool usable)
{
    pthread_mutex_lock(&db->readers_lock);
    db->readers_out--;
    if (conn && usable && db->idle_count < READERS_KEPT) {
        conn->next_idle = db->idle_readers;
        db->idle_readers = conn;
        db->idle_count++;
        conn = NULL;
    }
    pthread_mutex_unlock(&db->readers_lock);
    conn_close(conn);
}

Tx *db_read(Db *db, Err *err)
{
    Conn *conn = take_reader(db, err);

    if (!conn) {
        give_reader_back(db, NULL, false);
        return NULL;
    }
    Timestamp now = clock_now();
    Timestamp last = atomic_load(&db->last_moment);
    conn->tx = (Tx){.db = db,
                    .conn = conn,
                    .now = now > last ? now : last,
                    .clock = atomic_load(&db->change_clock),
                    .moment = -1};
    if (!tx_exec(&conn->tx, err, "BEGIN")) {
        give_reader_back(db, conn, false);
        return NULL;
    }
    atomic_fetch_add_explicit(&db->reads, 1, memory_order_relaxed);
    return &conn->tx;
}

void tx_end(Tx *tx)
{
    if (!tx)
        return;
    assert(!tx->writing);
    Conn *conn = tx->conn;
    Err ignored;
    conn_release_statements(conn);
    bool ended = tx_exec(tx, &ignored, "COMMIT");
    give_reader_back(tx->db, conn, ended && !tx->broken);
}

Db *tx_db(Tx *tx)
{
    return tx->db;
}

int64_t tx_now(Tx *tx)
{
    return tx->now;
}

void tx_on_commit(Tx *tx, void (*hook)(Db *db))
{
    assert(tx->writing);
    for (size_t i = 0; i < tx->hook_count; i++)
        if (tx->hooks[i] == hook)
            return;
    assert(tx->hook_count < COMMIT_HOOKS);
    tx->hooks[tx->hook_count++] = hook;
}
