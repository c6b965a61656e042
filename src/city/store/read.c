/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/internal.h"

#include <stdlib.h>

struct ObsCursor {
    ObsSnapshot snapshot;
    bool failed; /* the snapshot could not be made: the first call says why */
    Err err;
};

ObsCursor *obs_read(ObsStore *store, uint32_t series, ObsRange range)
{
    ObsCursor *cursor = calloc(1, sizeof *cursor);

    if (!cursor)
        abort();
    cursor->failed = !obs_snapshot_begin(&cursor->snapshot, store, series, range, &cursor->err);
    return cursor;
}

void obs_done(ObsCursor *cursor)
{
    if (cursor && !cursor->failed)
        obs_snapshot_end(&cursor->snapshot);
    free(cursor);
}

bool obs_next(ObsCursor *cursor, Observation *out, Err *err)
{
    if (!cursor->failed)
        return obs_merge_next(&cursor->snapshot.merge, out, err);
    *err = cursor->err;
    return false;
}

bool obs_skip(ObsCursor *cursor, uint64_t count, uint64_t *skipped, Err *err)
{
    if (!cursor->failed)
        return obs_merge_skip(&cursor->snapshot.merge, count, skipped, err);
    *skipped = 0;
    *err = cursor->err;
    return false;
}

static void own_texts(Observation *o, Arena *arena)
{
    if (o->text.ptr)
        o->text = str_copy(arena, o->text);
    if (o->extra.ptr)
        o->extra = str_copy(arena, o->extra);
}

/* The first of a range, its texts in the arena. */
static bool read_first(ObsSnapshot *snapshot, Arena *arena, Observation *out, bool *found, Err *err)
{
    *found = obs_merge_next(&snapshot->merge, out, err);
    if (*found)
        own_texts(out, arena);
    return *found || err->kind == ERR_NONE;
}

bool obs_find(ObsStore *store, uint32_t series, uint64_t ordinal, Arena *arena, Observation *out,
              Err *err)
{
    ObsRange range = {
        .order = OBS_BY_ORDINAL, .from = (int64_t)ordinal, .to = (int64_t)ordinal + 1};
    ObsSnapshot snapshot;
    bool found = false;

    if (ordinal < INT64_MAX) {
        if (!obs_snapshot_begin(&snapshot, store, series, range, err))
            return false;
        bool ok = read_first(&snapshot, arena, out, &found, err);
        obs_snapshot_end(&snapshot);
        if (!ok)
            return false;
    }
    return found || err_set(err, ERR_NOT_FOUND, "series %u has no observation %llu", series,
                            (unsigned long long)ordinal);
}

/* --- Latest ----------------------------------------------------------------------------------- */

/* What memory knows; false when it must be read. */
static bool known_latest(const ObsStore *store, uint32_t number, Arena *arena, Observation *out,
                         bool *found)
{
    const ObsSeries *series = obs_series_find(store, number);

    *found = series && series->has_latest;
    if (series && !series->latest_known)
        return false;
    if (*found) {
        *out = obs_row_read(&series->latest, series->latest_ordinal);
        own_texts(out, arena);
    }
    return true;
}

static void remember_latest(ObsStore *store, uint32_t number, uint64_t version,
                            const Observation *latest, bool found)
{
    pthread_mutex_lock(&store->lock);
    ObsSeries *series = obs_series_find(store, number);
    if (series && series->version == version) {
        series->latest_known = true;
        series->has_latest = found;
        if (found)
            obs_series_set_latest(series, latest);
    }
    pthread_mutex_unlock(&store->lock);
}

static bool read_latest(ObsStore *store, uint32_t series, Arena *arena, Observation *out,
                        bool *found, Err *err)
{
    ObsRange all = {.backward = true, .from = INT64_MIN, .to = INT64_MAX};
    ObsSnapshot snapshot;

    if (!obs_snapshot_begin(&snapshot, store, series, all, err))
        return false;
    bool ok = read_first(&snapshot, arena, out, found, err);
    uint64_t version = snapshot.version;
    obs_snapshot_end(&snapshot);
    if (ok)
        remember_latest(store, series, version, out, *found);
    return ok;
}

bool obs_latest(ObsStore *store, const uint32_t *series, size_t count, Arena *arena,
                Observation *out, bool *found, Err *err)
{
    bool *known = arena_array(arena, bool, count);

    pthread_mutex_lock(&store->lock);
    for (size_t i = 0; i < count; i++)
        known[i] = known_latest(store, series[i], arena, &out[i], &found[i]);
    pthread_mutex_unlock(&store->lock);
    for (size_t i = 0; i < count; i++)
        if (!known[i] && !read_latest(store, series[i], arena, &out[i], &found[i], err))
            return false;
    return true;
}

bool obs_latest_until(ObsStore *store, uint32_t series, int64_t now, Arena *arena, Observation *out,
                      bool *found, Err *err)
{
    ObsRange past = {.backward = true, .from = INT64_MIN, .to = now + 1};
    ObsSnapshot snapshot;
    Observation last;
    bool any;

    if (!obs_latest(store, &series, 1, arena, out, found, err))
        return false;
    if (!*found || out->time <= now)
        return true;
    if (!obs_snapshot_begin(&snapshot, store, series, past, err))
        return false;
    bool ok = read_first(&snapshot, arena, &last, &any, err);
    obs_snapshot_end(&snapshot);
    if (ok && any)
        *out = last;
    return ok;
}

/* --- Count ------------------------------------------------------------------------------------ */

static bool count_run(ObsMerge *merge, const ObsRun *run, uint64_t *count, Err *err)
{
    if (obs_merge_sees_all(merge, run)) {
        *count += run->count;
        return true;
    }
    ObsOpenRun *open = obs_merge_open(merge, run, err);
    if (!open)
        return false;
    for (uint32_t row = open->at; row < open->end; row++)
        *count += obs_merge_sees(merge, open, row);
    obs_merge_close(merge, open);
    return true;
}

static bool known_count(ObsStore *store, uint32_t number, uint64_t *count)
{
    pthread_mutex_lock(&store->lock);
    const ObsSeries *series = obs_series_find(store, number);
    bool known = !series || series->count_known;
    *count = series && known ? series->count : 0;
    pthread_mutex_unlock(&store->lock);
    return known;
}

static void remember_count(ObsStore *store, uint32_t number, uint64_t version, uint64_t count)
{
    pthread_mutex_lock(&store->lock);
    ObsSeries *series = obs_series_find(store, number);
    if (series && series->version == version) {
        series->count_known = true;
        series->count = count;
    }
    pthread_mutex_unlock(&store->lock);
}

bool obs_count(ObsStore *store, uint32_t series, int64_t from, int64_t to, uint64_t *count,
               Err *err)
{
    ObsRange range = {.from = from, .to = to};
    ObsSnapshot snapshot;
    bool ok = true, all = from == INT64_MIN && to == INT64_MAX;

    if (all && known_count(store, series, count))
        return true;
    *count = 0;
    if (!obs_snapshot_begin(&snapshot, store, series, range, err))
        return false;
    uint64_t version = snapshot.version;
    for (size_t i = 0; i < snapshot.merge.runs.count && ok; i++)
        ok = count_run(&snapshot.merge, &snapshot.merge.runs.items[i], count, err);
    obs_snapshot_end(&snapshot);
    if (ok && all)
        remember_count(store, series, version, *count);
    return ok;
}
