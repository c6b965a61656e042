/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/tile/raster_tiles.h"

#include <math.h>
#include <stdlib.h>

/* A tile's pixels are placed by a lattice of exactly transformed points, linear between them: over
 * 16 pixels of a map projection that is true to a thousandth of a pixel. */
enum { LATTICE = 16, NODES = TILE_PIXELS / LATTICE + 1, LEVELS = 8, DEEPEST_ZOOM = 20 };
enum { PIXELS = TILE_PIXELS * TILE_PIXELS };

static const char MERCATOR[] = "EPSG:3857";

typedef struct Painter {
    const GeoGrid *grid;
    const double *values;
    const PaintScale *scale;
    GeoTransform *transform; /* from Mercator to the grid */
    TileWriter *writer;
    int deepest;
    Bounds bounds; /* Mercator metres */
} Painter;

/* --- Where it lies ---------------------------------------------------------------------------- */

/* The rectangle around the outline, in another reference system. */
static bool outline(const GeoGrid *grid, const char *to, Bounds *out, Err *err)
{
    enum { POINTS = 33 };
    double x[4 * POINTS], y[4 * POINTS];
    double width = grid->columns * grid->cell, height = grid->rows * grid->cell;

    if (!grid->crs)
        return err_set(err, ERR_INPUT,
                       "the terrain's reference system is not known, so that it has no place on a "
                       "map: add a .prj file or crs: EPSG:25832");
    GeoTransform *transform = geo_transform_create(grid->crs, to, err);
    if (!transform)
        return false;
    for (int i = 0; i < POINTS; i++) {
        double part = (double)i / (POINTS - 1);
        const double points[4][2] = {{part, 0}, {part, 1}, {0, part}, {1, part}};
        for (int side = 0; side < 4; side++) {
            x[side * POINTS + i] = grid->west + points[side][0] * width;
            y[side * POINTS + i] = grid->north - points[side][1] * height;
        }
    }
    bool good = geo_transform_points(transform, x, y, 4 * POINTS);
    geo_transform_destroy(transform);
    *out = (Bounds){INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; good && i < 4 * POINTS; i++) {
        if (isnan(x[i]))
            continue;
        *out = (Bounds){fmin(out->west, x[i]), fmin(out->south, y[i]), fmax(out->east, x[i]),
                        fmax(out->north, y[i])};
    }
    return (good && out->west < out->east) ||
           err_set(err, ERR_INPUT, "the terrain cannot be brought onto a map");
}

bool raster_bounds(const GeoGrid *grid, Bounds *out, Err *err)
{
    return outline(grid, GEO_WGS84, out, err);
}

/* --- One tile ----------------------------------------------------------------------------------
 */

static bool overlaps(Bounds a, Bounds b)
{
    return a.west < b.east && b.west < a.east && a.south < b.north && b.south < a.north;
}

static unsigned char step_at(const Painter *p, double x, double y)
{
    int64_t cell = isnan(x) ? -1 : geo_grid_cell(p->grid, x, y);
    return cell < 0 ? 0 : paint_step(p->scale, p->values[cell]);
}

/* Steps of a tile at the deepest zoom; `*any` tells whether it shows something. */
static bool sample(const Painter *p, TileId id, unsigned char *steps, bool *any, Err *err)
{
    double x[NODES * NODES], y[NODES * NODES];
    Bounds box = tile_bounds(id);
    double pixel = (box.east - box.west) / TILE_PIXELS;

    for (int row = 0; row < NODES; row++)
        for (int column = 0; column < NODES; column++) {
            x[row * NODES + column] = box.west + (column * LATTICE + 0.5) * pixel;
            y[row * NODES + column] = box.north - (row * LATTICE + 0.5) * pixel;
        }
    if (!geo_transform_points(p->transform, x, y, (size_t)NODES * NODES))
        return err_set(err, ERR_INTERNAL,
                       "the map's tile %d/%d/%d cannot be brought onto the terrain", id.z, id.x,
                       id.y);
    for (int row = 0; row < TILE_PIXELS; row++) {
        double down = (double)(row % LATTICE) / LATTICE;
        for (int column = 0; column < TILE_PIXELS; column++) {
            double right = (double)(column % LATTICE) / LATTICE;
            int at = row / LATTICE * NODES + column / LATTICE;
            double weights[4] = {(1 - down) * (1 - right), (1 - down) * right, down * (1 - right),
                                 down * right};
            double px = weights[0] * x[at] + weights[1] * x[at + 1] + weights[2] * x[at + NODES] +
                        weights[3] * x[at + NODES + 1];
            double py = weights[0] * y[at] + weights[1] * y[at + 1] + weights[2] * y[at + NODES] +
                        weights[3] * y[at + NODES + 1];
            unsigned char step = step_at(p, px, py);
            steps[row * TILE_PIXELS + column] = step;
            *any |= step != 0;
        }
    }
    return true;
}

/* Which of two steps says more: the larger one; of a scale with signs the one further from 0. */
static unsigned char stronger(const PaintScale *scale, unsigned char a, unsigned char b)
{
    if (!scale->with_sign || a == 0 || b == 0)
        return a > b ? a : b;
    return abs(2 * a - 257) >= abs(2 * b - 257) ? a : b;
}

static void shrink_into(const PaintScale *scale, const unsigned char *child, int right, int down,
                        unsigned char *parent)
{
    enum { HALF = TILE_PIXELS / 2 };

    for (int row = 0; row < HALF; row++)
        for (int column = 0; column < HALF; column++) {
            const unsigned char *from = child + row * 2 * TILE_PIXELS + column * 2;
            unsigned char above = stronger(scale, from[0], from[1]);
            unsigned char below = stronger(scale, from[TILE_PIXELS], from[TILE_PIXELS + 1]);
            parent[(down * HALF + row) * TILE_PIXELS + right * HALF + column] =
                stronger(scale, above, below);
        }
}

/* --- All tiles -----------------------------------------------------------------------------------
 */

static bool put(const Painter *p, TileId id, const unsigned char *steps, Err *err)
{
    Arena *arena = arena_create(1 << 16);
    Str png = paint_png(arena, steps, TILE_PIXELS, TILE_PIXELS);
    bool good = !png.ptr || tile_writer_add(p->writer, id, png, err);

    arena_destroy(arena);
    return good;
}

/* Write a tile and all below it; `*any` tells whether it shows something. */
static bool paint(const Painter *p, TileId id, unsigned char *steps, bool *any, Err *err)
{
    *any = false;
    memset(steps, 0, PIXELS);
    if (!overlaps(tile_bounds(id), p->bounds))
        return true;
    if (id.z == p->deepest) {
        if (!sample(p, id, steps, any, err))
            return false;
    } else {
        unsigned char *child = malloc(PIXELS);
        if (!child)
            abort();
        for (int i = 0; i < 4; i++) {
            TileId below = {id.z + 1, id.x * 2 + i % 2, id.y * 2 + i / 2};
            bool some;
            if (!paint(p, below, child, &some, err)) {
                free(child);
                return false;
            }
            if (some)
                shrink_into(p->scale, child, i % 2, i / 2, steps);
            *any |= some;
        }
        free(child);
    }
    return !*any || put(p, id, steps, err);
}

static int tile_of(double metres, int z)
{
    int at = (int)floor(metres / tile_edge(z));
    int most = (1 << z) - 1;
    return at < 0 ? 0 : at > most ? most : at;
}

static bool paint_all(const Painter *p, int shallowest, Err *err)
{
    unsigned char *steps = malloc(PIXELS);
    bool good = true;
    bool any;

    if (!steps)
        abort();
    int west = tile_of(p->bounds.west + MERCATOR_HALF, shallowest);
    int east = tile_of(p->bounds.east + MERCATOR_HALF, shallowest);
    int north = tile_of(MERCATOR_HALF - p->bounds.north, shallowest);
    int south = tile_of(MERCATOR_HALF - p->bounds.south, shallowest);
    for (int y = north; good && y <= south; y++)
        for (int x = west; good && x <= east; x++)
            good = paint(p, (TileId){shallowest, x, y}, steps, &any, err);
    free(steps);
    return good;
}

/* The zoom at which a pixel is at most as large as a cell. */
static int deepest_zoom(const GeoGrid *grid, Bounds mercator)
{
    double cell = (mercator.east - mercator.west) / grid->columns;
    int z = 0;

    while (z < DEEPEST_ZOOM && tile_edge(z) / TILE_PIXELS > cell)
        z++;
    return z;
}

bool raster_tiles_write(const GeoGrid *grid, const double *values, const PaintScale *scale,
                        Str name, const char *path, Err *err)
{
    Painter p = {.grid = grid, .values = values, .scale = scale};
    TileInfo info = {.format = TILE_PNG, .name = name};

    if (!raster_bounds(grid, &info.bounds, err) || !outline(grid, MERCATOR, &p.bounds, err))
        return false;
    p.deepest = info.zoom_max = deepest_zoom(grid, p.bounds);
    info.zoom_min = p.deepest > LEVELS ? p.deepest - LEVELS : 0;
    if (!(p.transform = geo_transform_create(MERCATOR, grid->crs, err)))
        return false;
    p.writer = tile_writer_create(path, &info, err);
    bool good = p.writer && paint_all(&p, info.zoom_min, err);
    geo_transform_destroy(p.transform);
    if (good)
        return tile_writer_finish(p.writer, err);
    tile_writer_abandon(p.writer);
    return false;
}
