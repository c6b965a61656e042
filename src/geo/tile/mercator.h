/* SPDX-License-Identifier: EUPL-1.2 */
/* Web Mercator (EPSG:3857) and its tiles, as every web map has them: at zoom z the world is
 * 2^z by 2^z tiles, x to the east, y to the south. */
#pragma once

#include <math.h>
#include <stdbool.h>

enum { TILE_ZOOM_MAX = 22, TILE_PIXELS = 256 };

/* Half the edge of the world, m. */
#define MERCATOR_HALF 20037508.342789244

typedef struct TileId {
    int z, x, y;
} TileId;

/* A rectangle; for degrees west/east is the longitude. */
typedef struct Bounds {
    double west, south, east, north;
} Bounds;

static inline double mercator_x(double longitude)
{
    return longitude / 180.0 * MERCATOR_HALF;
}

static inline double mercator_y(double latitude)
{
    return log(tan(M_PI / 4 + latitude * M_PI / 360)) / M_PI * MERCATOR_HALF;
}

static inline double mercator_longitude(double x)
{
    return x / MERCATOR_HALF * 180.0;
}

static inline double mercator_latitude(double y)
{
    return atan(sinh(y / MERCATOR_HALF * M_PI)) / M_PI * 180.0;
}

/* Edge of a tile at this zoom, m (Mercator). */
static inline double tile_edge(int z)
{
    return ldexp(2 * MERCATOR_HALF, -z);
}

/* The tile's rectangle in Mercator metres. */
static inline Bounds tile_bounds(TileId id)
{
    double edge = tile_edge(id.z);
    double west = -MERCATOR_HALF + id.x * edge;
    double north = MERCATOR_HALF - id.y * edge;
    return (Bounds){west, north - edge, west + edge, north};
}

static inline bool tile_exists(TileId id)
{
    return id.z >= 0 && id.z <= TILE_ZOOM_MAX && id.x >= 0 && id.y >= 0 && id.x < 1 << id.z &&
           id.y < 1 << id.z;
}
