/* SPDX-License-Identifier: EUPL-1.2 */
/* Many writes are committed together, and each still stands and falls alone. */
#include "core/store/dog_fixture.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

enum { THREADS = 64, EACH = 40 };

typedef struct Crowd {
    Db *db;
    int number;
    atomic_int *succeeded;
} Crowd;

static void *write_many(void *argument)
{
    Crowd *crowd = argument;

    for (int i = 0; i < EACH; i++) {
        char chip[32];
        Err err = {0};
        NewDog dog = {.chip = chip, .keeper = crowd->number + 1, .fail_after = i % 3 == 0};
        snprintf(chip, sizeof chip, "%d-%d", crowd->number, i);
        bool ok = db_write(crowd->db, insert_dog, &dog, &err);
        assert(ok == !dog.fail_after);
        if (ok)
            atomic_fetch_add(crowd->succeeded, 1);
    }
    return NULL;
}

static void among_64_writers_a_failing_one_undoes_only_itself(void **state)
{
    Fixture *f = *state;
    pthread_t threads[THREADS];
    Crowd crowd[THREADS];
    atomic_int succeeded = 0;
    int64_t wrong = -1;

    for (int i = 0; i < THREADS; i++) {
        crowd[i] = (Crowd){.db = f->db, .number = i, .succeeded = &succeeded};
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, &crowd[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(count_dogs(f), succeeded);
    Tx *tx = db_read(f->db, &f->err);
    for (int i = 0; i < THREADS; i++)
        for (int n = 0; n < EACH; n++) {
            int64_t there = 0;
            assert_true(tx_query_int(tx, &f->err, &there,
                                     "SELECT count(*) FROM dog WHERE chip = $1",
                                     P_TEXT(str_printf(f->arena, "%d-%d", i, n))));
            assert_int_equal(there, n % 3 != 0);
        }
    assert_true(tx_query_int(tx, &f->err, &wrong, "SELECT count(*) FROM dog WHERE keeper < 1"));
    tx_end(tx);
    DbStats stats = db_stats(f->db);
    assert_int_equal(stats.writes, succeeded);
    assert_true(stats.commits < stats.writes);
}

static atomic_int wakes;

static void wake(Db *db)
{
    assert(db_owner(db));
    atomic_fetch_add(&wakes, 1);
}

static bool insert_and_wake(Tx *tx, void *context, Err *err)
{
    tx_on_commit(tx, wake);
    tx_on_commit(tx, wake);
    return insert_dog(tx, context, err);
}

static void hook_runs_once_after_a_commit_and_never_after_a_failure(void **state)
{
    Fixture *f = *state;
    NewDog good = {.chip = "1", .keeper = 1};
    NewDog bad = {.chip = "2", .keeper = 1, .fail_after = true};

    atomic_store(&wakes, 0);
    db_set_owner(f->db, f);
    assert_false(db_write(f->db, insert_and_wake, &bad, &f->err));
    assert_int_equal(atomic_load(&wakes), 0);
    assert_ok(db_write(f->db, insert_and_wake, &good, &f->err), &f->err);
    assert_int_equal(atomic_load(&wakes), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dogs_set_up, store_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(among_64_writers_a_failing_one_undoes_only_itself),
        TEST(hook_runs_once_after_a_commit_and_never_after_a_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
