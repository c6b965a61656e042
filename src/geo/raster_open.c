/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/raster_open.h"

#include "core/folder.h"
#include "geo/crs_gdal.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

static const size_t XYZ_MAX = (size_t)4 << 30;

int64_t geo_grid_cell(const GeoGrid *grid, double x, double y)
{
    double column = floor((x - grid->west) / grid->cell);
    double row = floor((grid->north - y) / grid->cell);

    if (!(column >= 0 && column < grid->columns && row >= 0 && row < grid->rows))
        return -1;
    return (int64_t)row * grid->columns + (int64_t)column;
}

/* The reference system from a .prj beside the file or beside the archive that holds it. */
static const char *crs_beside(const char *path, Arena *arena)
{
    Str name = str_c(path);
    Err ignored;
    Str text;

    if (str_starts_with(name, "/vsizip/")) {
        ptrdiff_t end = str_find(str_lower(arena, name), STR(".zip/"));
        if (end < 0)
            return NULL;
        name = str_slice(name, strlen("/vsizip/"), (size_t)end + 4);
    }
    const char *dot = strrchr(str_cstr(arena, name), '.');
    if (!dot || strchr(dot, '/'))
        return NULL;
    const char *prj = arena_printf(arena, "%.*s.prj", (int)(name.len - strlen(dot)), name.ptr);
    if (!folder_read_file(prj, 1 << 16, arena, &text, &ignored))
        return NULL;
    return geo_crs_parse(text, arena, &ignored);
}

static bool is_xyz(Str path)
{
    return path.len > 4 && (str_eq_nocase(str_slice(path, path.len - 4, path.len), STR(".xyz")));
}

static bool is_ascii(Str path)
{
    return path.len > 4 && (str_eq_nocase(str_slice(path, path.len - 4, path.len), STR(".asc")));
}

static bool open_xyz(const char *path, Arena *arena, RasterFile *out, Err *err)
{
    Arena *text_arena = arena_create(0);
    Str text;
    bool ok = folder_read_file(path, XYZ_MAX, text_arena, &text, err) &&
              xyz_read(text, path, &out->grid, &out->values, err);

    arena_destroy(text_arena);
    out->placed = ok;
    if (ok)
        out->grid.crs = crs_beside(path, arena);
    return ok;
}

static bool read_place(const Gdal *gdal, const char *path, RasterFile *out, Err *err)
{
    double t[6] = {0, 1, 0, 0, 0, -1};

    out->grid.columns = gdal->GDALGetRasterXSize(out->dataset);
    out->grid.rows = gdal->GDALGetRasterYSize(out->dataset);
    out->placed = gdal->GDALGetGeoTransform(out->dataset, t) == CE_None;
    if (!out->placed) {
        t[0] = 0;
        t[3] = out->grid.rows;
        t[1] = 1;
        t[5] = -1;
    }
    out->upside_up = t[5] > 0;
    if (fabs(t[2]) > 1e-9 * fabs(t[1]) || fabs(t[4]) > 1e-9 * fabs(t[1]) || !(t[1] > 0) ||
        t[5] == 0)
        return err_set(err, ERR_INPUT,
                       "%s: is rotated; bring it upright with: gdalwarp %s upright.tif", path,
                       path);
    double high = fabs(t[5]);
    if (fabs(t[1] - high) * out->grid.columns > 0.01 * t[1])
        return err_set(err, ERR_INPUT,
                       "%s: its cells are %.9g wide and %.9g high, but square ones are needed: "
                       "gdalwarp -tr %.9g %.9g -r bilinear %s square.tif",
                       path, t[1], high, t[1], t[1], path);
    out->grid.cell = t[1];
    out->grid.west = t[0];
    out->grid.north = out->upside_up ? t[3] + high * out->grid.rows : t[3];
    return true;
}

static void read_meaning(const Gdal *gdal, GDALRasterBandH band, Str path, RasterFile *out)
{
    int known = 0, scaled = 0, moved = 0;

    out->no_data = gdal->GDALGetRasterNoDataValue(band, &known);
    out->no_data_known = known;
    /* Arc/Info's default where an ASCII grid does not say. */
    if (!known && is_ascii(path)) {
        out->no_data = GEO_NO_DATA;
        out->no_data_known = true;
    }
    out->scale = gdal->GDALGetRasterScale(band, &scaled);
    out->offset = gdal->GDALGetRasterOffset(band, &moved);
    out->scaled = (scaled && out->scale != 1) || (moved && out->offset != 0);
    if (!scaled)
        out->scale = 1;
    if (!moved)
        out->offset = 0;
}

bool raster_open(const char *path, Arena *arena, RasterFile *out, Err *err)
{
    const Gdal *gdal = gdal_load(err);

    *out = (RasterFile){0};
    if (!gdal)
        return false;
    if (is_xyz(str_c(path)) && !str_starts_with(str_c(path), "/vsi"))
        return open_xyz(path, arena, out, err);
    if (is_ascii(str_c(path)) && folder_is_file(path) && !ascii_check(path, err))
        return false;
    gdal->CPLErrorReset();
    out->dataset = gdal->GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL);
    if (!out->dataset)
        return err_set(err, ERR_INPUT,
                       "%s: cannot be read as a raster (GeoTIFF, ESRI ASCII grid, XYZ, VRT): %s",
                       path, gdal_said(gdal));
    if (gdal->GDALGetRasterCount(out->dataset) < 1 || !read_place(gdal, path, out, err)) {
        if (gdal->GDALGetRasterCount(out->dataset) < 1)
            err_set(err, ERR_INPUT, "%s: holds no raster", path);
        raster_close(out);
        return false;
    }
    read_meaning(gdal, gdal->GDALGetRasterBand(out->dataset, 1), str_c(path), out);
    out->grid.crs = crs_wkt(gdal, gdal->GDALGetSpatialRef(out->dataset), arena);
    if (!out->grid.crs)
        out->grid.crs = crs_beside(path, arena);
    return true;
}

void raster_close(RasterFile *file)
{
    Err ignored;
    const Gdal *gdal = file->dataset ? gdal_load(&ignored) : NULL;

    if (gdal)
        gdal->GDALClose(file->dataset);
    free(file->values);
    *file = (RasterFile){0};
}

static void mean(const RasterFile *file, double *values, int count)
{
    for (int i = 0; i < count; i++) {
        double value = values[i];
        bool none =
            !isfinite(value) || (file->no_data_known &&
                                 (value == file->no_data || (float)value == (float)file->no_data));
        values[i] = none ? NAN : file->scaled ? value * file->scale + file->offset : value;
    }
}

bool raster_part(const RasterFile *file, const GeoGrid *grid, RasterPart *out)
{
    int dx = (int)lround((file->grid.west - grid->west) / grid->cell);
    int dy = (int)lround((grid->north - file->grid.north) / grid->cell);
    int last_column = dx + file->grid.columns, last_row = dy + file->grid.rows;

    if (last_column > grid->columns)
        last_column = grid->columns;
    if (last_row > grid->rows)
        last_row = grid->rows;
    *out = (RasterPart){.to_column = dx > 0 ? dx : 0, .to_row = dy > 0 ? dy : 0};
    out->column = out->to_column - dx;
    out->row = out->to_row - dy;
    out->columns = last_column - out->to_column;
    out->rows = last_row - out->to_row;
    return out->columns > 0 && out->rows > 0;
}

bool raster_read_part(const RasterFile *file, int column, int row, int columns, int rows,
                      double *values, size_t stride, Err *err)
{
    if (file->values) {
        for (int i = 0; i < rows; i++)
            memcpy(values + (size_t)i * stride,
                   file->values + (size_t)(row + i) * (size_t)file->grid.columns + column,
                   (size_t)columns * sizeof *values);
        return true;
    }
    const Gdal *gdal = gdal_load(err);
    if (!gdal)
        return false;
    GDALRasterBandH band = gdal->GDALGetRasterBand(file->dataset, 1);
    gdal->CPLErrorReset();
    for (int i = 0; i < rows; i++) {
        int in_file = file->upside_up ? file->grid.rows - 1 - (row + i) : row + i;
        double *line = values + (size_t)i * stride;
        if (gdal->GDALRasterIO(band, GF_Read, column, in_file, columns, 1, line, columns, 1,
                               GDT_Float64, 0, 0) != CE_None)
            return err_set(err, ERR_INPUT, "row %d cannot be read: %s", in_file + 1,
                           gdal_said(gdal));
        mean(file, line, columns);
    }
    return true;
}
