/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/register_fixture.h"

enum { MANY = 6400, PAGE = 900 };

/* Tree i is protected but for every tenth, of one of seven kinds, and planted on one of 50 days. */
static bool plant_many(Tx *tx, Town *town, void *context, Err *err)
{
    RegisterChange change = {.spec = package_register(town->package, STR("baum")),
                             .package = town->package,
                             .actor = STR("staff/1"),
                             .today = town->today};
    int64_t id;

    (void)context;
    for (int i = 0; i < MANY; i++) {
        const char *json = arena_printf(
            town->arena,
            "{\"nummer\":\"%05d\",\"art\":\"Art %d\",\"halter\":\"Halter %d\",\"gepflanzt\":\"%s\","
            "\"geschuetzt\":%s}",
            (i * 7919) % MANY, i % 7, i % 31,
            date_iso(town->arena, date_add_days((Date){2000, 1, 1}, i % 50)).ptr,
            i % 10 ? "true" : "false");

        if (!register_add(tx, &change, town_json(town, json), (Date){2020, 1, 1}, town->arena, &id,
                          err))
            return false;
    }
    return true;
}

/* Walk a list page by page: how many rows there are, each once and in order. */
static size_t walk(Town *town, RegisterQuery query)
{
    bool *seen = arena_array(town->arena, bool, MANY * 2);
    Str last = STR_NONE;
    size_t all = 0;
    int64_t counted;
    Tx *tx = db_read(town->tenant->db, &town->err);

    query.register_id = STR("baum");
    query.limit = PAGE;
    assert_ok(register_count(tx, &query, MANY * 2, &counted, &town->err), &town->err);
    for (;;) {
        RegisterEntry *rows;
        Str *sorted;
        size_t count;

        assert_ok(register_select(tx, &query, town->arena, &rows, &sorted, &count, &town->err),
                  &town->err);
        for (size_t i = 0; i < count; i++) {
            assert_false(seen[rows[i].row]);
            seen[rows[i].row] = true;
            if (query.sort == REGISTER_BY_TITLE || query.sort == REGISTER_BY_FIELD)
                assert_true(!last.ptr || str_compare(last, sorted[i]) <= 0);
            last = sorted[i];
        }
        all += count;
        if (count < PAGE)
            break;
        query.after_text = sorted[count - 1];
        query.after_row = rows[count - 1].row;
    }
    tx_end(tx);
    assert_int_equal(all, counted);
    return all;
}

#define ONE_VALUE(name, value)            \
    {                                     \
        STR(name), STR(value), STR(value) \
    }

static void lists_find_the_same_by_every_way(void **state)
{
    Town *town = *state;
    Str term = STR("halter");
    static const RegisterSort SORTS[] = {REGISTER_BY_TITLE, REGISTER_BY_AGE, REGISTER_NEWEST,
                                         REGISTER_BY_FIELD};

    assert_ok(town_write(town, plant_many, NULL), &town->err);
    for (size_t i = 0; i < sizeof SORTS / sizeof *SORTS; i++) {
        RegisterQuery query = {.sort = SORTS[i], .sort_field = STR("halter")};

        assert_int_equal(walk(town, query), MANY);
        query.filters[0] = (RegisterFilter)ONE_VALUE("geschuetzt", "true");
        query.filter_count = 1;
        assert_int_equal(walk(town, query), MANY - MANY / 10); /* along the order's index */
        query.filters[1] = (RegisterFilter)ONE_VALUE("art", "Art 3");
        query.filter_count = 2;
        assert_int_equal(walk(town, query), 822); /* found and sorted */
        query.filters[0] = (RegisterFilter){STR("gepflanzt"), STR("2000-01-11"), STR_NONE};
        query.filters[1] = (RegisterFilter){STR("gepflanzt"), STR_NONE, STR("2000-01-20")};
        assert_int_equal(walk(town, query), MANY / 5);
        query.terms = &term;
        query.term_count = 1;
        assert_int_equal(walk(town, query), MANY / 5);
        query.at = true;
        query.valid_on = (Date){2019, 12, 31};
        query.known_at = clock_now() + 1000;
        assert_int_equal(walk(town, query), 0);
    }
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)
    const struct CMUnitTest tests[] = {
        RULE(lists_find_the_same_by_every_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
