/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/store/shelf.h"
#include "core/store/store_fixture.h"

static const Migration STEPS[] = {
    {"test-001-dog", "CREATE TABLE dog (id {id}, name TEXT NOT NULL);"
                     "CREATE TABLE cat (name TEXT PRIMARY KEY) {keyed};"
                     "CREATE TABLE bird (id {id}, name TEXT)"},
    {NULL, NULL},
};

static const Migration *const LISTS[] = {STEPS};
static const DbOptions OPTIONS = {.migrations = LISTS, .migration_list_count = 1};

static int set_up(void **state)
{
    return store_set_up(state, &OPTIONS);
}

static int tear_down(void **state)
{
    store_tear_down(state);
    assert_int_equal(shelf_stats().values, 0); /* what a closed database gave is gone */
    return 0;
}

static bool add_dog(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "INSERT INTO dog (name) VALUES ('Rex')");
}

static bool add_cat(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "INSERT INTO cat (name) VALUES ('Mia')");
}

static bool drop_cat(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "DELETE FROM cat");
}

static void write_with(Fixture *f, Db *db, WriteFn fn)
{
    assert_ok(db_write(db, fn, NULL, &f->err), &f->err);
}

/* Keep the number of dogs (and nothing of the others) under the key. */
static void keep_dogs(Fixture *f, const char *key, Timestamp now)
{
    Tx *tx = db_read(f->db, &f->err);
    int64_t count = 0, birds = 0;
    Arena *arena = arena_create(0);

    assert_ok(tx_query_int(tx, &f->err, &birds, "SELECT COUNT(*) FROM bird"), &f->err);
    TableSet outer = tx_reading_start(tx);
    assert_ok(tx_query_int(tx, &f->err, &count, "SELECT COUNT(*) FROM dog"), &f->err);
    DbReading reading = tx_reading_end(tx, &outer);
    int64_t *value = arena_new(arena, int64_t);
    *value = count;
    shelved_release(shelf_put(f->db, str_c(key), &reading, arena, value, now));
    tx_end(tx);
}

/* The kept number, or -1. */
static int64_t kept_dogs(Fixture *f, const char *key, Timestamp now)
{
    Tx *tx = db_read(f->db, &f->err);
    Shelved *kept = shelf_find(tx, str_c(key), now);
    int64_t count = kept ? *(const int64_t *)shelved_value(kept) : -1;

    shelved_release(kept);
    tx_end(tx);
    return count;
}

static void a_value_holds_until_a_table_it_was_read_from_changes(void **state)
{
    Fixture *f = *state;

    write_with(f, f->db, add_dog);
    keep_dogs(f, "dogs", 0);
    assert_int_equal(kept_dogs(f, "dogs", 1), 1);
    write_with(f, f->db, add_cat); /* another table */
    assert_int_equal(kept_dogs(f, "dogs", 1), 1);
    write_with(f, f->db, add_dog);
    assert_int_equal(kept_dogs(f, "dogs", 1), -1);
    keep_dogs(f, "dogs", 0);
    assert_int_equal(kept_dogs(f, "dogs", 1), 2);
}

static void a_value_goes_after_a_minute(void **state)
{
    Fixture *f = *state;

    keep_dogs(f, "dogs", 5);
    assert_int_equal(kept_dogs(f, "dogs", 5 + SHELF_MS - 1), 0);
    assert_int_equal(kept_dogs(f, "dogs", 5 + SHELF_MS), -1);
}

static void keys_and_databases_are_kept_apart(void **state)
{
    Fixture *f = *state;

    keep_dogs(f, "anna", 0);
    assert_int_equal(kept_dogs(f, "ben", 1), -1);
    f->other = store_open(f, arena_printf(f->arena, "%s/o.db", f->folder), &OPTIONS);
    Db *first = f->db;
    f->db = f->other;
    assert_int_equal(kept_dogs(f, "anna", 1), -1);
    f->db = first;
    assert_int_equal(kept_dogs(f, "anna", 1), 0);
}

/* A table without rowids, whose changes no update hook of SQLite tells. */
static void a_table_stored_by_its_key_counts_as_well(void **state)
{
    Fixture *f = *state;
    Arena *arena = arena_create(0);
    int64_t *value = arena_new(arena, int64_t);

    write_with(f, f->db, add_cat);
    Tx *tx = db_read(f->db, &f->err);
    TableSet outer = tx_reading_start(tx);
    assert_ok(tx_query_int(tx, &f->err, value, "SELECT COUNT(*) FROM cat"), &f->err);
    DbReading reading = tx_reading_end(tx, &outer);
    shelved_release(shelf_put(f->db, STR("cats"), &reading, arena, value, 0));
    tx_end(tx);
    assert_int_equal(kept_dogs(f, "cats", 1), 1);
    write_with(f, f->db, drop_cat); /* without WHERE: SQLite empties the table at once */
    assert_int_equal(kept_dogs(f, "cats", 1), -1);
}

/* What a write reads may be undone. */
static bool keep_and_fail(Tx *tx, void *context, Err *err)
{
    Fixture *f = context;
    Arena *arena = arena_create(0);
    int64_t *value = arena_new(arena, int64_t);

    if (!add_dog(tx, NULL, err))
        return false;
    assert_null(shelf_find(tx, STR("dogs"), 1));
    TableSet outer = tx_reading_start(tx);
    assert_ok(tx_query_int(tx, err, value, "SELECT COUNT(*) FROM dog"), err);
    DbReading reading = tx_reading_end(tx, &outer);
    shelved_release(shelf_put(f->db, STR("undone"), &reading, arena, value, 0));
    return err_set(err, ERR_CONFLICT, "no dog after all");
}

static void nothing_is_kept_from_a_write_or_found_in_one(void **state)
{
    Fixture *f = *state;

    keep_dogs(f, "dogs", 0);
    assert_false(db_write(f->db, keep_and_fail, f, &f->err));
    assert_int_equal(kept_dogs(f, "undone", 1), -1);
}

/* A reading that began before a commit is not taken for one after it. */
static void what_was_read_before_a_commit_does_not_hold_after_it(void **state)
{
    Fixture *f = *state;
    Arena *arena = arena_create(0);
    int64_t *value = arena_new(arena, int64_t);
    Tx *tx = db_read(f->db, &f->err);
    TableSet outer = tx_reading_start(tx);

    assert_ok(tx_query_int(tx, &f->err, value, "SELECT COUNT(*) FROM dog"), &f->err);
    write_with(f, f->db, add_dog);
    DbReading reading = tx_reading_end(tx, &outer);
    shelved_release(shelf_put(f->db, STR("dogs"), &reading, arena, value, 0));
    tx_end(tx);
    assert_int_equal(kept_dogs(f, "dogs", 1), -1);
}

/* Whoever uses a kept value depends on what that was read from. */
static void readings_nest(void **state)
{
    Fixture *f = *state;
    Arena *arena = arena_create(0);

    write_with(f, f->db, add_dog); /* the first commit of all would end everything */
    keep_dogs(f, "dogs", 0);
    Tx *tx = db_read(f->db, &f->err);
    TableSet outer = tx_reading_start(tx);
    Shelved *inner = shelf_find(tx, STR("dogs"), 1);
    assert_non_null(inner);
    DbReading reading = tx_reading_end(tx, &outer);
    shelved_release(inner);
    shelved_release(shelf_put(f->db, STR("page"), &reading, arena, arena_new(arena, int64_t), 0));
    tx_end(tx);
    assert_int_equal(kept_dogs(f, "page", 1), 0);
    write_with(f, f->db, add_dog);
    assert_int_equal(kept_dogs(f, "page", 1), -1);
}

/* Commands work beside the server: whatever they write is seen at once. */
static void a_value_made_with_a_kept_one_holds_until_a_table_of_either_changes(void **state)
{
    Fixture *f = *state;
    Arena *arena = arena_create(0);

    write_with(f, f->db, add_dog); /* the first commit of all would end everything */
    keep_dogs(f, "dogs", 0);
    Tx *tx = db_read(f->db, &f->err);
    TableSet outer = tx_reading_start(tx);
    Shelved *dogs = shelf_find(tx, STR("dogs"), 1);
    int64_t *value = arena_new(arena, int64_t);
    assert_non_null(dogs);
    *value = *(const int64_t *)shelved_value(dogs) + 10;
    shelved_release(dogs);
    DbReading reading = tx_reading_end(tx, &outer);
    shelved_release(shelf_put(f->db, STR("more"), &reading, arena, value, 0));
    tx_end(tx);
    write_with(f, f->db, add_cat);
    assert_int_equal(kept_dogs(f, "more", 1), 11);
    write_with(f, f->db, add_dog);
    assert_int_equal(kept_dogs(f, "more", 1), -1);
}

static void another_process_that_writes_ends_everything(void **state)
{
    Fixture *f = *state;

    write_with(f, f->db, add_dog);
    f->other = store_open(f, f->path, &OPTIONS);
    keep_dogs(f, "dogs", 0);
    assert_int_equal(kept_dogs(f, "dogs", 1), 1);
    write_with(f, f->other, add_dog); /* as another process: a Db of its own */
    assert_int_equal(kept_dogs(f, "dogs", 1), -1);
    keep_dogs(f, "dogs", 0);
    assert_int_equal(kept_dogs(f, "dogs", 1), -1); /* it may go on writing */
    write_with(f, f->other, add_dog);
    write_with(f, f->db, add_cat); /* now ours is the last commit again */
    assert_int_equal(kept_dogs(f, "dogs", 1), -1);
    keep_dogs(f, "dogs", 0);
    assert_int_equal(kept_dogs(f, "dogs", 1), 3);
    write_with(f, f->other, add_dog);
    assert_int_equal(kept_dogs(f, "dogs", 1), -1);
}

static void memory_is_bounded_and_the_longest_unused_goes(void **state)
{
    Fixture *f = *state;
    enum { BIG = 1024 * 1024 };

    keep_dogs(f, "first", 0);
    keep_dogs(f, "used", 0);
    for (int i = 0; i < 2 * SHELF_BYTES / BIG; i++) {
        Tx *tx = db_read(f->db, &f->err);
        TableSet outer = tx_reading_start(tx);
        DbReading reading = tx_reading_end(tx, &outer);
        Arena *arena = arena_create(0);
        const void *value = arena_alloc(arena, BIG);
        shelved_release(shelf_put(f->db, str_c(arena_printf(f->arena, "big %d", i)), &reading,
                                  arena, value, 0));
        tx_end(tx);
        assert_in_range(shelf_stats().bytes, BIG, SHELF_BYTES);
        assert_int_equal(kept_dogs(f, "used", 1), 0);
    }
    assert_int_equal(kept_dogs(f, "first", 1), -1);
}

/* Who holds a value may read it though it is kept no more. */
static void a_held_value_stays(void **state)
{
    Fixture *f = *state;

    write_with(f, f->db, add_dog);
    keep_dogs(f, "dogs", 0);
    Tx *tx = db_read(f->db, &f->err);
    Shelved *kept = shelf_find(tx, STR("dogs"), 1);
    tx_end(tx);
    shelf_forget(f->db);
    assert_int_equal(shelf_stats().values, 0);
    assert_int_equal(*(const int64_t *)shelved_value(kept), 1);
    shelved_release(kept);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_value_holds_until_a_table_it_was_read_from_changes),
        TEST(a_value_goes_after_a_minute),
        TEST(keys_and_databases_are_kept_apart),
        TEST(a_table_stored_by_its_key_counts_as_well),
        TEST(what_was_read_before_a_commit_does_not_hold_after_it),
        TEST(nothing_is_kept_from_a_write_or_found_in_one),
        TEST(readings_nest),
        TEST(a_value_made_with_a_kept_one_holds_until_a_table_of_either_changes),
        TEST(another_process_that_writes_ends_everything),
        TEST(memory_is_bounded_and_the_longest_unused_goes),
        TEST(a_held_value_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
