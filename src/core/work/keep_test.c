/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/work/keep.h"

#include "core/store/event.h"
#include "core/test_town.h"
#include "core/work/period.h"

static TestTown town;

static const char *const ERASE[] = {"DELETE FROM thing WHERE id = $1", NULL};
static const char *const BROKEN[] = {"DELETE FROM nothing WHERE id = $1", NULL};

static const Migration THINGS[] = {
    {"thing-001", "CREATE TABLE thing (id {id}, day TEXT NOT NULL, kind TEXT NOT NULL)"},
    {0},
};
static const Keep KEEPS[] = {
    {.name = "broken",
     .label = "x",
     .data = "x",
     .people = "x",
     .purpose = "x",
     .basis = "x",
     .counted = "x",
     .period = "P1D",
     .least = "P1D",
     .by_day = true,
     .due = "SELECT id FROM thing WHERE day < $1",
     .erase = BROKEN},
    {.name = "things",
     .label = "Dinge",
     .data = "x",
     .people = "x",
     .purpose = "x",
     .basis = "§ 1",
     .counted = "danach",
     .period = "P10Y",
     .least = "P6Y",
     .year_end = true,
     .by_day = true,
     .due = "SELECT id FROM thing WHERE day < $1 AND kind = $2",
     .of = "buch",
     .held = "SELECT COUNT(*) FROM thing WHERE day < $1 AND kind <> $2",
     .erase = ERASE},
    {0},
};
static const Engine THING_ENGINE = {.name = "thing", .migrations = THINGS, .keeps = KEEPS};
static const Engine *const ENGINES[] = {&WORK_ENGINE, &THING_ENGINE};

static int set_up(void **state)
{
    return test_town_set_up(&town, ENGINES, 2, "title: Musterstadt\nretention: {things: P8Y}\n",
                            state);
}

static bool add_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    for (int i = 0; i < 450; i++)
        if (!tx_exec(tx, err, "INSERT INTO thing (day, kind) VALUES ('2027-03-01', 'buch')"))
            return false;
    return tx_exec(tx, err, "INSERT INTO thing (day, kind) VALUES ('2027-03-01', 'offen')") &&
           tx_exec(tx, err, "INSERT INTO thing (day, kind) VALUES ('2028-01-01', 'buch')");
}

static int64_t number(const char *what)
{
    int64_t value = -1;
    Tx *tx = db_read(town.tenant->db, &town.err);

    if (strcmp(what, "things") == 0)
        tx_query_int(tx, &town.err, &value, "SELECT COUNT(*) FROM thing");
    else if (strcmp(what, "proved") == 0)
        tx_query_int(tx, &town.err, &value,
                     "SELECT COALESCE(SUM(k.entry_count), 0) FROM keep_erasure k JOIN event e ON "
                     "e.id = k.event_id AND e.type = 'data.erased'");
    tx_end(tx);
    return value;
}

static int64_t run(Date today)
{
    int64_t erased;

    assert_ok(keep_run(town.tenant, today, &erased, &town.err), &town.err);
    return erased;
}

static void what_is_over_its_time_goes_in_slices_with_a_proof(void **state)
{
    KeepRule *rules;
    size_t count;
    int64_t events;

    (void)state;
    test_town_write(&town, add_fn, NULL);
    assert_int_equal(run((Date){2035, 12, 31}), 0); /* eight years from the end of 2027 */
    assert_int_equal(run((Date){2036, 1, 1}), 450);
    assert_int_equal(number("things"), 2);
    assert_int_equal(number("proved"), 450);
    assert_int_equal(run((Date){2036, 1, 2}), 0);
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(keep_rules(tx, town.tenant, town.arena, &rules, &count, &town.err), &town.err);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rules[i].keep.name, "things") == 0) {
            assert_true(rules[i].of_town);
            assert_int_equal(rules[i].erased, 450);
            assert_int_equal(rules[i].held, 1);
            assert_false(rules[i].problem.ptr);
        } else if (strcmp(rules[i].keep.name, "broken") == 0) {
            assert_true(rules[i].problem.ptr); /* and it kept nobody else */
        }
    assert_ok(event_verify(tx, &events, &town.err), &town.err);
    tx_end(tx);
}

static void a_period_is_of_years_months_and_days_and_may_count_from_the_years_end(void **state)
{
    Date day;

    (void)state;
    assert_true(period_after((Date){2027, 1, 31}, STR("P1Y1M"), &day));
    assert_int_equal(date_compare(day, (Date){2028, 2, 29}), 0);
    const char *wrong[] = {"", "P", "10Y", "P10", "PY", "P10W", "P10YT1H", "P99999Y"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(period_after((Date){2027, 1, 31}, str_c(wrong[i]), &day));
    assert_int_equal(
        date_compare(period_cutoff((Date){2038, 1, 1}, STR("P10Y"), true), (Date){2028, 1, 1}), 0);
    assert_int_equal(
        date_compare(period_cutoff((Date){2037, 12, 31}, STR("P10Y"), true), (Date){2027, 1, 1}),
        0);
    assert_int_equal(
        date_compare(period_cutoff((Date){2027, 3, 31}, STR("P90D"), false), (Date){2026, 12, 31}),
        0);
    assert_str(period_words(STR("P1Y6M"), town.arena), "1 Jahr, 6 Monate");
}

static void a_town_may_keep_longer_but_not_shorter_than_the_law(void **state)
{
    static const struct {
        const char *yaml, *says;
    } WRONG[] = {
        {"things: P5Y", "at least P6Y"},
        {"things: lange", "is a duration"},
        {"dinge: P8Y", "nothing is called"},
    };
    Err err = {0};
    Tenant *tenant = town.tenant;
    const Node *settings = tenant->settings;

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        char *yaml = arena_printf(town.arena, "title: M\nretention: {%s}\n", WRONG[i].yaml);
        tenant->settings =
            node_parse_yaml(town.arena, str_c(yaml), "tenant.yaml", &NODE_LIMITS_PACKAGE, &err);
        assert_false(keep_settings_check(tenant, &err));
        assert_non_null(strstr(err.message, WRONG[i].says));
    }
    tenant->settings = settings;
    assert_ok(keep_settings_check(tenant, &err), &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_over_its_time_goes_in_slices_with_a_proof),
        cmocka_unit_test(a_period_is_of_years_months_and_days_and_may_count_from_the_years_end),
        cmocka_unit_test(a_town_may_keep_longer_but_not_shorter_than_the_law),
    };

    return cmocka_run_group_tests(tests, set_up, test_town_tear_down);
}
