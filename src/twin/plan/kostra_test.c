/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "twin/plan/kostra.h"

#define TABLE                                      \
    "duration_min,T1,T2,T5,T10,T20,T30,T50,T100\n" \
    "5,5,6,8,10,12,13,15,18\n"                     \
    "60,15,20,26,31,37,40,44,50\n"                 \
    "120,18,24,31,37,44,48,53,60\n"

static Kostra table(void)
{
    Kostra out;
    Err err = {0};
    Arena *arena = arena_create(0);
    assert_ok(kostra_parse(STR(TABLE), "kostra.csv", arena, &out, &err), &err);
    arena_destroy(arena);
    return out;
}

static void what_stands_in_the_table_is_found_exactly(void **state)
{
    (void)state;
    Kostra t = table();
    Err err = {0};
    double mm;

    assert_ok(kostra_height(&t, 60, 100, &mm, &err), &err);
    assert_float_equal(mm, 50, 1e-9);
    assert_ok(kostra_height(&t, 5, 1, &mm, &err), &err);
    assert_float_equal(mm, 5, 1e-9);
    assert_ok(kostra_height(&t, 120, 30, &mm, &err), &err);
    assert_float_equal(mm, 48, 1e-9);
}

static void between_two_values_the_rain_lies_between_them(void **state)
{
    (void)state;
    Kostra t = table();
    Err err = {0};
    double mm;

    assert_ok(kostra_height(&t, 90, 25, &mm, &err), &err);
    assert_true(mm > 37 && mm < 48);
    /* Over the duration as the storm is made: half way between 40 and 48 mm. */
    assert_ok(kostra_height(&t, 90, 30, &mm, &err), &err);
    assert_float_equal(mm, (t.mm[1][5] + t.mm[2][5]) / 2, 1e-9);
    assert_false(kostra_height(&t, 180, 10, &mm, &err));
    assert_non_null(strstr(err.message, "von 5 bis 120 Minuten"));
    assert_false(kostra_height(&t, 60, 200, &mm, &err));
    assert_non_null(strstr(err.message, "alle 1 bis 100 Jahre"));
}

static void an_index_is_the_rain_of_its_return_period_or_a_multiple_of_the_seventh(void **state)
{
    (void)state;
    Kostra t = table();
    Err err = {0};
    int sri;

    for (int i = 1; i <= SRI_MAX; i++) {
        double mm;
        assert_ok(kostra_height(&t, 60, sri_years(i), &mm, &err), &err);
        assert_ok(sri_of_height(&t, 60, mm * sri_factor(i), &sri, &err), &err);
        assert_int_equal(sri, i);
    }
    assert_ok(sri_of_height(&t, 60, 19.9, &sri, &err), &err);
    assert_int_equal(sri, 0);
    assert_ok(sri_of_height(&t, 60, 59.9, &sri, &err), &err);
    assert_int_equal(sri, 7);
    assert_ok(sri_of_height(&t, 60, 60, &sri, &err), &err);
    assert_int_equal(sri, 8);
    assert_ok(sri_of_height(&t, 60, 1000, &sri, &err), &err);
    assert_int_equal(sri, 12);
    assert_string_equal(sri_word(6), "außergewöhnlicher Starkregen");
}

static void a_column_is_what_a_storm_is_made_of(void **state)
{
    (void)state;
    Kostra t = table();
    Err err = {0};
    Arena *arena = arena_create(0);
    Buf out = buf_in(arena);

    assert_ok(kostra_column(&t, 100, 1.2, &out, &err), &err);
    assert_str(buf_str(&out), "duration_min,depth_mm\n5,21.600\n60,60.000\n120,72.000\n");
    arena_destroy(arena);
}

static void wrong_tables_are_refused_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *csv;
        int line;
    } WRONG[] = {
        {"", 0},
        {"dauer,T1,T2\n5,1,2\n", 1},
        {"duration_min\n5\n", 1},
        {"duration_min,T2,T1\n5,1,2\n", 1},
        {"duration_min,1,2\n5,1,2\n", 1},
        {"duration_min,T1,T2\n", 0},
        {"duration_min,T1,T2\n5,1,\n", 2},
        {"duration_min,T1,T2\n5,2,1\n", 2},
        {"duration_min,T1,T2\n5,1,2\n4,1,2\n", 3},
        {"duration_min,T1,T2\n5,1,2\n10,0.9,2\n", 3},
        {"duration_min,T1,T2\n5,1,1e9\n", 2},
        {"duration_min,T1,T2\n5,1,nan\n", 2},
        {"duration_min,T1,T2\n-5,1,2\n", 2},
    };
    Arena *arena = arena_create(0);
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        Kostra out;
        Err err = {0};
        assert_false(kostra_parse(str_c(WRONG[i].csv), "k.csv", arena, &out, &err));
        if (err.line != WRONG[i].line)
            fail_msg("%s: line %d: %s", WRONG[i].csv, err.line, err.message);
    }
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_in_the_table_is_found_exactly),
        cmocka_unit_test(between_two_values_the_rain_lies_between_them),
        cmocka_unit_test(an_index_is_the_rain_of_its_return_period_or_a_multiple_of_the_seventh),
        cmocka_unit_test(a_column_is_what_a_storm_is_made_of),
        cmocka_unit_test(wrong_tables_are_refused_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
