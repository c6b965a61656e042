/* SPDX-License-Identifier: EUPL-1.2 */
/* The double-entry ledger: bookings that are never changed, lines in cents that add up to zero
 * in each booking. Accounts are words: "forderung", "ertrag/hundesteuer", "bank", "verwahr". */
#pragma once

#include "pay/pay.h"

typedef struct LedgerLine {
    Str account;
    int64_t charge_id; /* 0: none */
    int64_t cents;     /* debit positive, credit negative */
} LedgerLine;

/* Book two or more lines. Asserts that they add up to zero. The booking day is today, or the day
 * behind the last one that is closed. */
bool ledger_book(Tx *tx, Str kind, Str text, Date value_date, Str actor, const LedgerLine *lines,
                 size_t count, int64_t *booking_id, Err *err);
/* The same for money of a bank item: what became of the item is told by its bookings alone. */
bool ledger_book_item(Tx *tx, int64_t bank_item, Str kind, Str text, Date value_date, Str actor,
                      const LedgerLine *lines, size_t count, Err *err);

/* The booking day of what is booked now, in days since 1970: today, or the day behind the last one
 * that is closed. */
bool ledger_day(Tx *tx, int64_t *day, Err *err);

typedef struct LedgerEntry { /* one line with its booking, for a charge's account sheet */
    int64_t booking_id;
    Timestamp at;
    Str kind; /* "sollstellung", "änderung", "zahlung", "zuordnung", "verwahrung" */
    Str text;
    Date value_date;
    Str account;
    int64_t cents;
} LedgerEntry;
/* The lines on the claim of a charge, oldest first. */
bool ledger_of_charge(Tx *tx, int64_t charge_id, Arena *arena, LedgerEntry **out, size_t *count,
                      Err *err);
/* Sum of an account. */
bool ledger_balance(Tx *tx, Str account, int64_t *cents, Err *err);

#define ACCOUNT_CLAIMS STR("forderung")
#define ACCOUNT_BANK STR("bank")
#define ACCOUNT_SUSPENSE STR("verwahr")  /* money whose purpose is not known yet */
#define ACCOUNT_PAYOUT STR("auszahlung") /* refunds on their way to the bank */
#define ACCOUNT_BANK_FEES STR("aufwand/bankgebühren")
#define ACCOUNT_REMISSION STR("erlass")
#define ACCOUNT_WRITE_OFF STR("niederschlagung")

/* The kinds of booking that change what is asked for, for SQL; any other is money that comes or
 * goes. */
#define LEDGER_OWED_KINDS                                                                  \
    "'sollstellung', 'änderung', 'mahngebühr', 'säumniszuschlag', 'zinsen', 'erlass', " \
    "'niederschlagung', 'rücklastschriftgebühr'"
