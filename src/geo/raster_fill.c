/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/gdal.h"
#include "geo/raster.h"

#include <math.h>
#include <stdlib.h>

enum { FILL_REACH = 100 }; /* cells */

typedef struct Stack {
    size_t *items;
    size_t count, capacity;
} Stack;

static void push(Stack *stack, size_t cell)
{
    if (stack->count == stack->capacity) {
        stack->capacity = stack->capacity ? stack->capacity * 2 : 1024;
        stack->items = realloc(stack->items, stack->capacity * sizeof *stack->items);
        if (!stack->items)
            abort();
    }
    stack->items[stack->count++] = cell;
}

static void reach(const GeoRaster *raster, uint8_t *inside, Stack *stack, int column, int row)
{
    const GeoGrid *grid = &raster->grid;

    if (column < 0 || row < 0 || column >= grid->columns || row >= grid->rows)
        return;
    size_t cell = (size_t)row * (size_t)grid->columns + (size_t)column;
    if (!isnan(raster->values[cell]) || !inside[cell])
        return;
    inside[cell] = 0;
    push(stack, cell);
}

size_t geo_raster_enclosed(const GeoRaster *raster, uint8_t *inside, int64_t *first)
{
    const GeoGrid *grid = &raster->grid;
    size_t cells = geo_grid_cells(grid), count = 0;
    Stack stack = {0};

    for (size_t i = 0; i < cells; i++)
        inside[i] = (uint8_t)(isnan(raster->values[i]) ? 1 : 0);
    for (int column = 0; column < grid->columns; column++) {
        reach(raster, inside, &stack, column, 0);
        reach(raster, inside, &stack, column, grid->rows - 1);
    }
    for (int row = 0; row < grid->rows; row++) {
        reach(raster, inside, &stack, 0, row);
        reach(raster, inside, &stack, grid->columns - 1, row);
    }
    while (stack.count > 0) {
        size_t cell = stack.items[--stack.count];
        int column = (int)(cell % (size_t)grid->columns), row = (int)(cell / (size_t)grid->columns);
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++)
                reach(raster, inside, &stack, column + dx, row + dy);
    }
    free(stack.items);
    *first = -1;
    for (size_t i = 0; i < cells; i++)
        if (inside[i] && count++ == 0)
            *first = (int64_t)i;
    return count;
}

/* GDAL fills the band of a dataset in memory that looks at `copy`, as float beside it. */
static bool fill_copy(const Gdal *gdal, const GeoGrid *grid, double *copy, Err *err)
{
    GDALDatasetH dataset = gdal->GDALCreate(gdal->GDALGetDriverByName("MEM"), "", grid->columns,
                                            grid->rows, 0, GDT_Float64, NULL);
    char pointer[64];
    char *options[] = {pointer, NULL};

    snprintf(pointer, sizeof pointer, "DATAPOINTER=%p", (void *)copy);
    if (!dataset || gdal->GDALAddBand(dataset, GDT_Float64, options) != CE_None) {
        if (dataset)
            gdal->GDALClose(dataset);
        return err_set(err, ERR_INTERNAL, "cannot fill holes: %s", gdal_said(gdal));
    }
    GDALRasterBandH band = gdal->GDALGetRasterBand(dataset, 1);
    gdal->GDALSetRasterNoDataValue(band, GEO_NO_DATA);
    bool ok = gdal->GDALFillNodata(band, NULL, FILL_REACH, 0, 0, NULL, NULL, NULL) == CE_None;
    if (!ok)
        err_set(err, ERR_INTERNAL, "cannot fill holes: %s", gdal_said(gdal));
    gdal->GDALClose(dataset);
    return ok;
}

bool geo_raster_fill(GeoRaster *raster, const uint8_t *inside, size_t *filled, Err *err)
{
    const Gdal *gdal = gdal_load(err);
    const GeoGrid *grid = &raster->grid;
    size_t cells = geo_grid_cells(grid);
    double *copy = gdal ? malloc(cells * sizeof *copy) : NULL;

    *filled = 0;
    if (!gdal)
        return false;
    if (!copy)
        abort();
    for (size_t i = 0; i < cells; i++)
        copy[i] = isnan(raster->values[i]) ? GEO_NO_DATA : raster->values[i];
    bool ok = fill_copy(gdal, grid, copy, err);
    for (size_t i = 0; ok && i < cells; i++) {
        if (!inside[i])
            continue;
        if (copy[i] == GEO_NO_DATA)
            ok = err_set(err, ERR_INPUT,
                         "the hole at %.3f, %.3f is more than %d cells wide; what is there must "
                         "be measured",
                         geo_grid_x(grid, (int)(i % (size_t)grid->columns)),
                         geo_grid_y(grid, (int)(i / (size_t)grid->columns)), FILL_REACH);
        raster->values[i] = copy[i];
        raster->holes--;
        ++*filled;
    }
    free(copy);
    return ok;
}
