/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/mandate.h"
#include "pay/pay_fixture.h"

#define IBAN_A STR("DE02 1203 0000 0000 2020 51")
#define IBAN_B STR("DE02500105170137075030")

typedef struct Signing {
    MandateOrder order;
    Mandate mandate;
} Signing;

static bool sign_fn(Tx *tx, void *context, Err *err)
{
    Signing *s = context;

    return mandate_put(tx, &s->order, town.arena, &s->mandate, err);
}

static MandateOrder order_of(Str iban, Date signed_on)
{
    return (MandateOrder){.payer = STR("keeper/1"),
                          .holder = STR("Erika Mustermann"),
                          .iban = iban,
                          .signed_on = signed_on,
                          .actor = STR("staff/1")};
}

static Mandate sign(MandateOrder order)
{
    Signing s = {.order = order};

    test_town_write(&town, sign_fn, &s);
    return s.mandate;
}

static bool usable(Date on, Mandate *out)
{
    Err err = {0};
    Tx *tx = db_read(town.tenant->db, &town.err);
    bool found = mandate_of_payer(tx, STR("keeper/1"), on, town.arena, out, &err);

    tx_end(tx);
    return found;
}

static bool use_fn(Tx *tx, void *context, Err *err)
{
    const Mandate *mandate = context;

    return mandate_used_elsewhere(tx, mandate->id, (Date){2027, 2, 15}, err);
}

static bool revoke_fn(Tx *tx, void *context, Err *err)
{
    const Mandate *mandate = context;

    return mandate_revoke(tx, mandate->id, (Date){2027, 3, 1}, STR("AC04"), STR("staff/1"), err);
}

static void a_mandate_gets_a_reference_of_its_own(void **state)
{
    (void)state;
    Mandate first = sign(order_of(IBAN_A, (Date){2027, 1, 10}));
    MandateOrder other = order_of(IBAN_B, (Date){2027, 1, 10});

    other.payer = STR("keeper/2");
    Mandate second = sign(other);
    assert_str(first.iban, "DE02120300000000202051");
    assert_true(first.reference.len <= 35);
    assert_false(str_eq(first.reference, second.reference));
}

static void the_same_account_again_is_the_same_mandate_another_replaces_it(void **state)
{
    (void)state;
    Mandate first = sign(order_of(IBAN_A, (Date){2026, 1, 10}));
    Mandate again = sign(order_of(IBAN_A, (Date){2026, 2, 10}));
    Mandate moved = sign(order_of(IBAN_B, (Date){2026, 3, 10}));
    Mandate now;

    assert_int_equal(first.id, again.id);
    assert_int_not_equal(first.id, moved.id);
    assert_true(usable(date_in_berlin(clock_now()), &now));
    assert_int_equal(now.id, moved.id);
}

static bool may_take(MandateOrder order, Err *err)
{
    Tx *tx = db_read(town.tenant->db, &town.err);
    bool ok = mandate_check(tx, &order, (Date){0}, town.arena, err);

    tx_end(tx);
    return ok;
}

static void from_another_system_a_payer_has_one_account_and_one_reference(void **state)
{
    (void)state;
    Err err = {0};
    Tx *tx = db_read(town.tenant->db, &town.err);
    Date today = date_in_berlin(tx_now(tx));
    MandateOrder order = order_of(IBAN_A, today);

    tx_end(tx);
    order.reference = STR("ALT-1");
    assert_ok(may_take(order, &err), &err);
    sign(order);
    assert_ok(may_take(order, &err), &err); /* a second dog's line says the same */
    order.reference = STR_NONE;
    assert_ok(may_take(order, &err), &err);
    order.reference = STR("ALT-2");
    assert_false(may_take(order, &err));
    assert_string_equal(err.field, "mandatsreferenz");
    assert_non_null(strstr(err.message, "ALT-1"));
    order = order_of(IBAN_B, today);
    assert_false(may_take(order, &err));
    assert_string_equal(err.field, "iban");
    order.payer = STR("keeper/2");
    order.reference = STR("ALT-1");
    assert_false(may_take(order, &err));
    assert_string_equal(err.field, "mandatsreferenz");
}

static void unused_for_36_months_it_is_gone(void **state)
{
    (void)state;
    Mandate mandate = sign(order_of(IBAN_A, (Date){2027, 1, 10}));
    Mandate found;

    assert_false(usable((Date){2027, 1, 9}, &found));
    assert_true(usable((Date){2030, 1, 10}, &found));
    assert_false(usable((Date){2030, 1, 11}, &found));
    test_town_write(&town, use_fn, &mandate);
    assert_true(usable((Date){2030, 2, 15}, &found));
    assert_false(usable((Date){2030, 2, 16}, &found));
}

static void a_revoked_mandate_is_not_used_from_that_day(void **state)
{
    (void)state;
    Mandate mandate = sign(order_of(IBAN_A, (Date){2027, 1, 10}));
    Mandate found;

    test_town_write(&town, revoke_fn, &mandate);
    assert_true(usable((Date){2027, 2, 28}, &found));
    assert_false(usable((Date){2027, 3, 1}, &found));
}

static void a_one_off_mandate_is_used_once(void **state)
{
    (void)state;
    MandateOrder order = order_of(IBAN_A, (Date){2027, 1, 10});
    Mandate found;

    order.one_off = true;
    Mandate mandate = sign(order);
    assert_true(usable((Date){2027, 2, 15}, &found));
    test_town_write(&town, use_fn, &mandate);
    assert_false(usable((Date){2027, 2, 16}, &found));
}

static void what_no_bank_would_take_is_refused(void **state)
{
    (void)state;
    MandateOrder orders[] = {
        order_of(STR("DE02120300000000202052"), (Date){2027, 1, 10}),     /* check digits */
        order_of(STR("TR330006100519786457841326"), (Date){2027, 1, 10}), /* outside SEPA */
        order_of(IBAN_A, (Date){2027, 2, 30}),
        order_of(IBAN_A, (Date){2027, 1, 10}),
    };

    orders[3].holder = STR("  ");
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        Signing s = {.order = orders[i]};
        assert_false(db_write(town.tenant->db, sign_fn, &s, &town.err));
        assert_int_equal(town.err.kind, ERR_INPUT);
        assert_true(town.err.field[0] != '\0');
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void one_for_a_single_collection_does_not_end_a_lasting_one(void **state)
{
    (void)state;
    MandateOrder once = order_of(IBAN_A, (Date){2027, 1, 20});
    Mandate lasting = sign(order_of(IBAN_A, (Date){2027, 1, 10}));

    once.one_off = true;
    assert_int_equal(sign(once).id, lasting.id);
    once.iban = IBAN_B;
    Mandate single = sign(once);
    assert_true(single.id != lasting.id && single.one_off);
    assert_true(sign(order_of(IBAN_B, (Date){2027, 1, 30})).id != single.id);
}

/* The bank refuses a file as a whole: what none can hold is not taken down. */
static void what_no_file_can_hold_is_refused(void **state)
{
    (void)state;
    static const char *const HOLDERS[] = {" ", "\302\240", "\342\200\213"};
    static const char *const REFERENCES[] = {"/1", "1/", "A//B", "ÄLT-1", "A_1"};

    for (size_t i = 0; i < sizeof HOLDERS / sizeof *HOLDERS; i++) {
        Signing s = {.order = order_of(IBAN_A, (Date){2027, 1, 10})};
        s.order.holder = str_c(HOLDERS[i]);
        assert_false(db_write(town.tenant->db, sign_fn, &s, &town.err));
        assert_string_equal(town.err.field, "kontoinhaber");
    }
    for (size_t i = 0; i < sizeof REFERENCES / sizeof *REFERENCES; i++) {
        Signing s = {.order = order_of(IBAN_A, (Date){2027, 1, 10})};
        s.order.reference = str_c(REFERENCES[i]);
        assert_false(db_write(town.tenant->db, sign_fn, &s, &town.err));
        assert_string_equal(town.err.field, "mandatsreferenz");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_no_file_can_hold_is_refused),
        TEST(one_for_a_single_collection_does_not_end_a_lasting_one),
        TEST(a_mandate_gets_a_reference_of_its_own),
        TEST(the_same_account_again_is_the_same_mandate_another_replaces_it),
        TEST(from_another_system_a_payer_has_one_account_and_one_reference),
        TEST(unused_for_36_months_it_is_gone),
        TEST(a_revoked_mandate_is_not_used_from_that_day),
        TEST(a_one_off_mandate_is_used_once),
        TEST(what_no_bank_would_take_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
