/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "base/clock.h"

#include <stdio.h>

static void days_and_dates_agree_over_eight_centuries(void **state)
{
    (void)state;
    int64_t first = date_to_days((Date){1600, 1, 1});
    Date date = {1600, 1, 1};

    for (int64_t day = first; day < first + 800 * 365; day++) {
        assert_true(date_valid(date));
        assert_int_equal(date_to_days(date), day);
        assert_int_equal(date_compare(date_from_days(day), date), 0);
        if (++date.day > date_days_in_month(date.year, date.month)) {
            date.day = 1;
            if (++date.month > 12) {
                date.month = 1;
                date.year++;
            }
        }
    }
}

static void berlin_days_follow_summer_time(void **state)
{
    (void)state;
    Timestamp at;

    assert_true(timestamp_parse_iso(STR("2026-07-01T22:30:00Z"), &at));
    assert_int_equal(date_compare(date_in_berlin(at), (Date){2026, 7, 2}), 0);
    assert_true(timestamp_parse_iso(STR("2026-12-31T22:30:00Z"), &at));
    assert_int_equal(date_compare(date_in_berlin(at), (Date){2026, 12, 31}), 0);
    assert_true(timestamp_parse_iso(STR("2026-07-02T00:00:00+02:00"), &at));
    assert_true(timestamp_of_berlin_day((Date){2026, 7, 2}) == at);
    assert_true(timestamp_parse_iso(STR("2026-03-28T23:00:00Z"), &at));
    assert_true(timestamp_of_berlin_day((Date){2026, 3, 29}) == at);
    assert_true(timestamp_parse_iso(STR("2026-03-29T22:00:00Z"), &at));
    assert_true(timestamp_of_berlin_day((Date){2026, 3, 30}) == at);
}

static void clocks_in_berlin_show_one_hour_twice_and_one_never(void **state)
{
    Timestamp first, second, summer, winter;
    const int64_t half_past_two = 150 * 60000;

    (void)state;
    assert_true(timestamp_of_berlin((Date){2027, 7, 1}, half_past_two, false, &summer));
    assert_true(timestamp_of_berlin((Date){2027, 1, 1}, half_past_two, true, &winter));
    assert_true(summer == timestamp_of_berlin_day((Date){2027, 7, 1}) + half_past_two);
    assert_true(winter == timestamp_of_berlin_day((Date){2027, 1, 1}) + half_past_two);
    assert_true(timestamp_of_berlin((Date){2027, 10, 31}, half_past_two, false, &first));
    assert_true(timestamp_of_berlin((Date){2027, 10, 31}, half_past_two, true, &second));
    assert_true(second - first == 3600000);
    assert_false(timestamp_of_berlin((Date){2027, 3, 28}, half_past_two, false, &first));
    assert_false(timestamp_of_berlin((Date){2027, 3, 28}, half_past_two, true, &first));
}

static void german_dates_are_read_as_people_type_them(void **state)
{
    (void)state;
    Date date;

    assert_true(date_parse_german(STR(" 1.3.2027"), &date));
    assert_int_equal(date.month, 3);
    assert_true(date_parse_german(STR("01.03.2027 "), &date));
    assert_true(date_parse_german(STR("2027-03-01"), &date));
    assert_true(date_parse_german(STR("2027-3-1"), &date));
    assert_int_equal(date_compare(date, (Date){2027, 3, 1}), 0);
    assert_false(date_parse_german(STR("2027-2-30"), &date));
    assert_false(date_parse_german(STR("2027-3"), &date));
    assert_false(date_parse_german(STR("31.2.2027"), &date));
    assert_false(date_parse_german(STR("1.3.27"), &date));
    assert_false(date_parse_german(STR("1.3.2027x"), &date));
    assert_false(date_parse_iso(STR("2027-3-1"), &date));
}

static void months_are_added_up_to_the_month_end(void **state)
{
    (void)state;
    assert_int_equal(date_compare(date_add_months((Date){2027, 1, 31}, 1), (Date){2027, 2, 28}), 0);
    assert_int_equal(date_compare(date_add_months((Date){2027, 1, 15}, -1), (Date){2026, 12, 15}),
                     0);
    assert_int_equal(date_compare(date_easter(2027), (Date){2027, 3, 28}), 0);
    assert_int_equal(date_weekday((Date){2026, 11, 21}), 5);
}

static void money_and_moments_read_well(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);

    assert_str(money_text(arena, 123450, STR("de")), "1.234,50 €");
    assert_str(money_text(arena, -5, STR("de")), "-0,05 €");
    assert_str(money_text(arena, 100000000, STR("en")), "€1,000,000.00");
    assert_str(money_text(arena, -5, STR("en")), "-€0.05");
    assert_str(money_text(arena, 99999, STR("de")), "999,99 €");
    assert_str(money_text(arena, INT64_MIN, STR("de")), "-92.233.720.368.547.758,08 €");
    assert_str(date_long(arena, (Date){2027, 3, 1}, STR("de")), "1. März 2027");
    assert_str(timestamp_iso(arena, 0), "1970-01-01T00:00:00.000Z");
    assert_str(timestamp_long(arena, 0, STR("de")), "1. Januar 1970, 1:00 Uhr");
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_dates_agree_over_eight_centuries),
        cmocka_unit_test(berlin_days_follow_summer_time),
        cmocka_unit_test(clocks_in_berlin_show_one_hour_twice_and_one_never),
        cmocka_unit_test(german_dates_are_read_as_people_type_them),
        cmocka_unit_test(months_are_added_up_to_the_month_end),
        cmocka_unit_test(money_and_moments_read_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
