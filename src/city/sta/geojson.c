/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/geojson.h"

#include "city/sta/value.h"

enum { NESTED_MAX = 16 };

/* How deep positions lie in the lists of a type's coordinates; -1: there is no such type. */
static int depth_of(Str type)
{
    static const char *const TYPES[][3] = {{"Point", NULL, NULL},
                                           {"LineString", "MultiPoint", NULL},
                                           {"Polygon", "MultiLineString", NULL},
                                           {"MultiPolygon", NULL, NULL}};

    for (int depth = 0; depth < 4; depth++)
        for (int i = 0; TYPES[depth][i]; i++)
            if (str_is(type, TYPES[depth][i]))
                return depth;
    return -1;
}

static bool is_position(const Node *node)
{
    double number;

    return node->kind == NODE_LIST && node->count >= 2 &&
           sta_double_of_node(node->items[0], &number) &&
           sta_double_of_node(node->items[1], &number);
}

static bool are_positions(const Node *node, int depth)
{
    if (!depth)
        return is_position(node);
    if (node->kind != NODE_LIST)
        return false;
    for (size_t i = 0; i < node->count; i++)
        if (!are_positions(node->items[i], depth - 1))
            return false;
    return true;
}

static bool is_sound(const Node *json, int nested)
{
    Str type = node_get_text(json, "type");
    const Node *coordinates = node_get(json, "coordinates");
    const Node *parts = node_get(json, "geometries");

    if (nested == NESTED_MAX)
        return false;
    if (str_is(type, "Feature"))
        return is_sound(node_get(json, "geometry"), nested + 1);
    if (!str_is(type, "GeometryCollection")) {
        int depth = depth_of(type);
        bool empty = coordinates && coordinates->kind == NODE_LIST && !coordinates->count;
        return depth >= 0 && coordinates && (empty || are_positions(coordinates, depth));
    }
    if (!parts || parts->kind != NODE_LIST)
        return false;
    for (size_t i = 0; i < parts->count; i++)
        if (!is_sound(parts->items[i], nested + 1))
            return false;
    return true;
}

bool sta_geojson_is_sound(const Node *json)
{
    return is_sound(json, 0);
}
