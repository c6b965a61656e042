/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/log.h"
#include "core/page/problem.h"
#include "core/store/rows.h"
#include "core/work/state.h"

#include <assert.h>

enum {
    DEFAULT_ATTEMPTS = 60,
    FIRST_DELAY_MS = 1000,
    LAST_DELAY_MS = 3600 * 1000,
    MOMENT_MS = 5 * 1000,
};

/* Never tried, and its time has not come. */
#define PLANNED(now) "attempts = 0 AND next_at > " now

bool effect_order(Tx *tx, const EffectOrder *order, Err *err)
{
    assert(order->kind && order->key.len > 0);
    Arena *arena = arena_create(0);
    Timestamp pretended = atomic_load(&work_state(tx_tenant(tx))->pretended);
    int64_t now = pretended ? pretended : tx_now(tx);
    const EffectKind *kind = work_effect_kind(tx_tenant(tx)->app, str_c(order->kind));
    Str payload = order->payload ? node_json(order->payload, arena) : STR("{}");
    bool ok = tx_exec(tx, err,
                      "INSERT INTO effect (kind, key, subject, payload, status, attempts, next_at, "
                      "created_at, remote) VALUES ($1, $2, $3, $4, 'waiting', 0, $5, $6, $7) "
                      "ON CONFLICT (key) DO NOTHING",
                      P_TEXT(str_c(order->kind)), P_TEXT(order->key),
                      P_TEXT(order->subject.ptr ? order->subject : STR("")), P_TEXT(payload),
                      P_INT(order->not_before > now ? order->not_before : now), P_INT(now),
                      P_INT(kind && kind->remote));

    arena_destroy(arena);
    if (ok)
        work_mark(tx);
    return ok;
}

bool effect_retry(Tx *tx, int64_t id, Err *err)
{
    int64_t changed = 0;

    /* All tries anew but the first: that it may have left the house is not forgotten. */
    if (!tx_exec_count(tx, err, &changed,
                       "UPDATE effect SET status = 'waiting', attempts = CASE WHEN attempts > 0 "
                       "THEN 1 ELSE 0 END, next_at = $2 WHERE id = $1 AND status <> 'done'",
                       P_INT(id), P_INT(tx_now(tx))))
        return false;
    if (changed == 0)
        return err_set(err, ERR_CONFLICT, "Die Störung %lld ist schon behoben.", (long long)id);
    work_mark(tx);
    return true;
}

bool effect_cancel(Tx *tx, Str key, int64_t *tries, Err *err)
{
    if (tries)
        *tries = -1;
    return (!tries ||
            tx_query_int(tx, err, tries,
                         "SELECT attempts FROM effect WHERE key = $1 AND status <> 'done'",
                         P_TEXT(key))) &&
           tx_exec(tx, err, "DELETE FROM effect WHERE key = $1 AND status <> 'done'", P_TEXT(key));
}

bool effect_cancel_failed(Tx *tx, const char *kind, Str subject, Err *err)
{
    return tx_exec(tx, err,
                   "DELETE FROM effect WHERE subject = $1 AND kind = $2 AND status = 'failed'",
                   P_TEXT(subject), P_TEXT(str_c(kind)));
}

bool effect_counts(Tx *tx, EffectCounts *out, Err *err)
{
    int64_t all = 0;

    *out = (EffectCounts){0};
    if (!tx_query_int(tx, err, &all, "SELECT COUNT(*) FROM effect WHERE status = 'waiting'") ||
        !tx_query_int(tx, err, &out->planned,
                      "SELECT COUNT(*) FROM effect WHERE status = 'waiting' AND " PLANNED("$1"),
                      P_INT(tx_now(tx))) ||
        !tx_query_int(tx, err, &out->failed, "SELECT COUNT(*) FROM effect WHERE status = 'failed'"))
        return false;
    out->waiting = all - out->planned;
    return true;
}

bool effect_outstanding(Tx *tx, Str subject, int64_t *count, Err *err)
{
    *count = 0;
    return tx_query_int(tx, err, count,
                        "SELECT COUNT(*) FROM effect WHERE subject = $1 AND (status = 'failed' OR "
                        "(status = 'waiting' AND NOT (" PLANNED("$2") ")))",
                        P_TEXT(subject), P_INT(tx_now(tx)));
}

typedef struct Keeping {
    int64_t id;
    Str partial;
} Keeping;

static bool write_partial(Tx *tx, void *context, Err *err)
{
    const Keeping *keep = context;

    return tx_exec(tx, err, "UPDATE effect SET partial = $2 WHERE id = $1", P_INT(keep->id),
                   P_TEXT(keep->partial));
}

bool effect_keep(EffectRun *run, const Node *partial, Err *err)
{
    Keeping keep = {run->id, node_json(partial, run->arena)};

    run->partial = partial;
    return db_write(run->tenant->db, write_partial, &keep, err);
}

/* The order that a run is of: cancelled meanwhile, its number may be that of another. */
#define SAME_ORDER "id = $1 AND key = $2 AND created_at = $3"

typedef struct Beginning {
    const EffectRun *run;
    int64_t begun;
} Beginning;

static bool write_begin(Tx *tx, void *context, Err *err)
{
    Beginning *beginning = context;
    const EffectRun *run = beginning->run;

    return tx_exec_count(tx, err, &beginning->begun,
                         "UPDATE effect SET attempts = $4 WHERE " SAME_ORDER, P_INT(run->id),
                         P_TEXT(run->key), P_INT(run->ordered_at), P_INT(run->attempt));
}

bool effect_begin(EffectRun *run, bool *wanted, Err *err)
{
    Beginning beginning = {.run = run};
    bool ok = db_write(run->tenant->db, write_begin, &beginning, err);

    *wanted = ok && beginning.begun > 0;
    return ok;
}

bool effects_due(Tenant *tenant, Arena *arena, const EffectFilter *filter, DueEffect **out,
                 size_t *count, Err *err)
{
    Str without[PAUSED_KINDS_MAX];
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    assert(filter->without_count <= PAUSED_KINDS_MAX);
    for (size_t i = 0; i < PAUSED_KINDS_MAX; i++)
        without[i] = i < filter->without_count ? filter->without[i] : STR("");
    Timestamp now = work_now(tenant, tx);
    Rows *rows = tx_query(
        tx, arena, err,
        "SELECT id, kind, key, subject, payload, partial, attempts, created_at FROM effect "
        "WHERE status = 'waiting' AND remote = $1 AND next_at <= $2 AND "
        "kind NOT IN ($4, $5, $6, $7) ORDER BY next_at, id LIMIT $3",
        P_INT(filter->remote), P_INT(now), P_INT(filter->limit), P_TEXT(without[0]),
        P_TEXT(without[1]), P_TEXT(without[2]), P_TEXT(without[3]));
    bool ok = ROWS_LIST(rows, arena, out, count, err,
                        (DueEffect){
                            .id = row_int(rows, 0),
                            .kind = row_text(rows, 1),
                            .key = row_text(rows, 2),
                            .subject = row_text(rows, 3),
                            .payload = row_text(rows, 4),
                            .partial = row_text(rows, 5),
                            .attempts = (int)row_int(rows, 6),
                            .now = now,
                            .ordered_at = row_int(rows, 7),
                        });

    tx_end(tx);
    return ok;
}

/* How a try ended, to be recorded. */
typedef struct Outcome {
    Tenant *tenant;
    const DueEffect *due;
    bool remote;
    const char *status; /* done, waiting, failed */
    Str error;
} Outcome;

/* 1 s, 2 s, 4 s … up to an hour; a tenth of jitter by the id keeps a crowd apart. */
static int64_t delay_ms(const DueEffect *due)
{
    int64_t delay = FIRST_DELAY_MS;

    for (int i = 0; i < due->attempts && delay < LAST_DELAY_MS; i++)
        delay *= 2;
    if (delay > LAST_DELAY_MS)
        delay = LAST_DELAY_MS;
    return delay + delay / 10 * (due->id % 10) / 10;
}

static bool write_outcome(Tx *tx, void *context, Err *err)
{
    const Outcome *outcome = context;
    const DueEffect *due = outcome->due;
    Timestamp now = work_now(outcome->tenant, tx);
    bool done = str_is(str_c(outcome->status), "done");

    if (!tx_exec(tx, err,
                 "UPDATE effect SET status = $4, attempts = $5, next_at = $6, error = $7, "
                 "done_at = $8 WHERE " SAME_ORDER,
                 P_INT(due->id), P_TEXT(due->key), P_INT(due->ordered_at),
                 P_TEXT(str_c(outcome->status)), P_INT(due->attempts + 1),
                 P_INT(now + delay_ms(due)), P_TEXT(outcome->error), done ? P_INT(now) : P_NULL))
        return false;
    /* The other side is back: whoever waits for it longer than a moment may go now. (A moment: a
     * server that fails now and then must not cost a walk over all that waits each time.) */
    if (done && due->attempts > 0)
        return tx_exec(
            tx, err,
            "UPDATE effect SET next_at = $2 WHERE status = 'waiting' AND remote = $4 AND "
            "kind = $1 AND attempts > 0 AND next_at > $3",
            P_TEXT(due->kind), P_INT(now), P_INT(now + MOMENT_MS), P_INT(outcome->remote));
    return true;
}

bool effect_run(Tenant *tenant, const DueEffect *due, EffectResult *result, Err *err)
{
    const EffectKind *kind = work_effect_kind(tenant->app, due->kind);
    Arena *arena = arena_create(0);
    EffectRun run = {
        .tenant = tenant,
        .arena = arena,
        .id = due->id,
        .key = due->key,
        .attempt = due->attempts + 1,
        .now = due->now,
        .ordered_at = due->ordered_at,
    };
    Outcome outcome = {
        .tenant = tenant, .due = due, .remote = kind && kind->remote, .status = "done"};
    Err why = {0};
    bool ok = false;

    if (!kind)
        err_set(&why, ERR_INTERNAL, "no part of the program runs effects of the kind \"%.*s\"",
                STR_ARG(due->kind));
    else if ((run.payload = node_parse_json(arena, due->payload, NULL, &NODE_LIMITS_PACKAGE, &why)))
        ok = (!due->partial.ptr || (run.partial = node_parse_json(arena, due->partial, NULL,
                                                                  &NODE_LIMITS_PACKAGE, &why))) &&
             kind->run(&run, &why);
    *result = EFFECT_DONE;
    if (!ok) {
        int most = kind && kind->max_attempts ? kind->max_attempts : DEFAULT_ATTEMPTS;
        bool again = why.kind == ERR_TEMPORARY && run.attempt < most;
        *result = again ? EFFECT_AGAIN : EFFECT_FAILED;
        outcome.status = again ? "waiting" : "failed";
        outcome.error = problem_report(&why, arena);
        log_line(again ? LOG_INFO : LOG_ERROR, "effect %s of %.*s, try %d: %s",
                 again ? "put off" : "failed", STR_ARG(tenant->name), run.attempt,
                 err_text(&why, arena));
    }
    if (*result == EFFECT_FAILED)
        *err = why;
    Err write_err = {0};
    ok = db_write(tenant->db, write_outcome, &outcome, &write_err);
    if (!ok)
        *err = write_err;
    arena_destroy(arena);
    return ok;
}
