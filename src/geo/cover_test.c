/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/cover.h"

#include "base/test.h"

static const GeoGrid GRID = {10, 8, 1, 100, 208, NULL}; /* x 100..110, y 200..208 */

static GeoFeature polygon(GeoPart *part, GeoLine *rings, size_t count)
{
    *part = (GeoPart){rings, count};
    return (GeoFeature){.kind = GEO_POLYGON, .parts = part, .part_count = 1};
}

static void a_polygon_covers_the_cells_whose_centre_is_inside(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    GeoPoint square[] = {
        {101.4, 201.4}, {104.6, 201.4}, {104.6, 203.4}, {101.4, 203.4}, {101.4, 201.4}};
    GeoLine ring = {square, 5};
    GeoPart part;
    GeoFeature feature = polygon(&part, &ring, 1);
    GeoCells cells;

    geo_cover_polygon(&GRID, &feature, arena, &cells);
    /* centres 101.5..104.5 and 201.5, 202.5: rows 6 and 5 from the north */
    assert_int_equal(cells.count, 8);
    assert_int_equal(cells.items[0], 51);
    assert_int_equal(cells.items[7], 64);
    arena_destroy(arena);
}

static void a_hole_is_left_out(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    GeoPoint outer[] = {{100, 200}, {110, 200}, {110, 208}, {100, 208}, {100, 200}};
    GeoPoint hole[] = {{102, 202}, {102, 204}, {105, 204}, {105, 202}, {102, 202}};
    GeoLine rings[] = {{outer, 5}, {hole, 5}};
    GeoPart part;
    GeoFeature feature = polygon(&part, rings, 2);
    GeoCells cells;

    geo_cover_polygon(&GRID, &feature, arena, &cells);
    assert_int_equal(cells.count, 80 - 6);
    arena_destroy(arena);
}

static void neighbours_that_share_an_edge_share_no_cell(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    GeoPoint left[] = {{100, 200}, {104.5, 200}, {104.5, 208}, {100, 208}, {100, 200}};
    GeoPoint right[] = {{104.5, 200}, {110, 200}, {110, 208}, {104.5, 208}, {104.5, 200}};
    GeoLine rings[] = {{left, 5}, {right, 5}};
    GeoPart parts[2];
    GeoFeature a = polygon(&parts[0], &rings[0], 1), b = polygon(&parts[1], &rings[1], 1);
    GeoCells one, other;

    geo_cover_polygon(&GRID, &a, arena, &one);
    geo_cover_polygon(&GRID, &b, arena, &other);
    assert_int_equal(one.count + other.count, 80);
    assert_int_equal(one.count, 32);
    arena_destroy(arena);
}

static void a_polygon_that_reaches_out_of_the_grid_is_cut(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    GeoPoint big[] = {{-1e6, -1e6}, {1e6, -1e6}, {1e6, 1e6}, {-1e6, 1e6}, {-1e6, -1e6}};
    GeoLine ring = {big, 5};
    GeoPart part;
    GeoFeature feature = polygon(&part, &ring, 1);
    GeoCells cells;

    geo_cover_polygon(&GRID, &feature, arena, &cells);
    assert_int_equal(cells.count, 80);
    arena_destroy(arena);
}

static void a_line_covers_every_cell_it_enters(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    GeoPoint points[] = {{100.5, 207.5}, {103.5, 206.6}, {103.5, 100}};
    GeoLine line = {points, 3};
    GeoCells cells;

    geo_cover_line(&GRID, &line, arena, &cells);
    static const uint32_t EXPECTED[] = {0, 1, 2, 12, 13, 23, 33, 43, 53, 63, 73};
    assert_int_equal(cells.count, 11);
    assert_memory_equal(cells.items, EXPECTED, sizeof EXPECTED);
    arena_destroy(arena);
}

static void a_disc_holds_the_centres_within_its_radius(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    GeoCells cells;

    geo_cover_disc(&GRID, (GeoPoint){104.5, 203.5}, 1, arena, &cells);
    assert_int_equal(cells.count, 5);
    geo_cover_disc(&GRID, (GeoPoint){104.1, 203.1}, 0.1, arena, &cells);
    assert_int_equal(cells.count, 1);
    assert_int_equal(cells.items[0], 44);
    geo_cover_disc(&GRID, (GeoPoint){90, 203.1}, 0.1, arena, &cells);
    assert_int_equal(cells.count, 0);
    arena_destroy(arena);
}

static void a_house_smaller_than_a_cell_covers_what_its_walls_enter(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    GeoPoint shed[] = {
        {101.6, 201.6}, {101.9, 201.6}, {101.9, 201.9}, {101.6, 201.9}, {101.6, 201.6}};
    GeoLine ring = {shed, 5};
    GeoPart part;
    GeoFeature feature = polygon(&part, &ring, 1);
    GeoCells cells;

    geo_cover_feature(&GRID, &feature, arena, &cells);
    assert_int_equal(cells.count, 1);
    assert_int_equal(cells.items[0], 61);
    assert_float_equal(geo_feature_area(&feature), 0.09, 1e-9);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_polygon_covers_the_cells_whose_centre_is_inside),
        cmocka_unit_test(a_hole_is_left_out),
        cmocka_unit_test(neighbours_that_share_an_edge_share_no_cell),
        cmocka_unit_test(a_polygon_that_reaches_out_of_the_grid_is_cut),
        cmocka_unit_test(a_line_covers_every_cell_it_enters),
        cmocka_unit_test(a_disc_holds_the_centres_within_its_radius),
        cmocka_unit_test(a_house_smaller_than_a_cell_covers_what_its_walls_enter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
