/* SPDX-License-Identifier: EUPL-1.2 */
/* Refunds are taken back, files discarded; what the bank paid all the same is booked once. */
#include "pay/bank_propose.h"
#include "pay/refund_fixture.h"

static void a_released_refund_is_taken_back_with_a_reason_and_once(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000);
    int64_t id = propose(a.charge.id);

    assert_true(release(id, "staff/1"));
    assert_int_equal(test_charge(a.charge.id).paid_cents, 9600);
    assert_false(take_back(id, "  ", "staff/1"));
    assert_int_equal(refusal, ERR_INPUT);
    assert_true(take_back(id, "falsches Konto", "staff/1"));
    assert_int_equal(test_charge(a.charge.id).paid_cents, 10000);
    assert_int_equal(balance(ACCOUNT_PAYOUT), 0);
    assert_false(take_back(id, "noch einmal", "staff/1"));
    assert_int_equal(refusal, ERR_CONFLICT);
    assert_true(propose(a.charge.id) > 0); /* to the right account */
}

static void who_released_a_large_refund_does_not_take_it_back_alone(void **state)
{
    (void)state;
    Assessed a = paid("a", 9600 + 5001);
    int64_t id = propose(a.charge.id);

    assert_true(release(id, "staff/2"));
    assert_false(take_back(id, "Irrtum", "staff/2"));
    assert_int_equal(refusal, ERR_CONFLICT);
    assert_true(take_back(id, "Irrtum", "staff/1"));
}

static void a_file_that_does_not_go_to_the_bank_gives_its_refunds_back(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000);
    int64_t id = propose(a.charge.id);

    assert_true(release(id, "staff/1"));
    int64_t run = make_run();
    assert_false(take_back(id, "Irrtum", "staff/1")); /* it stands in a file */
    assert_int_equal(refusal, ERR_CONFLICT);
    assert_true(with_run(DISCARD, run, "falsches Konto"));
    assert_false(with_run(DISCARD, run, "noch einmal"));
    assert_false(with_run(SENT, run, ""));
    assert_int_equal(last_refund(STR("released")).id, id);
    assert_false(refund_run_write(town.tenant, run, town.arena, &town.err));
    int64_t next = make_run();
    assert_true(next != run);
    assert_true(with_run(SENT, next, ""));
    assert_false(with_run(DISCARD, next, "zu spät"));
    assert_int_equal(refusal, ERR_CONFLICT);
}

static void what_the_bank_paid_all_the_same_is_booked_and_not_refunded_again(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000), b = paid("b", 9900);
    int64_t back = propose(a.charge.id), waits = propose(b.charge.id);

    assert_true(release(back, "staff/1") && release(waits, "staff/1"));
    int64_t run = make_run();
    char *first = str_cstr(town.arena, last_refund(STR("ordered")).end_to_end);
    char *of_back = str_cstr(town.arena, str_printf(town.arena, "E%lld-%.*s", (long long)back,
                                                    STR_ARG(a.charge.payment_reference)));
    assert_true(with_run(DISCARD, run, "falsch geklickt"));
    assert_true(take_back(back, "Irrtum", "staff/1"));
    assert_int_equal(test_charge(a.charge.id).paid_cents, 10000);

    /* The bank had it. */
    assert_int_equal(test_import("S8", (TestEntry){.cents = -400, .end_to_end = of_back}).matched,
                     1);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 9600);
    assert_int_equal(propose(a.charge.id), 0);
    assert_int_equal(test_import("S9", (TestEntry){.cents = -300, .end_to_end = first}).matched, 1);
    assert_int_equal(last_refund(STR("paid")).id, waits);
    test_proofs_hold();
}

static void another_file_calls_a_refund_otherwise(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000);
    int64_t id = propose(a.charge.id);

    assert_true(release(id, "staff/1"));
    Str first = last_refund(STR("released")).end_to_end;
    assert_true(with_run(DISCARD, make_run(), "falsches Konto"));
    make_run();
    char *second = str_cstr(town.arena, last_refund(STR("ordered")).end_to_end);
    assert_false(str_is(first, second));
    assert_int_equal(test_import("S8", (TestEntry){.cents = -400, .end_to_end = second}).matched,
                     1);
    /* Both were paid: the other is a clerk's business, and nothing is refunded meanwhile. */
    assert_int_equal(
        test_import("S9", (TestEntry){.cents = -400, .end_to_end = str_cstr(town.arena, first)})
            .matched,
        0);
    test_import("more", (TestEntry){.cents = 700,
                                    .text = str_cstr(town.arena, a.charge.payment_reference),
                                    .iban = IBAN_A});
    assert_int_equal(propose(a.charge.id), 0);
    assert_int_equal(refusal, ERR_CONFLICT);
    test_proofs_hold();
}

static RefundRun run_of(int64_t id)
{
    RefundRun run = {0};
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(refund_run_by_id(tx, id, town.arena, &run, &town.err), &town.err);
    tx_end(tx);
    return run;
}

/* Where the newest open item would go. */
static Proposal proposal(void)
{
    BankItem *items;
    Proposal *found;
    size_t count;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(bank_open_items(tx, 0, 1, town.arena, &items, &count, &town.err), &town.err);
    assert_int_equal(count, 1);
    assert_ok(bank_proposals(tx, town.tenant, items, town.arena, &found, &count, &town.err),
              &town.err);
    assert_int_equal(count, 1);
    tx_end(tx);
    return found[0];
}

static void a_file_is_stopped_when_a_discarded_one_paid_a_refund_in_it(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000), b = paid("b", 9900);
    int64_t gone = propose(a.charge.id), waits = propose(b.charge.id);

    assert_true(release(gone, "staff/1") && release(waits, "staff/1"));
    int64_t first = make_run();
    char *name = str_cstr(town.arena, str_printf(town.arena, "E%lld-%.*s", (long long)gone,
                                                 STR_ARG(a.charge.payment_reference)));
    assert_true(with_run(DISCARD, first, "falsch geklickt"));
    int64_t next = make_run();
    assert_int_equal(run_of(next).twice, 0);
    char *again = arena_printf(town.arena, "E%lld-%lld-%.*s", (long long)gone, (long long)first,
                               STR_ARG(a.charge.payment_reference));

    assert_int_equal(test_import("S8", (TestEntry){.cents = -400, .end_to_end = name}).matched, 1);
    assert_int_equal(run_of(next).twice, 1);
    assert_int_equal(run_of(next).unpaid, 1);
    assert_false(refund_run_write(town.tenant, next, town.arena, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    assert_true(with_run(DISCARD, next, "zahlt doppelt"));
    assert_int_equal(last_refund(STR("released")).id, waits);
    assert_int_equal(run_of(make_run()).cents, 300);

    /* The bank got the second one as well. */
    assert_int_equal(test_import("S9", (TestEntry){.cents = -400, .end_to_end = again}).open, 1);
    Proposal found = proposal();
    assert_true(str_find(found.reason, STR("zweites Mal")) >= 0);
    assert_int_equal(found.shares[0].charge_id, a.charge.id);
    assert_int_equal(found.shares[0].cents, -400);
    test_proofs_hold();
}

static void a_discarded_file_that_the_bank_books_as_one_stops_the_next_too(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000), b = paid("b", 9900);

    assert_true(release(propose(a.charge.id), "staff/1"));
    assert_true(release(propose(b.charge.id), "staff/1"));
    int64_t first = make_run();
    char *batch = str_cstr(town.arena, run_of(first).message_id);
    assert_true(with_run(DISCARD, first, "falsch geklickt"));
    int64_t next = make_run();
    assert_int_equal(test_import("S8", (TestEntry){.cents = -700, .batch = batch}).matched, 1);
    assert_int_equal(run_of(next).twice, 2);
    assert_int_equal(run_of(next).unpaid, 0);
    /* Too late: that is told as well. */
    assert_true(with_run(SENT, next, ""));
    assert_int_equal(run_of(next).twice, 2);
    assert_false(with_run(DISCARD, next, "zu spät"));
    test_proofs_hold();
}

static void what_the_bank_refused_is_overpaid_again_what_it_paid_only_by_the_statement(void **state)
{
    (void)state;
    Assessed a = paid("a", 10000), b = paid("b", 9900);
    int64_t refused = propose(a.charge.id), gone = propose(b.charge.id);

    assert_true(release(refused, "staff/1") && release(gone, "staff/1"));
    assert_true(with_run(SENT, make_run(), ""));
    assert_true(take_back(refused, "Konto erloschen", "staff/1"));
    assert_int_equal(test_charge(a.charge.id).paid_cents, 10000);
    char *name = str_cstr(town.arena, last_refund(STR("ordered")).end_to_end);
    assert_int_equal(test_import("S8", (TestEntry){.cents = -300, .end_to_end = name}).matched, 1);
    assert_false(take_back(gone, "Irrtum", "staff/1"));
    assert_int_equal(refusal, ERR_CONFLICT);
    assert_int_equal(
        test_import("S9", (TestEntry){.cents = 300, .end_to_end = name, .code = "AC04"}).matched,
        1);
    assert_int_equal(test_charge(b.charge.id).paid_cents, 9900);
    assert_true(propose(b.charge.id) > 0);
    test_proofs_hold();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_released_refund_is_taken_back_with_a_reason_and_once),
        cmocka_unit_test_setup_teardown(who_released_a_large_refund_does_not_take_it_back_alone,
                                        set_up_limit, tear_down),
        TEST(what_the_bank_paid_all_the_same_is_booked_and_not_refunded_again),
        TEST(another_file_calls_a_refund_otherwise),
        TEST(a_file_that_does_not_go_to_the_bank_gives_its_refunds_back),
        TEST(a_file_is_stopped_when_a_discarded_one_paid_a_refund_in_it),
        TEST(a_discarded_file_that_the_bank_books_as_one_stops_the_next_too),
        TEST(what_the_bank_refused_is_overpaid_again_what_it_paid_only_by_the_statement),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
