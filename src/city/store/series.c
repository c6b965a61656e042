/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/internal.h"

enum { SLOTS_FIRST = 256, RARE_CHUNK = 128 };

static size_t slot_of(const ObsStore *store, uint32_t series)
{
    size_t slot = (series * 0x9E3779B97F4A7C15u >> 32) & (store->slots - 1);

    while (store->table[slot] && store->table[slot]->series != series)
        slot = (slot + 1) & (store->slots - 1);
    return slot;
}

static void grow(ObsStore *store)
{
    ObsSeries **old = store->table;
    size_t count = store->slots;

    store->slots = count ? count * 2 : SLOTS_FIRST;
    store->table = arena_array(store->arena, ObsSeries *, store->slots);
    for (size_t i = 0; i < count; i++)
        if (old[i])
            store->table[slot_of(store, old[i]->series)] = old[i];
}

ObsSeries *obs_series_find(const ObsStore *store, uint32_t series)
{
    return store->slots ? store->table[slot_of(store, series)] : NULL;
}

ObsSeries *obs_series_make(ObsStore *store, uint32_t number)
{
    ObsSeries *series = obs_series_find(store, number);

    if (series)
        return series;
    if (store->series * 2 >= store->slots)
        grow(store);
    series = arena_new(store->arena, ObsSeries);
    series->series = number;
    series->horizon = INT64_MIN;
    series->latest_known = series->count_known = true; /* that it has none */
    store->table[slot_of(store, number)] = series;
    store->series++;
    return series;
}

ObsMemorySeries *obs_series_rows(ObsStore *store, ObsSeries *series)
{
    if (series->generation != store->generation) {
        series->rows = obs_memory_make(store->active, series->series);
        series->generation = store->generation;
    }
    return series->rows;
}

void obs_series_set_latest(ObsSeries *series, const Observation *row)
{
    bool rare = row->kind != OBS_NUMBER || row->end != OBS_NONE || row->feature || row->extra.ptr ||
                row->result_time != OBS_NONE;

    if (rare && !series->latest_arena)
        series->latest_arena = arena_create(RARE_CHUNK);
    if (series->latest_arena)
        arena_reset(series->latest_arena);
    obs_row_set(&series->latest, row, series->latest_arena);
    series->latest_ordinal = row->ordinal;
    series->latest_known = series->has_latest = true;
}

void obs_series_appended(ObsSeries *series, const Observation *row)
{
    series->version++;
    series->count++; /* of no use where it is not known */
    if (row->ordinal >= series->next)
        series->next = row->ordinal + 1;
    /* Its ordinal is the greatest: of equal times it is the last. */
    if (series->latest_known && (!series->has_latest || row->time >= series->latest.time))
        obs_series_set_latest(series, row);
}

void obs_series_changed(ObsSeries *series, bool deleted, const Observation *observation)
{
    series->version++;
    series->count_known &= !deleted;
    if (!series->has_latest || observation->ordinal == series->latest_ordinal ||
        (!deleted && observation->time >= series->latest.time))
        series->latest_known = false;
}

void obs_series_raise_horizon(ObsSeries *series, int64_t horizon)
{
    series->version++;
    series->count_known = false;
    if (horizon > series->horizon)
        series->horizon = horizon;
    if (series->has_latest && series->latest.time < horizon)
        series->latest_known = false;
}

bool obs_apply(ObsStore *store, const ObsRecord *record)
{
    return obs_apply_to(store, obs_series_make(store, record->series), record);
}

bool obs_apply_to(ObsStore *store, ObsSeries *series, const ObsRecord *record)
{
    const Observation *o = &record->observation;

    switch (record->kind) {
    case OBS_RECORD_ROW:
        obs_memory_append(store->active, obs_series_rows(store, series), o);
        obs_series_appended(series, o);
        return true;
    case OBS_RECORD_CHANGE:
    case OBS_RECORD_DELETE: {
        bool deleted = record->kind == OBS_RECORD_DELETE;
        obs_memory_change(store->active, obs_series_rows(store, series), deleted, o);
        obs_series_changed(series, deleted, o);
        return true;
    }
    case OBS_RECORD_HORIZON: obs_series_raise_horizon(series, o->time); return true;
    case OBS_RECORD_ORDINAL:
        if (o->ordinal > series->next)
            series->next = o->ordinal;
        series->latest_known = series->count_known = false;
        return true;
    }
    return false;
}
