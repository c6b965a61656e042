/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/desk.h"

#include "base/test.h"

static void depths_are_told_as_people_say_them(void **state)
{
    Arena *arena = arena_create(0);

    (void)state;
    assert_str(depth_text(arena, 0.344), "34 cm");
    assert_str(depth_text(arena, 1.2), "1,20 m");
    assert_str(change_text(arena, -0.04), "−4 cm");
    assert_str(change_text(arena, 1.5), "+1,50 m");
    assert_str(change_text(arena, 0), "±0 cm");
    arena_destroy(arena);
}

static void steps_are_one_two_or_five(void **state)
{
    (void)state;
    assert_float_equal(plot_step(4, 4), 1, 1e-12);
    assert_float_equal(plot_step(4.1, 4), 2, 1e-12);
    assert_float_equal(plot_step(0.35, 4), 0.1, 1e-12);
    assert_float_equal(plot_step(90, 5), 20, 1e-12);
}

static void the_curve_and_its_peak_are_where_the_series_says(void **state)
{
    Arena *arena = arena_create(0);
    Hydrograph graph = hydrograph_of(arena, STR("0 300 600"), STR("0 400 200"));

    (void)state;
    assert_str(graph.plot.curves[0], "56,226 343,12 630,119");
    assert_str(graph.plot.words, "Am höchsten steht das Wasser nach 5 Minuten: 40 cm.");
    assert_int_equal(graph.row_count, 3);
    assert_str(graph.rows[1].time, "5 Minuten");
    assert_str(graph.rows[1].depth, "40 cm");
    assert_str(graph.plot.levels[0].label, "0 cm");
    assert_int_equal(graph.plot.levels[0].at, 226);
    assert_int_equal(graph.plot.levels[graph.plot.level_count - 1].at, 12);
    arena_destroy(arena);
}

static void a_dry_house_has_a_flat_line(void **state)
{
    Arena *arena = arena_create(0);
    Hydrograph graph = hydrograph_of(arena, STR("0 300"), STR("0 0"));

    (void)state;
    assert_str(graph.plot.curves[0], "56,226 630,226");
    arena_destroy(arena);
}

static void what_has_no_two_moments_has_no_curve(void **state)
{
    Arena *arena = arena_create(0);

    (void)state;
    assert_int_equal(hydrograph_of(arena, STR(""), STR("")).row_count, 0);
    assert_int_equal(hydrograph_of(arena, STR("0 300"), STR("5")).row_count, 0);
    assert_int_equal(hydrograph_of(arena, STR_NONE, STR("1 2 3")).row_count, 0);
    arena_destroy(arena);
}

/* A simulation of a day has more pictures than the table has rows. */
static void long_series_are_cut_at_the_table(void **state)
{
    Arena *arena = arena_create(0);
    Buf frames = buf_in(arena), series = buf_in(arena);

    (void)state;
    for (int i = 0; i < 2 * GRAPH_ROWS_MAX; i++) {
        buf_addf(&frames, "%s%d", i ? " " : "", i * 60);
        buf_addf(&series, "%s%d", i ? " " : "", i);
    }
    assert_int_equal(hydrograph_of(arena, buf_str(&frames), buf_str(&series)).row_count,
                     GRAPH_ROWS_MAX);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depths_are_told_as_people_say_them),
        cmocka_unit_test(steps_are_one_two_or_five),
        cmocka_unit_test(the_curve_and_its_peak_are_where_the_series_says),
        cmocka_unit_test(a_dry_house_has_a_flat_line),
        cmocka_unit_test(what_has_no_two_moments_has_no_curve),
        cmocka_unit_test(long_series_are_cut_at_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
