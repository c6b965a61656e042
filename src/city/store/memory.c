/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/memory.h"

#include "base/str.h"
#include "base/vec.h"

#include <assert.h>
#include <stdlib.h>

enum { CHUNK_FIRST = 8, CHUNK_MAX = 1024, SLOTS_FIRST = 64 };

static_assert(sizeof(ObsRow) == 24, "a plain number takes 24 bytes");

ObsMemory *obs_memory_create(void)
{
    ObsMemory *memory = calloc(1, sizeof *memory);

    if (!memory)
        abort();
    atomic_init(&memory->holders, 1);
    memory->arena = arena_create(1 << 20);
    memory->slots = SLOTS_FIRST;
    memory->table = arena_array(memory->arena, ObsMemorySeries *, memory->slots);
    return memory;
}

ObsMemory *obs_memory_hold(ObsMemory *memory)
{
    if (memory)
        atomic_fetch_add(&memory->holders, 1);
    return memory;
}

void obs_memory_release(ObsMemory *memory)
{
    if (!memory || atomic_fetch_sub(&memory->holders, 1) > 1)
        return;
    arena_destroy(memory->arena);
    free(memory);
}

/* The slot of the series, or the empty one where it would be. */
static size_t slot_of(const ObsMemory *memory, uint32_t series)
{
    size_t slot = (series * 0x9E3779B97F4A7C15u >> 32) & (memory->slots - 1);

    while (memory->table[slot] && memory->table[slot]->series != series)
        slot = (slot + 1) & (memory->slots - 1);
    return slot;
}

static void grow_table(ObsMemory *memory)
{
    ObsMemorySeries **old = memory->table;
    size_t count = memory->slots;

    memory->slots *= 2;
    memory->table = arena_array(memory->arena, ObsMemorySeries *, memory->slots);
    for (size_t i = 0; i < count; i++)
        if (old[i])
            memory->table[slot_of(memory, old[i]->series)] = old[i];
}

ObsMemorySeries *obs_memory_find(const ObsMemory *memory, uint32_t series)
{
    return memory ? memory->table[slot_of(memory, series)] : NULL;
}

ObsMemorySeries *obs_memory_make(ObsMemory *memory, uint32_t series)
{
    ObsMemorySeries *found = obs_memory_find(memory, series);

    if (found)
        return found;
    if (memory->series * 2 >= memory->slots)
        grow_table(memory);
    found = arena_new(memory->arena, ObsMemorySeries);
    found->series = series;
    memory->table[slot_of(memory, series)] = found;
    memory->series++;
    return found;
}

static ObsChunk *chunk_for(ObsMemory *memory, ObsMemorySeries *series, uint64_t ordinal)
{
    ObsChunk *last = series->last;

    if (last && last->count < last->capacity && last->first_ordinal + last->count == ordinal)
        return last;
    uint32_t capacity = last ? last->capacity * 2 : CHUNK_FIRST;
    if (capacity > CHUNK_MAX)
        capacity = CHUNK_MAX;
    ObsChunk *chunk =
        arena_alloc_raw(memory->arena, sizeof *chunk + capacity * sizeof *chunk->rows);
    *chunk = (ObsChunk){.first_ordinal = ordinal,
                        .low_time = INT64_MAX,
                        .high_time = INT64_MIN,
                        .capacity = capacity,
                        .ordered = true};
    *(last ? &last->next : &series->first) = chunk;
    series->last = chunk;
    series->chunks++;
    return chunk;
}

void obs_memory_append(ObsMemory *memory, ObsMemorySeries *series, const Observation *row)
{
    ObsChunk *chunk = chunk_for(memory, series, row->ordinal);

    obs_row_set(&chunk->rows[chunk->count], row, memory->arena);
    if (row->time < chunk->high_time)
        chunk->ordered = false;
    if (row->time > chunk->high_time)
        chunk->high_time = row->time;
    if (row->time < chunk->low_time)
        chunk->low_time = row->time;
    chunk->count++;
    memory->rows++;
}

/* With texts of its own, and without what its kind does not have. */
static Observation copy_texts(Observation o, Arena *arena)
{
    o.text = o.kind == OBS_TEXT ? str_copy(arena, o.text) : STR_NONE;
    o.number = o.kind == OBS_NUMBER ? o.number : 0;
    if (o.extra.ptr)
        o.extra = str_copy(arena, o.extra);
    return o;
}

void obs_memory_change(ObsMemory *memory, ObsMemorySeries *series, bool deleted,
                       const Observation *observation)
{
    ObsChange change = {deleted, *observation};

    if (!deleted)
        change.observation = copy_texts(change.observation, memory->arena);
    VEC_PUSH(memory->arena, series, change);
    memory->changes++;
}

static int compare_series(const void *a, const void *b)
{
    uint32_t left = (*(ObsMemorySeries *const *)a)->series;
    uint32_t right = (*(ObsMemorySeries *const *)b)->series;

    return (left > right) - (left < right);
}

ObsMemorySeries **obs_memory_sorted(const ObsMemory *memory, Arena *arena)
{
    ObsMemorySeries **sorted = arena_array(arena, ObsMemorySeries *, memory->series + 1);
    size_t count = 0;

    for (size_t i = 0; i < memory->slots; i++)
        if (memory->table[i])
            sorted[count++] = memory->table[i];
    qsort(sorted, count, sizeof *sorted, compare_series);
    return sorted;
}

/* --- Rows ------------------------------------------------------------------------------------- */

/* The delay of the result that fits into a row. */
static bool delay_fits(const Observation *o, int32_t *delay)
{
    int64_t difference;

    *delay = INT32_MIN;
    if (o->result_time == OBS_NONE)
        return true;
    if (__builtin_sub_overflow(o->result_time, o->time, &difference) || difference <= INT32_MIN ||
        difference > INT32_MAX)
        return false;
    *delay = (int32_t)difference;
    return true;
}

void obs_row_set(ObsRow *row, const Observation *o, Arena *arena)
{
    int32_t delay = 0;

    row->is_rare = !delay_fits(o, &delay) || o->kind != OBS_NUMBER || o->end != OBS_NONE ||
                   o->feature != 0 || o->extra.ptr;
    row->time = o->time;
    row->status = o->status;
    row->delay = delay;
    if (!row->is_rare) {
        row->number = o->number;
        return;
    }
    ObsRare *rare = arena_new(arena, ObsRare);
    rare->observation = copy_texts(*o, arena);
    row->rare = rare;
}

Observation obs_row_read(const ObsRow *row, uint64_t ordinal)
{
    Observation o;

    if (row->is_rare) {
        o = row->rare->observation;
    } else {
        o = obs_number(row->time, row->number);
        o.status = row->status;
        if (row->delay != INT32_MIN)
            o.result_time = row->time + row->delay;
    }
    o.ordinal = ordinal;
    return o;
}
