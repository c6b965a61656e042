/* SPDX-License-Identifier: EUPL-1.2 */
/* A raster on the cells of another: as it is where they agree, else warped if that was asked for.
 */
#include "geo/raster_open.h"

#include <math.h>

static bool aligned(const RasterFile *file, const GeoGrid *grid)
{
    double x = (file->grid.west - grid->west) / grid->cell;
    double y = (grid->north - file->grid.north) / grid->cell;

    return fabs(file->grid.cell - grid->cell) * grid->columns < 0.05 * grid->cell &&
           fabs(x - round(x)) < 0.05 && fabs(y - round(y)) < 0.05;
}

static bool read_aligned(const RasterFile *file, const GeoGrid *grid, double *values, Err *err)
{
    RasterPart part;

    return !raster_part(file, grid, &part) ||
           raster_read_part(file, part.column, part.row, part.columns, part.rows,
                            values + (size_t)part.to_row * (size_t)grid->columns + part.to_column,
                            (size_t)grid->columns, err);
}

/* gdalwarp's own work, into memory. */
static bool warp(const RasterFile *file, const GeoGrid *grid, GeoResample resample, double *values,
                 Arena *arena, Err *err)
{
    const Gdal *gdal = gdal_load(err);
    const char *arguments[40];
    int n = 0;

    if (!gdal)
        return false;
    if (!file->dataset)
        return err_set(err, ERR_INPUT, "an XYZ file cannot be resampled; make it a GeoTIFF first");
    arguments[n++] = "-of";
    arguments[n++] = "MEM";
    arguments[n++] = "-ot";
    arguments[n++] = "Float64";
    arguments[n++] = "-r";
    arguments[n++] = resample == GEO_NEAREST ? "near" : "bilinear";
    arguments[n++] = "-dstnodata";
    arguments[n++] = "nan";
    if (file->no_data_known) {
        arguments[n++] = "-srcnodata";
        arguments[n++] = arena_printf(arena, "%.17g", file->no_data);
    }
    if (file->grid.crs && grid->crs) {
        arguments[n++] = "-s_srs";
        arguments[n++] = file->grid.crs;
        arguments[n++] = "-t_srs";
        arguments[n++] = grid->crs;
    }
    arguments[n++] = "-te";
    arguments[n++] = arena_printf(arena, "%.17g", grid->west);
    arguments[n++] = arena_printf(arena, "%.17g", grid->north - grid->rows * grid->cell);
    arguments[n++] = arena_printf(arena, "%.17g", grid->west + grid->columns * grid->cell);
    arguments[n++] = arena_printf(arena, "%.17g", grid->north);
    arguments[n++] = "-ts";
    arguments[n++] = arena_printf(arena, "%d", grid->columns);
    arguments[n++] = arena_printf(arena, "%d", grid->rows);
    arguments[n] = NULL;
    gdal->CPLErrorReset();
    GDALWarpAppOptions *options = gdal->GDALWarpAppOptionsNew((char **)arguments, NULL);
    GDALDatasetH source = file->dataset;
    GDALDatasetH warped = options ? gdal->GDALWarp("", NULL, 1, &source, options, NULL) : NULL;
    if (options)
        gdal->GDALWarpAppOptionsFree(options);
    if (!warped)
        return err_set(err, ERR_INPUT, "cannot be resampled: %s", gdal_said(gdal));
    RasterFile result = {.dataset = warped,
                         .grid = *grid,
                         .scaled = file->scaled,
                         .scale = file->scale,
                         .offset = file->offset};
    bool ok = raster_read_part(&result, 0, 0, grid->columns, grid->rows, values,
                               (size_t)grid->columns, err);
    raster_close(&result);
    return ok;
}

static bool read_open(const RasterFile *file, const char *path, const GeoGrid *grid,
                      GeoResample resample, double *values, Arena *arena, Err *err)
{
    bool same = !file->grid.crs || !grid->crs || geo_crs_same(file->grid.crs, grid->crs);

    if (!file->placed) {
        if (file->grid.columns == grid->columns && file->grid.rows == grid->rows)
            return raster_read_part(file, 0, 0, grid->columns, grid->rows, values,
                                    (size_t)grid->columns, err);
        return err_set(err, ERR_INPUT,
                       "%s: does not say where it lies, and its %d x %d cells are not the "
                       "terrain's %d x %d",
                       path, file->grid.columns, file->grid.rows, grid->columns, grid->rows);
    }
    if (same && aligned(file, grid))
        return read_aligned(file, grid, values, err);
    if (resample != GEO_ALIGNED)
        return warp(file, grid, resample, values, arena, err) || err_context(err, "%s", path);
    if (!same)
        return err_set(err, ERR_INPUT,
                       "%s: is in %s, but the terrain in %s; add resample: nearest or resample: "
                       "bilinear to bring it over",
                       path, geo_crs_name(file->grid.crs, arena), geo_crs_name(grid->crs, arena));
    return err_set(err, ERR_INPUT,
                   "%s: its cells (%.9g, from west %.6f, north %.6f) are not the terrain's (%.9g, "
                   "from west %.6f, north %.6f); add resample: nearest or resample: bilinear to "
                   "bring it over",
                   path, file->grid.cell, file->grid.west, file->grid.north, grid->cell, grid->west,
                   grid->north);
}

bool geo_raster_read_onto(const char *path, const GeoGrid *grid, GeoResample resample,
                          double *values, Err *err)
{
    Arena *arena = arena_create(0);
    RasterFile file = {0};
    const char **paths;
    size_t count;
    bool ok = raster_paths(path, arena, &paths, &count, err);

    for (size_t i = 0; i < geo_grid_cells(grid); i++)
        values[i] = NAN;
    if (ok && count != 1)
        ok = err_set(err, ERR_INPUT, "%s: is %zu rasters; one is needed (gdalbuildvrt makes one)",
                     path, count);
    ok = ok && raster_open(paths[0], arena, &file, err) &&
         read_open(&file, path, grid, resample, values, arena, err);
    raster_close(&file);
    arena_destroy(arena);
    return ok;
}
