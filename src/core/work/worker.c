/* SPDX-License-Identifier: EUPL-1.2 */
/* When which tenant is looked at for effects, jobs and schedules, and the threads that do it.
 *
 * A tenant is looked at when something was ordered for it (worker_wake), while it has
 * effects that wait for their next try, and when one of its schedules is due. Tenants that
 * are idle cost one entry in a table. */
#include "core/log.h"
#include "core/work/effect_queue.h"
#include "core/work/schedule.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum {
    JOB_THREADS = 2, /* for short jobs; one more for those that take hours */
    THREADS = 2 + JOB_THREADS + 1,
    DRAIN_BATCH = 32,
    LOOK_MS = 100,        /* while something may be about to commit */
    RETRY_LOOK_MS = 1000, /* while effects wait for their next try */
    /* For what is due in months: the clock that waits stands still while the machine sleeps. */
    FAR_LOOK_MS = 12 * 3600 * 1000,
    FAULT_LOOK_MS = 5000, /* after a look that failed */
    IDLE_LOOK_MS = 60000,
    SWEEP_PAUSE_MS = 20,            /* between tenants at the start: quiet, not fast */
    TELL_AGAIN_MS = 10 * 60 * 1000, /* a fault that stays the same is told this often */
};

/* What may fail for one tenant again and again. */
typedef enum Fault { FAULT_LOOK, FAULT_SCHEDULE, FAULT_JOB, FAULT_COUNT } Fault;

typedef struct Told {
    uint64_t what; /* hash of the message; 0: all is well */
    int64_t at;    /* of the process clock */
} Told;

typedef struct Slot { /* what is known of one tenant; times are of the process clock */
    Str name;
    int64_t look_at;           /* for effects; INT64_MAX: nothing to do */
    int64_t schedule_at;       /* INT64_MAX until it was looked at once */
    int64_t hot_until;         /* orders may still be on their way to the disk */
    bool recovered;            /* jobs that ran when the program died wait again */
    bool job_taken[JOB_SORTS]; /* a thread runs a job of it */
    bool job_more[JOB_SORTS];  /* the last look found one */
    Told told[FAULT_COUNT];
} Slot;

struct Worker {
    App *app;
    EffectQueue *effects;
    Arena *arena;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    Slot **slots;
    size_t slot_count, slot_capacity;
    bool stopping;
    pthread_t threads[THREADS];
    int thread_count;
};

static pthread_mutex_t running_lock = PTHREAD_MUTEX_INITIALIZER;
static Worker *running; /* one per process: worker_wake() finds it */

/* The lock is held. */
static Slot *slot_of(Worker *worker, Str name)
{
    for (size_t i = 0; i < worker->slot_count; i++)
        if (str_eq(worker->slots[i]->name, name))
            return worker->slots[i];
    if (worker->slot_count == worker->slot_capacity) {
        worker->slot_capacity = worker->slot_capacity ? worker->slot_capacity * 2 : 16;
        worker->slots = realloc(worker->slots, worker->slot_capacity * sizeof(Slot *));
        assert(worker->slots);
    }
    Slot *slot = arena_new(worker->arena, Slot);
    *slot = (Slot){
        .name = str_copy(worker->arena, name), .look_at = INT64_MAX, .schedule_at = INT64_MAX};
    worker->slots[worker->slot_count++] = slot;
    return slot;
}

void worker_wake(App *app, Str tenant_name)
{
    pthread_mutex_lock(&running_lock);
    if (running && running->app == app) {
        Worker *worker = running;
        pthread_mutex_lock(&worker->lock);
        Slot *slot = slot_of(worker, tenant_name);
        int64_t now = work_process_clock();
        slot->hot_until = now + 5000;
        if (slot->look_at > now + LOOK_MS / 4)
            slot->look_at = now + LOOK_MS / 4;
        pthread_cond_broadcast(&worker->changed);
        pthread_mutex_unlock(&worker->lock);
    }
    pthread_mutex_unlock(&running_lock);
}

/* A thread found that a tenant may have more that is due. */
static void look_now(void *context, Str tenant_name)
{
    Worker *worker = context;

    pthread_mutex_lock(&worker->lock);
    slot_of(worker, tenant_name)->look_at = work_process_clock();
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
}

static void wait_until(Worker *worker, int64_t at)
{
    int64_t ms = at - work_process_clock();
    struct timespec until;

    if (ms > IDLE_LOOK_MS)
        ms = IDLE_LOOK_MS;
    if (ms <= 0)
        return;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&worker->changed, &worker->lock, &until);
}

/* Log what failed, or that it is over: once, however often it is tried. */
static void tell(Worker *worker, Slot *slot, Fault fault, bool ok, const Err *err)
{
    static const char *const WHAT[] = {"background work", "schedules", "jobs"};
    Told *told = &slot->told[fault];
    int64_t now = work_process_clock();

    pthread_mutex_lock(&worker->lock);
    uint64_t what = ok ? 0 : str_hash(str_c(err->message));
    bool over = ok && told->what;
    bool news = !ok && (told->what != what || now - told->at >= TELL_AGAIN_MS);
    if (over || news)
        *told = (Told){what, now};
    pthread_mutex_unlock(&worker->lock);
    if (over)
        log_line(LOG_INFO, "%s of %.*s: goes on again", WHAT[fault], STR_ARG(slot->name));
    if (!news)
        return;
    Arena *arena = arena_create(0);
    log_line(LOG_ERROR, "%s of %.*s: %s", WHAT[fault], STR_ARG(slot->name), err_text(err, arena));
    arena_destroy(arena);
}

/* --- Effects -------------------------------------------------------------------------------- */

/* When the next waiting effect is due, on the process clock; INT64_MAX without one. */
static bool next_effect_at(Tenant *tenant, int64_t *at, Err *err)
{
    Tx *tx = db_read(tenant->db, err);
    int64_t next = 0;

    if (!tx)
        return false;
    bool ok = tx_query_int(tx, err, &next,
                           "SELECT MIN(at) FROM ("
                           "SELECT MIN(next_at) AS at FROM effect WHERE status = 'waiting' AND "
                           "remote = 0 UNION ALL "
                           "SELECT MIN(next_at) FROM effect WHERE status = 'waiting' AND "
                           "remote = 1) AS first");
    int64_t wait = next - work_now(tenant, tx);
    tx_end(tx);
    if (wait < RETRY_LOOK_MS)
        wait = RETRY_LOOK_MS;
    if (wait > FAR_LOOK_MS)
        wait = FAR_LOOK_MS;
    *at = next == 0 ? INT64_MAX : work_process_clock() + wait;
    return ok;
}

/* Fill the tenant's lane. `*next` gets when to look again; false after a fault. */
static bool look_for_effects(Worker *worker, Slot *slot, int64_t *next)
{
    Err err = {0};
    Tenant *tenant = tenant_acquire(worker->app, slot->name, &err);
    bool ok = tenant && (slot->recovered || jobs_recover(tenant, &err)) &&
              effect_queue_fill(worker->effects, slot->name, &err) &&
              next_effect_at(tenant, next, &err);

    if (tenant)
        tenant_release(tenant);
    pthread_mutex_lock(&worker->lock);
    if (ok && !slot->recovered) {
        slot->recovered = true;
        slot->schedule_at = work_process_clock();
        pthread_cond_broadcast(&worker->changed);
    }
    pthread_mutex_unlock(&worker->lock);
    tell(worker, slot, FAULT_LOOK, ok, &err);
    if (!ok)
        *next = work_process_clock() + FAULT_LOOK_MS;
    return ok;
}

static Slot *earliest_look(const Worker *worker)
{
    Slot *best = NULL;

    for (size_t i = 0; i < worker->slot_count; i++)
        if (!best || worker->slots[i]->look_at < best->look_at)
            best = worker->slots[i];
    return best;
}

static void *run_looks(void *argument)
{
    Worker *worker = argument;

    work_be_nice();
    pthread_mutex_lock(&worker->lock);
    while (!worker->stopping) {
        Slot *slot = earliest_look(worker);
        int64_t now = work_process_clock();
        if (!slot || slot->look_at > now) {
            wait_until(worker, slot ? slot->look_at : now + IDLE_LOOK_MS);
            continue;
        }
        slot->look_at = INT64_MAX;
        pthread_mutex_unlock(&worker->lock);
        int64_t next = INT64_MAX;
        bool ok = look_for_effects(worker, slot, &next);
        pthread_mutex_lock(&worker->lock);
        now = work_process_clock();
        if (ok && slot->hot_until > now && next > now + LOOK_MS)
            next = now + LOOK_MS;
        if (next < slot->look_at)
            slot->look_at = next;
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

/* --- Schedules ------------------------------------------------------------------------------ */

static Slot *earliest_schedule(const Worker *worker)
{
    Slot *best = NULL;

    for (size_t i = 0; i < worker->slot_count; i++)
        if (!best || worker->slots[i]->schedule_at < best->schedule_at)
            best = worker->slots[i];
    return best;
}

static void *run_schedules(void *argument)
{
    Worker *worker = argument;

    work_be_nice();
    pthread_mutex_lock(&worker->lock);
    while (!worker->stopping) {
        Slot *slot = earliest_schedule(worker);
        int64_t now = work_process_clock();
        if (!slot || slot->schedule_at > now) {
            wait_until(worker, slot ? slot->schedule_at : now + IDLE_LOOK_MS);
            continue;
        }
        pthread_mutex_unlock(&worker->lock);
        Err err = {0};
        int64_t next = now + IDLE_LOOK_MS;
        Tenant *tenant = tenant_acquire(worker->app, slot->name, &err);
        bool ok = tenant && schedules_run(tenant, &next, &err);
        tell(worker, slot, FAULT_SCHEDULE, ok, &err);
        if (tenant)
            tenant_release(tenant);
        pthread_mutex_lock(&worker->lock);
        slot->schedule_at = next;
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

/* --- Jobs ----------------------------------------------------------------------------------- */

/* A tenant whose jobs should be looked at, in turn, or NULL. The lock is held. */
static Slot *slot_for_jobs(const Worker *worker, JobSort sort, size_t *turn)
{
    int64_t now = work_process_clock();

    for (size_t i = 0; i < worker->slot_count; i++) {
        Slot *slot = worker->slots[(*turn + i) % worker->slot_count];
        if (slot->recovered && !slot->job_taken[sort] &&
            (slot->hot_until > now || slot->job_more[sort])) {
            *turn += i + 1;
            return slot;
        }
    }
    return NULL;
}

/* One job of a tenant and a sort at a time. */
static void *run_jobs_of(Worker *worker, JobSort sort)
{
    size_t turn = 0;

    work_be_nice();
    pthread_mutex_lock(&worker->lock);
    while (!worker->stopping) {
        Slot *slot = slot_for_jobs(worker, sort, &turn);
        if (!slot) {
            wait_until(worker, work_process_clock() + 1000);
            continue;
        }
        slot->job_taken[sort] = true;
        pthread_mutex_unlock(&worker->lock);
        Err err = {0};
        bool ran = false;
        Tenant *tenant = tenant_acquire(worker->app, slot->name, &err);
        bool ok = tenant && job_run_next(tenant, sort, &ran, &err);
        tell(worker, slot, FAULT_JOB, ok, &err);
        if (tenant)
            tenant_release(tenant);
        pthread_mutex_lock(&worker->lock);
        slot->job_taken[sort] = false;
        slot->job_more[sort] = ran;
        if (!ran)
            wait_until(worker, work_process_clock() + LOOK_MS);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

static void *run_jobs(void *argument)
{
    return run_jobs_of(argument, JOBS_SHORT);
}

static void *run_lengthy_jobs(void *argument)
{
    return run_jobs_of(argument, JOBS_LENGTHY);
}

/* --- Start and stop ------------------------------------------------------------------------- */

/* Every tenant is looked at once, one after another: what the last run left is found. */
static void plan_sweep(Worker *worker)
{
    Arena *arena = arena_create(0);
    Str *names;
    size_t count = app_tenant_names(worker->app, arena, &names);
    int64_t now = work_process_clock();

    for (size_t i = 0; i < count; i++) {
        Slot *slot = slot_of(worker, names[i]);
        slot->look_at = now + (int64_t)(i + 1) * SWEEP_PAUSE_MS;
        slot->hot_until = slot->look_at + 1000; /* jobs left over from before */
    }
    arena_destroy(arena);
}

static void set_running(Worker *worker)
{
    pthread_mutex_lock(&running_lock);
    assert(!running || !worker);
    running = worker;
    pthread_mutex_unlock(&running_lock);
}

Worker *worker_start(App *app, Err *err)
{
    static void *(*const LOOPS[])(void *) = {run_looks, run_schedules, run_jobs, run_jobs,
                                             run_lengthy_jobs};
    _Static_assert(sizeof LOOPS / sizeof *LOOPS == THREADS, "a loop for each thread");
    Worker *worker = calloc(1, sizeof *worker);
    pthread_condattr_t attributes;
    bool ok = true;

    assert(worker);
    worker->app = app;
    worker->arena = arena_create(0);
    pthread_mutex_init(&worker->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&worker->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    plan_sweep(worker);
    worker->effects = effect_queue_start(app, look_now, worker, err);
    set_running(worker);
    for (int i = 0; ok && worker->effects && i < THREADS; i++) {
        ok = pthread_create(&worker->threads[i], NULL, LOOPS[i], worker) == 0;
        worker->thread_count += ok;
    }
    if (ok && worker->effects)
        return worker;
    if (worker->effects)
        err_set(err, ERR_TEMPORARY,
                "cannot start the background threads: raise the limit of threads (ulimit -u, "
                "TasksMax)");
    worker_stop(worker);
    return NULL;
}

void worker_stop(Worker *worker)
{
    if (!worker)
        return;
    set_running(NULL);
    pthread_mutex_lock(&worker->lock);
    worker->stopping = true;
    jobs_stop_all(true);
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
    for (int i = 0; i < worker->thread_count; i++)
        pthread_join(worker->threads[i], NULL);
    if (worker->effects)
        effect_queue_stop(worker->effects);
    jobs_stop_all(false);
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->lock);
    free(worker->slots);
    arena_destroy(worker->arena);
    free(worker);
}

/* Run everything that is due of one sort; `*ran` counts. */
static bool drain_effects(Tenant *tenant, bool remote, size_t *ran, Err *err)
{
    EffectFilter filter = {.remote = remote, .limit = DRAIN_BATCH};
    Arena *arena = arena_create(0);
    size_t count;
    bool ok;

    do {
        DueEffect *due;
        arena_reset(arena);
        ok = effects_due(tenant, arena, &filter, &due, &count, err);
        for (size_t i = 0; ok && i < count; i++, (*ran)++) {
            EffectResult result;
            ok = effect_run(tenant, &due[i], &result, err) && result != EFFECT_FAILED;
        }
    } while (ok && count > 0);
    arena_destroy(arena);
    return ok;
}

bool worker_drain(Tenant *tenant, Err *err)
{
    size_t ran;
    bool ok, job = true;

    do { /* one effect may order another */
        ran = 0;
        ok = drain_effects(tenant, false, &ran, err) && drain_effects(tenant, true, &ran, err);
    } while (ok && ran > 0);
    while (ok && job)
        ok = job_run_next(tenant, JOBS_SHORT, &job, err);
    return ok;
}
