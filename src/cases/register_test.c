/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_fixture.h"

typedef struct RegisterStep {
    enum { ADD, CHANGE, END } op;
    const char *json;
    Date day;
    int64_t id;
    Str reason;
} RegisterStep;

static bool step_fn(Tx *tx, Town *town, void *context, Err *err)
{
    RegisterStep *step = context;
    RegisterChange change = {.spec = package_register(town->package, STR("baum")),
                             .package = town->package,
                             .actor = STR("staff/1"),
                             .today = town->today};
    const Node *data = step->json ? town_json(town, step->json) : NULL;

    if (step->op == ADD)
        return register_add(tx, &change, data, step->day, town->arena, &step->id, err);
    if (step->op == CHANGE)
        return register_change(tx, &change, step->id, data, step->day, town->arena, err);
    return register_end(tx, &change, step->id, step->day, step->reason, town->arena, err);
}

static int64_t add(Town *town, const char *json, Date from)
{
    RegisterStep step = {.op = ADD, .json = json, .day = from};

    return town_write(town, step_fn, &step) ? step.id : 0;
}

static bool end(Town *town, int64_t id, Date until)
{
    RegisterStep step = {.op = END, .id = id, .day = until, .reason = STR("gefällt")};

    return town_write(town, step_fn, &step);
}

static bool change(Town *town, int64_t id, const char *json, Date from)
{
    RegisterStep step = {.op = CHANGE, .id = id, .day = from, .json = json};

    return town_write(town, step_fn, &step);
}

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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
