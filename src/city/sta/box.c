/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/box.h"

#include "city/sta/value.h"

#include <math.h>

enum { NESTED_MAX = 16 };

/* A position, or a list of them, however deep. */
static bool add_positions(StaBox *box, const Node *node)
{
    double x, y;

    if (!node || node->kind != NODE_LIST || !node->count)
        return false;
    if (node->items[0]->kind == NODE_LIST) {
        for (size_t i = 0; i < node->count; i++)
            if (!add_positions(box, node->items[i]))
                return false;
        return true;
    }
    if (node->count < 2 || !sta_double_of_node(node->items[0], &x) ||
        !sta_double_of_node(node->items[1], &y))
        return false;
    box->west = box->any ? fmin(box->west, x) : x;
    box->south = box->any ? fmin(box->south, y) : y;
    box->east = box->any ? fmax(box->east, x) : x;
    box->north = box->any ? fmax(box->north, y) : y;
    box->any = true;
    return true;
}

static bool add(StaBox *box, const Node *geojson, int depth);

static bool add_list(StaBox *box, const Node *list, int depth)
{
    if (list->kind != NODE_LIST || depth == NESTED_MAX)
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (!add(box, list->items[i], depth + 1))
            return false;
    return list->count > 0;
}

static bool add(StaBox *box, const Node *geojson, int depth)
{
    const Node *inner = node_get(geojson, "geometry");
    const Node *parts = node_get(geojson, "geometries");

    if (inner && depth < NESTED_MAX)
        return add(box, inner, depth + 1);
    if (!parts)
        parts = node_get(geojson, "features");
    return parts ? add_list(box, parts, depth)
                 : add_positions(box, node_get(geojson, "coordinates"));
}

bool sta_box_add(StaBox *box, const Node *geojson)
{
    return add(box, geojson, 0);
}

StaBox sta_box_wider(StaBox box, double margin)
{
    return (StaBox){box.west - margin, box.south - margin, box.east + margin, box.north + margin,
                    box.any};
}

bool sta_boxes_meet(const StaBox *a, const StaBox *b)
{
    return a->any && b->any && a->west <= b->east && b->west <= a->east && a->south <= b->north &&
           b->south <= a->north;
}
