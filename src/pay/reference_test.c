/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "pay/reference.h"

#include <stdio.h>

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

static const Node *settings_with(const char *pattern)
{
    Err err = {0};
    Str yaml = str_printf(arena,
                          "money:\n  payment_reference: \"%s\"\n"
                          "  accounts:\n    hundesteuer: {number: 340}\n",
                          pattern);

    return node_parse_yaml(arena, yaml, "tenant.yaml", &NODE_LIMITS_PACKAGE, &err);
}

static const Node *usual(void)
{
    return settings_with("5{year:2}{account:3}{number:7}{check}");
}

static void a_reference_follows_the_pattern_and_is_found_again(void **state)
{
    (void)state;
    Err err = {0};
    Str reference, *found;

    assert_ok(payment_reference_make(usual(), 42, STR("hundesteuer"), (Date){2027, 3, 1}, arena,
                                     &reference, &err),
              &err);
    assert_int_equal(reference.len, 14);
    assert_true(str_starts_with(reference, "5273400000042"));
    Str text = str_printf(arena, "Hundesteuer KZ: %.3s %.4s/%.*s danke", reference.ptr,
                          reference.ptr + 3, (int)reference.len - 7, reference.ptr + 7);
    assert_int_equal(payment_reference_find(usual(), text, arena, &found), 1);
    assert_true(str_eq(found[0], reference));
}

static void a_wrong_digit_is_no_reference(void **state)
{
    (void)state;
    Err err = {0};
    Str reference, *found;

    payment_reference_make(usual(), 42, STR("hundesteuer"), (Date){2027, 3, 1}, arena, &reference,
                           &err);
    char *wrong = str_cstr(arena, reference);
    wrong[9] = wrong[9] == '9' ? '8' : '9';
    assert_int_equal(payment_reference_find(usual(), str_c(wrong), arena, &found), 0);
    assert_int_equal(
        payment_reference_find(usual(), STR("am 12.03.2027 für 2 Hunde"), arena, &found), 0);
    assert_int_equal(payment_reference_find(usual(), STR_NONE, arena, &found), 0);
}

static void two_different_references_are_both_told(void **state)
{
    (void)state;
    Err err = {0};
    Str a, b, *found;

    payment_reference_make(usual(), 1, STR("hundesteuer"), (Date){2027, 3, 1}, arena, &a, &err);
    payment_reference_make(usual(), 2, STR("hundesteuer"), (Date){2027, 3, 1}, arena, &b, &err);
    Str text = str_printf(arena, "%.*s und %.*s, %.*s", STR_ARG(a), STR_ARG(b), STR_ARG(a));
    assert_int_equal(payment_reference_find(usual(), text, arena, &found), 2);
}

static void bad_patterns_and_overflow_are_named(void **state)
{
    (void)state;
    static const char *const patterns[] = {"",
                                           "{number:7}",
                                           "{check}{number:3}",
                                           "x{number:2}{check}",
                                           "{year:3}{number:2}{check}",
                                           "{foo:2}{number:2}{check}",
                                           "{number:12}{number:12}{number:12}{check}"};
    Err err = {0};
    Str out;

    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        assert_false(payment_reference_make(settings_with(patterns[i]), 1, STR("hundesteuer"),
                                            (Date){2027, 1, 1}, arena, &out, &err));
        assert_non_null(strstr(err.message, "payment_reference"));
    }
    assert_false(payment_reference_make(settings_with("{number:2}{check}"), 100, STR("hundesteuer"),
                                        (Date){2027, 1, 1}, arena, &out, &err));
    assert_false(payment_reference_make(usual(), 1, STR("unbekannt"), (Date){2027, 1, 1}, arena,
                                        &out, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reference_follows_the_pattern_and_is_found_again),
        cmocka_unit_test(a_wrong_digit_is_no_reference),
        cmocka_unit_test(two_different_references_are_both_told),
        cmocka_unit_test(bad_patterns_and_overflow_are_named),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
