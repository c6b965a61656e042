/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test_random.h"
#include "cases/register_fixture.h"
#include "cases/register_tally.h"

typedef struct Cells {
    RegisterCell *items;
    size_t count;
} Cells;

static Cells cells_on(Town *town, const RegisterGroup *groups, size_t count, Date day)
{
    RegisterQuery query = {
        .register_id = STR("baum"), .at = true, .valid_on = day, .known_at = INT64_MAX};
    Cells out;
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(
        register_cells(tx, &query, groups, count, town->arena, &out.items, &out.count, &town->err),
        &town->err);
    tx_end(tx);
    return out;
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
    return tx_exec(tx, err, "DELETE FROM register_tally_kept");
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
                                       town->arena, &town->err),
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
                                       town->arena, &town->err),
                  &town->err);
        assert_same_cells(told[i][5], cells_on(town, kept[i].groups, kept[i].count,
                                               date_add_days((Date){2024, 11, 20}, 85)));
    }
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)
    const struct CMUnitTest tests[] = {
        RULE(kept_counts_are_what_a_scan_counts_after_any_history),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
