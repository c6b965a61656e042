/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/traffic/level.h"

#include "base/test.h"
#include "city/traffic/way.h"

#include <math.h>

enum { MINUTE_MS = 60000 };

static void levels_follow_the_part_of_the_free_speed(void **state)
{
    (void)state;
    assert_int_equal(traffic_level(37.5, 50), TRAFFIC_FREE);
    assert_int_equal(traffic_level(37.4, 50), TRAFFIC_DENSE);
    assert_int_equal(traffic_level(25, 50), TRAFFIC_DENSE);
    assert_int_equal(traffic_level(24.9, 50), TRAFFIC_SLOW);
    assert_int_equal(traffic_level(12.5, 50), TRAFFIC_SLOW);
    assert_int_equal(traffic_level(12.4, 50), TRAFFIC_JAM);
    assert_int_equal(traffic_level(0, 50), TRAFFIC_JAM);
    assert_int_equal(traffic_level(NAN, 50), TRAFFIC_UNKNOWN);
}

static void old_values_fade_and_go(void **state)
{
    (void)state;
    assert_true(traffic_fade(0) == 1);
    assert_true(traffic_fade(15 * MINUTE_MS) == 1);
    assert_true(fabs(traffic_fade(22 * MINUTE_MS + MINUTE_MS / 2) - 0.5) < 1e-9);
    assert_true(traffic_fade(30 * MINUTE_MS) == 0);
    assert_true(traffic_fade(-5 * MINUTE_MS) == 1);
    assert_true(traffic_fade(-6 * MINUTE_MS) == 0);
}

static void sources_count_by_their_vehicles_and_age(void **state)
{
    Timestamp now = 1800000000000;
    SpeedMean mean = {0};

    (void)state;
    assert_true(isnan(speed_mean(&mean)));
    speed_mean_add(&mean, 50, 1, now - 31 * MINUTE_MS, now);
    assert_true(isnan(speed_mean(&mean)));
    speed_mean_add(&mean, 40, 3, now - MINUTE_MS, now);
    speed_mean_add(&mean, 20, 1, now, now);
    assert_true(fabs(speed_mean(&mean) - 35) < 1e-9);
    speed_mean_add(&mean, -1, 100, now, now);
    assert_true(fabs(speed_mean(&mean) - 35) < 1e-9);
    assert_int_equal(mean.latest, now);
}

/* 1 + 0.15 · 1^4 at capacity, 1 + 0.15 · 2^4 at its double. */
static void a_flow_slows_down_as_the_bureau_of_public_roads_has_it(void **state)
{
    (void)state;
    assert_true(fabs(traffic_flow_speed(50, 0, 900) - 50) < 1e-9);
    assert_true(fabs(traffic_flow_speed(50, 900, 900) - 50 / 1.15) < 1e-9);
    assert_true(fabs(traffic_flow_speed(50, 1800, 900) - 50 / 3.4) < 1e-9);
}

/* --- Ways --- */

static const WayPoint CORNER[] = {{10, 51}, {10.001, 51}, {10.001, 51.001}};

static void a_way_knows_its_length_and_where_it_is_nearest(void **state)
{
    Way way = {(WayPoint *)CORNER, 3};
    double east = 111194.93 * 0.001 * cos(51 * 3.14159265358979 / 180);

    (void)state;
    assert_true(fabs(way_length(&way) - east - 111.19493) < 0.01);
    WayFoot foot = way_nearest(&way, (WayPoint){10.0005, 51.0001});
    assert_true(fabs(foot.distance - 11.119) < 0.01 && fabs(foot.along - east / 2) < 0.1);
    assert_true(fabs(foot.heading - 90) < 0.1);
    foot = way_nearest(&way, (WayPoint){10.0012, 51.0008});
    assert_true(fabs(foot.heading) < 0.1);
    foot = way_nearest(&way, (WayPoint){10.001, 51.002});
    assert_true(fabs(foot.distance - 111.19493) < 0.01);
    assert_true(fabs(foot.along - way_length(&way)) < 0.01);
}

static void a_part_of_a_way_runs_either_way(void **state)
{
    Arena *arena = arena_create(0);
    Way way = {(WayPoint *)CORNER, 3};
    double length = way_length(&way);

    (void)state;
    Way part = way_part(&way, 10, length - 10, arena);
    assert_int_equal(part.count, 3);
    assert_true(fabs(way_length(&part) - length + 20) < 0.01);
    Way back = way_part(&way, length - 10, 10, arena);
    assert_true(way_distance(back.points[0], part.points[2]) < 0.01);
    assert_true(way_distance(back.points[2], part.points[0]) < 0.01);
    arena_destroy(arena);
}

static void places_are_longitude_and_latitude(void **state)
{
    WayPoint at;

    (void)state;
    assert_true(way_point_parse(STR("9.9601, 51.5602"), &at) && at.x == 9.9601 && at.y == 51.5602);
    assert_false(way_point_parse(STR("9.9601"), &at));
    assert_false(way_point_parse(STR("51.5,99.9"), &at));
    assert_false(way_point_parse(STR("hier,dort"), &at));
    assert_false(way_point_parse(STR_NONE, &at));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_follow_the_part_of_the_free_speed),
        cmocka_unit_test(old_values_fade_and_go),
        cmocka_unit_test(sources_count_by_their_vehicles_and_age),
        cmocka_unit_test(a_flow_slows_down_as_the_bureau_of_public_roads_has_it),
        cmocka_unit_test(a_way_knows_its_length_and_where_it_is_nearest),
        cmocka_unit_test(a_part_of_a_way_runs_either_way),
        cmocka_unit_test(places_are_longitude_and_latitude),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
