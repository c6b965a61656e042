/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/alarm_test.h"
#include "city/alarm/condition.h"

static AlarmLook look_at(const char *condition, const char *ends, Timestamp now)
{
    Alarm alarm = alarm_with(condition, ends);
    WatchedList watched;
    AlarmLook out;
    AlarmRule rule;

    assert_ok(alarm_watch(hub(), &alarm, town.arena, &watched, &town.err), &town.err);
    assert_int_equal(watched.count, 1);
    assert_ok(alarm_rule(&alarm, town.arena, &rule, &town.err), &town.err);
    assert_ok(alarm_look(hub_store(hub()), &alarm, &rule, &watched.items[0], now, town.arena, &out,
                         &town.err),
              &town.err);
    return out;
}

static void assert_holds(const char *condition)
{
    if (!look_at(condition, "", NOON).said.holds)
        fail_msg("does not hold: %s", condition);
}

static void conditions_know_values_windows_and_the_moment(void **state)
{
    (void)state;
    measure(200, 1);
    measure(59, 10);
    measure(29, 20);
    measure(5, 40);
    assert_holds("value = 40 and previous = 20");
    assert_holds("mean_10min = 40 and min_1h = 10 and max_1h = 40 and sum_1h = 70");
    assert_holds("mean_1h > 23.3 and mean_1h < 23.4");
    assert_holds("min_24h = 1 and max_24h = 40 and sum_24h = 71 and mean_24h = 17.75");
    assert_holds("rate = 30 / 54 * 60 or (rate > 33.33 and rate < 33.34)");
    assert_holds("silent = 5 and age = 5 and quality = 0");
    assert_holds("lon = 9.96 and lat = 51.56 and inside");
    assert_holds("name = \"Pegel\" and hour = 12 and weekday = 1");
}

static void an_hour_with_one_value_is_compared_with_the_one_before(void **state)
{
    (void)state;
    measure(120, 10);
    measure(0, 50);
    assert_holds("rate = 20");
}

static void what_comes_later_does_not_count(void **state)
{
    (void)state;
    measure(10, 7);
    measure(-10, 99);
    assert_holds("value = 7 and max_1h = 7");
}

static void who_never_sent_is_silent_since_the_alarm_was_made(void **state)
{
    (void)state;
    measure(-500, 1);
    assert_holds("silent = 100 and age = null and value = null and rate = null and mean_1h = null");
}

static void nobody_can_tell_is_neither_raised_nor_ended(void **state)
{
    AlarmLook seen;

    (void)state;
    measure(-500, 1);
    seen = look_at("value > 5", "", NOON);
    assert_false(seen.said.holds);
    assert_false(seen.said.ends);
    assert_str(seen.value, "");
}

static void without_an_end_it_ends_when_the_condition_is_false(void **state)
{
    (void)state;
    measure(1, 5);
    assert_true(look_at("value > 9", "", NOON).said.ends);
    assert_false(look_at("value > 9", "value < 3", NOON).said.ends);
    assert_true(look_at("value > 9", "value < 6", NOON).said.ends);
}

static void hours_are_those_of_clocks_on_days_of_23_and_25_hours(void **state)
{
    (void)state;
    measure(1, 5);
    /* 2027-03-28 04:30 summer time; 2027-10-31 02:30, for the second time. */
    assert_true(look_at("hour = 4", "", 1806201000000).said.holds);
    assert_true(look_at("hour = 2", "", 1824946200000).said.holds);
}

static void a_wrong_condition_says_where(void **state)
{
    static const struct {
        const char *condition, *ends, *field, *words;
    } CASES[] = {{"value >", "", "bedingung", "Zeile 1, Zeichen"},
                 {"hoehe > 5", "", "bedingung", "Zeile 1, Zeichen 1"},
                 {"value > 5", "silent +", "ende", "Zeile 1, Zeichen"},
                 {"silent + 1", "", "bedingung", "wahr oder falsch"},
                 {"\"ja\"", "", "bedingung", "wahr oder falsch"}};

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Alarm alarm = alarm_with(CASES[i].condition, CASES[i].ends);
        AlarmRule rule;
        Err err = {0};
        assert_false(alarm_rule(&alarm, town.arena, &rule, &err));
        assert_string_equal(err.field, CASES[i].field);
        if (!strstr(err.message, CASES[i].words))
            fail_msg("%s: %s", CASES[i].condition, err.message);
    }
}

static void areas_are_polygons(void **state)
{
    static const char *const GOOD[] = {
        "POLYGON((0 0, 1 0, 1 1, 0 0))",
        "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}",
        "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,"
        "1],[0,0]]]}}"};
    static const char *const BAD[] = {"",   "POINT(1 1)", "LINESTRING(0 0, 1 1)",
                                      "{}", "Stadtpark",  "POLYGON((0 0, 1 1))"};
    Err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        assert_ok(alarm_area_check(str_c(GOOD[i]), &err), &err);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (alarm_area_check(str_c(BAD[i]), &err))
            fail_msg("taken: %s", BAD[i]);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, alarm_test_begin, test_town_tear_down)
    const struct CMUnitTest tests[] = {
        T(conditions_know_values_windows_and_the_moment),
        T(an_hour_with_one_value_is_compared_with_the_one_before),
        T(what_comes_later_does_not_count),
        T(who_never_sent_is_silent_since_the_alarm_was_made),
        T(nobody_can_tell_is_neither_raised_nor_ended),
        T(without_an_end_it_ends_when_the_condition_is_false),
        T(hours_are_those_of_clocks_on_days_of_23_and_25_hours),
        T(a_wrong_condition_says_where),
        T(areas_are_polygons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
