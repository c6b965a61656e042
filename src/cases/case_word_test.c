/* SPDX-License-Identifier: EUPL-1.2 */
/* What people write stands beside the chain of events, so that it can go. */
#include "cases/retention_fixture.h"

#include "cases/bulk.h"
#include "cases/case_memo.h"
#include "cases/case_word.h"
#include "core/backup/backup_internal.h"
#include "core/store/event.h"

#define SAID "Frau Muster ist schwer krank"

typedef struct Said {
    Case c;
    int64_t old_event, bulk;
} Said;

static bool say_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Said *said = context;
    Arena *arena = town->arena;
    Node *old = node_map(arena), *params = node_map(arena);
    Finding *findings;
    size_t count;

    node_set(arena, old, STR("reason"), node_string(arena, STR("wie früher")));
    node_set(arena, params, STR("text"), node_string(arena, STR(SAID)));
    return case_finding_add(tx, &said->c, STR("person"), STR("other"), STR("?"), STR("staff/1"),
                            err) &&
           case_findings(tx, said->c.id, arena, &findings, &count, err) &&
           case_finding_dismiss(tx, &said->c, findings[count - 1].id, STR(SAID), STR("staff/1"),
                                err) &&
           case_deadline_set(tx, town->tenant, town->package, &said->c, (Date){2027, 4, 20},
                             STR(SAID), STR("staff/1"), town->today, arena, err) &&
           event_add(tx, "case.deadline", case_subject(&said->c, arena), STR("staff/1"), old,
                     err) &&
           bulk_add(tx, 1, STR("suche=" SAID), &said->c.id, 1, &said->bulk, err) &&
           bulk_choose(tx, said->bulk, BULK_NOTE, params, err);
}

/* In how many of these the words stand. */
static int64_t places_of(Town *town)
{
    int64_t sum = 0, count;
    Tx *tx = db_read(town->tenant->db, &town->err);
    static const char *const WHERE[] = {
        "SELECT COUNT(*) FROM case_word WHERE text LIKE '%krank%'",
        "SELECT COUNT(*) FROM case_finding WHERE reason LIKE '%krank%'",
        "SELECT COUNT(*) FROM case_bulk WHERE query LIKE '%krank%' OR params LIKE '%krank%'",
    };

    for (size_t i = 0; i < sizeof WHERE / sizeof *WHERE; i++) {
        Rows *rows = tx_query_text(tx, town->arena, &town->err, str_c(WHERE[i]), NULL, 0);
        assert_true(rows && rows_next(rows, &town->err));
        count = row_int(rows, 0);
        rows_end(rows);
        sum += count;
    }
    tx_end(tx);
    return sum;
}

static void assert_words_of_events(Town *town, int64_t case_id, size_t now, size_t then)
{
    Tx *tx = db_read(town->tenant->db, &town->err);
    Event *events;
    size_t count, said = 0, old = 0;
    Str words;

    assert_ok(event_list(tx, str_printf(town->arena, "case/%lld", (long long)case_id), town->arena,
                         &events, &count, &town->err),
              &town->err);
    for (size_t i = 0; i < count; i++) {
        assert_true(str_find(node_json(events[i].data, town->arena), STR("krank")) < 0);
        assert_ok(case_word_of(tx, &events[i], "reason", town->arena, &words, &town->err),
                  &town->err);
        said += str_is(words, SAID);
        old += str_is(words, "wie früher");
    }
    assert_int_equal(said, now);
    assert_int_equal(old, then);
    tx_end(tx);
}

static void what_people_write_stands_beside_the_chain_and_goes(void **state)
{
    Town *town = *state;
    Said said = {.c = town_submit(town, TREE)};

    assert_ok(town_write(town, say_fn, &said), &town->err);
    assert_ok(town_write(town, close_fn, &said.c), &town->err);
    assert_words_of_events(town, said.c.id, 2, 1);
    assert_int_equal(places_of(town), 4);
    change(town, 0);
    change(town, 1);
    assert_ok(town_write(town, annul_fn, &said.c), &town->err);
    assert_int_equal(run(town, (Date){2028, 3, 10}).erased, 1);
    assert_int_equal(places_of(town), 0);
    assert_words_of_events(town, said.c.id, 0, 1);
    assert_ok(verify_copy(town->tenant->db, town->arena, &town->err), &town->err);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_people_write_stands_beside_the_chain_and_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
