/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/store/file.h"
#include "pay/collection_fixture.h"

#include "pay/decision.h"
#include "pay/sepa_schema.h"

static const char IBAN_A[] = "DE02500105170137075030";
static const char IBAN_B[] = "NL91ABNA0417164300";
static const char IBAN_SWISS[] = "CH9300762011623852957";

static Str file_of(int64_t collection)
{
    Str xml;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(collection_render(tx, town.tenant, collection, town.arena, &xml, &town.err),
              &town.err);
    tx_end(tx);
    return xml;
}

static Collection again(int64_t id)
{
    Collection collection;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(collection_by_id(tx, id, town.arena, &collection, &town.err), &town.err);
    tx_end(tx);
    return collection;
}

static char *name_of(const Assessed *a, int part)
{
    return arena_printf(town.arena, "%.*s-%d", STR_ARG(a->charge.payment_reference), part);
}

static char *batch_of(const Collection *collection)
{
    return arena_printf(town.arena, "%.*s-RCUR", STR_ARG(collection->message_id));
}

static bool usable(const char *payer)
{
    Mandate mandate;
    Err err = {0};
    Tx *tx = db_read(town.tenant->db, &town.err);
    bool found =
        mandate_of_payer(tx, str_c(payer), date_in_berlin(clock_now()), town.arena, &mandate, &err);

    tx_end(tx);
    return found;
}

static void what_is_due_is_collected_once(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");
    Assessed b = test_assess_parts("b", "p/2");
    SepaTotals totals;

    test_assess_parts("c", "p/3"); /* without a mandate */
    test_sign("p/1", IBAN_A);
    test_sign("p/2", IBAN_B);
    Collection first = test_collect(test_order("first"));
    assert_int_equal(first.count, 2);
    assert_int_equal(first.cents, 9600);
    Str xml = file_of(first.id);
    assert_ok(sepa_check(xml, SEPA_PAIN_008, &totals, &town.err), &town.err);
    assert_int_equal(totals.cents, 9600);
    assert_true(str_find(xml, str_c(name_of(&a, 1))) > 0);
    assert_true(str_find(xml, str_c(name_of(&b, 1))) > 0);
    assert_true(str_find(xml, STR("<Nm>Erika Mustermaennchen + Soehne</Nm>")) > 0);
    assert_true(str_find(xml, STR("<SeqTp>RCUR</SeqTp>")) > 0);
    assert_int_equal(test_collect(test_order("first")).id, first.id);
    assert_int_equal(test_collect(test_order("second")).count, 0);
    test_proofs_hold();
}

static void the_batch_on_the_statement_pays_every_charge(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1"), b = test_assess_parts("b", "p/2");

    test_sign("p/1", IBAN_A);
    test_sign("p/2", IBAN_B);
    Collection made = test_collect(test_order("k"));
    assert_int_equal(
        test_import("S1", (TestEntry){.cents = 9600, .batch = batch_of(&made)}).matched, 1);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 4800);
    assert_int_equal(test_charge(b.charge.id).paid_cents, 4800);
    assert_int_equal(again(made.id).credited, 2);
    test_proofs_hold();
}

static void a_batch_of_another_sum_waits_for_a_clerk(void **state)
{
    (void)state;
    test_assess_parts("a", "p/1");
    test_sign("p/1", IBAN_A);
    Collection made = test_collect(test_order("k"));

    assert_int_equal(test_import("S1", (TestEntry){.cents = 4799, .batch = batch_of(&made)}).open,
                     1);
    assert_int_equal(again(made.id).running, 1);
}

static void a_return_is_owed_again_and_a_closed_account_ends_the_mandate(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1"), b = test_assess_parts("b", "p/2");

    test_sign("p/1", IBAN_A);
    test_sign("p/2", IBAN_B);
    Collection made = test_collect(test_order("k"));
    TestEntry entries[] = {
        {.cents = 9600, .batch = batch_of(&made)},
        {.cents = -5150, .end_to_end = name_of(&a, 1), .code = "AC04", .return_cents = 4800},
        {.cents = -4800, .end_to_end = name_of(&b, 1), .code = "AM04"},
    };
    assert_int_equal(test_statement("S1", entries, 3).matched, 3);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 0);
    assert_int_equal(test_charge(b.charge.id).paid_cents, 0);
    assert_int_equal(balance(ACCOUNT_BANK_FEES), 350);
    assert_int_equal(again(made.id).returned, 2);
    assert_false(usable("p/1"));
    assert_true(usable("p/2"));
    /* Not again by itself; when the treasury says so, only where there still is a mandate. */
    assert_int_equal(test_collect(test_order("next")).count, 0);
    SepaOrder retry = test_order("retry");
    retry.retry = true;
    assert_int_equal(test_collect(retry).count, 1);
    test_proofs_hold();
}

static void a_return_that_the_bank_takes_back_pays_again(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");

    test_sign("p/1", IBAN_A);
    Collection made = test_collect(test_order("k"));
    TestEntry entries[] = {
        {.cents = 4800, .end_to_end = name_of(&a, 1), .batch = batch_of(&made)},
        {.cents = -5150, .end_to_end = name_of(&a, 1), .code = "MD06", .return_cents = 4800},
        {.cents = 5150, .end_to_end = name_of(&a, 1), .reversal = true},
        {.cents = 5150, .end_to_end = name_of(&a, 1), .reversal = true},
    };
    BankImport done = test_statement("S1", entries, 4);
    assert_int_equal(done.matched, 3);
    assert_int_equal(done.open, 1);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 4800);
    assert_int_equal(balance(ACCOUNT_BANK_FEES), 0);
    assert_int_equal(again(made.id).credited, 1);
    test_proofs_hold();
}

static int set_up_fee(void **state)
{
    (void)state;
    test_town_open(&town, ENGINES, 2,
                   "title: Musterstadt\n"
                   "money:\n"
                   "  iban: DE02 1203 0000 0000 2020 51\n"
                   "  creditor_id: DE98ZZZ09999999999\n"
                   "  return_fee: bank\n"
                   "  payment_reference: \"5{year:2}{account:3}{number:7}{check}\"\n"
                   "  accounts:\n"
                   "    hundesteuer: {number: 340}\n");
    return 0;
}

static void the_fee_of_a_return_is_claimed_and_goes_with_it(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");

    test_sign("p/1", IBAN_A);
    test_collect(test_order("k"));
    TestEntry entries[] = {
        {.cents = 4800, .end_to_end = name_of(&a, 1)},
        {.cents = -5150, .end_to_end = name_of(&a, 1), .code = "AM04", .return_cents = 4800},
        {.cents = 4800, .end_to_end = name_of(&a, 1), .reversal = true},
    };
    test_statement("S1", entries, 2);
    assert_int_equal(test_charge(a.charge.id).owed_cents, 9950);
    test_proofs_hold();
    assert_int_equal(test_statement("S1", entries, 3).matched, 1);
    assert_int_equal(test_charge(a.charge.id).owed_cents, 9600);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 4800);
    test_proofs_hold();
}

static bool withdraw_fn(Tx *tx, void *context, Err *err)
{
    return collection_withdraw(tx, *(int64_t *)context, STR("staff/1"), err);
}

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

/* Its file was refused, or the job died: it stays "making" until somebody discards it. */
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

static bool note_sent(Tx *tx, void *context, Err *err)
{
    return collection_note_sent(tx, *(int64_t *)context, date_in_berlin(clock_now()),
                                STR("staff/1"), err);
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

static void only_a_business_day_far_enough_ahead_is_taken(void **state)
{
    (void)state;
    Date today = date_in_berlin(clock_now());
    Date sunday = date_add_days(today, 20 - date_weekday(today));
    Date days[] = {today, target_after(today, 1), sunday, {0}};

    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        TestCollect collect = {.order = test_order("k")};
        collect.order.collect_on = days[i];
        assert_false(db_write(town.tenant->db, test_collect_fn, &collect, &town.err));
        assert_int_equal(town.err.kind, ERR_INPUT);
    }
}

static void outside_the_eea_an_address_is_needed(void **state)
{
    (void)state;
    CollectChoices choices = {0};
    SepaOrder order = test_order("k");

    test_assess_parts("a", "p/1");
    test_sign("p/1", IBAN_SWISS);
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(collect_choose(tx, &order, 0, 100, town.arena, &choices, &town.err), &town.err);
    tx_end(tx);
    assert_int_equal(choices.count, 1);
    assert_true(str_find(choices.items[0].left_out, STR("Anschrift")) > 0);
    assert_int_equal(choices.next, 0);
}

static bool defer_fn(Tx *tx, void *context, Err *err)
{
    Date today = date_in_berlin(clock_now());
    DecisionOrder order = {.charge_id = 1,
                           .kind = DECISION_DEFERRAL,
                           .until = date_add_days(today, 90),
                           .reason = STR("Härte"),
                           .actor = STR("staff/2"),
                           .today = today};
    int64_t id;

    (void)context;
    return decision_make(tx, town.tenant, &order, town.arena, &id, err);
}

static void what_is_deferred_is_not_collected(void **state)
{
    (void)state;
    CollectChoices choices = {0};
    TestCollect collect = {.order = test_order("k")};

    test_assess_parts("a", "p/1");
    test_sign("p/1", IBAN_A);
    test_town_write(&town, defer_fn, NULL);
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(collect_choose(tx, &collect.order, 0, 10, town.arena, &choices, &town.err),
              &town.err);
    tx_end(tx);
    assert_int_equal(choices.count, 1);
    assert_str(choices.items[0].left_out, "Eine Entscheidung steht dagegen: Stundung.");
}

static void the_file_is_checked_and_kept(void **state)
{
    (void)state;
    Str bytes;

    test_assess_parts("a", "p/1");
    test_sign("p/1", IBAN_A);
    Collection made = test_collect(test_order("k"));
    assert_ok(collection_write(town.tenant, made.id, town.arena, &town.err), &town.err);
    Collection kept = again(made.id);
    assert_str(kept.status, "made");
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(file_read(tx, town.tenant, kept.sha256, town.arena, &bytes, &town.err), &town.err);
    tx_end(tx);
    assert_true(str_eq(bytes, file_of(made.id)));
    assert_ok(collection_write(town.tenant, made.id, town.arena, &town.err), &town.err);
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

static int64_t mails(void)
{
    int64_t count = -1;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(
        tx_query_int(tx, &town.err, &count, "SELECT COUNT(*) FROM effect WHERE kind = 'mail'"),
        &town.err);
    tx_end(tx);
    return count;
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
    assert_int_equal(mails(), 0);

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

static void no_more_is_collected_than_was_announced(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");
    Date today = date_in_berlin(clock_now());
    MandateOrder signs = {.payer = STR("p/1"),
                          .holder = STR("Erika"),
                          .iban = str_c(IBAN_A),
                          .email = STR("erika@beispiel.example"),
                          .signed_on = date_add_days(today, -30),
                          .actor = STR("staff/1")};

    test_town_write(&town, test_sign_fn, &signs);
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
    assert_int_equal(mails(), 0);

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
    assert_int_equal(mails(), 1);
    assert_int_equal(stale(first.id), 0);
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

static void what_is_due_later_is_collected_on_that_day_and_never_unannounced(void **state)
{
    (void)state;
    /* 15 May 2027 is a Saturday, Whit Monday is none of the banks' holidays. */
    assert_str(
        date_iso(town.arena, collect_day(town.tenant, (Date){2027, 1, 10}, (Date){2027, 5, 15})),
        "2027-05-17");
    assert_str(
        date_iso(town.arena, collect_day(town.tenant, (Date){2027, 1, 10}, (Date){2027, 2, 15})),
        "2027-02-15");
    assert_str(
        date_iso(town.arena, collect_day(town.tenant, (Date){2027, 2, 10}, (Date){2027, 2, 15})),
        "2027-02-24");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_due_is_collected_once),
        TEST(the_batch_on_the_statement_pays_every_charge),
        TEST(a_batch_of_another_sum_waits_for_a_clerk),
        TEST(a_return_is_owed_again_and_a_closed_account_ends_the_mandate),
        TEST(a_return_that_the_bank_takes_back_pays_again),
        cmocka_unit_test_setup_teardown(the_fee_of_a_return_is_claimed_and_goes_with_it, set_up_fee,
                                        tear_down),
        TEST(a_withdrawn_collection_frees_its_parts),
        TEST(what_the_bank_has_is_not_discarded_nor_collected_again),
        TEST(one_that_was_never_finished_is_discarded_and_takes_nothing_more),
        TEST(only_a_business_day_far_enough_ahead_is_taken),
        TEST(outside_the_eea_an_address_is_needed),
        TEST(what_is_deferred_is_not_collected),
        TEST(the_file_is_checked_and_kept),
        TEST(a_file_that_is_not_at_the_bank_follows_its_charges),
        TEST(no_more_is_collected_than_was_announced),
        TEST(a_file_of_which_nothing_is_left_is_withdrawn),
        TEST(what_is_due_later_is_collected_on_that_day_and_never_unannounced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
