/* SPDX-License-Identifier: EUPL-1.2 */
/* Money: charges, the double-entry ledger, bank statements. Amounts are integer cents. */
#pragma once

#include "base/clock.h"
#include "core/engine.h"
#include "core/tenant.h"

typedef struct Charge {
    int64_t id;
    Str payment_reference; /* Kassenzeichen; one for the life of the charge */
    Str subject;           /* "case/17" that made it */
    Str revenue;           /* revenue account: "hundesteuer" */
    Str purpose;           /* "Hundesteuer 2027" */
    Str debtor;            /* name, for the lists */
    int64_t owed_cents;    /* to be paid in all, after changes: the sum of the parts */
    int64_t paid_cents;
    Date due;             /* of the first part, as it was last assessed */
    Str payer;            /* who pays, a key of the service's own ("keeper/7"), or STR_NONE */
    int64_t extra_cents;  /* fees, surcharges and interest, in what is owed */
    int64_t waived_cents; /* of what was assessed: remitted or written off, not in what is owed */
} Charge;

/* What was assessed, whatever was added or waived since. */
static inline int64_t charge_assessed(const Charge *charge)
{
    return charge->owed_cents - charge->extra_cents + charge->waived_cents;
}

/* More than this, 100 billion euros, is a mistake, and sums of it could not be counted. */
#define PAY_MOST_CENTS INT64_C(10000000000000)

typedef struct AssessPart { /* of what is owed, due on one day */
    Date due;
    int64_t cents;
} AssessPart;

typedef struct AssessOrder {
    Str key;       /* what is assessed, unique: "hundesteuer/2027/<keeper>" */
    int64_t cents; /* the total assessed from now on; >= 0 */
    Str subject;
    Str revenue;
    Str purpose;
    Str debtor;
    Date due;
    Str actor;
    Str explanation;         /* how the amount came about, lines in German; or STR_NONE */
    Str payer;               /* kept with the charge; STR_NONE: as before */
    const AssessPart *parts; /* when which part is due; together `cents`. None: all at `due` */
    size_t part_count;
    Date today; /* what is due earlier is not moved; absent: the transaction's day */
} AssessOrder;

/* Assess: set what is owed for `key` to `cents`. The first time this makes a charge with a
 * Kassenzeichen and debits the ledger; later only the difference is booked, on the same
 * Kassenzeichen, and the open parts that are not due yet change (docs/pay.md, "Due parts").
 * Idempotent. `*before_cents` (may be NULL) gets what was assessed before. ERR_INPUT: an amount
 * below 0 or above PAY_MOST_CENTS, or parts that are not together the amount. */
bool pay_assess(Tx *tx, Tenant *tenant, const AssessOrder *order, Arena *arena, Charge *out,
                int64_t *before_cents, Err *err);

typedef struct ChargePart {
    int number; /* from 1, never given to another part of the charge */
    Date due;
    int64_t cents;
    int64_t open_cents; /* payments go to the part that was due first */
    Str kind;           /* one of PART_… */
    bool enforced;      /* with enforcement; told by decisions_mark_enforced() */
    Date assessed;      /* when it was assessed, or what it asks for was last raised */
} ChargePart;
#define PART_MAIN STR("haupt") /* what was assessed */
#define PART_FEE STR("mahngebühr")
#define PART_RETURN_FEE STR("rücklastschriftgebühr") /* what a returned direct debit costs */
#define PART_SURCHARGE STR("säumniszuschlag")
#define PART_INTEREST STR("zinsen")
/* The parts of a charge that ask for something, by the day on which they are due. */
bool charge_parts(Tx *tx, int64_t charge_id, Arena *arena, ChargePart **out, size_t *count,
                  Err *err);
/* The same of a charge as it stands in this transaction. */
bool charge_parts_of(Tx *tx, const Charge *charge, Arena *arena, ChargePart **out, size_t *count,
                     Err *err);
/* How an amount was assessed, the latest first. */
typedef struct ChargeReason {
    Timestamp at;
    int64_t cents; /* owed from then on */
    Str text;      /* lines */
} ChargeReason;
bool pay_reasons_of(Tx *tx, int64_t charge, Arena *arena, ChargeReason **out, size_t *count,
                    Err *err);
bool pay_charge_by_key(Tx *tx, Str key, Arena *arena, Charge *out, Err *err); /* ERR_NOT_FOUND */
bool pay_charges_of(Tx *tx, Str subject, Arena *arena, Charge **out, size_t *count, Err *err);

/* Kassenzeichen: `money.payment_reference` of the tenant, e.g.
 * "5{year:2}{account:3}{number:7}{check}"; the check digit is ISO 7064 MOD 11,10. */
bool payment_reference_make(const Node *settings, int64_t number, Str revenue, Date date,
                            Arena *arena, Str *out, Err *err);
/* Every well-formed reference with a right check digit inside free text, ignoring spaces,
 * dots and slashes between its digits. */
size_t payment_reference_find(const Node *settings, Str text, Arena *arena, Str **out);
/* Every reference that text comes near to: with one digit wrong, missing or too many, or two
 * neighbours swapped. Many of them were never given to a charge. */
size_t payment_reference_near(const Node *settings, Str text, Arena *arena, Str **out);

typedef struct BankImport {
    int64_t entries; /* in the file */
    int64_t known;   /* seen in an earlier import */
    int64_t matched; /* booked to a charge */
    int64_t open;    /* left to a clerk */
    int64_t cents;   /* sum of new credits minus debits */
} BankImport;
/* Read a camt.053.001.08 statement. Every entry is booked once, however often the file comes. */
bool bank_import(Tenant *tenant, Str xml, Str actor, Arena *arena, BankImport *out, Err *err);

extern const Engine PAY_ENGINE;
