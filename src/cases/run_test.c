/* SPDX-License-Identifier: EUPL-1.2 */
/* Runs: previews, batches, whom they leave to people. */
#include "cases/run_fixture.h"
#include "pay/mandate.h"

static void dogs_of_a_household_are_one_account(void **state)
{
    RunPreview preview;

    (void)state;
    assert_ok(run_preview(tenant, &ORDER, NULL, arena, &preview, &err), &err);
    assert_int_equal(preview.totals.items, 2);
    assert_int_equal(preview.totals.entries, 3);
    assert_int_equal(preview.totals.cents, 12000 + 16800 + 12000);
}

typedef struct Begin {
    int64_t id;
} Begin;

static bool begin_fn(Tx *tx, void *context, Err *why)
{
    Begin *begin = context;

    return run_begin(tx, tenant, &ORDER, arena, &begin->id, why);
}

static void two_starts_of_a_year_are_one_run(void **state)
{
    Begin one, two;

    (void)state;
    assert_ok(db_write(tenant->db, begin_fn, &one, &err), &err);
    assert_ok(db_write(tenant->db, begin_fn, &two, &err), &err);
    assert_int_equal(one.id, two.id);
}

typedef struct Batch {
    RunPass pass;
    RunBatch batch;
} Batch;

static bool write_fn(Tx *tx, void *context, Err *why)
{
    Batch *b = context;

    return run_batch_write(tx, &b->pass, &b->batch, why);
}

static bool foreign_event(Tx *tx, void *context, Err *why)
{
    (void)context;
    return event_add(tx, "case.action", STR("case/1"), STR("staff/1"), NULL, why);
}

static void a_batch_is_refused_when_somebody_decided_meanwhile(void **state)
{
    Begin begin;
    Batch b = {.batch = {.arena = arena}};

    (void)state;
    assert_ok(db_write(tenant->db, begin_fn, &begin, &err), &err);
    RunRow row = row_of(begin.id);
    assert_ok(run_pass_begin(&b.pass, tenant, &row, arena, &err), &err);
    RunCases *cases = run_cases_create(tenant, b.pass.run, row.service, row.today);
    assert_ok(run_batch_read(&b.pass, cases, STR(""), &b.batch, &err), &err);
    assert_int_equal(b.batch.count, 2);
    assert_ok(db_write(tenant->db, foreign_event, NULL, &err), &err);
    assert_false(db_write(tenant->db, write_fn, &b, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_ok(run_batch_read(&b.pass, cases, STR(""), &b.batch, &err), &err);
    assert_ok(db_write(tenant->db, write_fn, &b, &err), &err);
    /* What another has written already is not written again. */
    assert_false(db_write(tenant->db, write_fn, &b, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_int_equal(row_of(begin.id).position, 2);
    run_cases_destroy(cases);
}

static bool end_fn(Tx *tx, void *context, Err *why)
{
    (void)context;
    return tx_exec(tx, why,
                   "UPDATE register_entry SET valid_to = '2026-12-31' WHERE data LIKE '%p/cem%'");
}

static void a_charge_of_whom_the_register_has_nothing_is_counted(void **state)
{
    RunPreview preview;
    int64_t id;

    (void)state;
    assert_ok(run_do(tenant, &ORDER, NULL, arena, &id, &err), &err);
    assert_int_equal(row_of(id).totals.stray, 0);
    assert_ok(db_write(tenant->db, end_fn, NULL, &err), &err);
    assert_ok(run_preview(tenant, &ORDER, NULL, arena, &preview, &err), &err);
    assert_int_equal(preview.totals.unchanged, 1);
    assert_int_equal(preview.totals.stray, 1);
    assert_int_equal(preview.totals.stray_cents, 12000);
    assert_int_equal(preview.lists.strays.count, 1);
    assert_str(preview.lists.strays.items[0].name, "Cem Celik");
    assert_non_null(strstr(str_cstr(arena, preview.lists.strays.items[0].reason), "120,00"));
    /* The run itself names them too, at its page and in its table. */
    RunLists lists;

    assert_ok(run_do(tenant, &ORDER, NULL, arena, &id, &err), &err);
    Tx *tx = db_read(tenant->db, &err);
    assert_ok(run_lists(tx, id, arena, &lists, &err), &err);
    tx_end(tx);
    assert_int_equal(lists.left_out.count, 0);
    assert_int_equal(lists.strays.count, 1);
    assert_non_null(strstr(str_cstr(arena, run_csv_lists(&lists, arena)),
                           "p/cem,Cem Celik,nicht_im_register,"));
}

/* The rows of the tables that the amount comes from, each once however many months asked them. */
static void a_charge_says_how_it_came_about(void **state)
{
    ChargeReason *reasons = NULL;
    size_t count = 0;
    int64_t id;
    Charge charge;

    (void)state;
    assert_ok(run_do(tenant, &ORDER, NULL, arena, &id, &err), &err);
    Tx *tx = db_read(tenant->db, &err);
    assert_ok(pay_charge_by_key(tx, STR("hundesteuer/2027/p/anna"), arena, &charge, &err), &err);
    assert_ok(pay_reasons_of(tx, charge.id, arena, &reasons, &count, &err), &err);
    tx_end(tx);
    assert_int_equal(count, 1);
    assert_str(reasons[0].text,
               "Betrag in Euro: 288\n"
               "Tabelle „steuer“: Bei Wievielter Hund = 1 und Listenhund = nein gilt Zeile 1 "
               "(„Erster Hund“). Das Ergebnis ist 120.\n"
               "Tabelle „steuer“: Bei Wievielter Hund = 2 und Listenhund = nein gilt Zeile 2 "
               "(„Zweiter Hund“). Das Ergebnis ist 168.");
}

static bool sign_fn(Tx *tx, void *context, Err *why)
{
    MandateOrder order = {.payer = STR("p/cem"),
                          .holder = STR("Cem Celik"),
                          .iban = STR("DE02120300000000202051"),
                          .signed_on = {2026, 12, 1},
                          .one_off = *(bool *)context,
                          .actor = STR("test")};
    Mandate mandate;

    return mandate_put(tx, &order, arena, &mandate, why);
}

static bool quarters_fn(Tx *tx, void *context, Err *why)
{
    (void)context;
    return tx_exec(tx, why,
                   "UPDATE register_entry SET data = REPLACE(data, '\"name\":\"Rex\"', "
                   "'\"name\":\"Rex\",\"zahlweise\":\"vierteljahr\",\"zahlweise_ab\":2020')");
}

static int64_t previewed_debits(bool one_off)
{
    RunPreview preview;

    assert_ok(db_write(tenant->db, sign_fn, &one_off, &err), &err);
    assert_ok(run_preview(tenant, &ORDER, NULL, arena, &preview, &err), &err);
    assert_int_equal(preview.totals.debits, 1);
    return preview.totals.debit_cents;
}

static void a_mandate_for_one_collection_brings_the_first_part(void **state)
{
    (void)state;
    assert_ok(db_write(tenant->db, quarters_fn, NULL, &err), &err);
    assert_int_equal(previewed_debits(true), 3000);
    assert_int_equal(previewed_debits(false), 12000);
}

static bool order_fn(Tx *tx, void *context, Err *why)
{
    int64_t *run = context, job;
    const Package *package = tenant_package(tenant, STR("hund"), why);
    RunBegin begin = {.service = ORDER.service,
                      .name = ORDER.name,
                      .version = package->version,
                      .year = ORDER.year,
                      .status = RUN_ASSESSING,
                      .today = ORDER.today,
                      .actor = STR("staff/999")};
    Node *params = node_map(arena);

    if (!run_insert(tx, &begin, run, why))
        return false;
    node_set(arena, params, STR("run"), node_int(arena, *run));
    node_set(arena, params, STR("staff"), node_int(arena, 999));
    return job_order(tx, "run", params, begin.actor, &job, why);
}

static void a_run_works_only_for_who_may_run_it(void **state)
{
    int64_t id = 0, told = 0;

    (void)state;
    assert_ok(db_write(tenant->db, order_fn, &id, &err), &err);
    assert_ok(worker_drain(tenant, &err), &err);
    assert_str(row_of(id).status, "assessing");
    assert_int_equal(row_of(id).position, 0);
    Tx *tx = db_read(tenant->db, &err);
    assert_ok(tx_query_int(tx, &err, &told,
                           "SELECT COUNT(*) FROM job WHERE status = 'failed' AND error LIKE "
                           "'%ist gesperrt%'"),
              &err);
    tx_end(tx);
    assert_int_equal(told, 1);
}

static bool allowed_once(void *context, Err *why)
{
    return ++*(int *)context <= 1 || err_set(why, ERR_FORBIDDEN, "nicht mehr");
}

static void a_run_stops_when_its_orderer_may_not_any_more(void **state)
{
    int asked = 0;
    RunWatch watch = {.allowed = allowed_once, .context = &asked};
    int64_t id = 0;

    (void)state;
    assert_false(run_do(tenant, &ORDER, &watch, arena, &id, &err));
    assert_int_equal(err.kind, ERR_FORBIDDEN);
    assert_true(row_of(id).active);
    err_clear(&err);
    assert_ok(run_go(tenant, id, NULL, arena, &err), &err);
    assert_str(row_of(id).status, "done");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(dogs_of_a_household_are_one_account),
        RUN_TEST(two_starts_of_a_year_are_one_run),
        RUN_TEST(a_charge_says_how_it_came_about),
        RUN_TEST(a_mandate_for_one_collection_brings_the_first_part),
        RUN_TEST(a_batch_is_refused_when_somebody_decided_meanwhile),
        RUN_TEST(a_charge_of_whom_the_register_has_nothing_is_counted),
        RUN_TEST(a_run_works_only_for_who_may_run_it),
        RUN_TEST(a_run_stops_when_its_orderer_may_not_any_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
