/* SPDX-License-Identifier: EUPL-1.2 */
/* RADOLAN: the German weather service's radar rain, as its binary composites.
 *
 * A product is a heading of ASCII ended by 0x03, then two bytes a pixel, little end first: 12 bits
 * of value, 0x1000 secondary (clutter filled, valid), 0x2000 no data, 0x4000 negative, 0x8000
 * clutter. The first row is the southernmost. The value counts units of the heading's "PR" (E-01:
 * 0.1 mm) and is the sum over its "INT" minutes, which end at the product's time. Grids: 900 x 900
 * (Germany), 900 columns x 1100 rows (extended), 1100 x 1200 (DE1200), pixels of 1 km on a polar
 * stereographic plane, true at 60 N, 10 E downward, on a sphere of 6370.04 km, DE1200 since format
 * 5 on WGS 84's ellipsoid (DWD: RADOLAN/RADVOR-OP Kompositformat). */
#pragma once

#include "base/clock.h"
#include "geo/raster.h"
#include "twin/remark.h"

typedef struct RadolanProduct {
    char kind[3];      /* "RW" */
    Timestamp end;     /* of the interval */
    int minutes;       /* of the interval */
    double millimetre; /* one unit of value */
    int columns, rows;
    int version; /* of the format */
    size_t data; /* where the pixels begin */
} RadolanProduct;

/* Read a heading; the pixels must be there as well. ERR_INPUT tells what is wrong with it; a
 * product that is no sum of rain is wrong too. */
bool radolan_parse(Str bytes, const char *name, RadolanProduct *out, Err *err);
/* A pixel, counted from the south-west, in mm per interval; NaN: no data or clutter. */
double radolan_value(Str bytes, const RadolanProduct *product, int column, int row);
/* The pixel that holds a place, in degrees on the sphere. False outside. */
bool radolan_pixel(const RadolanProduct *product, double longitude, double latitude, int *column,
                   int *row);

typedef struct RadolanStep {
    double time; /* s since the series began */
    int minutes;
    Str bytes; /* the pixels around the grid alone */
    const char *path;
    RadolanProduct product; /* as wide as these pixels, which begin at 0 */
} RadolanStep;

/* The part of the radar's grid that lies over the terrain. */
typedef struct RadolanWindow {
    int west, south, columns, rows;
} RadolanWindow;

/* A series as rain on a grid. */
typedef struct Radolan {
    RadolanStep *steps;
    size_t count;
    RadolanWindow window;
    uint32_t *pixels; /* of each cell of the grid, in the window: row * columns + column */
    size_t cells;
    float *rates;   /* what radolan_rates() returns */
    double missing; /* mm/h where there is no data; NaN: refuse */
    const char *kind;
    Timestamp begin;
} Radolan;

/* All products of one kind in a folder: plain, .gz, .bz2, or in archives (.tar, .tar.gz, .zip).
 * Of each product the pixels over the grid are kept. Refused: two kinds, a damaged file, a hole in
 * the series, an interval told twice, pixels without data over the grid (unless `missing` is a
 * number). The grid must name its reference system. */
Radolan *radolan_read(const char *folder, const GeoGrid *grid, double missing, Arena *arena,
                      Remarks *remarks, Err *err);
void radolan_free(Radolan *series);
/* The rates of a step on the grid, m/s, valid until the next call: FlowRain.raster. */
const float *radolan_rates(void *series, size_t step, Err *err);
