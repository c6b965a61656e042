/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "base/check_digit.h"

/* The standard's own example: 0794 has the check digit 5. */
static void example_of_the_standard(void **state)
{
    (void)state;
    assert_int_equal(check_digit_mod11_10(STR("0794")), 5);
    assert_true(check_digit_mod11_10_ok(STR("07945")));
    assert_int_equal(check_digit_mod11_10(STR("")), -1);
    assert_int_equal(check_digit_mod11_10(STR("12a")), -1);
}

static void every_single_wrong_digit_is_found(void **state)
{
    (void)state;
    char number[] = "527340000123x";

    number[12] = (char)('0' + check_digit_mod11_10((Str){number, 12}));
    assert_true(check_digit_mod11_10_ok((Str){number, 13}));
    for (int at = 0; at < 13; at++) {
        char right = number[at];
        for (int wrong = '0'; wrong <= '9'; wrong++) {
            if (wrong == right)
                continue;
            number[at] = (char)wrong;
            assert_false(check_digit_mod11_10_ok((Str){number, 13}));
        }
        number[at] = right;
    }
}

static void ibans_are_checked_by_form_and_sum(void **state)
{
    (void)state;
    assert_true(check_iban(STR("DE02120300000000202051")));
    assert_true(check_iban(STR("GB29NWBK60161331926819")));
    assert_false(check_iban(STR("DE02120300000000202052")));
    assert_false(check_iban(STR("DE0212030000000020205")));
    assert_false(check_iban(STR("de02120300000000202051")));
    assert_true(check_iban(STR("CH9300762011623852957")));
    assert_false(check_iban(STR("CH800076201162385295"))); /* right but for its length */
    assert_false(check_iban(STR("")));
}

static void creditor_ids_are_checked_without_the_business_code(void **state)
{
    (void)state;
    assert_true(check_creditor_id(STR("DE98ZZZ09999999999"))); /* Bundesbank's example */
    assert_true(check_creditor_id(STR("DE98ABC09999999999")));
    assert_true(check_creditor_id(STR("AT61ZZZ01234567890")));
    assert_false(check_creditor_id(STR("DE97ZZZ09999999999")));
    assert_false(check_creditor_id(STR("DE98ZZZ0999999999")));
    assert_false(check_creditor_id(STR("DE98ZZZ0999999999Ä")));
    assert_false(check_creditor_id(STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(example_of_the_standard),
        cmocka_unit_test(every_single_wrong_digit_is_found),
        cmocka_unit_test(ibans_are_checked_by_form_and_sum),
        cmocka_unit_test(creditor_ids_are_checked_without_the_business_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
