/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/log.h"
#include "core/page/problem.h"
#include "core/work/state.h"

#include <stdio.h>

enum { REPORT_EVERY_MS = 500, ASK_EVERY_MS = 1000 };

struct JobRun {
    Tenant *tenant;
    int64_t id;
    int64_t done, total;
    char what[200];
    int64_t reported_at; /* monotonic ms */
    bool cancelled;
};

static atomic_bool stopping;

void jobs_stop_all(bool stop)
{
    atomic_store(&stopping, stop);
}

bool job_order(Tx *tx, const char *kind, const Node *params, Str actor, int64_t *id, Err *err)
{
    Arena *arena = arena_create(0);
    Str text = params ? node_json(params, arena) : STR("{}");

    *id = 0;
    bool ok = tx_insert(tx, err, id,
                        "INSERT INTO job (kind, params, actor, status, done, total, what, cancel, "
                        "created_at) VALUES ($1, $2, $3, 'waiting', 0, 0, '', 0, $4)",
                        P_TEXT(str_c(kind)), P_TEXT(text), P_TEXT(actor), P_INT(tx_now(tx)));
    arena_destroy(arena);
    if (ok)
        work_mark(tx);
    return ok;
}

bool job_order_once(Tx *tx, const char *kind, const Node *params, Str actor, int64_t *id, Err *err)
{
    Arena *arena = arena_create(0);
    bool ok;

    *id = 0;
    ok = tx_query_int(
        tx, err, id,
        "SELECT MIN(id) FROM job WHERE kind = $1 AND params = $2 AND status <> 'failed' "
        "AND status <> 'cancelled'",
        P_TEXT(str_c(kind)), P_TEXT(node_json(params, arena)));
    arena_destroy(arena);
    return ok && (*id != 0 || job_order(tx, kind, params, actor, id, err));
}

bool job_stop(Tx *tx, int64_t id, Err *err)
{
    return tx_exec(tx, err,
                   "UPDATE job SET cancel = 1"
                   " WHERE id = $1 AND (status = 'waiting' OR status = 'running')",
                   P_INT(id));
}

static bool write_report(Tx *tx, void *context, Err *err)
{
    JobRun *run = context;
    int64_t cancel = 0;
    bool ok =
        tx_query_int(tx, err, &cancel,
                     "UPDATE job SET done = $2, total = $3, what = $4 WHERE id = $1 "
                     "RETURNING cancel",
                     P_INT(run->id), P_INT(run->done), P_INT(run->total), P_TEXT(str_c(run->what)));

    run->cancelled = run->cancelled || cancel != 0;
    return ok;
}

static void report(JobRun *run)
{
    Err err = {0};

    run->reported_at = clock_monotonic_ms();
    if (!db_write(run->tenant->db, write_report, run, &err))
        log_line(LOG_WARNING, "progress of job %lld is not recorded: %s", (long long)run->id,
                 err.message);
}

void job_progress(JobRun *run, int64_t done, int64_t total, const char *what)
{
    run->done = done;
    run->total = total;
    snprintf(run->what, sizeof run->what, "%s", what);
    if (clock_monotonic_ms() - run->reported_at >= REPORT_EVERY_MS)
        report(run);
}

bool job_cancelled(JobRun *run)
{
    if (!run->cancelled && clock_monotonic_ms() - run->reported_at >= ASK_EVERY_MS)
        report(run);
    return run->cancelled || atomic_load(&stopping);
}

bool job_interrupted(const JobRun *run)
{
    return !run->cancelled && atomic_load(&stopping);
}

typedef struct Taken {
    App *app;
    Arena *arena;
    JobSort sort;
    int64_t id;
    Str kind;
    Str params;
    bool cancel;
} Taken;

static JobSort sort_of(App *app, Str kind)
{
    const JobKind *known = work_job_kind(app, kind);

    return known && known->lengthy ? JOBS_LENGTHY : JOBS_SHORT;
}

/* The oldest of the sort that waits; 0 without one. */
static bool find_oldest(Tx *tx, Taken *taken, int64_t *id, Err *err)
{
    Rows *rows = tx_query(tx, taken->arena, err,
                          "SELECT id, kind FROM job WHERE status = 'waiting' ORDER BY id");

    *id = 0;
    err_clear(err);
    while (rows && rows_next(rows, err))
        if (sort_of(taken->app, row_text(rows, 1)) == taken->sort) {
            *id = row_int(rows, 0);
            rows_end(rows);
            return true;
        }
    return rows && err->kind == ERR_NONE;
}

static bool take_oldest(Tx *tx, void *context, Err *err)
{
    Taken *taken = context;
    int64_t id;

    if (!find_oldest(tx, taken, &id, err) || !id)
        return err->kind == ERR_NONE;
    Rows *rows = tx_query(tx, taken->arena, err,
                          "UPDATE job SET status = 'running', started_at = $2 WHERE id = $1 "
                          "RETURNING id, kind, params, cancel",
                          P_INT(id), P_INT(tx_now(tx)));
    if (rows && rows_next(rows, err)) {
        taken->id = row_int(rows, 0);
        taken->kind = row_text(rows, 1);
        taken->params = row_text(rows, 2);
        taken->cancel = row_int(rows, 3) != 0;
        rows_end(rows);
    }
    return rows && err->kind == ERR_NONE;
}

typedef struct Finish {
    const JobRun *run;
    const JobKind *kind;
    const Node *params;
    const char *status; /* an end of ENDS, or "waiting" */
    Str result;
    Str error;
} Finish;

static const char *const ENDS[] = {
    [JOB_DONE] = "done", [JOB_FAILED] = "failed", [JOB_CANCELLED] = "cancelled"};

/* Tell the job's own part of the program. */
static bool tell_end(Tx *tx, const Finish *finish, Err *err)
{
    for (int end = 0; finish->kind && finish->kind->ended && end <= JOB_CANCELLED; end++)
        if (finish->status == ENDS[end])
            return finish->kind->ended(tx, finish->params, (JobEnd)end, err);
    return true;
}

static bool write_finish(Tx *tx, void *context, Err *err)
{
    const Finish *finish = context;
    const JobRun *run = finish->run;

    return tell_end(tx, finish, err) &&
           tx_exec(tx, err,
                   "UPDATE job SET status = $2, result = $3, error = $4, done = $5, total = $6, "
                   "what = $7, finished_at = $8 WHERE id = $1",
                   P_INT(run->id), P_TEXT(str_c(finish->status)), P_TEXT(finish->result),
                   P_TEXT(finish->error), P_INT(run->done), P_INT(run->total),
                   P_TEXT(str_c(run->what)), P_INT(tx_now(tx)));
}

static bool run_taken(Tenant *tenant, const Taken *taken, Arena *arena, Err *err)
{
    const JobKind *kind = work_job_kind(tenant->app, taken->kind);
    JobRun run = {.tenant = tenant, .id = taken->id, .cancelled = taken->cancel};
    Finish finish = {.run = &run, .kind = kind, .status = ENDS[JOB_DONE]};
    Node *result = NULL;
    Err why = {0};
    bool ok = false;
    Node *params = node_parse_json(arena, taken->params, NULL, &NODE_LIMITS_PACKAGE, &why);

    finish.params = params;
    if (taken->cancel) {
        finish.status = ENDS[JOB_CANCELLED];
    } else {
        if (!kind)
            err_set(&why, ERR_INTERNAL, "no part of the program runs jobs of the kind \"%.*s\"",
                    STR_ARG(taken->kind));
        else if (params)
            ok = kind->run(&run, tenant, params, arena, &result, &why);
        if (atomic_load(&stopping) && !ok)
            finish.status = "waiting"; /* goes on when the program is started again */
        else if (!ok)
            finish.status = ENDS[run.cancelled ? JOB_CANCELLED : JOB_FAILED];
    }
    if (result)
        finish.result = node_json(result, arena);
    if (finish.status == ENDS[JOB_FAILED]) {
        finish.error = problem_report(&why, arena);
        log_line(LOG_ERROR, "job %lld (%.*s) failed: %s", (long long)taken->id,
                 STR_ARG(taken->kind), err_text(&why, arena));
    }
    return db_write(tenant->db, write_finish, &finish, err);
}

bool job_run_next(Tenant *tenant, JobSort sort, bool *ran, Err *err)
{
    Arena *arena = arena_create(0);
    Taken taken = {.app = tenant->app, .arena = arena, .sort = sort};
    int64_t waiting = 0;
    Tx *tx = db_read(tenant->db, err);
    bool ok =
        tx && tx_query_int(tx, err, &waiting, "SELECT COUNT(*) FROM job WHERE status = 'waiting'");

    if (tx)
        tx_end(tx);
    if (ok && waiting > 0)
        ok = db_write(tenant->db, take_oldest, &taken, err);
    *ran = ok && taken.id != 0;
    if (*ran)
        ok = run_taken(tenant, &taken, arena, err);
    arena_destroy(arena);
    return ok;
}

static bool write_recover(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE job SET status = 'waiting' WHERE status = 'running'");
}

bool jobs_recover(Tenant *tenant, Err *err)
{
    int64_t running = 0;
    Tx *tx = db_read(tenant->db, err);
    bool ok =
        tx && tx_query_int(tx, err, &running, "SELECT COUNT(*) FROM job WHERE status = 'running'");

    if (tx)
        tx_end(tx);
    return ok && (running == 0 || db_write(tenant->db, write_recover, NULL, err));
}
