/* SPDX-License-Identifier: EUPL-1.2 */
/* The town's roads as a graph: its nodes are where segments end (ends less than 2 m apart are one),
 * its edges segments in a direction in which one may drive, with their length and the time that it
 * takes now. It is made for a question and tells of that moment. */
#pragma once

#include "city/traffic/way.h"
#include "core/tenant.h"

typedef struct RoadGraph RoadGraph;

typedef struct RoadEdge {
    size_t from, to; /* nodes */
    double metres;   /* length */
    double seconds;  /* at the speed of now, or the free one where nothing is measured */
    int64_t segment; /* id of the Thing */
    Str road;        /* its name */
    const Way *way;  /* from its segment's beginning to its end */
    bool backward;   /* the edge goes the other way */
} RoadEdge;

/* All roads of the town, also internal ones, with the closings of now: for other engines. It lives
 * in the arena. */
RoadGraph *city_roads(Tenant *tenant, Timestamp now, Arena *arena, Err *err);

/* Building: for tests, and for who has edges of his own. */
RoadGraph *road_graph_new(Arena *arena);
/* The node at a point: one that is less than 2 m away, or a new one. */
size_t road_graph_node(RoadGraph *graph, WayPoint at);
void road_graph_edge(RoadGraph *graph, RoadEdge edge);

size_t road_graph_nodes(const RoadGraph *graph);
size_t road_graph_edges(const RoadGraph *graph);
const RoadEdge *road_graph_edge_at(const RoadGraph *graph, size_t edge);
WayPoint road_graph_at(const RoadGraph *graph, size_t node);

typedef struct RoadRoute {
    double metres, seconds;
    Way way;
    Str *roads; /* names in the order in which one comes to them */
    size_t road_count;
} RoadRoute;

enum { ROAD_SNAP_M = 300 };

/* The quickest way between two places, each on the road that is nearest to it (at most 300 m).
 * ERR_INPUT naming the field `from` or `to` when no road is near it, ERR_NOT_FOUND when no open
 * road leads there. */
bool road_route(const RoadGraph *graph, WayPoint from, WayPoint to, Arena *arena, RoadRoute *out,
                Err *err);
/* The least seconds from a node to each other (INFINITY: never), and the edge by which one gets
 * there (SIZE_MAX: none): arrays of road_graph_nodes(). */
void road_graph_reach(const RoadGraph *graph, size_t from, double *seconds, size_t *by);
