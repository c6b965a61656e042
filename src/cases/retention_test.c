/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/retention.h"

#include "cases/case_fixture.h"
#include "cases/case_link.h"
#include "cases/case_store.h"
#include "core/backup/backup_internal.h"
#include "pay/pay.h"

#define TREE "{" PERSON ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"7\"}]}"

static const Date CLOSED = {2027, 3, 10}; /* town_open()'s day; the process keeps for a year */

static bool close_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Case *c = context;

    return case_act(tx, town->tenant, town->package, c, STR("eintragen"), NULL, STR("staff/1"),
                    town->today, town->arena, err) &&
           case_access_note(tx, c, 1, STR("Vorgang angesehen"), err);
}

static Case closed_case(Town *town)
{
    Case c = town_submit(town, TREE);

    assert_int_equal(date_compare(town->today, CLOSED), 0);
    assert_ok(town_write(town, close_fn, &c), &town->err);
    return c;
}

static bool sql_fn(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town;
    switch (*(int *)context) {
    case 0: return tx_exec(tx, err, "UPDATE effect SET status = 'done'");
    case 1: return tx_exec(tx, err, "UPDATE register_entry SET valid_to = '2027-06-01'");
    }
    return false;
}

static bool annul_fn(Tx *tx, Town *town, void *context, Err *err)
{
    AssessOrder order = {.key = STR("baum/Erika Muster"),
                         .subject = case_subject(context, town->arena),
                         .revenue = STR("baumsteuer"),
                         .purpose = STR("Baumsteuer"),
                         .debtor = STR("Erika Muster"),
                         .due = {2027, 4, 9},
                         .actor = STR("staff/1")};
    Charge charge;

    return pay_assess(tx, town->tenant, &order, town->arena, &charge, NULL, err);
}

static void change(Town *town, int what)
{
    assert_ok(town_write(town, sql_fn, &what), &town->err);
}

static RetentionResult run(Town *town, Date today)
{
    RetentionResult result;

    assert_ok(retention_run(town->tenant, today, &result, &town->err), &town->err);
    return result;
}

static int64_t number_of(Town *town, const char *which, int64_t id)
{
    int64_t value = -1;
    Tx *tx = db_read(town->tenant->db, &town->err);

    if (strcmp(which, "data") == 0)
        tx_query_int(tx, &town->err, &value, "SELECT COUNT(*) FROM case_data WHERE case_id = $1",
                     P_INT(id));
    else if (strcmp(which, "looks") == 0)
        tx_query_int(tx, &town->err, &value, "SELECT COUNT(*) FROM case_access WHERE case_id = $1",
                     P_INT(id));
    else if (strcmp(which, "named") == 0)
        tx_query_int(tx, &town->err, &value,
                     "SELECT COUNT(*) FROM cases WHERE id = $1 AND (applicant <> '' OR email IS "
                     "NOT NULL)",
                     P_INT(id));
    else if (strcmp(which, "proofs") == 0)
        tx_query_int(tx, &town->err, &value,
                     "SELECT COUNT(*) FROM case_erasure e JOIN event v ON v.id = e.event_id AND "
                     "v.type = 'case.erased' WHERE e.case_id = $1 AND e.row_count > 3",
                     P_INT(id));
    else if (strcmp(which, "held") == 0)
        tx_query_int(tx, &town->err, &value, "SELECT COUNT(*) FROM case_held WHERE case_id = $1",
                     P_INT(id));
    tx_end(tx);
    return value;
}

static void periods_are_years_months_and_days(void **state)
{
    Date day;

    (void)state;
    assert_true(retention_until((Date){2027, 1, 31}, STR("P1Y1M"), &day));
    assert_int_equal(date_compare(day, (Date){2028, 2, 29}), 0);
    assert_true(retention_until((Date){2027, 1, 31}, STR("P30D"), &day));
    assert_int_equal(date_compare(day, (Date){2027, 3, 2}), 0);
    const char *wrong[] = {"", "P", "10Y", "P10", "PY", "P10W", "P10YT1H", "P99999Y"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(retention_until((Date){2027, 1, 31}, str_c(wrong[i]), &day));
}

static void a_case_stays_while_something_stands_on_it(void **state)
{
    Town *town = *state;
    Case c = closed_case(town);

    assert_int_equal(run(town, (Date){2028, 3, 9}).held, 0);
    assert_int_equal(run(town, (Date){2028, 3, 10}).held, 1);
    assert_int_equal(number_of(town, "held", c.id), 1);
    change(town, 0); /* letter and mail are out */
    assert_int_equal(run(town, (Date){2028, 3, 10}).held, 1);
    change(town, 1); /* the tree is gone */
    assert_int_equal(run(town, (Date){2028, 3, 10}).held, 1);
    assert_ok(town_write(town, annul_fn, &c), &town->err); /* nothing is owed */
    RetentionResult result = run(town, (Date){2028, 3, 10});
    assert_int_equal(result.held, 0);
    assert_int_equal(result.erased, 1);
    assert_int_equal(number_of(town, "held", c.id), 0);
}

static void what_is_erased_is_gone_and_proved(void **state)
{
    Town *town = *state;
    Case c = closed_case(town), again;

    change(town, 0);
    change(town, 1);
    assert_ok(town_write(town, annul_fn, &c), &town->err);
    assert_int_equal(number_of(town, "looks", c.id), 1);
    assert_int_equal(run(town, (Date){2028, 3, 11}).erased, 1);
    assert_int_equal(number_of(town, "data", c.id), 0);
    assert_int_equal(number_of(town, "looks", c.id), 0);
    assert_int_equal(number_of(town, "named", c.id), 0);
    assert_int_equal(number_of(town, "proofs", c.id), 1);
    Tx *tx = db_read(town->tenant->db, &town->err);
    assert_false(case_by_id(tx, c.id, town->arena, &again, &town->err));
    assert_int_equal(town->err.kind, ERR_NOT_FOUND);
    assert_false(case_by_status_token(tx, c.status_token, town->arena, &again, &town->err));
    tx_end(tx);
    assert_ok(verify_copy(town->tenant->db, town->arena, &town->err), &town->err);
    assert_int_equal(run(town, (Date){2038, 3, 11}).erased, 0);
    /* Its number is never given again. */
    Case next = town_submit(town, TREE);
    assert_false(str_eq(next.number, c.number));
}

static bool merge_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Case *pair = context;
    CaseWork work;

    return case_work(&work, tx, town->tenant, town->package, &pair[1], town->today, town->arena,
                     err) &&
           case_merge(&work, &pair[0], STR("doppelt"), 1, err);
}

static void a_duplicate_goes_with_the_case_in_which_it_goes_on(void **state)
{
    Town *town = *state;
    Case pair[] = {town_submit(town, TREE), town_submit(town, TREE)};

    assert_ok(town_write(town, merge_fn, pair), &town->err);
    assert_ok(town_write(town, close_fn, &pair[0]), &town->err);
    change(town, 0);
    change(town, 1);
    assert_ok(town_write(town, annul_fn, &pair[0]), &town->err);
    assert_int_equal(run(town, (Date){2028, 3, 9}).erased, 0);
    assert_int_equal(run(town, (Date){2028, 3, 10}).erased, 1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(number_of(town, "data", pair[i].id), 0);
        assert_int_equal(number_of(town, "proofs", pair[i].id), 1);
    }
    assert_ok(verify_copy(town->tenant->db, town->arena, &town->err), &town->err);
}

static void an_open_case_is_never_erased(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, TREE);

    change(town, 0);
    assert_int_equal(run(town, (Date){2060, 1, 1}).erased, 0);
    assert_int_equal(number_of(town, "data", c.id), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(periods_are_years_months_and_days),
        cmocka_unit_test_setup_teardown(a_case_stays_while_something_stands_on_it, town_open,
                                        town_close),
        cmocka_unit_test_setup_teardown(what_is_erased_is_gone_and_proved, town_open, town_close),
        cmocka_unit_test_setup_teardown(a_duplicate_goes_with_the_case_in_which_it_goes_on,
                                        town_open, town_close),
        cmocka_unit_test_setup_teardown(an_open_case_is_never_erased, town_open, town_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
