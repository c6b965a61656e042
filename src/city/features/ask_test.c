/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/features/geometry.h"

#include "base/test.h"

static Str crs_uri(const char *end)
{
    static char uri[80];

    snprintf(uri, sizeof uri, "http://www.opengis.net/def/crs/%s", end);
    return str_c(uri);
}

static const OgcCrs *crs(const char *end)
{
    Err err = {0};

    return ogc_crs(crs_uri(end), "crs", &err);
}

static bool box(const char *text, const char *end, OgcBox *out)
{
    Err err = {0};
    bool good = ogc_box_parse(str_c(text), crs(end), out, &err);

    assert_int_equal(good, err.kind == ERR_NONE);
    return good;
}

static void box_has_four_numbers_or_six(void **state)
{
    OgcBox out;

    (void)state;
    assert_true(box("9.9,51.5, 10,51.6", "OGC/1.3/CRS84", &out));
    assert_true(out.west == 9.9 && out.south == 51.5 && out.east == 10 && out.north == 51.6);
    assert_false(out.heights);
    assert_true(box("9.9,51.5,-3,10,51.6,80", "OGC/1.3/CRS84", &out));
    assert_true(out.heights && out.low == -3 && out.high == 80 && out.east == 10);
    static const char *const WRONG[] = {"",          "1,2,3",       "1,2,3,4,5",   "1,2,3,4,5,6,7",
                                        "a,b,c,d",   "1,2,3,4,",    "1,2,3,1",     "1,-91,2,3",
                                        "1,2,181,3", "1,2,9,1,2,8", "1e999,2,3,4", "1;2;3;4"};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        assert_false(box(WRONG[i], "OGC/1.3/CRS84", &out));
}

static void box_follows_the_axes_of_its_reference_system(void **state)
{
    OgcBox out;

    (void)state;
    assert_true(box("51.5,9.9,51.6,10", "EPSG/0/4326", &out));
    assert_true(out.west == 9.9 && out.south == 51.5 && out.east == 10 && out.north == 51.6);
    assert_true(box("560000,5700000,570000,5710000", "EPSG/0/25832", &out));
    assert_true(out.west == 560000);
    assert_false(box("570000,5700000,560000,5710000", "EPSG/0/25832", &out));
}

static bool meets(const char *text, const char *json)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    OgcBox parsed;
    OgcWindow window;
    OgcFrame frame = {.crs = &OGC_CRS[0]};
    bool out;

    assert_true(box(text, "OGC/1.3/CRS84", &parsed));
    ogc_window_open(&parsed, &frame, &window);
    const Node *geometry = node_parse_json(arena, str_c(json), NULL, &NODE_LIMITS_REQUEST, &err);
    assert_true(ogc_is_geometry(geometry));
    assert_true(ogc_window_meets(&window, geometry, arena, &out, &err));
    ogc_window_close(&window);
    arena_destroy(arena);
    return out;
}

#define POINT(x, y) "{\"type\":\"Point\",\"coordinates\":[" #x "," #y "]}"

static void window_knows_inside_outside_and_its_edge(void **state)
{
    (void)state;
    assert_true(meets("9,51,10,52", POINT(9.5, 51.5)));
    assert_true(meets("9,51,10,52", POINT(10, 52)));
    assert_true(meets("9,51,9,51", POINT(9, 51)));
    assert_false(meets("9,51,10,52", POINT(10.001, 51.5)));
    assert_false(meets("9,51,0,10,52,9", "{\"type\":\"Point\",\"coordinates\":[9.5,51.5,80]}"));
    assert_true(meets("9,51,0,10,52,9", "{\"type\":\"Point\",\"coordinates\":[9.5,51.5,8]}"));
}

static void window_over_the_antimeridian_has_two_sides(void **state)
{
    (void)state;
    assert_true(meets("177,-20,-178,-10", POINT(178, -15)));
    assert_true(meets("177,-20,-178,-10", POINT(-179, -15)));
    assert_false(meets("177,-20,-178,-10", POINT(0, -15)));
}

/* An L whose rectangle meets the window while it does not itself. */
static void window_asks_the_shape_and_not_its_rectangle(void **state)
{
    static const char L[] = "{\"type\":\"LineString\",\"coordinates\":[[0,0],[0,10],[10,10]]}";

    (void)state;
    assert_false(meets("5,1,9,5", L));
    assert_true(meets("5,1,9,10", L));
    assert_true(meets("0,5,0,5", L));
}

static void geometry_is_brought_over_with_its_axes(void **state)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    OgcFrame frame;
    const Node *point =
        node_parse_json(arena, STR(POINT(9.0, 51.0)), NULL, &NODE_LIMITS_REQUEST, &err);

    (void)state;
    assert_true(ogc_frame_open(crs("EPSG/0/4326"), &frame, &err));
    assert_string_equal(node_json(ogc_geometry_in(point, &frame, true, arena), arena).ptr,
                        "{\"type\":\"Point\",\"coordinates\":[51.0,9.0]}");
    ogc_frame_close(&frame);
    /* On the zone's central meridian: 500 km by definition. */
    assert_true(ogc_frame_open(crs("EPSG/0/25832"), &frame, &err));
    const Node *there = node_get(ogc_geometry_in(point, &frame, true, arena), "coordinates");
    assert_string_equal(str_cstr(arena, node_text(node_at(there, 0))), "500000.000");
    ogc_frame_close(&frame);
    arena_destroy(arena);
}

static bool span(const char *text, OgcSpan *out)
{
    Err err = {0};

    return ogc_span_parse(str_c(text), out, &err);
}

static void span_is_a_moment_a_day_or_an_interval(void **state)
{
    OgcSpan out;

    (void)state;
    assert_true(span("1970-01-01T00:00:01Z", &out) && out.from == 1000 && out.to == 1000);
    assert_true(span("1970-01-02", &out) && out.from == 86400000 && out.to == 172799999);
    assert_true(span("1970-01-01T00:00:01Z/1970-01-01T01:00:02+01:00", &out));
    assert_true(out.from == 1000 && out.to == 2000);
    assert_true(span("../1970-01-01T00:00:01Z", &out) && out.from == INT64_MIN && out.to == 1000);
    assert_true(span("/1970-01-01T00:00:01Z", &out) && out.from == INT64_MIN);
    assert_true(span("1970-01-01T00:00:01Z/..", &out) && out.to == INT64_MAX);
    assert_true(span("1970-01-01T00:00:01Z/", &out) && out.from == 1000);
    static const char *const WRONG[] = {"",
                                        "../..",
                                        "/",
                                        "gestern",
                                        "1970-13-01",
                                        "1970-01-02T00:00:00Z/1970-01-01T00:00:00Z",
                                        "1970-01-01T00:00:00Z/1970-01-01T00:00:00Z/.."};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        assert_false(span(WRONG[i], &out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(box_has_four_numbers_or_six),
        cmocka_unit_test(box_follows_the_axes_of_its_reference_system),
        cmocka_unit_test(window_knows_inside_outside_and_its_edge),
        cmocka_unit_test(window_over_the_antimeridian_has_two_sides),
        cmocka_unit_test(window_asks_the_shape_and_not_its_rectangle),
        cmocka_unit_test(geometry_is_brought_over_with_its_axes),
        cmocka_unit_test(span_is_a_moment_a_day_or_an_interval),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
