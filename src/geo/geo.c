/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/geo.h"

#include "core/folder.h"
#include "core/tenant.h"
#include "geo/base_map.h"
#include "geo/tile/tile_answer.h"

enum { NAME_MAX_BYTES = 60 };

char *geo_tileset_path(Arena *arena, const Tenant *tenant, Str set)
{
    return arena_printf(arena, "%.*s/geo/%.*s.mbtiles", STR_ARG(tenant->folder), STR_ARG(set));
}

static bool has(const Tenant *tenant, Str set)
{
    Arena *arena = arena_create(0);
    bool found = folder_is_file(geo_tileset_path(arena, tenant, set));
    arena_destroy(arena);
    return found;
}

Str geo_ground(const Tenant *tenant)
{
    if (has(tenant, STR(BASE_MAP_SET)))
        return STR("/karte/grund");
    return has(tenant, STR("stadt")) ? STR("/karten/stadt") : STR_NONE;
}

static bool set_asked(Request *req, Str *set, Err *err)
{
    *set = request_param(req, "set");
    return str_is_name(*set, NAME_MAX_BYTES) ||
           err_set(err, ERR_NOT_FOUND, "no map \"%.*s\"", STR_ARG(*set));
}

/* GET /karten/:set */
static bool show_tilejson(Request *req, Response *res, Err *err)
{
    Str set;

    return set_asked(req, &set, err) &&
           tilejson_answer(req, res, geo_tileset_path(req->arena, req->tenant, set),
                           str_printf(req->arena, "/karten/%.*s/{z}/{x}/{y}", STR_ARG(set)), err);
}

/* GET /karten/:set/:z/:x/:y */
static bool show_tile(Request *req, Response *res, Err *err)
{
    Str set;

    return set_asked(req, &set, err) &&
           tile_answer(req, res, geo_tileset_path(req->arena, req->tenant, set), NULL, true, err);
}

/* GET /karte/grund */
static bool show_ground_tilejson(Request *req, Response *res, Err *err)
{
    return tilejson_answer(req, res, geo_tileset_path(req->arena, req->tenant, STR(BASE_MAP_SET)),
                           STR("/karte/grund/{z}/{x}/{y}"), err);
}

/* GET /karte/grund/:z/:x/:y */
static bool show_ground_tile(Request *req, Response *res, Err *err)
{
    return tile_answer(req, res, geo_tileset_path(req->arena, req->tenant, STR(BASE_MAP_SET)), NULL,
                       true, err);
}

static const Route ROUTES[] = {
    {"GET", "/karte/grund", show_ground_tilejson, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {"GET", "/karte/grund/:z/:x/:y", show_ground_tile, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {"GET", "/karten/:set", show_tilejson, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {"GET", "/karten/:set/:z/:x/:y", show_tile, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {0},
};

static const Command COMMANDS[] = {
    {"map", "make the map of a town from files of shapes", map_command},
    {0},
};

const Engine GEO_ENGINE = {.name = "geo", .routes = ROUTES, .commands = COMMANDS};
