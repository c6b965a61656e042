/* SPDX-License-Identifier: EUPL-1.2 */
/* Group commit: who wants to write waits in a queue. Whoever finds nobody leading takes all that
 * wait, gives ordinals, writes one frame, syncs once, and only then changes memory: nothing is seen
 * that is not on disk. What must be looked up first (edits, deletions, replacements) goes alone.
 *
 * Each who waits is woken once, by name: when its request is done, or when it is to lead next. For
 * requests that nobody waits for a thread of the store leads (committer.c). */
#include "city/store/commit.h"

/* --- Leading ---------------------------------------------------------------------------------- */

void obs_lead(ObsStore *store)
{
    pthread_mutex_lock(&store->queue_lock);
    store->leads_waiting++;
    while (store->leading)
        pthread_cond_wait(&store->queue_moved, &store->queue_lock);
    store->leads_waiting--;
    store->leading = true;
    pthread_mutex_unlock(&store->queue_lock);
}

static void call_leader(ObsStore *store, ObsRequest *request)
{
    sem_post(request->later ? &store->to_commit : &request->moved);
}

/* Under queue_lock: who keeps house goes first, then the request that waits longest. */
static void pass_on(ObsStore *store)
{
    store->leading = store->leads_waiting == 0 && store->first;
    if (store->leading)
        call_leader(store, store->first);
    else
        pthread_cond_broadcast(&store->queue_moved);
}

void obs_lead_end(ObsStore *store)
{
    pthread_mutex_lock(&store->queue_lock);
    pass_on(store);
    pthread_mutex_unlock(&store->queue_lock);
}

/* Under queue_lock: cut the group off the queue. */
static ObsRequest *take_group(ObsStore *store)
{
    ObsRequest *group = store->first, *end = group;

    while (!group->alone && end->next && !end->next->alone)
        end = end->next;
    store->first = end->next;
    if (!store->first)
        store->last = NULL;
    end->next = NULL;
    return group;
}

static void write_steps(const ObsStepList *steps, ObsRecordWriter *out)
{
    for (size_t i = 0; i < steps->count; i++) {
        const ObsStep *step = &steps->items[i];
        Observation o = step->observation ? *step->observation : (Observation){0};

        o.ordinal = step->ordinal;
        obs_record_put(out, step->kind, step->series, &o);
    }
}

static void apply_steps(ObsStore *store, const ObsStepList *steps)
{
    pthread_mutex_lock(&store->lock);
    for (size_t i = 0; i < steps->count; i++) {
        const ObsStep *step = &steps->items[i];
        ObsRecord record = {.kind = step->kind, .series = step->series};

        if (step->observation)
            record.observation = *step->observation;
        record.observation.ordinal = step->ordinal;
        if (step->state)
            obs_apply_to(store, step->state, &record);
        else
            obs_apply(store, &record);
    }
    store->log_bytes = store->wal.size;
    pthread_mutex_unlock(&store->lock);
}

/* Plan all requests: those that are refused leave no steps. */
static void plan_group(ObsStore *store, ObsRequest *group, ObsStepList *steps, Arena *arena)
{
    for (ObsRequest *request = group; request; request = request->next) {
        request->first_step = steps->count;
        err_clear(request->err);
        request->refused = !request->plan(store, request, steps, arena, request->err);
        if (request->refused)
            steps->count = request->first_step;
    }
}

/* Rows get ordinals when nothing can refuse a request any more. Only the leader changes `next`, and
 * not before the rows are on disk: of a group that fails nothing is left. */
static void give_ordinals(ObsStore *store, ObsStepList *steps)
{
    pthread_mutex_lock(&store->lock);
    for (size_t i = 0; i < steps->count; i++) {
        ObsStep *step = &steps->items[i];
        if (step->kind != OBS_RECORD_ROW)
            continue;
        if (!step->state)
            step->state = obs_series_make(store, step->series);
        step->state->planned = step->state->next;
    }
    for (size_t i = 0; i < steps->count; i++) {
        ObsStep *step = &steps->items[i];
        if (step->kind == OBS_RECORD_ROW)
            step->ordinal = step->state->planned++;
        else if (step->same_as)
            step->ordinal = steps->items[step->same_as - 1].ordinal;
    }
    pthread_mutex_unlock(&store->lock);
}

static void tell_ordinals(const ObsRequest *request, const ObsStepList *steps)
{
    for (size_t i = 0; request->given && i < request->count; i++)
        request->given[i] = steps->items[request->first_step + i].ordinal;
}

static void run_group(ObsStore *store, ObsRequest *group)
{
    Arena *arena = arena_create(1 << 16);
    ObsStepList steps = {0};
    ObsRecordWriter out = {.bytes = buf_in(arena)};
    Err err = {0};
    bool ok = true;

    plan_group(store, group, &steps, arena);
    give_ordinals(store, &steps);
    write_steps(&steps, &out);
    if (steps.count > 0)
        ok = obs_wal_write(&store->wal, buf_str(&out.bytes), &err);
    if (ok)
        apply_steps(store, &steps);
    for (ObsRequest *request = group; request; request = request->next) {
        request->ok = ok && !request->refused;
        if (!ok && !request->refused)
            *request->err = err;
        if (request->ok)
            tell_ordinals(request, &steps);
    }
    arena_destroy(arena);
}

/* True when the caller is to lead at once; else it is woken. */
static bool enqueue(ObsStore *store, ObsRequest *request)
{
    pthread_mutex_lock(&store->queue_lock);
    bool leads = !store->leading && !store->first && store->leads_waiting == 0;
    if (store->last)
        store->last->next = request;
    else
        store->first = request;
    store->last = request;
    store->leading = store->leading || leads;
    pthread_mutex_unlock(&store->queue_lock);
    return leads;
}

/* Whose request is done goes away with it: nothing of it is read once it was woken. */
static void tell_group(ObsRequest *group, const ObsRequest *own)
{
    while (group) {
        ObsRequest *next = group->next;
        group->done = true;
        if (group->later) {
            group->later->ok = group->ok;
            group->later->done(group->later);
        } else if (group != own) {
            sem_post(&group->moved);
        }
        group = next;
    }
}

void obs_lead_group(ObsStore *store, const ObsRequest *own)
{
    pthread_mutex_lock(&store->queue_lock);
    ObsRequest *group = take_group(store);
    pthread_mutex_unlock(&store->queue_lock);
    run_group(store, group);
    pthread_mutex_lock(&store->queue_lock);
    pass_on(store);
    pthread_mutex_unlock(&store->queue_lock);
    tell_group(group, own);
}

void obs_commit_later(ObsStore *store, ObsRequest *request)
{
    if (enqueue(store, request))
        call_leader(store, request);
}

bool obs_commit(ObsStore *store, ObsRequest *request)
{
    sem_init(&request->moved, 0, 0);
    if (!enqueue(store, request))
        while (sem_wait(&request->moved) != 0)
            ;           /* a signal */
    if (!request->done) /* it is the first of the queue */
        obs_lead_group(store, request);
    sem_destroy(&request->moved);
    return request->ok;
}
