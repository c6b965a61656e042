/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/backup/backup_internal.h"
#include "pay/pay_fixture.h"

#include "pay/charge.h"
#include "pay/decision.h"
#include "pay/interest.h"

static const Date TODAY = {2027, 3, 1};

typedef struct Making {
    DecisionOrder order;
    int64_t id;
} Making;

static bool make_fn(Tx *tx, void *context, Err *err)
{
    Making *making = context;

    return decision_make(tx, town.tenant, &making->order, town.arena, &making->id, err);
}

typedef struct Answer {
    int64_t id;
    bool agree;
    const char *actor;
} Answer;

static bool answer_fn(Tx *tx, void *context, Err *err)
{
    const Answer *answer = context;

    return decision_answer(tx, answer->id, answer->agree, str_c(answer->actor), town.arena, err);
}

static bool undo_fn(Tx *tx, void *context, Err *err)
{
    return decision_undo(tx, *(const int64_t *)context, STR("Versehen"), STR("staff/2"), town.arena,
                         err);
}

static bool pay_fn(Tx *tx, void *context, Err *err)
{
    Charge charge;

    return charge_by_id(tx, 1, town.arena, &charge, err) &&
           charge_pay(tx, &charge, *(const int64_t *)context, STR("barkasse"), STR("x"), TODAY,
                      STR("staff/2"), err);
}

static Making order_of(DecisionKind kind)
{
    return (Making){.order = {.charge_id = 1,
                              .kind = kind,
                              .reason = STR("Härte"),
                              .actor = STR("staff/2"),
                              .today = TODAY}};
}

static int64_t waive(DecisionKind kind, int64_t cents)
{
    Making making = order_of(kind);

    making.order.cents = cents;
    test_town_write(&town, make_fn, &making);
    return making.id;
}

static Charge the_charge(void)
{
    Charge charge = {0};
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(charge_by_id(tx, 1, town.arena, &charge, &town.err), &town.err);
    tx_end(tx);
    return charge;
}

/* "2027-04-09:3000/1000" for each part: day, cents, open. */
static Str parts_text(void)
{
    Buf out = buf_in(town.arena);
    ChargePart *parts;
    size_t count;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(charge_parts(tx, 1, town.arena, &parts, &count, &town.err), &town.err);
    tx_end(tx);
    for (size_t i = 0; i < count; i++)
        buf_addf(&out, "%s%.*s:%lld/%lld", i ? " " : "",
                 STR_ARG(date_iso(town.arena, parts[i].due)), (long long)parts[i].cents,
                 (long long)parts[i].open_cents);
    return out.len ? buf_str(&out) : STR("");
}

static Str hold_on(Date day)
{
    Decision *decisions;
    size_t count;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(decisions_of(tx, 1, town.arena, &decisions, &count, &town.err), &town.err);
    tx_end(tx);
    return decisions_hold(decisions, count, day, STR("NW"), town.arena);
}

static void all_is_proven(void)
{
    assert_ok(verify_copy(town.tenant->db, town.arena, &town.err), &town.err);
}

static void a_remission_lowers_the_claim_and_is_taken_back_by_a_booking(void **state)
{
    (void)state;
    assess("k", 12000);
    int64_t id = waive(DECISION_REMISSION, 5000);

    assert_int_equal(the_charge().owed_cents, 7000);
    assert_int_equal(balance(ACCOUNT_REMISSION), 5000);
    assert_int_equal(balance(ACCOUNT_CLAIMS), 7000);
    all_is_proven();
    test_town_write(&town, undo_fn, &id);
    assert_int_equal(the_charge().owed_cents, 12000);
    assert_int_equal(balance(ACCOUNT_REMISSION), 0);
    assert_str(parts_text(), "2027-04-09:12000/12000");
    all_is_proven();
    assert_false(db_write(town.tenant->db, undo_fn, &id, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
}

static void no_more_is_waived_than_is_open(void **state)
{
    Making making = order_of(DECISION_WRITE_OFF);
    int64_t paid = 2000;

    (void)state;
    assess("k", 12000);
    test_town_write(&town, pay_fn, &paid);
    making.order.cents = 10001;
    assert_false(db_write(town.tenant->db, make_fn, &making, &town.err));
    assert_string_equal(town.err.field, "betrag");
    assert_int_equal(balance(ACCOUNT_WRITE_OFF), 0);
}

static void an_assessment_after_a_remission_keeps_what_was_remitted(void **state)
{
    (void)state;
    assess("k", 12000);
    waive(DECISION_REMISSION, 5000);
    assert_int_equal(assess("k", 9000).before, 12000);
    assert_int_equal(the_charge().owed_cents, 4000);
    assert_int_equal(assess("k", 3000).charge.owed_cents, 0); /* below what was remitted */
    assert_int_equal(balance(ACCOUNT_REMISSION), 3000);
    all_is_proven();
    assess("k", 12000);
    assert_int_equal(the_charge().owed_cents, 9000);
    all_is_proven();
}

static void instalments_share_out_what_is_open_and_go_back_to_the_old_day(void **state)
{
    Making making = order_of(DECISION_INSTALMENTS);
    int64_t paid = 2000;

    (void)state;
    assess("k", 12000);
    test_town_write(&town, pay_fn, &paid);
    making.order.count = 3;
    making.order.first = (Date){2027, 5, 31};
    test_town_write(&town, make_fn, &making);
    assert_str(parts_text(), "2027-04-09:2000/0 2027-05-31:3333/3333 2027-06-30:3333/3333 "
                             "2027-07-31:3334/3334");
    paid = 3333;
    test_town_write(&town, pay_fn, &paid);
    test_town_write(&town, undo_fn, &making.id);
    assert_str(parts_text(), "2027-04-09:12000/6667");
    all_is_proven();
}

static void a_change_keeps_the_days_of_the_plan(void **state)
{
    Making making = order_of(DECISION_INSTALMENTS);

    (void)state;
    assess("k", 12000);
    making.order.count = 2;
    making.order.first = (Date){2028, 2, 1};
    test_town_write(&town, make_fn, &making);
    assess("k", 6000);
    assert_str(parts_text(), "2028-02-01:3000/3000 2028-03-01:3000/3000");
    test_town_write(&town, undo_fn, &making.id);
    assert_str(parts_text(), "2027-04-09:6000/6000");
    all_is_proven();
}

static bool assessed_fn(Tx *tx, void *context, Err *err)
{
    return tx_exec(tx, err, "UPDATE charge_part SET assessed = $1 WHERE cents > 0",
                   P_TEXT(str_c(context)));
}

/* A part that was late before the plan keeps its months of surcharge; what the plan's time brought
 * was not late with it. */
static void what_a_plan_was_raised_by_was_not_late_before(void **state)
{
    Making making = order_of(DECISION_INSTALMENTS);
    ChargePart *parts;
    size_t count;

    (void)state;
    assess("k", 12000);
    test_town_write(&town, assessed_fn, "2027-01-04");
    making.order.count = 2;
    making.order.first = (Date){2027, 5, 31};
    test_town_write(&town, make_fn, &making);
    assess("k", 15000);
    test_town_write(&town, assessed_fn, "2099-05-20");
    test_town_write(&town, undo_fn, &making.id);
    assert_str(parts_text(), "2027-04-09:12000/12000 2027-04-09:3000/3000");
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(charge_parts(tx, 1, town.arena, &parts, &count, &town.err), &town.err);
    tx_end(tx);
    assert_str(date_iso(town.arena, parts[0].assessed), "2027-01-04");
    assert_str(date_iso(town.arena, parts[1].assessed), "2099-05-20");
    all_is_proven();
}

static void a_deferral_holds_dunning_up_until_its_day(void **state)
{
    Making making = order_of(DECISION_DEFERRAL);

    (void)state;
    assess("k", 12000);
    making.order.until = (Date){2027, 9, 30};
    making.order.interest = true;
    test_town_write(&town, make_fn, &making);
    assert_int_equal(the_charge().owed_cents, 12000); /* this town takes no interest */
    assert_str(hold_on((Date){2027, 9, 30}), "Stundung bis 30. September 2027");
    assert_null(hold_on((Date){2027, 10, 1}).ptr);
    test_town_write(&town, undo_fn, &making.id);
    assert_null(hold_on((Date){2027, 9, 30}).ptr);
}

static void interest_is_claimed_where_the_town_takes_it(void **state)
{
    Making making = order_of(DECISION_DEFERRAL);

    (void)state;
    test_town_close(&town);
    test_town_open(&town, ENGINES, 2,
                   "title: Musterstadt\nmoney:\n  deferral_interest: true\n"
                   "  payment_reference: \"5{year:2}{account:3}{number:7}{check}\"\n"
                   "  accounts:\n    hundesteuer: {number: 340}\n");
    assess("k", 60000);
    making.order.until = (Date){2027, 9, 9};
    making.order.interest = true;
    test_town_write(&town, make_fn, &making);
    /* 600 euros for five full months from 9 April: 15 euros */
    assert_int_equal(the_charge().owed_cents, 61500);
    assert_int_equal(the_charge().extra_cents, 1500);
    all_is_proven();
    test_town_write(&town, undo_fn, &making.id);
    assert_int_equal(the_charge().owed_cents, 60000);
    all_is_proven();
}

static const char WITH_INTEREST[] =
    "title: Musterstadt\nmoney:\n  deferral_interest: true\n"
    "  payment_reference: \"5{year:2}{account:3}{number:7}{check}\"\n"
    "  accounts:\n    hundesteuer: {number: 340}\n";

/* A town anew: 600 euros, deferred for five full months, which brings 15 euros. */
static void defer_with_interest(Making *deferral)
{
    test_town_close(&town);
    test_town_open(&town, ENGINES, 2, WITH_INTEREST);
    assess("k", 60000);
    *deferral = order_of(DECISION_DEFERRAL);
    deferral->order.until = (Date){2027, 9, 9};
    deferral->order.interest = true;
    test_town_write(&town, make_fn, deferral);
}

/* Enforcement asks for it: first the handover is taken back, then the deferral. */
static void interest_that_is_with_enforcement_does_not_go_with_the_deferral(void **state)
{
    TakenList handed = {.items = (Taken[]){{1, 60000}, {2, 1500}}, .count = 2};
    Making deferral, handover = order_of(DECISION_ENFORCEMENT);

    (void)state;
    defer_with_interest(&deferral);
    handover.order.handed = &handed;
    test_town_write(&town, make_fn, &handover);
    assert_false(db_write(town.tenant->db, undo_fn, &deferral.id, &town.err));
    assert_string_equal(town.err.field, "grund");
    err_clear(&town.err);
    test_town_write(&town, undo_fn, &handover.id);
    test_town_write(&town, undo_fn, &deferral.id);
    assert_int_equal(the_charge().owed_cents, 60000);
    all_is_proven();
}

/* The waiver goes with what it waived: taking it back later brings no interest back. */
static void interest_that_was_waived_does_not_come_back_with_the_waiver(void **state)
{
    (void)state;
    for (int whole = 0; whole < 2; whole++) {
        Making deferral, waiver = order_of(DECISION_REMISSION);

        defer_with_interest(&deferral);
        waiver.order.cents = whole ? 1500 : 600; /* of 15 euros */
        waiver.order.of_extra = true;
        test_town_write(&town, make_fn, &waiver);
        assert_int_equal(the_charge().owed_cents, whole ? 60000 : 60900);
        test_town_write(&town, undo_fn, &deferral.id);
        assert_int_equal(the_charge().owed_cents, 60000);
        all_is_proven();
        test_town_write(&town, undo_fn, &waiver.id);
        assert_int_equal(the_charge().owed_cents, 60000);
        assert_int_equal(the_charge().extra_cents, 0);
        assert_int_equal(balance(STR("ertrag/zinsen")), 0);
        assert_int_equal(balance(STR("erlass")), 0);
        all_is_proven();
    }
}

/* In the other order the interest is owed again, and goes with the deferral. */
static void a_waiver_of_interest_that_is_taken_back_first_leaves_it_to_the_deferral(void **state)
{
    Making deferral, waiver = order_of(DECISION_REMISSION);

    (void)state;
    defer_with_interest(&deferral);
    waiver.order.cents = 1500;
    waiver.order.of_extra = true;
    test_town_write(&town, make_fn, &waiver);
    test_town_write(&town, undo_fn, &waiver.id);
    assert_int_equal(the_charge().owed_cents, 61500);
    test_town_write(&town, undo_fn, &deferral.id);
    assert_int_equal(the_charge().owed_cents, 60000);
    all_is_proven();
}

static void interest_is_by_full_months_and_fifty_euros(void **state)
{
    (void)state;
    assert_int_equal(interest_months((Date){2027, 1, 31}, (Date){2027, 2, 27}), 0);
    assert_int_equal(interest_months((Date){2027, 1, 31}, (Date){2027, 2, 28}), 1);
    assert_int_equal(interest_of(14999, (Date){2027, 1, 1}, (Date){2027, 5, 1}), 200);
    assert_int_equal(interest_set(999), 0);
    assert_int_equal(interest_set(1099), 1000);
    assert_int_equal(surcharge_of(14999), 100);
}

static void a_large_remission_needs_somebody_else(void **state)
{
    (void)state;
    test_town_close(&town);
    test_town_open(&town, ENGINES, 2,
                   "title: Musterstadt\nmoney:\n  four_eyes_above: 5000\n"
                   "  payment_reference: \"5{year:2}{account:3}{number:7}{check}\"\n"
                   "  accounts:\n    hundesteuer: {number: 340}\n");
    assess("k", 60000);
    Answer own = {waive(DECISION_REMISSION, 5001), true, "staff/2"};

    assert_int_equal(the_charge().owed_cents, 60000);
    assert_false(db_write(town.tenant->db, answer_fn, &own, &town.err));
    assert_int_equal(town.err.kind, ERR_FORBIDDEN);
    Answer other = {own.id, true, "staff/3"};
    test_town_write(&town, answer_fn, &other);
    assert_int_equal(the_charge().owed_cents, 54999);
    assert_false(db_write(town.tenant->db, answer_fn, &other, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    waive(DECISION_REMISSION, 5000);
    assert_int_equal(the_charge().owed_cents, 49999);
    all_is_proven();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_remission_lowers_the_claim_and_is_taken_back_by_a_booking),
        TEST(no_more_is_waived_than_is_open),
        TEST(an_assessment_after_a_remission_keeps_what_was_remitted),
        TEST(instalments_share_out_what_is_open_and_go_back_to_the_old_day),
        TEST(a_change_keeps_the_days_of_the_plan),
        TEST(what_a_plan_was_raised_by_was_not_late_before),
        TEST(a_deferral_holds_dunning_up_until_its_day),
        TEST(interest_is_claimed_where_the_town_takes_it),
        TEST(interest_that_is_with_enforcement_does_not_go_with_the_deferral),
        TEST(interest_that_was_waived_does_not_come_back_with_the_waiver),
        TEST(a_waiver_of_interest_that_is_taken_back_first_leaves_it_to_the_deferral),
        TEST(interest_is_by_full_months_and_fifty_euros),
        TEST(a_large_remission_needs_somebody_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
