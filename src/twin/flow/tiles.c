/* SPDX-License-Identifier: EUPL-1.2 */
/* Active tiles: those with water, or with rain, and their neighbours. Water moves
 * at most two cells per step, so that a look every few steps is enough; what is
 * left out is dry and would not change by a bit. */
#include <stdlib.h>
#include <string.h>

#include "twin/flow/model.h"

enum { STEPS_BETWEEN = 6 }; /* times 2 cells: less than a tile */

/* May anything but a neighbour bring water here? Rasters of rain are taken for rain everywhere. */
static bool rains(const FlowModel *model)
{
    const ModelRain *rain = &model->rain;

    return rain->index < rain->count &&
           (rain->steps[rain->index].raster || rain->steps[rain->index].rate > 0);
}

static void wake(FlowModel *model, int row, int column)
{
    FlowStrip *strip = &model->strip;

    for (int i = row - 1; i <= row + 1; i++)
        for (int k = column - 1; k <= column + 1; k++)
            if (i >= 0 && i < strip->tile_rows && k >= 0 && k < strip->tile_columns)
                strip->active[i * strip->tile_columns + k] = 1;
}

static void wake_sides(FlowModel *model)
{
    FlowStrip *strip = &model->strip;

    for (int side = 0; side < FLOW_SIDES; side++) {
        FlowBoundaryKind kind = model->sides[side].kind;

        if (kind != FLOW_LEVEL && kind != FLOW_DISCHARGE)
            continue;
        for (int i = 0; i < strip->tile_rows; i++)
            for (int k = 0; k < strip->tile_columns; k++)
                if ((side == FLOW_NORTH && i == 0) ||
                    (side == FLOW_SOUTH && i == strip->tile_rows - 1) ||
                    (side == FLOW_WEST && k == 0) ||
                    (side == FLOW_EAST && k == strip->tile_columns - 1))
                    wake(model, i, k);
    }
}

/* Tiles beside wet ones of the neighbours. */
static void wake_beside(FlowModel *model)
{
    const FlowStrip *strip = &model->strip;
    uint8_t *above, *below;

    if (!model->exchange)
        return;
    above = flow_alloc((size_t)strip->tile_columns, 1);
    below = flow_alloc((size_t)strip->tile_columns, 1);
    flow_exchange_tiles(model, model->wet,
                        model->wet + (strip->tile_rows - 1) * strip->tile_columns, above, below);
    for (int k = 0; k < strip->tile_columns; k++) {
        if (above[k])
            wake(model, -1, k);
        if (below[k])
            wake(model, strip->tile_rows, k);
    }
    free(above);
    free(below);
}

static uint64_t count_cells(const FlowStrip *strip)
{
    uint64_t sum = 0;

    for (int i = 0; i < strip->tile_rows; i++)
        for (int k = 0; k < strip->tile_columns; k++) {
            int rows = strip->rows - i * FLOW_TILE_ROWS,
                wide = strip->columns - k * FLOW_TILE_COLUMNS;

            if (strip->active[i * strip->tile_columns + k])
                sum += (uint64_t)(rows < FLOW_TILE_ROWS ? rows : FLOW_TILE_ROWS) *
                       (uint64_t)(wide < FLOW_TILE_COLUMNS ? wide : FLOW_TILE_COLUMNS);
        }
    return sum;
}

void flow_tiles_refresh(FlowModel *model)
{
    FlowStrip *strip = &model->strip;
    size_t tiles = (size_t)strip->tile_rows * (size_t)strip->tile_columns;

    if (model->since_tiles-- > 0)
        return;
    model->since_tiles = STEPS_BETWEEN;
    if (rains(model)) {
        memset(strip->active, 1, tiles);
        model->active_cells = count_cells(strip);
        return;
    }
    model->kernel.find_wet(strip, model->wet);
    for (size_t i = 0; i < model->source_count; i++)
        for (size_t k = 0; k < model->sources[i].cell_count; k++) {
            uint32_t cell = model->sources[i].cells[k], columns = (uint32_t)model->grid.columns;
            int row = (int)(cell / columns) - strip->first_row;

            if (row >= 0 && row < strip->rows)
                model->wet[row / FLOW_TILE_ROWS * strip->tile_columns +
                           (int)(cell % columns) / FLOW_TILE_COLUMNS] = 1;
        }
    for (int i = 0; i < strip->tile_rows; i++)
        for (int k = 0; k < strip->tile_columns; k++) {
            uint8_t *active = &strip->active[i * strip->tile_columns + k];

            if (*active && !model->wet[i * strip->tile_columns + k])
                model->kernel.settle_tile(strip, i, k);
            *active = 0;
        }
    for (int i = 0; i < strip->tile_rows; i++)
        for (int k = 0; k < strip->tile_columns; k++)
            if (model->wet[i * strip->tile_columns + k])
                wake(model, i, k);
    wake_beside(model);
    wake_sides(model);
    model->active_cells = count_cells(strip);
}

void flow_tiles_resume(FlowModel *model)
{
    FlowStrip *strip = &model->strip;

    for (int i = 0; i < strip->tile_rows; i++)
        for (int k = 0; k < strip->tile_columns; k++)
            model->kernel.settle_tile(strip, i, k);
    model->since_tiles = 0;
}
