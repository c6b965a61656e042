/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "pay/sepa_text.h"

static Arena *arena;

static int begin(void **state)
{
    (void)state;
    arena = arena_create(0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static void names_are_spelled_as_german_banks_do(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {
        {"Jürgen Groß & Söhne", "Juergen Gross + Soehne"},
        {"Deniz Yıldız", "Deniz Yildiz"},
        {"François Łukasz Ørsted", "Francois Lukasz Orsted"},
        {"Иван", "Ivan"},
        {"a@b_c;\"d\"", "a.b-c,'d'"},
        {"  zwei\n  Zeilen ", "zwei Zeilen"},
        {"", ""},
    };

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Str text = sepa_text(arena, str_c(CASES[i][0]), 70);
        assert_str(text, CASES[i][1]);
        assert_true(sepa_text_ok(text));
    }
    assert_false(sepa_text_ok(STR("Groß")));
    assert_false(sepa_text_ok(STR("a*b")));
}

static void a_long_text_is_cut(void **state)
{
    (void)state;
    char text[400];

    memset(text, 'x', sizeof text);
    assert_int_equal(sepa_text(arena, (Str){text, sizeof text}, 140).len, 140);
    assert_int_equal(sepa_text(arena, STR("äääää"), 5).len, 5);
}

static void two_spellings_of_a_name_have_one_key(void **state)
{
    (void)state;
    assert_str(name_key(arena, STR("Müller, Anna-Lena")), "anna lena mueller");
    assert_str(name_key(arena, STR("ANNA LENA MUELLER")), "anna lena mueller");
    assert_str(name_key(arena, STR("Frau Dr. Anna Lena Müller")), "anna lena mueller");
    assert_str(name_key(arena, STR("")), "");
    assert_str(name_key(arena, STR("...")), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_are_spelled_as_german_banks_do, begin, end),
        cmocka_unit_test_setup_teardown(a_long_text_is_cut, begin, end),
        cmocka_unit_test_setup_teardown(two_spellings_of_a_name_have_one_key, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
