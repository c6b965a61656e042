/* SPDX-License-Identifier: EUPL-1.2 */
/* A closed case is erased when its time is over and nothing stands on it, and that is proved. */
#include "cases/retention_fixture.h"

#include "cases/case_link.h"
#include "cases/case_memo.h"
#include "core/backup/backup_internal.h"
#include "core/store/file.h"

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

static int64_t looks_shown(Town *town, int64_t id)
{
    CaseAccess *looks;
    size_t count;
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(case_accesses(tx, id, town->arena, &looks, &count, &town->err), &town->err);
    tx_end(tx);
    return (int64_t)count;
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
    assert_ok(case_looked(town->tenant->db, &c, 2, STR(CASE_OPENED), &town->err), &town->err);
    assert_int_equal(number_of(town, "looks", c.id), 1);
    assert_int_equal(looks_shown(town, c.id), 2); /* one is not in the table yet */
    assert_int_equal(run(town, (Date){2028, 3, 11}).erased, 1);
    assert_int_equal(number_of(town, "data", c.id), 0);
    assert_int_equal(number_of(town, "looks", c.id), 0);
    /* A page of before that is sent only now. */
    assert_ok(case_looked(town->tenant->db, &c, 2, STR(CASE_OPENED), &town->err), &town->err);
    change(town, 0);
    assert_int_equal(number_of(town, "looks", c.id), 0);
    assert_int_equal(looks_shown(town, c.id), 0);
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

static bool unsent_fn(Tx *tx, Town *town, void *context, Err *err)
{
    return file_put(tx, town->tenant, context, STR("PDF"), STR("answer/1"), err);
}

static void what_was_uploaded_for_an_answer_and_never_sent_goes_with_the_case(void **state)
{
    static const char KEPT[] = "SELECT COUNT(*) FROM file_owner WHERE owner LIKE 'answer/%' AND "
                               "dropped IS NULL";
    Town *town = *state;
    Case c = closed_case(town);
    FileInfo info;

    assert_ok(
        file_prepare(town->tenant, STR("PDF"), STR("1.pdf"), NULL, town->arena, &info, &town->err),
        &town->err);
    assert_ok(town_write(town, unsent_fn, &info), &town->err);
    change(town, 0);
    change(town, 1);
    assert_ok(town_write(town, annul_fn, &c), &town->err);
    assert_int_equal(town_count(town, KEPT), 1);
    assert_int_equal(run(town, (Date){2028, 3, 11}).erased, 1);
    assert_int_equal(town_count(town, KEPT), 0);
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

static void a_case_in_which_another_goes_on_cannot_be_merged(void **state)
{
    Town *town = *state;
    Case first[] = {town_submit(town, TREE), town_submit(town, TREE)};
    Case then[] = {town_submit(town, TREE), first[0]};

    assert_ok(town_write(town, merge_fn, first), &town->err);
    assert_false(town_write(town, merge_fn, then));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
}

/* All of them ready to go but for what stands in the first. */
static Case old_chain(Town *town)
{
    Case c;

    for (int i = 0; i < 3; i++)
        c = town_submit(town, TREE);
    assert_int_equal(c.id, 3);
    change(town, 3);
    assert_ok(town_write(town, close_fn, &c), &town->err);
    change(town, 1);
    assert_ok(town_write(town, annul_fn, &c), &town->err);
    return c;
}

static void an_old_chain_of_merged_cases_goes_as_one(void **state)
{
    Town *town = *state;

    old_chain(town);
    change(town, 0);
    assert_int_equal(run(town, (Date){2028, 3, 10}).erased, 1);
    for (int id = 1; id <= 3; id++) {
        assert_int_equal(number_of(town, "data", id), 0);
        assert_int_equal(number_of(town, "proofs", id), 1);
    }
    assert_ok(verify_copy(town->tenant->db, town->arena, &town->err), &town->err);
}

static void a_duplicate_that_is_still_needed_holds_the_case(void **state)
{
    Town *town = *state;
    Case c = old_chain(town);

    change(town, 4); /* only the first case's mail is still under way */
    RetentionResult result = run(town, (Date){2028, 3, 10});
    assert_int_equal(result.held, 1);
    assert_int_equal(result.erased, 0);
    assert_int_equal(number_of(town, "held", c.id), 1);
    assert_int_equal(number_of(town, "data", 1), 1);
    assert_int_equal(number_of(town, "data", c.id), 1);
}

static void a_case_whose_package_is_unreadable_holds_only_itself(void **state)
{
    Town *town = *state;
    Case broken = closed_case(town);
    Case other =
        town_submit(town, "{" PERSON ",\"baeume\":[{\"art\":\"Ahorn\",\"nummer\":\"8\"}]}");

    assert_ok(town_write(town, close_fn, &other), &town->err);
    change(town, 0);
    change(town, 1);
    change(town, 2);
    assert_ok(town_write(town, annul_fn, &broken), &town->err);
    RetentionResult result = run(town, (Date){2028, 3, 10});
    assert_int_equal(result.erased, 1);
    assert_int_equal(result.held, 1);
    assert_int_equal(number_of(town, "held", broken.id), 1);
    assert_int_equal(number_of(town, "data", broken.id), 1);
    assert_int_equal(number_of(town, "data", other.id), 0);
}

/* --- Words
 * ---------------------------------------------------------------------------------------
 */

static void an_open_case_is_never_erased(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, TREE);

    change(town, 0);
    assert_int_equal(run(town, (Date){2060, 1, 1}).erased, 0);
    assert_int_equal(number_of(town, "data", c.id), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_case_stays_while_something_stands_on_it),
        TEST(what_is_erased_is_gone_and_proved),
        TEST(what_was_uploaded_for_an_answer_and_never_sent_goes_with_the_case),
        TEST(a_duplicate_goes_with_the_case_in_which_it_goes_on),
        TEST(a_case_in_which_another_goes_on_cannot_be_merged),
        TEST(an_old_chain_of_merged_cases_goes_as_one),
        TEST(a_duplicate_that_is_still_needed_holds_the_case),
        TEST(a_case_whose_package_is_unreadable_holds_only_itself),
        TEST(an_open_case_is_never_erased),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
