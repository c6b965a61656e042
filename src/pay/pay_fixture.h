/* SPDX-License-Identifier: EUPL-1.2 */
/* A town with money, for the unit tests of this folder: charges, balances. */
#pragma once

#include "core/test_town.h"

#include "pay/bank.h"
#include "pay/ledger.h"

static const Engine *const ENGINES[] = {&WORK_ENGINE, &PAY_ENGINE};
static TestTown town;

static inline int set_up(void **state)
{
    (void)state;
    test_town_open(&town, ENGINES, 2,
                   "title: Musterstadt\n"
                   "money:\n"
                   "  creditor: Stadt Musterstadt\n"
                   "  iban: DE02 1203 0000 0000 2020 51\n"
                   "  creditor_id: DE98ZZZ09999999999\n"
                   "  payment_reference: \"5{year:2}{account:3}{number:7}{check}\"\n"
                   "  accounts:\n"
                   "    hundesteuer: {number: 340}\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_town_close(&town);
    return 0;
}

typedef struct Assessed {
    AssessOrder order;
    Charge charge;
    int64_t before;
} Assessed;

static inline bool assess_fn(Tx *tx, void *context, Err *err)
{
    Assessed *a = context;

    return pay_assess(tx, town.tenant, &a->order, town.arena, &a->charge, &a->before, err);
}

static inline Assessed assess_order(const char *key, int64_t cents)
{
    return (Assessed){.order = {.key = str_c(key),
                                .cents = cents,
                                .subject = STR("case/1"),
                                .revenue = STR("hundesteuer"),
                                .purpose = STR("Hundesteuer 2027"),
                                .debtor = STR("Erika Mustermann"),
                                .due = {2027, 4, 9},
                                .actor = STR("staff/1")}};
}

static inline Assessed assess(const char *key, int64_t cents)
{
    Assessed a = assess_order(key, cents);

    test_town_write(&town, assess_fn, &a);
    return a;
}

static inline int64_t balance(Str account)
{
    int64_t cents = 0;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(ledger_balance(tx, account, &cents, &town.err), &town.err);
    tx_end(tx);
    return cents;
}
