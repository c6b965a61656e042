/* SPDX-License-Identifier: EUPL-1.2 */
/* Single cells and tiles: reading, setting and adding outside the hot loops. */
#include "twin/flow/kernel.h"

static double read_depth(const FlowStrip *strip, const void *array, int row, int column)
{
    return (double)((const Mass *)array)[flow_at(strip, row, column)] * strip->unit;
}

static double read_real(const FlowStrip *strip, const void *array, int row, int column)
{
    return (double)((const Real *)array)[flow_at(strip, row, column)];
}

static void set_real(const FlowStrip *strip, void *array, int row, int column, double value)
{
    ((Real *)array)[flow_at(strip, row, column)] = (Real)value;
}

static Mass in_units(const FlowStrip *strip, double metres)
{
#ifdef FLOW_DOUBLE
    (void)strip;
    return metres;
#else
    return (Mass)(uint32_t)(uint64_t)llround(metres / strip->unit); /* modulo 2^32 */
#endif
}

static void set_depth(const FlowStrip *strip, void *array, int row, int column, double value)
{
    ((Mass *)array)[flow_at(strip, row, column)] = in_units(strip, value);
}

static void set_bed(const FlowStrip *strip, int row, int column, double height)
{
    ((Mass *)strip->bed)[flow_at(strip, row, column)] = in_units(strip, height);
}

/* Add water at rest, or take it, as far as there is some; tells what it was. */
static double add(FlowStrip *strip, int row, int column, double units)
{
    size_t at = flow_at(strip, row, column);
    Mass *depth = (Mass *)strip->now.depth + at;
    Real *u = (Real *)strip->now.u + at, *w = (Real *)strip->now.w + at;
    Mass before = *depth;
#ifndef FLOW_DOUBLE
    /* What does not fit is seen by its depth, and refused. */
    units = fmin(units, (double)INT32_MAX - fmax(before, 0));
    units = fmax(units, -(double)INT32_MAX);
#endif
    Mass change = (Mass)units;

    if (change < -before)
        change = -before;
    *depth = before + change;
    if (change > 0) {
        Real part = (Real)before / (Real)*depth;

        *u *= part;
        *w *= part;
    }
    if ((double)*depth * strip->unit <= strip->dry)
        *u = *w = 0;
    return (double)change;
}

/* In units of depth; exact in single precision. */
static double row_sum(const FlowStrip *strip, const void *array, int row)
{
    const Mass *cells = (const Mass *)array + flow_at(strip, row, 0);
#ifdef FLOW_DOUBLE
    double sum = 0;
#else
    int64_t sum = 0;
#endif

    for (int i = 0; i < strip->columns; i++)
        sum += cells[i];
    return (double)sum;
}

/* The greatest pace of some rows. */
static double speed(const FlowStrip *strip, int begin, int end)
{
    double most = 0;

    for (int row = begin; row < end; row++)
        for (int i = 0; i < strip->columns; i++) {
            size_t at = flow_at(strip, row, i);
            double depth = (double)((const Mass *)strip->now.depth)[at] * strip->unit, pace;

            if (depth <= strip->dry)
                continue;
            pace = fabs((double)((const Real *)strip->now.u)[at]) +
                   fabs((double)((const Real *)strip->now.w)[at]) +
                   flow_waves(strip) * sqrt(FLOW_GRAVITY * depth);
            most = pace > most ? pace : most;
        }
    return most;
}

static double deepest(const FlowStrip *strip, int *at_row, int *at_column)
{
    double most = 0;

    for (int row = 0; row < strip->rows; row++)
        for (int i = 0; i < strip->columns; i++) {
            double depth = (double)((const Mass *)strip->now.depth)[flow_at(strip, row, i)];

            if (sizeof(Mass) == sizeof(int32_t) && depth < -0x1p30)
                depth = 1e30;
            if (depth > most) {
                most = depth;
                *at_row = row;
                *at_column = i;
            }
        }
    return most * strip->unit;
}

static bool tile_is_wet(const FlowStrip *strip, int tile_row, int tile_column)
{
    int from = tile_column * FLOW_TILE_COLUMNS, row = tile_row * FLOW_TILE_ROWS;
    int to = from + FLOW_TILE_COLUMNS < strip->columns ? from + FLOW_TILE_COLUMNS : strip->columns;
    int end = row + FLOW_TILE_ROWS < strip->rows ? row + FLOW_TILE_ROWS : strip->rows;
    Mass dry = (Mass)(strip->dry / strip->unit);

    for (; row < end; row++) {
        const Mass *depth = (const Mass *)strip->now.depth + flow_at(strip, row, 0);
        Mass most = 0;

        for (int i = from; i < to; i++)
            most = depth[i] > most ? depth[i] : most;
        if (most > dry)
            return true;
    }
    return false;
}

static void find_wet(const FlowStrip *strip, uint8_t *wet)
{
    for (int i = 0; i < strip->tile_rows; i++)
        for (int k = 0; k < strip->tile_columns; k++)
            wet[i * strip->tile_columns + k] = tile_is_wet(strip, i, k);
}

/* A tile goes to sleep: what Heun's first stage would read of it must be what is there. */
static void settle_tile(FlowStrip *strip, int tile_row, int tile_column)
{
    int from = tile_column * FLOW_TILE_COLUMNS, row = tile_row * FLOW_TILE_ROWS;
    int to = from + FLOW_TILE_COLUMNS < strip->columns ? from + FLOW_TILE_COLUMNS : strip->columns;
    int end = row + FLOW_TILE_ROWS < strip->rows ? row + FLOW_TILE_ROWS : strip->rows;
    size_t count = (size_t)(to - from);

    for (; strip->order == 2 && row < end; row++) {
        size_t at = flow_at(strip, row, from);

        memcpy((Mass *)strip->next.depth + at, (Mass *)strip->now.depth + at, count * sizeof(Mass));
        memcpy((Real *)strip->next.u + at, (Real *)strip->now.u + at, count * sizeof(Real));
        memcpy((Real *)strip->next.w + at, (Real *)strip->now.w + at, count * sizeof(Real));
    }
}

void flow_cells(FlowKernel *kernel)
{
    kernel->depth = read_depth;
    kernel->real = read_real;
    kernel->set_real = set_real;
    kernel->set_depth = set_depth;
    kernel->set_bed = set_bed;
    kernel->add = add;
    kernel->row_sum = row_sum;
    kernel->speed = speed;
    kernel->deepest = deepest;
    kernel->find_wet = find_wet;
    kernel->settle_tile = settle_tile;
}
