/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/backup/backup_internal.h"
#include "pay/pay_fixture.h"

static Charge charge_of(const char *key)
{
    Charge charge = {0};
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(pay_charge_by_key(tx, str_c(key), town.arena, &charge, &town.err), &town.err);
    tx_end(tx);
    return charge;
}

/* A statement of one account; each entry is one line "cents end-to-end|text". */
static Str statement(const char *id, const char *const *entries, size_t count)
{
    Buf xml = buf_in(town.arena);

    buf_addf(
        &xml,
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt>"
        "<Id>%s</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>",
        id);
    for (size_t i = 0; i < count; i++) {
        Str text = str_c(entries[i]);
        Str cents_text = str_cut(&text, ' ');
        Str reference = str_cut(&text, '|');
        int64_t cents = 0;
        str_to_i64(cents_text, &cents);
        buf_addf(&xml,
                 "<Ntry><Amt "
                 "Ccy=\"EUR\">%lld.%02d</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
                 "<BookgDt><Dt>2027-04-01</Dt></BookgDt><AcctSvcrRef>%s-%zu</"
                 "AcctSvcrRef><NtryDtls><TxDtls>"
                 "<Refs><EndToEndId>%.*s</EndToEndId></Refs><RmtInf><Ustrd>%.*s</Ustrd></RmtInf>"
                 "</TxDtls></NtryDtls></Ntry>",
                 (long long)(cents < 0 ? -cents : cents) / 100,
                 (int)((cents < 0 ? -cents : cents) % 100), cents < 0 ? "DBIT" : "CRDT", id, i,
                 STR_ARG(reference), STR_ARG(text));
    }
    buf_add_c(&xml, "</Stmt></BkToCstmrStmt></Document>");
    return buf_str(&xml);
}

static BankImport import_entries(const char *id, const char *const *entries, size_t count)
{
    BankImport result;

    assert_ok(bank_import(town.tenant, statement(id, entries, count), STR("staff/2"), town.arena,
                          &result, &town.err),
              &town.err);
    return result;
}

/* --- Assessment ---------------------------------------------------------------------------------
 */

static void the_first_assessment_makes_a_charge_and_debits_the_ledger(void **state)
{
    (void)state;
    Assessed a = assess("hundesteuer/2027/x", 21600);

    assert_int_equal(a.before, 0);
    assert_int_equal(a.charge.owed_cents, 21600);
    assert_int_equal(a.charge.payment_reference.len, 14);
    assert_int_equal(balance(ACCOUNT_CLAIMS), 21600);
    assert_int_equal(balance(STR("ertrag/hundesteuer")), -21600);
}

static void a_change_books_only_the_difference_on_the_same_kassenzeichen(void **state)
{
    (void)state;
    Assessed first = assess("hundesteuer/2027/x", 21600);
    Assessed second = assess("hundesteuer/2027/x", 9600);

    assert_int_equal(second.before, 21600);
    assert_true(str_eq(first.charge.payment_reference, second.charge.payment_reference));
    assert_int_equal(balance(ACCOUNT_CLAIMS), 9600);
    assert_int_equal(charge_of("hundesteuer/2027/x").owed_cents, 9600);
}

static void assessing_the_same_again_books_nothing(void **state)
{
    (void)state;
    assess("k", 500);
    assess("k", 500);
    assert_int_equal(balance(ACCOUNT_CLAIMS), 500);
    LedgerEntry *entries;
    size_t count = 0;
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(ledger_of_charge(tx, charge_of("k").id, town.arena, &entries, &count, &town.err),
              &town.err);
    tx_end(tx);
    assert_int_equal(count, 1);
}

static void a_negative_assessment_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    Assessed a = {.order = {.key = STR("k"),
                            .cents = -1,
                            .subject = STR("case/1"),
                            .revenue = STR("hundesteuer"),
                            .purpose = STR("x"),
                            .debtor = STR("x"),
                            .due = {2027, 1, 1},
                            .actor = STR("staff/1")}};

    assert_false(db_write(town.tenant->db, assess_fn, &a, &town.err));
    assert_int_equal(balance(ACCOUNT_CLAIMS), 0);
}

/* --- Bank statements
 * ------------------------------------------------------------------------------ */

static void a_payment_finds_its_charge_by_kassenzeichen(void **state)
{
    (void)state;
    Str reference = assess("k", 21600).charge.payment_reference;
    const char *entry = arena_printf(town.arena, "21600 NOTPROVIDED|Hundesteuer %.5s %.*s",
                                     reference.ptr, (int)reference.len - 5, reference.ptr + 5);
    BankImport result = import_entries("S1", &entry, 1);

    assert_int_equal(result.matched, 1);
    assert_int_equal(charge_of("k").paid_cents, 21600);
    assert_int_equal(balance(ACCOUNT_CLAIMS), 0);
    assert_int_equal(balance(ACCOUNT_BANK), 21600);
}

static void the_same_file_again_changes_nothing(void **state)
{
    (void)state;
    Str reference = assess("k", 21600).charge.payment_reference;
    const char *entries[] = {arena_printf(town.arena, "10000 %.*s|", STR_ARG(reference)),
                             "77 X|Spende"};

    import_entries("S1", entries, 2);
    BankImport again = import_entries("S1", entries, 2);
    assert_int_equal(again.known, 2);
    assert_int_equal(again.cents, 0);
    assert_int_equal(charge_of("k").paid_cents, 10000);
    assert_int_equal(balance(ACCOUNT_BANK), 10077);
}

/* A statement of the batch "S1" or "S2", as it ends, whose two parts have `refs`: no reference, or
 * that of the batch. */
static void add_batch(Buf *xml, const char *id, const char *refs)
{
    buf_addf(xml,
             "<Stmt><Id>%s</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct><Ntry><Amt "
             "Ccy=\"EUR\">12.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt>"
             "<Dt>2027-04-01</Dt></BookgDt><AcctSvcrRef>%s</AcctSvcrRef><NtryDtls>"
             "<TxDtls>%s<Amt Ccy=\"EUR\">6.00</Amt></TxDtls><TxDtls>%s<Amt Ccy=\"EUR\">6.00"
             "</Amt></TxDtls></NtryDtls></Ntry></Stmt>",
             id, id + strlen(id) - 2, refs, refs);
}

static BankImport import_batches(const char *const *ids, size_t count, const char *refs)
{
    Buf xml = buf_in(town.arena);
    BankImport result;

    buf_add_c(&xml, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">"
                    "<BkToCstmrStmt>");
    for (size_t i = 0; i < count; i++)
        add_batch(&xml, ids[i], refs);
    buf_add_c(&xml, "</BkToCstmrStmt></Document>");
    assert_ok(
        bank_import(town.tenant, buf_str(&xml), STR("staff/2"), town.arena, &result, &town.err),
        &town.err);
    return result;
}

static void the_statement_of_a_day_is_known_in_the_file_of_the_month(void **state)
{
    (void)state;
    const char *const days[] = {"S1", "S2"};

    assert_int_equal(import_batches(&days[1], 1, "").open, 2);
    BankImport month = import_batches(days, 2, "");
    assert_int_equal(month.known, 2);
    assert_int_equal(month.open, 2);
}

static void parts_with_the_reference_of_their_batch_are_not_taken_for_one(void **state)
{
    (void)state;
    const char *const day[] = {"S1"};
    const char *refs = "<Refs><AcctSvcrRef>S1</AcctSvcrRef></Refs>";

    assert_int_equal(import_batches(day, 1, refs).open, 2);
    assert_int_equal(import_batches(day, 1, refs).known, 2);
}

/* A file of any other days names its statement anew, and the batch in it as before. */
static void a_batch_is_known_in_a_statement_of_another_name(void **state)
{
    (void)state;
    const char *const day[] = {"S1"}, *const span[] = {"1-30-S1"};
    const char *const refs[] = {"", "<Refs><AcctSvcrRef>S1</AcctSvcrRef></Refs>",
                                "<Refs><AcctSvcrRef>X</AcctSvcrRef></Refs>"};

    for (size_t i = 0; i < 3; i++) {
        set_up(state);
        assert_int_equal(import_batches(day, 1, refs[i]).open, 2);
        BankImport again = import_batches(span, 1, refs[i]);
        assert_int_equal(again.known, 2);
        assert_int_equal(again.open, 0);
        tear_down(state);
    }
}

static bool rename_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err,
                   "UPDATE bank_item SET key = 'DE02120300000000202051/stmt/S1/' || (id - 1) || "
                   "'/600'");
}

/* Earlier versions named parts of a batch by their places. */
static void a_batch_that_an_earlier_version_read_is_known(void **state)
{
    (void)state;
    const char *const day[] = {"S1"};

    assert_int_equal(import_batches(day, 1, "").open, 2);
    test_town_write(&town, rename_fn, NULL);
    assert_int_equal(import_batches(day, 1, "").known, 2);
}

/* Two people pay the same on one day, and the bank has no reference for either. */
static void payments_without_a_reference_are_not_taken_for_one(void **state)
{
    (void)state;
    Str xml = statement("S1", (const char *const[]){"9600 |a", "9600 |b"}, 2);
    BankImport result;

    xml = str_replace(town.arena, xml, STR("S1-0<"), STR("NONREF<"));
    xml = str_replace(town.arena, xml, STR("S1-1<"), STR("NONREF<"));
    assert_ok(bank_import(town.tenant, xml, STR("staff/2"), town.arena, &result, &town.err),
              &town.err);
    assert_int_equal(result.open, 2);
    assert_ok(bank_import(town.tenant, xml, STR("staff/2"), town.arena, &result, &town.err),
              &town.err);
    assert_int_equal(result.known, 2);
}

static void what_names_no_charge_or_two_with_another_sum_is_left_to_a_clerk(void **state)
{
    (void)state;
    Str a = assess("a", 100).charge.payment_reference;
    Str b = assess("b", 200).charge.payment_reference;
    char *wrong = str_cstr(town.arena, a);
    wrong[9] = wrong[9] == '9' ? '8' : (char)(wrong[9] + 1);
    const char *entries[] = {
        arena_printf(town.arena, "301 NOTPROVIDED|%.*s und %.*s", STR_ARG(a), STR_ARG(b)),
        arena_printf(town.arena, "100 NOTPROVIDED|%s", wrong),
        arena_printf(town.arena, "-100 %.*s|Rückgabe", STR_ARG(a)),
    };
    BankImport result = import_entries("S1", entries, 3);

    assert_int_equal(result.open, 3);
    assert_int_equal(result.matched, 0);
    assert_int_equal(balance(ACCOUNT_SUSPENSE), -301);
    assert_int_equal(charge_of("a").paid_cents, 0);
}

typedef struct Assign {
    int64_t item;
    Str reference;
} Assign;

static bool assign_fn(Tx *tx, void *context, Err *err)
{
    const Assign *assign = context;

    return bank_assign(tx, assign->item, assign->reference, STR("staff/2"), town.arena, err);
}

static void a_clerk_assigns_an_open_payment_once(void **state)
{
    (void)state;
    Str reference = assess("k", 9600).charge.payment_reference;
    const char *entry = "9600 NOTPROVIDED|fuer den Hund";
    BankItem *items;
    size_t count;

    import_entries("S1", &entry, 1);
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(bank_open_items(tx, 0, 10, town.arena, &items, &count, &town.err), &town.err);
    tx_end(tx);
    assert_int_equal(count, 1);
    Assign nowhere = {items[0].id, STR("1")};
    assert_false(db_write(town.tenant->db, assign_fn, &nowhere, &town.err));
    assert_int_equal(town.err.kind, ERR_INPUT);
    Assign right = {items[0].id, reference};
    test_town_write(&town, assign_fn, &right);
    assert_int_equal(charge_of("k").paid_cents, 9600);
    assert_int_equal(balance(ACCOUNT_SUSPENSE), 0);
    assert_false(db_write(town.tenant->db, assign_fn, &right, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    assert_int_equal(charge_of("k").paid_cents, 9600);
}

static void a_bad_file_books_nothing(void **state)
{
    (void)state;
    BankImport result;
    const char *entry = "100 X|y";
    Str good = statement("S1", &entry, 1);
    Str cut = str_slice(good, 0, good.len - 12);

    assert_false(bank_import(town.tenant, cut, STR("staff/2"), town.arena, &result, &town.err));
    assert_int_equal(town.err.kind, ERR_INPUT);
    assert_int_equal(balance(ACCOUNT_BANK), 0);
}

/* --- What verify proves -------------------------------------------------------------------------
 */

static bool run_sql(Tx *tx, void *context, Err *err)
{
    return tx_exec_params(tx, err, context, NULL, 0);
}

static void each_sum_kept_beside_the_ledger_is_compared_with_it(void **state)
{
    static const struct {
        const char *sql, *undo, *says;
    } cases[] = {
        {"UPDATE charge SET owed_cents = 1 WHERE id = 1",
         "UPDATE charge SET owed_cents = 9600 WHERE id = 1",
         "charges: charge 1: 1 cents are owed, 9600 were asked for"},
        {"UPDATE charge SET paid_cents = 0 WHERE id = 1",
         "UPDATE charge SET paid_cents = 9600 WHERE id = 1",
         "charges: charge 1: 9600 cents are owed, 9600 were asked for in the ledger; 0 are paid"},
        {"UPDATE charge SET owed_cents = 5 WHERE id = 2",
         "UPDATE charge SET owed_cents = 0 WHERE id = 2", "charges: charge 2: 5 cents are owed"},
        {"UPDATE charge SET waived_cents = 7 WHERE id = 1",
         "UPDATE charge SET waived_cents = 0 WHERE id = 1", "9607 count as assessed, 9600 were"},
        {"UPDATE charge_part SET cents = 9599 WHERE charge_id = 1 AND cents = 9600",
         "UPDATE charge_part SET cents = 9600 WHERE charge_id = 1 AND cents = 9599",
         "parts: charge 1: 9600 cents are owed (0 beside the assessment), its parts are together "
         "9599"},
        {"UPDATE ledger_line SET cents = cents + 1 WHERE id = 1",
         "UPDATE ledger_line SET cents = cents - 1 WHERE id = 1", "ledger: booking 1 sums to 1"},
        {"UPDATE ledger_line SET charge_id = NULL WHERE id = 1",
         "UPDATE ledger_line SET charge_id = 1 WHERE id = 1", "ledger: line 1 is on the claims"},
        {"UPDATE bank_item SET cents = 9601 WHERE id = 1",
         "UPDATE bank_item SET cents = 9600 WHERE id = 1", "bank: bank account: 9677 cents"},
        {"UPDATE bank_item SET status = 'cleared' WHERE id = 2",
         "UPDATE bank_item SET status = 'open' WHERE id = 2", "bank: suspense account: 77 cents"},
    };
    (void)state;
    Str reference = assess("k", 21600).charge.payment_reference;
    const char *entries[] = {arena_printf(town.arena, "9600 %.*s|", STR_ARG(reference)),
                             "77 X|Spende"};

    assess("k", 9600);
    assess("none", 0);
    import_entries("S1", entries, 2);
    assert_ok(verify_copy(town.tenant->db, town.arena, &town.err), &town.err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        test_town_write(&town, run_sql, (char *)cases[i].sql);
        assert_false(verify_copy(town.tenant->db, town.arena, &town.err));
        if (!strstr(town.err.message, cases[i].says))
            fail_msg("%s: %s", cases[i].sql, town.err.message);
        test_town_write(&town, run_sql, (char *)cases[i].undo);
        assert_ok(verify_copy(town.tenant->db, town.arena, &town.err), &town.err);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_assessment_makes_a_charge_and_debits_the_ledger),
        TEST(a_change_books_only_the_difference_on_the_same_kassenzeichen),
        TEST(assessing_the_same_again_books_nothing),
        TEST(a_negative_assessment_is_refused_and_changes_nothing),
        TEST(a_payment_finds_its_charge_by_kassenzeichen),
        TEST(the_same_file_again_changes_nothing),
        TEST(the_statement_of_a_day_is_known_in_the_file_of_the_month),
        TEST(parts_with_the_reference_of_their_batch_are_not_taken_for_one),
        TEST(a_batch_that_an_earlier_version_read_is_known),
        cmocka_unit_test(a_batch_is_known_in_a_statement_of_another_name),
        TEST(payments_without_a_reference_are_not_taken_for_one),
        TEST(what_names_no_charge_or_two_with_another_sum_is_left_to_a_clerk),
        TEST(a_clerk_assigns_an_open_payment_once),
        TEST(a_bad_file_books_nothing),
        TEST(each_sum_kept_beside_the_ledger_is_compared_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
