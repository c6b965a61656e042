/* SPDX-License-Identifier: EUPL-1.2 */
/* Moving memory into a segment. Memory is frozen together with its logs; appends go on into a new
 * memory and a new log. When the segment and the manifest are on disk, the old logs go. When it
 * fails (the disk is full), what was frozen stays and is tried again. */
#include "city/store/housekeeping.h"

#include "base/vec.h"
#include "core/log.h"

#include <unistd.h>

/* Rows on their way into a block. */
typedef struct Filling {
    ObsSegmentWriter *writer;
    uint32_t series, count;
    Arena *texts, *columns;
    size_t bytes; /* of the texts */
    Observation rows[OBS_BLOCK_ROWS];
} Filling;

static bool write_block(Filling *filling, Err *err)
{
    if (filling->count == 0)
        return true;
    ObsColumns block = obs_columns_of(filling->rows, filling->count, filling->columns);
    bool ok = obs_segment_add(filling->writer, filling->series, &block, err);

    arena_reset(filling->columns);
    arena_reset(filling->texts);
    filling->count = 0;
    filling->bytes = 0;
    return ok;
}

static bool fill_in(Filling *filling, Observation row, Err *err)
{
    if (row.text.ptr)
        row.text = str_copy(filling->texts, row.text);
    if (row.extra.ptr)
        row.extra = str_copy(filling->texts, row.extra);
    filling->rows[filling->count++] = row;
    filling->bytes += row.text.len + row.extra.len;
    if (filling->count < OBS_BLOCK_ROWS && filling->bytes < OBS_TEXT_MAX)
        return true;
    return write_block(filling, err);
}

static bool copy_block(ObsSegmentWriter *writer, uint32_t series, const ObsRun *run, Err *err)
{
    Bytes in = bytes_in(run->segment->heads);
    ObsHead head;

    in.at = run->head;
    if (!obs_head_get(&in, &head))
        return err_set(err, ERR_INPUT, "%s: a block's head makes no sense", run->segment->path);
    return obs_segment_copy(writer, series, &head, run->body, err);
}

bool obs_write_merge(ObsSegmentWriter *writer, ObsMerge *merge, Err *err)
{
    Filling filling = {.writer = writer, .series = merge->series};
    const ObsRun *whole;
    Observation row;
    bool ok = true;

    filling.texts = arena_create(0);
    filling.columns = arena_create(1 << 18);
    while (ok) {
        if (filling.count == 0 && (whole = obs_merge_take_block(merge)))
            ok = copy_block(writer, merge->series, whole, err);
        else if (obs_merge_next(merge, &row, err))
            ok = fill_in(&filling, row, err);
        else
            break;
    }
    ok = ok && err->kind == ERR_NONE && write_block(&filling, err);
    arena_destroy(filling.texts);
    arena_destroy(filling.columns);
    return ok;
}

/* --- Freezing --------------------------------------------------------------------------------- */

static bool begin_log(ObsStore *store, Err *err)
{
    Arena *arena = arena_create(0);
    uint64_t number = store->next_file++;
    ObsWal wal;
    bool ok = obs_wal_create(&wal, obs_file_path(store, number, "log", arena), err);

    arena_destroy(arena);
    if (!ok)
        return false;
    ObsMemory *active = obs_memory_create();
    pthread_mutex_lock(&store->lock);
    obs_wal_close(&store->wal);
    store->wal = wal;
    store->log_bytes = wal.size;
    store->frozen_log = number;
    store->frozen = store->active;
    store->active = active;
    store->generation++;
    pthread_mutex_unlock(&store->lock);
    return true;
}

static bool freeze(ObsStore *store, Err *err)
{
    obs_lead(store);
    bool ok =
        !store->wal.failed ||
        err_set(err, ERR_TEMPORARY, "%s: an earlier write failed; check the disk and start again",
                store->wal.path);
    ok = ok && begin_log(store, err);
    obs_lead_end(store);
    return ok;
}

/* --- Writing ---------------------------------------------------------------------------------- */

static int64_t horizon_of(ObsStore *store, uint32_t number)
{
    pthread_mutex_lock(&store->lock);
    const ObsSeries *series = obs_series_find(store, number);
    int64_t horizon = series ? series->horizon : INT64_MIN;
    pthread_mutex_unlock(&store->lock);
    return horizon;
}

void obs_merge_begin_all(ObsMerge *merge, ObsStore *store, uint32_t series)
{
    obs_merge_begin(merge, series, (ObsRange){.from = INT64_MIN, .to = INT64_MAX},
                    horizon_of(store, series));
}

/* Changes of what was in a segment already when it was frozen are carried on. */
static bool is_frozen(const ObsMemorySeries *series, const ObsChange *change)
{
    return series->first && change->observation.ordinal >= series->first->first_ordinal;
}

static bool write_series(ObsStore *store, ObsSegmentWriter *writer, const ObsMemorySeries *series,
                         Err *err)
{
    ObsMemorySeries rows = *series, own = {.series = series->series};
    ObsMerge merge;

    if (!series->first)
        return true;
    obs_merge_begin_all(&merge, store, series->series);
    for (size_t i = 0; i < series->count; i++)
        if (is_frozen(series, &series->items[i]))
            VEC_PUSH(merge.arena, &own, series->items[i]);
    rows.count = 0;
    obs_merge_add_memory(&merge, &rows);
    obs_merge_add_changes(&merge, &own);
    obs_merge_start(&merge);
    bool ok = obs_write_merge(writer, &merge, err);
    obs_merge_end(&merge);
    return ok;
}

static ObsMemory *carry_on(const ObsView *view, ObsMemorySeries **sorted, size_t count,
                           Arena *arena)
{
    ObsMemory *carried = obs_memory_create();
    ObsMemorySeries **before = obs_memory_sorted(view->carried, arena);

    for (size_t i = 0; i < view->carried->series; i++)
        for (size_t k = 0; k < before[i]->count; k++)
            obs_carry(carried, before[i]->series, &before[i]->items[k]);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sorted[i]->count; k++)
            if (!is_frozen(sorted[i], &sorted[i]->items[k]))
                obs_carry(carried, sorted[i]->series, &sorted[i]->items[k]);
    return carried;
}

void obs_carry(ObsMemory *carried, uint32_t series, const ObsChange *change)
{
    obs_memory_change(carried, obs_memory_make(carried, series), change->deleted,
                      &change->observation);
}

ObsSegment *obs_write_segment(ObsStore *store, ObsFill *fill, void *context, Err *err)
{
    Arena *arena = arena_create(0);
    uint64_t number = store->next_file++;
    const char *path = obs_file_path(store, number, "segment", arena);
    ObsSegmentWriter *writer = obs_segment_begin(path, err);
    ObsSegment *segment = NULL;

    err_clear(err);
    if (writer && !fill(context, writer, err)) {
        obs_segment_abandon(writer);
    } else if (writer && obs_segment_written(writer) == 0) {
        obs_segment_abandon(writer);
    } else if (writer && obs_segment_finish(writer, err)) {
        segment = obs_segment_open(path, number, err);
    }
    arena_destroy(arena);
    return segment;
}

bool obs_install(ObsStore *store, ObsView *view, uint64_t first_log, bool thaw, Err *err)
{
    if (!obs_files_commit(store, view, first_log, err)) {
        obs_view_release(view);
        return false;
    }
    pthread_mutex_lock(&store->lock);
    ObsView *before = store->view;
    ObsMemory *frozen = thaw ? store->frozen : NULL;
    store->view = view;
    if (thaw)
        store->frozen = NULL;
    pthread_mutex_unlock(&store->lock);
    obs_view_release(before);
    obs_memory_release(frozen);
    obs_files_sweep(store);
    return true;
}

typedef struct Frozen {
    ObsStore *store;
    ObsMemorySeries **sorted;
    size_t count;
} Frozen;

static bool fill_from_memory(void *context, ObsSegmentWriter *writer, Err *err)
{
    const Frozen *frozen = context;

    for (size_t i = 0; i < frozen->count; i++)
        if (!write_series(frozen->store, writer, frozen->sorted[i], err))
            return false;
    return true;
}

static bool write_frozen(ObsStore *store, Err *err)
{
    Arena *arena = arena_create(0);
    Frozen frozen = {store, obs_memory_sorted(store->frozen, arena), store->frozen->series};
    ObsSegment **segments = arena_array(arena, ObsSegment *, store->view->count + 1);
    size_t count = 0;
    ObsSegment *segment = obs_write_segment(store, fill_from_memory, &frozen, err);
    bool ok = segment || err->kind == ERR_NONE;

    if (ok) {
        for (; count < store->view->count; count++)
            segments[count] = obs_segment_hold(store->view->segments[count]);
        if (segment)
            segments[count++] = segment;
        ObsMemory *carried = carry_on(store->view, frozen.sorted, frozen.count, arena);
        ok = obs_install(store, obs_view_create(segments, count, carried), store->frozen_log, true,
                         err);
    }
    arena_destroy(arena);
    return ok;
}

static bool holds_anything(ObsStore *store)
{
    ObsStats stats = obs_stats(store);

    return stats.rows_in_memory > 0 || stats.log_bytes > OBS_WAL_EMPTY;
}

static bool holds_much(ObsStore *store)
{
    ObsStats stats = obs_stats(store);

    return stats.rows_in_memory >= store->options.flush_rows ||
           stats.log_bytes >= store->options.flush_bytes;
}

bool obs_flush_now(ObsStore *store, Err *err)
{
    if (!holds_anything(store))
        return true;
    return (store->frozen || freeze(store, err)) && write_frozen(store, err);
}

bool obs_flush(ObsStore *store, bool all, Err *err)
{
    bool ok = true;

    if (!all && !holds_much(store))
        return true;
    pthread_mutex_lock(&store->housekeeping);
    if (all || holds_much(store)) /* not just done by another */
        ok = obs_flush_now(store, err);
    pthread_mutex_unlock(&store->housekeeping);
    return ok;
}
