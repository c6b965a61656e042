/* SPDX-License-Identifier: EUPL-1.2 */
/* Surcharges for late payment: for which months, and on how much. */
#include "pay/dunning_fixture.h"

static void the_surcharge_is_taken_once_for_each_begun_month(void **state)
{
    (void)state;
    int64_t id = assess("k", "case/1", 12000);

    dun(4, 16);
    assert_int_equal(charge_of(id).extra_cents, 100); /* 1 % of 100 euros */
    dun(5, 9); /* the first month's last day; the letter of 16 April is answered */
    assert_int_equal(charge_of(id).extra_cents, 100 + 500);
    dun(6, 30); /* two more months have begun */
    assert_int_equal(charge_of(id).extra_cents, 100 + 500 + 1000 + 200);
    all_is_proven();
}

static void a_month_counts_with_what_was_open_when_it_began(void **state)
{
    int64_t id = assess("k", "case/1", 20000);
    Paying part = {id, 10000, {2027, 4, 20}};

    (void)state;
    test_town_write(&town, pay_fn, &part);
    dun(5, 12);
    assert_int_equal(charge_of(id).extra_cents, 200 + 100);
}

static void a_payment_within_three_days_is_in_time(void **state)
{
    int64_t id = assess("k", "case/1", 20000);
    Paying part = {id, 10000, {2027, 4, 12}};

    (void)state;
    test_town_write(&town, pay_fn, &part);
    dun(4, 16);
    assert_int_equal(charge_of(id).extra_cents, 100); /* on the other half alone */
}

/* Thursday 13 May 2027 is Ascension Day, so what was due then is due on Friday; three days later is
 * Whit Monday: Tuesday is in time. */
static void the_three_days_end_on_a_working_day(void **state)
{
    Assessing a = {.key = STR("k"), .subject = STR("case/1"), .cents = 20000, .due = {2027, 5, 13}};
    Paying part = {0, 10000, {2027, 5, 18}};

    (void)state;
    test_town_write(&town, assess_fn, &a);
    part.charge = a.charge.id;
    test_town_write(&town, pay_fn, &part);
    dun(5, 25);
    assert_int_equal(charge_of(part.charge).extra_cents, 100); /* on the other half alone */
}

/* Assessed on Wednesday 14 April 2027 for a day long ago: it counts as known on Monday 19 April,
 * the working day from the fourth day on. */
static int64_t assess_late(void)
{
    Assessing a = {.key = STR("k"),
                   .subject = STR("case/1"),
                   .cents = 20000,
                   .due = {2026, 2, 15},
                   .assessed = {2027, 4, 14}};

    test_town_write(&town, assess_fn, &a);
    return a.charge.id;
}

static void nobody_is_late_with_what_was_not_assessed_yet(void **state)
{
    int64_t id = assess_late();

    (void)state;
    assert_int_equal(dun(4, 25).letters, 0); /* nor dunned: the six days behind it */
    dun(5, 12);
    assert_int_equal(charge_of(id).extra_cents, 200);
    dun(5, 27); /* a second month has begun */
    assert_int_equal(charge_of(id).extra_cents, 200 + 500 + 200);
    all_is_proven();
}

static void what_is_paid_when_the_assessment_is_known_is_in_time(void **state)
{
    Paying part = {assess_late(), 10000, {2027, 4, 22}};

    (void)state;
    test_town_write(&town, pay_fn, &part);
    dun(5, 12);
    assert_int_equal(charge_of(part.charge).extra_cents, 100); /* on the other half alone */
}

static bool forget_fn(Tx *tx, void *context, Err *err)
{
    return tx_exec(tx, err, "UPDATE charge_part SET assessed = NULL") &&
           tx_exec(tx, err, "UPDATE charge SET created_at = $1",
                   P_INT(timestamp_of_berlin_day(*(Date *)context)));
}

/* Of parts from before the day was kept, the day of the charge tells it. */
static void a_part_of_old_was_assessed_when_its_charge_was_made(void **state)
{
    int64_t id = assess_late();
    Date made = {2027, 4, 14};

    (void)state;
    test_town_write(&town, forget_fn, &made);
    dun(5, 12);
    assert_int_equal(charge_of(id).extra_cents, 200);
}

static int64_t deferred_until(Date day)
{
    DecisionOrder order = {.kind = DECISION_DEFERRAL,
                           .reason = STR("Härte"),
                           .actor = STR("staff/2"),
                           .until = day,
                           .today = {2027, 4, 1}};

    order.charge_id = assess("k", "case/1", 20000);
    test_town_write(&town, decide_fn, &order);
    return order.charge_id;
}

static void a_deferral_that_ends_on_a_sunday_lasts_until_the_next_working_day(void **state)
{
    (void)state;
    deferred_until((Date){2027, 5, 9});
    DunningRun held = dun(5, 10);
    assert_int_equal(held.letters, 0);
    assert_int_equal(dun(5, 16).letters, 0); /* the six days behind it */
    assert_int_equal(dun(5, 18).letters, 1);
}

static void what_is_paid_within_three_days_of_a_deferral_brings_no_surcharge(void **state)
{
    Paying part = {deferred_until((Date){2027, 5, 7}), 10000, {2027, 5, 10}};

    (void)state;
    test_town_write(&town, pay_fn, &part);
    dun(5, 25); /* the month from 10 May counts with the half that is open */
    assert_int_equal(charge_of(part.charge).extra_cents, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_surcharge_is_taken_once_for_each_begun_month),
        TEST(a_month_counts_with_what_was_open_when_it_began),
        TEST(a_payment_within_three_days_is_in_time),
        TEST(the_three_days_end_on_a_working_day),
        TEST(nobody_is_late_with_what_was_not_assessed_yet),
        TEST(what_is_paid_when_the_assessment_is_known_is_in_time),
        TEST(a_part_of_old_was_assessed_when_its_charge_was_made),
        TEST(a_deferral_that_ends_on_a_sunday_lasts_until_the_next_working_day),
        TEST(what_is_paid_within_three_days_of_a_deferral_brings_no_surcharge),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
