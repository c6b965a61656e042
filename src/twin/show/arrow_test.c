/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/show/arrow.h"

#include "base/test.h"
#include "geo/tile/paint.h"

#include <math.h>

static Arrow there_and_back(double speed, double degrees)
{
    return arrow_of(paint_step(&PAINT_NUMBERS, arrow_number(speed, degrees)));
}

static void a_direction_comes_back_to_five_degrees(void **state)
{
    (void)state;
    for (double degrees = -360; degrees <= 720; degrees += 0.7) {
        double off = fmod(there_and_back(1.2, degrees).degrees - degrees + 1080, 360);
        assert_true(fmin(off, 360 - off) <= 5.0001);
    }
}

static void the_fastest_has_the_largest_number(void **state)
{
    (void)state;
    assert_true(isnan(arrow_number(0.19, 90)));
    assert_true(isnan(arrow_number(1, (double)NAN)));
    assert_true(arrow_number(0.5, 0) > arrow_number(0.49, 359));
    assert_true(arrow_number(9, 0) > arrow_number(4.9, 359));
    assert_int_equal(there_and_back(0.2, 0).speed_class, 0);
    assert_int_equal(there_and_back(99, 355).speed_class, ARROW_CLASSES - 1);
    assert_true(arrow_number(99, 350) < 255);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_direction_comes_back_to_five_degrees),
        cmocka_unit_test(the_fastest_has_the_largest_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
