/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/traffic/roads.h"

#include <math.h>

/* Whoever stands in a jam gets on in the end. */
static const double LEAST_KMH = 3;

bool road_state(CityReader *reader, RoadState *out, Err *err)
{
    road_segments(reader, &out->segments);
    road_works(reader, &out->works);
    if (!road_live(reader, &out->segments, err))
        return false;
    road_close(&out->segments, &out->works, reader->now, reader->arena);
    return true;
}

static void add_segment(RoadGraph *graph, const RoadSegment *segment, Arena *arena)
{
    const Way *way = arena_copy(arena, &segment->way, sizeof segment->way);
    double kmh = isnan(segment->kmh) ? segment->free_kmh : fmax(segment->kmh, LEAST_KMH);
    RoadEdge edge = {.metres = segment->length,
                     .seconds = segment->length / kmh * 3.6,
                     .segment = segment->thing->id,
                     .road = str_copy(arena, segment->road),
                     .way = way};

    edge.from = road_graph_node(graph, way->points[0]);
    edge.to = road_graph_node(graph, way->points[way->count - 1]);
    road_graph_edge(graph, edge);
    if (segment->oneway)
        return;
    size_t from = edge.from;
    edge.from = edge.to;
    edge.to = from;
    edge.backward = true;
    road_graph_edge(graph, edge);
}

RoadGraph *road_graph_of(const RoadSegments *segments, int64_t skip, Arena *arena)
{
    RoadGraph *graph = road_graph_new(arena);

    for (size_t i = 0; i < segments->count; i++)
        if (!segments->items[i].closed && segments->items[i].thing->id != skip)
            add_segment(graph, &segments->items[i], arena);
    return graph;
}

RoadGraph *city_roads(Tenant *tenant, Timestamp now, Arena *arena, Err *err)
{
    CityReader reader;
    RoadState state;

    if (!city_reader_begin_all(&reader, tenant, now, arena, err))
        return NULL;
    bool ok = road_state(&reader, &state, err);
    RoadGraph *graph = ok ? road_graph_of(&state.segments, 0, arena) : NULL;
    city_reader_end(&reader);
    return graph;
}
