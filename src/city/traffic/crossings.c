/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/traffic/page.h"

#include <stdlib.h>

typedef struct Crossing {
    Str name;
    size_t node;
} Crossing;

/* Two different roads that leave a node; names[1] is empty while it is only one. */
static void note_road(Str *names, Str road)
{
    if (!names[0].len)
        names[0] = road;
    else if (!names[1].len && !str_eq(names[0], road))
        names[1] = road;
}

static int by_name(const void *a, const void *b)
{
    const Crossing *left = a, *right = b;
    int order = str_compare(left->name, right->name);

    return order ? order : left->node < right->node ? -1 : 1;
}

static size_t list_crossings(const RoadGraph *graph, Arena *arena, Crossing *out)
{
    size_t nodes = road_graph_nodes(graph), count = 0;
    Str(*names)[2] = arena_alloc_array(arena, nodes, sizeof *names);

    for (size_t i = 0; i < road_graph_edges(graph); i++) {
        const RoadEdge *edge = road_graph_edge_at(graph, i);
        note_road(names[edge->from], edge->road);
        note_road(names[edge->to], edge->road);
    }
    for (size_t i = 0; i < nodes; i++) {
        if (!names[i][1].len)
            continue;
        bool swap = str_compare(names[i][0], names[i][1]) > 0;
        out[count++] = (Crossing){
            str_printf(arena, "%.*s / %.*s", STR_ARG(names[i][swap]), STR_ARG(names[i][!swap])), i};
    }
    return count;
}

size_t traffic_crossings(const RoadGraph *graph, Str chosen, Arena *arena, OptionView **out)
{
    Crossing *all = arena_array(arena, Crossing, road_graph_nodes(graph));
    size_t count = list_crossings(graph, arena, all);

    if (count)
        qsort(all, count, sizeof *all, by_name);
    if (count > ROAD_PLACES_MAX)
        count = ROAD_PLACES_MAX;
    *out = arena_array(arena, OptionView, count);
    for (size_t i = 0; i < count; i++) {
        WayPoint at = road_graph_at(graph, all[i].node);
        Str value = str_printf(arena, "%.6f,%.6f", at.x, at.y);
        (*out)[i] =
            (OptionView){.value = value, .label = all[i].name, .selected = str_eq(value, chosen)};
    }
    return count;
}
