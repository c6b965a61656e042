/* SPDX-License-Identifier: EUPL-1.2 */
/* What is collected, when, and the file of it. */
#include "core/store/file.h"
#include "pay/collection_fixture.h"
#include "pay/decision.h"
#include "pay/sepa_schema.h"

static const char IBAN_SWISS[] = "CH9300762011623852957";

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

static bool renumber_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE charge_part SET number = number + 300");
}

/* Plans that are made and taken back give new numbers each time. */
static void a_part_of_any_number_is_collected_once(void **state)
{
    (void)state;
    test_assess_parts("a", "p/1");
    test_assess_parts("b", "p/2");
    test_sign("p/1", IBAN_A);
    test_town_write(&town, renumber_fn, NULL);
    assert_int_equal(test_collect(test_order("first")).count, 1);
    test_sign("p/2", IBAN_B);
    assert_int_equal(test_collect(test_order("second")).count, 1);
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

typedef struct Place {
    const char *town, *country;
} Place;

static bool live_fn(Tx *tx, void *context, Err *err)
{
    const Place *place = context;

    return tx_exec(tx, err, "UPDATE mandate SET street = ' ', town = $1, country = $2",
                   P_TEXT(str_c(place->town)), P_TEXT(str_c(place->country)));
}

/* A package asks people for their country in words, or somebody leaves the town blank. */
static void an_address_that_no_file_can_hold_is_left_away(void **state)
{
    (void)state;
    Place places[] = {{"Wien", "Österreich"}, {"\302\240", "AT"}, {"Wien", "AT"}};
    SepaTotals totals;

    test_assess_parts("a", "p/1");
    test_sign("p/1", IBAN_A);
    Collection made = test_collect(test_order("k"));
    for (size_t i = 0; i < 3; i++) {
        test_town_write(&town, live_fn, &places[i]);
        assert_ok(sepa_check(file_of(made.id), SEPA_PAIN_008, &totals, &town.err), &town.err);
        assert_int_equal(str_find(file_of(made.id), STR("<TwnNm>")) > 0, i == 2);
    }
}

static bool spoil_fn(Tx *tx, void *context, Err *err)
{
    const char *const *words = context;

    return tx_exec(tx, err, "UPDATE mandate SET holder = $1, reference = $2 WHERE payer = 'p/1'",
                   P_TEXT(str_c(words[0])), P_TEXT(str_c(words[1])));
}

/* Mandates of earlier versions may be such that the bank would refuse the whole file for them. */
static void a_mandate_that_no_file_can_hold_keeps_no_other_from_being_collected(void **state)
{
    static const char *const MANDATES[][2] = {{"\302\240", "M-1"},
                                              {"\342\200\213", "M-1"},
                                              {"Erika", "/1"},
                                              {"Erika", "A//B"},
                                              {"Érika", "É-1"}};

    (void)state;
    test_assess_parts("a", "p/1");
    Assessed other = test_assess_parts("b", "p/2");
    test_sign("p/1", IBAN_A);
    test_sign("p/2", IBAN_A);
    for (size_t i = 0; i < 5; i++) {
        SepaTotals totals;
        bool holds = i == 4;

        test_town_write(&town, spoil_fn, (void *)MANDATES[i]);
        Collection made = test_collect(test_order(arena_printf(town.arena, "k%zu", i)));
        assert_int_equal(made.count, 1 + holds);
        assert_ok(sepa_check(file_of(made.id), SEPA_PAIN_008, &totals, &town.err), &town.err);
        assert_true(str_find(file_of(made.id), str_c(name_of(&other, 1))) > 0);
        test_town_write(&town, withdraw_fn, &made.id);
    }
}

static void what_is_too_much_for_a_direct_debit_is_left_out(void **state)
{
    (void)state;
    Assessed a = {.order = {.key = STR("a"),
                            .cents = INT64_C(100000000000),
                            .subject = STR("case/1"),
                            .revenue = STR("hundesteuer"),
                            .purpose = STR("Hundesteuer 2027"),
                            .debtor = STR("Erika Mustermann"),
                            .due = date_in_berlin(clock_now()),
                            .payer = STR("p/1"),
                            .actor = STR("staff/1")}};

    test_town_write(&town, assess_fn, &a);
    test_sign("p/1", IBAN_A);
    assert_int_equal(test_collect(test_order("k")).count, 0);
    a.order.cents = PAY_MOST_CENTS + 1;
    assert_false(db_write(town.tenant->db, assess_fn, &a, &town.err));
    assert_int_equal(town.err.kind, ERR_INPUT);
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
        TEST(a_part_of_any_number_is_collected_once),
        TEST(only_a_business_day_far_enough_ahead_is_taken),
        TEST(outside_the_eea_an_address_is_needed),
        TEST(an_address_that_no_file_can_hold_is_left_away),
        TEST(a_mandate_that_no_file_can_hold_keeps_no_other_from_being_collected),
        TEST(what_is_too_much_for_a_direct_debit_is_left_out),
        TEST(what_is_deferred_is_not_collected),
        TEST(the_file_is_checked_and_kept),
        TEST(what_is_due_later_is_collected_on_that_day_and_never_unannounced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
