/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/clock.h"
#include "base/test.h"
#include "core/folder.h"
#include "core/store/db.h"

#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const Migration STEPS[] = {
    {"test-001-dog", "CREATE TABLE dog (id {id}, chip TEXT UNIQUE, keeper BIGINT NOT NULL,"
                     "  photo {blob}, CHECK (keeper > 0));"
                     "CREATE TABLE collar (id {id}, dog BIGINT NOT NULL REFERENCES dog (id)"
                     "  DEFERRABLE INITIALLY DEFERRED)"},
    {NULL, NULL},
};
static const Migration MORE_STEPS[] = {
    {"test-001-dog", "not run again"},
    {"test-002-name", "ALTER TABLE dog ADD COLUMN name TEXT"},
    {NULL, NULL},
};

typedef struct Fixture {
    char folder[64];
    char path[80];
    Arena *arena;
    Db *db;
    Err err;
} Fixture;

static Db *open_with(Fixture *f, const Migration *steps)
{
    const Migration *const lists[] = {steps};
    DbOptions options = {.migrations = lists, .migration_list_count = 1};
    Db *db = db_open(f->path, &options, &f->err);

    assert_ok(db, &f->err);
    return db;
}

static int set_up(void **state)
{
    Fixture *f = calloc(1, sizeof *f);

    snprintf(f->folder, sizeof f->folder, "/tmp/rathaus-db-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/t.db", f->folder);
    f->arena = arena_create(0);
    f->db = open_with(f, STEPS);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *f = *state;
    Err err;

    db_close(f->db);
    arena_destroy(f->arena);
    assert_ok(folder_remove(f->folder, &err), &err);
    free(f);
    return 0;
}

typedef struct NewDog {
    const char *chip;
    int64_t keeper;
    bool fail_after;
    bool twice; /* insert, swallow the conflict of a second insert */
    int64_t id;
    int64_t now;
} NewDog;

static bool insert_dog(Tx *tx, void *context, Err *err)
{
    NewDog *dog = context;
    Err conflict;

    dog->now = tx_now(tx);
    if (!tx_query_int(tx, err, &dog->id,
                      "INSERT INTO dog (chip, keeper) VALUES ($1, $2) RETURNING id",
                      P_TEXT(str_c(dog->chip)), P_INT(dog->keeper)))
        return false;
    if (dog->twice && tx_exec(tx, &conflict, "INSERT INTO dog (chip, keeper) VALUES ($1, 1)",
                              P_TEXT(str_c(dog->chip))))
        return err_set(err, ERR_INTERNAL, "the chip is there twice");
    if (dog->fail_after)
        return err_set(err, ERR_INPUT, "changed my mind");
    return true;
}

static int64_t count_dogs(Fixture *f)
{
    int64_t count = -1;
    Tx *tx = db_read(f->db, &f->err);

    assert_ok(tx, &f->err);
    assert_ok(tx_query_int(tx, &f->err, &count, "SELECT count(*) FROM dog"), &f->err);
    tx_end(tx);
    return count;
}

static void written_row_is_read_back(void **state)
{
    Fixture *f = *state;
    NewDog dog = {.chip = "276000000000001", .keeper = 7};

    assert_ok(db_write(f->db, insert_dog, &dog, &f->err), &f->err);
    Tx *tx = db_read(f->db, &f->err);
    Rows *rows = tx_query(tx, f->arena, &f->err,
                          "SELECT id, chip, photo, keeper FROM dog "
                          "WHERE keeper = $2 AND chip = $1",
                          P_TEXT(STR("276000000000001")), P_INT(7));
    assert_ok(rows, &f->err);
    assert_true(rows_next(rows, &f->err));
    assert_int_equal(row_int(rows, 0), dog.id);
    assert_str(row_text(rows, 1), "276000000000001");
    assert_true(row_null(rows, 2));
    assert_null(row_text(rows, 2).ptr);
    assert_int_equal(row_int(rows, 3), 7);
    assert_false(rows_next(rows, &f->err));
    assert_false(rows_next(rows, &f->err));
    rows_end(rows);
    tx_end(tx);
}

static void text_with_zero_bytes_and_blobs_come_back_whole(void **state)
{
    Fixture *f = *state;
    Tx *tx = db_read(f->db, &f->err);
    Str odd = {"a\0b", 3};

    Rows *rows = tx_query(tx, f->arena, &f->err, "SELECT $1, $2, $3, $1", P_TEXT(odd), P_BLOB(odd),
                          P_BLOB(STR("")));
    assert_ok(rows, &f->err);
    assert_true(rows_next(rows, &f->err));
    assert_true(str_eq(row_text(rows, 0), odd));
    assert_true(str_eq(row_text(rows, 1), odd));
    assert_non_null(row_text(rows, 2).ptr);
    assert_int_equal(row_text(rows, 2).len, 0);
    assert_true(str_eq(row_text(rows, 3), odd));
    tx_end(tx);
}

static void failing_write_undoes_itself_and_tells_why(void **state)
{
    Fixture *f = *state;
    NewDog dog = {.chip = "1", .keeper = 1, .fail_after = true};

    assert_false(db_write(f->db, insert_dog, &dog, &f->err));
    assert_int_equal(f->err.kind, ERR_INPUT);
    assert_string_equal(f->err.message, "changed my mind");
    assert_int_equal(count_dogs(f), 0);
}

static void violated_constraints_are_conflicts(void **state)
{
    Fixture *f = *state;
    NewDog dog = {.chip = "1", .keeper = 1};
    NewDog check = {.chip = "2", .keeper = 0};

    assert_ok(db_write(f->db, insert_dog, &dog, &f->err), &f->err);
    assert_false(db_write(f->db, insert_dog, &dog, &f->err));
    assert_int_equal(f->err.kind, ERR_CONFLICT);
    assert_false(db_write(f->db, insert_dog, &check, &f->err));
    assert_int_equal(f->err.kind, ERR_CONFLICT);
    assert_int_equal(count_dogs(f), 1);
}

static void write_may_go_on_after_a_conflict(void **state)
{
    Fixture *f = *state;
    NewDog dog = {.chip = "1", .keeper = 1, .twice = true};

    assert_ok(db_write(f->db, insert_dog, &dog, &f->err), &f->err);
    assert_int_equal(count_dogs(f), 1);
}

static bool insert_collar_of_nobody(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "INSERT INTO collar (dog) VALUES (4711)");
}

static void deferred_foreign_key_hurts_only_its_own_write(void **state)
{
    Fixture *f = *state;

    assert_false(db_write(f->db, insert_collar_of_nobody, NULL, &f->err));
    assert_int_equal(f->err.kind, ERR_CONFLICT);
    NewDog dog = {.chip = "1", .keeper = 1};
    assert_ok(db_write(f->db, insert_dog, &dog, &f->err), &f->err);
}

static void read_sees_one_moment_however_long_it_takes(void **state)
{
    Fixture *f = *state;
    NewDog first = {.chip = "1", .keeper = 1};
    NewDog second = {.chip = "2", .keeper = 1};
    int64_t before = -1, after = -1;

    assert_ok(db_write(f->db, insert_dog, &first, &f->err), &f->err);
    Tx *tx = db_read(f->db, &f->err);
    assert_true(tx_query_int(tx, &f->err, &before, "SELECT count(*) FROM dog"));
    assert_ok(db_write(f->db, insert_dog, &second, &f->err), &f->err);
    assert_true(tx_query_int(tx, &f->err, &after, "SELECT count(*) FROM dog"));
    tx_end(tx);
    assert_int_equal(before, 1);
    assert_int_equal(after, 1);
    assert_int_equal(count_dogs(f), 2);
}

static void read_transaction_cannot_write(void **state)
{
    Fixture *f = *state;
    Tx *tx = db_read(f->db, &f->err);

    assert_false(tx_exec(tx, &f->err, "DELETE FROM dog"));
    assert_int_equal(f->err.kind, ERR_INTERNAL);
    tx_end(tx);
}

static void wrong_number_of_parameters_is_refused(void **state)
{
    Fixture *f = *state;
    int64_t out = 0;
    Tx *tx = db_read(f->db, &f->err);

    assert_false(tx_query_int(tx, &f->err, &out, "SELECT $1 + $2", P_INT(1)));
    assert_int_equal(f->err.kind, ERR_INTERNAL);
    assert_false(tx_query_int(tx, &f->err, &out, "SELECT $1", P_INT(1), P_INT(2)));
    assert_false(tx_query_int(tx, &f->err, &out, "SELECT ?", P_INT(1)));
    assert_true(tx_query_int(tx, &f->err, &out, "SELECT $1 + $2 + $1", P_INT(1), P_INT(3)));
    assert_int_equal(out, 5);
    tx_end(tx);
}

static int64_t countdown(Tx *tx, Arena *arena, int64_t from)
{
    int64_t sum = 0;
    Err err = {0};
    Rows *rows = tx_query(tx, arena, &err,
                          "WITH RECURSIVE n (x) AS (SELECT $1 UNION ALL SELECT x - 1 FROM n "
                          "WHERE x > 1) SELECT x FROM n",
                          P_INT(from));

    assert_ok(rows, &err);
    while (rows_next(rows, &err))
        sum += row_int(rows, 0) > 1 ? countdown(tx, arena, row_int(rows, 0) - 1) : 1;
    assert_int_equal(err.kind, ERR_NONE);
    return sum;
}

static void query_may_run_inside_itself(void **state)
{
    Fixture *f = *state;
    Tx *tx = db_read(f->db, &f->err);

    /* f(n) = 1 + f(1) + … + f(n - 1) = 2^(n - 1) */
    assert_int_equal(countdown(tx, f->arena, 6), 32);
    tx_end(tx);
}

static void statements_made_at_run_time_are_bounded(void **state)
{
    Fixture *f = *state;
    Tx *tx = db_read(f->db, &f->err);

    for (int i = 0; i < 1000; i++) {
        Str sql = str_printf(f->arena, "SELECT $1 + %d", i);
        Rows *rows = tx_query_text(tx, f->arena, &f->err, sql, PARAMS(P_INT(1)));
        assert_ok(rows, &f->err);
        assert_true(rows_next(rows, &f->err));
        assert_int_equal(row_int(rows, 0), i + 1);
        rows_end(rows);
    }
    tx_end(tx);
}

typedef struct ManyDogs {
    Fixture *f;
    size_t count;
} ManyDogs;

/* Their keepers count from 1. */
static bool insert_dogs(Tx *tx, void *context, Err *err)
{
    const ManyDogs *many = context;
    Arena *arena = many->f->arena;
    Param *params = arena_array(arena, Param, many->count * 2);

    for (size_t i = 0; i < many->count; i++) {
        params[i * 2] = P_TEXT(str_printf(arena, "%zu", i));
        params[i * 2 + 1] = P_INT(i + 1);
    }
    return tx_insert_rows(tx, err, "INSERT INTO dog (chip, keeper)",
                          " ON CONFLICT (chip) DO NOTHING", 2, params, many->count);
}

static void many_rows_are_inserted_in_order_whatever_their_number(void **state)
{
    Fixture *f = *state;
    const size_t counts[] = {0, 1, 127, 128, 381, 500}; /* 127 are a statement */

    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        ManyDogs many = {f, counts[i]};
        int64_t odd = -1;
        assert_ok(db_write(f->db, insert_dogs, &many, &f->err), &f->err);
        assert_int_equal(count_dogs(f), counts[i]);
        Tx *tx = db_read(f->db, &f->err);
        assert_ok(tx_query_int(tx, &f->err, &odd,
                               "SELECT count(*) FROM dog WHERE keeper <> id OR chip <> "
                               "CAST(keeper - 1 AS TEXT)"),
                  &f->err);
        tx_end(tx);
        assert_int_equal(odd, 0);
    }
}

static void schema_grows_by_new_steps_only(void **state)
{
    Fixture *f = *state;
    NewDog dog = {.chip = "1", .keeper = 1};

    assert_ok(db_write(f->db, insert_dog, &dog, &f->err), &f->err);
    db_close(f->db);
    f->db = open_with(f, MORE_STEPS);
    assert_int_equal(count_dogs(f), 1);
    Tx *tx = db_read(f->db, &f->err);
    int64_t nameless = 0;
    assert_ok(tx_query_int(tx, &f->err, &nameless, "SELECT count(*) FROM dog WHERE name IS NULL"),
              &f->err);
    tx_end(tx);
    assert_int_equal(nameless, 1);
}

static void broken_step_names_itself_and_leaves_nothing(void **state)
{
    Fixture *f = *state;
    static const Migration broken[] = {
        {"test-009-broken", "CREATE TABLE half (id {id}); CREATE TABEL whole (id {id})"},
        {NULL, NULL},
    };
    const Migration *const lists[] = {broken};
    DbOptions options = {.migrations = lists, .migration_list_count = 1};

    assert_null(db_open(f->path, &options, &f->err));
    assert_non_null(strstr(f->err.message, "test-009-broken"));
    Tx *tx = db_read(f->db, &f->err);
    int64_t tables = -1;
    assert_true(tx_query_int(tx, &f->err, &tables,
                             "SELECT count(*) FROM sqlite_schema WHERE name = 'half'"));
    tx_end(tx);
    assert_int_equal(tables, 0);
}

static void database_is_private(void **state)
{
    Fixture *f = *state;
    NewDog dog = {.chip = "1", .keeper = 1};
    char wal[100];
    struct stat st;

    assert_ok(db_write(f->db, insert_dog, &dog, &f->err), &f->err);
    snprintf(wal, sizeof wal, "%s-wal", f->path);
    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(wal, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

/* --- Time ----------------------------------------------------------------- */

static void time_never_runs_backwards(void **state)
{
    Fixture *f = *state;
    NewDog dog = {.chip = "1", .keeper = 1};
    NewDog later = {.chip = "2", .keeper = 1};
    int64_t before = clock_now();
    int64_t tomorrow = before + 86400000;
    sqlite3 *handle;

    assert_ok(db_write(f->db, insert_dog, &dog, &f->err), &f->err);
    assert_in_range(dog.now, before, clock_now());
    db_close(f->db);
    /* As if the clock had been a day ahead at the last commit and was set right since. */
    assert_int_equal(sqlite3_open(f->path, &handle), SQLITE_OK);
    char *sql = arena_printf(f->arena, "UPDATE last_moment SET moment = %lld", (long long)tomorrow);
    assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
    f->db = open_with(f, STEPS);
    Tx *tx = db_read(f->db, &f->err);
    assert_int_equal(tx_now(tx), tomorrow);
    tx_end(tx);
    assert_ok(db_write(f->db, insert_dog, &later, &f->err), &f->err);
    assert_int_equal(later.now,
                     tomorrow + 1); /* a process's first commit is later than all before */
}

/* --- Many at once --------------------------------------------------------- */

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

/* --- After the commit ----------------------------------------------------- */

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(written_row_is_read_back),
        TEST(text_with_zero_bytes_and_blobs_come_back_whole),
        TEST(failing_write_undoes_itself_and_tells_why),
        TEST(violated_constraints_are_conflicts),
        TEST(write_may_go_on_after_a_conflict),
        TEST(deferred_foreign_key_hurts_only_its_own_write),
        TEST(read_sees_one_moment_however_long_it_takes),
        TEST(read_transaction_cannot_write),
        TEST(wrong_number_of_parameters_is_refused),
        TEST(query_may_run_inside_itself),
        TEST(statements_made_at_run_time_are_bounded),
        TEST(many_rows_are_inserted_in_order_whatever_their_number),
        TEST(schema_grows_by_new_steps_only),
        TEST(broken_step_names_itself_and_leaves_nothing),
        TEST(database_is_private),
        TEST(time_never_runs_backwards),
        TEST(among_64_writers_a_failing_one_undoes_only_itself),
        TEST(hook_runs_once_after_a_commit_and_never_after_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
