/* SPDX-License-Identifier: EUPL-1.2 */
/* Runs that are taken back. */
#include "cases/run_fixture.h"

static bool pay_fn(Tx *tx, void *context, Err *why)
{
    Charge charge;

    (void)context;
    return pay_charge_by_key(tx, STR("hundesteuer/2027/p/cem"), arena, &charge, why) &&
           charge_pay(tx, &charge, 100, ACCOUNT_BANK, STR("Test"), (Date){2027, 1, 20}, STR("test"),
                      why);
}

typedef struct Undo {
    RunRow of;
    int64_t id;
} Undo;

static bool undo_fn(Tx *tx, void *context, Err *why)
{
    Undo *undo = context;

    return run_begin_undo(tx, tenant, &undo->of, (Date){2027, 1, 21}, STR("test"), arena, &undo->id,
                          why);
}

static int64_t owed(const char *key)
{
    int64_t cents = -1;
    Tx *tx = db_read(tenant->db, &err);

    assert_ok(tx_query_int(tx, &err, &cents, "SELECT owed_cents FROM charge WHERE key = $1",
                           P_TEXT(str_c(key))),
              &err);
    tx_end(tx);
    return cents;
}

/* A run that is undone, and what happens between. */
static Undo undone_after(WriteFn between)
{
    Undo undo;
    int64_t id;

    assert_ok(run_do(tenant, &ORDER, NULL, arena, &id, &err), &err);
    undo.of = row_of(id);
    assert_ok(db_write(tenant->db, between, NULL, &err), &err);
    assert_ok(db_write(tenant->db, undo_fn, &undo, &err), &err);
    assert_ok(run_go(tenant, undo.id, NULL, arena, &err), &err);
    return undo;
}

static void undoing_leaves_alone_what_was_booked_since(void **state)
{
    Undo undo;

    (void)state;
    undo = undone_after(pay_fn);
    assert_int_equal(owed("hundesteuer/2027/p/anna"), 0);
    assert_int_equal(owed("hundesteuer/2027/p/cem"), 12000);
    RunTotals totals = row_of(undo.id).totals;
    assert_int_equal(totals.changed, 1);
    assert_int_equal(totals.left_out, 1);
    assert_int_equal(totals.letters, 1);
    assert_false(db_write(tenant->db, undo_fn, &undo, &err)); /* once only */
    assert_int_equal(err.kind, ERR_CONFLICT);
}

static bool hand_over_fn(Tx *tx, void *context, Err *why)
{
    DecisionOrder order = {.kind = DECISION_ENFORCEMENT,
                           .handed = &(TakenList){.items = (Taken[]){{1, 12000}}, .count = 1},
                           .reason = STR("Auf die letzte Mahnung wurde nicht gezahlt."),
                           .actor = STR("test"),
                           .today = {2027, 1, 20}};
    int64_t id;

    (void)context;
    return tx_query_int(tx, why, &order.charge_id, "SELECT id FROM charge WHERE key = $1",
                        P_TEXT(STR("hundesteuer/2027/p/cem"))) &&
           decision_make(tx, tenant, &order, arena, &id, why);
}

/* Nobody tells enforcement that what it asks for is owed no more. */
static void undoing_leaves_alone_what_is_with_enforcement(void **state)
{
    (void)state;
    undone_after(hand_over_fn);
    assert_int_equal(owed("hundesteuer/2027/p/anna"), 0);
    assert_int_equal(owed("hundesteuer/2027/p/cem"), 12000);
}

static bool breed_fn(Tx *tx, void *context, Err *why)
{
    (void)context;
    return tx_exec(tx, why,
                   "UPDATE register_entry SET data = REPLACE(data, '\"listenhund\":false', "
                   "'\"listenhund\":true') WHERE row_id = 3");
}

/* A run, and another of the year that changes a charge of it. */
static void two_runs(Undo *first, Undo *second)
{
    int64_t id;

    assert_ok(run_do(tenant, &ORDER, NULL, arena, &id, &err), &err);
    first->of = row_of(id);
    assert_ok(db_write(tenant->db, breed_fn, NULL, &err), &err);
    assert_ok(run_do(tenant, &ORDER, NULL, arena, &id, &err), &err);
    second->of = row_of(id);
    assert_int_equal(second->of.totals.changed, 1);
}

/* The second run first, then the first: who was in both owes nothing again. */
static void runs_are_undone_one_after_the_other(void **state)
{
    Undo first, second;

    (void)state;
    two_runs(&first, &second);
    int64_t changed = owed("hundesteuer/2027/p/cem");
    assert_true(changed > 12000);

    assert_ok(db_write(tenant->db, undo_fn, &second, &err), &err);
    assert_ok(run_go(tenant, second.id, NULL, arena, &err), &err);
    assert_int_equal(owed("hundesteuer/2027/p/cem"), 12000);
    assert_ok(db_write(tenant->db, undo_fn, &first, &err), &err);
    assert_ok(run_go(tenant, first.id, NULL, arena, &err), &err);
    assert_int_equal(row_of(first.id).totals.left_out, 0);
    assert_int_equal(owed("hundesteuer/2027/p/cem"), 0);
    assert_int_equal(owed("hundesteuer/2027/p/anna"), 0);
}

static bool confirm_fn(Tx *tx, void *context, Err *why)
{
    AssessOrder order = {.key = STR("hundesteuer/2027/p/cem"),
                         .cents = 12000,
                         .subject = STR("case/1"),
                         .revenue = STR("hundesteuer"),
                         .purpose = STR("Hundesteuer 2027"),
                         .debtor = STR("Cem Celik"),
                         .due = {2027, 7, 1},
                         .actor = STR("staff/1")};
    Charge charge;

    (void)context;
    return pay_assess(tx, tenant, &order, arena, &charge, NULL, why);
}

/* The case's notice names the same amount, so nothing is booked. */
static void undoing_leaves_alone_what_a_case_confirmed(void **state)
{
    (void)state;
    undone_after(confirm_fn);
    assert_int_equal(owed("hundesteuer/2027/p/anna"), 0);
    assert_int_equal(owed("hundesteuer/2027/p/cem"), 12000);
}

static void an_earlier_run_is_not_undone_before_a_later_one(void **state)
{
    Undo first, second;
    int64_t id;

    (void)state;
    two_runs(&first, &second);
    assert_false(db_write(tenant->db, undo_fn, &first, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_non_null(strstr(err.message, "(Lauf 2)"));
    err_clear(&err);
    /* One that changed nothing of it is no hindrance. */
    assert_ok(run_do(tenant, &ORDER, NULL, arena, &id, &err), &err);
    assert_ok(db_write(tenant->db, undo_fn, &second, &err), &err);
}

static bool status_fn(Tx *tx, void *context, Err *why)
{
    Undo *undo = context;

    return run_set_status(tx, undo->id, undo->of.status, why);
}

static void set_status(Undo *undo, Str status)
{
    undo->of.status = status;
    assert_ok(db_write(tenant->db, status_fn, undo, &err), &err);
}

/* It waited for a second person, and meanwhile there was another run. */
static void what_a_later_run_changed_stays_as_it_is(void **state)
{
    Undo first;
    RunLists lists;
    int64_t id;

    (void)state;
    assert_ok(run_do(tenant, &ORDER, NULL, arena, &id, &err), &err);
    first.of = row_of(id);
    assert_ok(db_write(tenant->db, undo_fn, &first, &err), &err);
    set_status(&first, RUN_PROPOSED);
    assert_ok(db_write(tenant->db, breed_fn, NULL, &err), &err);
    assert_ok(run_do(tenant, &ORDER, NULL, arena, &id, &err), &err);
    int64_t changed = owed("hundesteuer/2027/p/cem");

    set_status(&first, RUN_ASSESSING);
    assert_ok(run_go(tenant, first.id, NULL, arena, &err), &err);
    assert_int_equal(owed("hundesteuer/2027/p/cem"), changed);
    assert_int_equal(owed("hundesteuer/2027/p/anna"), 0);
    Tx *tx = db_read(tenant->db, &err);
    assert_ok(run_lists(tx, first.id, arena, &lists, &err), &err);
    tx_end(tx);
    assert_int_equal(lists.left_out.count, 1);
    assert_str(lists.left_out.items[0].guard, "spaeterer_lauf");
}

static bool move_fn(Tx *tx, void *context, Err *why)
{
    (void)context;
    return tx_exec(tx, why,
                   "UPDATE register_entry SET data = REPLACE(data, 'Lindenweg 1', 'Neue Gasse 9')");
}

static void the_notice_of_undoing_goes_where_the_keeper_lives_now(void **state)
{
    Undo undo;
    int64_t count = 0;

    (void)state;
    undo = undone_after(move_fn);
    Tx *tx = db_read(tenant->db, &err);
    assert_ok(tx_query_int(tx, &err, &count,
                           "SELECT COUNT(*) FROM run_letter WHERE run_id = $1 AND snapshot LIKE "
                           "'%Neue Gasse 9%'",
                           P_INT(undo.id)),
              &err);
    tx_end(tx);
    assert_int_equal(count, 2);
}

static bool spoil_fn(Tx *tx, void *context, Err *why)
{
    return tx_exec(tx, why,
                   "UPDATE run_item SET name = '漢 Anna' WHERE run_id = $1 AND key = 'p/anna'",
                   P_INT(*(int64_t *)context)) &&
           tx_exec(tx, why,
                   "UPDATE run_item SET name = '漢 Cem' WHERE run_id = $1 AND key = 'p/cem'",
                   P_INT(*(int64_t *)context));
}

static bool why_fn(Tx *tx, void *context, Err *why)
{
    Str *said = context;
    Rows *rows = tx_query(tx, arena, why,
                          "SELECT reason FROM run_item WHERE guard = 'zeichen' ORDER BY key");

    *said = STR("");
    while (rows && rows_next(rows, why))
        *said = str_printf(arena, "%.*s%.*s\n", STR_ARG(*said), STR_ARG(row_text(rows, 0)));
    return rows && why->kind == ERR_NONE;
}

/* Letters of older runs may hold signs that no font has. */
static void undoing_leaves_out_whom_it_cannot_tell(void **state)
{
    Undo undo;
    int64_t id, before;
    Str said;

    (void)state;
    assert_ok(run_do(tenant, &ORDER, NULL, arena, &id, &err), &err);
    before = owed("hundesteuer/2027/p/anna");
    undo.of = row_of(id);
    assert_ok(db_write(tenant->db, spoil_fn, &id, &err), &err);
    assert_ok(db_write(tenant->db, undo_fn, &undo, &err), &err);
    assert_ok(run_go(tenant, undo.id, NULL, arena, &err), &err);
    RunTotals totals = row_of(undo.id).totals;

    assert_ok(db_write(tenant->db, why_fn, &said, &err), &err);
    assert_non_null(strstr(str_cstr(arena, said),
                           "Kein Brief kann das Zeichen „漢“ drucken; es steht im Brief. Die "
                           "Forderung bleibt, wie sie ist."));
    assert_int_equal(owed("hundesteuer/2027/p/anna"), before);
    assert_int_equal(totals.letters + totals.left_out, 2);
    assert_true(totals.left_out >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(undoing_leaves_alone_what_was_booked_since),
        RUN_TEST(undoing_leaves_alone_what_is_with_enforcement),
        RUN_TEST(runs_are_undone_one_after_the_other),
        RUN_TEST(undoing_leaves_alone_what_a_case_confirmed),
        RUN_TEST(an_earlier_run_is_not_undone_before_a_later_one),
        RUN_TEST(what_a_later_run_changed_stays_as_it_is),
        RUN_TEST(the_notice_of_undoing_goes_where_the_keeper_lives_now),
        RUN_TEST(undoing_leaves_out_whom_it_cannot_tell),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
