/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/scenario.h"

#include "core/test_folder.h"

#include <math.h>

typedef struct Place {
    Arena *arena;
    char folder[TEST_FOLDER_MAX];
    TwinScenario scenario;
    Err err;
} Place;

static void put(Place *place, const char *name, const char *text)
{
    assert_ok(folder_write_file(arena_printf(place->arena, "%s/%s", place->folder, name),
                                str_c(text), 0600, &place->err),
              &place->err);
}

static int set_up(void **state)
{
    Place *place = calloc(1, sizeof *place);

    place->arena = arena_create(0);
    test_folder_make(place->folder);
    Buf terrain = buf_in(place->arena);
    buf_add_c(&terrain, "ncols 12\nnrows 10\nxllcorner 0\nyllcorner 0\ncellsize 1\n");
    for (int i = 0; i < 120; i++)
        buf_add_c(&terrain, "5 ");
    put(place, "dem.asc", buf_str(&terrain).ptr);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    Place *place = *state;

    scenario_free(&place->scenario);
    test_folder_remove(place->folder);
    arena_destroy(place->arena);
    free(place);
    return 0;
}

static bool read_text(Place *place, const char *text)
{
    scenario_free(&place->scenario);
    return scenario_parse(str_printf(place->arena, "terrain: dem.asc\nduration: 60\n%s", text),
                          arena_printf(place->arena, "%s/case.yaml", place->folder), place->arena,
                          &place->scenario, &place->err);
}

static const char *house(Place *place, int x, int y, int width, int height)
{
    return arena_printf(place->arena,
                        "{\"type\": \"Feature\", \"properties\": {\"height\": 4}, \"geometry\": "
                        "{\"type\": \"Polygon\", \"coordinates\": [[[%d,%d],[%d,%d],[%d,%d],[%d,%d]"
                        ",[%d,%d]]]}}",
                        x, y, x + width, y, x + width, y + height, x, y + height, x, y);
}

static void roofs_give_their_rain_to_the_cells_around_exactly(void **state)
{
    Place *place = *state;
    double sum = 0;

    put(place, "houses.geojson",
        arena_printf(place->arena, "{\"type\": \"FeatureCollection\", \"features\": [%s, %s, %s]}",
                     house(place, 2, 2, 3, 2), house(place, 5, 2, 3, 2), house(place, 0, 9, 1, 1)));
    assert_ok(read_text(place, "buildings: {file: houses.geojson, field: height}\n"), &place->err);
    TwinScenario *s = &place->scenario;
    for (size_t i = 0; i < 120; i++)
        sum += (double)s->share[i];
    assert_true(sum == 120);
    assert_true(s->share[7 * 12 + 2] == 0); /* the first house's corner */
    assert_true(s->terrain.values[7 * 12 + 2] == 9);
    assert_true(s->share[8 * 12 + 2] > 1);   /* beside it */
    assert_true(s->share[5 * 12 + 11] == 1); /* far away */
    /* Two that touch: none of the one's ring lies in the other. */
    assert_int_equal(s->buildings[0].ring.cells, 5 + 5 + 2);
}

static void a_house_walled_in_leads_its_rain_out_of_the_block(void **state)
{
    Place *place = *state;
    double sum = 0;

    put(place, "houses.geojson",
        arena_printf(place->arena,
                     "{\"type\": \"FeatureCollection\", \"features\": [%s, %s, %s, %s, %s]}",
                     house(place, 5, 5, 1, 1), house(place, 4, 4, 3, 1), house(place, 4, 6, 3, 1),
                     house(place, 4, 5, 1, 1), house(place, 6, 5, 1, 1)));
    assert_ok(read_text(place, "buildings: houses.geojson\n"), &place->err);
    TwinScenario *s = &place->scenario;
    for (size_t i = 0; i < 120; i++)
        sum += (double)s->share[i];
    assert_true(sum == 120);
    assert_true(s->share[4 * 12 + 5] == 0);
    assert_int_equal(s->buildings[0].ring.cells, 0);
}

static void a_wide_ring_has_each_free_cell_once(void **state)
{
    Place *place = *state;

    put(place, "houses.geojson",
        arena_printf(place->arena, "{\"type\": \"FeatureCollection\", \"features\": [%s, %s]}",
                     house(place, 2, 2, 3, 2), house(place, 6, 5, 1, 1)));
    assert_ok(read_text(place, "buildings: {file: houses.geojson, ring: 3}\n"), &place->err);
    const TwinRing *ring = &place->scenario.buildings[0].ring;
    size_t cells = 0;
    for (size_t i = 0; i < ring->count; i++) {
        cells += ring->items[i].count;
        assert_true(i == 0 ||
                    ring->items[i].first >= ring->items[i - 1].first + ring->items[i - 1].count);
    }
    /* 8 columns and 7 rows from the grid's corner, less the six of the house and the other one. */
    assert_int_equal(ring->cells, 8 * 7 - 6 - 1);
    assert_int_equal(cells, ring->cells);
    assert_int_equal(ring->items[ring->count - 1].first, 9 * 12);
}

static void measures_move_the_ground(void **state)
{
    static const struct {
        const char *properties, *shape, *message;
    } WRONG[] = {
        {"\"kind\": \"wall\", \"height\": 1", "\"Point\", \"coordinates\": [2, 2]", "is no wall"},
        {"\"kind\": \"tower\"", "\"Point\", \"coordinates\": [2, 2]", "is no wall"},
        {"\"kind\": \"wall\"", "\"LineString\", \"coordinates\": [[2, 2], [3, 2]]", "height"},
        {"\"kind\": \"wall\", \"height\": -1", "\"LineString\", \"coordinates\": [[2, 2], [3, 2]]",
         "above 0"},
    };
    static const char FEATURE[] = "{\"type\": \"FeatureCollection\", \"features\": [{\"type\": "
                                  "\"Feature\", \"properties\": {%s}, \"geometry\": {\"type\": "
                                  "%s}}]}";
    Place *place = *state;

    put(place, "plan.geojson",
        "{\"type\": \"FeatureCollection\", \"features\": ["
        "{\"type\": \"Feature\", \"properties\": {\"kind\": \"basin\", \"depth\": 1.5}, "
        "\"geometry\": "
        "{\"type\": \"Polygon\", \"coordinates\": [[[0,0],[2,0],[2,2],[0,2],[0,0]]]}},"
        "{\"type\": \"Feature\", \"properties\": {\"kind\": \"wall\", \"height\": \"0.5\"}, "
        "\"geometry\": {\"type\": \"LineString\", \"coordinates\": [[4.5,0.5],[4.5,9.5]]}}]}");
    assert_ok(read_text(place, "measures: plan.geojson\n"), &place->err);
    const double *z = place->scenario.terrain.values;
    for (int row = 0; row < 10; row++)
        for (int column = 0; column < 12; column++)
            assert_true(z[row * 12 + column] == (row >= 8 && column < 2 ? 3.5
                                                 : column == 4          ? 5.5
                                                                        : 5));
    assert_ok(read_text(place, "measures: {file: plan.geojson}\n"), &place->err);
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        put(place, "plan.geojson",
            arena_printf(place->arena, FEATURE, WRONG[i].properties, WRONG[i].shape));
        assert_false(read_text(place, "measures: plan.geojson\n"));
        assert_non_null(strstr(place->err.message, WRONG[i].message));
    }
}

static void the_rim_is_open_where_it_is_told_or_all_sides_are(void **state)
{
    static const struct {
        const char *text;
        uint8_t rim;
    } CASES[] = {
        {"", FLOW_WALL},
        {"boundaries: open\n", FLOW_RIM},
        {"boundaries: {south: open}\n", FLOW_WALL},
        {"boundaries: {all: open, south: closed}\n", FLOW_RIM},
        {"boundaries: {all: open, rim: closed}\n", FLOW_WALL},
        {"boundaries: {rim: open}\n", FLOW_RIM},
        {"boundaries: {north: open, east: open, south: open, west: open}\n", FLOW_RIM},
    };
    Place *place = *state;

    put(place, "cut.asc",
        "ncols 5\nnrows 4\nxllcorner 0\nyllcorner 0\ncellsize 1\nNODATA_value -1\n"
        "-1 1 1 1 1\n1 1 1 1 1\n1 1 -1 1 1\n1 1 1 1 1\n");
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        scenario_free(&place->scenario);
        assert_ok(
            scenario_parse(str_printf(place->arena,
                                      "terrain: {file: cut.asc, holes: wall}\nduration: 9\n%s",
                                      CASES[i].text),
                           arena_printf(place->arena, "%s/case.yaml", place->folder), place->arena,
                           &place->scenario, &place->err),
            &place->err);
        assert_int_equal(place->scenario.outside[0], CASES[i].rim);
        assert_int_equal(place->scenario.outside[12], FLOW_WALL); /* a hole inside stays one */
    }
}

static void quantities_take_units(void **state)
{
    Place *place = *state;

    assert_ok(read_text(place, "rain: 100 l/(s*ha)\n"
                               "sources: [{at: [1, 1], discharge: 500 l/s}]\n"
                               "infiltration: {green_ampt: {conductivity: 36, suction: 10 cm, "
                               "deficit: 0.3}}\n"
                               "output: {interval: 1 min}\n"),
              &place->err);
    TwinScenario *s = &place->scenario;
    assert_true(fabs(s->rain[0].rate * 3.6e6 - 36) < 1e-9);
    assert_true(fabs(s->sources[0].discharge.values[0] - 0.5) < 1e-12);
    assert_true(fabs(s->soils[0].rate - 1e-5) < 1e-15);
    assert_true(fabs(s->soils[0].suction - 0.1) < 1e-12);
    assert_true(s->output.interval == 60 && s->output.series == 60);
}

static void boundaries_left_out_are_walls(void **state)
{
    Place *place = *state;

    assert_ok(read_text(place, "boundaries: {west: {discharge: 2}, east: {level: 6.5}}\n"),
              &place->err);
    const FlowBoundary *b = place->scenario.boundaries;
    assert_int_equal(b[FLOW_NORTH].kind, FLOW_CLOSED);
    assert_int_equal(b[FLOW_SOUTH].kind, FLOW_CLOSED);
    assert_int_equal(b[FLOW_WEST].kind, FLOW_DISCHARGE);
    assert_int_equal(b[FLOW_EAST].kind, FLOW_LEVEL);
    assert_true(b[FLOW_EAST].series.values[0] == 6.5);
    assert_ok(read_text(place, "boundaries: {all: open, south: closed}\n"), &place->err);
    assert_int_equal(b[FLOW_NORTH].kind, FLOW_OPEN);
    assert_int_equal(b[FLOW_SOUTH].kind, FLOW_CLOSED);
}

static void a_level_fills_what_lies_below_it(void **state)
{
    Place *place = *state;

    assert_ok(read_text(place, "initial: {level: 5.25, u: 0.5}\n"), &place->err);
    assert_true(place->scenario.depth[7] == 0.25);
    assert_true(place->scenario.u[7] == 0.5 && place->scenario.v[7] == 0);
}

static void what_is_wrong_is_told_with_line_and_remedy(void **state)
{
    static const struct {
        const char *text, *message;
    } CASES[] = {
        {"ruoghness: 0.03\n", "did you mean \"roughness\"?"},
        {"buildings: {file: x.geojson, hight: 3}\n", "did you mean \"height\"?"},
        {"roughness: 0.03 m\n", "is no number"},
        {"output: {interval: -1}\n", "negative"},
        {"legend: {depth: [0.5, 0.1]}\n", "ascend"},
        {"gauges: [{name: a, at: [1, 1]}, {name: a, at: [2, 2]}]\n", "two of the name"},
        {"initial: {u: 1}\n", "needs a level or a depth"},
        {"boundaries: {level: 5, discharge: 3}\n", "either"},
    };
    Place *place = *state;

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        assert_false(read_text(place, CASES[i].text));
        assert_non_null(strstr(place->err.message, CASES[i].message));
        assert_int_equal(place->err.line, 3);
    }
}

int main(void)
{
#define SCENARIO_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SCENARIO_TEST(roofs_give_their_rain_to_the_cells_around_exactly),
        SCENARIO_TEST(a_house_walled_in_leads_its_rain_out_of_the_block),
        SCENARIO_TEST(a_wide_ring_has_each_free_cell_once),
        SCENARIO_TEST(measures_move_the_ground),
        SCENARIO_TEST(the_rim_is_open_where_it_is_told_or_all_sides_are),
        SCENARIO_TEST(quantities_take_units),
        SCENARIO_TEST(boundaries_left_out_are_walls),
        SCENARIO_TEST(a_level_fills_what_lies_below_it),
        SCENARIO_TEST(what_is_wrong_is_told_with_line_and_remedy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
