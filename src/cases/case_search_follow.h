/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the index of the cases: how it follows the database, and the thread that does so. */
#pragma once

#include "cases/case_search.h"

#include <pthread.h>
#include <stdatomic.h>

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

/* --- case_search_follow.c: all under the lock --- */

/* Open the index, or begin anew when it is missing, damaged or of another state of the database. */
bool case_search_open(CaseSearch *s, Tx *tx, Err *err);
/* Follow some changes; `*more` tells whether there may be others. */
bool case_search_catch_up(CaseSearch *s, Tx *tx, bool *more, Err *err);
/* Put some of the newest cases that are not in yet. */
bool case_search_build_batch(CaseSearch *s, Tx *tx, Err *err);
/* What was put is found. */
bool case_search_refresh(CaseSearch *s, Err *err);

/* --- case_search_thread.c --- */

/* There is something to do. May be called from the writer's thread. */
void case_search_wake(CaseSearch *s);
