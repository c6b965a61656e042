/* SPDX-License-Identifier: EUPL-1.2 */
/* One layer of a vector tile (Mapbox Vector Tile 2.1), written feature by feature. Geometries are
 * not cut at the tile's edge: what reaches over it is drawn once all the same. */
#pragma once

#include "base/node.h"
#include "geo/tile/mercator.h"

/* Whole numbers hold a tile's coordinates up to here. */
enum { MVT_ZOOM_MAX = 18, MVT_EXTENT = 4096 };

typedef struct MvtLayer {
    TileId tile;
    Buf features; /* as they stand in the layer */
    Buf values;
    size_t value_count, count;
} MvtLayer;

/* A property: a number when `text` is absent. */
typedef struct MvtValue {
    size_t key; /* its place among the layer's keys */
    Str text;
    double number;
} MvtValue;

MvtLayer mvt_layer(TileId tile, Arena *arena);
/* A GeoJSON geometry in degrees; of a collection nothing is written, nor of an area that is smaller
 * than a pixel. */
void mvt_add(MvtLayer *layer, int64_t id, const Node *geometry, const MvtValue *values,
             size_t count);
/* The tile with this one layer. */
Str mvt_finish(MvtLayer *layer, Str name, const char *const *keys, size_t key_count);
