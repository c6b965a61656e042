/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/page/number.h"

#include "base/test.h"

static void digits_stand_in_groups_of_three(void **state)
{
    Arena *arena = arena_create(0);

    (void)state;
    assert_str(digits_text(arena, STR("1"), STR("de"), 0), "1");
    assert_str(digits_text(arena, STR("-1234567.5"), STR("de"), 0), "-1.234.567,5");
    assert_str(digits_text(arena, STR("-123456.25"), STR("en"), 0), "-123,456.25");
    assert_str(digits_text(arena, STR("1000"), STR("de"), 2), "1.000,00");
    assert_str(digits_text(arena, STR("1e+21"), STR("de"), 0), "1e+21");
    assert_str(count_text(arena, 2419200, STR("de")), "2.419.200");
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_stand_in_groups_of_three),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
