/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: what the treasury's pages show. */
#pragma once

#include "pay/bank.h"
#include "pay/desk_decision.h"
#include "pay/desk_dunning.h"
#include "pay/desk_mandate.h"
#include "pay/ledger.h"

typedef struct MoneyOverview {
    int64_t open_items;     /* payments that nobody could place yet */
    int64_t open_in_cents;  /* what of them came in */
    int64_t open_out_cents; /* and what went out: returned debits, fees */
    int64_t owed_cents;     /* claims not paid yet, in all */
    int64_t overpaid_cents; /* paid beyond what is owed, in all */
    int64_t bank_cents;
    Str notice; /* what just happened, or STR_NONE */
    Str error;  /* why a statement was not taken, or STR_NONE */
    bool may_book;
    bool may_decide;
    int64_t proposals; /* that wait for somebody else */
} MoneyOverview;

typedef struct ChargeList {
    Str search;
    Charge *items;
    size_t count;
    int64_t total;
    int64_t next; /* id below which the next page begins; 0: none */
} ChargeList;

typedef struct ChargeSheet {
    Charge charge;
    LedgerEntry *entries;
    size_t count;
    int64_t case_id; /* of the case that made it, or 0 */
    ChargePart *parts;
    size_t part_count;
    DecisionLines decisions;
    DunningRules rules;
    DunningLine *dunnings;
    size_t dunning_count;
    Date today;
    ChargeReason *reasons;
    size_t reason_count;
    PayerView payer;
} ChargeSheet;

extern const Route MONEY_ROUTES[];
extern const JobKind MONEY_JOBS[];
