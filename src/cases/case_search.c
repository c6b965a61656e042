/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_search.h"

#include "base/vec.h"
#include "core/folder.h"
#include "core/log.h"
#include "core/work/work.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    BATCH = 500,         /* cases read in one transaction */
    CATCH_UP_MAX = 2000, /* changes that a search waits for; the thread does the rest */
    PENDING_BYTES = 48 * 1024 * 1024, /* of a segment being made */
    BUILD_MS = 200,                   /* that a search builds an index itself */
    SETTLE_MS = 2000,  /* after a change, before the thread looks: more will follow */
    COMMIT_MS = 20000, /* between writes to disk */
    IDLE_MS = 30000,   /* then the thread ends */
};

struct CaseSearch {
    Tenant *tenant;
    pthread_mutex_t lock; /* of everything below; held while cases are put */
    Search *search;       /* NULL: not opened yet */
    int64_t below;        /* cases from this id on are in; 0: all */
    int64_t highest;      /* id when building began */
    int64_t seq, stamp;   /* the newest change followed, and its moment */

    pthread_mutex_t wake_lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool thread_runs, thread_was; /* was: it is to be joined */
    bool changed;
    atomic_bool stopping;
};

/* --- Position ------------------------------------------------------------------------------------
 */

static Str position_text(const CaseSearch *s, char out[SEARCH_POSITION_MAX])
{
    int len = snprintf(out, SEARCH_POSITION_MAX, "%lld %lld %lld %lld", (long long)s->below,
                       (long long)s->highest, (long long)s->seq, (long long)s->stamp);

    return (Str){out, (size_t)len};
}

static bool read_position(CaseSearch *s)
{
    Arena *arena = arena_create(0);
    Str rest = search_position(s->search, arena);
    int64_t *const numbers[] = {&s->below, &s->highest, &s->seq, &s->stamp};
    bool ok = !str_empty(rest);

    for (size_t i = 0; ok && i < sizeof numbers / sizeof *numbers; i++)
        ok = str_to_i64(str_cut(&rest, ' '), numbers[i]);
    arena_destroy(arena);
    return ok;
}

/* The row that the index followed last is kept, and tells whether this is still the same history:
 * after a restore of an older copy it is not. */
static bool same_history(CaseSearch *s, Tx *tx, bool *same, Err *err)
{
    int64_t stamp = 0;
    bool ok =
        tx_query_int(tx, err, &stamp, "SELECT at FROM case_change WHERE id = $1", P_INT(s->seq));

    *same = stamp == s->stamp;
    return ok;
}

/* Everything is to be read; what changes from now on is followed. */
static bool begin_anew(CaseSearch *s, Tx *tx, Err *err)
{
    s->seq = s->stamp = s->highest = 0;
    if (!tx_query_int(tx, err, &s->highest, "SELECT MAX(id) FROM cases") ||
        !tx_query_int(tx, err, &s->seq, "SELECT MAX(id) FROM case_change") ||
        !tx_query_int(tx, err, &s->stamp, "SELECT at FROM case_change WHERE id = $1",
                      P_INT(s->seq)))
        return false;
    s->below = s->highest ? s->highest + 1 : 0;
    return true;
}

/* --- Opening ------------------------------------------------------------------------------------
 */

static bool open_folder(CaseSearch *s, Err *err)
{
    Arena *arena = arena_create(0);
    const Tenant *tenant = s->tenant;
    const char *above = arena_printf(arena, "%.*s/search", STR_ARG(tenant->folder));
    SearchOptions options = {.folder = arena_printf(arena, "%s/cases", above),
                             .fields = CASE_SEARCH_FIELDS,
                             .field_count = CASE_FIELD_COUNT,
                             .version = CASE_SEARCH_VERSION};

    if (folder_make(above, err))
        s->search = search_open(&options, err);
    if (s->search && search_problem(s->search).ptr)
        log_line(LOG_ERROR, "%.*s: the search index of the cases is made anew: %.*s",
                 STR_ARG(tenant->name), STR_ARG(search_problem(s->search)));
    arena_destroy(arena);
    return s->search != NULL;
}

static void throw_away(CaseSearch *s)
{
    Arena *arena = arena_create(0);
    Err err = {0};

    search_close(s->search);
    s->search = NULL;
    folder_remove(arena_printf(arena, "%.*s/search/cases", STR_ARG(s->tenant->folder)), &err);
    arena_destroy(arena);
}

/* Under the lock. */
static bool open_search(CaseSearch *s, Tx *tx, Err *err)
{
    bool same = false;

    if (s->search)
        return true;
    if (!open_folder(s, err))
        return false;
    if (read_position(s)) {
        bool ok = same_history(s, tx, &same, err);

        if (ok && same)
            return true;
        throw_away(s);
        if (!ok || !open_folder(s, err))
            return false;
        log_line(LOG_INFO,
                 "%.*s: the search index belongs to another state of the database and is "
                 "made anew",
                 STR_ARG(s->tenant->name));
    }
    if (begin_anew(s, tx, err))
        return true;
    search_close(s->search);
    s->search = NULL;
    return false;
}

/* --- Putting ------------------------------------------------------------------------------------
 */

static bool put_case(CaseSearch *s, Tx *tx, int64_t id, Arena *arena, Err *err)
{
    SearchDocument document;

    if (case_search_document(tx, s->tenant, id, arena, &document, err))
        return search_put(s->search, &document, err);
    if (err->kind != ERR_NOT_FOUND)
        return false;
    err_clear(err);
    search_remove(s->search, id);
    return true;
}

static bool refresh(CaseSearch *s, Err *err)
{
    char position[SEARCH_POSITION_MAX];

    return search_refresh(s->search, position_text(s, position), err);
}

typedef struct ChangeList {
    struct Change {
        int64_t seq, case_id, stamp;
    } * items;
    size_t count, capacity;
} ChangeList;

static bool read_changes(CaseSearch *s, Tx *tx, Arena *arena, ChangeList *list, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, case_id, at FROM case_change WHERE id > $1 ORDER BY id "
                          "LIMIT $2",
                          P_INT(s->seq), P_INT(CATCH_UP_MAX));

    while (rows && rows_next(rows, err)) {
        struct Change change = {row_int(rows, 0), row_int(rows, 1), row_int(rows, 2)};

        VEC_PUSH(arena, list, change);
    }
    return rows && err->kind == ERR_NONE;
}

static bool changed_later(const ChangeList *list, size_t at)
{
    for (size_t i = at + 1; i < list->count && i < at + 8; i++)
        if (list->items[i].case_id == list->items[at].case_id)
            return true;
    return false;
}

/* Follow up to CATCH_UP_MAX changes; `*more` tells whether there may be others. Under the lock. */
static bool catch_up(CaseSearch *s, Tx *tx, bool *more, Err *err)
{
    Arena *arena = arena_create(0);
    ChangeList list = {0};
    bool ok = read_changes(s, tx, arena, &list, err);

    for (size_t i = 0; ok && i < list.count; i++)
        if (!changed_later(&list, i))
            ok = put_case(s, tx, list.items[i].case_id, arena, err);
    if (ok && list.count > 0) {
        s->seq = list.items[list.count - 1].seq;
        s->stamp = list.items[list.count - 1].stamp;
        ok = refresh(s, err);
    }
    *more = list.count == CATCH_UP_MAX;
    arena_destroy(arena);
    return ok;
}

/* Put the BATCH newest cases that are not in yet. */
static bool build_batch(CaseSearch *s, Tx *tx, Err *err)
{
    Arena *arena = arena_create(0);
    int64_t *ids = arena_array(arena, int64_t, BATCH);
    size_t count = 0;
    Rows *rows =
        tx_query(tx, arena, err, "SELECT id FROM cases WHERE id < $1 ORDER BY id DESC LIMIT $2",
                 P_INT(s->below), P_INT(BATCH));

    while (rows && rows_next(rows, err))
        ids[count++] = row_int(rows, 0);
    bool ok = rows && err->kind == ERR_NONE;
    for (size_t i = 0; ok && i < count; i++)
        ok = put_case(s, tx, ids[i], arena, err);
    if (ok)
        s->below = count ? ids[count - 1] : 0;
    if (ok && (s->below == 0 || search_pending_bytes(s->search) > PENDING_BYTES))
        ok = refresh(s, err);
    arena_destroy(arena);
    return ok;
}

/* --- The thread ----------------------------------------------------------------------------------
 */

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

/* --- Forgetting ---------------------------------------------------------------------------------
 */

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

/* --- Working ------------------------------------------------------------------------------------
 */

/* One step; `*more` tells whether there is more to do at once. */
static bool step(CaseSearch *s, bool *more, Err *err)
{
    Tx *tx = db_read(s->tenant->db, err);

    if (!tx)
        return false;
    pthread_mutex_lock(&s->lock);
    bool ok = open_search(s, tx, err) && catch_up(s, tx, more, err);
    if (ok && s->below > 0) {
        ok = build_batch(s, tx, err);
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

/* There is something to do. May be called from the writer's thread. */
static void wake(CaseSearch *s)
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
        wake(s);
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
        wake(s);
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

/* --- The engine's hooks ------------------------------------------------------------------------
 */

CaseSearch *case_search_create(Tenant *tenant)
{
    CaseSearch *s = calloc(1, sizeof *s);

    if (!s)
        abort();
    s->tenant = tenant;
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->wake_lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    return s;
}

void case_search_destroy(CaseSearch *s)
{
    Err err = {0};

    pthread_mutex_lock(&s->wake_lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->wake);
    pthread_mutex_unlock(&s->wake_lock);
    if (s->thread_was)
        pthread_join(s->thread, NULL);
    if (s->search && !search_commit(s->search, &err))
        log_line(LOG_ERROR, "%.*s: %s", STR_ARG(s->tenant->name), err.message);
    search_close(s->search);
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->wake_lock);
    pthread_cond_destroy(&s->wake);
    free(s);
}

/* --- Searching ----------------------------------------------------------------------------------
 */

static CaseSearchState state_of(const CaseSearch *s)
{
    CaseSearchState state = {.building = s->below > 0};

    if (state.building && s->highest > 0)
        state.percent = (int)((s->highest + 1 - s->below) * 100 / (s->highest + 1));
    return state;
}

/* A small town's index is made while somebody waits for it; of a large one at least the newest
 * cases are there. */
static bool build_some(CaseSearch *s, Tx *tx, Err *err)
{
    int64_t began = clock_monotonic_ms();
    bool begins = search_stats(s->search).documents == 0;

    while (begins && s->below > 0 && clock_monotonic_ms() - began < BUILD_MS)
        if (!build_batch(s, tx, err))
            return false;
    return !begins || refresh(s, err);
}

bool case_search_find(Tenant *tenant, const SearchQuery *query, Arena *arena, SearchAnswer *out,
                      CaseSearchState *state, Err *err)
{
    CaseSearch *s = cases_search(tenant);
    Tx *tx = db_read(tenant->db, err);
    bool more = false;

    if (!tx)
        return false;
    pthread_mutex_lock(&s->lock);
    bool ok = open_search(s, tx, err) && catch_up(s, tx, &more, err) && build_some(s, tx, err);
    *state = state_of(s);
    pthread_mutex_unlock(&s->lock);
    tx_end(tx);
    if (!ok)
        return false;
    if (more || state->building)
        wake(s);
    search_find(s->search, query, arena, out);
    return true;
}

bool case_search_finish(Tenant *tenant, Err *err)
{
    CaseSearch *s = cases_search(tenant);
    int64_t upto;

    return forget_due(s, &upto, err) && work(s, err) && commit(s, err) &&
           forget_words(s, upto, err);
}
