/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/legend.h"

#include "base/test.h"

/* What `twin: {legend: …}` says. */
static bool read_legend(Arena *arena, const char *setting, Legend *out, Err *err)
{
    Str text = str_printf(arena, "title: A\ntwin:\n  legend: %s\n", setting);
    Node *root = node_parse_yaml(arena, text, "tenant.yaml", &NODE_LIMITS_REQUEST, err);

    assert_non_null(root);
    return legend_read(node_path(root, STR("twin.legend")), "tenant.yaml", arena, out, err);
}

static void a_value_has_the_class_from_its_lower_bound_on(void **state)
{
    Legend lubw = legend_named(STR("lubw"));

    (void)state;
    assert_int_equal(legend_class(&lubw, 0.049), -1);
    assert_int_equal(legend_class(&lubw, 0.05), 0);
    assert_int_equal(legend_class(&lubw, 0.099), 0);
    assert_int_equal(legend_class(&lubw, 0.1), 1);
    assert_int_equal(legend_class(&lubw, 0.999), 2);
    assert_int_equal(legend_class(&lubw, 57), 3);
    assert_int_equal(legend_named(STR("nobody's")).count, 4);
}

static void the_given_legends_begin_where_their_towns_begin(void **state)
{
    (void)state;
    assert_float_equal(legend_named(STR("ulm")).classes[0].from, 0.03, 0);
    assert_float_equal(legend_named(STR("essen")).classes[0].from, 0.02, 0);
    assert_float_equal(legend_named(STR("essen")).classes[1].from, 0.05, 0);
    assert_string_equal(legend_named(STR("essen")).classes[2].label, "mehr als 25 cm");
    assert_float_equal(legend_speed().classes[2].from, 2, 0);
}

static void less_water_and_more_water_have_different_colours(void **state)
{
    Legend difference = legend_difference();
    int less = legend_class(&difference, -0.3), more = legend_class(&difference, 0.3);
    int same = legend_class(&difference, 0.01);

    (void)state;
    assert_string_equal(difference.classes[less].label, "mehr als 25 cm weniger");
    assert_string_equal(difference.classes[more].label, "mehr als 25 cm mehr");
    assert_string_equal(difference.classes[legend_class(&difference, -0.15)].label,
                        "10 bis 25 cm weniger");
    assert_int_equal(difference.classes[same].colour.opacity, 0);
}

static void a_town_gives_classes_of_its_own(void **state)
{
    Arena *arena = arena_create(0);
    Legend legend;
    Err err = {0};

    (void)state;
    assert_ok(read_legend(arena,
                          "[{from: 0.02, colour: \"#C6dbef\", label: \"ab 2 cm\"},"
                          " {from: 0.2, colour: \"#08306b\", label: ab 20 cm}]",
                          &legend, &err),
              &err);
    assert_int_equal(legend.count, 2);
    assert_string_equal(legend.classes[1].label, "ab 20 cm");
    assert_str(colour_text(arena, legend.classes[0].colour), "#c6dbef");
    assert_ok(read_legend(arena, "essen", &legend, &err), &err);
    assert_int_equal(legend.count, 3);
    assert_ok(legend_read(NULL, "tenant.yaml", arena, &legend, &err), &err);
    assert_int_equal(legend.count, 4);
    arena_destroy(arena);
}

static void a_wrong_legend_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *setting, *says;
        int line;
    } WRONG[] = {
        {"hamburg", "ulm, essen, lubw or a list", 3},
        {"[]", "from 1 to 8 classes", 0},
        {"\n    - {colour: \"#c6dbef\", label: a}", "from which depth", 0},
        {"\n    - {from: -1, colour: \"#c6dbef\", label: a}", "from which depth", 4},
        {"\n    - {from: 0.025, colour: \"#c6dbef\", label: a}", "steps of 1 cm", 4},
        {"\n    - {from: 1.55, colour: \"#c6dbef\", label: a}", "steps of 1 cm", 4},
        {"\n    - {from: tief, colour: \"#c6dbef\", label: a}", "from which depth", 4},
        {"\n    - {from: 0.1, colour: \"#c6dbef\", label: a}\n    - {from: 0.1, colour: "
         "\"#c6dbef\","
         " label: b}",
         "rise", 5},
        {"\n    - {from: 0.1, colour: blau, label: a}", "colour such as", 4},
        {"\n    - {from: 0.1, colour: \"#c6dbe\", label: a}", "colour such as", 4},
        {"\n    - {from: 0.1, colour: \"#c6dbef\", label: \" \"}", "label", 0},
    };
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        Legend legend;
        Err err = {0};
        assert_false(read_legend(arena, WRONG[i].setting, &legend, &err));
        assert_string_equal(err.file, "tenant.yaml");
        assert_non_null(strstr(err.message, WRONG[i].says));
        if (WRONG[i].line)
            assert_int_equal(err.line, WRONG[i].line);
        assert_true(err.line >= 2);
    }
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_has_the_class_from_its_lower_bound_on),
        cmocka_unit_test(the_given_legends_begin_where_their_towns_begin),
        cmocka_unit_test(less_water_and_more_water_have_different_colours),
        cmocka_unit_test(a_town_gives_classes_of_its_own),
        cmocka_unit_test(a_wrong_legend_is_refused_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
