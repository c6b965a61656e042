/* SPDX-License-Identifier: EUPL-1.2 */
/* What names people goes when its time is over; sums, closings and proofs stay. */
#include "core/backup/backup_internal.h"
#include "pay/closing.h"
#include "pay/collection_fixture.h"

static Date years_on(int years)
{
    return (Date){date_in_berlin(clock_now()).year + years, 1, 1};
}

static int64_t named(void)
{
    int64_t sum = 0, count = 0;
    Tx *tx = db_read(town.tenant->db, &town.err);
    static const char *const WHERE[] = {
        "SELECT COUNT(*) FROM charge WHERE debtor LIKE '%Erika%' OR payer LIKE 'person/%' OR "
        "name_key <> '' OR key LIKE 'steuer/%'",
        "SELECT COUNT(*) FROM bank_item WHERE name IS NOT NULL OR iban IS NOT NULL OR text IS NOT "
        "NULL",
        "SELECT COUNT(*) FROM mandate WHERE holder <> '' OR iban <> '' OR payer LIKE 'person/%'",
    };

    for (size_t i = 0; i < sizeof WHERE / sizeof *WHERE; i++) {
        Rows *rows = tx_query_text(tx, town.arena, &town.err, str_c(WHERE[i]), NULL, 0);
        assert_true(rows && rows_next(rows, &town.err));
        count = row_int(rows, 0);
        rows_end(rows);
        sum += count;
    }
    tx_end(tx);
    return sum;
}

static int64_t held(void)
{
    int64_t count = 0;
    Tx *tx = db_read(town.tenant->db, &town.err);

    tx_query_int(tx, &town.err, &count, "SELECT held FROM keep_state WHERE name = 'charges'");
    tx_end(tx);
    return count;
}

static int64_t run(Date day)
{
    int64_t erased;

    assert_ok(keep_run(town.tenant, day, &erased, &town.err), &town.err);
    return erased;
}

static bool book_today_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE bank_item SET booked = $1",
                   P_TEXT(date_iso(town.arena, date_in_berlin(clock_now()))));
}

static bool close_fn(Tx *tx, void *context, Err *err)
{
    Date today = date_in_berlin(clock_now());

    return closing_make(tx, today, today, STR("geprüft"), STR("staff/1"), town.arena, context, err);
}

static void names_go_ten_years_after_the_last_booking_and_sums_stay(void **state)
{
    int64_t id;
    Closing before, after;

    (void)state;
    Assessed paid = assess("steuer/erika", 1200);
    char *reference = str_cstr(town.arena, paid.charge.payment_reference);
    assess("steuer/offen", 300);
    test_sign("person/erika", "DE02500105170137075030");
    test_statement("A",
                   (TestEntry[]){{.cents = 1200,
                                  .end_to_end = reference,
                                  .text = "Danke",
                                  .iban = "DE02500105170137075030"}},
                   1);
    test_town_write(&town, book_today_fn, NULL);
    test_town_write(&town, close_fn, &id);
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(closing_by_id(tx, id, town.arena, &before, &town.err), &town.err);
    tx_end(tx);
    int64_t bank = balance(ACCOUNT_BANK), claims = balance(ACCOUNT_CLAIMS);

    assert_int_equal(named(), 4);
    run(years_on(10)); /* ten years after the end of this year are not over */
    assert_int_equal(named(), 4);
    assert_true(run(years_on(11)) > 0);
    assert_int_equal(named(), 1); /* what is not paid */
    assert_int_equal(held(), 1);
    assert_int_equal(run(years_on(12)), 0);
    assert_int_equal(balance(ACCOUNT_BANK), bank);
    assert_int_equal(balance(ACCOUNT_CLAIMS), claims);
    tx = db_read(town.tenant->db, &town.err);
    assert_ok(closing_by_id(tx, id, town.arena, &after, &town.err), &town.err);
    tx_end(tx);
    assert_true(str_eq(before.hash, after.hash));
    assert_ok(verify_copy(town.tenant->db, town.arena, &town.err), &town.err);
}

static void a_charge_that_is_erased_is_assessed_anew_as_another(void **state)
{
    (void)state;
    Assessed first = assess("steuer/erika", 0);
    assert_true(run(years_on(11)) > 0);
    Assessed again = assess("steuer/erika", 700);
    assert_true(again.charge.id != first.charge.id);
    assert_int_equal(again.before, 0);
    assert_ok(verify_copy(town.tenant->db, town.arena, &town.err), &town.err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_go_ten_years_after_the_last_booking_and_sums_stay,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_charge_that_is_erased_is_assessed_anew_as_another, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
