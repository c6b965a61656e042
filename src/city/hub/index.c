/* SPDX-License-Identifier: EUPL-1.2 */
/* Open addressing; what follows a dropped one moves up, so that there are no graves. */
#include "city/hub/index.h"

#include "city/hub/graph.h"

#include <stdlib.h>

enum { ROOM_FIRST = 64 };

static uint64_t hash_of(StaEntity type, int64_t dataset, Str key)
{
    return str_hash_quick(key) +
           ((uint64_t)dataset * STA_ENTITIES + (uint64_t)type) * 0x9E3779B97F4A7C15u;
}

static uint64_t hash_of_entity(const CityEntity *entity)
{
    return hash_of(entity->type, entity->dataset, entity->key);
}

static void place(CityIndex *index, CityIndexSlot slot)
{
    size_t at = slot.hash & (index->room - 1);

    while (index->slots[at].entity)
        at = (at + 1) & (index->room - 1);
    index->slots[at] = slot;
}

static void make_room(CityIndex *index)
{
    CityIndex old = *index;

    if (old.count * 2 < old.room)
        return;
    index->room = old.room ? old.room * 2 : ROOM_FIRST;
    index->slots = calloc(index->room, sizeof *index->slots);
    if (!index->slots)
        abort(); /* as an arena does: a server that has no such memory cannot go on */
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i].entity)
            place(index, old.slots[i]);
    free(old.slots);
}

void city_index_put(CityIndex *index, CityEntity *entity)
{
    if (!entity->key.ptr)
        return;
    make_room(index);
    place(index, (CityIndexSlot){hash_of_entity(entity), entity});
    index->count++;
}

/* Does the one at `from`, which would best be at `home`, reach over the free place? */
static bool reaches(size_t home, size_t from, size_t hole)
{
    return from > hole ? home <= hole || home > from : home <= hole && home > from;
}

static void close_hole(CityIndex *index, size_t hole)
{
    size_t mask = index->room - 1;

    for (size_t at = (hole + 1) & mask; index->slots[at].entity; at = (at + 1) & mask) {
        if (!reaches(index->slots[at].hash & mask, at, hole))
            continue;
        index->slots[hole] = index->slots[at];
        hole = at;
    }
    index->slots[hole] = (CityIndexSlot){0};
}

void city_index_drop(CityIndex *index, const CityEntity *entity)
{
    if (!entity->key.ptr)
        return;
    size_t at = hash_of_entity(entity) & (index->room - 1);
    while (index->slots[at].entity != entity)
        at = (at + 1) & (index->room - 1);
    close_hole(index, at);
    index->count--;
}

CityEntity *city_index_find(const CityIndex *index, StaEntity type, int64_t dataset, Str key)
{
    uint64_t hash = hash_of(type, dataset, key);
    CityEntity *found = NULL;

    if (!index->room)
        return NULL;
    for (size_t at = hash & (index->room - 1); index->slots[at].entity;
         at = (at + 1) & (index->room - 1)) {
        CityEntity *one = index->slots[at].entity;
        if (index->slots[at].hash == hash && one->dataset == dataset && one->type == type &&
            str_eq(one->key, key) && (!found || one->id < found->id))
            found = one;
    }
    return found;
}

void city_index_clear(CityIndex *index)
{
    free(index->slots);
    *index = (CityIndex){0};
}
