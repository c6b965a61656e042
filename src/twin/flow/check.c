/* SPDX-License-Identifier: EUPL-1.2 */
/* What an input must be. */
#include <math.h>
#include <stdio.h>

#include "twin/flow/model.h"

static const char *const side_names[] = {"north", "east", "south", "west"};

static size_t cells_of(const FlowGrid *grid)
{
    return (size_t)grid->columns * (size_t)grid->rows;
}

static bool check_grid(const FlowGrid *grid, Err *err)
{
    if (grid->columns < 1 || grid->rows < 1)
        return err_set(err, ERR_INPUT, "the grid has no cells (%d x %d)", grid->columns,
                       grid->rows);
    if (grid->columns > 1 << 20 || grid->rows > 1 << 20 || cells_of(grid) > UINT32_MAX)
        return err_set(err, ERR_INPUT,
                       "the grid has %d x %d cells; at most 4,294,967,295 are possible",
                       grid->columns, grid->rows);
    if (!isfinite(grid->cell) || grid->cell < 1e-4 || grid->cell > 1e5)
        return err_set(err, ERR_INPUT, "the cells' edge is %g m", grid->cell);
    return true;
}

static bool check_series(const FlowSeries *series, const char *of, Err *err)
{
    if (series->count == 0)
        return err_set(err, ERR_INPUT, "%s has no values", of);
    for (size_t i = 0; i < series->count; i++) {
        if (!isfinite(series->times[i]) || !isfinite(series->values[i]))
            return err_set(err, ERR_INPUT, "value %zu of %s is not a number", i + 1, of);
        if (i > 0 && series->times[i] <= series->times[i - 1])
            return err_set(err, ERR_INPUT,
                           "the times of %s do not ascend: %g s is followed by %g s", of,
                           series->times[i - 1], series->times[i]);
    }
    return true;
}

static bool side_is_there(const FlowInput *input, FlowSide side)
{
    size_t columns = (size_t)input->grid.columns, rows = (size_t)input->grid.rows;
    bool across = side == FLOW_NORTH || side == FLOW_SOUTH;
    size_t at = side == FLOW_SOUTH ? (rows - 1) * columns : side == FLOW_EAST ? columns - 1 : 0;

    for (size_t i = 0; i < (across ? columns : rows); i++)
        if (!input->outside || !input->outside[at + i * (across ? 1 : columns)])
            return true;
    return false;
}

static bool check_boundaries(const FlowInput *input, Err *err)
{
    for (int side = 0; side < FLOW_SIDES; side++) {
        const FlowBoundary *boundary = &input->boundaries[side];
        char of[64];

        if (boundary->kind != FLOW_LEVEL && boundary->kind != FLOW_DISCHARGE)
            continue;
        snprintf(of, sizeof of, "the boundary %s", side_names[side]);
        if (!check_series(&boundary->series, of, err))
            return false;
        if (!side_is_there(input, (FlowSide)side))
            return err_set(err, ERR_INPUT,
                           "no cell of the %s side lies in the model, so that no water can come "
                           "over it; take a source along a line, or cut the terrain out smaller",
                           side_names[side]);
        for (size_t i = 0; boundary->kind == FLOW_DISCHARGE && i < boundary->series.count; i++)
            if (boundary->series.values[i] < 0)
                return err_set(err, ERR_INPUT,
                               "%s takes water out (%g m3/s); use a level, an open side or a "
                               "negative source",
                               of, boundary->series.values[i]);
    }
    return true;
}

static bool check_rain(const FlowInput *input, Err *err)
{
    const FlowRain *rain = &input->rain;
    double sum = 0;

    for (size_t i = 0; i < rain->count; i++) {
        const FlowRainStep *step = &rain->steps[i];

        if (!isfinite(step->time) || (i > 0 && step->time <= rain->steps[i - 1].time))
            return err_set(err, ERR_INPUT, "the times of the rain do not ascend at step %zu",
                           i + 1);
        if (!step->raster && !(step->rate >= 0 && step->rate < 1))
            return err_set(err, ERR_INPUT, "step %zu of the rain has %g m/s", i + 1, step->rate);
        if (step->raster && !rain->raster)
            return err_set(err, ERR_INPUT, "step %zu of the rain asks for a raster; none is given",
                           i + 1);
    }
    for (size_t i = 0; rain->share && i < cells_of(&input->grid); i++) {
        if (!(rain->share[i] >= 0) || !isfinite(rain->share[i]))
            return err_set(err, ERR_INPUT, "the share of the rain of cell %zu is %g", i,
                           (double)rain->share[i]);
        sum += (double)rain->share[i];
    }
    if (sum > (double)cells_of(&input->grid) * (1 + 1e-5))
        return err_set(err, ERR_INPUT, "the shares of the rain make water: their sum is %g cells",
                       sum);
    return true;
}

static bool check_soils(const FlowInput *input, Err *err)
{
    for (size_t i = 0; i < input->soil_count; i++) {
        const FlowSoil *soil = &input->soils[i];

        if (soil->kind == FLOW_SEALED)
            continue;
        if (!(soil->rate >= 0 && soil->rate < 1))
            return err_set(err, ERR_INPUT, "soil %zu takes %g m/s", i, soil->rate);
        if (soil->kind == FLOW_GREEN_AMPT && !(soil->suction >= 0 && soil->suction < 100 &&
                                               soil->deficit >= 0 && soil->deficit <= 1))
            return err_set(err, ERR_INPUT, "soil %zu has a suction of %g m and a deficit of %g", i,
                           soil->suction, soil->deficit);
    }
    for (size_t i = 0; input->soil && i < cells_of(&input->grid); i++)
        if (input->soil[i] >= input->soil_count)
            return err_set(err, ERR_INPUT, "cell %zu has soil %d of %zu", i, input->soil[i],
                           input->soil_count);
    return true;
}

static bool check_points(const FlowInput *input, Err *err)
{
    size_t cells = cells_of(&input->grid);

    for (size_t i = 0; i < input->source_count; i++) {
        const FlowSource *source = &input->sources[i];
        char of[32];

        snprintf(of, sizeof of, "source %zu", i);
        if (!check_series(&source->discharge, of, err))
            return false;
        if (source->cell_count == 0)
            return err_set(err, ERR_INPUT, "source %zu has no cell", i);
        for (size_t k = 0; k < source->cell_count; k++)
            if (source->cells[k] >= cells || (input->outside && input->outside[source->cells[k]]))
                return err_set(err, ERR_INPUT, "source %zu is outside of the model", i);
    }
    for (size_t i = 0; i < input->inlet_count; i++) {
        if (input->inlets[i].cell >= cells ||
            (input->outside && input->outside[input->inlets[i].cell]))
            return err_set(err, ERR_INPUT, "inlet %zu is outside of the model", i);
        if (!(input->inlets[i].capacity >= 0) || !isfinite(input->inlets[i].capacity))
            return err_set(err, ERR_INPUT, "inlet %zu has a capacity of %g m3/s", i,
                           input->inlets[i].capacity);
    }
    return true;
}

static bool check_cells(const FlowInput *input, Err *err)
{
    for (size_t i = 0; i < cells_of(&input->grid); i++) {
        int row = (int)(i / (size_t)input->grid.columns);
        int column = (int)(i % (size_t)input->grid.columns);

        if (input->outside && input->outside[i] > FLOW_RIM)
            return err_set(err, ERR_INPUT, "the cell in row %d, column %d is of no kind (%d)", row,
                           column, input->outside[i]);
        if (input->outside && input->outside[i])
            continue;
        if (!(fabs(input->terrain[i]) < 1e5))
            return err_set(err, ERR_INPUT, "the terrain in row %d, column %d is %g m", row, column,
                           input->terrain[i]);
        if (input->roughness && !(input->roughness[i] >= 0 && input->roughness[i] < 10))
            return err_set(err, ERR_INPUT, "the roughness in row %d, column %d is %g", row, column,
                           (double)input->roughness[i]);
        if (input->depth && !(input->depth[i] >= 0 && input->depth[i] < 1e4))
            return err_set(err, ERR_INPUT, "the depth in row %d, column %d is %g m", row, column,
                           input->depth[i]);
        if ((input->u && !(fabs(input->u[i]) < 1e3)) || (input->v && !(fabs(input->v[i]) < 1e3)))
            return err_set(err, ERR_INPUT, "the velocity in row %d, column %d is not one", row,
                           column);
    }
    return true;
}

bool flow_check(const FlowInput *input, const FlowOptions *options, Err *err)
{
    if (options->order != 1 && options->order != 2)
        return err_set(err, ERR_INPUT, "the order is %d; it is 1 or 2", options->order);
    if (!(options->courant >= 0 && options->courant <= flow_courant_most(options->order)))
        return err_set(err, ERR_INPUT, "the Courant number is %g; it is 0 to %g", options->courant,
                       flow_courant_most(options->order));
    if (!check_grid(&input->grid, err))
        return false;
    if (!input->roughness && !(input->roughness_all >= 0 && input->roughness_all < 10))
        return err_set(err, ERR_INPUT, "the roughness is %g", input->roughness_all);
    return check_boundaries(input, err) && check_rain(input, err) && check_soils(input, err) &&
           check_points(input, err) && check_cells(input, err);
}
