/* SPDX-License-Identifier: EUPL-1.2 */
/* Dunning runs beside an engine that keeps mailboxes and counts what comes in. */
#include "core/backup/backup_internal.h"
#include "core/test_town.h"

#include "pay/charge.h"
#include "pay/desk_dunning.h"
#include "pay/dunning.h"
#include "pay/enforcement.h"
#include "pay/ledger.h"

static TestTown town;
static int letters;        /* that came in */
static int64_t giro_cents; /* of the last */
static Str last_body, last_subject;
static int fail_at = -1; /* the letter that cannot be made */

static bool address_fn(Tx *tx, Tenant *tenant, Str subject, Arena *arena, LetterAddress *out,
                       Err *err)
{
    (void)tx, (void)tenant, (void)arena;
    if (str_is(subject, "case/13") || str_starts_with(subject, "run/"))
        return err_set(err, ERR_NOT_FOUND, "no address");
    *out = (LetterAddress){.lines = {STR("A"), STR("B"), STR("C")}, .count = 3};
    return true;
}

static bool send_fn(Tx *tx, Tenant *tenant, const SubjectLetter *letter, Arena *arena, Str *name,
                    Err *err)
{
    (void)name, (void)tx, (void)tenant, (void)arena;
    if (letters == fail_at)
        return err_set(err, ERR_INTERNAL, "the printer is on fire");
    letters++;
    giro_cents = node_get_i64(letter->giro, "cents", 0);
    last_body = str_copy(town.arena, letter->body);
    last_subject = str_copy(town.arena, letter->subject);
    return true;
}

static const Engine MAILBOX = {
    .name = "mailbox", .letter_address = address_fn, .letter_send = send_fn};
static const Engine *const ENGINES[] = {&WORK_ENGINE, &PAY_ENGINE, &MAILBOX};

static int set_up(void **state)
{
    (void)state;
    letters = 0;
    fail_at = -1;
    test_town_open(&town, ENGINES, 3,
                   "title: Musterstadt\n"
                   "state: NW\n"
                   "money:\n"
                   "  creditor: Stadt Musterstadt\n"
                   "  iban: DE02120300000000202051\n"
                   "  payment_reference: \"5{year:2}{account:3}{number:7}{check}\"\n"
                   "  accounts:\n"
                   "    hundesteuer: {number: 340}\n"
                   "  dunning:\n"
                   "    surcharge: true\n"
                   "    levels:\n"
                   "      - {name: Erinnerung, days: 7, minimum: 500, text: Bitte zahlen Sie.}\n"
                   "      - {name: Mahnung, days: 21, fee: 500, text: Bitte zahlen Sie jetzt.}\n"
                   "      - {name: Letzte Mahnung, days: 42, fee: 1000, text: Zum letzten Mal.}\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_town_close(&town);
    return 0;
}

typedef struct Assessing {
    Str key, subject;
    int64_t cents;
    Charge charge;
    Str payer;
    Date due; /* absent: 9 April 2027, a Friday */
    const AssessPart *parts;
    size_t part_count;
} Assessing;

static bool assess_fn(Tx *tx, void *context, Err *err)
{
    Assessing *a = context;
    AssessOrder order = {.key = a->key,
                         .cents = a->cents,
                         .subject = a->subject,
                         .revenue = STR("hundesteuer"),
                         .purpose = STR("Hundesteuer 2027"),
                         .debtor = STR("Erika Mustermann"),
                         .due = date_absent(a->due) ? (Date){2027, 4, 9} : a->due,
                         .actor = STR("staff/1"),
                         .payer = a->payer,
                         .parts = a->parts,
                         .part_count = a->part_count};

    return pay_assess(tx, town.tenant, &order, town.arena, &a->charge, NULL, err);
}

static int64_t assess(const char *key, const char *subject, int64_t cents)
{
    Assessing a = {.key = str_c(key), .subject = str_c(subject), .cents = cents};

    test_town_write(&town, assess_fn, &a);
    return a.charge.id;
}

typedef struct Run {
    Date day;
    int64_t id, job;
} Run;

static bool start_fn(Tx *tx, void *context, Err *err)
{
    Run *run = context;

    return dunning_start(tx, town.tenant, run->day, STR("staff/2"), town.arena, &run->id, &run->job,
                         err);
}

static DunningRun run_of(int64_t id)
{
    DunningRun run;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(dunning_run_by_id(tx, id, town.arena, &run, &town.err), &town.err);
    tx_end(tx);
    return run;
}

static DunningRun dun(int month, int day)
{
    Run run = {.day = {2027, month, day}};

    test_town_write(&town, start_fn, &run);
    assert_ok(dunning_run(town.tenant, run.id, NULL, &town.err), &town.err);
    return run_of(run.id);
}

static Str why_left_out(int64_t run)
{
    DunningLine *lines;
    size_t count;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(dunning_lines(tx, run, true, town.arena, &lines, &count, &town.err), &town.err);
    tx_end(tx);
    return count == 1 ? lines[0].why : STR_NONE;
}

static Charge charge_of(int64_t id)
{
    Charge charge = {0};
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(charge_by_id(tx, id, town.arena, &charge, &town.err), &town.err);
    tx_end(tx);
    return charge;
}

typedef struct Paying {
    int64_t charge, cents;
    Date day;
} Paying;

static bool pay_fn(Tx *tx, void *context, Err *err)
{
    const Paying *paying = context;
    Charge charge;

    return charge_by_id(tx, paying->charge, town.arena, &charge, err) &&
           charge_pay(tx, &charge, paying->cents, STR("barkasse"), STR("x"), paying->day,
                      STR("staff/2"), err);
}

static bool decide_fn(Tx *tx, void *context, Err *err)
{
    int64_t id;

    return decision_make(tx, town.tenant, context, town.arena, &id, err);
}

static void all_is_proven(void)
{
    assert_ok(verify_copy(town.tenant->db, town.arena, &town.err), &town.err);
}

/* --- Levels ------------------------------------------------------------------------------------
 */

static void a_charge_is_dunned_once_per_level_however_often_a_run_is_made(void **state)
{
    (void)state;
    int64_t id = assess("k", "case/1", 12000);

    assert_int_equal(dun(4, 15).letters, 0); /* six days: too early */
    assert_int_equal(dun(4, 16).letters, 1);
    assert_int_equal(dun(4, 16).letters, 0);
    assert_int_equal(dun(4, 30).letters, 0); /* they may pay until then */
    DunningRun second = dun(5, 3);
    assert_int_equal(second.letters, 1);
    assert_int_equal(second.fee_cents, 500);
    assert_int_equal(dun(5, 3).letters, 0);
    assert_int_equal(dun(6, 30).letters, 1);
    assert_int_equal(dun(12, 31).letters, 0); /* that was the last */
    assert_int_equal(letters, 3);
    assert_true(charge_of(id).extra_cents > 1500);
    all_is_proven();
}

static void what_is_open_of_fees_alone_is_asked_for_without_another_fee(void **state)
{
    int64_t id = assess("k", "case/1", 12000);
    Paying all = {id, 12000, {2027, 5, 4}};

    (void)state;
    dun(4, 16);
    dun(5, 3);
    test_town_write(&town, pay_fn, &all);
    DunningRun third = dun(6, 30);
    assert_int_equal(third.letters, 1);
    assert_int_equal(third.fee_cents, 0);
    assert_int_equal(charge_of(id).owed_cents - charge_of(id).paid_cents, 600);
}

static void the_letter_names_what_is_overdue_and_its_giro_code_asks_for_it_all(void **state)
{
    (void)state;
    assess("k", "case/1", 12000);
    dun(4, 16);
    /* 120 euros overdue and the surcharge of a begun month on 100 */
    assert_int_equal(giro_cents, 12100);
    assert_true(str_find(last_body, STR("120,00 €")) > 0);
    assert_true(str_find(last_body, STR("bis zum **30. April 2027**")) > 0);
    assert_true(str_find(last_body, STR("**121,00 €**")) > 0);
    assert_true(str_find(last_body, STR("DE02 1203 0000 0000 2020 51")) > 0);
}

static void what_is_held_up_is_left_out_with_the_reason(void **state)
{
    DecisionOrder order = {.kind = DECISION_STOP,
                           .reason = STR("Widerspruch"),
                           .actor = STR("staff/2"),
                           .until = {2027, 4, 20},
                           .today = {2027, 4, 10}};

    (void)state;
    order.charge_id = assess("k", "case/1", 12000);
    test_town_write(&town, decide_fn, &order);
    DunningRun held = dun(4, 16);
    assert_int_equal(held.letters, 0);
    assert_int_equal(held.surcharge_cents, 0);
    assert_str(why_left_out(held.id), "Mahnsperre bis 20. April 2027");
    assert_int_equal(dun(4, 21).letters, 1);
}

static bool collect_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(
               tx, err,
               "INSERT INTO mandate (reference, payer, holder, iban, signed_on, created_at, "
               "actor) VALUES ('M1', 'p', 'E', 'DE02120300000000202051', '2027-01-01', 1, 'x')") &&
           tx_exec(
               tx, err,
               "INSERT INTO collection (key, message_id, due_until, collect_on, status, count, "
               "cents, created_at, actor) VALUES ('k', 'm', '2027-04-09', '2027-04-19', 'made', "
               "1, 12000, 1, 'x')") &&
           tx_exec(
               tx, err,
               "INSERT INTO collection_item (collection_id, charge_id, part, mandate_id, cents, "
               "end_to_end, sequence, status) VALUES (1, 1, 1, 1, 12000, 'e', 'RCUR', "
               "'running')");
}

static void what_the_bank_is_collecting_is_left_out(void **state)
{
    (void)state;
    assess("k", "case/1", 12000);
    test_town_write(&town, collect_fn, NULL);
    assert_str(why_left_out(dun(4, 16).id), "In einer laufenden Lastschrift");
}

static void small_amounts_and_missing_addresses_are_left_out(void **state)
{
    (void)state;
    int64_t small = assess("k", "case/1", 499);
    DunningRun run = dun(4, 16);
    assert_str(why_left_out(run.id), "unter dem Mindestbetrag von 5,00 €");
    Paying all = {small, 499, {2027, 4, 16}};
    test_town_write(&town, pay_fn, &all);
    assess("m", "case/13", 5000);
    run = dun(4, 17);
    assert_str(why_left_out(run.id), "Die Anschrift fehlt");
    assert_int_equal(letters, 0);
}

static void a_charge_of_a_yearly_run_goes_to_the_payers_last_case(void **state)
{
    Assessing before = {.key = STR("a"), .subject = STR("case/9"), .payer = STR("keeper/7")};
    Assessing newer = {.key = STR("b"), .subject = STR("case/10"), .payer = STR("keeper/7")};
    Assessing yearly = {
        .key = STR("c"), .subject = STR("run/1"), .cents = 9600, .payer = STR("keeper/7")};
    Assessing stranger = {
        .key = STR("d"), .subject = STR("run/1"), .cents = 9600, .payer = STR("keeper/8")};

    (void)state;
    test_town_write(&town, assess_fn, &before);
    test_town_write(&town, assess_fn, &newer);
    test_town_write(&town, assess_fn, &yearly);
    dun(4, 16);
    assert_int_equal(letters, 1);
    assert_str(last_subject, "case/10");
    /* Who never had a case is asked for by the charge. */
    test_town_write(&town, assess_fn, &stranger);
    dun(4, 17);
    assert_int_equal(letters, 2);
    assert_true(str_starts_with(last_subject, "charge/"));
}

static void a_run_that_broke_off_goes_on_and_writes_to_nobody_twice(void **state)
{
    Run run = {.day = {2027, 4, 16}};

    (void)state;
    for (int i = 0; i < 120; i++)
        assess(arena_printf(town.arena, "k%d", i), "case/1", 5000);
    test_town_write(&town, start_fn, &run);
    fail_at = 70; /* in the second batch, which is undone as a whole */
    assert_false(dunning_run(town.tenant, run.id, NULL, &town.err));
    assert_int_equal(run_of(run.id).letters, 50);
    Run other = run;
    assert_false(db_write(town.tenant->db, start_fn, &other, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    fail_at = -1;
    assert_ok(dunning_run(town.tenant, run.id, NULL, &town.err), &town.err);
    assert_int_equal(run_of(run.id).letters, 120);
    assert_ok(dunning_run(town.tenant, run.id, NULL, &town.err),
              &town.err); /* at its end: nothing */
    assert_int_equal(run_of(run.id).letters, 120);
    assert_int_equal(run_of(run.id).surcharge_cents, 120 * 50);
    all_is_proven();
}

/* --- Enforcement ------------------------------------------------------------------------------
 */

typedef struct Handing {
    Date day;
    int64_t id;
    Str seen;
} Handing;

static bool hand_over_fn(Tx *tx, void *context, Err *err)
{
    Handing *handing = context;

    return enforcement_make(tx, town.tenant, handing->day, handing->seen, STR("staff/2"),
                            town.arena, &handing->id, err);
}

static bool undo_fn(Tx *tx, void *context, Err *err)
{
    return decision_undo(tx, *(const int64_t *)context, STR("Gezahlt"), STR("staff/2"), town.arena,
                         err);
}

static bool long_ago_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE dunning_run SET day = '2020-02-03'");
}

/* The program may have been down for days: nobody is told to pay by a day that is over. */
static void
a_run_that_was_cut_off_writes_what_is_left_with_the_day_on_which_it_goes_on(void **state)
{
    Run run = {.day = {2027, 4, 16}};
    Node *params = node_map(town.arena), *result;

    (void)state;
    test_town_write(&town, start_fn, &run);
    test_town_write(&town, long_ago_fn, NULL);
    node_set(town.arena, params, STR("run"), node_int(town.arena, run.id));
    Date before = date_in_berlin(clock_now());
    assert_ok(dunning_job(NULL, town.tenant, params, town.arena, &result, &town.err), &town.err);
    assert_true(date_compare(run_of(run.id).day, before) >= 0);
}

static void what_three_letters_did_not_move_is_handed_over_once(void **state)
{
    Handing early = {.day = {2027, 7, 14}}, handing = {.day = {2027, 7, 15}};
    Enforcement handover;

    (void)state;
    int64_t id = assess("k", "case/1", 12000);
    assess("other", "case/2", 400);
    dun(4, 16), dun(5, 3), dun(6, 30);
    assert_false(
        db_write(town.tenant->db, hand_over_fn, &early, &town.err)); /* they may pay still */
    test_town_write(&town, hand_over_fn, &handing);
    assert_false(db_write(town.tenant->db, hand_over_fn, &handing, &town.err));
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(enforcement_by_id(tx, 1, town.arena, &handover, &town.err), &town.err);
    tx_end(tx);
    assert_int_equal(handover.count, 1);
    assert_int_equal(handover.lines[0].main_cents, 12000);
    assert_int_equal(handover.lines[0].fee_cents, 1500);
    /* four months: April, May, June and, on the day itself, July */
    assert_int_equal(handover.lines[0].surcharge_cents, 400);
    assert_int_equal(handover.cents, 13900);
    assert_int_equal(charge_of(id).owed_cents, 13900);
    Str csv = enforcement_csv(&handover, town.arena);
    assert_true(str_ends_with(csv, ";A, B, C;Hundesteuer 2027;2027-04-09;2027-06-30;120,00;15,00;"
                                   "4,00;0,00;139,00\r\nSumme;1 Forderung;;;;;120,00;15,00;4,00;"
                                   "0,00;139,00\r\n"));
    int64_t decision = 1;
    test_town_write(&town, undo_fn, &decision);
    handing.day = (Date){2027, 7, 16};
    test_town_write(&town, hand_over_fn, &handing);
    all_is_proven();
}

static bool keep_fn(Tx *tx, void *context, Err *err)
{
    Enforcement *handover = context;

    return enforcement_keep(tx, handover, town.arena, &handover->id, err);
}

/* 60,000 charges are 18 MB of JSON; what is read as a whole may have 16 MiB. */
static void a_handover_of_a_whole_city_can_be_read_again(void **state)
{
    enum { MANY = 60000 };
    Enforcement handover = {.day = {2027, 7, 15}, .actor = STR("staff/2"), .count = MANY}, back;

    (void)state;
    handover.lines = arena_array(town.arena, EnforcementLine, MANY);
    for (int i = 0; i < MANY; i++)
        handover.lines[i] = (EnforcementLine){.charge_id = i,
                                              .payment_reference = STR("52734000000425"),
                                              .debtor = STR("Erika Mustermann"),
                                              .address = STR("Erika Mustermann, Am Markt 1, 1 A"),
                                              .purpose = STR("Hundesteuer 2027"),
                                              .subject = STR("case/1"),
                                              .due = {2027, 4, 9},
                                              .dunned = {2027, 6, 30},
                                              .cents = 100};
    test_town_write(&town, keep_fn, &handover);
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(enforcement_by_id(tx, handover.id, town.arena, &back, &town.err), &town.err);
    tx_end(tx);
    assert_int_equal(back.count, MANY);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(back.lines[i].charge_id, i);
}

static Enforcement handed_over(int month, int day)
{
    Handing handing = {.day = {2027, month, day}};
    Enforcement handover;

    test_town_write(&town, hand_over_fn, &handing);
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(enforcement_by_id(tx, handing.id, town.arena, &handover, &town.err), &town.err);
    tx_end(tx);
    return handover;
}

/* As handovers were kept before they named their parts. */
static bool forget_parts_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE charge_decision SET parts = '{}'");
}

static void a_part_that_falls_due_after_the_handover_is_dunned_and_follows_it(void **state)
{
    const AssessPart parts[] = {{{2027, 4, 9}, 12000}, {{2027, 8, 9}, 6000}};
    Assessing a = {
        .key = STR("k"), .subject = STR("case/1"), .cents = 18000, .parts = parts, .part_count = 2};

    (void)state;
    test_town_write(&town, assess_fn, &a);
    dun(4, 16), dun(5, 3), dun(6, 30);
    Enforcement first = handed_over(7, 15);
    assert_int_equal(first.lines[0].main_cents, 12000);
    assert_int_equal(dun(7, 30).letters, 0);
    test_town_write(&town, forget_parts_fn, NULL);
    assert_int_equal(dun(7, 31).letters, 0);
    assert_int_equal(dun(8, 16).letters, 1);
    /* nothing of what enforcement asks for: the later part and the surcharge on 50 euros of it */
    assert_int_equal(giro_cents, 6000 + 50);
    assert_int_equal(str_find(last_body, STR("120,00 €")), -1);
    assert_int_equal(dun(8, 31).fee_cents, 500);
    assert_int_equal(dun(9, 20).fee_cents, 1000);
    Enforcement second = handed_over(10, 5);
    assert_int_equal(second.count, 1);
    assert_int_equal(second.lines[0].main_cents, 6000);
    assert_int_equal(second.lines[0].fee_cents, 1500);
    assert_int_equal(second.lines[0].surcharge_cents, 2 * 50);
    assert_int_equal(dun(12, 31).letters, 0);
    all_is_proven();
}

static void what_is_handed_over_is_what_was_looked_at(void **state)
{
    Handing handing = {.day = {2027, 7, 15}};
    Enforcement handover;

    (void)state;
    int64_t id = assess("k", "case/1", 12000);
    assess("l", "case/2", 15000);
    dun(4, 16), dun(5, 3), dun(6, 30);
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(enforcement_look(tx, town.tenant, handing.day, town.arena, &handover, &town.err),
              &town.err);
    tx_end(tx);
    handing.seen = enforcement_mark(&handover, town.arena);
    Paying some = {id, 100, {2027, 7, 15}};
    test_town_write(&town, pay_fn, &some);
    assert_false(db_write(town.tenant->db, hand_over_fn, &handing, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    err_clear(&town.err);
    tx = db_read(town.tenant->db, &town.err);
    assert_ok(enforcement_look(tx, town.tenant, handing.day, town.arena, &handover, &town.err),
              &town.err);
    tx_end(tx);
    handing.seen = enforcement_mark(&handover, town.arena);
    test_town_write(&town, hand_over_fn, &handing);
    all_is_proven();
}

/* --- The surcharge --------------------------------------------------------------------------
 */

static void the_surcharge_is_taken_once_for_each_begun_month(void **state)
{
    (void)state;
    int64_t id = assess("k", "case/1", 12000);

    dun(4, 16);
    assert_int_equal(charge_of(id).extra_cents, 100); /* 1 % of 100 euros */
    dun(5, 9); /* the first month's last day; the letter of 16 April is answered */
    assert_int_equal(charge_of(id).extra_cents, 100 + 500);
    dun(6, 30); /* two more months have begun */
    assert_int_equal(charge_of(id).extra_cents, 100 + 500 + 1000 + 200);
    all_is_proven();
}

static void a_month_counts_with_what_was_open_when_it_began(void **state)
{
    int64_t id = assess("k", "case/1", 20000);
    Paying part = {id, 10000, {2027, 4, 20}};

    (void)state;
    test_town_write(&town, pay_fn, &part);
    dun(5, 12);
    assert_int_equal(charge_of(id).extra_cents, 200 + 100);
}

static void a_payment_within_three_days_is_in_time(void **state)
{
    int64_t id = assess("k", "case/1", 20000);
    Paying part = {id, 10000, {2027, 4, 12}};

    (void)state;
    test_town_write(&town, pay_fn, &part);
    dun(4, 16);
    assert_int_equal(charge_of(id).extra_cents, 100); /* on the other half alone */
}

/* Thursday 13 May 2027 is Ascension Day, so what was due then is due on Friday; three days later is
 * Whit Monday: Tuesday is in time. */
static void the_three_days_end_on_a_working_day(void **state)
{
    Assessing a = {.key = STR("k"), .subject = STR("case/1"), .cents = 20000, .due = {2027, 5, 13}};
    Paying part = {0, 10000, {2027, 5, 18}};

    (void)state;
    test_town_write(&town, assess_fn, &a);
    part.charge = a.charge.id;
    test_town_write(&town, pay_fn, &part);
    dun(5, 25);
    assert_int_equal(charge_of(part.charge).extra_cents, 100); /* on the other half alone */
}

static int64_t deferred_until(Date day)
{
    DecisionOrder order = {.kind = DECISION_DEFERRAL,
                           .reason = STR("Härte"),
                           .actor = STR("staff/2"),
                           .until = day,
                           .today = {2027, 4, 1}};

    order.charge_id = assess("k", "case/1", 20000);
    test_town_write(&town, decide_fn, &order);
    return order.charge_id;
}

static void a_deferral_that_ends_on_a_sunday_lasts_until_the_next_working_day(void **state)
{
    (void)state;
    deferred_until((Date){2027, 5, 9});
    DunningRun held = dun(5, 10);
    assert_int_equal(held.letters, 0);
    assert_int_equal(dun(5, 16).letters, 0); /* the six days behind it */
    assert_int_equal(dun(5, 18).letters, 1);
}

static void what_is_paid_within_three_days_of_a_deferral_brings_no_surcharge(void **state)
{
    Paying part = {deferred_until((Date){2027, 5, 7}), 10000, {2027, 5, 10}};

    (void)state;
    test_town_write(&town, pay_fn, &part);
    dun(5, 25); /* the month from 10 May counts with the half that is open */
    assert_int_equal(charge_of(part.charge).extra_cents, 100);
}

static void wrong_settings_are_named(void **state)
{
    (void)state;
    test_town_close(&town);
    test_town_open(&town, ENGINES, 3,
                   "title: Musterstadt\nmoney:\n  dunning:\n    levels: [{name: x, days: 7}]\n");
    DunningRules rules;
    assert_false(dunning_rules(town.tenant, &rules, &town.err));
    assert_non_null(strstr(town.err.message, "money.dunning.levels[0]"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_charge_is_dunned_once_per_level_however_often_a_run_is_made),
        TEST(what_is_open_of_fees_alone_is_asked_for_without_another_fee),
        TEST(the_letter_names_what_is_overdue_and_its_giro_code_asks_for_it_all),
        TEST(what_is_held_up_is_left_out_with_the_reason),
        TEST(what_the_bank_is_collecting_is_left_out),
        TEST(small_amounts_and_missing_addresses_are_left_out),
        TEST(a_charge_of_a_yearly_run_goes_to_the_payers_last_case),
        TEST(a_run_that_broke_off_goes_on_and_writes_to_nobody_twice),
        TEST(a_run_that_was_cut_off_writes_what_is_left_with_the_day_on_which_it_goes_on),
        TEST(what_three_letters_did_not_move_is_handed_over_once),
        TEST(a_part_that_falls_due_after_the_handover_is_dunned_and_follows_it),
        TEST(a_handover_of_a_whole_city_can_be_read_again),
        TEST(what_is_handed_over_is_what_was_looked_at),
        TEST(the_surcharge_is_taken_once_for_each_begun_month),
        TEST(a_month_counts_with_what_was_open_when_it_began),
        TEST(a_payment_within_three_days_is_in_time),
        TEST(the_three_days_end_on_a_working_day),
        TEST(a_deferral_that_ends_on_a_sunday_lasts_until_the_next_working_day),
        TEST(what_is_paid_within_three_days_of_a_deferral_brings_no_surcharge),
        TEST(wrong_settings_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
