/* SPDX-License-Identifier: EUPL-1.2 */
/* Fewer and fuller files: segments of like size are merged, four or more at once, so that each
 * observation is written about once per factor of four in size. Segments that hold what was edited,
 * deleted or dropped are written anew. */
#include "city/store/housekeeping.h"

#include "base/vec.h"

#include <stdlib.h>

enum { TIER = 4, TIER_MAX = 16, SMALL = 100000 };

/* The segments that become one, and the changes that are applied by that. */
typedef struct Job {
    ObsStore *store;
    Arena *arena;
    ObsSegment **inputs;
    size_t count;
    ObsMemory *applied; /* changes that end with this job */
    ObsMemory *carried; /* those that stay */
} Job;

/* --- Which changes ---------------------------------------------------------------------------- */

static bool block_has(ObsMerge *merge, const ObsRun *run, uint64_t ordinal, bool *has, Err *err)
{
    ObsOpenRun *open = obs_merge_open(merge, run, err);

    if (!open)
        return false;
    for (uint32_t row = 0; row < open->columns.count && !*has; row++)
        *has = obs_ordinal_at(&open->columns, row) == ordinal;
    obs_merge_close(merge, open);
    return true;
}

/* Does one of the runs hold the observation with this ordinal? */
static bool runs_have(ObsMerge *merge, uint64_t ordinal, bool *has, Err *err)
{
    *has = false;
    for (size_t i = 0; i < merge->runs.count && !*has; i++) {
        const ObsRun *run = &merge->runs.items[i];
        if (ordinal < run->low_ordinal || ordinal > run->high_ordinal)
            continue;
        if (run->high_ordinal - run->low_ordinal + 1 == run->count)
            *has = true;
        else if (!block_has(merge, run, ordinal, has, err))
            return false;
    }
    return true;
}

static bool sort_changes(Job *job, const ObsMemorySeries *series, Err *err)
{
    ObsMerge merge;
    bool ok = true;

    /* Without the horizon: what is dropped by this job has its changes dropped with it. */
    obs_merge_begin(&merge, series->series, (ObsRange){.from = INT64_MIN, .to = INT64_MAX},
                    INT64_MIN);
    for (size_t i = 0; i < job->count && ok; i++)
        ok = obs_merge_add_segment(&merge, job->inputs[i], err);
    for (size_t i = 0; i < series->count && ok; i++) {
        bool has;
        ok = runs_have(&merge, series->items[i].observation.ordinal, &has, err);
        obs_carry(has ? job->applied : job->carried, series->series, &series->items[i]);
    }
    obs_merge_end(&merge);
    return ok;
}

static bool sort_all_changes(Job *job, Err *err)
{
    const ObsMemory *all = job->store->view->carried;
    ObsMemorySeries **sorted = obs_memory_sorted(all, job->arena);

    for (size_t i = 0; i < all->series; i++)
        if (!sort_changes(job, sorted[i], err))
            return false;
    return true;
}

/* --- Merging ---------------------------------------------------------------------------------- */

static bool merge_series(const Job *job, ObsSegmentWriter *writer, uint32_t series, Err *err)
{
    ObsMerge merge;
    bool ok = true;

    obs_merge_begin_all(&merge, job->store, series);
    for (size_t i = 0; i < job->count && ok; i++)
        ok = obs_merge_add_segment(&merge, job->inputs[i], err);
    if (ok) {
        obs_merge_add_changes(&merge, obs_memory_find(job->applied, series));
        obs_merge_start(&merge);
        ok = obs_write_merge(writer, &merge, err);
    }
    obs_merge_end(&merge);
    return ok;
}

/* The least series that some input has from `from` on. */
static bool next_series(const Job *job, size_t *places, uint32_t *series)
{
    bool any = false;

    for (size_t i = 0; i < job->count; i++) {
        const ObsSegment *input = job->inputs[i];
        if (places[i] < input->footer.series &&
            (!any || input->series[places[i]].series < *series)) {
            *series = input->series[places[i]].series;
            any = true;
        }
    }
    for (size_t i = 0; i < job->count && any; i++) {
        const ObsSegment *input = job->inputs[i];
        places[i] += places[i] < input->footer.series && input->series[places[i]].series == *series;
    }
    return any;
}

static bool fill_from_segments(void *context, ObsSegmentWriter *writer, Err *err)
{
    const Job *job = context;
    size_t *places = arena_array(job->arena, size_t, job->count);
    uint32_t series = 0;

    while (next_series(job, places, &series))
        if (!merge_series(job, writer, series, err))
            return false;
    return true;
}

static bool is_input(const Job *job, const ObsSegment *segment)
{
    for (size_t i = 0; i < job->count; i++)
        if (job->inputs[i] == segment)
            return true;
    return false;
}

static bool run_job(Job *job, Err *err)
{
    const ObsView *view = job->store->view;
    ObsSegment **segments = arena_array(job->arena, ObsSegment *, view->count + 1);
    size_t count = 0;

    job->applied = obs_memory_create();
    job->carried = obs_memory_create();
    ObsSegment *merged = NULL;
    bool ok = sort_all_changes(job, err);
    if (ok) {
        merged = obs_write_segment(job->store, fill_from_segments, job, err);
        ok = merged || err->kind == ERR_NONE;
    }
    obs_memory_release(job->applied);
    if (!ok) {
        obs_memory_release(job->carried);
        return false;
    }
    for (size_t i = 0; i < view->count; i++)
        if (!is_input(job, view->segments[i]))
            segments[count++] = obs_segment_hold(view->segments[i]);
    if (merged)
        segments[count++] = merged;
    return obs_install(job->store, obs_view_create(segments, count, job->carried),
                       job->store->first_log, false, err);
}

/* --- Choosing --------------------------------------------------------------------------------- */

static int compare_sizes(const void *a, const void *b)
{
    uint64_t left = (*(ObsSegment *const *)a)->footer.observations;
    uint64_t right = (*(ObsSegment *const *)b)->footer.observations;

    return (left > right) - (left < right);
}

static ObsSegment **by_size(const ObsView *view, Arena *arena)
{
    ObsSegment **sorted = arena_array(arena, ObsSegment *, view->count);

    for (size_t i = 0; i < view->count; i++)
        sorted[i] = view->segments[i];
    qsort(sorted, view->count, sizeof(ObsSegment *), compare_sizes);
    return sorted;
}

/* How many segments from here on are of like size and within the budget. */
static size_t tier_from(ObsSegment **sorted, size_t left, uint64_t budget)
{
    uint64_t least = sorted[0]->footer.observations, sum = 0;
    size_t count = 0;

    if (least < SMALL)
        least = SMALL;
    while (count < left && count < TIER_MAX && sorted[count]->footer.observations <= least * TIER &&
           (count < TIER || sum + sorted[count]->footer.observations <= budget))
        sum += sorted[count++]->footer.observations;
    return count;
}

static bool choose_tier(Job *job, uint64_t budget)
{
    size_t all = job->store->view->count;
    ObsSegment **sorted = by_size(job->store->view, job->arena);

    for (size_t i = 0; i + TIER <= all; i++) {
        job->inputs = sorted + i;
        job->count = tier_from(sorted + i, all - i, budget);
        if (job->count >= TIER)
            return true;
    }
    return false;
}

/* Has the series something older than its horizon here? Blocks are in order of time. */
static bool holds_dropped(ObsStore *store, const ObsSegment *segment, Err *err)
{
    for (uint64_t i = 0; i < segment->footer.series; i++) {
        ObsBlockWalk walk;
        pthread_mutex_lock(&store->lock);
        const ObsSeries *series = obs_series_find(store, segment->series[i].series);
        int64_t horizon = series ? series->horizon : INT64_MIN;
        pthread_mutex_unlock(&store->lock);
        if (horizon == INT64_MIN)
            continue;
        obs_walk_begin(&walk, segment, &segment->series[i]);
        if (obs_walk_next(&walk, err) && walk.head.first_time < horizon)
            return true;
    }
    return false;
}

/* Has the segment an observation that was changed? */
static bool holds_changed(Job *job, ObsSegment *segment, Err *err)
{
    Job probe = {.store = job->store, .arena = job->arena, .inputs = &segment, .count = 1};

    probe.applied = obs_memory_create();
    probe.carried = obs_memory_create();
    bool holds = sort_all_changes(&probe, err) && probe.applied->changes > 0;
    obs_memory_release(probe.applied);
    obs_memory_release(probe.carried);
    return holds;
}

static bool choose_outdated(Job *job, Err *err)
{
    const ObsView *view = job->store->view;

    for (size_t i = 0; i < view->count; i++)
        if (holds_dropped(job->store, view->segments[i], err) ||
            (view->carried->changes > 0 && holds_changed(job, view->segments[i], err))) {
            job->inputs = by_size(view, job->arena);
            job->inputs[0] = view->segments[i];
            job->count = 1;
            return true;
        }
    return false;
}

static bool choose_all(Job *job, Err *err)
{
    job->inputs = by_size(job->store->view, job->arena);
    job->count = job->store->view->count;
    if (job->count == 1)
        return choose_outdated(job, err);
    return job->count > 1;
}

static bool choose(Job *job, uint64_t budget, Err *err)
{
    err_clear(err);
    if (budget == 0)
        return choose_all(job, err);
    return choose_tier(job, budget) || choose_outdated(job, err);
}

/* One job; `written` grows by what it wrote. */
static bool compact_once(ObsStore *store, uint64_t budget, bool *any, uint64_t *written, Err *err)
{
    Arena *arena = arena_create(0);
    Job job = {.store = store, .arena = arena};
    bool ok = true;

    *any = choose(&job, budget, err);
    if (*any) {
        for (size_t i = 0; i < job.count; i++)
            *written += job.inputs[i]->footer.observations;
        ok = run_job(&job, err);
    }
    arena_destroy(arena);
    return ok && err->kind == ERR_NONE;
}

bool obs_compact(ObsStore *store, uint64_t budget, bool *more, Err *err)
{
    uint64_t written = 0;
    bool any = true;

    pthread_mutex_lock(&store->housekeeping);
    bool ok = obs_flush_now(store, err);
    while (ok && any && (budget == 0 || written < budget))
        ok = compact_once(store, budget, &any, &written, err);
    pthread_mutex_unlock(&store->housekeeping);
    *more = ok && any;
    return ok;
}
