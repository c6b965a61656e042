/* SPDX-License-Identifier: EUPL-1.2 */
/* What opening a database makes of the one that is there: its schema, its rights, its time. */
#include "base/clock.h"
#include "core/store/dog_fixture.h"

#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>

static const Migration MORE_STEPS[] = {
    {"test-001-dog", "not run again"},
    {"test-002-name", "ALTER TABLE dog ADD COLUMN name TEXT"},
    {NULL, NULL},
};
static const Migration *const MORE_LISTS[] = {MORE_STEPS};
static const DbOptions MORE_OPTIONS = {.migrations = MORE_LISTS, .migration_list_count = 1};

static void schema_grows_by_new_steps_only(void **state)
{
    Fixture *f = *state;
    NewDog dog = {.chip = "1", .keeper = 1};

    assert_ok(db_write(f->db, insert_dog, &dog, &f->err), &f->err);
    db_close(f->db);
    f->db = store_open(f, f->path, &MORE_OPTIONS);
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
    f->db = store_open(f, f->path, &OPTIONS);
    Tx *tx = db_read(f->db, &f->err);
    assert_int_equal(tx_now(tx), tomorrow);
    tx_end(tx);
    assert_ok(db_write(f->db, insert_dog, &later, &f->err), &f->err);
    assert_int_equal(later.now,
                     tomorrow + 1); /* a process's first commit is later than all before */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dogs_set_up, store_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(schema_grows_by_new_steps_only),
        TEST(broken_step_names_itself_and_leaves_nothing),
        TEST(database_is_private),
        TEST(time_never_runs_backwards),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
