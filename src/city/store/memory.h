/* SPDX-License-Identifier: EUPL-1.2 */
/* What is in the log and in no segment yet: rows as they arrived, and changes (edits and deletions)
 * of rows that may be here or in a segment. One thread writes under the store's lock; what a reader
 * saw there (chunks up to a count, changes up to a count) never moves or changes, and is read
 * without the lock as long as the memory is held. */
#pragma once

#include "base/arena.h"
#include "city/store/store.h"

#include <stdatomic.h>

/* What a row has no place for. */
typedef struct ObsRare {
    Observation observation;
} ObsRare;

/* 24 bytes; its ordinal follows from its place. */
typedef struct ObsRow {
    int64_t time;
    union {
        double number;
        const ObsRare *rare;
    };
    int32_t delay; /* result time - time; INT32_MIN: none */
    uint8_t is_rare;
    uint8_t status;
} ObsRow;

/* Rows that follow each other in ordinals. */
typedef struct ObsChunk {
    struct ObsChunk *next;
    uint64_t first_ordinal;
    int64_t low_time, high_time;
    uint32_t count, capacity;
    bool ordered; /* by time */
    ObsRow rows[];
} ObsChunk;

/* The observation with this ordinal is another now, or gone. */
typedef struct ObsChange {
    bool deleted;
    Observation observation;
} ObsChange;

typedef struct ObsMemorySeries {
    uint32_t series;
    ObsChunk *first, *last;
    size_t chunks;
    ObsChange *items; /* changes in the order in which they came: the last of an ordinal counts */
    size_t count, capacity;
} ObsMemorySeries;

typedef struct ObsMemory {
    atomic_int holders;
    Arena *arena;
    ObsMemorySeries **table; /* open addressing; `slots` is a power of two */
    size_t slots, series;
    uint64_t rows, changes;
} ObsMemory;

ObsMemory *obs_memory_create(void);
ObsMemory *obs_memory_hold(ObsMemory *memory);
/* NULL is accepted. */
void obs_memory_release(ObsMemory *memory);

/* NULL when it holds nothing of the series; `memory` may be NULL. */
ObsMemorySeries *obs_memory_find(const ObsMemory *memory, uint32_t series);
ObsMemorySeries *obs_memory_make(ObsMemory *memory, uint32_t series);
/* Texts are copied. */
void obs_memory_append(ObsMemory *memory, ObsMemorySeries *series, const Observation *row);
void obs_memory_change(ObsMemory *memory, ObsMemorySeries *series, bool deleted,
                       const Observation *observation);
/* All series that it holds, by number; in the arena. */
ObsMemorySeries **obs_memory_sorted(const ObsMemory *memory, Arena *arena);

/* A row from an observation and back. What it has no place for is copied into the arena. */
void obs_row_set(ObsRow *row, const Observation *observation, Arena *arena);
Observation obs_row_read(const ObsRow *row, uint64_t ordinal);
