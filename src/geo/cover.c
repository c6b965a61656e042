/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/cover.h"

#include "base/vec.h"

#include <math.h>
#include <stdlib.h>

typedef struct Crossings {
    double *items;
    size_t count, capacity;
} Crossings;

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static int compare_cells(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Where the rings of a part cross the level `y`: an edge holds its lower end, not its upper. */
static void cross(const GeoPart *part, double y, Arena *arena, Crossings *out)
{
    out->count = 0;
    for (size_t l = 0; l < part->count; l++) {
        const GeoLine *ring = &part->lines[l];
        for (size_t i = 0; i + 1 < ring->count; i++) {
            GeoPoint a = ring->points[i], b = ring->points[i + 1];
            if ((a.y > y) == (b.y > y))
                continue;
            VEC_PUSH(arena, out, a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x));
        }
    }
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, compare_doubles);
}

static int clamp(double value, int highest)
{
    return value < 0 ? 0 : value > highest ? highest : (int)value;
}

/* The first column whose centre is not west of x. */
static int column_from(const GeoGrid *grid, double x)
{
    return clamp(ceil((x - grid->west) / grid->cell - 0.5), grid->columns);
}

static void cover_part(const GeoGrid *grid, const GeoPart *part, Arena *arena, GeoCells *out)
{
    double low = INFINITY, high = -INFINITY;
    Crossings crossings = {0};

    for (size_t l = 0; l < part->count; l++)
        for (size_t i = 0; i < part->lines[l].count; i++) {
            low = fmin(low, part->lines[l].points[i].y);
            high = fmax(high, part->lines[l].points[i].y);
        }
    if (!(high >= low))
        return;
    int from = clamp(floor((grid->north - high) / grid->cell) - 1, grid->rows);
    int to = clamp(ceil((grid->north - low) / grid->cell) + 1, grid->rows);
    for (int row = from; row < to; row++) {
        cross(part, geo_grid_y(grid, row), arena, &crossings);
        for (size_t i = 0; i + 1 < crossings.count; i += 2) {
            int first = column_from(grid, crossings.items[i]);
            int end = column_from(grid, crossings.items[i + 1]);
            for (int column = first; column < end; column++)
                VEC_PUSH(arena, out,
                         (uint32_t)((size_t)row * (size_t)grid->columns + (size_t)column));
        }
    }
}

static void sort_once(GeoCells *cells)
{
    size_t kept = 0;

    if (cells->count)
        qsort(cells->items, cells->count, sizeof *cells->items, compare_cells);
    for (size_t i = 0; i < cells->count; i++)
        if (i == 0 || cells->items[i] != cells->items[i - 1])
            cells->items[kept++] = cells->items[i];
    cells->count = kept;
}

void geo_cover_polygon(const GeoGrid *grid, const GeoFeature *polygon, Arena *arena, GeoCells *out)
{
    *out = (GeoCells){0};
    for (size_t p = 0; p < polygon->part_count; p++)
        cover_part(grid, &polygon->parts[p], arena, out);
    if (polygon->part_count > 1)
        sort_once(out);
}

static void visit(const GeoGrid *grid, int64_t column, int64_t row, Arena *arena, GeoCells *out)
{
    if (column < 0 || row < 0 || column >= grid->columns || row >= grid->rows)
        return;
    uint32_t cell = (uint32_t)(row * grid->columns + column);
    if (out->count == 0 || out->items[out->count - 1] != cell)
        VEC_PUSH(arena, out, cell);
}

/* Cut the part of a segment off that is far outside, so that the walk is no longer than the grid.
 */
static bool clip(double *x0, double *y0, double *x1, double *y1, double width, double height)
{
    double from = 0, to = 1, dx = *x1 - *x0, dy = *y1 - *y0;
    double p[4] = {-dx, dx, -dy, dy}, q[4] = {*x0 + 1, width + 1 - *x0, *y0 + 1, height + 1 - *y0};

    for (int i = 0; i < 4; i++) {
        if (p[i] == 0) {
            if (q[i] < 0)
                return false;
        } else if (p[i] < 0) {
            from = fmax(from, q[i] / p[i]);
        } else {
            to = fmin(to, q[i] / p[i]);
        }
    }
    if (from > to)
        return false;
    *x1 = *x0 + to * dx;
    *y1 = *y0 + to * dy;
    *x0 += from * dx;
    *y0 += from * dy;
    return true;
}

/* From cell to cell by the nearer of the two next grid lines (Amanatides and Woo 1987). */
static void walk(const GeoGrid *grid, GeoPoint a, GeoPoint b, Arena *arena, GeoCells *out)
{
    double x0 = (a.x - grid->west) / grid->cell, y0 = (grid->north - a.y) / grid->cell;
    double x1 = (b.x - grid->west) / grid->cell, y1 = (grid->north - b.y) / grid->cell;

    if (!clip(&x0, &y0, &x1, &y1, grid->columns, grid->rows))
        return;
    double dx = x1 - x0, dy = y1 - y0;
    int64_t column = (int64_t)floor(x0), row = (int64_t)floor(y0);
    int64_t last_column = (int64_t)floor(x1), last_row = (int64_t)floor(y1);
    int step_x = dx > 0 ? 1 : -1, step_y = dy > 0 ? 1 : -1;
    double next_x = dx == 0 ? INFINITY : (floor(x0) + (dx > 0) - x0) / dx;
    double next_y = dy == 0 ? INFINITY : (floor(y0) + (dy > 0) - y0) / dy;

    visit(grid, column, row, arena, out);
    while (column != last_column || row != last_row) {
        if (column != last_column && (next_x <= next_y || row == last_row)) {
            column += step_x;
            next_x += fabs(1 / dx);
        } else {
            row += step_y;
            next_y += fabs(1 / dy);
        }
        visit(grid, column, row, arena, out);
    }
}

void geo_cover_line(const GeoGrid *grid, const GeoLine *line, Arena *arena, GeoCells *out)
{
    *out = (GeoCells){0};
    for (size_t i = 0; i + 1 < line->count; i++)
        walk(grid, line->points[i], line->points[i + 1], arena, out);
    if (line->count == 1)
        walk(grid, line->points[0], line->points[0], arena, out);
}

void geo_cover_disc(const GeoGrid *grid, GeoPoint centre, double radius, Arena *arena,
                    GeoCells *out)
{
    int from_row = clamp(floor((grid->north - centre.y - radius) / grid->cell) - 1, grid->rows);
    int to_row = clamp(ceil((grid->north - centre.y + radius) / grid->cell) + 1, grid->rows);
    int from_column =
        clamp(floor((centre.x - radius - grid->west) / grid->cell) - 1, grid->columns);
    int to_column = clamp(ceil((centre.x + radius - grid->west) / grid->cell) + 1, grid->columns);

    *out = (GeoCells){0};
    for (int row = from_row; row < to_row; row++)
        for (int column = from_column; column < to_column; column++)
            if (hypot(geo_grid_x(grid, column) - centre.x, geo_grid_y(grid, row) - centre.y) <=
                radius)
                visit(grid, column, row, arena, out);
    int64_t own = geo_grid_cell(grid, centre.x, centre.y);
    if (out->count == 0 && own >= 0)
        VEC_PUSH(arena, out, (uint32_t)own);
}

void geo_cover_feature(const GeoGrid *grid, const GeoFeature *feature, Arena *arena, GeoCells *out)
{
    *out = (GeoCells){0};
    if (feature->kind == GEO_POLYGON)
        geo_cover_polygon(grid, feature, arena, out);
    if (out->count)
        return;
    for (size_t p = 0; p < feature->part_count; p++)
        for (size_t l = 0; l < feature->parts[p].count; l++) {
            GeoCells line;
            geo_cover_line(grid, &feature->parts[p].lines[l], arena, &line);
            for (size_t i = 0; i < line.count; i++)
                VEC_PUSH(arena, out, line.items[i]);
        }
    sort_once(out);
}
