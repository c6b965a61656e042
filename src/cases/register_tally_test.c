/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test_random.h"
#include "cases/register_fixture.h"
#include "cases/register_tally.h"
#include "core/backup/backup_internal.h"

static void counts_are_put_together_by_group(void **state)
{
    Town *town = *state;
    RegisterGroup groups[2] = {{.field = STR("gepflanzt"), .take = REGISTER_TAKE_MONTH},
                               {.field = STR("lage")}};
    RegisterCell *cells;
    size_t count;

    add(town, "{\"nummer\":\"1\",\"art\":\"a\",\"gepflanzt\":\"2000-01-01\",\"lage\":\"park\"}",
        (Date){2020, 1, 1});
    add(town, "{\"nummer\":\"2\",\"art\":\"a\",\"gepflanzt\":\"2000-01-31\",\"lage\":\"park\"}",
        (Date){2020, 1, 1});
    add(town, "{\"nummer\":\"3\",\"art\":\"a\",\"gepflanzt\":\"2000-02-01\"}", (Date){2020, 1, 1});
    add(town, "{\"nummer\":\"4\",\"art\":\"a\"}", (Date){2027, 1, 1}); /* not yet */
    RegisterQuery query = {.register_id = STR("baum"),
                           .at = true,
                           .valid_on = {2026, 1, 1},
                           .known_at = clock_now() + 1000};
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(register_cells(tx, &query, groups, 2, town->arena, &cells, &count, &town->err),
              &town->err);
    tx_end(tx);
    assert_int_equal(count, 2);
    assert_str(cells[0].values[0], "2000-01");
    assert_str(cells[0].values[1], "park");
    assert_int_equal(cells[0].count, 2);
    assert_str(cells[1].values[0], "2000-02");
    assert_null(cells[1].values[1].ptr);
}

typedef struct Cells {
    RegisterCell *items;
    size_t count;
} Cells;

static Cells cells_of(Town *town, const RegisterQuery *query, const RegisterGroup *groups,
                      size_t count)
{
    Cells out;
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(
        register_cells(tx, query, groups, count, town->arena, &out.items, &out.count, &town->err),
        &town->err);
    tx_end(tx);
    return out;
}

static Cells cells_on(Town *town, const RegisterGroup *groups, size_t count, Date day)
{
    RegisterQuery query = {
        .register_id = STR("baum"), .at = true, .valid_on = day, .known_at = INT64_MAX};

    return cells_of(town, &query, groups, count);
}

static void assert_same_cells(Cells a, Cells b)
{
    assert_int_equal(a.count, b.count);
    for (size_t i = 0; i < a.count; i++) {
        assert_int_equal(a.items[i].count, b.items[i].count);
        for (int k = 0; k < 2; k++)
            assert_true(str_eq(a.items[i].values[k], b.items[i].values[k]));
    }
}

static bool forget_counts(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town;
    (void)context;
    return tx_exec(tx, err, "DELETE FROM register_tally_kept") &&
           tx_exec(tx, err, "DELETE FROM register_tally");
}

/* One random write; whether it is refused does not matter here. */
static void write_something(Town *town, TestRandom *random, const int64_t *ids, size_t count)
{
    static const char *const JSON[] = {"{\"lage\":\"park\"}", "{\"lage\":\"strasse\"}",
                                       "{\"lage\":null}", "{\"gepflanzt\":\"2001-05-05\"}",
                                       "{\"art\":\"Öl\"}"};
    RegisterStep step = {.op = (int)test_pick(random, 0, 4 - 1) + CHANGE,
                         .id = ids[test_pick(random, 0, (int64_t)count - 1)],
                         .json = JSON[test_pick(random, 0, 5 - 1)],
                         .day =
                             date_add_days((Date){2024, 11, 1}, (int)test_pick(random, 0, 120 - 1)),
                         .reason = STR("x")};

    if (step.op == CORRECT || test_pick(random, 0, 2 - 1))
        step.until = date_add_days(step.day, (int)test_pick(random, 0, 60 - 1));
    if (step.op == END)
        step.day = step.until;
    town_write(town, step_fn, &step);
    err_clear(&town->err);
}

static void kept_counts_are_what_a_scan_counts_after_any_history(void **state)
{
    Town *town = *state;
    RegisterGroup groups[2] = {{.field = STR("lage")},
                               {.field = STR("gepflanzt"), .take = REGISTER_TAKE_YEAR}};
    RegisterGroup begins[1] = {{.field = STR(""), .take = REGISTER_TAKE_MONTH}};
    RegisterGroup kinds[1] = {{.field = STR("art"), .take = REGISTER_TAKE_POSTCODE}};
    struct {
        const RegisterGroup *groups;
        size_t count;
    } kept[] = {{groups, 1}, {groups, 2}, {begins, 1}, {kinds, 1}};
    TestRandom random = {77};
    int64_t ids[6];
    Cells told[4][8];

    for (size_t i = 0; i < 6; i++)
        ids[i] = add(town, "{\"art\":\"Bäume\",\"gepflanzt\":\"2000-01-01\",\"lage\":\"park\"}",
                     date_add_days((Date){2024, 12, 1}, (int)i * 9));
    for (size_t i = 0; i < 4; i++)
        assert_ok(register_counts_keep(town->tenant->db, STR("baum"), kept[i].groups, kept[i].count,
                                       &town->err),
                  &town->err);
    for (int i = 0; i < 120; i++)
        write_something(town, &random, ids, 6);
    add(town, "{\"art\":\"Neu\"}", (Date){2025, 1, 1});
    for (size_t i = 0; i < 4; i++)
        for (int day = 0; day < 8; day++)
            told[i][day] = cells_on(town, kept[i].groups, kept[i].count,
                                    date_add_days((Date){2024, 11, 20}, day * 17));
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_tally_kept"), 4);
    assert_ok(town_write(town, forget_counts, NULL), &town->err);
    for (size_t i = 0; i < 4; i++)
        for (int day = 0; day < 8; day++)
            assert_same_cells(told[i][day],
                              cells_on(town, kept[i].groups, kept[i].count,
                                       date_add_days((Date){2024, 11, 20}, day * 17)));
    /* Built anew they say the same. */
    for (size_t i = 0; i < 4; i++) {
        assert_ok(register_counts_keep(town->tenant->db, STR("baum"), kept[i].groups, kept[i].count,
                                       &town->err),
                  &town->err);
        assert_same_cells(told[i][5], cells_on(town, kept[i].groups, kept[i].count,
                                               date_add_days((Date){2024, 11, 20}, 85)));
    }
}

/* --- Built while others write ------------------------------------------------------------------
 */

typedef struct BuildStep {
    const RegisterGroup *groups;
    size_t count;
    bool whole;
} BuildStep;

static bool build_fn(Tx *tx, Town *town, void *context, Err *err)
{
    BuildStep *step = context;

    return tally_build(tx, STR("baum"), step->groups, step->count, 3, town->arena, &step->whole,
                       err);
}

static void counts_are_right_though_others_write_while_they_are_built(void **state)
{
    Town *town = *state;
    RegisterGroup groups[2] = {{.field = STR("lage")},
                               {.field = STR("gepflanzt"), .take = REGISTER_TAKE_YEAR}};
    TestRandom random = {4711};
    int64_t ids[6];

    for (size_t i = 0; i < 6; i++)
        ids[i] = add(town, "{\"art\":\"Baum\",\"gepflanzt\":\"2000-01-01\",\"lage\":\"park\"}",
                     date_add_days((Date){2024, 12, 1}, (int)i * 9));
    for (int round = 0; round < 20; round++) {
        BuildStep step = {groups, 1 + (size_t)(round % 2), false};
        Cells told[8];
        int steps = 0;

        for (; !step.whole; steps++) {
            assert_ok(town_write(town, build_fn, &step), &town->err);
            /* Two writes a step at the beginning, then it overtakes them. */
            for (int i = 0; !step.whole && i < 2 && steps < 12; i++)
                write_something(town, &random, ids, 6);
        }
        assert_true(steps > 1);
        write_something(town, &random, ids, 6);
        for (int day = 0; day < 8; day++)
            told[day] = cells_on(town, step.groups, step.count,
                                 date_add_days((Date){2024, 11, 20}, day * 17));
        assert_ok(verify_copy(town->tenant->db, town->arena, &town->err), &town->err);
        assert_ok(town_write(town, forget_counts, NULL), &town->err);
        for (int day = 0; day < 8; day++)
            assert_same_cells(told[day], cells_on(town, step.groups, step.count,
                                                  date_add_days((Date){2024, 11, 20}, day * 17)));
    }
}

static bool half_fn(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town;
    (void)context;
    return tx_exec(tx, err, "UPDATE register_tally_kept SET built_to = 2");
}

/* A count that is not whole yet (the program was killed) is no answer, and is built on. */
static void what_is_half_built_does_not_answer(void **state)
{
    Town *town = *state;
    RegisterGroup by_place = {.field = STR("lage")};

    for (int i = 0; i < 5; i++)
        add(town, "{\"art\":\"Baum\",\"lage\":\"park\"}", (Date){2024, 12, 1});
    BuildStep step = {&by_place, 1, false};

    assert_ok(town_write(town, build_fn, &step), &town->err);
    assert_false(step.whole);
    assert_int_equal(cells_on(town, &by_place, 1, (Date){2026, 1, 1}).items[0].count, 5);
    assert_ok(register_counts_keep(town->tenant->db, STR("baum"), &by_place, 1, &town->err),
              &town->err);
    assert_int_equal(cells_on(town, &by_place, 1, (Date){2026, 1, 1}).items[0].count, 5);
    assert_ok(verify_copy(town->tenant->db, town->arena, &town->err), &town->err);
    assert_ok(town_write(town, half_fn, NULL), &town->err); /* now it says something wrong */
    assert_false(verify_copy(town->tenant->db, town->arena, &town->err));
    assert_non_null(strstr(town->err.message, "register baum, counted by lage"));
}

/* --- With filters ------------------------------------------------------------------------------
 */

static bool is_kept(Town *town, const RegisterQuery *query, const RegisterGroup *groups,
                    size_t count)
{
    TallyAnswer answer;
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(tally_answers(tx, query, groups, count, town->arena, &answer, &town->err),
              &town->err);
    tx_end(tx);
    return answer.found;
}

static void filters_by_what_is_counted_are_answered_from_it(void **state)
{
    Town *town = *state;
    const RegisterGroup place = {.field = STR("lage")};
    const RegisterGroup year = {.field = STR("gepflanzt"), .take = REGISTER_TAKE_YEAR};
    const RegisterGroup pair[2] = {place, year}, other[2] = {year, place};
    const RegisterFilter park = {STR("lage"), STR("park"), STR("park")};
    const RegisterFilter until_park = {STR("lage"), STR_NONE, STR("park")};
    const RegisterFilter after = {STR("gepflanzt"), STR("2000-06-01"), STR_NONE};
    const struct {
        const RegisterGroup *groups;
        size_t count;
        RegisterFilter filters[2];
        size_t filter_count;
        bool kept;
    } asked[] = {
        {&place, 1, {park}, 1, true},
        {&year, 1, {park}, 1, true},
        {pair, 2, {until_park}, 1, true},
        {other, 2, {park}, 1, true},
        {other, 2, {{.field = STR_NONE}}, 0, true},
        {&year, 1, {{.field = STR_NONE}}, 0, true},
        {&year, 1, {after}, 1, false}, /* only its year is counted */
        {&place, 1, {park, after}, 2, false},
    };
    enum { ASKED = sizeof asked / sizeof *asked };
    Cells told[ASKED];
    RegisterQuery queries[ASKED];

    for (int i = 0; i < 60; i++)
        add(town,
            arena_printf(town->arena, "{\"art\":\"Baum\",\"gepflanzt\":\"%d-05-01\",\"lage\":%s}",
                         1998 + i % 4,
                         i % 7 == 0 ? "null"
                         : i % 3    ? "\"park\""
                                    : "\"strasse\""),
            date_add_days((Date){2025, 12, 1}, i));
    assert_ok(register_counts_keep(town->tenant->db, STR("baum"), pair, 2, &town->err), &town->err);
    for (size_t i = 0; i < ASKED; i++) {
        queries[i] = (RegisterQuery){.register_id = STR("baum"),
                                     .at = true,
                                     .valid_on = {2026, 1, 15},
                                     .known_at = INT64_MAX,
                                     .filter_count = asked[i].filter_count};
        memcpy(queries[i].filters, asked[i].filters, sizeof asked[i].filters);
        assert_int_equal(is_kept(town, &queries[i], asked[i].groups, asked[i].count),
                         asked[i].kept);
        told[i] = cells_of(town, &queries[i], asked[i].groups, asked[i].count);
        assert_true(told[i].count > 0);
    }
    assert_ok(town_write(town, forget_counts, NULL), &town->err);
    for (size_t i = 0; i < ASKED; i++)
        assert_same_cells(told[i], cells_of(town, &queries[i], asked[i].groups, asked[i].count));
}

/* --- By the clock ------------------------------------------------------------------------------
 */

static bool plant_fn(Tx *tx, Town *town, void *context, Err *err)
{
    RegisterChange change = {.spec = package_register(town->package, STR("baum")),
                             .package = town->package,
                             .actor = STR("staff/1"),
                             .today = town->today};
    const Node *tree = town_json(town, "{\"art\":\"Linde\",\"lage\":\"park\"}");
    int64_t id;

    for (int i = 0; i < *(int *)context; i++)
        if (!register_add(tx, &change, tree, (Date){2020, 1, 1}, town->arena, &id, err))
            return false;
    return true;
}

static void counts_of_large_registers_are_kept_by_the_clock(void **state)
{
    Town *town = *state;
    int few = 999, one = 1;

    assert_ok(town_write(town, plant_fn, &few), &town->err);
    assert_ok(register_counts_schedule(town->tenant, town->arena, &town->err), &town->err);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_tally_kept"), 0);
    assert_ok(town_write(town, plant_fn, &one), &town->err);
    assert_ok(register_counts_schedule(town->tenant, town->arena, &town->err), &town->err);
    /* gepflanzt by year, geschuetzt, lage and the month of the beginning */
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_tally_kept WHERE built_to IS "
                                      "NULL"),
                     4);
    assert_ok(verify_copy(town->tenant->db, town->arena, &town->err), &town->err);
}

typedef struct Half {
    const RegisterGroup *groups;
    int64_t rows;
} Half;

static bool build_half(Tx *tx, Town *town, void *context, Err *err)
{
    const Half *half = context;
    bool whole;

    return tally_build(tx, STR("baum"), half->groups, 1, half->rows, town->arena, &whole, err) &&
           (!whole || err_set(err, ERR_INTERNAL, "built at once"));
}

/* Nobody waits for a count, because it is made good when an entry goes. */
static void what_is_erased_goes_out_of_what_is_kept_at_once(void **state)
{
    Town *town = *state;
    RegisterGroup groups[2] = {{.field = STR("lage")},
                               {.field = STR("gepflanzt"), .take = REGISTER_TAKE_YEAR}};
    RegisterGroup kinds[1] = {{.field = STR("art")}};
    TestRandom random = {78};
    const Date day = {2025, 2, 1};
    int64_t ids[6], erased = 0;

    for (size_t i = 0; i < 6; i++)
        ids[i] = add(town,
                     arena_printf(town->arena,
                                  "{\"art\":\"%c\",\"gepflanzt\":\"2000-01-01\","
                                  "\"lage\":\"park\"}",
                                  (char)('a' + i)),
                     date_add_days((Date){2024, 12, 1}, (int)i * 9));
    for (int i = 0; i < 40; i++)
        write_something(town, &random, ids, 3);
    assert_ok(register_counts_keep(town->tenant->db, STR("baum"), groups, 2, &town->err),
              &town->err);
    assert_ok(town_write(town, build_half, &(Half){kinds, 4}), &town->err);
    for (size_t i = 0; i < 4; i++)
        end(town, ids[i], (Date){2025, 6, 1});
    err_clear(&town->err);
    int64_t before = town_count(town, "SELECT COUNT(DISTINCT entry_id) FROM register_entry");

    assert_ok(keep_run(town->tenant, (Date){2035, 6, 2}, &erased, &town->err), &town->err);
    int64_t left = town_count(town, "SELECT COUNT(DISTINCT entry_id) FROM register_entry");

    assert_true(left < before && left >= 2);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_tally_kept"), 2);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_tally WHERE value_a = 'd' AND "
                                      "begun = 0 AND ended = 0"),
                     0);
    assert_ok(verify_copy(town->tenant->db, town->arena, &town->err), &town->err);
    Cells kept = cells_on(town, groups, 2, day);

    assert_true(kept.count > 0);
    assert_ok(town_write(town, forget_counts, NULL), &town->err);
    assert_same_cells(kept, cells_on(town, groups, 2, day));
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)
    const struct CMUnitTest tests[] = {
        RULE(counts_are_put_together_by_group),
        RULE(kept_counts_are_what_a_scan_counts_after_any_history),
        RULE(counts_are_right_though_others_write_while_they_are_built),
        RULE(what_is_half_built_does_not_answer),
        RULE(what_is_erased_goes_out_of_what_is_kept_at_once),
        RULE(filters_by_what_is_counted_are_answered_from_it),
        RULE(counts_of_large_registers_are_kept_by_the_clock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
