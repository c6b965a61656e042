/* SPDX-License-Identifier: EUPL-1.2 */
/* Whatever sequence of assessments, statements, repetitions and assignments happens, the ledger
 * adds up to zero, no payment is lost or booked twice, and each charge has what was assessed and
 * paid. Random histories beside a model; one that fails is shrunk. HISTORIES in the environment
 * says how many (300). */
#include "pay/history_fixture.h"
#include "pay/pay_fixture.h"

#include "base/buf.h"
#include "base/test_random.h"
#include "core/backup/backup_internal.h"

enum { CHARGES = 4, MOST_OPS = 14, MOST_ENTRIES = 64, DEFAULT_HISTORIES = 300, TOWN_LIFE = 200 };

typedef enum OpKind {
    OP_ASSESS,    /* charge `a` owes `cents` in all */
    OP_STATEMENT, /* one entry of `cents` for charge `a`, as `how` says */
    OP_REPEAT,    /* the statement of entry `a` comes again */
    OP_OVERLAP,   /* a statement with the entry `a` and a new one for charge 0 */
    OP_ASSIGN,    /* the clerk gives the open entry `a` to charge `b` */
} OpKind;

typedef enum How { NAMED, IN_TEXT, WRONG_DIGIT, NO_REFERENCE, DEBIT, REVERSAL } How;

typedef struct Op {
    OpKind kind;
    int a, b;
    How how;
    int64_t cents;
} Op;

typedef struct Entry { /* as the bank has it */
    int number;
    int64_t cents; /* debits negative */
    bool reversal;
    Str reference; /* as written, or STR_NONE */
    bool in_text;
    int charge; /* that it names rightly, or -1 */
    bool open;
} Entry;

typedef struct Run {
    int number; /* of the run: keeps its charges and entries apart */
    Str keys[CHARGES], references[CHARGES];
    int64_t owed[CHARGES], paid[CHARGES];
    bool known[CHARGES];
    Entry entries[MOST_ENTRIES];
    int entry_count;
    int64_t bank, suspense;
    int64_t base_bank, base_suspense, base_claims;
    char why[200]; /* what does not hold, or empty */
} Run;

static int runs;

/* --- What happens ------------------------------------------------------------------------------
 */

static void assess_charge(Run *run, int charge, int64_t cents)
{
    Assessed a = assess(str_cstr(town.arena, run->keys[charge]), cents);

    run->references[charge] = a.charge.payment_reference;
    run->known[charge] = true;
    run->owed[charge] = cents;
}

static void add_entry(Buf *xml, const Run *run, const Entry *entry)
{
    int64_t cents = entry->cents < 0 ? -entry->cents : entry->cents;
    Str reference = entry->reference.ptr ? entry->reference : STR("ohne");

    buf_addf(xml,
             "<Ntry><Amt Ccy=\"EUR\">%lld.%02d</Amt><CdtDbtInd>%s</CdtDbtInd>%s<Sts><Cd>BOOK</Cd>"
             "</Sts><BookgDt><Dt>2027-04-01</Dt></BookgDt><AcctSvcrRef>R%d-%d</AcctSvcrRef>"
             "<NtryDtls><TxDtls><Refs><EndToEndId>%.*s</EndToEndId></Refs><RmtInf><Ustrd>Steuer "
             "%.*s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>",
             (long long)cents / 100, (int)(cents % 100), entry->cents < 0 ? "DBIT" : "CRDT",
             entry->reversal ? "<RvslInd>true</RvslInd>" : "", run->number, entry->number,
             STR_ARG(entry->in_text ? STR("NOTPROVIDED") : reference),
             STR_ARG(entry->in_text ? reference : STR("danke")));
}

static void import(const Run *run, const Entry *const *entries, size_t count)
{
    Buf xml = buf_in(town.arena);
    BankImport result;

    buf_addf(&xml,
             "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>"
             "<Stmt><Id>%d</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>",
             run->number);
    for (size_t i = 0; i < count; i++)
        add_entry(&xml, run, entries[i]);
    buf_add_c(&xml, "</Stmt></BkToCstmrStmt></Document>");
    assert_ok(
        bank_import(town.tenant, buf_str(&xml), STR("staff/2"), town.arena, &result, &town.err),
        &town.err);
}

/* A new entry, and what it does by the model. */
static Entry *new_entry(Run *run, int charge, How how, int64_t cents)
{
    Entry *entry = &run->entries[run->entry_count];

    *entry = (Entry){.number = run->entry_count++,
                     .cents = how == DEBIT ? -cents : cents,
                     .reversal = how == REVERSAL,
                     .in_text = how == IN_TEXT,
                     .charge = -1,
                     .open = true};
    if (how != NO_REFERENCE && run->known[charge])
        entry->reference = run->references[charge];
    if (how == WRONG_DIGIT && entry->reference.ptr) {
        char *wrong = str_cstr(town.arena, entry->reference);
        wrong[6] = wrong[6] == '9' ? '0' : (char)(wrong[6] + 1);
        entry->reference = str_c(wrong);
    }
    if ((how == NAMED || how == IN_TEXT) && entry->reference.ptr) {
        entry->charge = charge;
        entry->open = false;
        run->paid[charge] += entry->cents;
    } else {
        run->suspense -= entry->cents;
    }
    run->bank += entry->cents;
    return entry;
}

typedef struct Assigning {
    int64_t item;
    Str reference;
} Assigning;

static bool assign_fn(Tx *tx, void *context, Err *err)
{
    Assigning *a = context;

    return bank_assign(tx, a->item, a->reference, STR("staff/2"), town.arena, err);
}

/* Assigning twice, or what is not open, must be refused and change nothing. */
static void assign(Run *run, Entry *entry, int charge)
{
    Str key = str_printf(town.arena, "%%ref/R%d-%d/%%", run->number, entry->number);
    Assigning a = {number_of("SELECT id FROM bank_item WHERE key LIKE $1", P_TEXT(key)),
                   run->references[charge]};
    bool done = db_write(town.tenant->db, assign_fn, &a, &town.err);

    if (done != (entry->open && run->known[charge]))
        snprintf(run->why, sizeof run->why, "entry %d: assigning was %s", entry->number,
                 done ? "allowed" : "refused");
    if (!done || !entry->open)
        return;
    entry->open = false;
    run->suspense += entry->cents;
    run->paid[charge] += entry->cents;
}

static void do_op(Run *run, const Op *op)
{
    Entry *old = run->entry_count ? &run->entries[op->a % run->entry_count] : NULL;
    const Entry *both[2] = {old, NULL};

    switch (op->kind) {
    case OP_ASSESS: assess_charge(run, op->a % CHARGES, op->cents); break;
    case OP_STATEMENT:
        both[0] = new_entry(run, op->a % CHARGES, op->how, op->cents);
        import(run, both, 1);
        break;
    case OP_REPEAT:
        if (old)
            import(run, both, 1);
        break;
    case OP_OVERLAP:
        if (!old)
            break;
        both[1] = new_entry(run, 0, NAMED, op->cents);
        import(run, both, 2);
        break;
    case OP_ASSIGN:
        if (old)
            assign(run, old, op->b % CHARGES);
        break;
    }
}

/* --- What must hold ----------------------------------------------------------------------------
 */

static void expect(Run *run, const char *what, int64_t is, int64_t should)
{
    if (is != should && !run->why[0])
        snprintf(run->why, sizeof run->why, "%s is %lld, not %lld", what, (long long)is,
                 (long long)should);
}

static void check(Run *run)
{
    int64_t claims = 0;

    for (int i = 0; i < CHARGES; i++) {
        Charge charge;
        if (!run->known[i])
            continue;
        Tx *tx = db_read(town.tenant->db, &town.err);
        assert_ok(pay_charge_by_key(tx, run->keys[i], town.arena, &charge, &town.err), &town.err);
        tx_end(tx);
        expect(run, "what is owed", charge.owed_cents, run->owed[i]);
        expect(run, "what is paid", charge.paid_cents, run->paid[i]);
        expect(run, "the charge's account",
               number_of("SELECT COALESCE(SUM(cents), 0) FROM ledger_line WHERE account = "
                         "'forderung' AND charge_id = $1",
                         P_INT(charge.id)),
               run->owed[i] - run->paid[i]);
        claims += run->owed[i] - run->paid[i];
    }
    expect(run, "the whole ledger", number_of("SELECT COALESCE(SUM(cents), 0) FROM ledger_line"),
           0);
    expect(run, "the bank", balance(ACCOUNT_BANK) - run->base_bank, run->bank);
    expect(run, "the suspense account", balance(ACCOUNT_SUSPENSE) - run->base_suspense,
           run->suspense);
    expect(run, "all claims", balance(ACCOUNT_CLAIMS) - run->base_claims, claims);
    expect(run, "the number of bank items",
           number_of("SELECT COUNT(*) FROM bank_item WHERE key LIKE $1",
                     P_TEXT(str_printf(town.arena, "%%ref/R%d-%%", run->number))),
           run->entry_count);
}

/* Live through a history; the answer says what does not hold (static), or NULL. */
static const char *live(const Op *ops, size_t count)
{
    static Run run;

    run = (Run){.number = runs++};
    for (int i = 0; i < CHARGES; i++)
        run.keys[i] = str_printf(town.arena, "history/%d/%d", run.number, i);
    run.base_bank = balance(ACCOUNT_BANK);
    run.base_suspense = balance(ACCOUNT_SUSPENSE);
    run.base_claims = balance(ACCOUNT_CLAIMS);
    for (size_t i = 0; i < count && !run.why[0]; i++)
        do_op(&run, &ops[i]);
    check(&run);
    return run.why[0] ? run.why : NULL;
}

/* --- Histories ---------------------------------------------------------------------------------
 */

static size_t any_history(TestRandom *seed, Op *ops)
{
    size_t count = 1 + test_random(seed) % MOST_OPS;

    for (size_t i = 0; i < count; i++)
        ops[i] = (Op){.kind = (OpKind)(test_random(seed) % 5),
                      .a = (int)(test_random(seed) % 64),
                      .b = (int)(test_random(seed) % CHARGES),
                      .how = (How)(test_random(seed) % 6),
                      .cents = 1 + (int64_t)(test_random(seed) % 30000)};
    return count;
}

static bool fails(const void *ops, size_t count)
{
    return live(ops, count) != NULL;
}

/* Few charges are paid exactly: ask for what was paid. */
static void settle_some(void)
{
    Str keys[50];
    int64_t cents[50];
    size_t count = 0;
    Tx *tx = db_read(town.tenant->db, &town.err);
    Rows *rows = tx_query(tx, town.arena, &town.err,
                          "SELECT key, paid_cents FROM charge WHERE paid_cents > 0 LIMIT 50");

    for (; rows && rows_next(rows, &town.err); count++) {
        keys[count] = row_text(rows, 0);
        cents[count] = row_int(rows, 1);
    }
    tx_end(tx);
    for (size_t i = 0; i < count; i++)
        assess(str_cstr(town.arena, keys[i]), cents[i]);
}

/* Twelve years later the names of what is settled are gone; every sum and every proof stays. */
static void erase_what_is_old(void)
{
    const Str ACCOUNTS[] = {ACCOUNT_BANK, ACCOUNT_SUSPENSE, ACCOUNT_CLAIMS};
    int64_t before[3], erased;

    settle_some();
    for (size_t i = 0; i < 3; i++)
        before[i] = balance(ACCOUNTS[i]);
    int64_t settled = number_of("SELECT COUNT(*) FROM charge WHERE owed_cents = paid_cents");
    int64_t open = number_of("SELECT COUNT(*) FROM charge WHERE owed_cents <> paid_cents");
    assert_true(settled > 0 && open > 0);
    assert_ok(keep_run(town.tenant, date_add_months(date_in_berlin(clock_now()), 144), &erased,
                       &town.err),
              &town.err);
    assert_int_equal(
        number_of("SELECT COUNT(*) FROM charge WHERE debtor = '' AND key = 'erased/' || id"),
        settled);
    assert_int_equal(number_of("SELECT COUNT(*) FROM charge WHERE debtor <> ''"), open);
    assert_int_equal(number_of("SELECT held FROM keep_state WHERE name = 'charges'"), open);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(balance(ACCOUNTS[i]), before[i]);
    assert_ok(verify_copy(town.tenant->db, town.arena, &town.err), &town.err);
}

static void every_history_adds_up(void **state)
{
    int64_t histories = test_histories(DEFAULT_HISTORIES);
    TestRandom seed = {20270401};
    Op ops[MOST_OPS];

    (void)state;
    for (int64_t i = 0; i < histories; i++) {
        size_t count = any_history(&seed, ops);

        if (i > 0 && i % TOWN_LIFE == 0) { /* each check looks at all that is there */
            erase_what_is_old();
            tear_down(NULL);
            set_up(NULL);
        }
        if (live(ops, count)) {
            count = test_shrink(ops, count, sizeof *ops, fails);
            for (size_t k = 0; k < count; k++)
                print_message("op %d: a %d, b %d, how %d, cents %lld\n", ops[k].kind, ops[k].a,
                              ops[k].b, ops[k].how, (long long)ops[k].cents);
            fail_msg("history %lld: %s", (long long)i, live(ops, count));
        }
    }
    if (histories % TOWN_LIFE == 0 || histories % TOWN_LIFE >= TOWN_LIFE / 4)
        erase_what_is_old();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_history_adds_up, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
