/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/internal.h"

#include <stdlib.h>

ObsView *obs_view_create(ObsSegment **segments, size_t count, ObsMemory *carried)
{
    ObsView *view = calloc(1, sizeof *view);

    if (!view || !(view->segments = calloc(count + 1, sizeof *segments)))
        abort();
    atomic_init(&view->holders, 1);
    for (size_t i = 0; i < count; i++)
        view->segments[i] = segments[i];
    view->count = count;
    view->carried = carried;
    return view;
}

ObsView *obs_view_hold(ObsView *view)
{
    atomic_fetch_add(&view->holders, 1);
    return view;
}

void obs_view_release(ObsView *view)
{
    if (!view || atomic_fetch_sub(&view->holders, 1) > 1)
        return;
    for (size_t i = 0; i < view->count; i++)
        obs_segment_release(view->segments[i]);
    obs_memory_release(view->carried);
    free(view->segments);
    free(view);
}

/* Under the store's lock: what memory holds of the series at this moment. */
static void add_memory(ObsSnapshot *snapshot, ObsStore *store, uint32_t series)
{
    ObsMerge *merge = &snapshot->merge;

    obs_merge_add_changes(merge, obs_memory_find(snapshot->view->carried, series));
    obs_merge_add_memory(merge, obs_memory_find(store->frozen, series));
    obs_merge_add_memory(merge, obs_memory_find(store->active, series));
}

bool obs_snapshot_begin(ObsSnapshot *snapshot, ObsStore *store, uint32_t series, ObsRange range,
                        Err *err)
{
    bool ok = true;

    pthread_mutex_lock(&store->lock);
    const ObsSeries *known = obs_series_find(store, series);
    snapshot->view = obs_view_hold(store->view);
    snapshot->active = obs_memory_hold(store->active);
    snapshot->frozen = obs_memory_hold(store->frozen);
    snapshot->version = known ? known->version : 0;
    obs_merge_begin(&snapshot->merge, series, range, known ? known->horizon : INT64_MIN);
    add_memory(snapshot, store, series);
    pthread_mutex_unlock(&store->lock);

    for (size_t i = 0; i < snapshot->view->count && ok; i++)
        ok = obs_merge_add_segment(&snapshot->merge, snapshot->view->segments[i], err);
    if (ok)
        obs_merge_start(&snapshot->merge);
    else
        obs_snapshot_end(snapshot);
    return ok;
}

void obs_snapshot_end(ObsSnapshot *snapshot)
{
    obs_merge_end(&snapshot->merge);
    obs_memory_release(snapshot->active);
    obs_memory_release(snapshot->frozen);
    obs_view_release(snapshot->view);
}
