/* SPDX-License-Identifier: EUPL-1.2 */
/* What is overpaid is proposed, released, and paid by a file. */
#include "pay/refund_fixture.h"
#include "pay/sepa_schema.h"

static void what_is_overpaid_is_listed_with_the_account_that_paid(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000);
    Overpaid *found;
    size_t count;

    paid("b", 9600);
    Assessed open = assess("c", 1000);
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(refund_overpaid(tx, 10, town.arena, &found, &count, &town.err), &town.err);
    tx_end(tx);
    assert_int_equal(count, 1);
    assert_int_equal(found[0].charge.id, a.charge.id);
    assert_int_equal(found[0].cents, 400);
    assert_str(found[0].iban, IBAN_A);
    assert_int_equal(found[0].other_count, 1);
    assert_int_equal(found[0].others[0].id, open.charge.id);
}

static void nothing_is_refunded_twice(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000);
    int64_t id = propose(a.charge.id);

    assert_true(id > 0);
    assert_int_equal(propose(a.charge.id), 0);
    assert_int_equal(refusal, ERR_CONFLICT);
    assert_true(release(id, "staff/1"));
    assert_int_equal(test_charge(a.charge.id).paid_cents, 9600);
    assert_int_equal(balance(ACCOUNT_PAYOUT), -400);
    assert_false(release(id, "staff/1"));
    assert_int_equal(propose(a.charge.id), 0);
    assert_int_equal(refusal, ERR_CONFLICT);
}

static void above_the_limit_a_second_person_releases(void **state)
{
    (void)state;
    Assessed a = paid("a", 15000), b = paid("b", 14600);
    int64_t id = propose(a.charge.id);

    assert_false(release(id, "staff/1"));
    assert_int_equal(refusal, ERR_CONFLICT);
    assert_true(release(id, "staff/2"));
    assert_true(release(propose(b.charge.id), "staff/1")); /* just the limit */
}

static void the_file_is_right_and_the_statement_ends_it(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000);
    Step run = {.what = RUN, .actor = "staff/1"};
    Str xml;
    SepaTotals totals;

    assert_false(do_step(&run));
    assert_true(release(propose(a.charge.id), "staff/1"));
    assert_true(do_step(&run));
    assert_ok(refund_run_write(town.tenant, run.id, town.arena, &town.err), &town.err);
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(refund_run_render(tx, town.tenant, run.id, town.arena, &xml, &town.err), &town.err);
    tx_end(tx);
    assert_ok(sepa_check(xml, SEPA_PAIN_001, &totals, &town.err), &town.err);
    assert_int_equal(totals.cents, 400);
    assert_true(str_find(xml, STR("<Nm>Erika Mueller</Nm>")) > 0);
    Refund refund = last_refund(STR("ordered"));
    char *name = str_cstr(town.arena, refund.end_to_end);
    TestEntry entries[] = {{.cents = -400, .end_to_end = name, .iban = IBAN_A},
                           {.cents = 400, .end_to_end = name, .iban = IBAN_A, .code = "AC04"}};
    assert_int_equal(test_statement("S8", entries, 1).matched, 1);
    test_proofs_hold();
    assert_int_equal(balance(ACCOUNT_PAYOUT), 0);
    assert_int_equal(last_refund(STR("paid")).id, refund.id);
    /* It comes back: the charge is overpaid as before, and can be refunded again. */
    assert_int_equal(test_statement("S8", entries, 2).matched, 1);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 10000);
    assert_true(propose(a.charge.id) > 0);
}

static void the_bank_may_book_the_run_as_one(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000), b = paid("b", 9700);
    Step run = {.what = RUN, .actor = "staff/1"};
    RefundRun made;

    assert_true(release(propose(a.charge.id), "staff/1"));
    assert_true(release(propose(b.charge.id), "staff/1"));
    assert_true(do_step(&run));
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(refund_run_by_id(tx, run.id, town.arena, &made, &town.err), &town.err);
    tx_end(tx);
    assert_int_equal(made.unpaid, 2);
    char *batch = str_cstr(town.arena, made.message_id);
    assert_int_equal(test_import("S8", (TestEntry){.cents = -500, .batch = batch}).matched, 1);
    assert_int_equal(balance(ACCOUNT_PAYOUT), 0);
    test_proofs_hold();
}

static void a_dropped_proposal_books_nothing(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000);
    int64_t id = propose(a.charge.id);

    assert_true(do_step(&(Step){.what = DROP, .id = id, .actor = "staff/2"}));
    assert_false(release(id, "staff/1"));
    assert_int_equal(test_charge(a.charge.id).paid_cents, 10000);
    assert_true(propose(a.charge.id) > 0);
}

static void less_than_was_proposed_is_not_released(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000);
    int64_t id = propose(a.charge.id);

    assess("a", 9800);
    assert_false(release(id, "staff/2"));
    assert_int_equal(refusal, ERR_CONFLICT);
}

static void overpayment_moves_to_what_the_same_person_owes(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000), b = assess("b", 300);
    Assessed other = {.order = b.order};

    assert_true(
        do_step(&(Step){.what = MOVE, .id = a.charge.id, .to = b.charge.id, .actor = "staff/1"}));
    assert_int_equal(test_charge(a.charge.id).paid_cents, 9700);
    assert_int_equal(test_charge(b.charge.id).paid_cents, 300);
    other.order.key = STR("other");
    other.order.debtor = STR("Max Beispiel");
    test_town_write(&town, assess_fn, &other);
    assert_false(do_step(
        &(Step){.what = MOVE, .id = a.charge.id, .to = other.charge.id, .actor = "staff/1"}));
    assert_int_equal(refusal, ERR_CONFLICT);
}

/* The bank takes the payment back that was refunded. */
static void its_payment_comes_back(const Assessed *a)
{
    assert_int_equal(
        test_import("S9", (TestEntry){.cents = -10000,
                                      .text = str_cstr(town.arena, a->charge.payment_reference),
                                      .code = "MD06",
                                      .iban = IBAN_A})
            .matched,
        1);
}

static void a_refund_waits_while_its_charge_owes_again(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000), b = paid("b", 9700);
    Step run = {.what = RUN, .actor = "staff/1"};

    assert_true(release(propose(a.charge.id), "staff/1"));
    its_payment_comes_back(&a);
    assert_int_equal(test_charge(a.charge.id).paid_cents, -400);
    assert_false(do_step(&run));
    assert_int_equal(refusal, ERR_CONFLICT);
    assert_int_equal(last_refund(STR("released")).owed_again, 10000);
    assert_true(release(propose(b.charge.id), "staff/1"));
    assert_true(do_step(&run));
    assert_int_equal(last_refund(STR("ordered")).charge_id, b.charge.id);
    assert_int_equal(last_refund(STR("released")).charge_id, a.charge.id);
    test_proofs_hold();
}

static void a_file_with_such_a_refund_does_not_go_to_the_bank(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000);
    Step run = {.what = RUN, .actor = "staff/1"};

    assert_true(release(propose(a.charge.id), "staff/1"));
    assert_true(do_step(&run));
    assert_ok(refund_run_write(town.tenant, run.id, town.arena, &town.err), &town.err);
    its_payment_comes_back(&a);
    assert_false(refund_run_write(town.tenant, run.id, town.arena, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
}

static void a_bad_account_is_refused(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000);
    Step step = {.what = PROPOSE,
                 .order = {.charge_id = a.charge.id,
                           .name = STR("Erika"),
                           .iban = STR("DE02500105170137075031"),
                           .actor = STR("staff/1")}};

    assert_false(do_step(&step));
    assert_int_equal(refusal, ERR_INPUT);
    step.order.iban = str_c(IBAN_A);
    step.order.bic = STR("xx");
    assert_false(do_step(&step));
    step.order.bic = STR_NONE;
    step.order.name = STR(" ");
    assert_false(do_step(&step));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_overpaid_is_listed_with_the_account_that_paid),
        TEST(nothing_is_refunded_twice),
        cmocka_unit_test_setup_teardown(above_the_limit_a_second_person_releases, set_up_limit,
                                        tear_down),
        TEST(the_file_is_right_and_the_statement_ends_it),
        TEST(the_bank_may_book_the_run_as_one),
        TEST(a_dropped_proposal_books_nothing),
        TEST(less_than_was_proposed_is_not_released),
        TEST(overpayment_moves_to_what_the_same_person_owes),
        TEST(a_refund_waits_while_its_charge_owes_again),
        TEST(a_file_with_such_a_refund_does_not_go_to_the_bank),
        TEST(a_bad_account_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
