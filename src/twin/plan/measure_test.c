/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "twin/plan/measure.h"

static const Bounds TOWN = {13, 50, 14, 51};

#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"
#define WALL(size, points)                                                     \
    "{\"type\":\"Feature\",\"properties\":{\"kind\":\"wall\",\"height\":" size \
    ",\"author\":\"x\"},\"geometry\":{\"type\":\"LineString\",\"coordinates\":" points "}}"
#define BASIN(points)                                                                        \
    "{\"type\":\"Feature\",\"properties\":{\"kind\":\"basin\",\"depth\":1.5},\"geometry\":{" \
    "\"type\":\"Polygon\",\"coordinates\":" points "}}"
#define SQUARE "[[[13.1,50.1],[13.2,50.1],[13.2,50.2],[13.1,50.1]]]"

static void what_is_drawn_keeps_only_what_is_known(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Err err = {0};
    Str out;
    size_t count;

    assert_ok(
        measures_check(STR(COLLECTION(WALL("1.2", "[[13.1,50.1],[13.2,50.2]]") "," BASIN(SQUARE))),
                       TOWN, arena, &out, &count, &err),
        &err);
    assert_int_equal(count, 2);
    assert_true(str_find(out, STR("author")) < 0);
    Node *root = node_parse_json(arena, out, NULL, &NODE_LIMITS_REQUEST, &err);
    assert_str(measure_text(arena, node_path(root, STR("features[0]"))), "Mauer, 1,2 m hoch");
    assert_str(measure_text(arena, node_path(root, STR("features[1]"))), "Becken, 1,5 m tief");
    /* Checking again changes nothing. */
    Str again;
    assert_ok(measures_check(out, TOWN, arena, &again, &count, &err), &err);
    assert_true(str_eq(out, again));
    assert_ok(measures_check(STR("  "), TOWN, arena, &out, &count, &err), &err);
    assert_null(out.ptr);
    arena_destroy(arena);
}

static void what_cannot_be_built_is_refused_by_number(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } WRONG[] = {
        {"[]", "kein GeoJSON"},
        {"{", "kein GeoJSON"},
        {COLLECTION("{}"), "1. Maßnahme: Sie ist keine"},
        {COLLECTION(WALL("-1", "[[13.1,50.1],[13.2,50.2]]")), "1. Maßnahme (Mauer): Sie ist 0.1"},
        {COLLECTION(WALL("1e999", "[[13.1,50.1],[13.2,50.2]]")), "Sie ist 0.1"},
        {COLLECTION(WALL("1", "[[13.1,50.1]]")), "Ihre Punkte"},
        {COLLECTION(WALL("1", "[[13.1,50.1],[99,50.2]]")), "Ihre Punkte"},
        {COLLECTION(WALL("1", "[[13.1,50.1],\"x\"]")), "Ihre Punkte"},
        {COLLECTION(BASIN(SQUARE) "," BASIN("[[[13.1,50.1],[13.2,50.1],[13.2,50.2],[13.3,50.1]]]")),
         "2. Maßnahme (Becken): Ihre Punkte"},
        {COLLECTION(BASIN("[]")), "Ihre Punkte"},
    };
    Arena *arena = arena_create(0);
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        Err err = {0};
        Str out;
        size_t count;
        assert_false(measures_check(str_c(WRONG[i].text), TOWN, arena, &out, &count, &err));
        if (!strstr(err.message, WRONG[i].says))
            fail_msg("%s: %s", WRONG[i].text, err.message);
    }
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_drawn_keeps_only_what_is_known),
        cmocka_unit_test(what_cannot_be_built_is_refused_by_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
