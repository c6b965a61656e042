/* SPDX-License-Identifier: EUPL-1.2 */
/* Pre-notifications, beside an engine that keeps mailboxes and counts what comes in: what they say,
 * who is reached, and that a day is not too soon. */
#include "pay/announcement_fixture.h"

static bool refused(SepaOrder order)
{
    TestCollect collect = {.order = order};

    return !db_write(town.tenant->db, test_collect_fn, &collect, &town.err) &&
           town.err.kind == ERR_INPUT && strcmp(town.err.field, "einzug") == 0;
}

static void who_has_no_mail_gets_a_letter_with_all_that_the_rulebook_asks_for(void **state)
{
    SepaOrder order = in_days("k", 14);
    char *day;

    (void)state;
    prepare();
    assert_int_equal(test_collect(order).count, 1);
    assert_int_equal(letters, 1);
    day = str_cstr(town.arena, date_long(town.arena, order.collect_on, STR("de")));
    assert_true(str_find(last_title, str_c(day)) > 0);
    const char *const named[] = {
        day, "48,00", "5030", "DE98ZZZ09999999999", "Mandatsreferenz: M", "Kassenzeichen: 5"};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (str_find(last_body, str_c(named[i])) < 0)
            fail_msg("%s is not in the letter", named[i]);
    assert_int_equal(test_collect(order).count, 1); /* again: the same one, no other letter */
    assert_int_equal(letters, 1);
}

static void whom_nothing_reaches_is_left_out(void **state)
{
    CollectChoices choices = {0};
    SepaOrder order = in_days("k", 14);

    (void)state;
    prepare();
    nobody = true;
    assert_int_equal(test_collect(order).count, 0);
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(collect_choose(tx, &order, 0, 10, town.arena, &choices, &town.err), &town.err);
    assert_ok(collect_reach(tx, town.tenant, &order, &choices, town.arena, &town.err), &town.err);
    tx_end(tx);
    assert_int_equal(choices.count, 1);
    assert_true(str_find(choices.items[0].left_out, STR("Anschrift")) > 0);
}

static void too_late_to_tell_is_not_collected_unless_a_notice_has_told(void **state)
{
    SepaOrder late = in_days("k", 7);

    (void)state;
    prepare();
    assert_true(refused(late));
    assert_int_equal(letters, 0);
    late.announced = true;
    assert_int_equal(test_collect(late).count, 1);
    assert_int_equal(letters, 0);
}

static void the_town_may_have_agreed_on_another_period(void **state)
{
    (void)state;
    test_town_close(&town);
    open_town("  notice_days: 30\n");
    prepare();
    assert_true(refused(in_days("a", 21)));
    assert_int_equal(test_collect(in_days("b", 30)).count, 1);
    test_town_close(&town);
    open_town("  notice_days: 5\n");
    prepare();
    assert_int_equal(test_collect(in_days("c", 7)).count, 1);
    assert_int_equal(letters, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_mailbox, tear_down)
        TEST(who_has_no_mail_gets_a_letter_with_all_that_the_rulebook_asks_for),
        TEST(whom_nothing_reaches_is_left_out),
        TEST(too_late_to_tell_is_not_collected_unless_a_notice_has_told),
        TEST(the_town_may_have_agreed_on_another_period),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
