/* SPDX-License-Identifier: EUPL-1.2 */
/* One raster file, opened: what the files of this room that read rasters share. */
#pragma once

#include <stdio.h>

#include "geo/gdal.h"
#include "geo/raster.h"

typedef struct RasterFile {
    GDALDatasetH dataset; /* NULL for XYZ, whose values are in memory */
    GeoGrid grid;
    bool placed;    /* false: the file does not say where it lies */
    bool upside_up; /* rows run from south to north in the file */
    double *values; /* of XYZ */
    bool no_data_known, scaled;
    double no_data, scale, offset;
} RasterFile;

bool raster_open(const char *path, Arena *arena, RasterFile *out, Err *err);
void raster_close(RasterFile *file);
/* Cells [column, column + columns) of [row, row + rows) of the file; NaN: no data. `stride` is the
 * distance of rows in `values`. */
bool raster_read_part(const RasterFile *file, int column, int row, int columns, int rows,
                      double *values, size_t stride, Err *err);

/* Where a file and a grid of the same cells lie over each other: cells of the file from (column,
 * row), which are those of the grid from (to_column, to_row). */
typedef struct RasterPart {
    int column, row, to_column, to_row, columns, rows;
} RasterPart;
/* False: they do not touch. */
bool raster_part(const RasterFile *file, const GeoGrid *grid, RasterPart *out);

/* The files meant by a path: itself, a folder's, a pattern's, those in an archive. */
bool raster_paths(const char *path, Arena *arena, const char ***out, size_t *count, Err *err);

/* Refuse an ESRI ASCII grid with words for numbers, or with another number of values than its
 * heading says. */
bool ascii_check(const char *path, Err *err);
bool ascii_check_stream(FILE *file, const char *path, Err *err);

/* An XYZ text as a grid: lines "x y z" in any order with any of space, comma, semicolon or tab
 * between, a heading allowed, centres on one lattice. `values` from malloc. */
bool xyz_read(Str text, const char *name, GeoGrid *grid, double **values, Err *err);
