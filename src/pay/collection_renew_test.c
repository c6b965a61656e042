/* SPDX-License-Identifier: EUPL-1.2 */
/* A collection that the bank does not have can be discarded, and follows its charges. */
#include "core/work/state.h"
#include "pay/collection_fixture.h"
#include "pay/sepa_file.h"

typedef struct Step {
    Collection collection;
    SepaOrder order;
} Step;

static bool begin_fn(Tx *tx, void *context, Err *err)
{
    Step *step = context;

    return collection_begin(tx, town.tenant, &step->order, town.arena, &step->collection, err);
}

static bool add_fn(Tx *tx, void *context, Err *err)
{
    Step *step = context;
    int64_t next = 0;

    return collection_add(tx, town.tenant, step->collection.id, &step->order, &next, 1000,
                          town.arena, err);
}

/* The file of a run's was refused: the run goes on with it, or somebody discards it. */
static void one_that_was_never_finished_is_discarded_and_takes_nothing_more(void **state)
{
    Step step = {.order = test_order("stuck")};

    (void)state;
    test_assess_parts("a", "p/1");
    test_sign("p/1", IBAN_A);
    test_town_write(&town, begin_fn, &step);
    test_town_write(&town, add_fn, &step);
    assert_str(again(step.collection.id).status, "making");
    assert_int_equal(test_collect(test_order("next")).count, 0); /* it holds the part */
    test_town_write(&town, withdraw_fn, &step.collection.id);
    assert_false(db_write(town.tenant->db, add_fn, &step, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    assert_false(collection_write(town.tenant, step.collection.id, town.arena, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    assert_null(again(step.collection.id).sha256.ptr);
    assert_int_equal(test_collect(test_order("after")).count, 1);
    test_proofs_hold();
}

static bool order_job_fn(Tx *tx, void *context, Err *err)
{
    const SepaOrder *order = context;
    Node *params = node_map(town.arena);
    int64_t id;

    node_set(town.arena, params, STR("key"), node_string(town.arena, order->key));
    node_set(town.arena, params, STR("due_until"),
             node_string(town.arena, date_iso(town.arena, order->due_until)));
    node_set(town.arena, params, STR("collect_on"),
             node_string(town.arena, date_iso(town.arena, order->collect_on)));
    node_set(town.arena, params, STR("announced"), node_bool(town.arena, true));
    node_set(town.arena, params, STR("actor"), node_string(town.arena, order->actor));
    return job_order(tx, "direct-debit", params, order->actor, &id, err);
}

static void run_job(const char *key)
{
    SepaOrder order = test_order(key);
    bool ran = false;

    test_town_write(&town, order_job_fn, &order);
    assert_ok(job_run_next(town.tenant, JOBS_SHORT, &ran, &town.err), &town.err);
    assert_true(ran);
}

static bool name_mandate_fn(Tx *tx, void *context, Err *err)
{
    return tx_exec(tx, err, "UPDATE mandate SET reference = $1",
                   P_TEXT(str_c(*(const char *const *)context)));
}

static void a_collection_whose_file_is_refused_frees_its_parts(void **state)
{
    (void)state;
    const char *none = "", *right = "M-1";

    test_assess_parts("a", "p/1");
    test_sign("p/1", IBAN_A);
    test_town_write(&town, name_mandate_fn, &none); /* no bank would take it */
    run_job("refused");
    assert_str(again(1).status, "withdrawn");
    assert_int_equal(again(1).running, 0);
    assert_null(again(1).sha256.ptr);

    test_town_write(&town, name_mandate_fn, &right);
    run_job("right");
    assert_str(again(2).status, "made");
    assert_int_equal(again(2).count, 1);
    test_proofs_hold();
}

static int64_t done_jobs(void)
{
    int64_t count = -1;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(tx_query_int(tx, &town.err, &count, "SELECT COUNT(*) FROM job WHERE status = 'done'"),
              &town.err);
    tx_end(tx);
    return count;
}

/* Run again after a crash, and discarded meanwhile. */
static void a_job_does_not_call_a_discarded_collection_done(void **state)
{
    (void)state;
    test_assess_parts("a", "p/1");
    test_sign("p/1", IBAN_A);
    run_job("k");
    assert_int_equal(done_jobs(), 1);
    test_town_write(&town, withdraw_fn, &(int64_t){1});
    run_job("k");
    assert_int_equal(done_jobs(), 1);
    assert_str(again(1).status, "withdrawn");
}

static void a_withdrawn_collection_frees_its_parts(void **state)
{
    (void)state;
    test_assess_parts("a", "p/1");
    test_sign("p/1", IBAN_A);
    Collection made = test_collect(test_order("k"));

    test_town_write(&town, withdraw_fn, &made.id);
    assert_int_equal(again(made.id).running, 0);
    assert_false(db_write(town.tenant->db, withdraw_fn, &made.id, &town.err));
    Collection next = test_collect(test_order("next"));
    assert_int_equal(next.count, 1);
    test_import("S1", (TestEntry){.cents = 4800, .batch = batch_of(&next)});
    assert_false(db_write(town.tenant->db, withdraw_fn, &next.id, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    test_proofs_hold();
}

static void what_the_bank_has_is_not_discarded_nor_collected_again(void **state)
{
    (void)state;
    test_assess_parts("a", "p/1");
    test_sign("p/1", IBAN_A);
    SepaOrder order = test_order("k");
    Collection made;

    assert_ok(collection_make(town.tenant, &order, NULL, NULL, town.arena, &made, &town.err),
              &town.err);
    test_town_write(&town, note_sent, &made.id);
    assert_false(db_write(town.tenant->db, withdraw_fn, &made.id, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    assert_int_equal(again(made.id).running, 1);
    assert_int_equal(test_collect(test_order("next")).count, 0);
    test_proofs_hold();
}

static int64_t stale(int64_t id)
{
    int64_t count = -1;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(collection_stale(tx, town.tenant, id, date_in_berlin(clock_now()), town.arena, &count,
                               &town.err),
              &town.err);
    tx_end(tx);
    return count;
}

/* A file for a later day, made once for all. */
static Collection make_later(void)
{
    Date today = date_in_berlin(clock_now());
    SepaOrder order = {.key = STR("later"),
                       .due_until = date_add_days(today, 365),
                       .collect_on = collect_day(town.tenant, today, date_add_days(today, 365)),
                       .announced = true,
                       .actor = STR("staff/1")};
    Collection made;

    assert_ok(collection_make(town.tenant, &order, NULL, NULL, town.arena, &made, &town.err),
              &town.err);
    return again(made.id);
}

static void a_file_that_is_not_at_the_bank_follows_its_charges(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");
    Assessed b = test_assess_parts("b", "p/2");
    SepaTotals totals;

    test_sign("p/1", IBAN_A);
    test_sign("p/2", IBAN_B);
    Collection made = make_later();
    assert_int_equal(made.count, 4);
    assert_str(made.status, "made");
    assert_int_equal(make_later().id, made.id);
    assert_int_equal(stale(made.id), 0);
    assert_int_equal(test_mails(), 0);

    /* One owes less, the other nothing any more of what is due later. */
    a.order.cents = 7200;
    b.order.cents = 4800;
    a.order.part_count = b.order.part_count = 0;
    test_town_write(&town, assess_fn, &a);
    test_town_write(&town, assess_fn, &b);
    assert_int_equal(stale(made.id), 2);
    assert_ok(collection_renew(town.tenant, made.id, STR("staff/1"), town.arena, &town.err),
              &town.err);
    Collection renewed = again(made.id);
    assert_str(renewed.status, "made");
    assert_int_equal(renewed.count, 3);
    assert_int_equal(renewed.cents, 7200 + 4800);
    assert_false(str_eq(renewed.sha256, made.sha256));
    assert_ok(sepa_check(file_of(made.id), SEPA_PAIN_008, &totals, &town.err), &town.err);
    assert_int_equal(totals.cents, renewed.cents);
    assert_int_equal(stale(made.id), 0);
    assert_str(again(make_later().id).sha256, str_cstr(town.arena, renewed.sha256));

    /* What the bank has stays as it is. */
    test_town_write(&town, note_sent, &made.id);
    a.order.cents = 0;
    test_town_write(&town, assess_fn, &a);
    assert_int_equal(stale(made.id), 0);
    assert_ok(collection_renew(town.tenant, made.id, STR("staff/1"), town.arena, &town.err),
              &town.err);
    assert_int_equal(again(made.id).count, 3);
    test_proofs_hold();
}

typedef struct Noting {
    SepaFile file;
    bool keep;
} Noting;

/* As between renewing the rows and keeping their file. */
static bool unwrite_fn(Tx *tx, void *context, Err *err)
{
    return tx_exec(tx, err, "UPDATE collection SET sha256 = NULL WHERE id = $1",
                   P_INT(*(int64_t *)context));
}

static bool note_fn(Tx *tx, void *context, Err *err)
{
    Noting *noting = context;

    return collection_note_file(tx, &noting->file, STR("0123"), &noting->keep, err);
}

/* A file is rendered outside of any write: meanwhile somebody else may renew it again. */
static void a_file_of_rows_that_changed_meanwhile_is_not_kept(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");
    test_sign("p/1", IBAN_A);
    Collection made = make_later();
    Noting noting = {.file = {.id = made.id, .revision = made.revision}};

    a.order.cents = 7200;
    a.order.part_count = 0;
    test_town_write(&town, assess_fn, &a);
    assert_ok(collection_renew(town.tenant, made.id, STR("staff/1"), town.arena, &town.err),
              &town.err);
    assert_true(again(made.id).revision > made.revision);
    test_town_write(&town, unwrite_fn, &made.id);
    assert_false(db_write(town.tenant->db, note_sent, &made.id, &town.err)); /* which file? */
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    test_town_write(&town, note_fn, &noting);
    assert_false(noting.keep);
    assert_null(again(made.id).sha256.ptr);
    noting.file.revision = again(made.id).revision;
    test_town_write(&town, note_fn, &noting);
    assert_true(noting.keep);
    assert_str(again(made.id).sha256, "0123");
}

static void no_more_is_collected_than_was_announced(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");
    Date today = date_in_berlin(clock_now());

    test_sign_as("p/1", IBAN_A, "erika@beispiel.example", false);
    SepaOrder soon = test_order("soon"), later;
    Collection first;
    soon.due_until = date_add_days(today, 365);
    later = soon;
    assert_ok(collection_make(town.tenant, &soon, NULL, NULL, town.arena, &first, &town.err),
              &town.err);
    assert_int_equal(first.cents, 9600);
    a.order.cents = 12000;
    a.order.part_count = 0;
    test_town_write(&town, assess_fn, &a);

    /* Too late for another notice: the rest waits. */
    assert_int_equal(stale(first.id), 0);
    assert_ok(collection_renew(town.tenant, first.id, STR("staff/1"), town.arena, &town.err),
              &town.err);
    assert_int_equal(again(first.id).cents, 9600);
    assert_int_equal(test_mails(), 0);

    /* In time: told again. */
    test_town_write(&town, withdraw_fn, &first.id);
    later.key = STR("later");
    later.collect_on = target_from(date_add_days(today, 90));
    assert_ok(collection_make(town.tenant, &later, NULL, NULL, town.arena, &first, &town.err),
              &town.err);
    int64_t before = again(first.id).cents;
    a.order.cents = 15000;
    test_town_write(&town, assess_fn, &a);
    assert_int_equal(stale(first.id), 1);
    assert_ok(collection_renew(town.tenant, first.id, STR("staff/1"), town.arena, &town.err),
              &town.err);
    assert_true(again(first.id).cents > before);
    assert_int_equal(test_mails(), 1);
    assert_int_equal(stale(first.id), 0);
    test_proofs_hold();
}

/* The announcement, or the notice, named the mandate that is gone. */
static void nobody_is_charged_on_an_account_of_which_nothing_was_announced(void **state)
{
    (void)state;
    SepaOrder soon = test_order("soon");
    Collection late, made;

    test_assess_parts("a", "p/1");
    test_assess_parts("b", "p/2");
    test_sign("p/1", IBAN_A);
    test_sign("p/2", IBAN_A);
    assert_ok(collection_make(town.tenant, &soon, NULL, NULL, town.arena, &late, &town.err),
              &town.err);
    assert_int_equal(late.count, 2);
    test_sign_as("p/1", IBAN_B, "erika@beispiel.example", false);
    assert_ok(collection_renew(town.tenant, late.id, STR("staff/1"), town.arena, &town.err),
              &town.err);
    assert_int_equal(again(late.id).count, 1); /* too late: it waits for another */
    assert_int_equal(test_mails(), 0);

    SepaOrder later = soon;
    later.key = STR("in time");
    later.collect_on = target_from(date_add_days(date_in_berlin(clock_now()), 90));
    assert_ok(collection_make(town.tenant, &later, NULL, NULL, town.arena, &made, &town.err),
              &town.err);
    assert_int_equal(made.count, 1);
    test_sign_as("p/1", IBAN_A, "erika@beispiel.example", false);
    assert_ok(collection_renew(town.tenant, made.id, STR("staff/1"), town.arena, &town.err),
              &town.err);
    assert_int_equal(again(made.id).count, 1);
    assert_int_equal(test_mails(), 1);
    test_proofs_hold();
}

static void a_file_of_which_nothing_is_left_is_withdrawn(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");

    test_sign("p/1", IBAN_A);
    Collection made = make_later();
    assert_int_equal(made.count, 2);
    a.order.cents = 0;
    a.order.part_count = 0;
    test_town_write(&town, assess_fn, &a);
    assert_ok(collection_renew(town.tenant, made.id, STR("staff/1"), town.arena, &town.err),
              &town.err);
    assert_str(again(made.id).status, "withdrawn");
    test_proofs_hold();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_withdrawn_collection_frees_its_parts),
        TEST(what_the_bank_has_is_not_discarded_nor_collected_again),
        TEST(a_collection_whose_file_is_refused_frees_its_parts),
        TEST(a_job_does_not_call_a_discarded_collection_done),
        TEST(one_that_was_never_finished_is_discarded_and_takes_nothing_more),
        TEST(a_file_that_is_not_at_the_bank_follows_its_charges),
        TEST(a_file_of_rows_that_changed_meanwhile_is_not_kept),
        TEST(no_more_is_collected_than_was_announced),
        TEST(nobody_is_charged_on_an_account_of_which_nothing_was_announced),
        TEST(a_file_of_which_nothing_is_left_is_withdrawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
