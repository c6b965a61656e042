/* SPDX-License-Identifier: EUPL-1.2 */
/* Entities by the key that those who write them know them by (properties/key), each within its type
 * and dataset. */
#pragma once

#include "base/str.h"
#include "city/sta/model.h"

typedef struct CityEntity CityEntity;

typedef struct CityIndexSlot {
    uint64_t hash;
    CityEntity *entity; /* NULL: free */
} CityIndexSlot;

typedef struct CityIndex {
    CityIndexSlot *slots;
    size_t room, count; /* a power of two; more than half are free */
} CityIndex;

/* Nothing for entities without a key. Their key stays as it is until they are dropped. */
void city_index_put(CityIndex *index, CityEntity *entity);
void city_index_drop(CityIndex *index, const CityEntity *entity);
/* The oldest of this key, or NULL. */
CityEntity *city_index_find(const CityIndex *index, StaEntity type, int64_t dataset, Str key);
void city_index_clear(CityIndex *index);
