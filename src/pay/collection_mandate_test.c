/* SPDX-License-Identifier: EUPL-1.2 */
/* A mandate is used by what was collected with it, and by what is about to be: whatever is taken
 * back leaves it as it was. */
#include "pay/collection_fixture.h"

#include <pthread.h>

static Mandate newest(const char *payer)
{
    Mandate *all;
    size_t count;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(mandates_of_payer(tx, str_c(payer), town.arena, &all, &count, &town.err), &town.err);
    tx_end(tx);
    assert_true(count > 0);
    return all[0];
}

static bool refuse_fn(Tx *tx, void *context, Err *err)
{
    return collection_refuse(tx, *(int64_t *)context, STR("staff/1"), err);
}

/* What the preview says of all that is due. */
static CollectChoices choices_of(SepaOrder order)
{
    CollectChoices choices = {0};
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(collect_choose(tx, &order, 0, 100, town.arena, &choices, &town.err), &town.err);
    tx_end(tx);
    return choices;
}

static Collection collect(const char *key)
{
    return test_collect(test_order(key));
}

/* With its file, as it goes to the bank. */
static Collection make(const char *key)
{
    SepaOrder order = test_order(key);
    Collection made;

    assert_ok(collection_make(town.tenant, &order, NULL, NULL, town.arena, &made, &town.err),
              &town.err);
    return again(made.id);
}

static void for_one_collection_is_for_one_running_collection(void **state)
{
    (void)state;
    test_assess_parts("a", "p/1");
    test_assess_parts("b", "p/1");
    test_sign_once("p/1");
    CollectChoices choices = choices_of(test_order("k"));
    assert_int_equal(choices.count, 2);
    assert_null(choices.items[0].left_out.ptr);
    assert_str(choices.items[1].left_out, "Das Mandat gilt für eine einzige Lastschrift.");
    Collection made = collect("first");
    assert_int_equal(made.count, 1);
    assert_true(str_find(file_of(made.id), STR("<SeqTp>OOFF</SeqTp>")) > 0);
    assert_int_equal(collect("second").count, 0);
}

static void what_is_discarded_leaves_it_for_another_collection(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");

    test_sign_once("p/1");
    for (int i = 0; i < 3; i++) { /* as often as it happens */
        Collection made = collect(arena_printf(town.arena, "k%d", i));
        assert_int_equal(made.count, 1);
        test_town_write(&town, withdraw_fn, &made.id);
        assert_true(date_absent(newest("p/1").last_use));
    }
    Collection made = collect("last");
    assert_int_equal(made.count, 1);
    test_import("S1", (TestEntry){.cents = 4800, .end_to_end = name_of(&a, 1)});
    assert_int_equal(again(made.id).credited, 1);
    assert_int_equal(date_compare(newest("p/1").last_use, made.collect_on), 0);
    test_proofs_hold();
}

static void what_the_bank_refused_leaves_it_for_another_collection(void **state)
{
    (void)state;
    test_assess_parts("a", "p/1");
    test_sign_once("p/1");
    Collection single = make("single");

    test_release(single.id);
    Collection whole = make("whole");
    assert_int_equal(whole.count, 1);
    test_town_write(&town, refuse_fn, &whole.id);
    assert_int_equal(again(whole.id).running, 0);
    assert_false(db_write(town.tenant->db, refuse_fn, &whole.id, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    assert_false(db_write(town.tenant->db, withdraw_fn, &whole.id, &town.err));
    assert_int_equal(collect("last").count, 1);
    test_proofs_hold();
}

static void the_bank_refuses_a_direct_debit_only_of_its_own_file(void **state)
{
    (void)state;
    test_assess_parts("a", "p/1");
    test_sign("p/1", IBAN_A);
    Collection first = make("first");
    test_assess_parts("b", "p/2");
    test_sign("p/2", IBAN_B);
    Collection second = make("second");
    TestRelease wrong = {.collection = second.id, .item = 1};

    assert_false(db_write(town.tenant->db, test_release_fn, &wrong, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    assert_int_equal(again(first.id).running, 1);
    assert_true(date_absent(again(second.id).sent_on));
}

static void a_file_of_which_money_came_was_not_refused(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");

    test_assess_parts("b", "p/2");
    test_sign("p/1", IBAN_A);
    test_sign("p/2", IBAN_B);
    Collection made = make("k");
    test_import("S1", (TestEntry){.cents = 4800, .end_to_end = name_of(&a, 1)});
    assert_false(db_write(town.tenant->db, refuse_fn, &made.id, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    assert_int_equal(again(made.id).running, 1);
}

static void a_return_has_used_it_up_all_the_same(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");

    test_sign_once("p/1");
    assert_int_equal(collect("k").count, 1);
    TestEntry entries[] = {
        {.cents = 4800, .end_to_end = name_of(&a, 1)},
        {.cents = -4800, .end_to_end = name_of(&a, 1), .code = "AM04"},
    };
    assert_int_equal(test_statement("S1", entries, 2).matched, 2);
    SepaOrder retry = test_order("retry");
    retry.retry = true;
    assert_int_equal(test_collect(retry).count, 0);
    assert_str(choices_of(retry).items[0].left_out,
               "Das Mandat galt für eine einzige Lastschrift.");
    test_sign_once("p/1"); /* another one */
    retry.key = STR("again");
    assert_int_equal(test_collect(retry).count, 1);
    test_proofs_hold();
}

/* It came back before: only the treasury says that it is tried again, each time. */
static void a_discarded_second_try_is_not_collected_by_itself(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");
    SepaOrder retry = test_order("retry");

    test_sign("p/1", IBAN_A);
    collect("k");
    TestEntry entries[] = {
        {.cents = 4800, .end_to_end = name_of(&a, 1)},
        {.cents = -4800, .end_to_end = name_of(&a, 1), .code = "AM04"},
    };
    test_statement("S1", entries, 2);
    retry.retry = true;
    Collection second = test_collect(retry);
    assert_int_equal(second.count, 1);
    test_town_write(&town, withdraw_fn, &second.id);
    assert_int_equal(collect("next").count, 0);
    assert_str(choices_of(test_order("next")).items[0].left_out,
               "Die letzte Lastschrift kam zurück.");
}

static bool used_elsewhere_fn(Tx *tx, void *context, Err *err)
{
    return mandate_used_elsewhere(tx, newest("p/1").id, *(Date *)context, err);
}

static void the_last_use_is_again_what_it_was(void **state)
{
    (void)state;
    Date before = date_add_days(date_in_berlin(clock_now()), -300);

    test_assess_parts("a", "p/1");
    test_sign("p/1", IBAN_A);
    test_town_write(&town, used_elsewhere_fn, &before);
    assert_int_equal(date_compare(newest("p/1").last_use, before), 0);
    Collection made = collect("k");
    assert_int_equal(date_compare(newest("p/1").last_use, made.collect_on), 0);
    test_town_write(&town, withdraw_fn, &made.id);
    assert_int_equal(date_compare(newest("p/1").last_use, before), 0);
}

static bool sign_long_ago_fn(Tx *tx, void *context, Err *err)
{
    return tx_exec(tx, err, "UPDATE mandate SET signed_on = $1",
                   P_TEXT(date_iso(town.arena, *(Date *)context)));
}

/* The mandate would go on for the second collection only because of the first. */
static void a_collection_does_not_keep_its_own_mandate_alive(void **state)
{
    (void)state;
    Date today = date_in_berlin(clock_now());
    SepaOrder soon = test_order("soon"), later = test_order("later");
    Date signed_on = date_add_months(date_add_days(today, 60), -36);
    Collection second;

    test_assess_parts("a", "p/1");
    test_sign("p/1", IBAN_A);
    test_town_write(&town, sign_long_ago_fn, &signed_on);
    later.due_until = date_add_days(today, 365);
    later.collect_on = target_from(later.due_until);
    Collection first = test_collect(soon);
    assert_int_equal(first.count, 1);
    assert_ok(collection_make(town.tenant, &later, NULL, NULL, town.arena, &second, &town.err),
              &town.err);
    assert_int_equal(second.count, 1);
    test_town_write(&town, withdraw_fn, &first.id);
    assert_ok(collection_renew(town.tenant, second.id, STR("staff/1"), town.arena, &town.err),
              &town.err);
    assert_str(again(second.id).status, "withdrawn");
    test_proofs_hold();
}

/* Both parts are due, and the new mandate is nobody's yet. */
static void another_mandate_for_one_collection_takes_one_part_when_a_file_is_renewed(void **state)
{
    (void)state;
    Date today = date_in_berlin(clock_now());
    SepaOrder order = test_order("k");
    Collection made;

    test_assess_parts("a", "p/1");
    test_sign_once("p/1");
    order.due_until = date_add_days(today, 365);
    order.collect_on = target_from(date_add_days(today, 90));
    assert_ok(collection_make(town.tenant, &order, NULL, NULL, town.arena, &made, &town.err),
              &town.err);
    assert_int_equal(made.count, 1);
    test_sign_as("p/1", IBAN_B, "erika@beispiel.example", true);
    assert_ok(collection_renew(town.tenant, made.id, STR("staff/1"), town.arena, &town.err),
              &town.err);
    assert_int_equal(again(made.id).count, 1);
    assert_true(str_find(file_of(made.id), str_c(IBAN_B)) > 0);
    test_proofs_hold();
}

static void the_part_that_has_it_keeps_it(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");
    char *reference = str_cstr(town.arena, a.charge.payment_reference);
    SepaOrder order = test_order("k");
    Collection made;

    test_sign_once("p/1");
    test_import("S1", (TestEntry){.cents = 4800, .end_to_end = reference});
    order.due_until = date_add_days(date_in_berlin(clock_now()), 365);
    order.collect_on = target_from(date_add_days(date_in_berlin(clock_now()), 90));
    assert_ok(collection_make(town.tenant, &order, NULL, NULL, town.arena, &made, &town.err),
              &town.err);
    char *second = name_of(&a, 2);
    assert_true(str_find(file_of(made.id), str_c(second)) > 0);
    test_import("S2", (TestEntry){.cents = -4800, .end_to_end = reference, .code = "MD06"});
    assert_int_equal(test_charge(a.charge.id).paid_cents, 0); /* the first part is open again */
    assert_ok(collection_renew(town.tenant, made.id, STR("staff/1"), town.arena, &town.err),
              &town.err);
    assert_int_equal(again(made.id).count, 1);
    assert_true(str_find(file_of(made.id), str_c(second)) > 0);
}

/* Two people, or a run and a person, at the same time. */
typedef struct Making {
    SepaOrder order;
    Collection made;
    Arena *arena;
    Err err;
    bool ok;
} Making;

static void *make_beside(void *context)
{
    Making *making = context;

    making->ok = collection_make(town.tenant, &making->order, NULL, NULL, making->arena,
                                 &making->made, &making->err);
    return NULL;
}

static void collections_made_at_once_use_it_once(void **state)
{
    enum { PAYERS = 300 }; /* more charges than one write takes */
    Making making[2] = {0};
    pthread_t threads[2];

    (void)state;
    for (int i = 0; i < PAYERS; i++) {
        const char *payer = arena_printf(town.arena, "p/%d", i);
        test_assess_parts(arena_printf(town.arena, "a/%d", i), payer);
        test_assess_parts(arena_printf(town.arena, "b/%d", i), payer);
        test_sign_once(payer);
    }
    for (int i = 0; i < 2; i++) {
        making[i].order = test_order(i ? "one" : "other");
        making[i].arena = arena_create(0);
        assert_int_equal(pthread_create(&threads[i], NULL, make_beside, &making[i]), 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        assert_ok(making[i].ok, &making[i].err);
    }
    assert_int_equal(again(1).count + again(2).count, PAYERS);
    for (int i = 0; i < 2; i++)
        arena_destroy(making[i].arena);
    test_proofs_hold();
}

static bool put_second_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err,
                   "INSERT INTO collection_item (collection_id, charge_id, part, mandate_id, "
                   "cents, end_to_end, sequence, status) SELECT collection_id, charge_id, 2, "
                   "mandate_id, cents, 'X', sequence, 'running' FROM collection_item");
}

static void the_database_takes_no_second_use_of_it(void **state)
{
    (void)state;
    test_assess_parts("a", "p/1");
    test_sign_once("p/1");
    Collection made = collect("k");
    assert_false(db_write(town.tenant->db, put_second_fn, NULL, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    test_town_write(&town, withdraw_fn, &made.id);
    assert_true(db_write(town.tenant->db, put_second_fn, NULL, &town.err));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(for_one_collection_is_for_one_running_collection),
        TEST(what_is_discarded_leaves_it_for_another_collection),
        TEST(what_the_bank_refused_leaves_it_for_another_collection),
        TEST(the_bank_refuses_a_direct_debit_only_of_its_own_file),
        TEST(a_file_of_which_money_came_was_not_refused),
        TEST(a_return_has_used_it_up_all_the_same),
        TEST(a_discarded_second_try_is_not_collected_by_itself),
        TEST(the_last_use_is_again_what_it_was),
        TEST(a_collection_does_not_keep_its_own_mandate_alive),
        TEST(another_mandate_for_one_collection_takes_one_part_when_a_file_is_renewed),
        TEST(the_part_that_has_it_keeps_it),
        TEST(collections_made_at_once_use_it_once),
        TEST(the_database_takes_no_second_use_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
