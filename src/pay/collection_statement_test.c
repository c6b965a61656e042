/* SPDX-License-Identifier: EUPL-1.2 */
/* What the statement says of a collection: the batch, returns, their fee. */
#include "pay/collection_fixture.h"

static bool usable(const char *payer)
{
    Mandate mandate;
    Err err = {0};
    Tx *tx = db_read(town.tenant->db, &town.err);
    bool found =
        mandate_of_payer(tx, str_c(payer), date_in_berlin(clock_now()), town.arena, &mandate, &err);

    tx_end(tx);
    return found;
}

static void the_batch_on_the_statement_pays_every_charge(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1"), b = test_assess_parts("b", "p/2");

    test_sign("p/1", IBAN_A);
    test_sign("p/2", IBAN_B);
    Collection made = test_collect(test_order("k"));
    assert_int_equal(
        test_import("S1", (TestEntry){.cents = 9600, .batch = batch_of(&made)}).matched, 1);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 4800);
    assert_int_equal(test_charge(b.charge.id).paid_cents, 4800);
    assert_int_equal(again(made.id).credited, 2);
    test_proofs_hold();
}

static void a_batch_of_another_sum_waits_for_a_clerk(void **state)
{
    (void)state;
    test_assess_parts("a", "p/1");
    test_sign("p/1", IBAN_A);
    Collection made = test_collect(test_order("k"));

    assert_int_equal(test_import("S1", (TestEntry){.cents = 4799, .batch = batch_of(&made)}).open,
                     1);
    assert_int_equal(again(made.id).running, 1);
}

static void a_return_is_owed_again_and_a_closed_account_ends_the_mandate(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1"), b = test_assess_parts("b", "p/2");

    test_sign("p/1", IBAN_A);
    test_sign("p/2", IBAN_B);
    Collection made = test_collect(test_order("k"));
    TestEntry entries[] = {
        {.cents = 9600, .batch = batch_of(&made)},
        {.cents = -5150, .end_to_end = name_of(&a, 1), .code = "AC04", .return_cents = 4800},
        {.cents = -4800, .end_to_end = name_of(&b, 1), .code = "AM04"},
    };
    assert_int_equal(test_statement("S1", entries, 3).matched, 3);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 0);
    assert_int_equal(test_charge(b.charge.id).paid_cents, 0);
    assert_int_equal(balance(ACCOUNT_BANK_FEES), 350);
    assert_int_equal(again(made.id).returned, 2);
    assert_false(usable("p/1"));
    assert_true(usable("p/2"));
    /* Not again by itself; when the treasury says so, only where there still is a mandate. */
    assert_int_equal(test_collect(test_order("next")).count, 0);
    SepaOrder retry = test_order("retry");
    retry.retry = true;
    assert_int_equal(test_collect(retry).count, 1);
    test_proofs_hold();
}

static void a_return_that_the_bank_takes_back_pays_again(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");

    test_sign("p/1", IBAN_A);
    Collection made = test_collect(test_order("k"));
    TestEntry entries[] = {
        {.cents = 4800, .end_to_end = name_of(&a, 1), .batch = batch_of(&made)},
        {.cents = -5150, .end_to_end = name_of(&a, 1), .code = "MD06", .return_cents = 4800},
        {.cents = 5150, .end_to_end = name_of(&a, 1), .reversal = true},
        {.cents = 5150, .end_to_end = name_of(&a, 1), .reversal = true},
    };
    BankImport done = test_statement("S1", entries, 4);
    assert_int_equal(done.matched, 3);
    assert_int_equal(done.open, 1);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 4800);
    assert_int_equal(balance(ACCOUNT_BANK_FEES), 0);
    assert_int_equal(again(made.id).credited, 1);
    test_proofs_hold();
}

static int set_up_fee(void **state)
{
    (void)state;
    test_town_open(&town, ENGINES, 2,
                   "title: Musterstadt\n"
                   "money:\n"
                   "  iban: DE02 1203 0000 0000 2020 51\n"
                   "  creditor_id: DE98ZZZ09999999999\n"
                   "  return_fee: bank\n"
                   "  payment_reference: \"5{year:2}{account:3}{number:7}{check}\"\n"
                   "  accounts:\n"
                   "    hundesteuer: {number: 340}\n");
    return 0;
}

static void the_fee_of_a_return_is_claimed_and_goes_with_it(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");

    test_sign("p/1", IBAN_A);
    test_collect(test_order("k"));
    TestEntry entries[] = {
        {.cents = 4800, .end_to_end = name_of(&a, 1)},
        {.cents = -5150, .end_to_end = name_of(&a, 1), .code = "AM04", .return_cents = 4800},
        {.cents = 4800, .end_to_end = name_of(&a, 1), .reversal = true},
    };
    test_statement("S1", entries, 2);
    assert_int_equal(test_charge(a.charge.id).owed_cents, 9950);
    test_proofs_hold();
    assert_int_equal(test_statement("S1", entries, 3).matched, 1);
    assert_int_equal(test_charge(a.charge.id).owed_cents, 9600);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 4800);
    test_proofs_hold();
}

/* Who pays by transfer can give it the name of a direct debit that is not collected yet. */
static void money_before_the_day_of_collection_is_no_direct_debit(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");
    Str yesterday = date_iso(town.arena, date_add_days(date_in_berlin(clock_now()), -1));

    test_sign("p/1", IBAN_A);
    Collection made = test_collect(test_order("k"));
    test_import("S1", (TestEntry){.cents = 4800,
                                  .end_to_end = name_of(&a, 1),
                                  .day = str_cstr(town.arena, yesterday)});
    assert_int_equal(again(made.id).credited, 0);
    assert_int_equal(again(made.id).running, 1);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 4800);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(money_before_the_day_of_collection_is_no_direct_debit),
        TEST(the_batch_on_the_statement_pays_every_charge),
        TEST(a_batch_of_another_sum_waits_for_a_clerk),
        TEST(a_return_is_owed_again_and_a_closed_account_ends_the_mandate),
        TEST(a_return_that_the_bank_takes_back_pays_again),
        cmocka_unit_test_setup_teardown(the_fee_of_a_return_is_claimed_and_goes_with_it, set_up_fee,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
