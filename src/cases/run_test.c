/* SPDX-License-Identifier: EUPL-1.2 */
/* Runs over a small dog register of the demonstration town. */
#include "core/test_town.h"

#include "cases/cases.h"
#include "cases/publish.h"
#include "cases/run_store.h"
#include "core/store/event.h"
#include "ident/ident.h"
#include "pay/charge.h"
#include "pay/decision.h"
#include "pay/ledger.h"

static const Engine *const ENGINES[] = {&WORK_ENGINE, &IDENT_ENGINE, &PAY_ENGINE, &CASES_ENGINE};
static char folder[TEST_FOLDER_MAX];
static Arena *arena;
static App *app;
static Tenant *tenant;
static Err err;

typedef struct Dog {
    const char *key, *account, *name; /* account: NULL */
} Dog;

static bool add_dog(Tx *tx, void *context, Err *why)
{
    const Dog *dog = context;
    const Package *package = tenant_package(tenant, STR("hund"), why);
    RegisterChange change = {.package = package, .actor = STR("test"), .today = {2026, 12, 1}};
    Str yaml = str_printf(arena,
                          "{name: Rex, rasse: mops, mischling: false, listenhund: false, "
                          "haltung_seit: 2020-03-01, steuer_ab: 2020-04-01, halter: %s, konto: %s, "
                          "halterart: person, halter_name: %s, halter_strasse: Lindenweg 1, "
                          "halter_ort: 12345 Musterstadt}",
                          dog->key, dog->account ? dog->account : "null", dog->name);
    Node *data = node_parse_yaml(arena, yaml, "dog", &NODE_LIMITS_REQUEST, why);
    int64_t id;

    if (!package || !data)
        return false;
    change.spec = package_register(package, STR("hund"));
    return register_add(tx, &change, data, (Date){2020, 3, 1}, arena, &id, why);
}

static int set_up(void **state)
{
    static const Dog DOGS[] = {{"p/anna", NULL, "Anna Adler"},
                               {"p/bert", "p/anna", "Bert Adler"},
                               {"p/cem", NULL, "Cem Celik"}};
    const char *root = getenv("SOURCE_ROOT");

    (void)state;
    arena = arena_create(1 << 16);
    crypto_start();
    engines_register(ENGINES, 4);
    log_set_level(LOG_ERROR + 1);
    test_folder_make(folder);
    AppOptions options = {.data_dir = folder,
                          .services_dir = arena_printf(arena, "%s/services", root)};
    assert_ok(app = app_open(&options, ENGINES, 4, &err), &err);
    assert_ok(
        tenant_create(app, STR("musterstadt"), arena_printf(arena, "%s/tenants/demo", root), &err),
        &err);
    assert_ok(tenant = tenant_acquire(app, STR("musterstadt"), &err), &err);
    if (!tenant)
        return 1;
    for (size_t i = 0; i < 3; i++)
        assert_ok(db_write(tenant->db, add_dog, (void *)&DOGS[i], &err), &err);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tenant_release(tenant);
    app_close(app);
    test_folder_remove(folder);
    arena_destroy(arena);
    return 0;
}

static const RunOrder ORDER = {.service = STR("hund"),
                               .name = STR("jahresveranlagung"),
                               .year = 2027,
                               .today = {2027, 1, 10},
                               .actor = STR("test")};

static RunRow row_of(int64_t id)
{
    RunRow row;
    Tx *tx = db_read(tenant->db, &err);

    assert_ok(run_by_id(tx, id, arena, &row, &err), &err);
    tx_end(tx);
    return row;
}

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
        cmocka_unit_test_setup_teardown(dogs_of_a_household_are_one_account, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_starts_of_a_year_are_one_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_batch_is_refused_when_somebody_decided_meanwhile, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_charge_of_whom_the_register_has_nothing_is_counted,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(undoing_leaves_alone_what_is_with_enforcement, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_notice_of_undoing_goes_where_the_keeper_lives_now,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(undoing_leaves_out_whom_it_cannot_tell, set_up, tear_down),
        cmocka_unit_test_setup_teardown(undoing_leaves_alone_what_was_booked_since, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
