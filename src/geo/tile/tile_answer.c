/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/tile/tile_answer.h"

#include <stdlib.h>

static const unsigned char GZIP_MAGIC[2] = {0x1f, 0x8b};

/* "12", or "12.pbf" for the last part of an address. */
static bool number(Str text, int *out)
{
    Str digits = str_cut(&text, '.');
    int64_t value;

    if (text.ptr && !str_is(text, "pbf") && !str_is(text, "mvt") && !str_is(text, "png"))
        return false;
    if (!str_to_i64(digits, &value) || value < 0 || value >= 1 << TILE_ZOOM_MAX)
        return false;
    *out = (int)value;
    return true;
}

static bool tile_asked(const Request *req, TileId *out)
{
    return number(request_param(req, "z"), &out->z) && number(request_param(req, "x"), &out->x) &&
           number(request_param(req, "y"), &out->y) && tile_exists(*out);
}

static uint64_t palette_hash(const PaintPalette *palette)
{
    return palette ? str_hash((Str){(const char *)palette, sizeof *palette}) : 0;
}

static bool send_vector(Request *req, Response *res, Str tile)
{
    if (!tile.ptr) {
        res->status = 204;
        return true;
    }
    if (tile.len > 2 && memcmp(tile.ptr, GZIP_MAGIC, 2) == 0)
        response_header(res, "Content-Encoding", STR("gzip"));
    return respond_bytes(res, req->arena, STR("application/vnd.mapbox-vector-tile"), tile,
                         STR_NONE);
}

static bool send_picture(Request *req, Response *res, Str tile, const PaintPalette *palette,
                         Err *err)
{
    if (!tile.ptr)
        tile = paint_nothing();
    else if (palette)
        tile = paint_recolour(req->arena, tile, palette);
    if (!tile.ptr)
        return err_set(err, ERR_INTERNAL, "a tile has no palette of ours");
    return respond_bytes(res, req->arena, STR("image/png"), tile, STR_NONE);
}

bool tile_answer(Request *req, Response *res, const char *path, const PaintPalette *palette,
                 bool is_public, Err *err)
{
    TileId id;
    Str tile;

    if (!tile_asked(req, &id))
        return err_set(err, ERR_NOT_FOUND, "there is no such tile");
    TileSet *set = tileset_acquire(path, err);
    if (!set)
        return false;
    const TileInfo *info = tileset_info(set);
    TileFormat format = info->format;
    Str asked = request_query(req, "v");
    /* What is painted may be painted otherwise tomorrow under the same name. */
    const char *keep = !palette && str_eq(asked, info->version) ? "max-age=31536000, immutable"
                       : asked.ptr                              ? "max-age=3600"
                                                                : "max-age=0";
    Str etag = str_printf(req->arena, "\"%.*s-%d-%d-%d-%llx\"", STR_ARG(info->version), id.z, id.x,
                          id.y, (unsigned long long)palette_hash(palette));
    response_header(res, "ETag", etag);
    response_header(res, "Cache-Control",
                    str_printf(req->arena, "%s, %s", is_public ? "public" : "private", keep));
    if (str_eq(request_header(req, "If-None-Match"), etag)) {
        tileset_release(set);
        res->status = 304;
        return true;
    }
    bool good = tileset_tile(set, id, req->arena, &tile, err);
    tileset_release(set);
    if (!good)
        return false;
    return format == TILE_VECTOR ? send_vector(req, res, tile)
                                 : send_picture(req, res, tile, palette, err);
}

bool tilejson_answer(Request *req, Response *res, const char *path, Str tiles, Err *err)
{
    Arena *arena = req->arena;
    TileSet *set = tileset_acquire(path, err);

    if (!set)
        return false;
    const TileInfo *info = tileset_info(set);
    Node *json = tile_info_json(info,
                                str_printf(arena, "%.*s%.*s?v=%.*s", STR_ARG(req->base),
                                           STR_ARG(tiles), STR_ARG(info->version)),
                                arena);
    tileset_release(set);
    response_header(res, "Cache-Control", STR("max-age=60"));
    return respond_json(res, 200, json, arena);
}
