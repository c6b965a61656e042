/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/columns.h"

#include "base/str.h"

#include <stdlib.h>

Observation obs_columns_row(const ObsColumns *c, uint32_t i)
{
    return (Observation){
        .time = c->times[i],
        .end = c->ends ? c->ends[i] : OBS_NONE,
        .result_time = c->result_times ? c->result_times[i] : OBS_NONE,
        .feature = c->features ? c->features[i] : 0,
        .ordinal = obs_ordinal_at(c, i),
        .kind = obs_kind_at(c, i),
        .status = c->statuses ? c->statuses[i] : 0,
        .number = c->numbers ? c->numbers[i] : 0,
        .text = c->texts ? c->texts[i] : STR_NONE,
        .extra = c->extras ? c->extras[i] : STR_NONE,
    };
}

static int compare(const void *a, const void *b)
{
    const Observation *left = a, *right = b;

    if (left->time != right->time)
        return left->time < right->time ? -1 : 1;
    return (left->ordinal > right->ordinal) - (left->ordinal < right->ordinal);
}

void obs_sort(Observation *rows, size_t count)
{
    bool sorted = true;

    for (size_t i = 1; i < count && sorted; i++)
        sorted = compare(&rows[i - 1], &rows[i]) <= 0;
    if (!sorted)
        qsort(rows, count, sizeof *rows, compare);
}

/* Which columns are needed for these rows. */
typedef struct Needs {
    bool ordinals, kinds, statuses, ends, result_times, features, texts, extras;
} Needs;

static Needs needs_of(const Observation *rows, uint32_t count)
{
    Needs needs = {0};

    for (uint32_t i = 0; i < count; i++) {
        const Observation *o = &rows[i];

        needs.ordinals |= o->ordinal != rows[0].ordinal + i;
        needs.kinds |= o->kind != OBS_NUMBER;
        needs.statuses |= o->status != 0;
        needs.ends |= o->end != OBS_NONE;
        needs.result_times |= o->result_time != OBS_NONE;
        needs.features |= o->feature != 0;
        needs.texts |= o->kind == OBS_TEXT;
        needs.extras |= o->extra.ptr != NULL;
    }
    return needs;
}

/* One column: the field of all rows. */
#define COLUMN(needed, Type, column_name, field)            \
    do {                                                    \
        if (needed) {                                       \
            Type *column = arena_array(arena, Type, count); \
            for (uint32_t i = 0; i < count; i++)            \
                column[i] = rows[i].field;                  \
            columns.column_name = column;                   \
        }                                                   \
    } while (0)

ObsColumns obs_columns_of(const Observation *rows, uint32_t count, Arena *arena)
{
    ObsColumns columns = {.count = count, .first_ordinal = count ? rows[0].ordinal : 0};
    Needs needs = needs_of(rows, count);

    COLUMN(true, int64_t, times, time);
    COLUMN(true, double, numbers, number);
    COLUMN(needs.ordinals, uint64_t, ordinals, ordinal);
    COLUMN(needs.kinds, uint8_t, kinds, kind);
    COLUMN(needs.statuses, uint8_t, statuses, status);
    COLUMN(needs.ends, int64_t, ends, end);
    COLUMN(needs.result_times, int64_t, result_times, result_time);
    COLUMN(needs.features, int64_t, features, feature);
    COLUMN(needs.texts, Str, texts, text);
    COLUMN(needs.extras, Str, extras, extra);
    return columns;
}

/* Numbers alone, in order: most chunks are that. */
static bool plain_columns(const ObsRow *rows, uint32_t count, ObsColumns *out, Arena *arena)
{
    int64_t *times = arena_alloc_raw(arena, count * sizeof *times + 1);
    double *numbers = arena_alloc_raw(arena, count * sizeof *numbers + 1);

    for (uint32_t i = 0; i < count; i++) {
        if (rows[i].is_rare || rows[i].status || rows[i].delay != INT32_MIN)
            return false;
        times[i] = rows[i].time;
        numbers[i] = rows[i].number;
    }
    out->times = times;
    out->numbers = numbers;
    return true;
}

ObsColumns obs_columns_of_chunk(const ObsRow *rows, uint32_t count, uint64_t first_ordinal,
                                bool ordered, Arena *arena)
{
    ObsColumns columns = {.count = count, .first_ordinal = first_ordinal};

    if (ordered && plain_columns(rows, count, &columns, arena))
        return columns;
    Observation *list = arena_array(arena, Observation, count);
    for (uint32_t i = 0; i < count; i++)
        list[i] = obs_row_read(&rows[i], first_ordinal + i);
    obs_sort(list, count);
    return obs_columns_of(list, count, arena);
}
