/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/register_fixture.h"

static size_t find(Town *town, const char *field, Str *values, size_t count, bool all,
                   RegisterEntry **out)
{
    RegisterCondition condition = {str_c(field), values, count};
    size_t found = 0;
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(register_find(tx, package_register(town->package, STR("baum")), &condition, 1, all,
                            town->today, town->arena, out, &found, &town->err),
              &town->err);
    tx_end(tx);
    return found;
}

/* A day as a program that did not know the last one could have stored it. */
static bool spoil_fn(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town;
    (void)context;
    return tx_exec(tx, err, "UPDATE register_entry SET valid_from = '10000-01-01' WHERE head = 1");
}

#define LIME "{\"nummer\":\"7\",\"art\":\"Linde\",\"halter\":\"Muster\"}"

static void a_key_is_unique_among_the_living_and_free_again_after_death(void **state)
{
    Town *town = *state;
    int64_t id = add(town, LIME, (Date){2026, 1, 1});

    assert_true(id > 0);
    assert_int_equal(add(town, LIME, (Date){2027, 1, 1}), 0);
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    assert_non_null(strstr(town->err.message, "Linde 7"));
    assert_ok(end(town, id, (Date){2027, 2, 1}), &town->err);
    assert_int_equal(add(town, LIME, (Date){2027, 1, 15}), 0); /* it lived until 1 February */
    assert_true(add(town, LIME, (Date){2027, 2, 1}) > 0);
}

static void entries_without_a_key_never_collide(void **state)
{
    Town *town = *state;

    assert_true(add(town, "{\"art\":\"Linde\"}", (Date){2026, 1, 1}) > 0);
    assert_true(add(town, "{\"art\":\"Linde\",\"nummer\":null}", (Date){2026, 1, 1}) > 0);
}

static void a_required_field_must_be_there(void **state)
{
    Town *town = *state;

    assert_int_equal(add(town, "{\"nummer\":\"7\"}", (Date){2026, 1, 1}), 0);
    assert_non_null(strstr(town->err.message, "Art"));
}

static void a_change_keeps_what_was_known_before(void **state)
{
    Town *town = *state;
    int64_t id = add(town, LIME, (Date){2026, 1, 1});
    RegisterEntry *rows;
    size_t count;

    assert_ok(change(town, id, "{\"halter\":\"Stadt\"}", (Date){2026, 7, 1}), &town->err);
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(register_history(tx, id, town->arena, &rows, &count, &town->err), &town->err);
    tx_end(tx);
    assert_int_equal(count, 3);
    assert_true(rows[0].superseded > 0);
    assert_true(date_absent(rows[0].until));
    assert_int_equal(rows[1].superseded, 0); /* the past, as it holds now */
    assert_int_equal(date_compare(rows[1].until, (Date){2026, 6, 30}), 0);
    assert_str(node_get_text(rows[1].data, "halter"), "Muster");
    assert_str(node_get_text(rows[2].data, "halter"), "Stadt");
    assert_int_equal(date_compare(rows[2].begins, (Date){2026, 1, 1}), 0);
}

static void nothing_changes_or_ends_before_it_began(void **state)
{
    Town *town = *state;
    int64_t id = add(town, LIME, (Date){2026, 1, 1});

    assert_false(change(town, id, "{\"halter\":\"Stadt\"}", (Date){2025, 12, 31}));
    assert_false(end(town, id, (Date){2025, 12, 31}));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
}

static void a_lookup_finds_the_living_by_any_of_its_values(void **state)
{
    Town *town = *state;
    RegisterEntry *found;
    Str values[30] = {STR("7"), STR("8")};
    int64_t dead = add(town, LIME, (Date){2026, 1, 1});

    add(town, "{\"nummer\":\"8\",\"art\":\"Eiche\",\"halter\":\"Muster\"}", (Date){2026, 1, 1});
    assert_ok(end(town, dead, (Date){2027, 1, 1}), &town->err);
    assert_int_equal(find(town, "nummer", values, 2, false, &found), 1);
    assert_str(found[0].title, "Eiche 8");
    assert_int_equal(find(town, "nummer", values, 2, true, &found), 2);
    assert_int_equal(find(town, "nummer", values, 0, true, &found), 0);
    for (size_t i = 2; i < 30; i++) /* more values than one statement takes */
        values[i] = str_printf(town->arena, "x%zu", i);
    values[29] = STR("8");
    values[1] = STR("y");
    assert_int_equal(find(town, "nummer", values, 30, false, &found), 1);
}

static void a_changed_value_is_found_and_the_former_is_not(void **state)
{
    Town *town = *state;
    int64_t id = add(town, LIME, (Date){2026, 1, 1});
    Str old = STR("Muster");
    Str now = STR("Stadt");
    RegisterEntry *found;

    assert_ok(change(town, id, "{\"halter\":\"Stadt\"}", (Date){2026, 7, 1}), &town->err);
    assert_int_equal(find(town, "halter", &old, 1, true, &found), 0);
    assert_int_equal(find(town, "halter", &now, 1, true, &found), 1);
}

/* --- Both times ---------------------------------------------------------------------------------
 */

static void no_two_entries_have_a_key_on_the_same_day(void **state)
{
    Town *town = *state;
    int64_t old = add(town, LIME, (Date){2020, 1, 1});
    assert_ok(end(town, old, (Date){2022, 12, 31}), &town->err);
    int64_t next = add(town, LIME, (Date){2023, 1, 1});
    int64_t other =
        add(town, "{\"nummer\":\"8\",\"art\":\"Eiche\",\"halter\":\"Muster\"}", (Date){2020, 1, 1});
    RegisterStep reopened = {.op = END, .id = old};
    RegisterStep longer = {.op = END, .id = old, .day = {2023, 6, 1}};
    RegisterStep earlier = {.op = BEGIN, .id = next, .day = {2021, 1, 1}};
    RegisterStep span = {.op = CORRECT,
                         .id = other,
                         .day = {2021, 1, 1},
                         .until = {2021, 12, 31},
                         .json = "{\"nummer\":\"7\"}"};
    RegisterStep *refused[] = {&reopened, &longer, &earlier, &span};

    assert_true(old > 0 && next > 0 && other > 0);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_false(town_write(town, step_fn, refused[i]));
        assert_int_equal(town->err.kind, ERR_CONFLICT);
        assert_non_null(strstr(town->err.message, "Linde 7"));
    }
    assert_ok(end(town, old, (Date){2023, 1, 1}), &town->err); /* handed over on that day */
    assert_ok(change(town, old, "{\"halter\":\"Stadt\"}", (Date){2021, 1, 1}), &town->err);
}

static void count_problem(void *context, const char *problem)
{
    int64_t *count = context;

    assert_non_null(strstr(problem, "register baum"));
    (*count)++;
}

static int64_t unreadable(Town *town)
{
    int64_t problems = 0, rows = 0;
    Tx *tx = db_read(town->tenant->db, &town->err);

    for (const ProofCheck *proof = CASES_ENGINE.checks; proof->name; proof++)
        assert_ok(proof->check(tx, &(ProofReport){count_problem, &problems}, &rows, &town->err),
                  &town->err);
    tx_end(tx);
    assert_int_equal(rows, town_count(town, "SELECT COUNT(*) FROM register_entry"));
    return problems;
}

static void the_last_of_all_days_is_no_end(void **state)
{
    Town *town = *state;
    Date never = {9999, 12, 31};
    int64_t id = add(town, LIME, (Date){2026, 1, 1});
    RegisterStep span = {.op = CORRECT,
                         .id = id,
                         .day = {2027, 1, 1},
                         .until = never,
                         .json = "{\"halter\":\"Stadt\"}"};

    assert_ok(town_write(town, step_fn, &span), &town->err);
    assert_ok(end(town, id, never), &town->err);
    assert_ok(change(town, id, "{\"halter\":\"Verein\"}", (Date){2028, 1, 1}), &town->err);
    assert_str(holder_at(town, id, (Date){2027, 6, 1}, INT64_MAX), "Stadt");
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_entry WHERE valid_to > '9' OR "
                                      "valid_from > '9'"),
                     0);
    assert_int_equal(unreadable(town), 0);
}

static void days_that_cannot_be_are_refused_and_never_end_the_program(void **state)
{
    Town *town = *state;
    int64_t id = add(town, LIME, (Date){2026, 1, 1});

    assert_int_equal(add(town, "{\"art\":\"Linde\"}", (Date){1, 1, 1}), 0);
    assert_int_equal(town->err.kind, ERR_INPUT);
    assert_false(change(town, id, "{\"halter\":\"Stadt\"}", (Date){9999, 12, 31}));
    assert_int_equal(town->err.kind, ERR_INPUT);
    assert_ok(change(town, id, "{\"halter\":\"Stadt\"}", (Date){2027, 1, 1}), &town->err);
    assert_ok(town_write(town, spoil_fn, NULL), &town->err);
    assert_int_equal(unreadable(town), 1);
    assert_false(change(town, id, "{\"halter\":\"Verein\"}", (Date){2028, 1, 1}));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    assert_non_null(strstr(town->err.message, "rathaus verify"));
}

static bool spoil_all_fn(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town, (void)context;
    return tx_exec(tx, err,
                   "UPDATE register_entry SET valid_from = '2027-02-31', valid_to = 'bald' WHERE "
                   "row_id % 2 = 1");
}

static void every_day_that_cannot_be_read_is_named(void **state)
{
    Town *town = *state;

    for (int i = 0; i < 4; i++)
        add(town, arena_printf(town->arena, "{\"nummer\":\"%d\",\"art\":\"Linde\"}", i),
            (Date){2026, 1, 1});
    assert_int_equal(unreadable(town), 0);
    assert_ok(town_write(town, spoil_all_fn, NULL), &town->err);
    assert_int_equal(unreadable(town), 4);
}

static void a_correction_of_the_past_changes_what_we_know_not_what_we_knew(void **state)
{
    Town *town = *state;
    int64_t id = add(town, LIME, (Date){2026, 1, 1});
    RegisterStep sold = {
        .op = CHANGE, .id = id, .day = {2026, 7, 1}, .json = "{\"halter\":\"Stadt\"}"};
    RegisterStep corrected = {.op = CORRECT,
                              .id = id,
                              .day = {2026, 3, 1},
                              .until = {2026, 4, 30},
                              .json = "{\"halter\":\"Verein\"}"};

    assert_ok(write_later(town, &sold, clock_now()), &town->err);
    assert_ok(write_later(town, &corrected, sold.at), &town->err);
    assert_str(holder_at(town, id, (Date){2026, 3, 3}, corrected.at), "Verein");
    assert_str(holder_at(town, id, (Date){2026, 3, 3}, corrected.at - 1), "Muster");
    assert_str(holder_at(town, id, (Date){2026, 5, 1}, corrected.at), "Muster");
    assert_str(holder_at(town, id, (Date){2026, 7, 1}, corrected.at), "Stadt");
    assert_str(holder_at(town, id, (Date){2025, 12, 31}, corrected.at), "nobody");
}

static void a_change_before_the_last_one_reaches_the_later_stretches(void **state)
{
    Town *town = *state;
    int64_t id = add(town, LIME, (Date){2026, 1, 1});
    RegisterEntry head;

    assert_ok(change(town, id, "{\"halter\":\"Stadt\"}", (Date){2026, 7, 1}), &town->err);
    assert_ok(change(town, id, "{\"art\":\"Eiche\"}", (Date){2026, 2, 1}), &town->err);
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(register_by_id(tx, STR("baum"), id, town->arena, &head, &town->err), &town->err);
    tx_end(tx);
    assert_str(node_get_text(head.data, "art"), "Eiche");
    assert_str(node_get_text(head.data, "halter"), "Stadt");
    assert_str(head.title, "Eiche 7");
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)
    const struct CMUnitTest tests[] = {
        RULE(a_key_is_unique_among_the_living_and_free_again_after_death),
        RULE(entries_without_a_key_never_collide),
        RULE(a_required_field_must_be_there),
        RULE(a_change_keeps_what_was_known_before),
        RULE(nothing_changes_or_ends_before_it_began),
        RULE(a_lookup_finds_the_living_by_any_of_its_values),
        RULE(a_changed_value_is_found_and_the_former_is_not),
        RULE(a_correction_of_the_past_changes_what_we_know_not_what_we_knew),
        RULE(a_change_before_the_last_one_reaches_the_later_stretches),
        RULE(no_two_entries_have_a_key_on_the_same_day),
        RULE(the_last_of_all_days_is_no_end),
        RULE(days_that_cannot_be_are_refused_and_never_end_the_program),
        RULE(every_day_that_cannot_be_read_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
