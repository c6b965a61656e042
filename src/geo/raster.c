/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/raster.h"

#include "geo/raster_open.h"

#include <math.h>
#include <stdlib.h>

typedef struct Tiles {
    RasterFile *files;
    const char **paths;
    size_t count;
} Tiles;

static void close_tiles(Tiles *tiles)
{
    for (size_t i = 0; i < tiles->count; i++)
        raster_close(&tiles->files[i]);
}

static bool open_tiles(const GeoRasterOrder *order, Arena *arena, Tiles *tiles, Err *err)
{
    size_t capacity = 0;

    for (size_t i = 0; i < order->path_count; i++) {
        const char **paths;
        size_t count;
        if (!raster_paths(order->paths[i], arena, &paths, &count, err))
            return false;
        const char **all = arena_array(arena, const char *, capacity + count);
        if (capacity)
            memcpy(all, tiles->paths, capacity * sizeof *all);
        memcpy(all + capacity, paths, count * sizeof *all);
        tiles->paths = all;
        capacity += count;
    }
    tiles->files = arena_array(arena, RasterFile, capacity);
    while (tiles->count < capacity) {
        if (!raster_open(tiles->paths[tiles->count], arena, &tiles->files[tiles->count], err))
            return false;
        tiles->count++;
    }
    return true;
}

/* A hundredth of a cell is rounding; more is another lattice. */
static bool on_lattice(double distance, double cell)
{
    return fabs(distance / cell - round(distance / cell)) < 0.01;
}

static bool fits(const Tiles *tiles, size_t i, Arena *arena, Err *err)
{
    const GeoGrid *first = &tiles->files[0].grid, *grid = &tiles->files[i].grid;
    int most = first->columns > grid->columns ? first->columns : grid->columns;

    if (!tiles->files[i].placed)
        return err_set(err, ERR_INPUT, "%s: does not say where it lies, so it cannot be a tile",
                       tiles->paths[i]);
    if (fabs(grid->cell - first->cell) * most > 0.01 * first->cell)
        return err_set(err, ERR_INPUT, "%s: has cells of %.9g, but %s of %.9g", tiles->paths[i],
                       grid->cell, tiles->paths[0], first->cell);
    if (!on_lattice(grid->west - first->west, first->cell) ||
        !on_lattice(grid->north - first->north, first->cell))
        return err_set(err, ERR_INPUT,
                       "%s: its cells lie between those of %s; warp them onto one grid with "
                       "gdalwarp -tap",
                       tiles->paths[i], tiles->paths[0]);
    if (grid->crs && first->crs && !geo_crs_same(grid->crs, first->crs))
        return err_set(err, ERR_INPUT, "%s: is in %s, but %s in %s", tiles->paths[i],
                       geo_crs_name(grid->crs, arena), tiles->paths[0],
                       geo_crs_name(first->crs, arena));
    return true;
}

static bool unite(const Tiles *tiles, Arena *arena, GeoGrid *out, Err *err)
{
    const GeoGrid *first = &tiles->files[0].grid;
    double west = first->west, north = first->north;
    double east = west + first->columns * first->cell, south = north - first->rows * first->cell;

    for (size_t i = 1; i < tiles->count; i++) {
        const GeoGrid *grid = &tiles->files[i].grid;
        if (!fits(tiles, i, arena, err))
            return false;
        west = fmin(west, grid->west);
        north = fmax(north, grid->north);
        east = fmax(east, grid->west + grid->columns * grid->cell);
        south = fmin(south, grid->north - grid->rows * grid->cell);
    }
    double columns = round((east - west) / first->cell),
           rows = round((north - south) / first->cell);
    if (columns > INT32_MAX || rows > INT32_MAX)
        return err_set(err, ERR_TOO_LARGE, "the tiles span %.0f x %.0f cells", columns, rows);
    *out = (GeoGrid){(int)columns, (int)rows, first->cell, west, north, first->crs};
    for (size_t i = 0; !out->crs && i < tiles->count; i++)
        out->crs = tiles->files[i].grid.crs;
    return true;
}

/* Cut the window out, widened to whole cells. */
static bool cut(GeoGrid *grid, const double *window, Err *err)
{
    double from_x = floor((window[0] - grid->west) / grid->cell + 1e-6);
    double to_x = ceil((window[2] - grid->west) / grid->cell - 1e-6);
    double from_y = floor((grid->north - window[3]) / grid->cell + 1e-6);
    double to_y = ceil((grid->north - window[1]) / grid->cell - 1e-6);

    from_x = fmax(from_x, 0);
    from_y = fmax(from_y, 0);
    to_x = fmin(to_x, grid->columns);
    to_y = fmin(to_y, grid->rows);
    if (!(to_x > from_x && to_y > from_y))
        return err_set(err, ERR_INPUT,
                       "the window west %.3f, south %.3f, east %.3f, north %.3f has nothing of "
                       "the raster, which spans west %.3f, south %.3f, east %.3f, north %.3f",
                       window[0], window[1], window[2], window[3], grid->west,
                       grid->north - grid->rows * grid->cell,
                       grid->west + grid->columns * grid->cell, grid->north);
    grid->west += from_x * grid->cell;
    grid->north -= from_y * grid->cell;
    grid->columns = (int)(to_x - from_x);
    grid->rows = (int)(to_y - from_y);
    return true;
}

/* What a file has of the grid, put there; a hole in it leaves what another tile has given. */
static bool paste(const RasterFile *file, const GeoGrid *grid, double *values, bool alone, Err *err)
{
    RasterPart part;

    if (!raster_part(file, grid, &part))
        return true;
    size_t width = (size_t)part.columns;
    double *line = malloc(width * sizeof *line);
    if (!line)
        abort();
    bool ok = true;
    for (int row = 0; ok && row < part.rows; row++) {
        double *to = values + (size_t)(part.to_row + row) * (size_t)grid->columns + part.to_column;
        ok = raster_read_part(file, part.column, part.row + row, part.columns, 1, line, width, err);
        for (size_t i = 0; ok && i < width; i++)
            if (alone || !isnan(line[i]))
                to[i] = line[i];
    }
    free(line);
    return ok;
}

static double *new_values(size_t cells)
{
    double *values = malloc(cells * sizeof *values);

    if (!values)
        abort();
    for (size_t i = 0; i < cells; i++)
        values[i] = NAN;
    return values;
}

static void count_holes(GeoRaster *raster)
{
    raster->holes = 0;
    raster->first = -1;
    for (size_t i = 0; i < geo_grid_cells(&raster->grid); i++) {
        if (!isnan(raster->values[i]))
            continue;
        if (raster->holes++ == 0)
            raster->first = (int64_t)i;
    }
}

static bool read_tiles(const GeoRasterOrder *order, Arena *arena, Tiles *tiles, GeoRaster *out,
                       Err *err)
{
    size_t most = order->most_cells ? order->most_cells : INT32_MAX;

    if (!open_tiles(order, arena, tiles, err) || !unite(tiles, arena, &out->grid, err))
        return false;
    if (order->crs)
        out->grid.crs = order->crs;
    if (order->window && !cut(&out->grid, order->window, err))
        return false;
    if (geo_grid_cells(&out->grid) > most)
        return err_set(
            err, ERR_TOO_LARGE,
            "%s: has %d x %d cells, but this machine's memory has room for %zu now; cut a "
            "window out (terrain: {file: …, window: [west, south, east, north]})",
            tiles->paths[0], out->grid.columns, out->grid.rows, most);
    out->files = tiles->count;
    out->values = new_values(geo_grid_cells(&out->grid));
    for (size_t i = 0; i < tiles->count; i++)
        if (!paste(&tiles->files[i], &out->grid, out->values, tiles->count == 1, err))
            return err_context(err, "%s", tiles->paths[i]);
    count_holes(out);
    return true;
}

bool geo_raster_read(const GeoRasterOrder *order, Arena *arena, GeoRaster *out, Err *err)
{
    Tiles tiles = {0};

    *out = (GeoRaster){.first = -1};
    bool ok = read_tiles(order, arena, &tiles, out, err);
    close_tiles(&tiles);
    if (!ok)
        geo_raster_free(out);
    return ok;
}

void geo_raster_free(GeoRaster *raster)
{
    free(raster->values);
    raster->values = NULL;
}
