/* SPDX-License-Identifier: EUPL-1.2 */
/* XYZ: how surveying offices hand out terrain, one point a line. GDAL wants the lines in one of a
 * few orders; here any will do, for the points themselves tell the lattice. */
#include "geo/raster_open.h"

#include <math.h>
#include <stdlib.h>

typedef struct Points {
    double *values; /* x, y, z … */
    size_t count, capacity;
} Points;

static const size_t MOST_CELLS = INT32_MAX;

static void push(Points *points, const double *xyz)
{
    if (points->count == points->capacity) {
        points->capacity = points->capacity ? points->capacity * 2 : 4096;
        points->values = realloc(points->values, points->capacity * 3 * sizeof(double));
        if (!points->values)
            abort();
    }
    memcpy(points->values + points->count++ * 3, xyz, 3 * sizeof(double));
}

/* Three numbers; more behind them are left alone. With ';' or a space between, a comma is a
 * decimal sign. */
static bool read_line(Str line, double xyz[3])
{
    char text[200];
    bool comma_parts = str_find_char(line, ';') < 0 && str_find_char(line, ' ') < 0 &&
                       str_find_char(line, '\t') < 0;

    if (line.len >= sizeof text)
        return false;
    for (size_t i = 0; i < line.len; i++) {
        char c = line.ptr[i];
        text[i] = c == ';' || c == '\t' || (c == ',' && comma_parts) ? ' ' : c == ',' ? '.' : c;
    }
    text[line.len] = 0;
    char *at = text;
    for (int i = 0; i < 3; i++) {
        char *end;
        xyz[i] = strtod(at, &end);
        if (end == at || !isfinite(xyz[i]))
            return false;
        at = end;
    }
    return true;
}

static bool read_points(Str text, const char *name, Points *points, Err *err)
{
    int line_number = 0;
    double xyz[3];

    for (Str rest = text; rest.ptr;) {
        Str line = str_trim(str_cut(&rest, '\n'));
        line_number++;
        if (str_empty(line) || line.ptr[0] == '#')
            continue;
        if (read_line(line, xyz))
            push(points, xyz);
        else if (line_number > 1) /* the first may be a heading */
            return err_at(err, name, line_number, 0, "is no point; a line is \"x y z\"");
    }
    if (points->count < 2)
        return err_at(err, name, 0, 0, "holds no grid of points");
    return true;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Distance of neighbours on one axis: the smallest step above rounding. 0: all the same. */
static double axis_step(const Points *points, int axis, double *lowest, double *highest)
{
    double *sorted = malloc(points->count * sizeof *sorted);
    double step = 0;

    if (!sorted)
        abort();
    for (size_t i = 0; i < points->count; i++)
        sorted[i] = points->values[i * 3 + (size_t)axis];
    qsort(sorted, points->count, sizeof *sorted, compare);
    *lowest = sorted[0];
    *highest = sorted[points->count - 1];
    double least = 1e-4;
    for (size_t i = 1; i < points->count; i++) {
        double gap = sorted[i] - sorted[i - 1];
        if (gap > least && (step == 0 || gap < step))
            step = gap;
    }
    /* Many steps together know the width better than one that was rounded. */
    double steps = step > 0 ? round((*highest - *lowest) / step) : 0;
    free(sorted);
    return steps > 0 ? (*highest - *lowest) / steps : 0;
}

static bool lattice(const Points *points, const char *name, GeoGrid *grid, Err *err)
{
    double west, east, south, north;
    double dx = axis_step(points, 0, &west, &east), dy = axis_step(points, 1, &south, &north);
    double cell = dx > 0 ? dx : dy;

    if (cell <= 0 || (dx > 0 && dy > 0 && fabs(dx - dy) > 1e-3 * cell))
        return err_at(err, name, 0, 0,
                      "its points lie %.6g apart eastward and %.6g northward; a square grid is "
                      "needed",
                      dx, dy);
    double columns = round((east - west) / cell) + 1, rows = round((north - south) / cell) + 1;
    if (columns * rows > (double)MOST_CELLS || columns * rows > 50.0 * (double)points->count + 1e6)
        return err_at(err, name, 0, 0,
                      "its %zu points are no grid: with the smallest distance of %.6g it would "
                      "have %.0f x %.0f cells",
                      points->count, cell, columns, rows);
    *grid = (GeoGrid){(int)columns, (int)rows, cell, west - cell / 2, north + cell / 2, NULL};
    return true;
}

static bool place(const Points *points, const char *name, const GeoGrid *grid, double *values,
                  Err *err)
{
    for (size_t i = 0; i < geo_grid_cells(grid); i++)
        values[i] = NAN;
    for (size_t i = 0; i < points->count; i++) {
        const double *p = points->values + i * 3;
        int64_t cell = geo_grid_cell(grid, p[0], p[1]);
        if (cell < 0 ||
            fabs(geo_grid_x(grid, (int)(cell % grid->columns)) - p[0]) > 0.1 * grid->cell ||
            fabs(geo_grid_y(grid, (int)(cell / grid->columns)) - p[1]) > 0.1 * grid->cell)
            return err_at(err, name, 0, 0,
                          "point %zu (%.3f, %.3f) is not on the grid of the others, which has "
                          "cells of %.6g",
                          i + 1, p[0], p[1], grid->cell);
        values[cell] = p[2] == GEO_NO_DATA ? NAN : p[2];
    }
    return true;
}

bool xyz_read(Str text, const char *name, GeoGrid *grid, double **values, Err *err)
{
    Points points = {0};
    bool ok = read_points(text, name, &points, err) && lattice(&points, name, grid, err);

    *values = NULL;
    if (ok) {
        *values = malloc(geo_grid_cells(grid) * sizeof **values);
        if (!*values)
            abort();
        ok = place(&points, name, grid, *values, err);
    }
    free(points.values);
    if (!ok) {
        free(*values);
        *values = NULL;
    }
    return ok;
}
