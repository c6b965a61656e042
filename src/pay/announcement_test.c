/* SPDX-License-Identifier: EUPL-1.2 */
/* Announcements of collections that are taken back: what has not left the house never does, what
 * has counts for the same day and amount, and is replaced in words by another. */
#include "pay/announcement_fixture.h"

static void prepare_mail(const char *key, const char *payer)
{
    test_assess_parts(key, payer);
    test_sign_as(payer, IBAN_A, "erika@beispiel.example", false);
}

/* The body of the newest mail. */
static Str last_mail(void)
{
    Tx *tx = db_read(town.tenant->db, &town.err);
    Rows *rows = tx_query(tx, town.arena, &town.err,
                          "SELECT payload FROM effect WHERE kind = 'mail' ORDER BY id DESC");

    assert_true(rows && rows_next(rows, &town.err));
    Node *payload =
        node_parse_json(town.arena, row_text(rows, 0), NULL, &NODE_LIMITS_PACKAGE, &town.err);
    rows_end(rows);
    tx_end(tx);
    return node_get_text(payload, "body");
}

static bool says(Str text, const char *words)
{
    return str_find(text, str_c(words)) >= 0;
}

static bool mails_leave_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE effect SET status = 'done', done_at = 1 WHERE kind = 'mail'");
}

static void mails_leave(void)
{
    test_town_write(&town, mails_leave_fn, NULL);
}

static bool mails_fail_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE effect SET attempts = 1 WHERE kind = 'mail'");
}

static void discard(Collection made)
{
    test_town_write(&town, withdraw_fn, &made.id);
}

static Collection collect(const char *key, int days)
{
    Collection made = test_collect(in_days(key, days));

    assert_int_equal(made.count, 1);
    return made;
}

static void what_has_not_left_the_house_is_taken_back(void **state)
{
    (void)state;
    prepare_mail("a", "p/1");
    discard(collect("first", 30));
    assert_int_equal(test_mails(), 0);
    collect("second", 40);
    assert_int_equal(test_mails(), 1);
    assert_false(says(last_mail(), "Abgebucht wird nur einmal"));
}

static void a_letter_that_nobody_can_have_read_is_taken_back(void **state)
{
    (void)state;
    prepare();
    discard(collect("first", 30));
    assert_int_equal(letters, 0);
    collect("second", 40);
    assert_int_equal(letters, 1);
    assert_false(says(last_body, "Abgebucht wird nur einmal"));
    assert_true(str_starts_with(last_title, "Ankündigung:"));
}

static void the_same_day_and_amount_need_no_other_announcement(void **state)
{
    (void)state;
    prepare_mail("a", "p/1");
    discard(collect("first", 30));
    discard(collect("second", 30));
    collect("third", 30);
    assert_int_equal(test_mails(), 1);
    mails_leave();
    discard(again(3));
    discard(collect("fourth", 30));
    collect("fifth", 30);
    assert_int_equal(test_mails(), 1);
}

typedef struct TestNotice {
    int64_t collection, cents;
} TestNotice;

/* Announced two weeks ago, as it were. */
static bool test_tell_fn(Tx *tx, void *context, Err *err)
{
    const TestNotice *told = context;

    return tx_exec(tx, err,
                   "INSERT INTO announcement (collection_id, charge_id, part, mandate_id, "
                   "cents, at, status) SELECT collection_id, charge_id, part, mandate_id, $2, 1, "
                   "'stands' FROM collection_item WHERE collection_id = $1",
                   P_INT(told->collection), P_INT(told->cents));
}

/* The payer has had the announcement for long enough; others have not. */
static void who_was_told_in_time_is_collected_though_it_is_too_late_for_others(void **state)
{
    (void)state;
    SepaOrder soon = in_days("soon", 7);
    CollectChoices choices = {0};

    prepare_mail("a", "p/1");
    soon.announced = true; /* only to have a collection for so soon a day */
    Collection made = test_collect(soon);
    discard(made);
    soon.announced = false;
    soon.key = STR("again");
    TestCollect late = {.order = soon};
    assert_false(db_write(town.tenant->db, test_collect_fn, &late, &town.err));
    assert_string_equal(town.err.field, "einzug");

    TestNotice told = {made.id, 4800};
    test_town_write(&town, test_tell_fn, &told);
    prepare_mail("b", "p/2");
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(collect_choose(tx, &soon, 0, 10, town.arena, &choices, &town.err), &town.err);
    assert_ok(collect_reach(tx, town.tenant, &soon, &choices, town.arena, &town.err), &town.err);
    tx_end(tx);
    assert_int_equal(choices.count, 2);
    assert_true(choices.items[0].told);
    assert_null(choices.items[0].left_out.ptr);
    assert_str(choices.items[1].left_out, "Für eine Ankündigung ist es zu spät.");
    assert_int_equal(test_collect(soon).count, 1);
    assert_int_equal(test_mails(), 0);
}

static void another_day_is_told_anew_and_says_what_it_replaces(void **state)
{
    (void)state;
    SepaOrder first = in_days("first", 30);
    char *day = str_cstr(town.arena, date_long(town.arena, first.collect_on, STR("de")));

    prepare();
    Collection made = test_collect(first);
    printed = true;
    discard(made);
    collect("second", 40);
    assert_int_equal(letters, 2);
    assert_true(str_starts_with(last_title, "Neue Ankündigung:"));
    assert_true(says(last_body, "Diese Ankündigung ersetzt unsere vom"));
    assert_true(says(last_body, day));
    assert_true(says(last_body, "48,00"));
}

static void another_amount_is_told_anew_and_says_what_it_replaces(void **state)
{
    (void)state;
    Assessed a = test_assess_parts("a", "p/1");

    test_sign("p/1", IBAN_A);
    Collection made = collect("first", 30);
    printed = true;
    discard(made);
    test_import(
        "S1", (TestEntry){.cents = 800, .text = str_cstr(town.arena, a.charge.payment_reference)});
    assert_int_equal(collect("second", 30).cents, 4000);
    assert_int_equal(letters, 2);
    assert_true(says(last_body, "48,00"));
    assert_true(says(last_body, "40,00"));
    assert_true(says(last_body, "Abgebucht wird nur einmal"));
}

static void another_account_is_told_anew(void **state)
{
    (void)state;
    prepare();
    Collection made = collect("first", 30);
    printed = true;
    discard(made);
    test_sign("p/1", IBAN_B);
    collect("second", 30);
    assert_int_equal(letters, 2);
    assert_true(says(last_body, "Abgebucht wird nur einmal"));
}

/* The server may have taken it, and only its answer was lost. */
static void one_that_was_stopped_between_tries_may_have_arrived(void **state)
{
    (void)state;
    prepare_mail("a", "p/1");
    Collection made = collect("first", 30);
    test_town_write(&town, mails_fail_fn, NULL);
    discard(made);
    assert_int_equal(test_mails(), 0);
    collect("second", 30);
    assert_int_equal(test_mails(), 1);
    assert_true(says(last_mail(), "Falls Sie von uns schon eine Ankündigung über 48,00"));
}

static void where_the_second_never_left_the_first_stands_again(void **state)
{
    (void)state;
    prepare_mail("a", "p/1");
    Collection first = collect("first", 30);
    mails_leave();
    discard(first);
    discard(collect("second", 40));
    assert_int_equal(test_mails(), 1);
    collect("third", 30);
    assert_int_equal(test_mails(), 1); /* says just this */
    discard(again(3));
    collect("fourth", 50);
    char *day = str_cstr(town.arena, date_long(town.arena, first.collect_on, STR("de")));
    assert_true(says(last_mail(), day));
}

static void what_the_bank_refused_is_told_anew_for_another_day(void **state)
{
    (void)state;
    prepare_mail("a", "p/1");
    Collection made = collect("first", 30);
    assert_ok(collection_write(town.tenant, made.id, town.arena, &town.err), &town.err);
    mails_leave();
    test_release(made.id);
    collect("second", 40);
    assert_int_equal(test_mails(), 2);
    assert_true(says(last_mail(), "Diese Ankündigung ersetzt unsere vom"));
}

static void what_the_bank_refused_is_not_announced_any_more(void **state)
{
    (void)state;
    prepare();
    Collection made = collect("first", 30);
    assert_ok(collection_write(town.tenant, made.id, town.arena, &town.err), &town.err);
    test_release(made.id);
    assert_int_equal(letters, 0);
}

static void what_was_collected_is_no_promise_any_more(void **state)
{
    (void)state;
    SepaOrder retry = in_days("retry", 40);

    prepare_mail("a", "p/1");
    Collection made = collect("first", 30);
    char *name = arena_printf(town.arena, "%.*s-1", STR_ARG(test_charge(1).payment_reference));
    mails_leave();
    TestEntry entries[] = {{.cents = 4800, .end_to_end = name},
                           {.cents = -4800, .end_to_end = name, .code = "AM04"}};
    test_statement("S1", entries, 2);
    assert_int_equal(again(made.id).returned, 1);
    retry.retry = true;
    assert_int_equal(test_collect(retry).count, 1);
    assert_int_equal(test_mails(), 2);
    assert_false(says(last_mail(), "Abgebucht wird nur einmal"));
}

static void a_part_that_falls_out_of_its_file_is_not_announced_any_more(void **state)
{
    (void)state;
    Assessed a;
    SepaOrder order = in_days("k", 30);
    Collection made;

    prepare_mail("a", "p/1");
    a = test_assess_parts("b", "p/1");
    assert_ok(collection_make(town.tenant, &order, NULL, NULL, town.arena, &made, &town.err),
              &town.err);
    assert_int_equal(made.count, 2);
    assert_int_equal(test_mails(), 2);
    test_import(
        "S1", (TestEntry){.cents = 4800, .text = str_cstr(town.arena, a.charge.payment_reference)});
    assert_ok(collection_renew(town.tenant, made.id, STR("staff/1"), town.arena, &town.err),
              &town.err);
    assert_int_equal(again(made.id).count, 1);
    assert_int_equal(test_mails(), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_mailbox, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_has_not_left_the_house_is_taken_back),
        TEST(a_letter_that_nobody_can_have_read_is_taken_back),
        TEST(the_same_day_and_amount_need_no_other_announcement),
        TEST(who_was_told_in_time_is_collected_though_it_is_too_late_for_others),
        TEST(another_day_is_told_anew_and_says_what_it_replaces),
        TEST(another_amount_is_told_anew_and_says_what_it_replaces),
        TEST(another_account_is_told_anew),
        TEST(one_that_was_stopped_between_tries_may_have_arrived),
        TEST(where_the_second_never_left_the_first_stands_again),
        TEST(what_the_bank_refused_is_told_anew_for_another_day),
        TEST(what_the_bank_refused_is_not_announced_any_more),
        TEST(what_was_collected_is_no_promise_any_more),
        TEST(a_part_that_falls_out_of_its_file_is_not_announced_any_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
