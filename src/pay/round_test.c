/* SPDX-License-Identifier: EUPL-1.2 */
/* Whatever sequence of payments, splits, undoings, returns, returns of returns,
 * direct debits and refunds happens: what `rathaus verify` proves holds, the
 * bank account is what the bank booked, no charge is collected for more than is
 * open, and nothing is refunded that was not overpaid. Random histories; one
 * that fails is shrunk. HISTORIES in the environment says how many (100). */
#include "pay/collection_fixture.h"
#include "pay/history_fixture.h"
#include "pay/refund.h"

#include "base/test_random.h"

enum { CHARGES = 3, MOST_OPS = 16, MOST_ENTRIES = 32, DEFAULT_HISTORIES = 100, TOWN_LIFE = 50 };

typedef enum OpKind {
    OP_ASSESS,     /* charge `a` owes `cents` from now on */
    OP_PAY,        /* `cents` come for charge `a`, with or without its Kassenzeichen */
    OP_BACK,       /* the bank takes entry `a` back, by its name */
    OP_AGAIN,      /* the bank takes that back */
    OP_REPEAT,     /* all statements come again */
    OP_ASSIGN,     /* a clerk gives what is open of item `a` to two charges */
    OP_UNDO,       /* a clerk takes the assignment of item `a` back */
    OP_TAKE_BACK,  /* a clerk says that item `a` takes item `b` back */
    OP_COLLECT,    /* a collection of what is due */
    OP_CREDIT,     /* the bank credits the last collection, as a batch or by the item
                    */
    OP_DEBIT_BACK, /* a direct debit comes back, with a fee */
    OP_DEBIT_AGAIN,
    OP_PROPOSE, /* refund what is overpaid on charge `a` */
    OP_RELEASE,
    OP_PAY_OUT, /* a run, and what the bank makes of it */
    OP_MOVE,
    OP_KINDS,
} OpKind;

typedef struct Op {
    OpKind kind;
    int a, b;
    int64_t cents;
} Op;

typedef struct Round {
    int number;
    int64_t charges[CHARGES];
    char *references[CHARGES];
    TestEntry entries[MOST_ENTRIES];
    int entry_count;
    int64_t base_bank;
    Collection collection; /* the last one; id 0: none */
    int collections;
    char why[200];
} Round;

static int rounds;

static void fault(Round *round, const char *what)
{
    if (!round->why[0])
        snprintf(round->why, sizeof round->why, "%.190s", what);
}

/* --- The bank
 * ------------------------------------------------------------------------------------
 */

/* Statements grow: the new one holds all entries before, too. */
static void bank_books(Round *round, TestEntry entry)
{
    if (round->entry_count == MOST_ENTRIES)
        return;
    round->entries[round->entry_count++] = entry;
    test_statement(arena_printf(town.arena, "R%d", round->number), round->entries,
                   (size_t)round->entry_count);
}

static void take_back(Round *round, const Op *op, bool again)
{
    if (round->entry_count == 0)
        return;
    TestEntry entry = round->entries[op->a % round->entry_count];
    entry.cents = -entry.cents;
    entry.code = again ? NULL : "MD06";
    entry.reversal = again;
    entry.batch = NULL;
    if (entry.end_to_end || entry.text)
        bank_books(round, entry);
}

/* --- The database
 * --------------------------------------------------------------------------------
 */

typedef struct Doing {
    const Round *round;
    const Op *op;
    int64_t item, other;
    RefundRun run;
} Doing;

/* One of the last of this round. */
static bool some_item(Tx *tx, const Round *round, int at, int64_t *id, Err *err)
{
    *id = 0;
    return tx_query_int(tx, err, id,
                        "SELECT id FROM bank_item WHERE key LIKE $1 ORDER BY id DESC LIMIT 1 "
                        "OFFSET $2",
                        P_TEXT(str_printf(town.arena, "%%/ref/R%d-%%", round->number)),
                        P_INT(at % 8));
}

static bool assign_fn(Tx *tx, void *context, Err *err)
{
    const Doing *doing = context;
    BankItem item;
    int64_t id;

    if (!some_item(tx, doing->round, doing->op->a, &id, err) ||
        !bank_item_by_id(tx, id, town.arena, &item, err))
        return false;
    int64_t half = item.open_cents / 2;
    Share shares[] = {
        {doing->round->charges[doing->op->b % CHARGES], half},
        {doing->round->charges[(doing->op->b + 1) % CHARGES], item.open_cents - half}};
    return bank_assign_shares(tx, id, shares, 2, STR("staff/2"), town.arena, err);
}

static bool undo_fn(Tx *tx, void *context, Err *err)
{
    const Doing *doing = context;
    int64_t id;

    return some_item(tx, doing->round, doing->op->a, &id, err) &&
           bank_unassign(tx, id, STR("staff/2"), town.arena, err);
}

static bool take_back_fn(Tx *tx, void *context, Err *err)
{
    const Doing *doing = context;
    int64_t id, other;

    return some_item(tx, doing->round, doing->op->a, &id, err) &&
           some_item(tx, doing->round, doing->op->b, &other, err) &&
           bank_assign_return(tx, id, other, STR("staff/2"), town.arena, err);
}

static bool propose_fn(Tx *tx, void *context, Err *err)
{
    const Doing *doing = context;
    int64_t id;
    RefundOrder order = {.charge_id = doing->round->charges[doing->op->a % CHARGES],
                         .name = STR("Erika Mustermann"),
                         .iban = STR("DE02500105170137075030"),
                         .actor = STR("staff/1")};

    return refund_propose(tx, &order, town.arena, &id, err);
}

static bool release_fn(Tx *tx, void *context, Err *err)
{
    Doing *doing = context;
    Refund *found;
    size_t count;
    Charge charge;

    if (!refund_list(tx, STR("proposed"), 1, town.arena, &found, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_CONFLICT, "nothing is proposed");
    if (!refund_release(tx, town.tenant, found[0].id, STR("staff/2"), town.arena, err) ||
        !charge_by_id(tx, found[0].charge_id, town.arena, &charge, err))
        return false;
    if (charge.paid_cents < charge.owed_cents)
        fault((Round *)doing->round, "a refund took more than was overpaid");
    return true;
}

static bool run_fn(Tx *tx, void *context, Err *err)
{
    Doing *doing = context;
    int64_t id;

    return refund_run_make(tx, STR("staff/1"), town.arena, &id, err) &&
           refund_run_by_id(tx, id, town.arena, &doing->run, err);
}

static bool move_fn(Tx *tx, void *context, Err *err)
{
    const Doing *doing = context;

    return refund_move(tx, doing->round->charges[doing->op->a % CHARGES],
                       doing->round->charges[doing->op->b % CHARGES], STR("staff/1"), town.arena,
                       err);
}

/* Many are refused, as they must be; nothing may have changed then. */
static bool desk_does(Round *round, const Op *op, WriteFn fn, Doing *doing)
{
    Err err = {0};

    doing->round = round;
    doing->op = op;
    bool done = db_write(town.tenant->db, fn, doing, &err);
    if (!done && err.kind == ERR_INTERNAL)
        fault(round, err.message);
    return done;
}

/* --- Direct debits
 * ---------------------------------------------------------------------------------
 */

static void collect(Round *round)
{
    SepaOrder order =
        test_order(arena_printf(town.arena, "k/%d/%d", round->number, round->collections++));

    order.retry = true;
    round->collection = test_collect(order);
    if (round->collection.id == 0)
        return;
    Tx *tx = db_read(town.tenant->db, &town.err);
    for (int i = 0; i < CHARGES; i++) {
        int64_t cents = 0;
        tx_query_int(tx, &town.err, &cents,
                     "SELECT SUM(cents) FROM collection_item WHERE collection_id = $1 AND "
                     "charge_id = $2",
                     P_INT(round->collection.id), P_INT(round->charges[i]));
        Charge charge = test_charge(round->charges[i]);
        if (cents > 0 && charge.paid_cents + cents > charge.owed_cents)
            fault(round, "more was collected than is open");
    }
    tx_end(tx);
}

static void credit(Round *round, const Op *op)
{
    CollectionItem *items;
    size_t count;

    if (round->collection.id == 0)
        return;
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(collection_items(tx, round->collection.id, STR("running"), 0, 10, town.arena, &items,
                               &count, &town.err),
              &town.err);
    tx_end(tx);
    if (op->b % 2 && round->collection.count > 0)
        bank_books(round,
                   (TestEntry){.cents = round->collection.cents,
                               .batch = arena_printf(town.arena, "%.*s-RCUR",
                                                     STR_ARG(round->collection.message_id))});
    else
        for (size_t i = 0; i < count; i++)
            bank_books(round, (TestEntry){.cents = items[i].cents,
                                          .end_to_end = str_cstr(town.arena, items[i].end_to_end)});
}

/* A direct debit of ours, by its name: it comes back with a fee, or that is
 * taken back. */
static void debit(Round *round, const Op *op, bool again)
{
    int64_t cents = 4800;
    TestEntry entry = {.end_to_end =
                           arena_printf(town.arena, "%s-1", round->references[op->a % CHARGES])};

    entry.cents = again ? cents + op->b % 2 * 350 : -cents - 350;
    entry.return_cents = again ? 0 : cents;
    entry.code = again ? NULL : "AM04";
    entry.reversal = again;
    bank_books(round, entry);
}

static void pay_out(Round *round, const Op *op)
{
    Doing doing = {0};

    if (desk_does(round, op, run_fn, &doing))
        bank_books(round, (TestEntry){.cents = -doing.run.cents,
                                      .batch = str_cstr(town.arena, doing.run.message_id)});
}

/* --- One history
 * ------------------------------------------------------------------------------------
 */

static void assess_charge(Round *round, int charge, int64_t cents)
{
    Assessed a = test_assess_parts(arena_printf(town.arena, "r/%d/%d", round->number, charge),
                                   arena_printf(town.arena, "p/%d", round->number));

    round->charges[charge] = a.charge.id;
    round->references[charge] = str_cstr(town.arena, a.charge.payment_reference);
    if (cents == 0)
        return;
    a.order.cents = cents;
    a.order.parts = NULL;
    a.order.part_count = 0;
    test_town_write(&town, assess_fn, &a);
}

static void do_op(Round *round, const Op *op)
{
    const char *reference = round->references[op->a % CHARGES];
    Doing doing = {0};

    switch (op->kind) {
    case OP_ASSESS: assess_charge(round, op->a % CHARGES, op->cents); break;
    case OP_PAY:
        bank_books(round, (TestEntry){.cents = op->cents,
                                      .text = op->b % 3 ? reference : "Hund",
                                      .iban = "DE02500105170137075030"});
        break;
    case OP_BACK: take_back(round, op, false); break;
    case OP_AGAIN: take_back(round, op, true); break;
    case OP_REPEAT:
        if (round->entry_count)
            test_statement(arena_printf(town.arena, "R%d", round->number), round->entries,
                           (size_t)round->entry_count);
        break;
    case OP_ASSIGN: desk_does(round, op, assign_fn, &doing); break;
    case OP_UNDO: desk_does(round, op, undo_fn, &doing); break;
    case OP_TAKE_BACK: desk_does(round, op, take_back_fn, &doing); break;
    case OP_COLLECT: collect(round); break;
    case OP_CREDIT: credit(round, op); break;
    case OP_DEBIT_BACK: debit(round, op, false); break;
    case OP_DEBIT_AGAIN: debit(round, op, true); break;
    case OP_PROPOSE: desk_does(round, op, propose_fn, &doing); break;
    case OP_RELEASE: desk_does(round, op, release_fn, &doing); break;
    case OP_PAY_OUT: pay_out(round, op); break;
    case OP_MOVE: desk_does(round, op, move_fn, &doing); break;
    case OP_KINDS: break;
    }
}

static void check(Round *round)
{
    int64_t bank = 0, ledger = 0;
    Tx *tx = db_read(town.tenant->db, &town.err);

    for (int i = 0; i < round->entry_count; i++)
        bank += round->entries[i].cents;
    tx_query_int(tx, &town.err, &ledger, "SELECT SUM(cents) FROM ledger_line");
    if (ledger != 0)
        fault(round, "the ledger does not add up to zero");
    for (const Proof *proof = PAY_ENGINE.proofs; proof->name; proof++) {
        Rows *rows = tx_query_text(tx, town.arena, &town.err, str_c(proof->problems), NULL, 0);
        assert_ok(rows, &town.err);
        err_clear(&town.err);
        if (rows_next(rows, &town.err))
            fault(round, str_cstr(town.arena, row_text(rows, 0)));
        rows_end(rows);
    }
    tx_end(tx);
    if (balance(ACCOUNT_BANK) - round->base_bank != bank)
        fault(round, "the bank account is not what the bank booked");
}

/* What does not hold (static), or NULL. */
static const char *live(const Op *ops, size_t count)
{
    static Round round;
    char *payer;

    round = (Round){.number = rounds++, .base_bank = balance(ACCOUNT_BANK)};
    payer = arena_printf(town.arena, "p/%d", round.number);
    for (int i = 0; i < CHARGES; i++)
        assess_charge(&round, i, 0);
    test_sign(payer, "DE02500105170137075030");
    for (size_t i = 0; i < count && !round.why[0]; i++)
        do_op(&round, &ops[i]);
    check(&round);
    return round.why[0] ? round.why : NULL;
}

static size_t any_history(TestRandom *seed, Op *ops)
{
    size_t count = 1 + test_random(seed) % MOST_OPS;

    for (size_t i = 0; i < count; i++)
        ops[i] = (Op){.kind = (OpKind)(test_random(seed) % OP_KINDS),
                      .a = (int)(test_random(seed) % 64),
                      .b = (int)(test_random(seed) % 64),
                      .cents = test_random(seed) % 2 ? 4800 : test_pick(seed, 1, 20000)};
    return count;
}

/* What failed stays in the town: each attempt has one of its own. */
static bool fails_anew(const void *ops, size_t count)
{
    tear_down(NULL);
    set_up(NULL);
    return live(ops, count) != NULL;
}

static void every_round_of_money_adds_up(void **state)
{
    int64_t histories = test_histories(DEFAULT_HISTORIES);
    TestRandom seed = {20270215};
    Op ops[MOST_OPS];

    (void)state;
    for (int64_t i = 0; i < histories; i++) {
        size_t count = any_history(&seed, ops);

        if (i % TOWN_LIFE == TOWN_LIFE - 1) { /* each collection looks at all that is there */
            tear_down(NULL);
            set_up(NULL);
        }
        const char *first = live(ops, count);
        if (!first)
            continue;
        print_message("%s\n", first);
        count = test_shrink(ops, count, sizeof *ops, fails_anew);
        for (size_t k = 0; k < count; k++)
            print_message("op %d: a %d, b %d, cents %lld\n", ops[k].kind, ops[k].a, ops[k].b,
                          (long long)ops[k].cents);
        tear_down(NULL);
        set_up(NULL);
        const char *why = live(ops, count);
        fail_msg("history %lld: %s", (long long)i, why ? why : "fails only after others");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_round_of_money_adds_up, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
