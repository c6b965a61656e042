/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/traffic/graph.h"

#include "base/test.h"
#include "base/test_random.h"

#include <math.h>

/* --- Against brute force --- */

enum { NODES = 40, EDGES = 120, HISTORIES = 60 };

static Way *line(Arena *arena, WayPoint a, WayPoint b)
{
    Way *way = arena_new(arena, Way);

    way->points = arena_array(arena, WayPoint, 2);
    way->points[0] = a;
    way->points[1] = b;
    way->count = 2;
    return way;
}

static void add(RoadGraph *graph, size_t from, size_t to, double seconds, bool backward,
                const Way *way, const char *road)
{
    road_graph_edge(graph, (RoadEdge){.from = from,
                                      .to = to,
                                      .metres = way_length(way),
                                      .seconds = seconds,
                                      .road = str_c(road),
                                      .way = way,
                                      .backward = backward});
}

/* As many rounds over all edges as there are nodes (Bellman and Ford). */
static void by_brute_force(const RoadGraph *graph, size_t from, double *seconds)
{
    for (size_t i = 0; i < NODES; i++)
        seconds[i] = i == from ? 0 : INFINITY;
    for (size_t round = 0; round < NODES; round++) {
        for (size_t i = 0; i < road_graph_edges(graph); i++) {
            const RoadEdge *edge = road_graph_edge_at(graph, i);
            seconds[edge->to] = fmin(seconds[edge->to], seconds[edge->from] + edge->seconds);
        }
    }
}

static void the_quickest_ways_are_those_of_brute_force(void **state)
{
    TestRandom random = {0x5eed};

    (void)state;
    for (int history = 0; history < HISTORIES; history++) {
        Arena *arena = arena_create(0);
        RoadGraph *graph = road_graph_new(arena);
        double quick[NODES], brute[NODES];
        size_t by[NODES];
        for (size_t i = 0; i < NODES; i++)
            assert_int_equal(road_graph_node(graph, (WayPoint){(double)i / 100, 50}), i);
        for (int i = 0; i < EDGES; i++) {
            size_t from = (size_t)test_pick(&random, 0, NODES - 1);
            size_t to = (size_t)test_pick(&random, 0, NODES - 1);
            add(graph, from, to, (double)test_pick(&random, 0, 99), false,
                line(arena, road_graph_at(graph, from), road_graph_at(graph, to)), "A");
        }
        size_t start = (size_t)test_pick(&random, 0, NODES - 1);
        road_graph_reach(graph, start, quick, by);
        by_brute_force(graph, start, brute);
        for (size_t i = 0; i < NODES; i++)
            assert_true(quick[i] == brute[i]);
        arena_destroy(arena);
    }
}

/* --- A small town ---
 *
 *     2 --B-- 3
 *     |       |        A: 0-1, 70 m;  B: 2-3;  C: 0-2;  D: 1-3 (only northward)
 *     C       D
 *     |       |
 *     0 --A-- 1
 */

static const WayPoint PLACES[4] = {{10, 51}, {10.001, 51}, {10, 51.001}, {10.001, 51.001}};

static RoadGraph *town(Arena *arena, double seconds_of_a)
{
    static const struct {
        size_t from, to;
        const char *road;
    } ROADS[] = {{0, 1, "A"}, {2, 3, "B"}, {0, 2, "C"}, {1, 3, "D"}};
    RoadGraph *graph = road_graph_new(arena);

    for (size_t i = 0; i < 4; i++) {
        const Way *way = line(arena, PLACES[ROADS[i].from], PLACES[ROADS[i].to]);
        size_t from = road_graph_node(graph, way->points[0]);
        size_t to = road_graph_node(graph, way->points[1]);
        double seconds = i == 0 ? seconds_of_a : 10;
        if (seconds <= 0)
            continue;
        add(graph, from, to, seconds, false, way, ROADS[i].road);
        if (i != 3)
            add(graph, to, from, seconds, true, way, ROADS[i].road);
    }
    return graph;
}

static void a_route_begins_and_ends_within_roads(void **state)
{
    Arena *arena = arena_create(0);
    RoadGraph *graph = town(arena, 10);
    RoadRoute route;
    Err err = {0};

    (void)state;
    assert_int_equal(road_graph_nodes(graph), 4);
    assert_ok(road_route(graph, (WayPoint){10.0005, 51.00001}, (WayPoint){10.00101, 51.0005}, arena,
                         &route, &err),
              &err);
    assert_true(fabs(route.seconds - 10) < 0.01);
    assert_int_equal(route.road_count, 2);
    assert_str(route.roads[0], "A");
    assert_str(route.roads[1], "D");
    assert_true(fabs(way_length(&route.way) - route.metres) < 0.1);
    arena_destroy(arena);
}

/* D may not be driven along southward: round by B, C and A. */
static void a_one_way_road_is_gone_round(void **state)
{
    Arena *arena = arena_create(0);
    RoadGraph *graph = town(arena, 10);
    RoadRoute route;
    Err err = {0};

    (void)state;
    assert_ok(road_route(graph, (WayPoint){10.001, 51.0008}, (WayPoint){10.001, 51.0002}, arena,
                         &route, &err),
              &err);
    assert_true(fabs(route.seconds - 34) < 0.01);
    assert_int_equal(route.road_count, 5);
    arena_destroy(arena);
}

static void a_slow_road_is_gone_round_and_a_closed_one_too(void **state)
{
    Arena *arena = arena_create(0);
    RoadRoute route;
    Err err = {0};

    (void)state;
    assert_ok(road_route(town(arena, 100), (WayPoint){10, 51.0001}, (WayPoint){10.001, 51.001},
                         arena, &route, &err),
              &err);
    assert_str(route.roads[1], "B");
    assert_ok(road_route(town(arena, 0), (WayPoint){10, 51.0001}, (WayPoint){10.001, 51.001}, arena,
                         &route, &err),
              &err);
    assert_true(fabs(route.seconds - 19) < 0.01);
    /* Nothing leads back down D when A is closed. */
    assert_false(road_route(town(arena, 0), (WayPoint){10, 51.0005}, (WayPoint){10.001, 51.0001},
                            arena, &route, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    arena_destroy(arena);
}

static void far_from_any_road_there_is_no_route(void **state)
{
    Arena *arena = arena_create(0);
    RoadRoute route;
    Err err = {0};

    (void)state;
    assert_false(
        road_route(town(arena, 10), (WayPoint){10, 51}, (WayPoint){11, 52}, arena, &route, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.field, "to");
    assert_false(road_route(road_graph_new(arena), (WayPoint){10, 51}, (WayPoint){10, 51}, arena,
                            &route, &err));
    assert_string_equal(err.field, "from");
    arena_destroy(arena);
}

static void ends_less_than_two_metres_apart_are_one_crossing(void **state)
{
    Arena *arena = arena_create(0);
    RoadGraph *graph = road_graph_new(arena);

    (void)state;
    assert_int_equal(road_graph_node(graph, (WayPoint){10, 51}), 0);
    assert_int_equal(road_graph_node(graph, (WayPoint){9.99999, 50.99999}), 0);
    assert_int_equal(road_graph_node(graph, (WayPoint){10.00003, 51}), 1);
    arena_destroy(arena);
}

static void a_route_over_many_edges_takes_memory_as_it_is_long(void **state)
{
    enum { ROADS = 2000 };
    Arena *arena = arena_create(0);
    RoadGraph *graph = road_graph_new(arena);
    RoadRoute route;
    Err err = {0};

    (void)state;
    for (size_t i = 0; i < ROADS; i++) {
        WayPoint a = {10 + (double)i / 1000, 51}, b = {10 + (double)(i + 1) / 1000, 51};
        size_t from = road_graph_node(graph, a), to = road_graph_node(graph, b);
        add(graph, from, to, 1, false, line(arena, a, b), "A");
    }
    size_t before = arena_used(arena);
    assert_ok(road_route(graph, (WayPoint){10, 51}, (WayPoint){12, 51}, arena, &route, &err), &err);
    assert_int_equal(route.way.count, ROADS + 1);
    assert_true(arena_used(arena) - before < 1000000);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_quickest_ways_are_those_of_brute_force),
        cmocka_unit_test(a_route_begins_and_ends_within_roads),
        cmocka_unit_test(a_one_way_road_is_gone_round),
        cmocka_unit_test(a_slow_road_is_gone_round_and_a_closed_one_too),
        cmocka_unit_test(far_from_any_road_there_is_no_route),
        cmocka_unit_test(a_route_over_many_edges_takes_memory_as_it_is_long),
        cmocka_unit_test(ends_less_than_two_metres_apart_are_one_crossing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
