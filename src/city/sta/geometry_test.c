/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/geometry.h"

#include "base/test.h"

static Arena *arena;
static StaShapes *shapes;

static int begin(void **state)
{
    Err err = {0};

    (void)state;
    arena = arena_create(0);
    shapes = sta_shapes_create(&err);
    assert_ok(shapes, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    sta_shapes_destroy(shapes);
    arena_destroy(arena);
    return 0;
}

static const StaShape *shape(const char *json)
{
    Err err = {0};
    const Node *node = node_parse_json(arena, str_c(json), NULL, &NODE_LIMITS_REQUEST, &err);

    assert_ok(node, &err);
    return sta_shape_of_json(shapes, node);
}

static void what_is_no_geometry_is_none(void **state)
{
    static const char *const WRONG[] = {
        "{}",
        "[]",
        "5",
        "{\"type\": \"Point\"}",
        "{\"type\": \"Point\", \"coordinates\": [9]}",
        "{\"type\": \"Point\", \"coordinates\": [\"a\", \"b\"]}",
        "{\"type\": \"Point\", \"coordinates\": [9, null]}",
        "{\"type\": \"Point\", \"coordinates\": [[9, 51]]}",
        "{\"type\": \"LineString\", \"coordinates\": [[9, 51], []]}",
        "{\"type\": \"LineString\", \"coordinates\": [[9, 51], [9]]}",
        "{\"type\": \"LineString\", \"coordinates\": [[9, 51], {}]}",
        "{\"type\": \"Polygon\", \"coordinates\": [[[9, 51], [10, 51], []]]}",
        "{\"type\": \"Polygon\", \"coordinates\": [[], [[9, 51], [10, 51], [9, 52], [9, 51]]]}",
        "{\"type\": \"Polygon\", \"coordinates\": [[[9, 51], [10, 51], [9, 52], [9, 53]]]}",
        "{\"type\": \"MultiPoint\", \"coordinates\": [[]]}",
        "{\"type\": \"Kreis\", \"coordinates\": [9, 51]}",
        "{\"type\": \"GeometryCollection\", \"geometries\": [{\"type\": \"Point\", "
        "\"coordinates\": "
        "[]}]}",
        "{\"type\": \"Feature\", \"geometry\": null}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        if (shape(WRONG[i]))
            fail_msg("taken: %s", WRONG[i]);
}

static void a_geometry_has_its_box(void **state)
{
    StaBox box;

    (void)state;
    const StaShape *line = shape("{\"type\": \"LineString\", \"coordinates\": [[9, 51, 100], [10, "
                                 "50, 90]]}");
    assert_non_null(line);
    assert_true(sta_shape_box(line, &box));
    assert_true(box.west == 9 && box.east == 10 && box.south == 50 && box.north == 51);
    const StaShape *point = shape("{\"type\": \"Feature\", \"properties\": {}, \"geometry\": "
                                  "{\"type\": \"Point\", \"coordinates\": [9.5, 50.5]}}");
    assert_non_null(point);
    assert_true(sta_shape_is(shapes, STA_INTERSECTS, line, point).boolean);
    assert_non_null(shape("{\"type\": \"GeometryCollection\", \"geometries\": []}"));
    assert_non_null(shape("{\"type\": \"Polygon\", \"coordinates\": []}"));
    const StaShape *empty = sta_shape_of_wkt(shapes, STR("POLYGON EMPTY"));
    assert_non_null(empty);
    assert_false(sta_shape_box(empty, &box));
}

/* A collection with a point that is nowhere, as anybody may write it into a filter. */
static void parts_that_are_nowhere_are_refused(void **state)
{
    static const char *const WRONG[] = {
        "GEOMETRYCOLLECTION (POINT EMPTY, LINESTRING (9 51, 10 52))",
        "GEOMETRYCOLLECTION (GEOMETRYCOLLECTION (POINT EMPTY), POINT (9 51))",
        "MULTIPOINT (EMPTY, (9 51))",
        "MULTIPOLYGON (EMPTY, ((9 51, 10 51, 9 52, 9 51)))",
    };

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        if (sta_shape_of_wkt(shapes, str_c(WRONG[i])))
            fail_msg("taken: %s", WRONG[i]);
    assert_non_null(sta_shape_of_wkt(shapes, STR("GEOMETRYCOLLECTION (POINT (9 51))")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_no_geometry_is_none, begin, end),
        cmocka_unit_test_setup_teardown(a_geometry_has_its_box, begin, end),
        cmocka_unit_test_setup_teardown(parts_that_are_nowhere_are_refused, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
