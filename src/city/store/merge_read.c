/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading the runs of a merge in order, and passing over them. */
#include "city/store/merge_internal.h"

#include <stdlib.h>

/* --- Order ------------------------------------------------------------------------------------ */

typedef struct Key {
    int64_t time; /* 0 by ordinal */
    uint64_t ordinal;
} Key;

/* In the order of reading: negative, 0, positive. */
static int compare_keys(const ObsMerge *merge, Key a, Key b)
{
    int order = a.time != b.time ? (a.time < b.time ? -1 : 1)
                                 : (a.ordinal > b.ordinal) - (a.ordinal < b.ordinal);

    return merge->range.backward ? -order : order;
}

static Key key_of(const ObsMerge *merge, const ObsOpenRun *open)
{
    uint32_t row = obs_row_at(open, merge->range.backward ? open->end - 1 : open->at);
    uint64_t ordinal = obs_ordinal_at(&open->columns, row);

    return (Key){merge->range.order == OBS_BY_TIME ? open->columns.times[row] : 0, ordinal};
}

/* Nothing of the run is read before this (`begin`), or behind it. */
static Key bound_of(const ObsMerge *merge, const ObsRun *run, bool begin)
{
    bool low = begin != merge->range.backward;

    if (merge->range.order == OBS_BY_ORDINAL)
        return (Key){0, low ? run->low_ordinal : run->high_ordinal};
    return low ? (Key){run->low_time, 0} : (Key){run->high_time, UINT64_MAX};
}

static int compare_runs(const void *a, const void *b, void *context)
{
    const ObsMerge *merge = context;

    return compare_keys(merge, bound_of(merge, a, true), bound_of(merge, b, true));
}

void obs_merge_start(ObsMerge *merge)
{
    ObsRunList *runs = &merge->runs;
    bool sorted = true;

    obs_merge_mask(merge);
    for (size_t i = 1; i < runs->count && sorted; i++)
        sorted = compare_runs(&runs->items[i - 1], &runs->items[i], merge) <= 0;
    if (!sorted)
        qsort_r(runs->items, runs->count, sizeof *runs->items, compare_runs, merge);
    merge->heap = arena_alloc(merge->arena, (runs->count + 1) * sizeof(ObsOpenRun *));
}

static bool is_before(const ObsMerge *merge, size_t a, size_t b)
{
    return compare_keys(merge, key_of(merge, merge->heap[a]), key_of(merge, merge->heap[b])) < 0;
}

static void swap(ObsMerge *merge, size_t a, size_t b)
{
    ObsOpenRun *kept = merge->heap[a];

    merge->heap[a] = merge->heap[b];
    merge->heap[b] = kept;
}

static void push(ObsMerge *merge, ObsOpenRun *open)
{
    size_t at = merge->active++;

    merge->heap[at] = open;
    for (; at > 0 && is_before(merge, at, (at - 1) / 2); at = (at - 1) / 2)
        swap(merge, at, (at - 1) / 2);
}

static void sink_first(ObsMerge *merge)
{
    for (size_t at = 0;;) {
        size_t least = at;
        for (size_t child = at * 2 + 1; child <= at * 2 + 2 && child < merge->active; child++)
            if (is_before(merge, child, least))
                least = child;
        if (least == at)
            return;
        swap(merge, at, least);
        at = least;
    }
}

/* `count` rows of the first open run are done. */
static void advance(ObsMerge *merge, uint32_t count)
{
    ObsOpenRun *open = merge->heap[0];

    if (merge->range.backward)
        open->end -= count;
    else
        open->at += count;
    if (open->at == open->end) {
        merge->used_up = open;
        merge->heap[0] = merge->heap[--merge->active];
    }
    sink_first(merge);
}

/* Open all runs that may hold the next row. */
static bool open_due(ObsMerge *merge, Err *err)
{
    if (merge->used_up)
        obs_merge_close(merge, merge->used_up);
    merge->used_up = NULL;
    while (merge->next < merge->runs.count) {
        const ObsRun *run = &merge->runs.items[merge->next];
        if (merge->active > 0 &&
            compare_keys(merge, key_of(merge, merge->heap[0]), bound_of(merge, run, true)) < 0)
            return true;
        ObsOpenRun *open = obs_merge_open(merge, run, err);
        if (!open)
            return false;
        merge->next++;
        if (open->at < open->end)
            push(merge, open);
        else
            obs_merge_close(merge, open);
    }
    return true;
}

bool obs_merge_next(ObsMerge *merge, Observation *out, Err *err)
{
    err_clear(err);
    while (open_due(merge, err) && merge->active > 0) {
        ObsOpenRun *open = merge->heap[0];
        uint32_t row = obs_row_at(open, merge->range.backward ? open->end - 1 : open->at);
        bool seen = obs_merge_sees(merge, open, row);

        if (seen)
            *out = obs_columns_row(&open->columns, row);
        advance(merge, 1);
        if (seen)
            return true;
    }
    return false;
}

/* --- Passing over ----------------------------------------------------------------------------- */

/* Does the run come before all that is not open yet, from `next` on? */
static bool is_apart(const ObsMerge *merge, const ObsRun *run, size_t next)
{
    return next >= merge->runs.count ||
           compare_keys(merge, bound_of(merge, run, false),
                        bound_of(merge, &merge->runs.items[next], true)) < 0;
}

static bool ordinals_all_in(const ObsMerge *merge, const ObsRun *run)
{
    const ObsRange *range = &merge->range;

    return range->order == OBS_BY_TIME ||
           ((int64_t)run->low_ordinal >= range->from && (int64_t)run->high_ordinal < range->to);
}

/* The next run, when all its rows are the next ones that are read. */
static const ObsRun *whole_run(const ObsMerge *merge)
{
    if (merge->active > 0 || merge->next >= merge->runs.count)
        return NULL;
    const ObsRun *run = &merge->runs.items[merge->next];
    bool whole = obs_merge_sees_all(merge, run) && ordinals_all_in(merge, run) &&
                 is_apart(merge, run, merge->next + 1);
    return whole ? run : NULL;
}

const ObsRun *obs_merge_take_block(ObsMerge *merge)
{
    const ObsRun *run = whole_run(merge);

    if (!run || !run->segment || run->count < OBS_BLOCK_ROWS)
        return NULL;
    merge->next++;
    return run;
}

/* Rows of the only open run that can be passed without a look. */
static uint32_t rows_apart(const ObsMerge *merge)
{
    const ObsOpenRun *open = merge->active == 1 ? merge->heap[0] : NULL;

    if (!open || obs_merge_masks(merge, open->run) || open->run->low_time < merge->horizon ||
        !is_apart(merge, open->run, merge->next))
        return 0;
    return open->end - open->at;
}

bool obs_merge_skip(ObsMerge *merge, uint64_t count, uint64_t *skipped, Err *err)
{
    Observation ignored;

    *skipped = 0;
    err_clear(err);
    while (*skipped < count) {
        const ObsRun *run = whole_run(merge);
        uint64_t left = count - *skipped;
        uint32_t apart = rows_apart(merge);

        if (run && run->count <= left) {
            merge->next++;
            *skipped += run->count;
        } else if (apart > 0) {
            uint32_t rows = apart < left ? apart : (uint32_t)left;
            if (merge->used_up)
                obs_merge_close(merge, merge->used_up);
            merge->used_up = NULL;
            advance(merge, rows);
            *skipped += rows;
        } else if (obs_merge_next(merge, &ignored, err)) {
            ++*skipped;
        } else {
            return err->kind == ERR_NONE;
        }
    }
    return true;
}
