/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_search_follow.h"

#include "core/log.h"

#include <stdlib.h>

enum { BUILD_MS = 200 }; /* that a search builds an index itself */

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
        if (!case_search_build_batch(s, tx, err))
            return false;
    return !begins || case_search_refresh(s, err);
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
    bool ok = case_search_open(s, tx, err) && case_search_catch_up(s, tx, &more, err) &&
              build_some(s, tx, err);
    *state = state_of(s);
    pthread_mutex_unlock(&s->lock);
    tx_end(tx);
    if (!ok)
        return false;
    if (more || state->building)
        case_search_wake(s);
    search_find(s->search, query, arena, out);
    return true;
}
