/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/ints.h"

enum Form { ABOVE_LEAST, STEPS, STEPS_ABOVE_LEAST, STEPS_OF_STEPS, FORMS, HAS_UNIT = 4 };

/* One way of telling the values: a number of its own, and those that are packed. */
typedef struct Told {
    int64_t own;
    size_t count;
    uint64_t packed[OBS_BITS_MAX];
} Told;

/* Differences wrap around, as unsigned numbers do: their sums come out right all the same. */
static int64_t minus(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static int64_t plus(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static void tell_above_least(const int64_t *values, size_t count, Told *told)
{
    told->own = values[0];
    told->count = count;
    for (size_t i = 0; i < count; i++)
        if (values[i] < told->own)
            told->own = values[i];
    for (size_t i = 0; i < count; i++)
        told->packed[i] = (uint64_t)minus(values[i], told->own);
}

static void tell_zigzag(const int64_t *values, size_t count, Told *told)
{
    told->count = count;
    for (size_t i = 0; i < count; i++)
        told->packed[i] = zigzag(values[i]);
}

static void differences(const int64_t *values, size_t count, int64_t *out)
{
    for (size_t i = 1; i < count; i++)
        out[i - 1] = minus(values[i], values[i - 1]);
}

static void tell(enum Form form, const int64_t *values, const int64_t *steps, const int64_t *turns,
                 size_t count, Told *told)
{
    told->own = 0;
    switch (form) {
    case ABOVE_LEAST: tell_above_least(values, count, told); break;
    case STEPS: tell_zigzag(steps, count - 1, told); break;
    case STEPS_ABOVE_LEAST: tell_above_least(steps, count - 1, told); break;
    default: tell_zigzag(turns, count - 2, told); told->own = steps[0];
    }
}

static uint64_t common(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* What all distances from the first are multiples of, when they fit into 63 bits; else 1. */
static uint64_t unit_of(const int64_t *values, size_t count)
{
    uint64_t unit = 0;

    for (size_t i = 1; i < count && unit != 1; i++) {
        int64_t distance;
        if (__builtin_sub_overflow(values[i], values[0], &distance) || distance == INT64_MIN)
            return 1;
        uint64_t size = (uint64_t)(distance < 0 ? -distance : distance);
        if (unit == 0 || size % unit != 0)
            unit = common(size, unit);
    }
    return unit ? unit : 1;
}

void obs_ints_put(Buf *out, const int64_t *values, size_t count)
{
    int64_t scaled[OBS_BITS_MAX], steps[OBS_BITS_MAX], turns[OBS_BITS_MAX];
    Told told[2], *best = &told[0], *other = &told[1];
    enum Form chosen = ABOVE_LEAST;

    assert(count > 0 && count <= OBS_BITS_MAX);
    uint64_t unit = unit_of(values, count);
    for (size_t i = 0; i < count; i++)
        scaled[i] =
            unit == 1 ? minus(values[i], values[0]) : minus(values[i], values[0]) / (int64_t)unit;
    differences(scaled, count, steps);
    differences(steps, count - 1, turns);
    tell(ABOVE_LEAST, scaled, steps, turns, count, best);
    size_t least = obs_bits_cost(best->packed, best->count);
    for (enum Form form = STEPS; form < FORMS && count > 2 && least > 1; form++) {
        tell(form, scaled, steps, turns, count, other);
        size_t cost = obs_bits_cost(other->packed, other->count);
        if (cost >= least)
            continue;
        Told *swap = best;
        best = other;
        other = swap;
        least = cost;
        chosen = form;
    }
    buf_add_u8(out, (uint8_t)(chosen | (unit != 1 ? HAS_UNIT : 0)));
    buf_add_zigzag(out, values[0]);
    if (unit != 1)
        buf_add_varint(out, unit);
    if (chosen != STEPS)
        buf_add_zigzag(out, best->own);
    obs_bits_put(out, best->packed, best->count);
}

static void sum_up(int64_t *values, size_t count)
{
    for (size_t i = 1; i < count; i++)
        values[i] = plus(values[i], values[i - 1]);
}

/* From the packed numbers, which follow those that `skip` leaves out, to distances. */
static void untell(enum Form form, int64_t own, const uint64_t *packed, int64_t *values,
                   size_t count)
{
    size_t skip = form == ABOVE_LEAST ? 0 : form == STEPS_OF_STEPS ? 2 : 1;
    bool above = form == ABOVE_LEAST || form == STEPS_ABOVE_LEAST;

    for (size_t i = 0; i < skip; i++)
        values[i] = i == 1 ? own : 0;
    for (size_t i = skip; i < count; i++)
        values[i] = above ? plus((int64_t)packed[i - skip], own) : unzigzag(packed[i - skip]);
    if (form == STEPS_OF_STEPS)
        sum_up(values + 1, count - 1);
    if (form != ABOVE_LEAST)
        sum_up(values, count);
}

bool obs_ints_get(Bytes *in, int64_t *values, size_t count)
{
    uint64_t packed[OBS_BITS_MAX];
    unsigned code = bytes_u8(in);
    enum Form form = (enum Form)(code & 3);
    int64_t first = bytes_zigzag(in);
    uint64_t unit = code & HAS_UNIT ? bytes_varint(in) : 1;
    int64_t own = form == STEPS ? 0 : bytes_zigzag(in);
    size_t skip = form == ABOVE_LEAST ? 0 : form == STEPS_OF_STEPS ? 2 : 1;

    if (code >= 8 || count == 0 || count > OBS_BITS_MAX || (skip > 0 && count < 3) ||
        !obs_bits_get(in, packed, count - skip))
        return false;
    untell(form, own, packed, values, count);
    for (size_t i = 0; i < count; i++)
        values[i] = plus(first, (int64_t)((uint64_t)values[i] * unit));
    return !in->broken;
}
