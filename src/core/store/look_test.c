/* SPDX-License-Identifier: EUPL-1.2 */
/* A look is found by every reader, and stands in its table exactly once. */
#include "core/store/look_fixture.h"

#include <pthread.h>
#include <semaphore.h>

static void the_next_write_takes_looks_into_their_table(void **state)
{
    Fixture *f = *state;
    Look *beside;
    size_t count;

    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    assert_ok(look(f->db, 2, 3, "printed", &f->err), &f->err);
    assert_ok(look(f->db, 2, 4, "read", &f->err), &f->err);
    Tx *tx = db_read(f->db, &f->err);

    assert_ok(tx_looks(tx, 3, f->arena, &beside, &count, &f->err), &f->err);
    tx_end(tx);
    assert_int_equal(count, 2);
    assert_int_equal(beside[0].who, 1);
    assert_int_equal(beside[1].who, 2);
    assert_int_equal(beside[1].whose, 7);
    assert_true(str_is(beside[1].purpose, "printed"));
    assert_true(beside[0].at > 0 && beside[1].at >= beside[0].at);
    assert_found(f, f->db, 3, 0, 2);
    write_something(f, f->db);
    assert_found(f, f->db, 3, 2, 0);
    assert_found(f, f->db, 4, 1, 0);
}

static void a_snapshot_of_before_finds_them_as_well(void **state)
{
    Fixture *f = *state;
    Look *beside;
    size_t count;
    int64_t rows = -1;

    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    Tx *tx = db_read(f->db, &f->err);

    assert_true(tx_query_int(tx, &f->err, &rows, "SELECT COUNT(*) FROM seen"));
    write_something(f, f->db);
    assert_ok(tx_looks(tx, 3, f->arena, &beside, &count, &f->err), &f->err);
    tx_end(tx);
    assert_int_equal(rows, 0);
    assert_int_equal(count, 1);
}

static bool count_in_write(Tx *tx, void *context, Err *err)
{
    return tx_query_int(tx, err, context, "SELECT COUNT(*) FROM seen");
}

static void a_write_finds_all_of_before_in_the_table(void **state)
{
    Fixture *f = *state;
    int64_t rows = 0;

    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    assert_ok(db_write(f->db, count_in_write, &rows, &f->err), &f->err);
    assert_int_equal(rows, 1);
}

typedef struct Gate {
    sem_t begun, go;
} Gate;

static bool wait_in_write(Tx *tx, void *context, Err *err)
{
    Gate *gate = context;

    (void)tx, (void)err;
    sem_post(&gate->begun);
    sem_wait(&gate->go);
    return true;
}

static void a_write_that_joins_a_group_finds_them_as_well(void **state)
{
    Fixture *f = *state;
    Gate gate;
    int64_t rows = 0;
    Err first = {0}, second = {0};

    sem_init(&gate.begun, 0, 0);
    sem_init(&gate.go, 0, 0);
    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    WriteJob *waiting = db_write_begin(f->db, wait_in_write, &gate, &first);

    sem_wait(&gate.begun);
    assert_ok(look(f->db, 2, 3, "read", &f->err), &f->err);
    WriteJob *joining = db_write_begin(f->db, count_in_write, &rows, &second);

    sem_post(&gate.go);
    assert_true(db_write_end(waiting));
    assert_true(db_write_end(joining));
    assert_int_equal(rows, 2);
    assert_found(f, f->db, 3, 2, 0);
    sem_destroy(&gate.begun);
    sem_destroy(&gate.go);
}

static void more_than_the_file_holds_lose_nothing(void **state)
{
    Fixture *f = *state;

    for (int i = 0; i < 3 * RING; i++)
        assert_ok(look(f->db, 1, 1 + i % 2, "read", &f->err), &f->err);
    Found found = find(f, f->db, 1);

    assert_int_equal(found.table + found.beside, 3 * RING / 2);
    write_something(f, f->db);
    assert_found(f, f->db, 1, 3 * RING / 2, 0);
    assert_found(f, f->db, 2, 3 * RING / 2, 0);
}

typedef struct Looker {
    Db *db;
    int64_t who;
    bool ok;
} Looker;

static void *looks_often(void *context)
{
    Looker *looker = context;
    Err err;

    looker->ok = true;
    for (int i = 0; i < 20; i++)
        looker->ok = look(looker->db, looker->who, 5, "read", &err) && looker->ok;
    return NULL;
}

static void two_hundred_at_once_are_all_there(void **state)
{
    enum { MANY = 200 };
    Fixture *f = *state;
    static Looker lookers[MANY];
    pthread_t threads[MANY];
    int64_t people = 0;

    for (int i = 0; i < MANY; i++) {
        lookers[i] = (Looker){.db = f->db, .who = i + 1};
        assert_int_equal(pthread_create(&threads[i], NULL, looks_often, &lookers[i]), 0);
    }
    for (int i = 0; i < MANY; i++) {
        pthread_join(threads[i], NULL);
        assert_true(lookers[i].ok);
    }
    write_something(f, f->db);
    assert_found(f, f->db, 5, MANY * 20, 0);
    Tx *tx = db_read(f->db, &f->err);

    assert_true(tx_query_int(tx, &f->err, &people,
                             "SELECT COUNT(*) FROM (SELECT who FROM seen GROUP BY who HAVING "
                             "COUNT(*) = 20)"));
    tx_end(tx);
    assert_int_equal(people, MANY);
}

static void looks_at_what_is_gone_are_dropped_and_hold_nothing_up(void **state)
{
    Fixture *f = *state;

    assert_ok(look(f->db, 1, 99, "read", &f->err), &f->err);
    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    write_something(f, f->db);
    assert_found(f, f->db, 99, 0, 0);
    assert_found(f, f->db, 3, 1, 0);
}

static void a_long_purpose_goes_straight_into_the_table(void **state)
{
    Fixture *f = *state;
    char purpose[LOOK_PURPOSE_MAX + 2];

    memset(purpose, 'x', sizeof purpose - 1);
    purpose[sizeof purpose - 1] = '\0';
    assert_ok(look(f->db, 1, 3, purpose, &f->err), &f->err);
    assert_found(f, f->db, 3, 1, 0);
    purpose[LOOK_PURPOSE_MAX] = '\0';
    assert_ok(look(f->db, 1, 3, purpose, &f->err), &f->err);
    assert_found(f, f->db, 3, 1, 1);
}

static void what_the_table_holds_is_wiped_out_in_the_file(void **state)
{
    Fixture *f = *state;

    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    assert_true(str_find(file_bytes(f), STR("read")) >= 0);
    write_something(f, f->db);
    Str bytes = file_bytes(f);

    assert_int_equal(bytes.len, RING * 128);
    for (size_t i = 0; i < bytes.len; i++)
        assert_int_equal(bytes.ptr[i], 0);
}

static void closing_leaves_nothing_outside_of_the_table(void **state)
{
    Fixture *f = *state;

    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    db_close(f->db);
    f->db = looks_reopen(f, f->path);
    assert_found(f, f->db, 3, 1, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, looks_set_up, store_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_next_write_takes_looks_into_their_table),
        TEST(a_snapshot_of_before_finds_them_as_well),
        TEST(a_write_finds_all_of_before_in_the_table),
        TEST(a_write_that_joins_a_group_finds_them_as_well),
        TEST(more_than_the_file_holds_lose_nothing),
        TEST(two_hundred_at_once_are_all_there),
        TEST(looks_at_what_is_gone_are_dropped_and_hold_nothing_up),
        TEST(a_long_purpose_goes_straight_into_the_table),
        TEST(what_the_table_holds_is_wiped_out_in_the_file),
        TEST(closing_leaves_nothing_outside_of_the_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
