/* SPDX-License-Identifier: EUPL-1.2 */
/* Dunning: who is written to at which level, and that a run that breaks off goes on. */
#include "pay/desk_dunning.h"
#include "pay/dunning_fixture.h"

static Str why_left_out(int64_t run)
{
    DunningLine *lines;
    size_t count;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(dunning_lines(tx, run, true, 0, 10, town.arena, &lines, &count, &town.err),
              &town.err);
    tx_end(tx);
    return count == 1 ? lines[0].why : STR_NONE;
}

/* --- Levels ------------------------------------------------------------------------------------
 */

static void a_charge_is_dunned_once_per_level_however_often_a_run_is_made(void **state)
{
    (void)state;
    int64_t id = assess("k", "case/1", 12000);

    assert_int_equal(dun(4, 15).letters, 0); /* six days: too early */
    assert_int_equal(dun(4, 16).letters, 1);
    assert_int_equal(dun(4, 16).letters, 0);
    assert_int_equal(dun(4, 30).letters, 0); /* they may pay until then */
    DunningRun second = dun(5, 3);
    assert_int_equal(second.letters, 1);
    assert_int_equal(second.fee_cents, 500);
    assert_int_equal(dun(5, 3).letters, 0);
    assert_int_equal(dun(6, 30).letters, 1);
    assert_int_equal(dun(12, 31).letters, 0); /* that was the last */
    assert_int_equal(letters, 3);
    assert_true(charge_of(id).extra_cents > 1500);
    all_is_proven();
}

static void what_is_open_of_fees_alone_is_asked_for_without_another_fee(void **state)
{
    int64_t id = assess("k", "case/1", 12000);
    Paying all = {id, 12000, {2027, 5, 4}};

    (void)state;
    dun(4, 16);
    dun(5, 3);
    test_town_write(&town, pay_fn, &all);
    DunningRun third = dun(6, 30);
    assert_int_equal(third.letters, 1);
    assert_int_equal(third.fee_cents, 0);
    assert_int_equal(charge_of(id).owed_cents - charge_of(id).paid_cents, 600);
}

static void the_letter_names_what_is_overdue_and_its_giro_code_asks_for_it_all(void **state)
{
    (void)state;
    assess("k", "case/1", 12000);
    dun(4, 16);
    /* 120 euros overdue and the surcharge of a begun month on 100 */
    assert_int_equal(giro_cents, 12100);
    assert_true(str_find(last_body, STR("120,00 €")) > 0);
    assert_true(str_find(last_body, STR("bis zum **30. April 2027**")) > 0);
    assert_true(str_find(last_body, STR("**121,00 €**")) > 0);
    assert_true(str_find(last_body, STR("DE02 1203 0000 0000 2020 51")) > 0);
}

static void what_is_held_up_is_left_out_with_the_reason(void **state)
{
    DecisionOrder order = {.kind = DECISION_STOP,
                           .reason = STR("Widerspruch"),
                           .actor = STR("staff/2"),
                           .until = {2027, 4, 20},
                           .today = {2027, 4, 10}};

    (void)state;
    order.charge_id = assess("k", "case/1", 12000);
    test_town_write(&town, decide_fn, &order);
    DunningRun held = dun(4, 16);
    assert_int_equal(held.letters, 0);
    assert_int_equal(held.surcharge_cents, 0);
    assert_str(why_left_out(held.id), "Mahnsperre bis 20. April 2027");
    assert_int_equal(dun(4, 21).letters, 1);
}

static bool collect_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(
               tx, err,
               "INSERT INTO mandate (reference, payer, holder, iban, signed_on, created_at, "
               "actor) VALUES ('M1', 'p', 'E', 'DE02120300000000202051', '2027-01-01', 1, 'x')") &&
           tx_exec(
               tx, err,
               "INSERT INTO collection (key, message_id, due_until, collect_on, status, count, "
               "cents, created_at, actor) VALUES ('k', 'm', '2027-04-09', '2027-04-19', 'made', "
               "1, 12000, 1, 'x')") &&
           tx_exec(
               tx, err,
               "INSERT INTO collection_item (collection_id, charge_id, part, mandate_id, cents, "
               "end_to_end, sequence, status) VALUES (1, 1, 1, 1, 12000, 'e', 'RCUR', "
               "'running')");
}

static void what_the_bank_is_collecting_is_left_out(void **state)
{
    (void)state;
    assess("k", "case/1", 12000);
    test_town_write(&town, collect_fn, NULL);
    assert_str(why_left_out(dun(4, 16).id), "In einer laufenden Lastschrift");
}

static void small_amounts_and_missing_addresses_are_left_out(void **state)
{
    (void)state;
    int64_t small = assess("k", "case/1", 499);
    DunningRun run = dun(4, 16);
    assert_str(why_left_out(run.id), "unter dem Mindestbetrag von 5,00 €");
    Paying all = {small, 499, {2027, 4, 16}};
    test_town_write(&town, pay_fn, &all);
    assess("m", "case/13", 5000);
    run = dun(4, 17);
    assert_str(why_left_out(run.id), "Die Anschrift fehlt");
    assert_int_equal(letters, 0);
}

static void a_charge_of_a_yearly_run_goes_to_the_payers_last_case(void **state)
{
    Assessing before = {.key = STR("a"), .subject = STR("case/9"), .payer = STR("keeper/7")};
    Assessing newer = {.key = STR("b"), .subject = STR("case/10"), .payer = STR("keeper/7")};
    Assessing yearly = {
        .key = STR("c"), .subject = STR("run/1"), .cents = 9600, .payer = STR("keeper/7")};
    Assessing stranger = {
        .key = STR("d"), .subject = STR("run/1"), .cents = 9600, .payer = STR("keeper/8")};

    (void)state;
    test_town_write(&town, assess_fn, &before);
    test_town_write(&town, assess_fn, &newer);
    test_town_write(&town, assess_fn, &yearly);
    dun(4, 16);
    assert_int_equal(letters, 1);
    assert_str(last_subject, "case/10");
    /* Who never had a case is asked for by the charge. */
    test_town_write(&town, assess_fn, &stranger);
    dun(4, 17);
    assert_int_equal(letters, 2);
    assert_true(str_starts_with(last_subject, "charge/"));
}

/* --- Breaking off ------------------------------------------------------------------------------
 */

static void a_run_that_broke_off_goes_on_and_writes_to_nobody_twice(void **state)
{
    Run run = {.day = {2027, 4, 16}};

    (void)state;
    for (int i = 0; i < 120; i++)
        assess(arena_printf(town.arena, "k%d", i), "case/1", 5000);
    test_town_write(&town, start_fn, &run);
    fail_at = 70; /* in the second batch, which is undone as a whole */
    assert_false(dunning_run(town.tenant, run.id, NULL, &town.err));
    assert_int_equal(run_of(run.id).letters, 50);
    Run other = run;
    assert_false(db_write(town.tenant->db, start_fn, &other, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    fail_at = -1;
    assert_ok(dunning_run(town.tenant, run.id, NULL, &town.err), &town.err);
    assert_int_equal(run_of(run.id).letters, 120);
    assert_ok(dunning_run(town.tenant, run.id, NULL, &town.err),
              &town.err); /* at its end: nothing */
    assert_int_equal(run_of(run.id).letters, 120);
    assert_int_equal(run_of(run.id).surcharge_cents, 120 * 50);
    all_is_proven();
}

static bool long_ago_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE dunning_run SET day = '2020-02-03'");
}

/* The program may have been down for days: nobody is told to pay by a day that is over. */
static void
a_run_that_was_cut_off_writes_what_is_left_with_the_day_on_which_it_goes_on(void **state)
{
    Run run = {.day = {2027, 4, 16}};
    Node *params = node_map(town.arena), *result;

    (void)state;
    test_town_write(&town, start_fn, &run);
    test_town_write(&town, long_ago_fn, NULL);
    node_set(town.arena, params, STR("run"), node_int(town.arena, run.id));
    Date before = date_in_berlin(clock_now());
    assert_ok(dunning_job(NULL, town.tenant, params, town.arena, &result, &town.err), &town.err);
    assert_true(date_compare(run_of(run.id).day, before) >= 0);
}

/* --- Settings ----------------------------------------------------------------------------------
 */

static void wrong_settings_are_named(void **state)
{
    (void)state;
    test_town_close(&town);
    test_town_open(&town, ENGINES, 3,
                   "title: Musterstadt\nmoney:\n  dunning:\n    levels: [{name: x, days: 7}]\n");
    DunningRules rules;
    assert_false(dunning_rules(town.tenant, &rules, &town.err));
    assert_non_null(strstr(town.err.message, "money.dunning.levels[0]"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_charge_is_dunned_once_per_level_however_often_a_run_is_made),
        TEST(what_is_open_of_fees_alone_is_asked_for_without_another_fee),
        TEST(the_letter_names_what_is_overdue_and_its_giro_code_asks_for_it_all),
        TEST(what_is_held_up_is_left_out_with_the_reason),
        TEST(what_the_bank_is_collecting_is_left_out),
        TEST(small_amounts_and_missing_addresses_are_left_out),
        TEST(a_charge_of_a_yearly_run_goes_to_the_payers_last_case),
        TEST(a_run_that_broke_off_goes_on_and_writes_to_nobody_twice),
        TEST(a_run_that_was_cut_off_writes_what_is_left_with_the_day_on_which_it_goes_on),
        TEST(wrong_settings_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
