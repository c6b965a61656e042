/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/vector_crs.h"

#include <math.h>

typedef struct Extent {
    double west, south, east, north;
} Extent;

#define EACH_LINE(layer, line)                                                                   \
    for (size_t f_ = 0; f_ < (layer)->count; f_++)                                               \
        for (size_t p_ = 0; p_ < (layer)->items[f_].part_count; p_++)                            \
            for (GeoLine *line = (layer)->items[f_].parts[p_].lines;                             \
                 line < (layer)->items[f_].parts[p_].lines + (layer)->items[f_].parts[p_].count; \
                 line++)

static Extent extent_of(const GeoLayer *layer)
{
    Extent e = {INFINITY, INFINITY, -INFINITY, -INFINITY};

    EACH_LINE(layer, line)
    {
        for (size_t i = 0; i < line->count; i++) {
            e.west = fmin(e.west, line->points[i].x);
            e.east = fmax(e.east, line->points[i].x);
            e.south = fmin(e.south, line->points[i].y);
            e.north = fmax(e.north, line->points[i].y);
        }
    }
    return e;
}

static bool meets(Extent e, const GeoGrid *grid)
{
    return e.west <= grid->west + grid->columns * grid->cell && e.east >= grid->west &&
           e.south <= grid->north && e.north >= grid->north - grid->rows * grid->cell;
}

static bool could_be_degrees(Extent e)
{
    return e.west >= -180 && e.east <= 180 && e.south >= -90 && e.north <= 90;
}

static void bring_over(GeoLayer *layer, const GeoTransform *transform)
{
    Arena *arena = arena_create(1 << 16);

    EACH_LINE(layer, line)
    {
        double *x = arena_array(arena, double, line->count);
        double *y = arena_array(arena, double, line->count);
        for (size_t i = 0; i < line->count; i++) {
            x[i] = line->points[i].x;
            y[i] = line->points[i].y;
        }
        geo_transform_points(transform, x, y, line->count);
        for (size_t i = 0; i < line->count; i++)
            line->points[i] = (GeoPoint){x[i], y[i]};
        arena_reset(arena);
    }
    arena_destroy(arena);
}

/* Where the grid's centre lies in another system, for the guess. */
static bool grid_meets_as(Extent e, const GeoGrid *grid, const char *crs)
{
    Err ignored;
    GeoTransform *transform = geo_transform_create(grid->crs, crs, &ignored);
    double width = grid->columns * grid->cell, height = grid->rows * grid->cell;
    double x[4] = {grid->west, grid->west + width, grid->west, grid->west + width};
    double y[4] = {grid->north, grid->north, grid->north - height, grid->north - height};
    Extent g = {INFINITY, INFINITY, -INFINITY, -INFINITY};

    if (!transform)
        return false;
    geo_transform_points(transform, x, y, 4);
    geo_transform_destroy(transform);
    for (int i = 0; i < 4; i++) {
        g.west = fmin(g.west, x[i]);
        g.east = fmax(g.east, x[i]);
        g.south = fmin(g.south, y[i]);
        g.north = fmax(g.north, y[i]);
    }
    return e.west <= g.east && e.east >= g.west && e.south <= g.north && e.north >= g.south;
}

/* Is it GeoJSON's unspoken WGS 84, though the coordinates tell of something else? */
static bool plainly_plane(const GeoLayer *layer, const GeoGrid *grid, const char *crs)
{
    Extent e = extent_of(layer);

    if (!geo_crs_same(crs, GEO_WGS84) || geo_crs_same(grid->crs, GEO_WGS84))
        return false;
    return !could_be_degrees(e) || (!grid_meets_as(e, grid, crs) && meets(e, grid));
}

static bool settle_crs(GeoLayer *layer, const GeoVectorOrder *order, const char *crs, Arena *arena,
                       Err *err)
{
    const GeoGrid *grid = order->grid;

    if (order->crs)
        crs = order->crs;
    if (!grid || layer->count == 0)
        return true;
    if (!grid->crs) {
        layer->guessed = crs && !geo_crs_same(crs, GEO_WGS84);
        if (layer->guessed)
            layer->note = arena_printf(
                arena, "is in %s, but the terrain names no reference system: taken as the same",
                geo_crs_name(crs, arena));
        return true;
    }
    if (!crs) {
        layer->guessed = true;
        layer->note = arena_printf(arena, "names no reference system: taken as the terrain's, %s",
                                   geo_crs_name(grid->crs, arena));
        return true;
    }
    if (!order->crs && plainly_plane(layer, grid, crs)) {
        layer->guessed = true;
        layer->note = arena_printf(
            arena, "has plane coordinates without naming their system: taken as the terrain's, %s",
            geo_crs_name(grid->crs, arena));
        return true;
    }
    if (geo_crs_same(crs, grid->crs))
        return true;
    GeoTransform *transform = geo_transform_create(crs, grid->crs, err);
    if (!transform)
        return false;
    bring_over(layer, transform);
    geo_transform_destroy(transform);
    layer->note = arena_printf(arena, "brought from %s into the terrain's %s",
                               geo_crs_name(crs, arena), geo_crs_name(grid->crs, arena));
    return true;
}

static bool finite_feature(const GeoFeature *feature)
{
    for (size_t p = 0; p < feature->part_count; p++)
        for (size_t l = 0; l < feature->parts[p].count; l++)
            for (size_t i = 0; i < feature->parts[p].lines[l].count; i++)
                if (!isfinite(feature->parts[p].lines[l].points[i].x) ||
                    !isfinite(feature->parts[p].lines[l].points[i].y))
                    return false;
    return true;
}

static void drop_lost(GeoLayer *layer)
{
    size_t kept = 0;

    for (size_t i = 0; i < layer->count; i++) {
        if (finite_feature(&layer->items[i]))
            layer->items[kept++] = layer->items[i];
        else
            layer->empty++;
    }
    layer->count = kept;
}

bool geo_layer_settle(GeoLayer *layer, const GeoVectorOrder *order, const char *crs, Arena *arena,
                      Err *err)
{
    if (!settle_crs(layer, order, crs, arena, err))
        return false;
    drop_lost(layer);
    return true;
}
