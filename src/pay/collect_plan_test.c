/* SPDX-License-Identifier: EUPL-1.2 */
/* What notices tell of a charge is what is collected of it, and the payer is asked for the rest. */
#include "pay/charge.h"
#include "pay/collection_fixture.h"

static CollectPlan plan_of(const Assessed *a)
{
    CollectPlan plan;
    Charge charge;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(charge_by_id(tx, a->charge.id, town.arena, &charge, &town.err), &town.err);
    assert_ok(collect_plan(tx, &charge, date_in_berlin(clock_now()), town.arena, &plan, &town.err),
              &town.err);
    tx_end(tx);
    return plan;
}

/* Which of the two halves is collected: "", "1", "2" or "12". */
static const char *collected(const Assessed *a)
{
    CollectPlan plan = plan_of(a);
    Buf out = buf_in(town.arena);
    int64_t transfer = 0;

    for (size_t i = 0; i < plan.count; i++) {
        if (date_absent(plan.days[i]))
            transfer += plan.parts[i].open_cents;
        else
            buf_addf(&out, "%d", plan.parts[i].number);
    }
    assert_int_equal(plan.transfer_cents, transfer);
    assert_int_equal(plan.mandate.id != 0, out.len > 0);
    return str_cstr(town.arena, buf_str(&out));
}

/* 96.00 in two halves, the first after `days`. */
static Assessed assess_in(const char *key, const char *payer, int days)
{
    return test_assess_halves(key, payer, days, days + 100);
}

static SepaOrder order_until(const char *key, int days)
{
    SepaOrder order = test_order(key);

    order.due_until = date_add_days(date_in_berlin(clock_now()), days);
    return order;
}

static void without_a_mandate_all_is_transferred(void **state)
{
    (void)state;
    Assessed a = assess_in("a", "p/1", 20);

    assert_string_equal(collected(&a), "");
    assert_int_equal(plan_of(&a).transfer_cents, 9600);
}

static void with_a_mandate_all_is_collected(void **state)
{
    (void)state;
    Assessed a = assess_in("a", "p/1", 20);

    test_sign("p/1", IBAN_A);
    assert_string_equal(collected(&a), "12");
    CollectPlan plan = plan_of(&a);
    assert_int_equal(plan.transfer_cents, 0);
    assert_int_equal(
        date_compare(plan.days[0],
                     collect_day(town.tenant, date_in_berlin(clock_now()), plan.parts[0].due)),
        0);
}

static void
a_mandate_for_one_collection_takes_the_first_part_and_the_rest_is_transferred(void **state)
{
    (void)state;
    Assessed a = assess_in("a", "p/1", 20);

    test_sign_once("p/1");
    assert_string_equal(collected(&a), "1");
    assert_int_equal(plan_of(&a).transfer_cents, 4800);
    Collection made = test_collect(order_until("k", 365));
    assert_int_equal(made.count, 1);
    assert_true(str_find(file_of(made.id), str_c(name_of(&a, 1))) > 0);
    assert_string_equal(collected(&a), "1");
    assert_int_equal(date_compare(plan_of(&a).days[0], made.collect_on), 0);
    test_import("S1", (TestEntry){.cents = 4800, .end_to_end = name_of(&a, 1)});
    assert_string_equal(collected(&a), "");
    assert_int_equal(test_collect(order_until("again", 365)).count, 0);
}

static void it_is_for_one_charge_of_several(void **state)
{
    (void)state;
    Assessed a = assess_in("a", "p/1", 20), b = assess_in("b", "p/1", 20);

    test_sign_once("p/1");
    assert_string_equal(collected(&a), "1");
    assert_string_equal(collected(&b), "");
}

/* The first notice has promised it to the first charge. */
static void what_is_assessed_later_does_not_take_it_even_when_it_is_due_earlier(void **state)
{
    (void)state;
    Assessed a = assess_in("a", "p/1", 50);

    test_sign_once("p/1");
    assert_string_equal(collected(&a), "1");
    Assessed b = assess_in("b", "p/1", 1);
    assert_string_equal(collected(&b), "");
    assert_int_equal(test_collect(order_until("early", 5)).count, 0);
    Collection made = test_collect(order_until("late", 60));
    assert_int_equal(made.count, 1);
    assert_true(str_find(file_of(made.id), str_c(name_of(&a, 1))) > 0);
}

static void what_is_paid_otherwise_leaves_it_for_the_next_part(void **state)
{
    (void)state;
    Assessed a = assess_in("a", "p/1", 20);

    test_sign_once("p/1");
    test_import("S1", (TestEntry){.cents = 4800,
                                  .end_to_end = str_cstr(town.arena, a.charge.payment_reference)});
    assert_string_equal(collected(&a), "2");
}

/* Collected again only when the treasury says so: until then its payer is asked for it. */
static void what_came_back_is_transferred(void **state)
{
    (void)state;
    Assessed a = assess_in("a", "p/1", 1);

    test_sign("p/1", IBAN_A);
    test_collect(order_until("k", 5));
    TestEntry entries[] = {
        {.cents = 4800, .end_to_end = name_of(&a, 1)},
        {.cents = -4800, .end_to_end = name_of(&a, 1), .code = "AM04"},
    };
    assert_int_equal(test_statement("S1", entries, 2).matched, 2);
    assert_string_equal(collected(&a), "2");
    assert_int_equal(plan_of(&a).transfer_cents, 4800);
}

static bool sign_today_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE mandate SET signed_on = $1",
                   P_TEXT(date_iso(town.arena, date_in_berlin(clock_now()))));
}

/* Assessed for a year that is over: the notice must not ask for what the bank will collect. */
static void what_was_due_before_the_signature_is_collected_too(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");

    test_sign("p/1", IBAN_A);
    test_town_write(&town, sign_today_fn, NULL);
    assert_string_equal(collected(&a), "12");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_mandate_all_is_transferred),
        TEST(with_a_mandate_all_is_collected),
        TEST(a_mandate_for_one_collection_takes_the_first_part_and_the_rest_is_transferred),
        TEST(it_is_for_one_charge_of_several),
        TEST(what_is_assessed_later_does_not_take_it_even_when_it_is_due_earlier),
        TEST(what_is_paid_otherwise_leaves_it_for_the_next_part),
        TEST(what_came_back_is_transferred),
        TEST(what_was_due_before_the_signature_is_collected_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
