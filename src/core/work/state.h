/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside work: what is kept per open tenant, and the SQL that the runner shares. */
#pragma once

#include "core/engine.h"
#include "core/tenant.h"
#include "core/work/work.h"

#include <stdatomic.h>

typedef struct WorkState {
    atomic_llong hot_until;    /* process clock: orders may be waiting for their commit till then */
    atomic_llong clock_offset; /* ms that this tenant's records are ahead of the process clock */
    atomic_llong pretended;    /* worker_pretend(); 0: the clock goes on */
} WorkState;

WorkState *work_state(Tenant *tenant);
/* Something was ordered in a transaction of this tenant that commits soon. */
void work_mark(Tx *tx);
/* A clock that goes on evenly whatever is done to the machine's clock, and is never behind
 * what this tenant has recorded. */
Timestamp work_now(Tenant *tenant, Tx *tx);
/* Milliseconds; starts at the wall clock when the process starts. */
int64_t work_process_clock(void);

const EffectKind *work_effect_kind(App *app, Str name);
const JobKind *work_job_kind(App *app, Str name);

/* --- Effects (effect.c) --- */
typedef struct DueEffect {
    int64_t id;
    Str kind;
    Str key;
    Str subject;
    Str payload;
    Str partial;
    int attempts;  /* made so far */
    Timestamp now; /* when it was found due */
    Timestamp ordered_at;
} DueEffect;
typedef enum EffectResult {
    EFFECT_DONE,
    EFFECT_AGAIN,  /* failed, and is tried again later */
    EFFECT_FAILED, /* for good: a person has to see to it */
} EffectResult;
enum { PAUSED_KINDS_MAX = 4 };
typedef struct EffectFilter {
    bool remote; /* those that talk to other systems, or those that do not */
    int limit;
    const Str *without; /* kinds to leave out, at most PAUSED_KINDS_MAX */
    size_t without_count;
} EffectFilter;
/* Effects that are due, oldest first. */
bool effects_due(Tenant *tenant, Arena *arena, const EffectFilter *filter, DueEffect **out,
                 size_t *count, Err *err);
/* Run one and record the outcome; err tells why with EFFECT_FAILED. False: not recorded. */
bool effect_run(Tenant *tenant, const DueEffect *due, EffectResult *result, Err *err);

/* --- Jobs (job.c) --- */
typedef enum JobSort { JOBS_SHORT, JOBS_LENGTHY, JOB_SORTS } JobSort;
/* Take the oldest waiting job of a sort and run it to its end; `*ran` tells whether there was one.
 */
bool job_run_next(Tenant *tenant, JobSort sort, bool *ran, Err *err);
/* After a crash: what was running waits again. */
bool jobs_recover(Tenant *tenant, Err *err);
/* Cancel everything that runs: the process stops. The jobs wait again. */
void jobs_stop_all(bool stop);
