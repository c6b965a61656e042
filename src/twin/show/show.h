/* SPDX-License-Identifier: EUPL-1.2 */
/* Show: maps made of a result, for browsers. `rathaus twin tiles OUT --out DIR [--before OUT]`
 * writes
 *
 *     tiefe.mbtiles, tempo.mbtiles, zeit-SECONDS.mbtiles    tiles (geo/tile)
 *     unterschied.mbtiles     depth here less the depth of the result before
 *     pfeile.mbtiles          where it flowed when it was fastest (arrow.h)
 *     haeuser.geojson         affected houses with colour classes, degrees
 *     haeuser.csv             all houses: address, depth, speed, damage, depth over time
 *     bild.png                the largest depths as one picture
 *     grund.png               the ground, streets and houses below them
 *     unterschied.png         the difference as one picture
 *     tiles.json              bounds, zooms, seconds of the pictures over time, version
 */
#pragma once

#include "geo/cover.h"
#include "geo/raster.h"

typedef struct ShowOrder {
    const char *result; /* folder that `twin run` wrote */
    const char *before; /* another such folder, or NULL */
    const char *out;
    const char *street, *number; /* fields of the houses that make an address */
    const char *scenario;        /* whose terrain is drawn below the water, or NULL */
    const char *streets;         /* lines or areas, or NULL */
    bool json;                   /* print tiles.json as well */
} ShowOrder;

typedef struct Frame {
    int64_t seconds;
    const char *file; /* of the depth then */
} Frame;

typedef struct Show {
    const ShowOrder *order;
    Arena *arena;
    GeoGrid grid;
    Frame *frames;
    size_t frame_count;
    bool houses;
} Show;

/* A path in the result's, or in the new folder. */
char *show_result(const Show *show, const char *name);
char *show_out(const Show *show, const char *name);
/* One field of a result on the grid of this one; free(). NULL on failure. */
double *show_field(const Show *show, const char *path, Err *err);
/* Largest depths here less those before; free(). */
double *show_difference(const Show *show, Err *err);
/* Of the pictures, in pixels; they are PICTURE_WIDTH wide. */
int show_picture_height(const GeoGrid *grid);

/* The result's grid and pictures over time. */
bool show_read_result(Show *show, Err *err);
bool show_houses(Show *show, Err *err);
bool show_arrows(const Show *show, Err *err);
bool show_picture(const Show *show, Err *err);
bool show_ground(const Show *show, Err *err);
bool show_picture_difference(const Show *show, Err *err);

int twin_tiles_command(int argc, char **argv);
