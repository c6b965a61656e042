/* SPDX-License-Identifier: EUPL-1.2 */
/* Written to memory first and to the disk as one piece: the driver's temporary files stay off it,
 * and a disk that is full is told by write() and fsync(), not by a closed dataset. */
#include "core/folder.h"
#include "geo/gdal.h"
#include "geo/raster.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

static const size_t PIECE = (size_t)8 << 20;

static void *to_number(const double *values, size_t count, GeoNumber number)
{
    float *singles = malloc(count * (number == GEO_FLOAT64 ? sizeof(double) : sizeof(float)));
    double *doubles = (double *)(void *)singles;

    if (!singles)
        abort();
    for (size_t i = 0; i < count; i++) {
        double value = isnan(values[i]) ? GEO_NO_DATA : values[i];
        if (number == GEO_FLOAT64)
            doubles[i] = value;
        else
            singles[i] = (float)value;
    }
    return singles;
}

static GDALDatasetH in_memory(const Gdal *gdal, const GeoGrid *grid, void *numbers,
                              GeoNumber number)
{
    GDALDataType type = number == GEO_FLOAT64 ? GDT_Float64 : GDT_Float32;
    double place[6] = {grid->west, grid->cell, 0, grid->north, 0, -grid->cell};
    char pointer[64];
    char *options[] = {pointer, NULL};

    GDALDatasetH dataset = gdal->GDALCreate(gdal->GDALGetDriverByName("MEM"), "", grid->columns,
                                            grid->rows, 0, type, NULL);
    if (!dataset)
        return NULL;
    snprintf(pointer, sizeof pointer, "DATAPOINTER=%p", numbers);
    bool ok =
        gdal->GDALAddBand(dataset, type, options) == CE_None &&
        gdal->GDALSetGeoTransform(dataset, place) == CE_None &&
        (!grid->crs || gdal->GDALSetProjection(dataset, grid->crs) == CE_None) &&
        gdal->GDALSetRasterNoDataValue(gdal->GDALGetRasterBand(dataset, 1), GEO_NO_DATA) == CE_None;
    if (ok)
        return dataset;
    gdal->GDALClose(dataset);
    return NULL;
}

static bool make_cog(const Gdal *gdal, const GeoGrid *grid, void *numbers, GeoNumber number,
                     const char *name, Err *err)
{
    static const char *const OPTIONS[] = {"COMPRESS=DEFLATE",
                                          "PREDICTOR=FLOATING_POINT",
                                          "LEVEL=1",
                                          "BIGTIFF=IF_SAFER",
                                          "RESAMPLING=NEAREST",
                                          "NUM_THREADS=1",
                                          "OVERVIEW_RESAMPLING=NEAREST",
                                          NULL};

    gdal->CPLErrorReset();
    GDALDatasetH source = in_memory(gdal, grid, numbers, number);
    GDALDatasetH made = source ? gdal->GDALCreateCopy(gdal->GDALGetDriverByName("COG"), name,
                                                      source, FALSE, (char **)OPTIONS, NULL, NULL)
                               : NULL;
    bool ok = made || err_set(err, ERR_INTERNAL, "cannot be made: %s", gdal_said(gdal));
    if (made)
        gdal->GDALClose(made);
    if (source)
        gdal->GDALClose(source);
    return ok;
}

static bool to_disk(const char *path, const unsigned char *bytes, size_t size, Err *err)
{
    NewFile file;

    if (!folder_begin_output(&file, path, 0644, err))
        return false;
    for (size_t from = 0; from < size; from += PIECE)
        if (!folder_add_bytes(&file, bytes + from, size - from < PIECE ? size - from : PIECE,
                              err)) {
            folder_abandon_file(&file);
            return false;
        }
    return folder_finish_file(&file, err);
}

bool geo_raster_write(const char *path, const GeoGrid *grid, const double *values, GeoNumber number,
                      Err *err)
{
    static atomic_uint counter;
    const Gdal *gdal = gdal_load(err);
    char name[64];
    vsi_l_offset size = 0;

    if (!gdal)
        return false;
    snprintf(name, sizeof name, "/vsimem/rathaus-%u.tif", atomic_fetch_add(&counter, 1));
    void *numbers = to_number(values, geo_grid_cells(grid), number);
    bool ok = make_cog(gdal, grid, numbers, number, name, err) || err_context(err, "%s", path);
    free(numbers);
    if (ok) {
        const unsigned char *bytes = gdal->VSIGetMemFileBuffer(name, &size, FALSE);
        ok = bytes ? to_disk(path, bytes, (size_t)size, err)
                   : err_set(err, ERR_INTERNAL, "%s: is empty in memory", path);
    }
    gdal->VSIUnlink(name);
    return ok;
}
