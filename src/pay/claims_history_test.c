/* SPDX-License-Identifier: EUPL-1.2 */
/* Whatever sequence of assessments in parts, payments, decisions, takings back, dunning runs,
 * hand-overs and closings happens: the parts of a charge are what it owes, what it owes is what was
 * assessed less what was waived plus what was added, the ledger adds up to zero, nobody is dunned
 * twice for the same, and closed days stay as they were. Random histories beside a model; one that
 * fails is shrunk. HISTORIES in the environment says how many (120). */
#include "core/test_town.h"

#include "base/test_random.h"
#include "pay/charge.h"
#include "pay/closing.h"
#include "pay/enforcement.h"
#include "pay/history_fixture.h"

enum { CHARGES = 3, MOST_OPS = 16, MOST_DECISIONS = 64, DEFAULT_HISTORIES = 120, TOWN_LIFE = 100 };

typedef enum OpKind {
    OP_ASSESS, /* charge `a` is assessed at `cents`, in `b` parts */
    OP_PAY,    /* `cents` arrive for charge `a`; taken back when `b` is 0 */
    OP_DECIDE, /* a decision of kind `b` about charge `a` */
    OP_UNDO,   /* decision `b` of this history is taken back */
    OP_DUN,    /* two runs on one day */
    OP_HAND,   /* to enforcement */
    OP_CLOSE,  /* a day */
    OP_WAIT,   /* `b` weeks pass */
    OP_KINDS
} OpKind;

typedef struct Op {
    OpKind kind;
    int a, b;
    int64_t cents;
} Op;

typedef struct Waiver {
    int64_t id, cents;
    int charge;
    bool of_extra, stands;
} Waiver;

typedef struct Run {
    Str keys[CHARGES];
    int64_t ids[CHARGES]; /* 0: not assessed yet */
    int64_t assessed[CHARGES], paid[CHARGES];
    Waiver decisions[MOST_DECISIONS]; /* of all kinds; cents are 0 when nothing is waived */
    int decision_count;
    Date day;
    bool closed;
    char why[200];
} Run;

static TestTown town;
static int runs;

static bool address_fn(Tx *tx, Tenant *tenant, Str subject, Arena *arena, LetterAddress *out,
                       Err *err)
{
    (void)tx, (void)tenant, (void)subject, (void)arena, (void)err;
    *out = (LetterAddress){.lines = {STR("A"), STR("B"), STR("C")}, .count = 3};
    return true;
}

static bool send_fn(Tx *tx, Tenant *tenant, const SubjectLetter *letter, Arena *arena, Str *name,
                    Err *err)
{
    (void)name, (void)tx, (void)tenant, (void)letter, (void)arena, (void)err;
    return true;
}

static const Engine MAILBOX = {
    .name = "mailbox", .letter_address = address_fn, .letter_send = send_fn};
static const Engine *const ENGINES[] = {&WORK_ENGINE, &PAY_ENGINE, &MAILBOX};

static int set_up(void **state)
{
    (void)state;
    test_town_open(&town, ENGINES, 3,
                   "title: Musterstadt\n"
                   "money:\n"
                   "  payment_reference: \"5{year:2}{account:3}{number:7}{check}\"\n"
                   "  accounts:\n"
                   "    hundesteuer: {number: 340}\n"
                   "  deferral_interest: true\n"
                   "  dunning:\n"
                   "    surcharge: true\n"
                   "    levels:\n"
                   "      - {name: Erinnerung, days: 7, minimum: 500, text: Bitte.}\n"
                   "      - {name: Mahnung, days: 14, fee: 500, text: Bitte.}\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_town_close(&town);
    return 0;
}

static void expect(Run *run, const char *what, int64_t is, int64_t should)
{
    if (is != should && !run->why[0])
        snprintf(run->why, sizeof run->why, "%s is %lld, not %lld", what, (long long)is,
                 (long long)should);
}

/* --- What happens ------------------------------------------------------------------------------
 */

typedef struct Doing {
    Run *run;
    const Op *op;
    int64_t id, job;
} Doing;

static bool assess_fn(Tx *tx, void *context, Err *err)
{
    Doing *doing = context;
    Run *run = doing->run;
    int charge = doing->op->a % CHARGES;
    int64_t cents = doing->op->cents;
    AssessPart parts[4];
    size_t count = (size_t)(doing->op->b % 4);
    AssessOrder order = {.key = run->keys[charge],
                         .cents = cents,
                         .subject = STR("case/1"),
                         .revenue = STR("hundesteuer"),
                         .purpose = STR("Hundesteuer"),
                         .debtor = STR("Erika Mustermann"),
                         .due = date_add_days(run->day, doing->op->b),
                         .actor = STR("staff/1"),
                         .parts = parts,
                         .part_count = cents >= 4 ? count : 0,
                         .today = run->day};
    Charge out;

    for (size_t i = 0; i < order.part_count; i++)
        parts[i] = (AssessPart){date_add_days(run->day, (int64_t)i * 40 - 20),
                                i + 1 == count ? cents - (int64_t)i * (cents / 4) : cents / 4};
    if (!pay_assess(tx, town.tenant, &order, town.arena, &out, NULL, err))
        return false;
    run->ids[charge] = out.id;
    return true;
}

/* The model: what was waived sinks with the assessment, the latest first. */
static void lower_waivers(Run *run, int charge)
{
    int64_t waived = 0;

    for (int i = 0; i < run->decision_count; i++)
        if (run->decisions[i].charge == charge && run->decisions[i].stands &&
            !run->decisions[i].of_extra)
            waived += run->decisions[i].cents;
    int64_t excess = waived - run->assessed[charge];
    for (int i = run->decision_count; excess > 0 && i-- > 0;) {
        Waiver *waiver = &run->decisions[i];
        int64_t off = excess < waiver->cents ? excess : waiver->cents;
        if (waiver->charge != charge || !waiver->stands || waiver->of_extra)
            continue;
        waiver->cents -= off;
        excess -= off;
    }
}

static bool pay_fn(Tx *tx, void *context, Err *err)
{
    Doing *doing = context;
    int charge = doing->op->a % CHARGES;
    int64_t cents = doing->op->b % 5 ? doing->op->cents : -doing->run->paid[charge];
    Charge row;

    if (cents == 0)
        return true;
    doing->run->paid[charge] += cents;
    return charge_by_id(tx, doing->run->ids[charge], town.arena, &row, err) &&
           charge_pay(tx, &row, cents, STR("barkasse"), STR("x"), doing->run->day, STR("staff/2"),
                      err);
}

static bool decide_fn(Tx *tx, void *context, Err *err)
{
    Doing *doing = context;
    const Op *op = doing->op;
    Date day = doing->run->day;
    DecisionOrder order = {.charge_id = doing->run->ids[op->a % CHARGES],
                           .kind = (DecisionKind)(op->b % DECISION_ENFORCEMENT),
                           .cents = op->cents / 3,
                           .of_extra = op->cents % 3 == 0,
                           .until = date_add_days(day, 1 + op->cents % 300),
                           .count = 2 + op->b % 5,
                           .first = date_add_days(day, op->cents % 60),
                           .interest = op->cents % 2 == 0,
                           .reason = STR("Grund"),
                           .actor = STR("staff/2"),
                           .today = day};

    return decision_make(tx, town.tenant, &order, town.arena, &doing->id, err);
}

static void decide(Run *run, const Op *op)
{
    Doing doing = {.run = run, .op = op};
    DecisionKind kind = (DecisionKind)(op->b % DECISION_ENFORCEMENT);
    bool waives = kind == DECISION_REMISSION || kind == DECISION_WRITE_OFF;

    if (!db_write(town.tenant->db, decide_fn, &doing, &town.err)) {
        if (town.err.kind != ERR_INPUT)
            snprintf(run->why, sizeof run->why, "a decision failed: %.150s", town.err.message);
        return;
    }
    run->decisions[run->decision_count++] = (Waiver){.id = doing.id,
                                                     .cents = waives ? op->cents / 3 : 0,
                                                     .charge = op->a % CHARGES,
                                                     .of_extra = op->cents % 3 == 0,
                                                     .stands = true};
}

static bool undo_fn(Tx *tx, void *context, Err *err)
{
    return decision_undo(tx, *(const int64_t *)context, STR("Grund"), STR("staff/2"), town.arena,
                         err);
}

static void undo(Run *run, Waiver *waiver)
{
    bool done = db_write(town.tenant->db, undo_fn, &waiver->id, &town.err);

    if (done != waiver->stands)
        snprintf(run->why, sizeof run->why, "decision %lld: taking it back was %s",
                 (long long)waiver->id, done ? "allowed" : "refused");
    waiver->stands = false;
}

static bool start_fn(Tx *tx, void *context, Err *err)
{
    Doing *doing = context;

    return dunning_start(tx, town.tenant, doing->run->day, STR("staff/2"), town.arena, &doing->id,
                         &doing->job, err);
}

static void dun(Run *run)
{
    Doing first = {.run = run}, second = {.run = run};

    test_town_write(&town, start_fn, &first);
    assert_ok(dunning_run(town.tenant, first.id, NULL, &town.err), &town.err);
    test_town_write(&town, start_fn, &second);
    assert_ok(dunning_run(town.tenant, second.id, NULL, &town.err), &town.err);
    expect(run, "the number of letters of a second run",
           number_of("SELECT COUNT(*) FROM dunning WHERE run_id = $1", P_INT(second.id)), 0);
}

static bool hand_fn(Tx *tx, void *context, Err *err)
{
    Doing *doing = context;

    Enforcement handover;

    if (!enforcement_look(tx, town.tenant, doing->run->day, town.arena, &handover, err))
        return false;
    handover.actor = STR("staff/2");
    return enforcement_make(tx, town.tenant, &handover, town.arena, err);
}

static bool close_fn(Tx *tx, void *context, Err *err)
{
    Doing *doing = context;
    Date day;

    if (!closing_last_day(tx, &day, err))
        return false;
    day = date_absent(day) ? date_in_berlin(tx_now(tx)) : date_add_days(day, 1);
    return closing_make(tx, day, day, STR(""), STR("staff/2"), town.arena, &doing->id, err);
}

static void do_op(Run *run, const Op *op)
{
    Doing doing = {.run = run, .op = op};
    int charge = op->a % CHARGES;
    bool known = run->ids[charge] != 0;

    switch (op->kind) {
    case OP_ASSESS:
        test_town_write(&town, assess_fn, &doing);
        run->assessed[charge] = op->cents;
        lower_waivers(run, charge);
        break;
    case OP_PAY:
        if (known)
            test_town_write(&town, pay_fn, &doing);
        break;
    case OP_DECIDE:
        if (known)
            decide(run, op);
        break;
    case OP_UNDO:
        if (run->decision_count)
            undo(run, &run->decisions[op->b % run->decision_count]);
        break;
    case OP_DUN: dun(run); break;
    case OP_HAND: db_write(town.tenant->db, hand_fn, &doing, &town.err); break;
    case OP_CLOSE:
        test_town_write(&town, close_fn, &doing);
        run->closed = true;
        break;
    case OP_WAIT: run->day = date_add_days(run->day, 7 * (1 + op->b % 8)); break;
    case OP_KINDS: break;
    }
}

/* --- What must hold ---------------------------------------------------------------------------
 */

static int64_t waived(const Run *run, int charge, bool of_extra)
{
    int64_t cents = 0;

    for (int i = 0; i < run->decision_count; i++)
        if (run->decisions[i].charge == charge && run->decisions[i].stands &&
            run->decisions[i].of_extra == of_extra)
            cents += run->decisions[i].cents;
    return cents;
}

static void check_parts(Run *run, const Charge *charge)
{
    ChargePart *parts;
    size_t count;
    int64_t cents = 0, open = 0;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(charge_parts(tx, charge->id, town.arena, &parts, &count, &town.err), &town.err);
    tx_end(tx);
    for (size_t i = 0; i < count; i++) {
        cents += parts[i].cents;
        open += parts[i].open_cents;
    }
    expect(run, "the sum of the parts", cents, charge->owed_cents);
    int64_t left = charge->owed_cents - (charge->paid_cents > 0 ? charge->paid_cents : 0);
    expect(run, "what is open of the parts", open, left > 0 ? left : 0);
}

static void check_charge(Run *run, int i)
{
    Charge charge;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(charge_by_id(tx, run->ids[i], town.arena, &charge, &town.err), &town.err);
    tx_end(tx);
    int64_t added = number_of("SELECT COALESCE(SUM(l.cents), 0) FROM ledger_line l JOIN "
                              "ledger_booking b ON b.id = l.booking_id WHERE l.charge_id = $1 AND "
                              "l.account = 'forderung' AND b.kind IN ('mahngebühr', "
                              "'säumniszuschlag', 'zinsen')",
                              P_INT(charge.id));
    expect(run, "what is paid", charge.paid_cents, run->paid[i]);
    expect(run, "what was assessed", charge_assessed(&charge), run->assessed[i]);
    expect(run, "what was waived", charge.waived_cents, waived(run, i, false));
    expect(run, "what was added", charge.extra_cents, added - waived(run, i, true));
    expect(run, "the charge's account",
           number_of("SELECT COALESCE(SUM(cents), 0) FROM ledger_line WHERE account = 'forderung' "
                     "AND charge_id = $1",
                     P_INT(charge.id)),
           charge.owed_cents - charge.paid_cents);
    expect(run, "the surcharges of its months",
           number_of("SELECT COALESCE(SUM(cents), 0) FROM surcharge WHERE charge_id = $1",
                     P_INT(charge.id)),
           number_of("SELECT COALESCE(SUM(l.cents), 0) FROM ledger_line l JOIN ledger_booking b "
                     "ON b.id = l.booking_id WHERE l.charge_id = $1 AND l.account = 'forderung' "
                     "AND b.kind = 'säumniszuschlag'",
                     P_INT(charge.id)));
    check_parts(run, &charge);
}

static void keep_why(void *context, const char *problem)
{
    Run *run = context;

    if (!run->why[0])
        snprintf(run->why, sizeof run->why, "%.190s", problem);
}

static void check(Run *run)
{
    for (int i = 0; i < CHARGES; i++)
        if (run->ids[i])
            check_charge(run, i);
    expect(run, "the whole ledger", number_of("SELECT COALESCE(SUM(cents), 0) FROM ledger_line"),
           0);
    if (!run->closed || run->why[0])
        return;
    int64_t count;
    Tx *tx = db_read(town.tenant->db, &town.err);
    if (!closing_verify(tx, &(ProofReport){keep_why, run}, &count, &town.err))
        keep_why(run, town.err.message);
    tx_end(tx);
}

/* What earlier histories left open is never due again: each has its own charges. */
static bool put_away_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE charge_part SET due = '9998-01-01' WHERE due < '9998'") &&
           tx_exec(tx, err, "DELETE FROM dunning_part");
}

/* Live through a history; the answer says what does not hold (static), or NULL. */
static const char *live(const Op *ops, size_t count)
{
    static Run run;

    run = (Run){.day = {2027, 1, 4}};
    runs++;
    test_town_write(&town, put_away_fn, NULL);
    for (int i = 0; i < CHARGES; i++)
        run.keys[i] = str_printf(town.arena, "history/%d/%d", runs, i);
    for (size_t i = 0; i < count && !run.why[0]; i++) {
        do_op(&run, &ops[i]);
        if (!run.why[0])
            check(&run);
    }
    return run.why[0] ? run.why : NULL;
}

/* --- Histories --------------------------------------------------------------------------------
 */

static size_t any_history(TestRandom *seed, Op *ops)
{
    size_t count = 2 + test_random(seed) % (MOST_OPS - 1);

    for (size_t i = 0; i < count; i++)
        ops[i] = (Op){.kind = i == 0 ? OP_ASSESS : (OpKind)(test_random(seed) % OP_KINDS),
                      .a = (int)(test_random(seed) % CHARGES),
                      .b = (int)(test_random(seed) % 60),
                      .cents = (int64_t)(test_random(seed) % 30000)};
    return count;
}

static bool fails(const void *ops, size_t count)
{
    return live(ops, count) != NULL;
}

static void every_history_of_claims_adds_up(void **state)
{
    int64_t histories = test_histories(DEFAULT_HISTORIES);
    TestRandom seed = {20270601};
    Op ops[MOST_OPS + 1];

    (void)state;
    for (int64_t i = 0; i < histories; i++) {
        size_t count = any_history(&seed, ops);
        if (i % TOWN_LIFE == TOWN_LIFE - 1) {
            tear_down(NULL);
            set_up(NULL);
        }
        if (live(ops, count)) {
            count = test_shrink(ops, count, sizeof *ops, fails);
            for (size_t k = 0; k < count; k++)
                print_message("op %d: a %d, b %d, cents %lld\n", ops[k].kind, ops[k].a, ops[k].b,
                              (long long)ops[k].cents);
            fail_msg("history %lld: %s", (long long)i, live(ops, count));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_history_of_claims_adds_up, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
