/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/spot.h"

#include "twin/plan/measure.h"

#include <stdlib.h>

enum { PIXELS_MAX = TILE_PIXELS * TILE_PIXELS };

bool spot_degrees(Request *req, const char *name, double most, double *out)
{
    char *text = str_cstr(req->arena, request_query(req, name)), *end;

    *out = strtod(text, &end);
    return *text && *end == '\0' && fabs(*out) <= most;
}

bool spot_asked(Request *req, Spot *out)
{
    return spot_degrees(req, "laenge", 180, &out->longitude) &&
           spot_degrees(req, "breite", 85, &out->latitude);
}

bool spot_tile(TileSet *set, TileId id, Arena *arena, const unsigned char **steps, Err *err)
{
    int width, height;
    Str png;

    *steps = NULL;
    if (!tileset_tile(set, id, arena, &png, err))
        return false;
    if (!png.ptr)
        return true;
    return paint_read(arena, png, PIXELS_MAX, steps, &width, &height, err) &&
           ((width == TILE_PIXELS && height == TILE_PIXELS) ||
            err_set(err, ERR_INTERNAL, "a tile has %d by %d pixels", width, height));
}

TileSet *spot_layer(Request *req, int64_t sim, Str layer, Err *err)
{
    return tileset_acquire(sim_file(req->arena, req->tenant, sim,
                                    arena_printf(req->arena, "tiles/%.*s.mbtiles", STR_ARG(layer))),
                           err);
}

bool spot_step(Request *req, int64_t sim, Str layer, Spot at, unsigned char *step, Err *err)
{
    TileSet *set = spot_layer(req, sim, layer, err);
    const unsigned char *steps;

    *step = 0;
    if (!set)
        return false;
    int zoom = tileset_info(set)->zoom_max;
    double x = (mercator_x(at.longitude) + MERCATOR_HALF) / tile_edge(zoom);
    double y = (MERCATOR_HALF - mercator_y(at.latitude)) / tile_edge(zoom);
    TileId id = {zoom, (int)floor(x), (int)floor(y)};
    bool good = spot_tile(set, id, req->arena, &steps, err);
    tileset_release(set);
    if (good && steps)
        *step = steps[(size_t)((y - id.y) * TILE_PIXELS) * TILE_PIXELS +
                      (size_t)((x - id.x) * TILE_PIXELS)];
    return good;
}
