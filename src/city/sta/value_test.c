/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"
#include "base/test_random.h"
#include "city/sta/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The shortest of 15 to 17 digits that is the number again. */
static void plain(double number, char *out, size_t size)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, size, "%.*g", digits, number);
        if (strtod(out, NULL) == number)
            return;
    }
}

static void check(Arena *arena, double number)
{
    char wanted[40];

    plain(number, wanted, sizeof wanted);
    assert_string_equal(str_cstr(arena, sta_value_text(arena, sta_number(number))), wanted);
}

static void numbers_are_written_as_short_as_they_are_exact(void **state)
{
    static const double SPECIAL[] = {0,
                                     -0.0,
                                     1,
                                     -1,
                                     0.1,
                                     -0.1,
                                     0.25,
                                     1e11,
                                     1e10,
                                     99999.99,
                                     0.0001,
                                     -0.0001,
                                     0.00001,
                                     1e15,
                                     1e300,
                                     5e-324,
                                     1.0 / 3,
                                     2.0 / 3,
                                     1e-300,
                                     123456789.1,
                                     0.3,
                                     4503.5,
                                     99999999999.9999,
                                     0.1 + 0.2,
                                     9007199254740993.0};
    Arena *arena = arena_create(0);
    TestRandom random = {42};

    (void)state;
    for (size_t i = 0; i < sizeof SPECIAL / sizeof *SPECIAL; i++)
        check(arena, SPECIAL[i]);
    for (int i = 0; i < 200000; i++) {
        int64_t whole = test_pick(&random, -1000000000000, 1000000000000);
        check(arena, (double)whole / pow(10, (double)test_pick(&random, 0, 7)));
        if (i % 1000 == 0)
            arena_reset(arena);
    }
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written_as_short_as_they_are_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
