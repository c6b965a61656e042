/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/traffic/graph.h"

#include "base/vec.h"

#include <math.h>

enum { SAME_M = 2, CELLS = 4096 /* of the table of nodes by place */ };

typedef struct RoadNode {
    WayPoint at;
    size_t first;     /* edge that leaves it; SIZE_MAX: none */
    size_t next_near; /* node of the same cell of the table */
} RoadNode;

typedef struct EdgeSlot {
    RoadEdge edge;
    size_t next; /* that leaves the same node */
} EdgeSlot;

struct RoadGraph {
    Arena *arena;
    struct {
        RoadNode *items;
        size_t count, capacity;
    } nodes;
    struct {
        EdgeSlot *items;
        size_t count, capacity;
    } edges;
    size_t cells[CELLS];
};

/* --- Building ----------------------------------------------------------------------------------
 */

RoadGraph *road_graph_new(Arena *arena)
{
    RoadGraph *graph = arena_new(arena, RoadGraph);

    graph->arena = arena;
    for (size_t i = 0; i < CELLS; i++)
        graph->cells[i] = SIZE_MAX;
    return graph;
}

/* Squares of a ten-thousandth of a degree, so that what is 2 m away is in one beside at most. */
static size_t cell_of(int64_t x, int64_t y)
{
    return (size_t)((uint64_t)x * 0x9e3779b97f4a7c15u ^ (uint64_t)y * 0xc2b2ae3d27d4eb4fu) % CELLS;
}

static size_t find_in_cell(const RoadGraph *graph, size_t cell, WayPoint at)
{
    size_t node = graph->cells[cell];

    while (node != SIZE_MAX && way_distance(graph->nodes.items[node].at, at) >= SAME_M)
        node = graph->nodes.items[node].next_near;
    return node;
}

size_t road_graph_node(RoadGraph *graph, WayPoint at)
{
    int64_t x = (int64_t)floor(at.x * 1e4), y = (int64_t)floor(at.y * 1e4);

    for (int64_t dx = -1; dx <= 1; dx++) {
        for (int64_t dy = -1; dy <= 1; dy++) {
            size_t found = find_in_cell(graph, cell_of(x + dx, y + dy), at);
            if (found != SIZE_MAX)
                return found;
        }
    }
    size_t *cell = &graph->cells[cell_of(x, y)];
    RoadNode node = {at, SIZE_MAX, *cell};
    *cell = graph->nodes.count;
    VEC_PUSH(graph->arena, &graph->nodes, node);
    return graph->nodes.count - 1;
}

void road_graph_edge(RoadGraph *graph, RoadEdge edge)
{
    RoadNode *from = &graph->nodes.items[edge.from];
    EdgeSlot slot = {edge, from->first};

    from->first = graph->edges.count;
    VEC_PUSH(graph->arena, &graph->edges, slot);
}

size_t road_graph_nodes(const RoadGraph *graph)
{
    return graph->nodes.count;
}

size_t road_graph_edges(const RoadGraph *graph)
{
    return graph->edges.count;
}

const RoadEdge *road_graph_edge_at(const RoadGraph *graph, size_t edge)
{
    return &graph->edges.items[edge].edge;
}

WayPoint road_graph_at(const RoadGraph *graph, size_t node)
{
    return graph->nodes.items[node].at;
}

/* --- The quickest ways (Dijkstra) ---------------------------------------------------------------
 */

typedef struct Open {
    double seconds;
    size_t node;
} Open;

typedef struct Heap {
    Open *items;
    size_t count, capacity;
} Heap;

static void heap_push(Arena *arena, Heap *heap, Open item)
{
    VEC_PUSH(arena, heap, item);
    size_t i = heap->count - 1;
    for (; i && heap->items[(i - 1) / 2].seconds > item.seconds; i = (i - 1) / 2)
        heap->items[i] = heap->items[(i - 1) / 2];
    heap->items[i] = item;
}

static Open heap_pop(Heap *heap)
{
    Open top = heap->items[0], last = heap->items[--heap->count];
    size_t i = 0;

    for (size_t child; (child = 2 * i + 1) < heap->count; i = child) {
        if (child + 1 < heap->count && heap->items[child + 1].seconds < heap->items[child].seconds)
            child++;
        if (heap->items[child].seconds >= last.seconds)
            break;
        heap->items[i] = heap->items[child];
    }
    heap->items[i] = last;
    return top;
}

typedef struct Search {
    const RoadGraph *graph;
    double *seconds;
    size_t *by;
    Heap open;
    Arena *arena;
} Search;

static Search search_begin(const RoadGraph *graph, double *seconds, size_t *by, Arena *arena)
{
    for (size_t i = 0; i < graph->nodes.count; i++) {
        seconds[i] = INFINITY;
        by[i] = SIZE_MAX;
    }
    return (Search){graph, seconds, by, {0}, arena};
}

static void reach(Search *search, size_t node, double seconds, size_t by)
{
    if (seconds >= search->seconds[node])
        return;
    search->seconds[node] = seconds;
    search->by[node] = by;
    heap_push(search->arena, &search->open, (Open){seconds, node});
}

static void search_run(Search *search)
{
    while (search->open.count) {
        Open here = heap_pop(&search->open);
        if (here.seconds > search->seconds[here.node])
            continue;
        size_t at = search->graph->nodes.items[here.node].first;
        while (at != SIZE_MAX) {
            const EdgeSlot *slot = &search->graph->edges.items[at];
            reach(search, slot->edge.to, here.seconds + slot->edge.seconds, at);
            at = slot->next;
        }
    }
}

void road_graph_reach(const RoadGraph *graph, size_t from, double *seconds, size_t *by)
{
    Arena *arena = arena_create(0);
    Search search = search_begin(graph, seconds, by, arena);

    reach(&search, from, 0, SIZE_MAX);
    search_run(&search);
    arena_destroy(arena);
}

/* --- Routes ------------------------------------------------------------------------------------
 */

/* The edges of the road that is nearest to a place: one, or two where one may drive both ways. */
typedef struct Snap {
    size_t edges[2];
    double parts[2]; /* how much of each lies before the place */
    size_t count;
} Snap;

static bool snap(const RoadGraph *graph, WayPoint at, const char *field, Snap *out, Err *err)
{
    double best = ROAD_SNAP_M;

    *out = (Snap){0};
    for (size_t i = 0; i < graph->edges.count; i++) {
        const RoadEdge *edge = &graph->edges.items[i].edge;
        WayFoot foot = way_nearest(edge->way, at);
        bool same = out->count == 1 && edge->way == graph->edges.items[out->edges[0]].edge.way;
        if (foot.distance > best || (foot.distance == best && out->count && !same))
            continue;
        out->count = same ? 1 : 0;
        best = foot.distance;
        double part = edge->metres > 0 ? foot.along / edge->metres : 0;
        out->edges[out->count] = i;
        out->parts[out->count++] = edge->backward ? 1 - part : part;
    }
    return out->count ||
           err_field(err, field, "no open road is within %d m of \"%s\"", ROAD_SNAP_M, field);
}

typedef struct WayPoints {
    WayPoint *items;
    size_t count, capacity;
} WayPoints;

/* A route while it is put together. */
typedef struct Joining {
    RoadRoute *route;
    WayPoints points;
    Arena *arena;
} Joining;

static void add_way(Joining *joining, const RoadEdge *edge, double from, double to)
{
    double begin = edge->backward ? 1 - from : from, end = edge->backward ? 1 - to : to;
    Way part = way_part(edge->way, begin * edge->metres, end * edge->metres, joining->arena);
    WayPoints *points = &joining->points;

    for (size_t i = 0; i < part.count; i++)
        if (!points->count ||
            way_distance(points->items[points->count - 1], part.points[i]) >= SAME_M)
            VEC_PUSH(joining->arena, points, part.points[i]);
}

static void add_road(RoadRoute *route, Str road)
{
    if (road.len && (!route->road_count || !str_eq(route->roads[route->road_count - 1], road)))
        route->roads[route->road_count++] = road;
}

static void add_edge(Joining *joining, const RoadEdge *edge, double from, double to)
{
    RoadRoute *route = joining->route;

    route->metres += (to - from) * edge->metres;
    route->seconds += (to - from) * edge->seconds;
    add_way(joining, edge, from, to);
    if ((to - from) * edge->metres >= SAME_M)
        add_road(route, edge->road);
}

static void end_route(Joining *joining)
{
    joining->route->way = (Way){joining->points.items, joining->points.count};
}

/* Both places on one edge, the goal ahead. */
static bool straight(const RoadGraph *graph, const Snap *from, const Snap *to, Arena *arena,
                     RoadRoute *out)
{
    for (size_t i = 0; i < from->count; i++) {
        for (size_t k = 0; k < to->count; k++) {
            if (from->edges[i] != to->edges[k] || from->parts[i] > to->parts[k])
                continue;
            Joining joining = {.route = out, .arena = arena};
            out->roads = arena_array(arena, Str, 1);
            add_edge(&joining, road_graph_edge_at(graph, from->edges[i]), from->parts[i],
                     to->parts[k]);
            end_route(&joining);
            return true;
        }
    }
    return false;
}

/* Which of the goal's edges is reached soonest; SIZE_MAX: none. */
static size_t best_goal(const RoadGraph *graph, const Snap *to, const double *seconds)
{
    size_t best = SIZE_MAX;
    double least = INFINITY;

    for (size_t k = 0; k < to->count; k++) {
        const RoadEdge *edge = road_graph_edge_at(graph, to->edges[k]);
        double whole = seconds[edge->from] + to->parts[k] * edge->seconds;
        if (whole < least) {
            least = whole;
            best = k;
        }
    }
    return best;
}

/* The edges from the start to a node, backwards; the first is the start's own. */
static size_t trace(const RoadGraph *graph, const Snap *from, const size_t *by, size_t node,
                    size_t *edges)
{
    size_t count = 0;

    while (by[node] < graph->edges.count) {
        edges[count++] = by[node];
        node = graph->edges.items[by[node]].edge.from;
    }
    edges[count++] = from->edges[by[node] - graph->edges.count];
    return count;
}

static void join(const RoadGraph *graph, const Snap *from, const Snap *to, size_t goal,
                 const size_t *by, Arena *arena, RoadRoute *out)
{
    const RoadEdge *last = road_graph_edge_at(graph, to->edges[goal]);
    size_t *edges = arena_array(arena, size_t, graph->nodes.count + 2);
    size_t count = trace(graph, from, by, last->from, edges);
    size_t start = edges[count - 1] == from->edges[0] ? 0 : 1;
    Joining joining = {.route = out, .arena = arena};

    out->roads = arena_array(arena, Str, count + 1);
    add_edge(&joining, road_graph_edge_at(graph, edges[count - 1]), from->parts[start], 1);
    for (size_t i = count - 1; i-- > 0;)
        add_edge(&joining, road_graph_edge_at(graph, edges[i]), 0, 1);
    add_edge(&joining, last, 0, to->parts[goal]);
    end_route(&joining);
}

bool road_route(const RoadGraph *graph, WayPoint from, WayPoint to, Arena *arena, RoadRoute *out,
                Err *err)
{
    size_t nodes = graph->nodes.count;
    double *seconds = arena_array(arena, double, nodes);
    size_t *by = arena_array(arena, size_t, nodes);
    Snap start, goal;

    *out = (RoadRoute){0};
    if (!snap(graph, from, "from", &start, err) || !snap(graph, to, "to", &goal, err))
        return false;
    if (straight(graph, &start, &goal, arena, out))
        return true;
    Search search = search_begin(graph, seconds, by, arena);
    /* The start's edges have numbers behind those of all others. */
    for (size_t i = 0; i < start.count; i++) {
        const RoadEdge *edge = road_graph_edge_at(graph, start.edges[i]);
        reach(&search, edge->to, (1 - start.parts[i]) * edge->seconds, graph->edges.count + i);
    }
    search_run(&search);
    size_t best = best_goal(graph, &goal, seconds);
    if (best == SIZE_MAX)
        return err_set(err, ERR_NOT_FOUND, "no open road leads there");
    join(graph, &start, &goal, best, by, arena, out);
    return true;
}
