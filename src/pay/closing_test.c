/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/backup/backup_internal.h"
#include "pay/pay_fixture.h"

#include "pay/charge.h"
#include "pay/closing.h"

static Date today(void)
{
    return date_in_berlin(clock_now());
}

typedef struct Making {
    Date day;
    Str note;
    int64_t id;
} Making;

static bool close_fn(Tx *tx, void *context, Err *err)
{
    Making *making = context;

    return closing_make(tx, making->day, today(), making->note, STR("staff/2"), town.arena,
                        &making->id, err);
}

static Closing close_day(Date day)
{
    Making making = {.day = day};
    Closing closing;

    test_town_write(&town, close_fn, &making);
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(closing_by_id(tx, making.id, town.arena, &closing, &town.err), &town.err);
    tx_end(tx);
    return closing;
}

static bool sql_fn(Tx *tx, void *context, Err *err)
{
    return tx_exec_params(tx, err, context, NULL, 0);
}

static void run_sql(const char *sql)
{
    test_town_write(&town, sql_fn, (char *)sql);
}

static int64_t last_day(void)
{
    int64_t day = 0;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(tx_query_int(tx, &town.err, &day,
                           "SELECT day FROM ledger_booking ORDER BY id DESC LIMIT 1"),
              &town.err);
    tx_end(tx);
    return day;
}

static void a_closing_holds_the_sums_of_its_bookings(void **state)
{
    (void)state;
    assess("a", 1200);
    assess("b", 300);
    assess("b", 100);
    Closing closing = close_day(today());

    assert_int_equal(closing.bookings, 3);
    assert_int_equal(closing.sum_count, 4);
    assert_str(closing.sums[0].account, "ertrag/hundesteuer");
    assert_str(closing.sums[0].kind, "sollstellung");
    assert_int_equal(closing.sums[0].credit_cents, 1500);
    assert_str(closing.sums[2].account, "forderung");
    assert_int_equal(closing.sums[2].debit_cents, 1500);
    assert_int_equal(closing.hash.len, 64);
    assert_ok(verify_copy(town.tenant->db, town.arena, &town.err), &town.err);
}

static void what_is_booked_afterwards_belongs_to_the_next_open_day(void **state)
{
    (void)state;
    assess("a", 1200);
    assert_int_equal(last_day(), date_to_days(today()));
    Closing closing = close_day(today());
    assess("a", 1000);
    assert_int_equal(last_day(), date_to_days(today()) + 1);
    Tx *tx = db_read(town.tenant->db, &town.err);
    Closing again;
    assert_ok(closing_by_id(tx, closing.id, town.arena, &again, &town.err), &town.err);
    tx_end(tx);
    assert_int_equal(again.bookings, 1);
    assert_ok(verify_copy(town.tenant->db, town.arena, &town.err), &town.err);
}

static void a_day_is_closed_once_and_never_before_it_comes(void **state)
{
    Making making = {.day = date_add_days(today(), 1)};

    (void)state;
    assert_false(db_write(town.tenant->db, close_fn, &making, &town.err));
    assert_string_equal(town.err.field, "tag");
    close_day(today());
    making.day = today();
    assert_false(db_write(town.tenant->db, close_fn, &making, &town.err));
    assert_string_equal(town.err.field, "tag");
    making.day = date_add_days(today(), -1);
    assert_false(db_write(town.tenant->db, close_fn, &making, &town.err));
}

static void a_difference_to_the_statement_must_be_explained(void **state)
{
    Making making = {.day = today()};
    char *sql = arena_printf(town.arena,
                             "INSERT INTO bank_balance (account, day, cents) VALUES "
                             "('DE1', '2020-01-01', 100000), ('DE1', '%.*s', 100777)",
                             STR_ARG(date_iso(town.arena, today())));

    (void)state;
    run_sql(sql);
    assert_false(db_write(town.tenant->db, close_fn, &making, &town.err));
    assert_string_equal(town.err.field, "erklaerung");
    making.note = STR("Der Auszug von gestern fehlt noch.");
    test_town_write(&town, close_fn, &making);
    assert_ok(verify_copy(town.tenant->db, town.arena, &town.err), &town.err);
}

static void verify_finds_whatever_was_changed_in_a_closed_day(void **state)
{
    static const struct {
        const char *sql, *undo, *says;
    } cases[] = {
        {"UPDATE ledger_booking SET text = 'x' WHERE id = 1",
         "UPDATE ledger_booking SET text = 'Hundesteuer 2027' WHERE id = 1",
         "its bookings or sums are not those"},
        {"UPDATE ledger_booking SET value_date = '2020-01-01' WHERE id = 1", NULL,
         "its bookings or sums are not those"},
        {"UPDATE ledger_booking SET day = day - 400 WHERE id = 1",
         "UPDATE ledger_booking SET day = day + 400 WHERE id = 1",
         "has 1 bookings, its days have 0"},
        {"UPDATE day_closing SET data = '{\"sums\":[]}' WHERE id = 1", NULL,
         "its bookings or sums are not those"},
        {"DELETE FROM day_closing WHERE id = 1", NULL, "does not follow the one before"},
        {"DELETE FROM day_closing WHERE id = 2", NULL, "1 closings, the events tell of 2"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (i > 0) {
            test_town_close(&town);
            set_up(NULL);
        }
        assess("a", 1200);
        run_sql("UPDATE ledger_booking SET day = day - 1");
        close_day(date_add_days(today(), -1));
        assess("a", 1300);
        close_day(today());
        assert_ok(verify_copy(town.tenant->db, town.arena, &town.err), &town.err);
        run_sql(cases[i].sql);
        assert_false(verify_copy(town.tenant->db, town.arena, &town.err));
        if (!strstr(town.err.message, cases[i].says))
            fail_msg("%s: %s", cases[i].sql, town.err.message);
        if (!cases[i].undo)
            continue;
        run_sql(cases[i].undo);
        assert_ok(verify_copy(town.tenant->db, town.arena, &town.err), &town.err);
    }
}

static void keep_problem(void *context, const char *problem)
{
    Str *said = context;

    *said = str_printf(town.arena, "%.*s%s\n", STR_ARG(*said), problem);
}

static const char *day_text(int days)
{
    return str_cstr(town.arena, date_iso(town.arena, date_add_days(today(), days)));
}

static void verify_names_each_closing_that_is_wrong_and_goes_on(void **state)
{
    Str said = STR("");
    int64_t count = 0;

    (void)state;
    for (int i = 3; i >= 0; i--) {
        assess("a", 1200 + i);
        run_sql(arena_printf(town.arena,
                             "UPDATE ledger_booking SET day = day - %d WHERE id = "
                             "(SELECT MAX(id) FROM ledger_booking)",
                             i));
        close_day(date_add_days(today(), -i));
    }
    run_sql("UPDATE day_closing SET day = 'gestern' WHERE id = 1");
    run_sql("UPDATE day_closing SET data = '{' WHERE id = 2");
    run_sql("UPDATE ledger_booking SET text = 'x' WHERE id = (SELECT MAX(id) FROM "
            "ledger_booking)");
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(closing_verify(tx, &(ProofReport){keep_problem, &said}, &count, &town.err),
              &town.err);
    tx_end(tx);
    assert_int_equal(count, 4);
    char *expected = arena_printf(
        town.arena,
        "closing 2 (%s) does not follow the one before it\n"
        "closing 2 (%s) is not as it was made: its bookings or sums are not those that were "
        "closed\n"
        "closing 4 (%s) is not as it was made: its bookings or sums are not those that were "
        "closed\n"
        "closing 1: its days cannot be read\n",
        day_text(-2), day_text(-2), day_text(0));

    assert_str(said, expected);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_closing_holds_the_sums_of_its_bookings),
        TEST(what_is_booked_afterwards_belongs_to_the_next_open_day),
        TEST(a_day_is_closed_once_and_never_before_it_comes),
        TEST(a_difference_to_the_statement_must_be_explained),
        TEST(verify_finds_whatever_was_changed_in_a_closed_day),
        TEST(verify_names_each_closing_that_is_wrong_and_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
