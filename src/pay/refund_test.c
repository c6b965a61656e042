/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/bank_propose.h"
#include "pay/refund.h"
#include "pay/sepa_schema.h"
#include "pay/statement_fixture.h"

static const char IBAN_A[] = "DE02500105170137075030";

static int set_up_limit(void **state)
{
    (void)state;
    test_town_open(&town, ENGINES, 2,
                   "title: Musterstadt\n"
                   "money:\n"
                   "  iban: DE02 1203 0000 0000 2020 51\n"
                   "  four_eyes_above: 5000\n"
                   "  payment_reference: \"5{year:2}{account:3}{number:7}{check}\"\n"
                   "  accounts:\n"
                   "    hundesteuer: {number: 340}\n");
    return 0;
}

typedef struct Step {
    enum { PROPOSE, RELEASE, DROP, RUN, MOVE, BACK, SENT, DISCARD } what;
    RefundOrder order;
    int64_t id, to;
    const char *actor;
} Step;

static bool step_fn(Tx *tx, void *context, Err *err)
{
    Step *step = context;
    Str actor = str_c(step->actor);

    switch (step->what) {
    case PROPOSE: return refund_propose(tx, &step->order, town.arena, &step->id, err);
    case RELEASE: return refund_release(tx, town.tenant, step->id, actor, town.arena, err);
    case DROP: return refund_drop(tx, step->id, actor, err);
    case RUN: return refund_run_make(tx, actor, town.arena, &step->id, err);
    case BACK:
        return refund_take_back(tx, town.tenant, step->id, step->order.name, actor, town.arena,
                                err);
    case SENT:
        return refund_run_note_sent(tx, step->id, (Date){2027, 4, 2}, actor, town.arena, err);
    case DISCARD: return refund_run_discard(tx, step->id, step->order.name, actor, town.arena, err);
    case MOVE: return refund_move(tx, step->id, step->to, actor, town.arena, err);
    }
    return false;
}

static ErrKind refusal; /* of the last step */

static bool do_step(Step *step)
{
    bool ok = db_write(town.tenant->db, step_fn, step, &town.err);

    refusal = ok ? ERR_NONE : town.err.kind;
    test_proofs_hold();
    return ok;
}

static int64_t propose(int64_t charge)
{
    Step step = {.what = PROPOSE,
                 .order = {.charge_id = charge,
                           .name = STR("Erika Müller"),
                           .iban = str_c(IBAN_A),
                           .actor = STR("staff/1")}};

    return do_step(&step) ? step.id : 0;
}

static bool release(int64_t id, const char *actor)
{
    return do_step(&(Step){.what = RELEASE, .id = id, .actor = actor});
}

/* A charge of 96.00 on which `cents` came. */
static Assessed paid(const char *key, int64_t cents)
{
    Assessed a = assess(key, 9600);

    test_import(key, (TestEntry){.cents = cents,
                                 .text = str_cstr(town.arena, a.charge.payment_reference),
                                 .iban = IBAN_A});
    return a;
}

static Refund last_refund(Str status)
{
    Refund *found;
    size_t count;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(refund_list(tx, status, 10, town.arena, &found, &count, &town.err), &town.err);
    tx_end(tx);
    assert_true(count > 0);
    return found[0];
}

static bool take_back(int64_t id, const char *why, const char *actor)
{
    return do_step(&(Step){.what = BACK, .id = id, .order = {.name = str_c(why)}, .actor = actor});
}

static bool with_run(int what, int64_t id, const char *why)
{
    return do_step(
        &(Step){.what = what, .id = id, .order = {.name = str_c(why)}, .actor = "staff/1"});
}

static int64_t make_run(void)
{
    Step run = {.what = RUN, .actor = "staff/1"};

    assert_true(do_step(&run));
    assert_ok(refund_run_write(town.tenant, run.id, town.arena, &town.err), &town.err);
    return run.id;
}

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
        TEST(a_bad_account_is_refused),
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
