/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/gauges.h"

#include "base/test.h"

#include <math.h>

static Measured read_good(Arena *arena, MeasuredForm form, const char *csv)
{
    Measured out = {.station = STR("Markt")};
    Err err = {0};

    assert_ok(measured_parse(str_c(csv), form, arena, &out, &err), &err);
    return out;
}

static void times_are_numbers_with_a_unit_or_moments(void **state)
{
    Arena *arena = arena_create(0);

    (void)state;
    Measured m = read_good(arena, FORM_DEPTH_M, "time_s,depth\n0,0.1\n90,0.4\n");
    assert_int_equal(m.begins, 0);
    assert_float_equal(m.curve.seconds[1], 90, 0);
    m = read_good(arena, FORM_DEPTH_CM, "Zeit_min;Tiefe\n0;10,5\n5;40\n");
    assert_int_equal(m.kind, MEASURED_DEPTH);
    assert_float_equal(m.curve.seconds[1], 300, 0);
    assert_float_equal(m.curve.values[0], 0.105, 1e-12);
    m = read_good(arena, FORM_LEVEL_M,
                  "Zeit;Pegel\n14.07.2026 15:05;101,2\n14.07.2026 16:05:30;101,5\n");
    assert_int_equal(m.kind, MEASURED_LEVEL);
    assert_int_equal(m.begins, 20648LL * 86400 + 15 * 3600 + 300);
    assert_float_equal(m.curve.seconds[1], 3630, 0);
    m = read_good(arena, FORM_LEVEL_M, "Zeit,Pegel\n2026-07-14T23:55,1\n2026-07-15T00:05Z,2\n");
    assert_float_equal(m.curve.seconds[1], 600, 0);
    arena_destroy(arena);
}

static void rain_by_steps_becomes_a_rate_from_the_row_before_on(void **state)
{
    Arena *arena = arena_create(0);
    Measured m = read_good(arena, FORM_RAIN_STEP, "time_min,mm\n0,0\n5,2\n15,1\n");

    (void)state;
    assert_float_equal(m.curve.values[0], 24, 1e-9);
    assert_float_equal(m.curve.values[1], 6, 1e-9);
    assert_float_equal(m.curve.values[2], 0, 0);
    assert_str(measured_storm(arena, &m), "time_s,mm_per_h\n0,24\n300,6\n900,0\n");
    m = read_good(arena, FORM_RAIN_RATE, "time_s,mm_per_h\n0,40\n600,20\n");
    assert_str(measured_storm(arena, &m), "time_s,mm_per_h\n0,40\n600,20\n1200,0\n");
    arena_destroy(arena);
}

static void a_wrong_table_is_refused_with_its_line_and_a_remedy(void **state)
{
    static const struct {
        MeasuredForm form;
        const char *csv, *says;
        int line;
    } WRONG[] = {
        {FORM_DEPTH_M, "", "keine Tabelle", 1},
        {FORM_DEPTH_M, "time_s,a,b\n0,1,2\n1,2,3\n", "zwei: Zeit und Wert", 1},
        {FORM_DEPTH_M, "time_s,a\n0,1\n", "mindestens zwei", 1},
        {FORM_DEPTH_M, "time_s,a\n0,1\n60\n", "keine Tabelle", 3},
        {FORM_DEPTH_M, "time_s,a\n0,1\n60,x\n", "keine Zahl", 3},
        {FORM_DEPTH_M, "time_s,a\n0,1\n60,\n", "fehlt der Wert", 3},
        {FORM_DEPTH_M, "time_s,a\n0,1\nbald,2\n", "keine Zeit", 3},
        {FORM_DEPTH_M, "time_s,a\n0,1\n14.07.2026 15:05,2\n", "anders geschrieben", 3},
        {FORM_DEPTH_M, "time_s,a\n14.07.2026 25:05,2\n14.07.2026 26:05,2\n", "keine Zeit", 2},
        {FORM_DEPTH_M, "time_s,a\n0,1\n0,2\n", "nicht hinter", 3},
        {FORM_DEPTH_M, "time_s,a\n-60,1\n0,2\n", "vor dem Beginn", 2},
        {FORM_DEPTH_M, "time_s,a\n0,1\n60,101\n", "richtige Einheit", 3},
        {FORM_RAIN_RATE, "time_s,a\n0,1\n60,-1\n", "richtige Einheit", 3},
        {FORM_DEPTH_M, "time_h,a\n0,1\n200,2\n", "länger als 7 Tage", 3},
    };
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        Measured out = {0};
        Err err = {0};
        assert_false(measured_parse(str_c(WRONG[i].csv), WRONG[i].form, arena, &out, &err));
        if (!strstr(err.message, WRONG[i].says) || err.line != WRONG[i].line)
            fail_msg("%s: line %d: %s", WRONG[i].csv, err.line, err.message);
    }
    arena_destroy(arena);
}

/* --- Goodness --- */

static const double seconds[] = {0, 600, 1200, 1800}, low[] = {0, 1, 2, 1}, high[] = {0, 2, 4, 2};

static void the_same_curve_is_perfect(void **state)
{
    Curve a = {STR("a"), seconds, low, 4};
    Goodness good;

    (void)state;
    assert_true(goodness_of(&a, 0, &a, &good));
    assert_int_equal(good.count, 4);
    assert_float_equal(good.efficiency, 1, 1e-12);
    assert_float_equal(good.rmse, 0, 1e-12);
    assert_float_equal(good.peak, 0, 0);
    assert_string_equal(goodness_word(good.efficiency), "sehr gut");
}

static void twice_the_water_is_told_by_every_figure(void **state)
{
    Curve measured = {STR("a"), seconds, low, 4}, computed = {STR("b"), seconds, high, 4};
    Goodness good;

    (void)state;
    assert_true(goodness_of(&measured, 0, &computed, &good));
    assert_float_equal(good.peak, 2, 1e-12);
    assert_float_equal(good.peak_later, 0, 0);
    /* Errors 0, 1, 2, 1; the mean is 1, off by -1, 0, 1, 0. */
    assert_float_equal(good.rmse, sqrt(6.0 / 4), 1e-12);
    assert_float_equal(good.efficiency, 1 - 6.0 / 2, 1e-12);
    assert_string_equal(goodness_word(good.efficiency), "nicht brauchbar");
}

static void a_later_beginning_shifts_the_measured_curve(void **state)
{
    Curve measured = {STR("a"), seconds, low, 4}, computed = {STR("b"), seconds, low, 4};
    Goodness good;

    (void)state;
    assert_true(goodness_of(&measured, 600, &computed, &good));
    assert_int_equal(good.count, 3);
    assert_float_equal(good.peak_later, -600, 0);
    assert_false(goodness_of(&measured, 1800, &computed, &good));
    assert_float_equal(curve_at(&measured, 300, false), 0.5, 1e-12);
    assert_float_equal(curve_at(&measured, 300, true), 0, 0);
    assert_true(isnan(curve_at(&measured, 1801, false)));
}

/* --- The chart --- */

static void both_curves_stand_in_one_frame(void **state)
{
    Arena *arena = arena_create(0);
    Curve measured = {STR("a"), seconds, low, 4}, computed = {STR("b"), seconds, high, 4};
    ChartOrder order = {STR("Pegel a"), MEASURED_DEPTH, &computed, &measured, 0};
    GaugeChart chart = gauge_chart(arena, &order);

    (void)state;
    /* 4 m at the top, 0 at the bottom, the end at the right. */
    assert_str(chart.plot.curves[0], "92,226 271,119 451,12 630,119");
    assert_str(chart.plot.curves[1], "92,226 271,172 451,119 630,172");
    assert_int_equal(chart.row_count, 4);
    assert_str(chart.rows[2].time, "20 Minuten");
    assert_str(chart.rows[2].computed, "4,00 m");
    assert_str(chart.rows[2].measured, "2,00 m");
    assert_str(chart.goodness[0], "Der berechnete Höchststand liegt 2,00 m über dem gemessenen.");
    assert_str(chart.goodness[1], "Er tritt zur selben Zeit ein.");
    assert_str(chart.plot.words, "Pegel a. Berechnet höchstens 4,00 m, nach 20 Minuten. Gemessen "
                                 "höchstens 2,00 m, nach 20 Minuten.");
    arena_destroy(arena);
}

static void rain_is_drawn_in_steps_and_summed(void **state)
{
    static const double times[] = {0, 1800, 3600}, rates[] = {60, 20, 0};
    Arena *arena = arena_create(0);
    Curve rain = {STR("r"), times, rates, 3};
    ChartOrder order = {STR("Regen"), MEASURED_RAIN, &rain, &rain, 0};
    GaugeChart chart = gauge_chart(arena, &order);

    (void)state;
    assert_str(chart.plot.curves[0], "92,12 361,12 361,155 630,155 630,226");
    assert_str(chart.goodness[0],
               "Gemessen fielen 40,0 Liter je Quadratmeter, gerechnet ist mit 40,0.");
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_numbers_with_a_unit_or_moments),
        cmocka_unit_test(rain_by_steps_becomes_a_rate_from_the_row_before_on),
        cmocka_unit_test(a_wrong_table_is_refused_with_its_line_and_a_remedy),
        cmocka_unit_test(the_same_curve_is_perfect),
        cmocka_unit_test(twice_the_water_is_told_by_every_figure),
        cmocka_unit_test(a_later_beginning_shifts_the_measured_curve),
        cmocka_unit_test(both_curves_stand_in_one_frame),
        cmocka_unit_test(rain_is_drawn_in_steps_and_summed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
