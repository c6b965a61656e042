/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows are written and read. */
#include "core/store/dog_fixture.h"
#include "core/store/rows.h"

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

/* The keeper; 3 cannot be read. */
static int64_t keeper_from_row(Rows *rows, int *seen, Err *err)
{
    int64_t keeper = row_int(rows, 0);

    ++*seen;
    if (keeper == 3)
        err_set(err, ERR_INTERNAL, "no keeper");
    return keeper;
}

static bool keepers_until(Fixture *f, int64_t last, int64_t **out, size_t *count, int *seen)
{
    Err *err = &f->err;
    Tx *tx = db_read(f->db, err);
    Rows *rows = tx_query(tx, f->arena, err,
                          "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE "
                          "x < 20) SELECT x FROM n WHERE x <= $1",
                          P_INT(last));

    *seen = 0;
    bool ok = ROWS_LIST(rows, f->arena, out, count, err, keeper_from_row(rows, seen, err));
    tx_end(tx);
    return ok;
}

static void rows_become_a_list_until_one_cannot_be_read(void **state)
{
    Fixture *f = *state;
    int64_t *keepers;
    size_t count;
    int seen;

    assert_ok(keepers_until(f, 0, &keepers, &count, &seen), &f->err);
    assert_int_equal(count, 0);
    assert_ok(keepers_until(f, 2, &keepers, &count, &seen), &f->err);
    assert_int_equal(count, 2);
    assert_int_equal(keepers[1], 2);
    assert_false(keepers_until(f, 20, &keepers, &count, &seen));
    assert_int_equal(f->err.kind, ERR_INTERNAL);
    assert_int_equal(seen, 3);
    Rows *rows = NULL;
    Err *err = &f->err;
    assert_false(ROWS_LIST(rows, f->arena, &keepers, &count, err, row_int(rows, 0)));
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

static void the_only_row_is_there_or_is_missing_and_a_failure_is_neither(void **state)
{
    Fixture *f = *state;
    Tx *tx = db_read(f->db, &f->err);
    Rows *rows = tx_query(tx, f->arena, &f->err, "SELECT 7");

    assert_ok(rows_one(rows, "Das gibt es nicht.", &f->err), &f->err);
    assert_int_equal(row_int(rows, 0), 7);
    rows_end(rows);
    rows = tx_query(tx, f->arena, &f->err, "SELECT id FROM dog");
    assert_false(rows_one(rows, "Diesen Hund gibt es nicht.", &f->err));
    assert_int_equal(f->err.kind, ERR_NOT_FOUND);
    assert_string_equal(f->err.message, "Diesen Hund gibt es nicht.");
    rows = tx_query(tx, f->arena, &f->err, "SELECT id FROM cat");
    assert_false(rows_one(rows, "Das gibt es nicht.", &f->err));
    assert_int_equal(f->err.kind, ERR_INTERNAL);
    tx_end(tx);
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
                               "SELECT count(*) FROM dog d WHERE chip <> CAST(keeper - 1 AS TEXT) "
                               "OR EXISTS (SELECT 1 FROM dog e WHERE e.keeper = d.keeper + 1 AND "
                               "e.id <= d.id)"),
                  &f->err);
        tx_end(tx);
        assert_int_equal(odd, 0);
    }
}

static bool delete_dogs(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "DELETE FROM dog");
}

static void the_number_of_a_deleted_row_is_never_given_again(void **state)
{
    Fixture *f = *state;
    NewDog gone = {.chip = "1", .keeper = 1}, next = {.chip = "2", .keeper = 1};

    assert_ok(db_write(f->db, insert_dog, &gone, &f->err), &f->err);
    assert_ok(db_write(f->db, delete_dogs, NULL, &f->err), &f->err);
    assert_ok(db_write(f->db, insert_dog, &next, &f->err), &f->err);
    assert_true(next.id > gone.id);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dogs_set_up, store_tear_down)

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
        TEST(rows_become_a_list_until_one_cannot_be_read),
        TEST(the_only_row_is_there_or_is_missing_and_a_failure_is_neither),
        TEST(query_may_run_inside_itself),
        TEST(statements_made_at_run_time_are_bounded),
        TEST(many_rows_are_inserted_in_order_whatever_their_number),
        TEST(the_number_of_a_deleted_row_is_never_given_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
