/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside work: a job as its page shows it. */
#pragma once

#include "core/http/request.h"
#include "core/store/db.h"

typedef struct JobView {
    int64_t id;
    Str label;                 /* "Kontoauszug einlesen" */
    Str back_label, back_path; /* empty: leads nowhere back */
    Str status;                /* waiting, running, done, failed, cancelled */
    int64_t done, total;
    Str what;
    bool cancel_asked;
    Timestamp created, started, finished; /* 0: not yet */
    const Node *result;                   /* a map, or NULL */
    Str error, said;                      /* why it failed, and what the log says of it */
    int64_t seconds_left;                 /* estimated; -1 unknown */
} JobView;

static inline bool job_view_ended(const JobView *job)
{
    return !str_is(job->status, "waiting") && !str_is(job->status, "running");
}

/* Per cent, 0-100; 0 when the total is not known. */
static inline int job_view_percent(const JobView *job)
{
    return job->total > 0 ? (int)(job->done * 100 / job->total) : 0;
}

/* A job that belongs to something else on the desk, whose page has checked who may see it. Its own
 * page and its stop button are only for who ordered it. */
bool job_view_of(Tx *tx, Request *req, int64_t id, JobView *job, Err *err);

/* Its progress as server-sent events, for such a page. */
bool job_events_of(Request *req, Response *res, int64_t id, Err *err);

extern const Route JOB_ROUTES[];
