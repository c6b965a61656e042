/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/page/page.h"

#include "base/test.h"

static void what_is_counted_is_one_or_many(void **state)
{
    Arena *arena = arena_create(0);
    Str de = STR("de"), bicycles = STR("Räder je Viertelstunde");
    Observation one = obs_number(0, 1), many = obs_number(0, 1234);

    (void)state;
    assert_str(city_value_text(arena, de, &one, bicycles), "1 Rad je Viertelstunde");
    assert_str(city_value_text(arena, de, &many, bicycles), "1.234 Räder je Viertelstunde");
    assert_str(city_measure_text(arena, de, 1, STR("Plätze")), "1 Platz");
    assert_str(city_measure_text(arena, de, 1.5, STR("Plätze")), "1,5 Plätze");
    assert_str(city_measure_text(arena, de, -1, STR("Tage")), "-1 Tage");
    assert_str(city_measure_text(arena, de, 1, STR("°C")), "1 °C");
    assert_str(city_measure_text(arena, de, 1, STR("")), "1");
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_counted_is_one_or_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
