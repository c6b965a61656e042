/* SPDX-License-Identifier: EUPL-1.2 */
/* What is planned is done by itself on its day, wherever the day moves. */
#include "cases/case_later_fixture.h"
#include "cases/case_link.h"
#include "cases/retention.h"

static void an_action_is_done_by_itself_when_its_day_has_come(void **state)
{
    Town *town = *state;

    decided(town);
    assert_int_equal(town_count(town, PLANNED), 1);
    day_comes(town, (Date){2027, 6, 7});
    assert_int_equal(town_count(town, LETTERS), 0);
    day_comes(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_document WHERE snapshot LIKE "
                                      "'%\"recipient\":[\"Erika Muster\",\"Weg 1\"%'"),
                     1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM event WHERE type = 'case.action' AND "
                                      "actor = 'system'"),
                     1);
    day_comes(town, (Date){2028, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 1);
    assert_int_equal(town_count(town, WAKES), 0);
}

/* The program died behind the action and before the effect was told done, or somebody repeats it.
 */
static void it_is_done_once_however_often_it_is_tried(void **state)
{
    Town *town = *state;

    decided(town);
    for (int i = 0; i < 3; i++) {
        day_comes(town, (Date){2027, 6, 9});
        assert_ok(town_write(town, rewind_fn, NULL), &town->err);
    }
    day_comes(town, (Date){2027, 6, 9});
    assert_int_equal(town_count(town, LETTERS), 1);
}

static void the_day_lies_in_the_database_when_the_program_starts_again(void **state)
{
    Town *town = *state;

    decided(town);
    tenant_release(town->tenant);
    AppOptions options = {.data_dir = arena_printf(town->arena, "%s/data", town->folder),
                          .services_dir = arena_printf(town->arena, "%s/services", town->folder)};

    app_close(town->app);
    town->app = app_open(&options, TEST_ENGINES, 4, &town->err);
    assert_non_null(town->app);
    town->tenant = tenant_acquire(town->app, STR("teststadt"), &town->err);
    assert_non_null(town->tenant);
    day_comes(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 1);
}

static void another_date_moves_it(void **state)
{
    Town *town = *state;

    decided(town);
    change(town, "{\"gepflanzt\":\"2027-09-01\"}");
    assert_int_equal(town_count(town, PLANNED " AND day = '2027-09-01'"), 1);
    assert_int_equal(town_count(town, WAKES), 1);
    day_comes(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 0);
    change(town, "{\"gepflanzt\":\"2027-07-01\"}");
    day_comes(town, (Date){2027, 7, 1});
    assert_int_equal(town_count(town, LETTERS), 1);
}

static void a_date_that_moved_behind_today_is_done_at_once(void **state)
{
    Town *town = *state;

    decided(town);
    day_comes(town, (Date){2027, 5, 1});
    change(town, "{\"gepflanzt\":\"2027-04-01\"}");
    assert_int_equal(town_count(town, LETTERS), 1);
}

static void each_date_is_done_once_when_it_moves_to_and_fro(void **state)
{
    Town *town = *state;

    decided(town);
    day_comes(town, (Date){2027, 6, 8});
    change(town, "{\"gepflanzt\":\"2027-09-01\"}");
    day_comes(town, (Date){2027, 9, 1});
    assert_int_equal(town_count(town, LETTERS), 2);
    change(town, "{\"gepflanzt\":\"2027-06-08\"}");
    change(town, "{\"gepflanzt\":\"2027-09-01\"}");
    assert_int_equal(town_count(town, LETTERS), 2);
}

static void a_change_of_something_else_leaves_it(void **state)
{
    Town *town = *state;

    decided(town);
    change(town, "{\"art\":\"Ahorn\"}");
    assert_int_equal(town_count(town, PLANNED " AND day = '2027-06-08'"), 1);
    assert_int_equal(town_count(town, WAKES), 1);
}

static void what_has_ended_cancels_it(void **state)
{
    Town *town = *state;

    decided(town);
    change(town, NULL);
    assert_int_equal(town_count(town, PLANNED), 0);
    assert_int_equal(town_count(town, WAKES), 0);
    day_comes(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 0);
}

static void a_day_that_the_decision_saw_is_past(void **state)
{
    Town *town = *state;

    decided(town);
    change(town, "{\"gepflanzt\":\"2027-03-10\"}");
    assert_int_equal(town_count(town, LETTERS), 0);
    assert_int_equal(town_count(town, WAKES), 0);
}

static void who_does_it_before_has_done_it(void **state)
{
    Town *town = *state;
    Case c = decided(town);

    day_comes(town, (Date){2027, 5, 1});
    assert_ok(town_write(town, act_fn, &c), &town->err);
    assert_int_equal(town_count(town, WAKES), 0);
    day_comes(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 1);
}

static bool erase_fn(Tx *tx, Town *town, void *context, Err *err)
{
    return case_erase(tx, context, town->today, STR("P1Y"), town->arena, err);
}

static void an_erased_case_takes_it_along(void **state)
{
    Town *town = *state;
    Case c = decided(town);

    assert_ok(town_write(town, erase_fn, &c), &town->err);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_later_day"), 0);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_later"), 0);
    assert_int_equal(town_count(town, WAKES), 0);
    assert_ok(town_write(town, rewind_fn, NULL), &town->err);
    day_comes(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 0);
}

static bool merge_fn(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town, (void)context;
    return tx_exec(tx, err, "UPDATE cases SET merged_into = id + 1");
}

static void a_merged_case_does_nothing_by_itself(void **state)
{
    Town *town = *state;

    decided(town);
    assert_ok(town_write(town, merge_fn, NULL), &town->err);
    day_comes(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 0);
    assert_int_equal(town_count(town, PLANNED), 0);
}

static bool count_fn(Tx *tx, Town *town, void *context, Err *err)
{
    int64_t outstanding = 0;

    (void)town;
    return effect_counts(tx, context, err) &&
           effect_outstanding(tx, STR("case/1"), &outstanding, err) &&
           (outstanding == 0 || err_set(err, ERR_INTERNAL, "%lld", (long long)outstanding));
}

/* The clock of the machine is years before 2037. */
static void what_is_planned_is_counted_and_holds_nothing_back(void **state)
{
    Town *town = *state;
    EffectCounts counts;

    town->today = (Date){2037, 3, 10};
    decided(town);
    assert_ok(town_write(town, count_fn, &counts), &town->err);
    assert_int_equal(counts.planned, 1);
    assert_int_equal(counts.waiting, 0);
    assert_int_equal(counts.failed, 0);
}

static void it_names_an_action_that_nobody_needs_to_enter_anything_for(void **state)
{
    Town *town = *state;
    size_t count;
    Problems problems = {.arena = town->arena};
    bool named = false;

    write_process(town, "eintragen"); /* has fields */
    const PackageFile *files = town_read(town, &count);

    assert_false(package_publish(town->tenant, files, count, &problems, &town->err));
    for (size_t i = 0; i < problems.count; i++)
        named = named || str_find(problems.items[i].message, STR("`later` must name")) >= 0;
    assert_true(named);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, open_later, town_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(an_action_is_done_by_itself_when_its_day_has_come),
        RULE(it_is_done_once_however_often_it_is_tried),
        RULE(the_day_lies_in_the_database_when_the_program_starts_again),
        RULE(another_date_moves_it),
        RULE(a_date_that_moved_behind_today_is_done_at_once),
        RULE(each_date_is_done_once_when_it_moves_to_and_fro),
        RULE(a_change_of_something_else_leaves_it),
        RULE(what_has_ended_cancels_it),
        RULE(a_day_that_the_decision_saw_is_past),
        RULE(who_does_it_before_has_done_it),
        RULE(an_erased_case_takes_it_along),
        RULE(a_merged_case_does_nothing_by_itself),
        RULE(what_is_planned_is_counted_and_holds_nothing_back),
        RULE(it_names_an_action_that_nobody_needs_to_enter_anything_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
