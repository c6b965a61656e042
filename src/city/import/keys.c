/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/import/keys.h"

enum { SLOTS_FIRST = 64 };

static size_t slot_of(const CityKeys *table, Str key)
{
    size_t slot = str_hash(key) & (table->slots - 1);

    while (table->keys[slot].ptr && !str_eq(table->keys[slot], key))
        slot = (slot + 1) & (table->slots - 1);
    return slot;
}

static void put(CityKeys *table, Str key, int64_t value)
{
    size_t slot = slot_of(table, key);

    table->count += !table->keys[slot].ptr;
    table->keys[slot] = key;
    table->values[slot] = value;
}

static void grow(CityKeys *table)
{
    CityKeys old = *table;

    table->slots = old.slots ? old.slots * 2 : SLOTS_FIRST;
    table->count = 0;
    table->keys = arena_array(table->arena, Str, table->slots);
    table->values = arena_array(table->arena, int64_t, table->slots);
    for (size_t i = 0; i < old.slots; i++)
        if (old.keys[i].ptr)
            put(table, old.keys[i], old.values[i]);
}

void city_keys_set(CityKeys *table, Str key, int64_t value)
{
    if (table->count * 2 >= table->slots)
        grow(table);
    put(table, key.ptr ? key : STR(""), value);
}

bool city_keys_get(const CityKeys *table, Str key, int64_t *out)
{
    if (!table->slots)
        return false;
    size_t slot = slot_of(table, key);
    *out = table->values[slot];
    return table->keys[slot].ptr != NULL;
}
