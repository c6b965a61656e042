/* SPDX-License-Identifier: EUPL-1.2 */
/* Keeping house: what the log holds goes into compressed files, small files become large ones, and
 * what is older than its dataset keeps goes. */
#include "city/hub/keep_clock.h"

enum { BUDGET = 4000000, ROUNDS = 8 };

#define DAY_MS (24 * 3600 * (int64_t)1000)

typedef struct Old {
    uint32_t *items;
    size_t count, capacity;
} Old;

/* The series of a dataset. */
static Old series_of(Hub *hub, int64_t dataset, Arena *arena)
{
    const CityGraph *graph = hub_hold(hub);
    Old out = {0};

    for (uint32_t series = 1; series < graph->series_capacity; series++) {
        const CityEntity *stream = city_of_series(graph, series);
        if (stream && stream->dataset == dataset)
            VEC_PUSH(arena, &out, series);
    }
    hub_release(hub);
    return out;
}

static bool drop_old(Hub *hub, Arena *arena, Timestamp until, Err *err)
{
    hub_hold(hub);
    CityDatasets all = *hub_datasets(hub);
    CityDataset *items = arena_copy(arena, all.items, all.count * sizeof *all.items);
    hub_release(hub);

    for (size_t i = 0; i < all.count; i++) {
        if (!items[i].keep_days)
            continue;
        Old old = series_of(hub, items[i].id, arena);
        if (old.count && !obs_drop_before(hub_store(hub), old.items, old.count,
                                          until - items[i].keep_days * DAY_MS, err))
            return false;
    }
    return true;
}

bool hub_keep_house(Tenant *tenant, Arena *arena, Err *err)
{
    Hub *hub = hub_of(tenant, err);
    bool more = true;
    Timestamp until;

    if (!hub || !keep_clock_look(tenant, clock_now(), &until, err) ||
        !drop_old(hub, arena, until, err) || !obs_flush(hub_store(hub), false, err))
        return false;
    for (int i = 0; more && i < ROUNDS; i++)
        if (!obs_compact(hub_store(hub), BUDGET, &more, err))
            return false;
    return true;
}
