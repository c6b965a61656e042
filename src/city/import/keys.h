/* SPDX-License-Identifier: EUPL-1.2 */
/* A hash table from keys to numbers. Keys are borrowed. */
#pragma once

#include "base/str.h"

typedef struct CityKeys {
    Arena *arena;
    Str *keys;
    int64_t *values;
    size_t count, slots;
} CityKeys;

static inline CityKeys city_keys(Arena *arena)
{
    return (CityKeys){.arena = arena};
}
/* Set or replace. */
void city_keys_set(CityKeys *table, Str key, int64_t value);
/* False when it is not there. */
bool city_keys_get(const CityKeys *table, Str key, int64_t *out);
