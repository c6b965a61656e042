/* SPDX-License-Identifier: EUPL-1.2 */
/* What writers ask for: it is checked, looked up where it must be, and planned as records. */
#include "city/store/committer.h"

#include "base/vec.h"

#include <assert.h>

enum { BATCH_MAX = 10000000, RUN = 1024 };

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

/* Is the series (NULL: it is new) kept as far back? */
static bool check_horizon(const ObsSeries *series, const ObsEntry *entry, size_t i, Err *err)
{
    if (!series || entry->observation.time >= series->horizon)
        return true;
    if (series->horizon == INT64_MAX)
        return err_set(err, ERR_INPUT, "observation %zu: series %u was erased", i, entry->series);
    return err_set(err, ERR_INPUT, "observation %zu: series %u keeps nothing before %lld (ms UTC)",
                   i, entry->series, (long long)series->horizon);
}

/* What is known of an entry before it is planned. */
typedef struct Known {
    ObsSeries *series; /* NULL: it is new */
    bool latest;       /* it is later than all that its series has */
} Known;

static Known known_of(const ObsStore *store, const ObsEntry *entry)
{
    ObsSeries *series = obs_series_find(store, entry->series);

    return (Known){series, !series || (series->latest_known &&
                                       (!series->has_latest ||
                                        series->latest.time < entry->observation.time))};
}

/* Of each entry, in one look at the store; NULL when one is older than what its series keeps. */
static Known *look_up(ObsStore *store, const ObsRequest *request, Arena *arena, Err *err)
{
    Known *known = arena_alloc_raw(arena, (request->count + 1) * sizeof *known);
    bool ok = true;

    pthread_mutex_lock(&store->lock);
    for (size_t i = 0; i < request->count && ok; i++) {
        known[i] = known_of(store, &request->entries[i]);
        ok = check_horizon(known[i].series, &request->entries[i], i, err);
    }
    pthread_mutex_unlock(&store->lock);
    return ok ? known : NULL;
}

static ObsStep step_of(ObsRecordKind kind, const ObsEntry *entry, ObsSeries *state)
{
    return (ObsStep){.kind = kind,
                     .state = state,
                     .series = entry->series,
                     .ordinal = entry->observation.ordinal,
                     .observation = &entry->observation};
}

static bool plan_append(ObsStore *store, const ObsRequest *request, ObsStepList *steps,
                        Arena *arena, Err *err)
{
    const Known *known = look_up(store, request, arena, err);

    for (size_t i = 0; known && i < request->count; i++)
        VEC_PUSH(arena, steps, step_of(OBS_RECORD_ROW, &request->entries[i], known[i].series));
    return known != NULL;
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

static size_t *place_of(const Places *places, const ObsStepList *steps, const ObsEntry *entry)
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

static bool plan_replace(ObsStore *store, const ObsRequest *request, ObsStepList *steps,
                         Arena *arena, Err *err)
{
    Places places = {.count = request->count * 2 + 1};
    const Known *known = look_up(store, request, arena, err);

    if (!known)
        return false;
    places.slots = arena_array(arena, size_t, places.count);
    for (size_t i = 0; i < request->count; i++) {
        const ObsEntry *entry = &request->entries[i];
        ObsStep step = step_of(OBS_RECORD_ROW, entry, known[i].series);
        size_t *place = place_of(&places, steps, entry);
        bool found = false;

        if (*place) /* the same time twice in a batch: the later one counts */
            step.same_as = *place;
        else if (!known[i].latest && !find_same_time(store, entry, &found, &step.ordinal, err))
            return false;
        if (found || step.same_as)
            step.kind = OBS_RECORD_CHANGE;
        VEC_PUSH(arena, steps, step);
        if (!*place)
            *place = steps->count;
    }
    return true;
}

/* Of one series, ascending: what lies between is read as well. */
static bool are_there(ObsStore *store, const ObsId *ids, size_t count, Err *err)
{
    ObsRange range = {.order = OBS_BY_ORDINAL,
                      .from = (int64_t)ids[0].ordinal,
                      .to = (int64_t)ids[count - 1].ordinal + 1};
    ObsCursor *cursor = obs_read(store, ids[0].series, range);
    Observation o = {0};
    size_t seen = 0;

    assert(ids[count - 1].ordinal < INT64_MAX);
    while (seen < count && obs_next(cursor, &o, err) && o.ordinal <= ids[seen].ordinal)
        seen += o.ordinal == ids[seen].ordinal;
    obs_done(cursor);
    return seen == count || (err->kind == ERR_NONE &&
                             err_set(err, ERR_NOT_FOUND, "series %u has no observation %llu",
                                     ids[seen].series, (unsigned long long)ids[seen].ordinal));
}

/* Where those end that are of one series, ascend, and lie so near each other that reading what is
 * between them costs no more than finding each. */
static size_t end_of_run(const ObsId *ids, size_t from, size_t count)
{
    size_t end = from + 1;

    while (end < count && ids[end].series == ids[from].series &&
           ids[end].ordinal > ids[end - 1].ordinal && ids[end].ordinal - ids[end - 1].ordinal < RUN)
        end++;
    return end;
}

static bool plan_edit(ObsStore *store, const ObsRequest *request, ObsStepList *steps, Arena *arena,
                      Err *err)
{
    const Known *known = look_up(store, request, arena, err);

    for (size_t i = 0; known && i < request->count; i++) {
        const ObsEntry *entry = &request->entries[i];
        ObsId id = {entry->series, entry->observation.ordinal};
        if (!are_there(store, &id, 1, err))
            return false;
        VEC_PUSH(arena, steps, step_of(OBS_RECORD_CHANGE, entry, known[i].series));
    }
    return known != NULL;
}

static bool plan_delete(ObsStore *store, const ObsRequest *request, ObsStepList *steps,
                        Arena *arena, Err *err)
{
    for (size_t i = 0, next; i < request->count; i = next) {
        next = end_of_run(request->ids, i, request->count);
        if (!are_there(store, request->ids + i, next - i, err))
            return false;
    }
    for (size_t i = 0; i < request->count; i++)
        VEC_PUSH(arena, steps,
                 (ObsStep){.kind = OBS_RECORD_DELETE,
                           .series = request->ids[i].series,
                           .ordinal = request->ids[i].ordinal});
    return true;
}

static bool plan_drop(ObsStore *store, const ObsRequest *request, ObsStepList *steps, Arena *arena,
                      Err *err)
{
    Observation *horizon = arena_new(arena, Observation);

    (void)store;
    (void)err;
    horizon->time = request->time;
    for (size_t i = 0; i < request->count; i++)
        VEC_PUSH(arena, steps,
                 (ObsStep){.kind = OBS_RECORD_HORIZON,
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

    return check_entries(entries, count, err) && relieve(store, err) && obs_commit(store, &request);
}

void obs_append_later(ObsStore *store, ObsLater *later, Arena *arena)
{
    ObsRequest *request = arena_new(arena, ObsRequest);

    *request = (ObsRequest){.plan = plan_append,
                            .entries = later->entries,
                            .count = later->count,
                            .given = later->ordinals,
                            .err = &later->err,
                            .later = later};
    later->ok = check_entries(later->entries, later->count, &later->err) &&
                relieve(store, &later->err) && obs_committer_start(store, &later->err);
    if (later->ok)
        obs_commit_later(store, request);
    else
        later->done(later);
}

bool obs_edit(ObsStore *store, const ObsEntry *entries, size_t count, Err *err)
{
    ObsRequest request = {
        .plan = plan_edit, .alone = true, .entries = entries, .count = count, .err = err};

    return check_entries(entries, count, err) && obs_commit(store, &request);
}

bool obs_delete(ObsStore *store, const ObsId *ids, size_t count, Err *err)
{
    ObsRequest request = {
        .plan = plan_delete, .alone = true, .ids = ids, .count = count, .err = err};

    return !count || obs_commit(store, &request);
}

bool obs_drop_before(ObsStore *store, const uint32_t *series, size_t count, int64_t time, Err *err)
{
    ObsRequest request = {.plan = plan_drop,
                          .alone = true,
                          .series = series,
                          .count = count,
                          .time = time,
                          .err = err};

    return obs_commit(store, &request);
}

bool obs_erase(ObsStore *store, uint32_t series, Err *err)
{
    return obs_drop_before(store, &series, 1, INT64_MAX, err);
}
