/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/edit/insert.h"

#include "city/hub/watch.h"

ObsEntry *city_entries(const CityInsert *insert)
{
    const CityArrivals *arrivals = &insert->arrivals;
    ObsEntry *entries = arena_array(insert->arena, ObsEntry, arrivals->count);

    for (size_t i = 0; i < arrivals->count; i++) {
        const CityArrival *one = &arrivals->items[i];
        entries[i] = (ObsEntry){one->stream->series, one->is};
        entries[i].observation.feature = one->feature ? one->feature->id : 0;
    }
    return entries;
}

static bool append(const CityInsert *insert, Hub *hub, const ObsEntry *entries, int64_t *ids,
                   Err *err)
{
    size_t count = insert->arrivals.count;
    uint64_t *ordinals = arena_array(insert->arena, uint64_t, count);

    if (!count)
        return true;
    if (!hub_append(hub, entries, count, 0, ordinals, err))
        return false;
    for (size_t i = 0; ids && i < count; i++)
        ids[i] = city_observation_id(entries[i].series, ordinals[i]);
    return true;
}

typedef struct Made {
    StaEntity type;
    int64_t id;
} Made;

/* Take back the entities that were made for Observations that could not be written. */
static void take_back(const CityInsert *insert, Hub *hub, const Made *made, size_t count)
{
    CityChange back = {.arena = insert->arena};
    Err ignored = {0};
    const CityGraph *graph = hub_begin(hub);

    for (size_t i = 0; i < count; i++) {
        CityEntity *entity = city_find(graph, made[i].type, made[i].id);
        if (entity)
            city_change_remove(&back, entity);
    }
    hub_write(hub, &back, &ignored);
    hub_end(hub);
}

bool city_insert_commit(CityInsert *insert, Hub *hub, int64_t *ids, Err *err)
{
    const CityChange *change = &insert->change;
    Made *made = arena_array(insert->arena, Made, change->count);
    size_t count = 0;

    bool ok = hub_write(hub, change, err);
    const ObsEntry *entries = ok ? city_entries(insert) : NULL;
    for (size_t i = 0; ok && i < change->count; i++)
        if (change->items[i].kind == CITY_ADD)
            made[count++] = (Made){change->items[i].entity->type, change->items[i].entity->id};
    insert->made = count ? made[0].id : 0;
    hub_end(hub);
    if (!ok || append(insert, hub, entries, ids, err))
        return ok;
    take_back(insert, hub, made, count);
    return false;
}

bool city_append_arrivals(CityInsert *insert, Hub *hub, int64_t *ids, Err *err)
{
    const ObsEntry *entries = city_entries(insert);

    hub_release(hub);
    return append(insert, hub, entries, ids, err);
}
