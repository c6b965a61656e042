/* SPDX-License-Identifier: EUPL-1.2 */
/* Rasters: read as double whatever they are, and written as cloud-optimised GeoTIFF.
 *
 * A raster is north up with square cells; what is not is refused with the command that makes it so.
 * Rows run from north to south. A cell without data is NaN. */
#pragma once

#include "geo/crs.h"

typedef struct GeoGrid {
    int columns, rows;
    double cell;        /* edge of a cell */
    double west, north; /* the outer corner */
    const char *crs;    /* NULL: not known */
} GeoGrid;

static inline size_t geo_grid_cells(const GeoGrid *grid)
{
    return (size_t)grid->columns * (size_t)grid->rows;
}
static inline double geo_grid_x(const GeoGrid *grid, int column)
{
    return grid->west + (column + 0.5) * grid->cell;
}
static inline double geo_grid_y(const GeoGrid *grid, int row)
{
    return grid->north - (row + 0.5) * grid->cell;
}
/* The cell that holds a point, or -1. */
int64_t geo_grid_cell(const GeoGrid *grid, double x, double y);

typedef struct GeoRaster {
    GeoGrid grid;
    double *values;   /* geo_raster_free() */
    size_t holes;     /* cells without data */
    int64_t first;    /* the first of them in reading order, or -1 */
    size_t files;     /* how many the mosaic was made from */
    const char *note; /* what was decided on the way, for the reader; or NULL */
} GeoRaster;

typedef struct GeoRasterOrder {
    /* Files, folders (every raster in them), patterns such as "tiles / *.tif" (without spaces),
     * archives (.zip); tiles are put together. GeoTIFF, ESRI ASCII grid, XYZ, VRT, IMG, ENVI. */
    const char *const *paths;
    size_t path_count;
    const char *crs;      /* what the files do not say, or say wrongly; NULL: as they say */
    const double *window; /* west, south, east, north to cut out; NULL: all */
    size_t most_cells;    /* ERR_TOO_LARGE beyond; 0: 2^31 - 1 */
} GeoRasterOrder;

bool geo_raster_read(const GeoRasterOrder *order, Arena *arena, GeoRaster *out, Err *err);
void geo_raster_free(GeoRaster *raster);

typedef enum GeoResample {
    GEO_ALIGNED, /* none: the raster must have the grid's cells */
    GEO_NEAREST,
    GEO_BILINEAR,
} GeoResample;

/* The first band of a file on a given grid; NaN where it has nothing. A raster in another reference
 * system or with other cells is refused unless resampling was asked for. */
bool geo_raster_read_onto(const char *path, const GeoGrid *grid, GeoResample resample,
                          double *values, Err *err);

/* Fill holes that lie inside (those with a way to the edge over other holes stay) from their
 * surroundings, by inverse distance up to 100 cells. Tells how many were filled; fails when one is
 * too wide. */
bool geo_raster_fill(GeoRaster *raster, const uint8_t *inside, size_t *filled, Err *err);
/* Which cells without data are enclosed by cells with data: 1 in `inside` (one byte a cell). */
size_t geo_raster_enclosed(const GeoRaster *raster, uint8_t *inside, int64_t *first);

typedef enum GeoNumber { GEO_FLOAT32, GEO_FLOAT64 } GeoNumber;

enum { GEO_NO_DATA = -9999 };

/* A cloud-optimised GeoTIFF; NaN is written as GEO_NO_DATA, and named so. The file is there as a
 * whole or not at all. */
bool geo_raster_write(const char *path, const GeoGrid *grid, const double *values, GeoNumber number,
                      Err *err);
