/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/merge_internal.h"

#include "base/vec.h"

#include <stdlib.h>

void obs_merge_begin(ObsMerge *merge, uint32_t series, ObsRange range, int64_t horizon)
{
    *merge =
        (ObsMerge){.arena = arena_create(0), .series = series, .range = range, .horizon = horizon};
}

void obs_merge_end(ObsMerge *merge)
{
    for (size_t i = 0; i < merge->active; i++)
        obs_merge_close(merge, merge->heap[i]);
    if (merge->used_up)
        obs_merge_close(merge, merge->used_up);
    while (merge->free) {
        ObsOpenRun *open = merge->free;
        merge->free = open->next_free;
        arena_destroy(open->arena);
    }
    arena_destroy(merge->arena);
}

/* --- Places ----------------------------------------------------------------------------------- */

static int64_t from_time(const ObsMerge *merge)
{
    int64_t from = merge->range.order == OBS_BY_TIME ? merge->range.from : INT64_MIN;

    return from > merge->horizon ? from : merge->horizon;
}

static int64_t to_time(const ObsMerge *merge)
{
    return merge->range.order == OBS_BY_TIME ? merge->range.to : INT64_MAX;
}

/* Ordinals below 0 are none: the range is cut there. */
static bool within_ordinals(const ObsMerge *merge, uint64_t low, uint64_t high)
{
    const ObsRange *range = &merge->range;

    if (range->order == OBS_BY_TIME)
        return true;
    return range->to > 0 && low < (uint64_t)range->to &&
           (range->from <= 0 || high >= (uint64_t)range->from);
}

static void add_run(ObsMerge *merge, const ObsRun *run)
{
    if (run->count > 0 && run->high_time >= from_time(merge) && run->low_time < to_time(merge) &&
        within_ordinals(merge, run->low_ordinal, run->high_ordinal))
        VEC_PUSH(merge->arena, &merge->runs, *run);
}

bool obs_merge_add_segment(ObsMerge *merge, const ObsSegment *segment, Err *err)
{
    const ObsSegmentSeries *series = obs_segment_find(segment, merge->series);
    ObsBlockWalk walk;

    err_clear(err);
    if (!series)
        return true;
    obs_walk_begin(&walk, segment, series);
    while (obs_walk_next(&walk, err)) {
        const ObsHead *head = &walk.head;
        ObsRun run = {.low_time = head->first_time,
                      .high_time = head->last_time,
                      .low_ordinal = head->low_ordinal,
                      .high_ordinal = head->high_ordinal,
                      .count = head->count,
                      .segment = segment,
                      .head = head->bytes,
                      .body = walk.body};
        add_run(merge, &run);
    }
    return err->kind == ERR_NONE;
}

void obs_merge_add_memory(ObsMerge *merge, const ObsMemorySeries *memory)
{
    if (!memory)
        return;
    for (const ObsChunk *chunk = memory->first; chunk; chunk = chunk->next) {
        ObsRun run = {.low_time = chunk->low_time,
                      .high_time = chunk->high_time,
                      .low_ordinal = chunk->first_ordinal,
                      .high_ordinal = chunk->first_ordinal + chunk->count - 1,
                      .count = chunk->count,
                      .ordered = chunk->ordered,
                      .rows = chunk->rows};
        add_run(merge, &run);
    }
    obs_merge_add_changes(merge, memory);
}

void obs_merge_add_changes(ObsMerge *merge, const ObsMemorySeries *memory)
{
    for (size_t i = 0; memory && i < memory->count; i++)
        VEC_PUSH(merge->arena, &merge->changes, &memory->items[i]);
}

/* --- Changes ---------------------------------------------------------------------------------- */

typedef struct Numbered {
    const ObsChange *change;
    size_t number;
} Numbered;

static int compare_changes(const void *a, const void *b)
{
    const Numbered *left = a, *right = b;
    uint64_t l = left->change->observation.ordinal, r = right->change->observation.ordinal;

    if (l != r)
        return l < r ? -1 : 1;
    return (left->number > right->number) - (left->number < right->number);
}

/* In the order of ordinals, of each the last. */
static void last_changes(ObsMerge *merge)
{
    ObsChangeList *changes = &merge->changes;
    Numbered *sorted = arena_array(merge->arena, Numbered, changes->count);
    size_t kept = 0;

    for (size_t i = 0; i < changes->count; i++)
        sorted[i] = (Numbered){changes->items[i], i};
    qsort(sorted, changes->count, sizeof *sorted, compare_changes);
    for (size_t i = 0; i < changes->count; i++)
        if (i + 1 == changes->count ||
            sorted[i + 1].change->observation.ordinal != sorted[i].change->observation.ordinal)
            changes->items[kept++] = sorted[i].change;
    changes->count = kept;
}

/* What the changed observations are now, as a run. */
static void add_changed(ObsMerge *merge)
{
    Observation *rows = arena_array(merge->arena, Observation, merge->changes.count);
    ObsColumns *columns = arena_new(merge->arena, ObsColumns);
    ObsRun run = {.changed = true, .low_ordinal = UINT64_MAX, .columns = columns};

    for (size_t i = 0; i < merge->changes.count; i++) {
        const ObsChange *change = merge->changes.items[i];
        uint64_t ordinal = change->observation.ordinal;

        if (change->deleted || change->observation.time < merge->horizon)
            continue;
        rows[run.count++] = change->observation;
        run.low_ordinal = ordinal < run.low_ordinal ? ordinal : run.low_ordinal;
        run.high_ordinal = ordinal > run.high_ordinal ? ordinal : run.high_ordinal;
    }
    if (run.count == 0)
        return;
    obs_sort(rows, run.count);
    run.low_time = rows[0].time;
    run.high_time = rows[run.count - 1].time;
    *columns = obs_columns_of(rows, run.count, merge->arena);
    add_run(merge, &run);
}

void obs_merge_mask(ObsMerge *merge)
{
    if (merge->changes.count == 0)
        return;
    last_changes(merge);
    merge->masked_count = merge->changes.count;
    merge->masked = arena_array(merge->arena, uint64_t, merge->masked_count);
    for (size_t i = 0; i < merge->masked_count; i++)
        merge->masked[i] = merge->changes.items[i]->observation.ordinal;
    add_changed(merge);
}

/* The place of the first masked ordinal that is not below. */
static size_t masked_from(const ObsMerge *merge, uint64_t ordinal)
{
    size_t low = 0, high = merge->masked_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (merge->masked[middle] < ordinal)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool obs_merge_masks(const ObsMerge *merge, const ObsRun *run)
{
    size_t at = run->changed ? merge->masked_count : masked_from(merge, run->low_ordinal);

    return at < merge->masked_count && merge->masked[at] <= run->high_ordinal;
}

bool obs_merge_sees(ObsMerge *merge, const ObsOpenRun *open, uint32_t row)
{
    if (open->run->changed)
        return true;
    if (merge->masked_count > 0) {
        uint64_t ordinal = obs_ordinal_at(&open->columns, row);
        size_t at = masked_from(merge, ordinal);
        if (at < merge->masked_count && merge->masked[at] == ordinal)
            return false;
    }
    return open->columns.times[row] >= merge->horizon;
}

bool obs_merge_sees_all(const ObsMerge *merge, const ObsRun *run)
{
    return run->low_time >= from_time(merge) && run->high_time < to_time(merge) &&
           !obs_merge_masks(merge, run);
}

/* --- Opening ---------------------------------------------------------------------------------- */

static ObsOpenRun *open_new(ObsMerge *merge)
{
    ObsOpenRun *open = merge->free;

    if (open) {
        merge->free = open->next_free;
        return open;
    }
    open = arena_new(merge->arena, ObsOpenRun);
    open->arena = arena_create(64 * 1024);
    return open;
}

void obs_merge_close(ObsMerge *merge, ObsOpenRun *open)
{
    arena_reset(open->arena);
    open->next_free = merge->free;
    merge->free = open;
}

static bool open_block(const ObsMerge *merge, ObsOpenRun *open, Err *err)
{
    const ObsRun *run = open->run;
    const ObsSegment *segment = run->segment;
    Bytes in = bytes_in(segment->heads);
    ObsHead head;

    in.at = run->head;
    if (obs_head_get(&in, &head) &&
        obs_block_get(&head, merge->series, run->body, &open->columns, open->arena, err))
        return true;
    return err_context(err, "%s: at offset %zu, series %u", segment->path,
                       (size_t)(run->body.ptr - segment->bytes.ptr), merge->series);
}

/* How many of the rows, which are in order, are before this time. */
static uint32_t before_time(const ObsColumns *columns, int64_t time)
{
    uint32_t low = 0, high = columns->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (columns->times[middle] < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

typedef struct Place {
    uint64_t ordinal;
    uint32_t row;
} Place;

static int compare_places(const void *a, const void *b)
{
    const Place *left = a, *right = b;

    return (left->ordinal > right->ordinal) - (left->ordinal < right->ordinal);
}

static void order_by_ordinal(ObsOpenRun *open)
{
    uint32_t count = open->columns.count;

    if (!open->columns.ordinals)
        return;
    Place *places = arena_array(open->arena, Place, count);
    open->by_ordinal = arena_array(open->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++)
        places[i] = (Place){obs_ordinal_at(&open->columns, i), i};
    qsort(places, count, sizeof *places, compare_places);
    for (uint32_t i = 0; i < count; i++)
        open->by_ordinal[i] = places[i].row;
}

static void clip_ordinals(const ObsMerge *merge, ObsOpenRun *open)
{
    const ObsRange *range = &merge->range;

    order_by_ordinal(open);
    while (open->at < open->end &&
           (int64_t)obs_ordinal_at(&open->columns, obs_row_at(open, open->at)) < range->from)
        open->at++;
    while (open->at < open->end &&
           (int64_t)obs_ordinal_at(&open->columns, obs_row_at(open, open->end - 1)) >= range->to)
        open->end--;
}

ObsOpenRun *obs_merge_open(ObsMerge *merge, const ObsRun *run, Err *err)
{
    ObsOpenRun *open = open_new(merge);

    open->run = run;
    open->by_ordinal = NULL;
    if (run->columns) {
        open->columns = *run->columns;
    } else if (run->rows) {
        open->columns = obs_columns_of_chunk(run->rows, run->count, run->low_ordinal, run->ordered,
                                             open->arena);
    } else if (!open_block(merge, open, err)) {
        obs_merge_close(merge, open);
        return NULL;
    }
    open->at = 0;
    open->end = open->columns.count;
    if (merge->range.order == OBS_BY_ORDINAL) {
        clip_ordinals(merge, open);
        return open;
    }
    open->at = before_time(&open->columns, from_time(merge));
    open->end = before_time(&open->columns, to_time(merge));
    return open;
}
