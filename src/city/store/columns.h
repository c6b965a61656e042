/* SPDX-License-Identifier: EUPL-1.2 */
/* Columns: observations of one series side by side, as they are decoded from a block or read from
 * memory. A column that says the same of all is absent (NULL). */
#pragma once

#include "city/store/memory.h"

enum { OBS_BLOCK_ROWS = 1024 };

typedef struct ObsColumns {
    uint32_t count;
    const int64_t *times;
    uint64_t first_ordinal;   /* of row 0 when ordinals follow each other */
    const uint64_t *ordinals; /* or NULL */
    const double *numbers;    /* NULL: no row has one */
    const uint8_t *kinds;     /* NULL: all numbers */
    const uint8_t *statuses;  /* NULL: all 0 */
    const int64_t *ends, *result_times, *features;
    const Str *texts, *extras;
} ObsColumns;

static inline uint64_t obs_ordinal_at(const ObsColumns *columns, uint32_t i)
{
    return columns->ordinals ? columns->ordinals[i] : columns->first_ordinal + i;
}
static inline uint8_t obs_kind_at(const ObsColumns *columns, uint32_t i)
{
    return columns->kinds ? columns->kinds[i] : OBS_NUMBER;
}
Observation obs_columns_row(const ObsColumns *columns, uint32_t i);

/* Rows of memory, in order of (time, ordinal). Texts stay where they are. */
ObsColumns obs_columns_of_chunk(const ObsRow *rows, uint32_t count, uint64_t first_ordinal,
                                bool ordered, Arena *arena);
/* Observations as columns, in the order in which they lie. */
ObsColumns obs_columns_of(const Observation *rows, uint32_t count, Arena *arena);
/* By (time, ordinal). */
void obs_sort(Observation *rows, size_t count);
