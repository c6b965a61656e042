/* SPDX-License-Identifier: EUPL-1.2 */
/* Group commit: who wants to write waits in a queue. Whoever finds nobody leading takes all that
 * wait, gives ordinals, writes one frame, syncs once, and only then changes memory: nothing is seen
 * that is not on disk. What must be looked up first (edits, deletions, replacements) goes alone. */
#include "city/store/internal.h"

#include "base/vec.h"

enum { BATCH_MAX = 10000000 };

/* One record to be written and applied. */
typedef struct Step {
    ObsRecordKind kind;
    uint32_t series;
    size_t same_as; /* number from 1 of the step whose ordinal it has; 0: its own */
    uint64_t ordinal;
    const Observation *observation;
    ObsSeries *state; /* of a row */
} Step;

typedef struct StepList {
    Step *items;
    size_t count, capacity;
} StepList;

/* Add the request's steps; false refuses it. */
typedef bool ObsPlan(ObsStore *store, const ObsRequest *request, StepList *steps, Arena *arena,
                     Err *err);

struct ObsRequest {
    ObsRequest *next;
    ObsPlan *plan;
    bool alone; /* looks at what is there: commits by itself */
    const ObsEntry *entries;
    const uint32_t *series;
    const uint64_t *ordinals;
    size_t count;
    int64_t time;
    uint64_t *given; /* ordinals, or NULL */
    Err *err;
    size_t first_step; /* of this request in the group */
    bool refused, done, ok;
};

/* --- Leading ---------------------------------------------------------------------------------- */

void obs_lead(ObsStore *store)
{
    pthread_mutex_lock(&store->queue_lock);
    while (store->leading)
        pthread_cond_wait(&store->queue_moved, &store->queue_lock);
    store->leading = true;
    pthread_mutex_unlock(&store->queue_lock);
}

void obs_lead_end(ObsStore *store)
{
    pthread_mutex_lock(&store->queue_lock);
    store->leading = false;
    pthread_cond_broadcast(&store->queue_moved);
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

static void write_steps(const StepList *steps, ObsRecordWriter *out)
{
    for (size_t i = 0; i < steps->count; i++) {
        const Step *step = &steps->items[i];
        Observation o = step->observation ? *step->observation : (Observation){0};

        o.ordinal = step->ordinal;
        obs_record_put(out, step->kind, step->series, &o);
    }
}

static void apply_steps(ObsStore *store, const StepList *steps)
{
    pthread_mutex_lock(&store->lock);
    for (size_t i = 0; i < steps->count; i++) {
        const Step *step = &steps->items[i];
        ObsRecord record = {.kind = step->kind, .series = step->series};

        if (step->observation)
            record.observation = *step->observation;
        record.observation.ordinal = step->ordinal;
        obs_apply(store, &record);
    }
    store->log_bytes = store->wal.size;
    pthread_mutex_unlock(&store->lock);
}

/* Plan all requests: those that are refused leave no steps. */
static void plan_group(ObsStore *store, ObsRequest *group, StepList *steps, Arena *arena)
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
static void give_ordinals(ObsStore *store, StepList *steps)
{
    pthread_mutex_lock(&store->lock);
    for (size_t i = 0; i < steps->count; i++) {
        Step *step = &steps->items[i];
        if (step->kind != OBS_RECORD_ROW)
            continue;
        step->state = obs_series_make(store, step->series);
        step->state->planned = step->state->next;
    }
    for (size_t i = 0; i < steps->count; i++) {
        Step *step = &steps->items[i];
        if (step->kind == OBS_RECORD_ROW)
            step->ordinal = step->state->planned++;
        else if (step->same_as)
            step->ordinal = steps->items[step->same_as - 1].ordinal;
    }
    pthread_mutex_unlock(&store->lock);
}

static void tell_ordinals(const ObsRequest *request, const StepList *steps)
{
    for (size_t i = 0; request->given && i < request->count; i++)
        request->given[i] = steps->items[request->first_step + i].ordinal;
}

static void run_group(ObsStore *store, ObsRequest *group)
{
    Arena *arena = arena_create(1 << 16);
    StepList steps = {0};
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

static bool commit(ObsStore *store, ObsRequest *request)
{
    pthread_mutex_lock(&store->queue_lock);
    if (store->last)
        store->last->next = request;
    else
        store->first = request;
    store->last = request;
    while (!request->done) {
        if (store->leading) {
            pthread_cond_wait(&store->queue_moved, &store->queue_lock);
            continue;
        }
        ObsRequest *group = take_group(store);
        store->leading = true;
        pthread_mutex_unlock(&store->queue_lock);
        run_group(store, group);
        pthread_mutex_lock(&store->queue_lock);
        store->leading = false;
        while (group) {
            ObsRequest *next = group->next; /* a request is gone once it is done */
            group->done = true;
            group = next;
        }
        pthread_cond_broadcast(&store->queue_moved);
    }
    pthread_mutex_unlock(&store->queue_lock);
    return request->ok;
}

/* --- What is asked for ------------------------------------------------------------------------ */

static bool check_entries(const ObsEntry *entries, size_t count, Err *err)
{
    const char *why;

    if (count > BATCH_MAX)
        return err_set(err, ERR_TOO_LARGE, "%zu observations at once, at most %d are taken", count,
                       BATCH_MAX);
    for (size_t i = 0; i < count; i++)
        if (!obs_makes_sense(&entries[i].observation, &why))
            return err_set(err, ERR_INPUT, "observation %zu (series %u): %s", i, entries[i].series,
                           why);
    return true;
}

/* Under the lock: is the series kept as far back? */
static bool check_horizon(const ObsStore *store, const ObsRequest *request, size_t i, Err *err)
{
    const ObsEntry *entry = &request->entries[i];
    const ObsSeries *series = obs_series_find(store, entry->series);

    if (!series || entry->observation.time >= series->horizon)
        return true;
    if (series->horizon == INT64_MAX)
        return err_set(err, ERR_INPUT, "observation %zu: series %u was erased", i, entry->series);
    return err_set(err, ERR_INPUT, "observation %zu: series %u keeps nothing before %lld (ms UTC)",
                   i, entry->series, (long long)series->horizon);
}

static bool check_horizons(ObsStore *store, const ObsRequest *request, Err *err)
{
    bool ok = true;

    pthread_mutex_lock(&store->lock);
    for (size_t i = 0; i < request->count && ok; i++)
        ok = check_horizon(store, request, i, err);
    pthread_mutex_unlock(&store->lock);
    return ok;
}

static Step step_of(ObsRecordKind kind, const ObsEntry *entry)
{
    return (Step){.kind = kind,
                  .series = entry->series,
                  .ordinal = entry->observation.ordinal,
                  .observation = &entry->observation};
}

static bool plan_append(ObsStore *store, const ObsRequest *request, StepList *steps, Arena *arena,
                        Err *err)
{
    if (!check_horizons(store, request, err))
        return false;
    for (size_t i = 0; i < request->count; i++)
        VEC_PUSH(arena, steps, step_of(OBS_RECORD_ROW, &request->entries[i]));
    return true;
}

/* The last observation of this series and time that is there. */
static bool find_same_time(ObsStore *store, const ObsEntry *entry, bool *found, uint64_t *ordinal,
                           Err *err)
{
    int64_t time = entry->observation.time;
    ObsRange range = {.backward = true, .from = time, .to = time + 1};
    ObsSnapshot snapshot;
    Observation there;

    *found = false;
    pthread_mutex_lock(&store->lock);
    const ObsSeries *series = obs_series_find(store, entry->series);
    bool newer =
        !series || (series->latest_known && (!series->has_latest || series->latest.time < time));
    pthread_mutex_unlock(&store->lock);
    if (newer)
        return true;
    if (!obs_snapshot_begin(&snapshot, store, entry->series, range, err))
        return false;
    *found = obs_merge_next(&snapshot.merge, &there, err);
    if (*found)
        *ordinal = there.ordinal;
    obs_snapshot_end(&snapshot);
    return *found || err->kind == ERR_NONE;
}

/* Where the steps of a batch stand, by series and time. */
typedef struct Places {
    size_t *slots; /* number of a step from 1 */
    size_t count;
} Places;

static size_t *place_of(const Places *places, const StepList *steps, const ObsEntry *entry)
{
    uint64_t hash =
        ((uint64_t)entry->observation.time ^ (uint64_t)entry->series << 40) * 0x9E3779B97F4A7C15u;

    for (size_t slot = (size_t)(hash >> 20) % places->count;; slot = (slot + 1) % places->count) {
        size_t number = places->slots[slot];
        if (number == 0 || (steps->items[number - 1].series == entry->series &&
                            steps->items[number - 1].observation->time == entry->observation.time))
            return &places->slots[slot];
    }
}

static bool plan_replace(ObsStore *store, const ObsRequest *request, StepList *steps, Arena *arena,
                         Err *err)
{
    Places places = {.count = request->count * 2 + 1};

    places.slots = arena_array(arena, size_t, places.count);
    if (!check_horizons(store, request, err))
        return false;
    for (size_t i = 0; i < request->count; i++) {
        const ObsEntry *entry = &request->entries[i];
        Step step = step_of(OBS_RECORD_ROW, entry);
        size_t *place = place_of(&places, steps, entry);
        bool found = false;

        if (*place) /* the same time twice in a batch: the later one counts */
            step.same_as = *place;
        else if (!find_same_time(store, entry, &found, &step.ordinal, err))
            return false;
        if (found || step.same_as)
            step.kind = OBS_RECORD_CHANGE;
        VEC_PUSH(arena, steps, step);
        if (!*place)
            *place = steps->count;
    }
    return true;
}

static bool is_there(ObsStore *store, uint32_t series, uint64_t ordinal, Err *err)
{
    Arena *arena = arena_create(0);
    Observation ignored;
    bool there = obs_find(store, series, ordinal, arena, &ignored, err);

    arena_destroy(arena);
    return there;
}

static bool plan_edit(ObsStore *store, const ObsRequest *request, StepList *steps, Arena *arena,
                      Err *err)
{
    if (!check_horizons(store, request, err))
        return false;
    for (size_t i = 0; i < request->count; i++) {
        const ObsEntry *entry = &request->entries[i];
        if (!is_there(store, entry->series, entry->observation.ordinal, err))
            return false;
        VEC_PUSH(arena, steps, step_of(OBS_RECORD_CHANGE, entry));
    }
    return true;
}

static bool plan_delete(ObsStore *store, const ObsRequest *request, StepList *steps, Arena *arena,
                        Err *err)
{
    for (size_t i = 0; i < request->count; i++) {
        if (!is_there(store, request->series[0], request->ordinals[i], err))
            return false;
        VEC_PUSH(arena, steps,
                 (Step){.kind = OBS_RECORD_DELETE,
                        .series = request->series[0],
                        .ordinal = request->ordinals[i]});
    }
    return true;
}

static bool plan_drop(ObsStore *store, const ObsRequest *request, StepList *steps, Arena *arena,
                      Err *err)
{
    Observation *horizon = arena_new(arena, Observation);

    (void)store;
    (void)err;
    horizon->time = request->time;
    for (size_t i = 0; i < request->count; i++)
        VEC_PUSH(arena, steps,
                 (Step){.kind = OBS_RECORD_HORIZON,
                        .series = request->series[i],
                        .observation = horizon});
    return true;
}

/* Who appends while twice the limit is in memory flushes. */
static bool relieve(ObsStore *store, Err *err)
{
    ObsStats stats = obs_stats(store);

    if (stats.rows_in_memory < store->options.flush_rows * 2 &&
        stats.log_bytes < store->options.flush_bytes * 2)
        return true;
    return obs_flush(store, false, err);
}

bool obs_append(ObsStore *store, const ObsEntry *entries, size_t count, unsigned flags,
                uint64_t *ordinals, Err *err)
{
    bool replace = flags & OBS_REPLACE;
    ObsRequest request = {.plan = replace ? plan_replace : plan_append,
                          .alone = replace,
                          .entries = entries,
                          .count = count,
                          .given = ordinals,
                          .err = err};

    return check_entries(entries, count, err) && relieve(store, err) && commit(store, &request);
}

bool obs_edit(ObsStore *store, const ObsEntry *entries, size_t count, Err *err)
{
    ObsRequest request = {
        .plan = plan_edit, .alone = true, .entries = entries, .count = count, .err = err};

    return check_entries(entries, count, err) && commit(store, &request);
}

bool obs_delete(ObsStore *store, uint32_t series, const uint64_t *ordinals, size_t count, Err *err)
{
    ObsRequest request = {.plan = plan_delete,
                          .alone = true,
                          .series = &series,
                          .ordinals = ordinals,
                          .count = count,
                          .err = err};

    return commit(store, &request);
}

bool obs_drop_before(ObsStore *store, const uint32_t *series, size_t count, int64_t time, Err *err)
{
    ObsRequest request = {.plan = plan_drop,
                          .alone = true,
                          .series = series,
                          .count = count,
                          .time = time,
                          .err = err};

    return commit(store, &request);
}

bool obs_erase(ObsStore *store, uint32_t series, Err *err)
{
    return obs_drop_before(store, &series, 1, INT64_MAX, err);
}
