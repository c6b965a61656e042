/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/alarm.h"

#include "base/test.h"

static const AlarmSaid HOLDS = {.holds = true}, ENDS = {.ends = true}, NEITHER = {0},
                       BOTH = {.holds = true, .ends = true};

static void it_is_raised_at_once_and_ends_once(void **state)
{
    AlarmState s = {0};

    (void)state;
    assert_false(alarm_step(&s, ENDS, 0, 1));
    assert_true(alarm_step(&s, HOLDS, 0, 2));
    assert_int_equal(s.phase, ALARM_RAISED);
    assert_int_equal(s.since, 2);
    assert_false(alarm_step(&s, HOLDS, 0, 3));
    assert_true(alarm_step(&s, ENDS, 0, 4));
    assert_int_equal(s.phase, ALARM_ENDED);
    assert_false(alarm_step(&s, ENDS, 0, 5));
    assert_int_equal(s.since, 4);
}

static void the_condition_must_hold_without_a_break(void **state)
{
    AlarmState s = {0};

    (void)state;
    assert_false(alarm_step(&s, HOLDS, 10, 1));
    assert_false(alarm_step(&s, HOLDS, 10, 10));
    assert_false(alarm_step(&s, NEITHER, 10, 11));
    assert_false(alarm_step(&s, HOLDS, 10, 12));
    assert_false(alarm_step(&s, HOLDS, 10, 21));
    assert_true(alarm_step(&s, HOLDS, 10, 22));
}

static void a_clock_that_was_ahead_keeps_no_alarm_back(void **state)
{
    AlarmState s = {0};

    (void)state;
    assert_false(alarm_step(&s, HOLDS, 10, 5000));
    assert_false(alarm_step(&s, HOLDS, 10, 1));
    assert_true(alarm_step(&s, HOLDS, 10, 11));
}

static void between_the_limits_it_stays_as_it_is(void **state)
{
    AlarmState s = {0};

    (void)state;
    assert_false(alarm_step(&s, NEITHER, 0, 1));
    alarm_step(&s, HOLDS, 0, 2);
    assert_false(alarm_step(&s, NEITHER, 0, 3));
    s.phase = ALARM_ACKNOWLEDGED;
    assert_false(alarm_step(&s, HOLDS, 0, 4));
    assert_true(alarm_step(&s, ENDS, 0, 5));
}

static void an_end_that_contradicts_the_condition_does_not_flap(void **state)
{
    AlarmState s = {0};

    (void)state;
    assert_true(alarm_step(&s, BOTH, 0, 1));
    assert_false(alarm_step(&s, BOTH, 0, 2));
    assert_int_equal(s.phase, ALARM_RAISED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_raised_at_once_and_ends_once),
        cmocka_unit_test(the_condition_must_hold_without_a_break),
        cmocka_unit_test(a_clock_that_was_ahead_keeps_no_alarm_back),
        cmocka_unit_test(between_the_limits_it_stays_as_it_is),
        cmocka_unit_test(an_end_that_contradicts_the_condition_does_not_flap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
