/* SPDX-License-Identifier: EUPL-1.2 */
/* The thread that lets the index follow, writes it to disk and forgets what was erased. */
#include "cases/case_search_follow.h"

#include "core/log.h"
#include "core/work/work.h"

enum {
    SETTLE_MS = 2000,  /* after a change, before the thread looks: more will follow */
    COMMIT_MS = 20000, /* between writes to disk */
    IDLE_MS = 30000,   /* then the thread ends */
};

static bool prune(Tx *tx, void *context, Err *err)
{
    return tx_exec(tx, err, "DELETE FROM case_change WHERE id < $1", P_INT(*(int64_t *)context));
}

/* To disk, and forget the changes that are there. */
static bool commit(CaseSearch *s, Err *err)
{
    int64_t seq;
    int64_t older = 0;
    bool merged = true;

    pthread_mutex_lock(&s->lock);
    seq = s->seq;
    bool ok = search_commit(s->search, err);
    pthread_mutex_unlock(&s->lock);
    while (ok && merged && !s->stopping)
        ok = search_tidy(s->search, &merged, err);
    Tx *tx = ok ? db_read(s->tenant->db, err) : NULL;
    if (!tx)
        return false;
    ok = tx_query_int(tx, err, &older, "SELECT id FROM case_change WHERE id < $1 LIMIT 1",
                      P_INT(seq));
    tx_end(tx);
    return ok && (!older || db_write(s->tenant->db, prune, &seq, err));
}

/* The last erasure whose words may be on disk; 0: none. To be asked before the index catches up. */
static bool forget_due(CaseSearch *s, int64_t *upto, Err *err)
{
    Tx *tx = db_read(s->tenant->db, err);

    *upto = 0;
    if (!tx)
        return false;
    bool ok = tx_query_int(tx, err, upto, "SELECT COALESCE(MAX(id), 0) FROM case_forget");

    tx_end(tx);
    return ok;
}

static bool forgotten(Tx *tx, void *context, Err *err)
{
    return tx_exec(tx, err, "DELETE FROM case_forget WHERE id <= $1", P_INT(*(int64_t *)context));
}

/* Only when the files are written anew the note goes; a crash before it leaves it. */
static bool forget_words(CaseSearch *s, int64_t upto, Err *err)
{
    return upto == 0 ||
           (search_forget(s->search, err) && db_write(s->tenant->db, forgotten, &upto, err));
}

bool case_search_forget(Tx *tx, Err *err)
{
    return tx_exec(tx, err, "INSERT INTO case_forget (at) VALUES ($1)", P_INT(tx_now(tx)));
}

/* One step; `*more` tells whether there is more to do at once. */
static bool step(CaseSearch *s, bool *more, Err *err)
{
    Tx *tx = db_read(s->tenant->db, err);

    if (!tx)
        return false;
    pthread_mutex_lock(&s->lock);
    bool ok = case_search_open(s, tx, err) && case_search_catch_up(s, tx, more, err);
    if (ok && s->below > 0) {
        ok = case_search_build_batch(s, tx, err);
        *more = true;
    }
    pthread_mutex_unlock(&s->lock);
    tx_end(tx);
    return ok;
}

/* Until there is nothing to do; written to disk now and then. */
static bool work(CaseSearch *s, Err *err)
{
    bool more = true;
    int64_t written = clock_monotonic_ms();

    while (more && !s->stopping) {
        if (!step(s, &more, err))
            return false;
        if (more && clock_monotonic_ms() - written > COMMIT_MS) {
            if (!commit(s, err))
                return false;
            written = clock_monotonic_ms();
        }
    }
    return true;
}

/* Wait for a change; false after `ms` without one. */
static bool wait_for_change(CaseSearch *s, int64_t ms)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    pthread_mutex_lock(&s->wake_lock);
    while (!s->changed && !s->stopping)
        if (pthread_cond_timedwait(&s->wake, &s->wake_lock, &until) != 0)
            break;
    bool changed = s->changed;
    s->changed = false;
    pthread_mutex_unlock(&s->wake_lock);
    return changed;
}

static void settle(CaseSearch *s)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += SETTLE_MS / 1000;
    pthread_mutex_lock(&s->wake_lock);
    while (!s->stopping && pthread_cond_timedwait(&s->wake, &s->wake_lock, &until) == 0)
        ;
    pthread_mutex_unlock(&s->wake_lock);
}

static void *thread_main(void *argument)
{
    CaseSearch *s = argument;
    int64_t written = clock_monotonic_ms();
    bool dirty = false;
    int64_t forget = 0;

    pthread_setname_np(pthread_self(), "search");
    work_be_nice();
    for (;;) {
        bool changed = wait_for_change(s, dirty ? COMMIT_MS : IDLE_MS);
        Err err = {0};

        if (changed)
            settle(s);
        bool ok = !changed || (forget_due(s, &forget, &err) && work(s, &err));
        dirty = dirty || (changed && ok);
        if (ok && dirty && !s->stopping &&
            (!changed || clock_monotonic_ms() - written > COMMIT_MS)) {
            ok = commit(s, &err) && forget_words(s, forget, &err); /* else with the next change */
            written = clock_monotonic_ms();
            dirty = false;
            forget = 0;
        }
        if (!ok)
            log_line(LOG_ERROR, "%.*s: the search index of the cases cannot follow: %s",
                     STR_ARG(s->tenant->name), err.message);
        pthread_mutex_lock(&s->wake_lock);
        if (s->stopping || (!s->changed && !dirty)) {
            s->thread_runs = false;
            pthread_mutex_unlock(&s->wake_lock);
            return NULL;
        }
        pthread_mutex_unlock(&s->wake_lock);
    }
}

void case_search_wake(CaseSearch *s)
{
    pthread_mutex_lock(&s->wake_lock);
    s->changed = true;
    if (!s->thread_runs && !s->stopping) {
        if (s->thread_was)
            pthread_join(s->thread, NULL); /* it has nothing more to do than to end */
        s->thread_was = s->thread_runs = pthread_create(&s->thread, NULL, thread_main, s) == 0;
    }
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->wake_lock);
}

static void on_commit(Db *db)
{
    CaseSearch *s = cases_search(db_owner(db));

    if (s)
        case_search_wake(s);
}

void case_search_resume(Tenant *tenant)
{
    CaseSearch *s = cases_search(tenant);
    int64_t upto;
    Err err = {0};

    if (!s || app_options(tenant->app)->beside)
        return;
    if (!forget_due(s, &upto, &err))
        log_line(LOG_ERROR, "%.*s: %s", STR_ARG(tenant->name), err.message);
    else if (upto)
        case_search_wake(s);
}

bool case_changed(Tx *tx, int64_t case_id, Err *err)
{
    if (!tx_exec(tx, err, "INSERT INTO case_change (case_id, at) VALUES ($1, $2)", P_INT(case_id),
                 P_INT(tx_now(tx))))
        return false;
    if (db_owner(tx_db(tx)))
        tx_on_commit(tx, on_commit);
    return true;
}

bool case_search_finish(Tenant *tenant, Err *err)
{
    CaseSearch *s = cases_search(tenant);
    int64_t upto;

    return forget_due(s, &upto, err) && work(s, err) && commit(s, err) &&
           forget_words(s, upto, err);
}
