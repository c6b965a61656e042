/* SPDX-License-Identifier: EUPL-1.2 */
/* Work that does not happen inside a request.
 *
 * Effect: something outside that must happen because a transaction said so (mail,
 * letter, message). Ordered in the same transaction; run at least once, with an
 * idempotency key and a stored partial result; retried with backoff; when the tries
 * are used up it is a visible work item, never silence.
 *
 * Job: long work that a person started, with progress that a page shows live, and a
 * stop button.
 *
 * Schedule: what is due by the clock. */
#pragma once

#include "base/clock.h"
#include "base/node.h"
#include "core/store/db.h"

typedef struct Tenant Tenant;

/* --- Effects --------------------------------------------------------------------- */

typedef struct EffectRun {
    Tenant *tenant;
    Arena *arena;
    int64_t id;
    Str key; /* the idempotency key */
    const Node *payload;
    const Node *partial;  /* what an earlier try stored, or NULL */
    int attempt;          /* 1-based */
    Timestamp now;        /* by the queue's clock: never before the effect's `not_before` */
    Timestamp ordered_at; /* the same for every try */
} EffectRun;

typedef struct EffectKind {
    const char *name;  /* "mail" */
    const char *label; /* German, for the list of failures: "E-Mail senden" */
    int max_attempts;  /* 0: 60 (about two days with the backoff) */
    /* ERR_TEMPORARY is tried again; any other error is final at once. */
    bool (*run)(EffectRun *run, Err *err);
    bool remote; /* talks to another system, which may be slow or away */
    /* Service packages may order it (`order` in docs/packages.md) with these values, words parted
     * by blanks; the payload is {case, values}. NULL: none may. */
    const char *values;
} EffectKind;

typedef struct EffectOrder {
    const char *kind;
    Str key;     /* unique per tenant; ordering the same key again does nothing */
    Str subject; /* "case/17", for the lists; may be empty */
    const Node *payload;
    Timestamp not_before; /* 0: at once; may lie years ahead */
} EffectOrder;
bool effect_order(Tx *tx, const EffectOrder *order, Err *err);
/* The kind of this name that packages may order, of any engine; NULL: there is none. */
const EffectKind *effect_kind_for_packages(Str name);
/* Keep a partial result so that the next try does not repeat it. */
bool effect_keep(EffectRun *run, const Node *partial, Err *err);
/* Right before what cannot be called back once it is out: note that this try does it now. `*wanted`
 * false: the order was cancelled, and nothing is to be done. Not inside a write. */
bool effect_begin(EffectRun *run, bool *wanted, Err *err);
/* Forget an order that is not done; nothing when there is none. One that runs at this moment goes
 * on, unless it asks effect_begin(). `*tries` (may be NULL) is how often it was tried, or begun: 0
 * when nothing of it can have left the house; -1 when it is done or there is none. */
bool effect_cancel(Tx *tx, Str key, int64_t *tries, Err *err);
/* Forget those of a kind and subject that failed for good: what they were for was done by another,
 * or is not to be done any more. */
bool effect_cancel_failed(Tx *tx, const char *kind, Str subject, Err *err);
/* Effects of a subject that are under way: nothing of it may be deleted. What is planned for a day
 * to come does not count. */
bool effect_outstanding(Tx *tx, Str subject, int64_t *count, Err *err);
/* Try an effect that failed for good, or that waits for its next try, again at once; its tries are
 * counted anew. ERR_CONFLICT when it is done. */
bool effect_retry(Tx *tx, int64_t id, Err *err);
/* For /metrics. */
typedef struct EffectCounts {
    int64_t waiting; /* due, or between two tries */
    int64_t planned; /* for a time to come */
    int64_t failed;  /* for good */
} EffectCounts;
bool effect_counts(Tx *tx, EffectCounts *out, Err *err);

/* --- Jobs -------------------------------------------------------------------------- */

typedef struct JobRun JobRun;
typedef enum JobEnd { JOB_DONE, JOB_FAILED, JOB_CANCELLED } JobEnd;
typedef struct JobKind {
    const char *name;  /* "bank-import" */
    const char *label; /* German: "Kontoauszug einlesen" */
    /* Where its page leads back to: "Zurück zur Kasse", "/desk/kasse". NULL: nowhere. */
    const char *back_label, *back_path;
    /* Runs on a job thread. The result is shown on the job's page. After a crash it is run
     * again from the start: it must be idempotent. */
    bool (*run)(JobRun *run, Tenant *tenant, const Node *params, Arena *arena, Node **result,
                Err *err);
    /* In the transaction in which the job ends, also when it was cancelled before it began. May be
     * NULL. */
    bool (*ended)(Tx *tx, const Node *params, JobEnd end, Err *err);
    bool lengthy; /* may take hours: only others of this sort wait for it */
} JobKind;
/* Order a job in this transaction; `*id` names it. */
bool job_order(Tx *tx, const char *kind, const Node *params, Str actor, int64_t *id, Err *err);
/* The same where `params` hold a key of the order's own: ordering just these again gives the job
 * that is there, unless it failed or was stopped. */
bool job_order_once(Tx *tx, const char *kind, const Node *params, Str actor, int64_t *id, Err *err);
/* Ask it to stop; nothing when it has ended. */
bool job_stop(Tx *tx, int64_t id, Err *err);
/* Tell how far it is; `total` 0: unknown. Cheap: may be called for every item. */
void job_progress(JobRun *run, int64_t done, int64_t total, const char *what);
/* Somebody wants it to stop. Asked about once a second in truth, so it may be called often. */
bool job_cancelled(JobRun *run);
/* Nobody wants that, but the program ends: give up, and the job is run again at the next start. */
bool job_interrupted(const JobRun *run);

/* --- Schedules ----------------------------------------------------------------------- */

typedef struct Schedule {
    const char *name;
    int every_minutes;
    bool (*run)(Tenant *tenant, Arena *arena, Err *err);
    bool (*here)(const Tenant *tenant); /* does the tenant have it? NULL: all have */
} Schedule;

/* --- The runner ------------------------------------------------------------------------ */

typedef struct App App;
typedef struct Worker Worker;
/* Start the threads that run effects, jobs and schedules of all tenants of the app. */
Worker *worker_start(App *app, Err *err);
void worker_stop(Worker *worker);
/* Something was ordered for this tenant: look at it now. Called by the store after a
 * commit that ordered something; harmless at any time. */
void worker_wake(App *app, Str tenant_name);
/* Run everything that is due now, on this thread, until nothing is left: for tests, golden
 * cases and commands. Returns false when an effect failed for good (err names it). */
bool worker_drain(Tenant *tenant, Err *err);
/* For examples and tests: from now on it is this moment for the effects of this tenant. */
void worker_pretend(Tenant *tenant, Timestamp now);

/* For threads of the background: people who wait for a page come first. */
void work_be_nice(void);

typedef struct Engine Engine;
/* Migrations, the pages of jobs, and the bookkeeping of each open tenant. */
extern const Engine WORK_ENGINE;
