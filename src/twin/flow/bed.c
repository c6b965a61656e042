/* SPDX-License-Identifier: EUPL-1.2 */
/* The bed, and the unit that depths and beds are counted in. */
#include <math.h>

#include "twin/flow/model.h"

static const double WALL = 1e9;

/* A cell stands at most `cliff` above the lowest of its four neighbours. What stands higher is as
 * much a wall as before. Two passes give the same as asking for every pair of cells. */
static void limit_cliffs(double *bed, int columns, int rows, double cliff)
{
    size_t width = (size_t)columns;

    for (size_t i = 0; i < width * (size_t)rows; i++) {
        if (i % width > 0)
            bed[i] = fmin(bed[i], bed[i - 1] + cliff);
        if (i >= width)
            bed[i] = fmin(bed[i], bed[i - width] + cliff);
    }
    for (size_t i = width * (size_t)rows; i-- > 0;) {
        if (i % width + 1 < width)
            bed[i] = fmin(bed[i], bed[i + 1] + cliff);
        if (i + width < width * (size_t)rows)
            bed[i] = fmin(bed[i], bed[i + width] + cliff);
    }
}

static bool is_inside(const FlowInput *input, int row, int column)
{
    size_t at = (size_t)row * (size_t)input->grid.columns + (size_t)column;

    return row >= 0 && row < input->grid.rows && column >= 0 && column < input->grid.columns &&
           !(input->outside && input->outside[at]);
}

/* The slope of the cells inside goes on over the rim, as it does beyond an open side; the lowest,
 * where several are beside it. A wall where there is none. */
static double rim_bed(const FlowInput *input, int row, int column)
{
    static const int ways[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
    const double steepest = 0.5 * input->grid.cell;
    double lowest = WALL;

    for (int i = 0; i < 4; i++) {
        int r = row + ways[i][0], c = column + ways[i][1];
        int rr = r + ways[i][0], cc = c + ways[i][1];
        size_t columns = (size_t)input->grid.columns;

        if (!is_inside(input, r, c))
            continue;
        double bed = input->terrain[(size_t)r * columns + (size_t)c], fall = 0;
        if (is_inside(input, rr, cc))
            fall = bed - input->terrain[(size_t)rr * columns + (size_t)cc];
        lowest = fmin(lowest, bed + fmax(-steepest, fmin(steepest, fall)));
    }
    return lowest;
}

double *flow_bed(const FlowInput *input, double cliff)
{
    size_t cells = (size_t)input->grid.columns * (size_t)input->grid.rows;
    size_t columns = (size_t)input->grid.columns;
    double *bed = flow_alloc(cells, sizeof *bed);

    for (size_t i = 0; i < cells; i++)
        bed[i] = !input->outside || !input->outside[i] ? input->terrain[i]
                 : input->outside[i] == FLOW_RIM
                     ? rim_bed(input, (int)(i / columns), (int)(i % columns))
                     : WALL;
    limit_cliffs(bed, input->grid.columns, input->grid.rows, cliff);
    return bed;
}

/* The greatest depth that a level makes at its side. */
static double deepest_at_side(const FlowInput *input, int side)
{
    int columns = input->grid.columns, rows = input->grid.rows;
    bool across = side == FLOW_NORTH || side == FLOW_SOUTH;
    double lowest = WALL;

    if (input->boundaries[side].kind != FLOW_LEVEL)
        return 0;
    for (int i = 0; i < (across ? columns : rows); i++) {
        int row = side == FLOW_NORTH ? 0 : side == FLOW_SOUTH ? rows - 1 : i;
        int column = across ? i : side == FLOW_WEST ? 0 : columns - 1;

        if (is_inside(input, row, column))
            lowest = fmin(lowest, input->terrain[(size_t)row * (size_t)columns + (size_t)column]);
    }
    const FlowSeries *level = &input->boundaries[side].series;
    double highest = lowest;

    for (size_t i = 0; i < level->count; i++)
        highest = fmax(highest, level->values[i]);
    return highest - lowest;
}

/* 2^-25 m (30 nm), which holds 32 m of water and steps of 16 m between cells; finer for the small
 * cells of a laboratory, coarser where the water begins deeper or a level is higher, and for cells
 * of more than 8 m, of which a slope of 2 shall be as it is. */
double flow_unit(const FlowInput *input)
{
    size_t cells = (size_t)input->grid.columns * (size_t)input->grid.rows;
    double unit = 0x1p-25, deepest = 0;

    for (size_t i = 0; input->depth && i < cells; i++)
        if (!input->outside || !input->outside[i])
            deepest = fmax(deepest, input->depth[i]);
    for (int side = 0; side < FLOW_SIDES; side++)
        deepest = fmax(deepest, deepest_at_side(input, side));
    for (double cell = input->grid.cell; cell < 0.5 && unit > 0x1p-31; cell *= 2)
        unit *= 0.5;
    while (4 * deepest > 0x1p30 * unit || 2 * input->grid.cell > 0x1p29 * unit)
        unit *= 2;
    return unit;
}

static double cliff_of(const FlowInput *input, const FlowOptions *options)
{
    return options->double_precision ? 1e6 : 0x1p29 * flow_unit(input);
}

double *flow_ground(const FlowInput *input, const FlowOptions *options)
{
    return flow_bed(input, cliff_of(input, options));
}
