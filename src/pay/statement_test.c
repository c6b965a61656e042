/* SPDX-License-Identifier: EUPL-1.2 */
/* Awkward statements, each as a treasury gets them: what is booked, what waits, what is proposed.
 */
#include "pay/bank_propose.h"
#include "pay/statement_fixture.h"

static const char IBAN_FOREIGN[] = "NL91ABNA0417164300";

static char *reference_of(const Assessed *a)
{
    return str_cstr(town.arena, a->charge.payment_reference);
}

static Assessed assess_for(const char *key, const char *name, int64_t cents)
{
    Assessed a = {.order = {.key = str_c(key),
                            .cents = cents,
                            .subject = STR("case/1"),
                            .revenue = STR("hundesteuer"),
                            .purpose = STR("Hundesteuer 2027"),
                            .debtor = str_c(name),
                            .due = {2027, 4, 9},
                            .actor = STR("staff/1")}};

    test_town_write(&town, assess_fn, &a);
    return a;
}

/* --- What a clerk does ---------------------------------------------------------------------------
 */

typedef struct Desk {
    int64_t item, taken;
    Share shares[3];
    size_t count;
    bool undo;
} Desk;

static bool desk_fn(Tx *tx, void *context, Err *err)
{
    const Desk *desk = context;

    if (desk->undo)
        return bank_unassign(tx, desk->item, STR("staff/2"), town.arena, err);
    if (desk->taken)
        return bank_assign_return(tx, desk->item, desk->taken, STR("staff/2"), town.arena, err);
    return bank_assign_shares(tx, desk->item, desk->shares, desk->count, STR("staff/2"), town.arena,
                              err);
}

static ErrKind refusal; /* of the last one */

static bool do_desk(Desk desk)
{
    bool ok = db_write(town.tenant->db, desk_fn, &desk, &town.err);

    refusal = ok ? ERR_NONE : town.err.kind;
    test_proofs_hold();
    return ok;
}

/* The newest item, as it is now. */
static BankItem last_item(void)
{
    BankItem item;
    int64_t id = 0;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(tx_query_int(tx, &town.err, &id, "SELECT MAX(id) FROM bank_item"), &town.err);
    assert_ok(bank_item_by_id(tx, id, town.arena, &item, &town.err), &town.err);
    tx_end(tx);
    return item;
}

static size_t proposals(Proposal **out)
{
    BankItem item = last_item();
    size_t count;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(bank_proposals(tx, town.tenant, &item, town.arena, out, &count, &town.err),
              &town.err);
    tx_end(tx);
    return count;
}

/* There is one proposal, for this charge, and the sentence says this. */
static void assert_proposed(int64_t charge, const char *says)
{
    Proposal *found;
    size_t count = proposals(&found);

    assert_int_equal(count, 1);
    assert_int_equal(found[0].count, 1);
    assert_int_equal(found[0].shares[0].charge_id, charge);
    if (str_find(found[0].reason, str_c(says)) < 0)
        fail_msg("%.*s", STR_ARG(found[0].reason));
}

/* --- Money that comes in -------------------------------------------------------------------------
 */

static void two_charges_in_one_payment_are_paid_when_the_sum_fits(void **state)
{
    (void)state;
    Assessed a = assess("a", 9600), b = assess("b", 14400);
    char *text = arena_printf(town.arena, "%s und %s", reference_of(&a), reference_of(&b));

    assert_int_equal(test_import("S1", (TestEntry){.cents = 24000, .text = text}).matched, 1);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 9600);
    assert_int_equal(test_charge(b.charge.id).paid_cents, 14400);
    test_proofs_hold();
}

static void two_charges_with_another_sum_are_proposed_by_due_day(void **state)
{
    (void)state;
    Assessed a = assess("a", 9600), b = assess("b", 14400);
    char *text = arena_printf(town.arena, "%s %s", reference_of(&a), reference_of(&b));
    Proposal *found;

    assert_int_equal(test_import("S1", (TestEntry){.cents = 20000, .text = text}).open, 1);
    assert_int_equal(proposals(&found), 1);
    assert_int_equal(found[0].count, 2);
    assert_int_equal(found[0].shares[0].cents, 9600);
    assert_int_equal(found[0].shares[1].cents, 10400);
    Desk take = {.item = last_item().id, .count = 2};
    memcpy(take.shares, found[0].shares, 2 * sizeof *take.shares);
    assert_true(do_desk(take));
    assert_int_equal(test_charge(b.charge.id).paid_cents, 10400);
    assert_int_equal(last_item().open_cents, 0);
}

static void part_payments_and_too_much_are_booked_where_they_belong(void **state)
{
    (void)state;
    Assessed a = assess("a", 9600);
    TestEntry entries[] = {{.cents = 4000, .end_to_end = reference_of(&a)},
                           {.cents = 6000, .text = reference_of(&a)}};

    assert_int_equal(test_statement("S1", entries, 2).matched, 2);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 10000);
    test_proofs_hold();
}

static void one_wrong_digit_is_proposed_when_amount_or_name_fit(void **state)
{
    (void)state;
    Assessed a = assess_for("a", "Erika Mustermann", 9600);
    char *wrong = reference_of(&a);

    wrong[9] = wrong[9] == '9' ? '8' : (char)(wrong[9] + 1);
    test_import("S1", (TestEntry){.cents = 9600, .text = wrong, .name = "Max Beispiel"});
    assert_proposed(a.charge.id, "eine Stelle falsch. Der Betrag passt");
    test_import("S2", (TestEntry){.cents = 5000, .text = wrong, .name = "MUSTERMANN, ERIKA"});
    assert_proposed(a.charge.id, "eine Stelle falsch. Der Name passt");
    Proposal *none;
    test_import("S3", (TestEntry){.cents = 5000, .text = wrong, .name = "Max Beispiel"});
    assert_int_equal(proposals(&none), 0);
}

static void swapped_missing_and_doubled_digits_are_slips_too(void **state)
{
    (void)state;
    Assessed a = assess("a", 9600);
    const char *right = reference_of(&a);
    size_t len = strlen(right);
    char *swapped = arena_strdup(town.arena, right);

    for (size_t i = 1; i + 1 < len; i++)
        if (right[i] != right[i + 1]) {
            swapped[i] = right[i + 1];
            swapped[i + 1] = right[i];
            break;
        }
    char *texts[] = {swapped, arena_printf(town.arena, "%.5s%s", right, right + 6),
                     arena_printf(town.arena, "%.5s7%s", right, right + 5)};
    for (size_t i = 0; i < 3; i++) {
        test_import(arena_printf(town.arena, "S%zu", i),
                    (TestEntry){.cents = 9600, .text = texts[i], .name = "Max Beispiel"});
        assert_proposed(a.charge.id, "eine Stelle falsch");
    }
}

static void a_payment_before_its_charge_waits_and_is_proposed_then(void **state)
{
    (void)state;
    Proposal *none;

    test_import("S1", (TestEntry){.cents = 9600, .text = "Hund", .name = "Zita Spät"});
    assert_int_equal(proposals(&none), 0);
    assert_int_equal(last_item().open_cents, 9600);
    Assessed later = assess_for("c", "Zita Spät", 9600);
    assert_proposed(later.charge.id, "Name und Betrag passen");
}

static void a_foreign_account_is_as_good_as_another(void **state)
{
    (void)state;
    Assessed a = assess("a", 9600);

    assert_int_equal(
        test_import("S1",
                    (TestEntry){.cents = 9600, .text = reference_of(&a), .iban = IBAN_FOREIGN})
            .matched,
        1);
    assert_str(last_item().iban, IBAN_FOREIGN);
}

static bool forget_listing_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "DELETE FROM bank_payer") &&
           tx_exec(tx, err, "UPDATE bank_payer_until SET item_id = 0");
}

/* As an import that was stopped leaves it. */
static void an_account_is_known_before_it_is_listed_and_listed_once(void **state)
{
    (void)state;
    Assessed a = assess_for("a", "Erika Mustermann", 9600);
    Assessed next = assess_for("b", "Erika Mustermann", 12000);
    int64_t listed = 0;

    test_import("S1", (TestEntry){.cents = 9600, .text = reference_of(&a), .iban = IBAN_A});
    test_import("S2", (TestEntry){.cents = 12000, .text = "Hund", .iban = IBAN_A, .name = "Opa"});
    test_town_write(&town, forget_listing_fn, NULL);
    assert_proposed(next.charge.id, "Von dieser IBAN");
    assert_true(
        do_desk((Desk){.item = last_item().id, .shares = {{next.charge.id, 12000}}, .count = 1}));
    assert_ok(bank_list_payers(town.tenant, &town.err), &town.err);
    Tx *tx = db_read(town.tenant->db, &town.err);
    tx_query_int(tx, &town.err, &listed, "SELECT COUNT(*) FROM bank_payer");
    tx_end(tx);
    assert_int_equal(listed, 2);
}

static void the_account_that_paid_before_is_known_again(void **state)
{
    (void)state;
    Assessed a = assess_for("a", "Erika Mustermann", 9600);
    Assessed next = assess_for("b", "Erika Mustermann", 12000);
    assess_for("c", "Max Beispiel", 12000);

    test_import("S1", (TestEntry){.cents = 9600, .text = reference_of(&a), .iban = IBAN_A});
    test_import("S2", (TestEntry){.cents = 12000, .text = "Hund", .iban = IBAN_A, .name = "Opa"});
    assert_proposed(next.charge.id, "Von dieser IBAN");
}

static void one_instalment_of_several_is_known_by_its_amount(void **state)
{
    (void)state;
    AssessPart parts[] = {{{2027, 2, 15}, 4700}, {{2027, 8, 15}, 4900}};
    Assessed a = {.order = {.key = STR("a"),
                            .cents = 9600,
                            .subject = STR("case/1"),
                            .revenue = STR("hundesteuer"),
                            .purpose = STR("Hundesteuer 2027"),
                            .debtor = STR("Erika Mustermann"),
                            .due = parts[0].due,
                            .parts = parts,
                            .part_count = 2,
                            .today = {2027, 1, 1},
                            .actor = STR("staff/1")}};

    test_town_write(&town, assess_fn, &a);
    test_import("S1", (TestEntry){.cents = 4700, .text = "Hund", .name = "Mustermann, Erika"});
    assert_proposed(a.charge.id, "Name und Betrag passen");
}

static void two_equal_charges_of_one_name_are_not_guessed(void **state)
{
    (void)state;
    Proposal *none;

    assess_for("a", "Erika Mustermann", 9600);
    assess_for("b", "Erika Mustermann", 9600);
    test_import("S1", (TestEntry){.cents = 9600, .text = "Hund", .name = "Erika Mustermann"});
    assert_int_equal(proposals(&none), 0);
}

/* --- What comes back -----------------------------------------------------------------------------
 */

static void a_returned_payment_is_owed_again_and_the_bank_keeps_its_fee(void **state)
{
    (void)state;
    Assessed a = assess("a", 9600);
    TestEntry entries[] = {
        {.cents = 9600, .text = reference_of(&a), .iban = IBAN_A},
        {.cents = -9950,
         .text = reference_of(&a),
         .iban = IBAN_A,
         .code = "MD06",
         .return_cents = 9600},
    };

    assert_int_equal(test_statement("S1", entries, 2).matched, 2);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 0);
    assert_int_equal(balance(ACCOUNT_BANK_FEES), 350);
    assert_int_equal(balance(ACCOUNT_BANK), -350);
    test_proofs_hold();
}

static void a_reversal_of_a_reversal_pays_again_and_once(void **state)
{
    (void)state;
    Assessed a = assess("a", 9600);
    TestEntry paid = {.cents = 9600, .text = reference_of(&a)};
    TestEntry back = {.cents = -9600, .text = reference_of(&a), .code = "AM04"};
    TestEntry again = {.cents = 9600, .text = reference_of(&a), .reversal = true};
    TestEntry entries[] = {paid, back, again, again, back, back};

    assert_int_equal(test_statement("S1", entries, 3).matched, 3);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 9600);
    /* The next reversal has nothing left to reverse; then the payment itself comes back, once. */
    BankImport rest = test_statement("S1", entries, 6);
    assert_int_equal(rest.known, 3);
    assert_int_equal(rest.matched, 1);
    assert_int_equal(rest.open, 2);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 0);
    test_proofs_hold();
}

static void an_entry_sees_what_those_before_it_in_the_file_did(void **state)
{
    (void)state;
    Assessed a = assess("a", 9600), b = assess("b", 14400), c = assess("c", 5000);
    char *both = arena_printf(town.arena, "%s %s", reference_of(&a), reference_of(&b));
    char *collected = arena_printf(town.arena, "%s-1", reference_of(&c));
    TestEntry entries[] = {
        {.cents = 4000, .text = reference_of(&a), .iban = IBAN_A},
        {.cents = 20000, .text = both}, /* what both owe now */
        {.cents = 5000, .end_to_end = reference_of(&c)},
        {.cents = -4000, .text = reference_of(&a), .iban = IBAN_A, .code = "MD06"},
        {.cents = 100, .text = "Spende"},
        {.cents = -250, .text = "Gebühr"},
        {.cents = 1000, .end_to_end = collected, .text = reference_of(&c)},
    };

    BankImport result = test_statement("S1", entries, 7);
    assert_int_equal(result.matched, 5);
    assert_int_equal(result.open, 2);
    assert_int_equal(result.cents, 25850);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 5600);
    assert_int_equal(test_charge(b.charge.id).paid_cents, 14400);
    assert_int_equal(test_charge(c.charge.id).paid_cents, 6000);
    assert_int_equal(balance(ACCOUNT_SUSPENSE), 150);
    assert_int_equal(test_statement("S1", entries, 7).known, 7);
    test_proofs_hold();
}

static void a_return_of_another_amount_or_account_waits(void **state)
{
    (void)state;
    Assessed a = assess("a", 9600);
    TestEntry entries[] = {
        {.cents = 9600, .text = reference_of(&a), .iban = IBAN_A},
        {.cents = -9500, .text = reference_of(&a), .code = "AM04"},
        {.cents = -9600, .text = reference_of(&a), .code = "AM04", .iban = IBAN_FOREIGN},
    };
    Proposal *found;

    assert_int_equal(test_statement("S1", entries, 3).open, 2);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 9600);
    assert_int_equal(proposals(&found), 1);
    assert_non_null(found[0].takes_back);
    assert_true(do_desk((Desk){.item = last_item().id, .taken = found[0].takes_back->id}));
    assert_int_equal(test_charge(a.charge.id).paid_cents, 0);
    assert_false(do_desk((Desk){.item = last_item().id, .taken = found[0].takes_back->id}));
}

static void a_returned_payment_for_two_charges_leaves_both_unpaid(void **state)
{
    (void)state;
    Assessed a = assess("a", 9600), b = assess("b", 14400);
    char *text = arena_printf(town.arena, "%s und %s", reference_of(&a), reference_of(&b));
    TestEntry entries[] = {
        {.cents = 24000, .text = text},
        {.cents = -24000, .text = reference_of(&a), .code = "FOCR"},
    };

    assert_int_equal(test_statement("S1", entries, 2).matched, 2);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 0);
    assert_int_equal(test_charge(b.charge.id).paid_cents, 0);
    test_proofs_hold();
}

/* --- Undo and split ------------------------------------------------------------------------------
 */

static void an_assignment_is_taken_back_by_another_booking(void **state)
{
    (void)state;
    Assessed a = assess("a", 9600);

    test_import("S1", (TestEntry){.cents = 9600, .text = reference_of(&a)});
    int64_t bookings = 0;
    assert_true(do_desk((Desk){.item = last_item().id, .undo = true}));
    assert_int_equal(test_charge(a.charge.id).paid_cents, 0);
    assert_int_equal(last_item().open_cents, 9600);
    assert_str(last_item().status, "open");
    Tx *tx = db_read(town.tenant->db, &town.err);
    tx_query_int(tx, &town.err, &bookings,
                 "SELECT COUNT(*) FROM ledger_booking WHERE bank_item_id = $1",
                 P_INT(last_item().id));
    tx_end(tx);
    assert_int_equal(bookings, 2);
    assert_false(do_desk((Desk){.item = last_item().id, .undo = true}));
    assert_int_equal(refusal, ERR_CONFLICT);
    assert_proposed(a.charge.id, "Das Kassenzeichen stimmt");
}

static void a_clerk_splits_a_payment_and_leaves_a_rest(void **state)
{
    (void)state;
    Assessed a = assess("a", 9600), b = assess("b", 14400);

    test_import("S1", (TestEntry){.cents = 30000, .text = "beide Hunde"});
    int64_t item = last_item().id;
    Desk split = {item, 0, {{a.charge.id, 9600}, {b.charge.id, 14400}}, 2, false};
    assert_true(do_desk(split));
    assert_int_equal(last_item().open_cents, 6000);
    assert_str(last_item().status, "open");
    assert_false(do_desk(split)); /* more than is left */
    assert_int_equal(refusal, ERR_INPUT);
    assert_true(do_desk((Desk){item, 0, {{a.charge.id, 6000}}, 1, false}));
    assert_int_equal(test_charge(a.charge.id).paid_cents, 15600);
    assert_true(do_desk((Desk){.item = item, .undo = true}));
    assert_int_equal(last_item().open_cents, 30000);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 0);
}

static void what_the_bank_took_back_cannot_be_taken_back_again(void **state)
{
    (void)state;
    Assessed a = assess("a", 9600);
    TestEntry entries[] = {{.cents = 9600, .text = reference_of(&a)},
                           {.cents = -9600, .text = reference_of(&a), .code = "AM04"}};

    test_statement("S1", entries, 2);
    BankItem back = last_item();
    assert_false(do_desk((Desk){.item = back.takes_back, .undo = true}));
    assert_int_equal(refusal, ERR_CONFLICT);
    assert_true(do_desk((Desk){.item = back.id, .undo = true}));
    assert_int_equal(test_charge(a.charge.id).paid_cents, 9600);
    assert_true(do_desk((Desk){.item = back.id, .taken = back.takes_back}));
    assert_int_equal(test_charge(a.charge.id).paid_cents, 0);
}

/* Banks write one for their quarterly closing. */
static void an_entry_over_nothing_waits_for_nobody(void **state)
{
    (void)state;
    Assessed a = assess("a", 9600);
    TestEntry entries[] = {{.text = "Abrechnung"}, {.cents = 9600, .text = reference_of(&a)}};
    BankImport done = test_statement("S1", entries, 2);

    assert_int_equal(done.entries, 2);
    assert_int_equal(done.matched, 1);
    assert_int_equal(done.open, 0);
    assert_int_equal(test_charge(a.charge.id).paid_cents, 9600);
    test_proofs_hold();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_charges_in_one_payment_are_paid_when_the_sum_fits),
        TEST(two_charges_with_another_sum_are_proposed_by_due_day),
        TEST(part_payments_and_too_much_are_booked_where_they_belong),
        TEST(one_wrong_digit_is_proposed_when_amount_or_name_fit),
        TEST(swapped_missing_and_doubled_digits_are_slips_too),
        TEST(a_payment_before_its_charge_waits_and_is_proposed_then),
        TEST(a_foreign_account_is_as_good_as_another),
        TEST(an_account_is_known_before_it_is_listed_and_listed_once),
        TEST(the_account_that_paid_before_is_known_again),
        TEST(one_instalment_of_several_is_known_by_its_amount),
        TEST(two_equal_charges_of_one_name_are_not_guessed),
        TEST(a_returned_payment_is_owed_again_and_the_bank_keeps_its_fee),
        TEST(a_reversal_of_a_reversal_pays_again_and_once),
        TEST(an_entry_sees_what_those_before_it_in_the_file_did),
        TEST(a_return_of_another_amount_or_account_waits),
        TEST(a_returned_payment_for_two_charges_leaves_both_unpaid),
        TEST(an_assignment_is_taken_back_by_another_booking),
        TEST(a_clerk_splits_a_payment_and_leaves_a_rest),
        TEST(what_the_bank_took_back_cannot_be_taken_back_again),
        TEST(an_entry_over_nothing_waits_for_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
