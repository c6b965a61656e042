/* SPDX-License-Identifier: EUPL-1.2 */
/* A town that duns by three levels and takes surcharges, beside an engine that keeps mailboxes and
 * counts what comes in. */
#pragma once

#include "core/backup/backup_internal.h"
#include "core/mailbox.h"
#include "core/test_town.h"

#include "pay/charge.h"
#include "pay/dunning.h"
#include "pay/ledger.h"

static TestTown town;
static int letters;        /* that came in */
static int64_t giro_cents; /* of the last */
static Str last_body, last_subject;
static int fail_at = -1; /* the letter that cannot be made */

static inline bool address_fn(Tx *tx, Tenant *tenant, Str subject, Arena *arena, LetterAddress *out,
                              Err *err)
{
    (void)tx, (void)tenant, (void)arena;
    if (str_is(subject, "case/13") || str_starts_with(subject, "run/"))
        return err_set(err, ERR_NOT_FOUND, "no address");
    *out = (LetterAddress){.lines = {STR("A"), STR("B"), STR("C")}, .count = 3};
    return true;
}

static inline bool send_fn(Tx *tx, Tenant *tenant, const SubjectLetter *letter, Arena *arena,
                           Str *name, Err *err)
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

static inline int set_up(void **state)
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

static inline int tear_down(void **state)
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
    Date due;      /* absent: 9 April 2027, a Friday */
    Date assessed; /* absent: 1 March 2027 */
    const AssessPart *parts;
    size_t part_count;
} Assessing;

static inline bool assess_fn(Tx *tx, void *context, Err *err)
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

    Date assessed = date_absent(a->assessed) ? (Date){2027, 3, 1} : a->assessed;

    return pay_assess(tx, town.tenant, &order, town.arena, &a->charge, NULL, err) &&
           tx_exec(tx, err, "UPDATE charge_part SET assessed = $2 WHERE charge_id = $1",
                   P_INT(a->charge.id), P_TEXT(date_iso(town.arena, assessed)));
}

static inline int64_t assess(const char *key, const char *subject, int64_t cents)
{
    Assessing a = {.key = str_c(key), .subject = str_c(subject), .cents = cents};

    test_town_write(&town, assess_fn, &a);
    return a.charge.id;
}

typedef struct Run {
    Date day;
    int64_t id, job;
} Run;

static inline bool start_fn(Tx *tx, void *context, Err *err)
{
    Run *run = context;

    return dunning_start(tx, town.tenant, run->day, STR("staff/2"), town.arena, &run->id, &run->job,
                         err);
}

static inline DunningRun run_of(int64_t id)
{
    DunningRun run;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(dunning_run_by_id(tx, id, town.arena, &run, &town.err), &town.err);
    tx_end(tx);
    return run;
}

static inline DunningRun dun(int month, int day)
{
    Run run = {.day = {2027, month, day}};

    test_town_write(&town, start_fn, &run);
    assert_ok(dunning_run(town.tenant, run.id, NULL, &town.err), &town.err);
    return run_of(run.id);
}

static inline Charge charge_of(int64_t id)
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

static inline bool pay_fn(Tx *tx, void *context, Err *err)
{
    const Paying *paying = context;
    Charge charge;

    return charge_by_id(tx, paying->charge, town.arena, &charge, err) &&
           charge_pay(tx, &charge, paying->cents, STR("barkasse"), STR("x"), paying->day,
                      STR("staff/2"), err);
}

static inline bool decide_fn(Tx *tx, void *context, Err *err)
{
    int64_t id;

    return decision_make(tx, town.tenant, context, town.arena, &id, err);
}

static inline void all_is_proven(void)
{
    assert_ok(verify_copy(town.tenant->db, town.arena, &town.err), &town.err);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
