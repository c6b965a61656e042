/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/merge.h"

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

static void mask(ObsMerge *merge)
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

static bool masks_any(const ObsMerge *merge, const ObsRun *run)
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
           !masks_any(merge, run);
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

static uint32_t row_at(const ObsOpenRun *open, uint32_t place)
{
    return open->by_ordinal ? open->by_ordinal[place] : place;
}

static void clip_ordinals(const ObsMerge *merge, ObsOpenRun *open)
{
    const ObsRange *range = &merge->range;

    order_by_ordinal(open);
    while (open->at < open->end &&
           (int64_t)obs_ordinal_at(&open->columns, row_at(open, open->at)) < range->from)
        open->at++;
    while (open->at < open->end &&
           (int64_t)obs_ordinal_at(&open->columns, row_at(open, open->end - 1)) >= range->to)
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
    uint32_t row = row_at(open, merge->range.backward ? open->end - 1 : open->at);
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

    mask(merge);
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
        uint32_t row = row_at(open, merge->range.backward ? open->end - 1 : open->at);
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

    if (!open || masks_any(merge, open->run) || open->run->low_time < merge->horizon ||
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
