/* SPDX-License-Identifier: EUPL-1.2 */
/* grund.png: what lies below the water on a printed map. The light comes from the north-west, as
 * on every map, and heights count three times, for towns are flat. */
#include "twin/show/picture.h"
#include "twin/show/show.h"

#include "core/folder.h"
#include "geo/tile/paint.h"
#include "twin/scenario.h"

#include <math.h>

enum { STREET_WIDTH_M = 6, EXAGGERATION = 3 };

/* The picture's pixels as cells. */
static GeoGrid pixels_of(const Show *show)
{
    GeoGrid grid = show->grid;

    grid.cell = show->grid.cell * show->grid.columns / PICTURE_WIDTH;
    grid.columns = PICTURE_WIDTH;
    grid.rows = show_picture_height(&show->grid);
    return grid;
}

/* The height at a place, from the four cells around it; NaN outside. */
static double height_at(const GeoRaster *terrain, double x, double y)
{
    const GeoGrid *grid = &terrain->grid;
    double column = (x - grid->west) / grid->cell - 0.5, row = (grid->north - y) / grid->cell - 0.5;

    column = fmax(0, fmin(column, grid->columns - 1));
    row = fmax(0, fmin(row, grid->rows - 1));
    int c = (int)fmin(column, fmax(grid->columns - 2, 0)),
        r = (int)fmin(row, fmax(grid->rows - 2, 0));
    int next_c = c + 1 < grid->columns ? c + 1 : c, next_r = r + 1 < grid->rows ? r + 1 : r;
    double right = column - c, down = row - r;
    const double *top = terrain->values + (size_t)r * (size_t)grid->columns;
    const double *bottom = terrain->values + (size_t)next_r * (size_t)grid->columns;

    return (top[c] * (1 - right) + top[next_c] * right) * (1 - down) +
           (bottom[c] * (1 - right) + bottom[next_c] * right) * down;
}

/* 1 to GROUND_SHADES by how much the slope faces the light; level ground is in the middle third. */
static unsigned char shade(double east, double north)
{
    double length = sqrt(1 + east * east + north * north);
    double lit = (1 - (north - east) / M_SQRT2) / (M_SQRT2 * length);

    if (isnan(lit))
        return GROUND_SHADES;
    return (unsigned char)(1 + (int)fmin(GROUND_SHADES - 1, fmax(0, lit * (GROUND_SHADES - 1))));
}

static void shade_all(const GeoRaster *terrain, const GeoGrid *pixels, unsigned char *steps)
{
    double reach = fmax(terrain->grid.cell, pixels->cell);

    for (int row = 0; row < pixels->rows; row++)
        for (int column = 0; column < pixels->columns; column++) {
            double x = geo_grid_x(pixels, column), y = geo_grid_y(pixels, row);
            double east = height_at(terrain, x + reach, y) - height_at(terrain, x - reach, y);
            double north = height_at(terrain, x, y + reach) - height_at(terrain, x, y - reach);
            steps[row * pixels->columns + column] =
                shade(east * EXAGGERATION / (2 * reach), north * EXAGGERATION / (2 * reach));
        }
}

static void mark(unsigned char *steps, const GeoCells *cells, unsigned char step)
{
    for (size_t i = 0; i < cells->count; i++)
        steps[cells->items[i]] = step;
}

/* A line as wide as a street: discs along it would be slow, so it is drawn beside itself. */
static void mark_line(const GeoGrid *pixels, const GeoLine *line, Arena *arena,
                      unsigned char *steps)
{
    int width = (int)fmax(1, round(STREET_WIDTH_M / pixels->cell));
    GeoLine beside = {arena_array(arena, GeoPoint, line->count), line->count};

    for (int down = 0; down < width; down++)
        for (int right = 0; right < width; right++) {
            GeoCells cells = {0};
            for (size_t i = 0; i < line->count; i++)
                beside.points[i] =
                    (GeoPoint){line->points[i].x + (right - (width - 1) / 2.0) * pixels->cell,
                               line->points[i].y + (down - (width - 1) / 2.0) * pixels->cell};
            geo_cover_line(pixels, &beside, arena, &cells);
            mark(steps, &cells, GROUND_STREET);
        }
}

static void mark_feature(const GeoGrid *pixels, const GeoFeature *feature, Arena *arena,
                         unsigned char *steps, unsigned char step)
{
    GeoCells cells = {0};

    if (step == GROUND_STREET && feature->kind == GEO_LINE) {
        for (size_t p = 0; p < feature->part_count; p++)
            for (size_t i = 0; i < feature->parts[p].count; i++)
                mark_line(pixels, &feature->parts[p].lines[i], arena, steps);
        return;
    }
    geo_cover_feature(pixels, feature, arena, &cells);
    mark(steps, &cells, step);
}

static bool mark_layer(const GeoGrid *pixels, const char *path, Arena *arena, unsigned char *steps,
                       unsigned char step, Err *err)
{
    GeoVectorOrder order = {.path = path, .grid = pixels};
    GeoLayer layer;
    Arena *scratch = arena_create(1 << 20);
    bool good = geo_vector_read(&order, arena, &layer, err);

    for (size_t i = 0; good && i < layer.count; i++) {
        mark_feature(pixels, &layer.items[i], scratch, steps, step);
        arena_reset(scratch);
    }
    arena_destroy(scratch);
    return good;
}

static bool shade_terrain(const Show *show, const GeoGrid *pixels, Arena *arena,
                          unsigned char *steps, Err *err)
{
    TwinScenario scenario = {0};
    bool good = scenario_read_ground(show->order->scenario, arena, &scenario, err);

    if (good)
        shade_all(&scenario.terrain, pixels, steps);
    scenario_free(&scenario);
    return good;
}

bool show_ground(const Show *show, Err *err)
{
    GeoGrid pixels = pixels_of(show);
    Arena *arena = arena_create(1 << 20);
    unsigned char *steps = arena_alloc(arena, geo_grid_cells(&pixels));

    memset(steps, GROUND_SHADES, geo_grid_cells(&pixels));
    bool good = (!show->order->scenario || shade_terrain(show, &pixels, arena, steps, err)) &&
                (!show->order->streets ||
                 mark_layer(&pixels, show->order->streets, arena, steps, GROUND_STREET, err)) &&
                (!show->houses || mark_layer(&pixels, show_result(show, "buildings.geojson"), arena,
                                             steps, GROUND_HOUSE, err)) &&
                folder_write_file(show_out(show, "grund.png"),
                                  paint_png(arena, steps, pixels.columns, pixels.rows), 0600, err);
    arena_destroy(arena);
    return good;
}
