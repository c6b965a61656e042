/* SPDX-License-Identifier: EUPL-1.2 */
/* What a tile set says of itself (MBTiles 1.3, metadata), and how a map in a browser is told
 * (TileJSON 3). Tile sets come from other programs, too: what makes no sense is not taken. */
#include "geo/tile/tileset.h"

#include "base/utf8.h"

#include <stdio.h>

const TileInfo TILE_INFO_UNTOLD = {.zoom_max = TILE_ZOOM_MAX, .bounds = {-180, -85, 180, 85}};

static void zoom_take(int *zoom, Str value)
{
    int64_t number;

    if (str_to_i64(value, &number) && number >= 0 && number <= TILE_ZOOM_MAX)
        *zoom = (int)number;
}

static void bounds_take(Bounds *bounds, Arena *arena, Str value)
{
    Bounds b;

    if (sscanf(str_cstr(arena, value), "%lf,%lf,%lf,%lf", &b.west, &b.south, &b.east, &b.north) ==
            4 &&
        b.west >= -180 && b.west < b.east && b.east <= 180 && b.south >= -90 && b.south < b.north &&
        b.north <= 90)
        *bounds = b;
}

static void layers_take(Str *layers, Arena *arena, Str value)
{
    Err err = {0};
    const Node *json = node_parse_json(arena, value, NULL, &NODE_LIMITS_REQUEST, &err);
    const Node *list = node_get(json, "vector_layers");

    if (list && list->kind == NODE_LIST)
        *layers = node_json(list, arena);
}

void tile_info_take(TileInfo *info, Arena *arena, Str name, Str value)
{
    if (!utf8_valid_text(value))
        return;
    if (str_is(name, "name"))
        info->name = str_copy(arena, value);
    else if (str_is(name, "attribution"))
        info->attribution = str_copy(arena, value);
    else if (str_is(name, "format"))
        info->format = str_is(value, "pbf") ? TILE_VECTOR : TILE_PNG;
    else if (str_is(name, "minzoom"))
        zoom_take(&info->zoom_min, value);
    else if (str_is(name, "maxzoom"))
        zoom_take(&info->zoom_max, value);
    else if (str_is(name, "bounds"))
        bounds_take(&info->bounds, arena, value);
    else if (str_is(name, "json"))
        layers_take(&info->layers, arena, value);
}

static Node *decimal(Arena *arena, double value)
{
    return node_number(arena, str_printf(arena, "%.6f", value));
}

Node *tile_info_json(const TileInfo *info, Str address, Arena *arena)
{
    const double edges[] = {info->bounds.west, info->bounds.south, info->bounds.east,
                            info->bounds.north};
    Node *json = node_map(arena), *addresses = node_list(arena), *bounds = node_list(arena);
    Err err = {0};
    Node *layers = info->layers.ptr
                       ? node_parse_json(arena, info->layers, NULL, &NODE_LIMITS_REQUEST, &err)
                       : NULL;

    node_add(arena, json, STR("tilejson"), node_string(arena, STR("3.0.0")));
    if (info->name.ptr)
        node_add(arena, json, STR("name"), node_string(arena, info->name));
    if (info->attribution.ptr)
        node_add(arena, json, STR("attribution"), node_string(arena, info->attribution));
    node_append(arena, addresses, node_string(arena, address));
    node_add(arena, json, STR("tiles"), addresses);
    node_add(arena, json, STR("minzoom"), node_int(arena, info->zoom_min));
    node_add(arena, json, STR("maxzoom"),
             node_int(arena, info->zoom_max > info->zoom_min ? info->zoom_max : info->zoom_min));
    for (size_t i = 0; i < 4; i++)
        node_append(arena, bounds, decimal(arena, edges[i]));
    node_add(arena, json, STR("bounds"), bounds);
    if (layers)
        node_add(arena, json, STR("vector_layers"), layers);
    return json;
}
