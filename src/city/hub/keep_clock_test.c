/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/hub/keep_clock.h"

#include "base/test.h"

#define MINUTE ((int64_t)60000)
#define DAY (1440 * MINUTE)
#define YEARS (3650 * DAY)
#define START (20000 * DAY)

static KeepClock begun(void)
{
    KeepClock clock = {.until = START - 10 * MINUTE};

    assert_false(keep_clock_step(&clock, START));
    assert_int_equal(clock.until, START);
    return clock;
}

static void it_goes_with_the_machines(void **state)
{
    KeepClock clock = begun();

    (void)state;
    assert_false(keep_clock_step(&clock, START + 10 * MINUTE));
    assert_int_equal(clock.until, START + 10 * MINUTE);
    assert_false(keep_clock_step(&clock, START + DAY));
    assert_int_equal(clock.until, START + DAY);
}

static void a_leap_of_ten_years_is_doubted_once_and_forgotten(void **state)
{
    KeepClock clock = begun();

    (void)state;
    assert_true(keep_clock_step(&clock, START + YEARS));
    for (int look = 1; look < 100; look++)
        assert_false(keep_clock_step(&clock, START + YEARS + look * 10 * MINUTE));
    assert_int_equal(clock.until, START);
    assert_false(keep_clock_step(&clock, START + 20 * MINUTE));
    assert_int_equal(clock.until, START + 20 * MINUTE);
    assert_int_equal(clock.doubted, 0);
}

static void more_leaps_are_no_time_that_passed(void **state)
{
    KeepClock clock = begun();

    (void)state;
    for (int leap = 1; leap < 20; leap++)
        keep_clock_step(&clock, START + leap * YEARS);
    assert_int_equal(clock.until, START);
}

static void after_a_day_of_running_it_is_believed(void **state)
{
    KeepClock clock = begun();
    Timestamp now = START + 30 * DAY; /* the town was switched off for so long */

    (void)state;
    assert_true(keep_clock_step(&clock, now));
    for (int look = 0; look < 143; look++)
        keep_clock_step(&clock, now += 10 * MINUTE);
    assert_int_equal(clock.until, START);
    assert_false(keep_clock_step(&clock, now += 10 * MINUTE));
    assert_int_equal(clock.until, now);
}

static void a_clock_that_goes_back_is_believed_at_once(void **state)
{
    KeepClock clock = begun();

    (void)state;
    assert_false(keep_clock_step(&clock, START - DAY));
    assert_int_equal(clock.until, START - DAY);
    assert_false(keep_clock_step(&clock, START));
    assert_int_equal(clock.until, START);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_with_the_machines),
        cmocka_unit_test(a_leap_of_ten_years_is_doubted_once_and_forgotten),
        cmocka_unit_test(more_leaps_are_no_time_that_passed),
        cmocka_unit_test(after_a_day_of_running_it_is_believed),
        cmocka_unit_test(a_clock_that_goes_back_is_believed_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
