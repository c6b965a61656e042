/* SPDX-License-Identifier: EUPL-1.2 */
/* The threads that run effects, jobs and schedules of all tenants.
 *
 * A tenant is looked at when something was ordered for it (worker_wake), while it has
 * effects that wait for their next try, and when one of its schedules is due. Tenants that
 * are idle cost one entry in a table. */
#include "core/log.h"
#include "core/work/schedule.h"
#include "core/work/state.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    EFFECT_THREADS = 4,
    BATCH = 32,
    LOOK_MS = 100,        /* while something may be about to commit */
    RETRY_LOOK_MS = 1000, /* while effects wait for their next try */
    SWEEP_PAUSE_MS = 20,  /* between tenants at the start: quiet, not fast */
    NICE = 19,            /* people who wait for a page come first */
};

typedef struct Slot { /* what is known of one tenant */
    Str name;
    int64_t look_at;     /* process clock; INT64_MAX: nothing to do */
    int64_t hot_until;   /* orders may still be on their way to the disk */
    int64_t schedule_at; /* when the next schedule is due */
    bool busy;           /* a dispatcher has it */
    bool job_busy;
    bool recovered; /* jobs that ran when the program died wait again */
} Slot;

typedef struct Batch Batch;

struct Worker {
    App *app;
    Arena *arena;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    Slot *slots;
    size_t slot_count, slot_capacity;
    atomic_bool stopping;
    pthread_t dispatcher;
    pthread_t job_thread;
    pthread_t effect_threads[EFFECT_THREADS];
    Batch *batch; /* being worked off, or NULL */
    pthread_cond_t batch_changed;
};

static pthread_mutex_t running_lock = PTHREAD_MUTEX_INITIALIZER;
static Worker *running; /* one per process: worker_wake() finds it */

static Slot *slot_of(Worker *worker, Str name)
{
    for (size_t i = 0; i < worker->slot_count; i++)
        if (str_eq(worker->slots[i].name, name))
            return &worker->slots[i];
    if (worker->slot_count == worker->slot_capacity) {
        worker->slot_capacity = worker->slot_capacity ? worker->slot_capacity * 2 : 16;
        Slot *grown = arena_array(worker->arena, Slot, worker->slot_capacity);
        if (worker->slot_count)
            memcpy(grown, worker->slots, worker->slot_count * sizeof *grown);
        worker->slots = grown;
    }
    Slot *slot = &worker->slots[worker->slot_count++];
    *slot = (Slot){.name = str_copy(worker->arena, name), .look_at = INT64_MAX};
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

/* --- A batch of effects -------------------------------------------------------------- */

/* Due effects of one tenant, worked off by all effect threads together. */
struct Batch {
    Tenant *tenant;
    const DueEffect *due;
    size_t count;
    size_t next;
    size_t finished;
};

static void be_nice(void)
{
    if (setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE) != 0)
        log_line(LOG_WARNING, "background threads keep the normal priority");
}

static void run_one(const Batch *batch, size_t index)
{
    Err err = {0};
    bool failed;

    if (!effect_run(batch->tenant, &batch->due[index], &failed, &err) && !failed)
        log_line(LOG_ERROR, "effect %lld of %.*s is not recorded: %s",
                 (long long)batch->due[index].id, STR_ARG(batch->tenant->name), err.message);
}

/* These threads live as long as the worker: fonts and dictionaries of letters are kept per
 * thread. */
static void *run_effects(void *argument)
{
    Worker *worker = argument;

    pthread_setname_np(pthread_self(), "effects");
    be_nice();
    pthread_mutex_lock(&worker->lock);
    while (!worker->stopping) {
        Batch *batch = worker->batch;
        if (!batch || batch->next == batch->count) {
            pthread_cond_wait(&worker->batch_changed, &worker->lock);
            continue;
        }
        size_t mine = batch->next++;
        pthread_mutex_unlock(&worker->lock);
        run_one(batch, mine);
        pthread_mutex_lock(&worker->lock);
        batch->finished++;
        pthread_cond_broadcast(&worker->batch_changed);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

/* Hand a batch to the effect threads and wait for them. */
static void work_off(Worker *worker, Batch *batch)
{
    pthread_mutex_lock(&worker->lock);
    worker->batch = batch;
    pthread_cond_broadcast(&worker->batch_changed);
    /* What a thread has begun it also finishes; the rest stays due when the program stops. */
    while (batch->finished < (worker->stopping ? batch->next : batch->count))
        pthread_cond_wait(&worker->batch_changed, &worker->lock);
    worker->batch = NULL;
    pthread_mutex_unlock(&worker->lock);
}

/* Run what is due; `*again` tells that there may be more. */
static bool run_due(Worker *worker, Tenant *tenant, bool *again, Err *err)
{
    Arena *arena = arena_create(0);
    Batch batch = {.tenant = tenant};
    DueEffect *due = NULL;
    bool ok = effects_due(tenant, arena, BATCH, &due, &batch.count, err);

    *again = batch.count == BATCH;
    batch.due = due;
    if (ok && batch.count > 0)
        work_off(worker, &batch);
    arena_destroy(arena);
    return ok;
}

/* When the next waiting effect is due, on the process clock; INT64_MAX without one. */
static bool next_effect_at(Tenant *tenant, int64_t *at, Err *err)
{
    Tx *tx = db_read(tenant->db, err);
    int64_t next = 0;

    if (!tx)
        return false;
    bool ok =
        tx_query_int(tx, err, &next, "SELECT MIN(next_at) FROM effect WHERE status = 'waiting'");
    int64_t wait = next - work_now(tenant, tx);
    tx_end(tx);
    *at = next == 0 ? INT64_MAX
                    : work_process_clock() + (wait > RETRY_LOOK_MS ? wait : RETRY_LOOK_MS);
    return ok;
}

/* Everything this tenant's slot asks for. Returns when to look again. */
static int64_t look_at_tenant(Worker *worker, Str name, bool *recovered, int64_t *schedule_at)
{
    Err err = {0};
    Tenant *tenant = tenant_acquire(worker->app, name, &err);
    int64_t next = work_process_clock() + 60000;
    bool again = false;
    bool ok = tenant != NULL;

    if (ok && !*recovered)
        ok = *recovered = jobs_recover(tenant, &err);
    if (ok)
        ok = run_due(worker, tenant, &again, &err);
    if (ok && work_process_clock() >= *schedule_at && !worker->stopping)
        ok = schedules_run(tenant, schedule_at, &err);
    if (ok)
        ok = next_effect_at(tenant, &next, &err);
    if (ok && again)
        next = work_process_clock();
    if (!ok) {
        log_line(LOG_ERROR, "background work of %.*s: %s", STR_ARG(name), err.message);
        next = work_process_clock() + 5000;
    }
    if (tenant)
        tenant_release(tenant);
    return next < *schedule_at ? next : *schedule_at;
}

static Slot *earliest(Worker *worker)
{
    Slot *best = NULL;

    for (size_t i = 0; i < worker->slot_count; i++) {
        Slot *slot = &worker->slots[i];
        if (!slot->busy && (!best || slot->look_at < best->look_at))
            best = slot;
    }
    return best;
}

static void wait_until(Worker *worker, int64_t at)
{
    int64_t ms = at - work_process_clock();
    struct timespec until;

    if (ms > 60000)
        ms = 60000;
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

static void *dispatch(void *argument)
{
    Worker *worker = argument;

    be_nice();
    pthread_mutex_lock(&worker->lock);
    while (!worker->stopping) {
        Slot *slot = earliest(worker);
        int64_t now = work_process_clock();
        if (!slot || slot->look_at > now) {
            wait_until(worker, slot ? slot->look_at : now + 60000);
            continue;
        }
        Str name = slot->name;
        bool recovered = slot->recovered;
        int64_t schedule_at = slot->schedule_at;
        slot->busy = true;
        slot->look_at = INT64_MAX;
        pthread_mutex_unlock(&worker->lock);

        int64_t next = look_at_tenant(worker, name, &recovered, &schedule_at);

        pthread_mutex_lock(&worker->lock);
        slot = slot_of(worker, name); /* the table may have grown */
        slot->busy = false;
        slot->recovered = recovered;
        slot->schedule_at = schedule_at;
        now = work_process_clock();
        if (slot->hot_until > now && next > now + LOOK_MS)
            next = now + LOOK_MS;
        if (next < slot->look_at)
            slot->look_at = next;
        pthread_cond_broadcast(&worker->changed);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

/* --- Jobs --------------------------------------------------------------------------------- */

/* A tenant whose jobs should be looked at, or NULL. The lock is held. */
static Slot *slot_for_jobs(Worker *worker, size_t *turn)
{
    int64_t now = work_process_clock();

    for (size_t i = 0; i < worker->slot_count; i++) {
        Slot *slot = &worker->slots[(*turn + i) % worker->slot_count];
        if (slot->recovered && (slot->hot_until > now || slot->job_busy)) {
            *turn += i + 1;
            return slot;
        }
    }
    return NULL;
}

static void *run_jobs(void *argument)
{
    Worker *worker = argument;
    size_t turn = 0;

    be_nice();
    pthread_mutex_lock(&worker->lock);
    while (!worker->stopping) {
        Slot *slot = slot_for_jobs(worker, &turn);
        if (!slot) {
            wait_until(worker, work_process_clock() + 1000);
            continue;
        }
        Str name = slot->name;
        pthread_mutex_unlock(&worker->lock);
        Err err = {0};
        bool ran = false;
        Tenant *tenant = tenant_acquire(worker->app, name, &err);
        if (!tenant || !job_run_next(tenant, &ran, &err))
            log_line(LOG_ERROR, "jobs of %.*s: %s", STR_ARG(name), err.message);
        if (tenant)
            tenant_release(tenant);
        pthread_mutex_lock(&worker->lock);
        slot_of(worker, name)->job_busy = ran; /* look for the next one at once */
        if (!ran)
            wait_until(worker, work_process_clock() + LOOK_MS);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

/* --- Start and stop ------------------------------------------------------------------------ */

Worker *worker_start(App *app, Err *err)
{
    Worker *worker = calloc(1, sizeof *worker);
    pthread_condattr_t attributes;

    assert(worker);
    worker->app = app;
    worker->arena = arena_create(0);
    pthread_mutex_init(&worker->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&worker->changed, &attributes);
    pthread_cond_init(&worker->batch_changed, NULL);
    pthread_condattr_destroy(&attributes);

    Arena *arena = arena_create(0);
    Str *names;
    size_t count = app_tenant_names(app, arena, &names);
    int64_t now = work_process_clock();
    for (size_t i = 0; i < count; i++) {
        Slot *slot = slot_of(worker, names[i]);
        slot->look_at = now + (int64_t)(i + 1) * SWEEP_PAUSE_MS;
        slot->hot_until = slot->look_at + 1000; /* jobs left over from before */
    }
    arena_destroy(arena);

    pthread_mutex_lock(&running_lock);
    assert(!running);
    running = worker;
    pthread_mutex_unlock(&running_lock);
    bool ok = pthread_create(&worker->dispatcher, NULL, dispatch, worker) == 0 &&
              pthread_create(&worker->job_thread, NULL, run_jobs, worker) == 0;
    for (int i = 0; ok && i < EFFECT_THREADS; i++)
        ok = pthread_create(&worker->effect_threads[i], NULL, run_effects, worker) == 0;
    if (!ok) { /* the program ends: there is nothing to be saved yet */
        err_set(err, ERR_TEMPORARY,
                "cannot start the background threads: raise the limit of "
                "threads (ulimit -u, TasksMax)");
        return NULL;
    }
    return worker;
}

void worker_stop(Worker *worker)
{
    if (!worker)
        return;
    pthread_mutex_lock(&running_lock);
    running = NULL;
    pthread_mutex_unlock(&running_lock);
    pthread_mutex_lock(&worker->lock);
    worker->stopping = true;
    jobs_stop_all(true);
    pthread_cond_broadcast(&worker->changed);
    pthread_cond_broadcast(&worker->batch_changed);
    pthread_mutex_unlock(&worker->lock);
    for (int i = 0; i < EFFECT_THREADS; i++)
        pthread_join(worker->effect_threads[i], NULL);
    pthread_join(worker->dispatcher, NULL);
    pthread_join(worker->job_thread, NULL);
    jobs_stop_all(false);
    pthread_cond_destroy(&worker->batch_changed);
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->lock);
    arena_destroy(worker->arena);
    free(worker);
}

bool worker_drain(Tenant *tenant, Err *err)
{
    Arena *arena = arena_create(0);
    size_t count = 1;
    bool ok = true;

    while (ok && count > 0) {
        DueEffect *due;
        arena_reset(arena);
        ok = effects_due(tenant, arena, BATCH, &due, &count, err);
        for (size_t i = 0; ok && i < count; i++) {
            bool failed;
            ok = effect_run(tenant, &due[i], &failed, err) && !failed;
        }
    }
    bool ran = true;
    while (ok && ran)
        ok = job_run_next(tenant, &ran, err);
    arena_destroy(arena);
    return ok;
}
