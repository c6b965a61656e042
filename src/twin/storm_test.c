/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/storm.h"

#include "base/test.h"

#include <math.h>

static FlowSeries euler(Arena *arena, const char *table, double minutes, Err *err)
{
    StormDepths depths;
    FlowSeries out = {0};

    assert_ok(storm_depths_parse(str_c(table), "kostra.csv", NULL, arena, &depths, err), err);
    storm_euler2(&depths, minutes, 5, arena, &out, err);
    return out;
}

/* By hand: the depths grow by 10, 5, 3, 2, 1.5 … mm every 5 min. */
static void the_highest_block_begins_at_three_tenths(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Err err = {0};
    FlowSeries s = euler(arena,
                         "duration_min,depth_mm\n5,10\n10,15\n15,18\n20,20\n25,21.5\n30,22.5\n"
                         "35,23.3\n40,24\n45,24.5\n50,24.9\n55,25.2\n60,25.4\n",
                         60, &err);

    /* n = 12, floor(3.6) = 3 blocks before the peak: 2, 3, 5, then 10. */
    static const double EXPECTED[] = {2, 3, 5, 10, 1.5, 1, 0.8, 0.7, 0.5, 0.4, 0.3, 0.2, 0};
    assert_int_equal(s.count, 13);
    for (size_t i = 0; i < s.count; i++) {
        assert_true(fabs(s.values[i] / 12 - EXPECTED[i]) < 1e-9);
        assert_true(s.times[i] == 300.0 * (double)i);
    }
    assert_true(s.steps);
    arena_destroy(arena);
}

static void between_the_tables_durations_the_depth_is_linear(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Err err = {0};
    FlowSeries s = euler(arena, "duration_min;depth_mm\n10;12,0\n20;18,0\n", 20, &err);

    /* blocks 6, 6, 3, 3; m = 1 */
    static const double EXPECTED[] = {6, 6, 3, 3, 0};
    double sum = 0;
    for (size_t i = 0; i < s.count; i++) {
        assert_true(fabs(s.values[i] / 12 - EXPECTED[i]) < 1e-9);
        sum += s.values[i] / 12;
    }
    assert_float_equal(sum, 18, 1e-9);
    arena_destroy(arena);
}

static void a_duration_beyond_the_table_is_refused(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Err err = {0};

    euler(arena, "duration_min,depth_mm\n5,10\n60,40\n", 120, &err);
    assert_non_null(strstr(err.message, "longer than the table"));
    err = (Err){0};
    euler(arena, "duration_min,depth_mm\n5,10\n60,40\n", 33, &err);
    assert_non_null(strstr(err.message, "multiple"));
    arena_destroy(arena);
}

static void a_column_names_the_return_period(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Err err;
    StormDepths depths;
    Str text = STR("duration_min,T20,T100\n5,9.5,13\n60,30,41\n");

    assert_ok(storm_depths_parse(text, "k.csv", "T100", arena, &depths, &err), &err);
    assert_float_equal(depths.depths[1], 41, 1e-12);
    assert_false(storm_depths_parse(text, "k.csv", "T50", arena, &depths, &err));
    assert_false(storm_depths_parse(STR("duration_min,depth_mm\n5,10\n10,9\n"), "k.csv", NULL,
                                    arena, &depths, &err));
    assert_int_equal(err.line, 3);
    arena_destroy(arena);
}

static bool rain(Arena *arena, const char *text, FlowSeries *out, Remarks *remarks, Err *err)
{
    *remarks = (Remarks){.arena = arena};
    return series_parse(str_c(text), "storm.csv", SERIES_RAIN, arena, out, remarks, err);
}

static void a_series_is_read_as_spreadsheets_write_it(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    FlowSeries s;
    Remarks remarks;
    Err err;

    assert_ok(
        rain(arena, "\xef\xbb\xbftime_s,mm_per_h\r\n0,10\r\n300,40.5\r\n", &s, &remarks, &err),
        &err);
    assert_int_equal(s.count, 2);
    assert_float_equal(s.values[1], 40.5, 1e-12);
    assert_ok(rain(arena, "# measured\ntime_min;mm_per_h\n0;1,5\n5;0\n", &s, &remarks, &err), &err);
    assert_float_equal(s.times[1], 300, 1e-12);
    assert_float_equal(s.values[0], 1.5, 1e-12);
    assert_ok(rain(arena, "0,5\n60,6\n", &s, &remarks, &err), &err);
    assert_int_equal(remarks.count, 0);
    arena_destroy(arena);
}

static void gaps_and_nonsense_in_a_series_are_refused_with_their_line(void **state)
{
    static const struct {
        const char *text, *message;
        int line;
    } CASES[] = {
        {"time_s,mm_per_h\n0,10\n300,\n600,5\n", "empty", 3},
        {"time_s,mm_per_h\n0,10\n300,nan\n", "no number", 3},
        {"time_s,mm_per_h\n0,10\n300,5\n200,4\n", "not later", 4},
        {"time_s,mm_per_h\n0,-1\n", "negative", 2},
        {"time_s,level_m\n0,1\n", "no column mm_per_h", 1},
        {"time_s,mm_per_h\n0,1,2\n", "values", 2},
        {"time_s,mm_per_h\n", "no rows", 0},
        {"time_s,mm_per_h\n-5,1\n", "before the beginning", 2},
    };
    (void)state;
    Arena *arena = arena_create(0);
    FlowSeries s;
    Remarks remarks;
    Err err;

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        assert_false(rain(arena, CASES[i].text, &s, &remarks, &err));
        assert_non_null(strstr(err.message, CASES[i].message));
        assert_int_equal(err.line, CASES[i].line);
    }
    assert_ok(rain(arena, "time_s,mm_per_h\n0,1\n300,1\n600,1\n900,1\n2700,1\n3000,1\n", &s,
                   &remarks, &err),
              &err);
    assert_int_equal(remarks.count, 1);
    assert_non_null(strstr(remarks.items[0].text, "storm.csv:6"));
    arena_destroy(arena);
}

static void the_only_value_beside_the_time_may_have_any_name_but_anothers(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Remarks remarks = {.arena = arena};
    FlowSeries s;
    Err err;

    assert_ok(series_parse(STR("time_s,inflow at the weir\n0,1\n60,3\n"), "q.csv", SERIES_DISCHARGE,
                           arena, &s, &remarks, &err),
              &err);
    assert_true(s.values[1] == 3 && !s.steps);
    assert_ok(series_parse(STR("time_h,l_per_s\n0,100\n1,200\n"), "q.csv", SERIES_DISCHARGE, arena,
                           &s, &remarks, &err),
              &err);
    assert_true(fabs(s.values[1] - 0.2) < 1e-12 && s.times[1] == 3600);
    assert_false(series_parse(STR("time_s,mm_per_h\n0,1\n"), "q.csv", SERIES_DISCHARGE, arena, &s,
                              &remarks, &err));
    assert_false(series_parse(STR("time_s,rain\n0,1\n"), "storm.csv", SERIES_RAIN, arena, &s,
                              &remarks, &err));
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_highest_block_begins_at_three_tenths),
        cmocka_unit_test(between_the_tables_durations_the_depth_is_linear),
        cmocka_unit_test(a_duration_beyond_the_table_is_refused),
        cmocka_unit_test(a_column_names_the_return_period),
        cmocka_unit_test(a_series_is_read_as_spreadsheets_write_it),
        cmocka_unit_test(gaps_and_nonsense_in_a_series_are_refused_with_their_line),
        cmocka_unit_test(the_only_value_beside_the_time_may_have_any_name_but_anothers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
