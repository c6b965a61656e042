/* SPDX-License-Identifier: EUPL-1.2 */
/* The queue of writes and the one thread that works it off. */
#include "core/store/db_internal.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

/* Which database this thread is the writer of: a write inside a write would wait for
 * itself for ever. */
static _Thread_local Db *writer_of;

static void *writer_main(void *argument)
{
    Db *db = argument;

    writer_of = db;
    pthread_setname_np(pthread_self(), "writer"); /* seen in top -H and perf */
    for (;;) {
        pthread_mutex_lock(&db->queue_lock);
        while (!db->queue_head && !db->soon && !db->stopping) {
            db->thread_waits = true;
            pthread_cond_wait(&db->queue_filled, &db->queue_lock);
            db->thread_waits = false;
        }
        bool work = db->queue_head || db->soon;

        db->soon = false;
        pthread_mutex_unlock(&db->queue_lock);
        if (!work)
            return NULL;
        db_run_batch(db);
    }
}

/* Started with the first write: a tenant that is only read needs no thread. Signals are
 * the main thread's. Called under queue_lock. */
static bool start_thread(Db *db, Err *err)
{
    sigset_t all, before;

    if (db->thread_started)
        return true;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&db->thread, NULL, writer_main, db);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    db->thread_started = code == 0;
    return code == 0 || err_set(err, ERR_TEMPORARY,
                                "%s: cannot start the writer thread: %s; raise the limit "
                                "of threads (ulimit -u, TasksMax)",
                                db->path, strerror(code));
}

static bool enqueue(Db *db, WriteJob *job, Err *err)
{
    pthread_mutex_lock(&db->queue_lock);
    bool ok = start_thread(db, err);
    if (ok) {
        if (db->queue_tail)
            db->queue_tail->next = job;
        else
            db->queue_head = job;
        db->queue_tail = job;
        if (db->thread_waits)
            pthread_cond_signal(&db->queue_filled);
    }
    pthread_mutex_unlock(&db->queue_lock);
    return ok;
}

void db_write_soon(Db *db)
{
    Err ignored;

    pthread_mutex_lock(&db->queue_lock);
    if (!db->soon && start_thread(db, &ignored)) {
        db->soon = true;
        if (db->thread_waits)
            pthread_cond_signal(&db->queue_filled);
    }
    pthread_mutex_unlock(&db->queue_lock);
}

static void job_begin(Db *db, WriteJob *job)
{
    assert(writer_of != db);
    sem_init(&job->done, 0, 0);
    if (!enqueue(db, job, job->err))
        sem_post(&job->done);
}

static bool job_end(WriteJob *job)
{
    while (sem_wait(&job->done) != 0)
        assert(errno == EINTR);
    sem_destroy(&job->done);
    return job->ok;
}

bool db_write(Db *db, WriteFn fn, void *context, Err *err)
{
    WriteJob job = {.fn = fn, .context = context, .err = err};

    job_begin(db, &job);
    return job_end(&job);
}

WriteJob *db_write_begin(Db *db, WriteFn fn, void *context, Err *err)
{
    WriteJob *job = calloc(1, sizeof *job);

    if (!job)
        abort();
    *job = (WriteJob){.fn = fn, .context = context, .err = err};
    job_begin(db, job);
    return job;
}

bool db_write_end(WriteJob *job)
{
    bool ok = job_end(job);

    free(job);
    return ok;
}

WriteJob *db_take_job(Db *db)
{
    pthread_mutex_lock(&db->queue_lock);
    WriteJob *job = db->queue_head;
    if (job) {
        db->queue_head = job->next;
        if (!db->queue_head)
            db->queue_tail = NULL;
        job->next = NULL;
    }
    pthread_mutex_unlock(&db->queue_lock);
    return job;
}

void db_writer_stop(Db *db)
{
    pthread_mutex_lock(&db->queue_lock);
    bool started = db->thread_started;
    db->stopping = true;
    pthread_cond_signal(&db->queue_filled);
    pthread_mutex_unlock(&db->queue_lock);
    if (started)
        pthread_join(db->thread, NULL);
    db->thread_started = false;
}
