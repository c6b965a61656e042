/* SPDX-License-Identifier: EUPL-1.2 */
/* What a simulation's tiles keep at a spot of the map: steps, which keep depths to a centimetre
 * (twin/show/picture.h). */
#pragma once

#include "geo/tile/tileset.h"
#include "twin/plan/desk.h"

typedef struct Spot {
    double longitude, latitude; /* degrees */
} Spot;

/* A number of degrees of the address, from -most to most. */
bool spot_degrees(Request *req, const char *name, double most, double *out);
/* "?laenge=9.95&breite=51.55" */
bool spot_asked(Request *req, Spot *out);

/* The tiles of a layer; to be given back with tileset_release(). */
TileSet *spot_layer(Request *req, int64_t sim, Str layer, Err *err);
/* The TILE_PIXELS² steps of a tile; NULL where nothing is. */
bool spot_tile(TileSet *set, TileId id, Arena *arena, const unsigned char **steps, Err *err);
/* The step of a layer at a spot; 0: nothing there. */
bool spot_step(Request *req, int64_t sim, Str layer, Spot at, unsigned char *step, Err *err);
