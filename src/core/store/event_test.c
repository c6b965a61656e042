/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/store/event.h"
#include "core/store/store_fixture.h"

#include <sqlite3.h>

static const Migration *const LISTS[] = {EVENT_MIGRATIONS};
static const DbOptions OPTIONS = {.migrations = LISTS, .migration_list_count = 1};

static int set_up(void **state)
{
    return store_set_up(state, &OPTIONS);
}

static bool add_three(Tx *tx, void *context, Err *err)
{
    Fixture *f = context;
    Node *data = node_map(f->arena);

    node_set(f->arena, data, STR("zeta"), node_int(f->arena, 1));
    node_set(f->arena, data, STR("alpha"), node_string(f->arena, STR("Straße \"A\"")));
    return event_add(tx, "case.submitted", STR("case/1"), STR("citizen"), data, err) &&
           event_add(tx, "case.submitted", STR("case/2"), STR("citizen"), NULL, err) &&
           event_add(tx, "case.decided", STR("case/1"), STR("staff/3"), data, err);
}

static bool verify(Fixture *f, int64_t *count)
{
    Tx *tx = db_read(f->db, &f->err);

    assert_ok(tx, &f->err);
    bool ok = event_verify(tx, count, &f->err);
    tx_end(tx);
    return ok;
}

static void events_of_a_subject_come_in_order(void **state)
{
    Fixture *f = *state;
    Event *events;
    size_t count;

    assert_ok(db_write(f->db, add_three, f, &f->err), &f->err);
    Tx *tx = db_read(f->db, &f->err);
    assert_ok(event_list(tx, STR("case/1"), f->arena, &events, &count, &f->err), &f->err);
    tx_end(tx);
    assert_int_equal(count, 2);
    assert_str(events[0].type, "case.submitted");
    assert_str(events[1].type, "case.decided");
    assert_str(events[1].actor, "staff/3");
    assert_str(node_get_text(events[0].data, "alpha"), "Straße \"A\"");
    assert_true(events[0].id < events[1].id);
}

static bool add_hundred(Tx *tx, void *context, Err *err)
{
    Fixture *f = context;
    NewEvent events[100];

    for (size_t i = 0; i < 100; i++)
        events[i] = (NewEvent){"charge.paid", str_printf(f->arena, "charge/%zu", i % 3),
                               STR("staff/3"), NULL};
    return event_add_all(tx, events, 0, err) && event_add_all(tx, events, 100, err);
}

static void many_events_at_once_are_links_of_the_chain_in_their_order(void **state)
{
    Fixture *f = *state;
    Event *events;
    size_t count;
    int64_t links;

    assert_ok(db_write(f->db, add_three, f, &f->err), &f->err);
    assert_ok(db_write(f->db, add_hundred, f, &f->err), &f->err);
    assert_ok(db_write(f->db, add_three, f, &f->err), &f->err);
    assert_ok(verify(f, &links), &f->err);
    assert_int_equal(links, 106);
    Tx *tx = db_read(f->db, &f->err);
    assert_ok(event_list(tx, STR("charge/1"), f->arena, &events, &count, &f->err), &f->err);
    tx_end(tx);
    assert_int_equal(count, 33);
    assert_int_equal(events[0].id, 5);
    assert_int_equal(events[32].id, 101);
}

static void chain_starts_at_zeros_and_hashes_canonical_json(void **state)
{
    Fixture *f = *state;

    assert_ok(db_write(f->db, add_three, f, &f->err), &f->err);
    Tx *tx = db_read(f->db, &f->err);
    Rows *rows = tx_query(tx, f->arena, &f->err, "SELECT moment, hash FROM event WHERE id = 1");
    assert_true(rows_next(rows, &f->err));
    Str text = str_printf(
        f->arena,
        "%064d{\"actor\":\"citizen\",\"at\":%lld,\"data\":{\"alpha\":\"Straße \\\"A\\\"\","
        "\"zeta\":1},\"id\":1,\"subject\":\"case/1\",\"type\":\"case.submitted\"}",
        0, (long long)row_int(rows, 0));
    assert_true(str_eq(row_text(rows, 1), crypto_sha256_hex(f->arena, text)));
    tx_end(tx);
}

static void chain_of_many_holds_over_restarts(void **state)
{
    Fixture *f = *state;
    int64_t count;

    assert_true(verify(f, &count));
    assert_int_equal(count, 0);
    for (int i = 0; i < 400; i++)
        assert_ok(db_write(f->db, add_three, f, &f->err), &f->err);
    db_close(f->db);
    f->db = store_open(f, f->path, &OPTIONS);
    assert_ok(db_write(f->db, add_three, f, &f->err), &f->err);
    assert_ok(verify(f, &count), &f->err);
    assert_int_equal(count, 1203);
}

static void keep_problem(void *context, const char *problem)
{
    Buf *problems = context;

    buf_add_c(problems, problem);
    buf_add_char(problems, '\n');
}

static bool spoil_some(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE event SET actor = 'nobody' WHERE id IN (2, 1500)") &&
           tx_exec(tx, err, "DELETE FROM event WHERE id = 700 OR id BETWEEN 900 AND 902");
}

static void the_walk_names_every_break_and_goes_on(void **state)
{
    Fixture *f = *state;
    Buf problems = buf_in(f->arena);
    int64_t count;

    for (int i = 0; i < 600; i++)
        assert_ok(db_write(f->db, add_three, f, &f->err), &f->err);
    assert_ok(db_write(f->db, spoil_some, f, &f->err), &f->err);
    Tx *tx = db_read(f->db, &f->err);

    assert_ok(event_verify_each(tx, keep_problem, &problems, &count, &f->err), &f->err);
    tx_end(tx);
    assert_int_equal(count, 1796);
    assert_str(buf_str(&problems),
               "the event chain is broken: event 2, or one before it, was changed\n"
               "the event chain is broken: event 700 is missing\n"
               "the event chain is broken: events 900 to 902 are missing\n"
               "the event chain is broken: event 1500, or one before it, was "
               "changed\n");
}

static void every_manipulation_breaks_the_chain(void **state)
{
    static const char *const manipulations[] = {
        "UPDATE event SET actor = 'staff/4' WHERE id = 3",
        "UPDATE event SET moment = moment + 1 WHERE id = 2",
        "UPDATE event SET subject = 'case/3' WHERE id = 2",
        "UPDATE event SET type = 'case.decided' WHERE id = 1",
        "UPDATE event SET data = '{\"alpha\":\"B\",\"zeta\":1}' WHERE id = 1",
        "UPDATE event SET hash = (SELECT hash FROM event WHERE id = 1) WHERE id = 2",
        "DELETE FROM event WHERE id = 2",
        "DELETE FROM event WHERE id = 1",
        "UPDATE event SET id = 9 WHERE id = 3",
    };
    Fixture *f = *state;
    int64_t count;

    assert_ok(db_write(f->db, add_three, f, &f->err), &f->err);
    assert_ok(verify(f, &count), &f->err);
    for (size_t i = 0; i < sizeof manipulations / sizeof *manipulations; i++) {
        sqlite3 *handle;
        assert_int_equal(sqlite3_open(f->path, &handle), SQLITE_OK);
        sqlite3_exec(handle, "CREATE TABLE IF NOT EXISTS saved AS SELECT * FROM event", 0, 0, 0);
        assert_int_equal(sqlite3_exec(handle, manipulations[i], 0, 0, 0), SQLITE_OK);
        if (verify(f, &count))
            fail_msg("not noticed: %s", manipulations[i]);
        assert_int_equal(f->err.kind, ERR_CONFLICT);
        assert_int_equal(sqlite3_exec(handle,
                                      "DELETE FROM event; INSERT INTO event SELECT * FROM "
                                      "saved",
                                      0, 0, 0),
                         SQLITE_OK);
        sqlite3_close(handle);
        assert_ok(verify(f, &count), &f->err);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, store_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(events_of_a_subject_come_in_order),
        TEST(many_events_at_once_are_links_of_the_chain_in_their_order),
        TEST(chain_starts_at_zeros_and_hashes_canonical_json),
        TEST(chain_of_many_holds_over_restarts),
        TEST(every_manipulation_breaks_the_chain),
        TEST(the_walk_names_every_break_and_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
