/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: the day's closing (Tagesabschluss). A closing covers the bookings since the one
 * before it, up to its day; from then on nothing is booked on these days any more. Its hash is made
 * over its sums and every booking, and holds the hash of the closing before: `rathaus verify`
 * proves the chain. */
#pragma once

#include "core/engine.h"
#include "pay/ledger.h"

typedef struct ClosingSum {
    Str account, kind;
    int64_t bookings;
    int64_t debit_cents, credit_cents;
} ClosingSum;

typedef struct Closing {
    int64_t id; /* 0: only looked at */
    Date first, day;
    int64_t bookings;
    ClosingSum *sums; /* by account and kind */
    size_t sum_count;
    bool bank_known;         /* a statement's balance is known by that day */
    Date statement_day;      /* of the last one */
    int64_t statement_cents; /* what it says */
    int64_t start_cents;     /* what was there before the first statement that was read */
    int64_t booked_cents;    /* booked from statements up to that day */
    Str note;                /* explains the difference, or STR_NONE */
    Str hash, previous;      /* hexadecimal */
    Str actor;
    Timestamp at;
} Closing;

static inline int64_t closing_difference(const Closing *closing)
{
    return closing->bank_known
               ? closing->statement_cents - closing->start_cents - closing->booked_cents
               : 0;
}

/* What closing the day would say. ERR_INPUT (field "tag"), in German, when it cannot be closed. */
bool closing_look(Tx *tx, Date day, Date today, Arena *arena, Closing *out, Err *err);
/* Close it. A difference needs a note (field "erklaerung"). */
bool closing_make(Tx *tx, Date day, Date today, Str note, Str actor, Arena *arena, int64_t *id,
                  Err *err);
bool closing_by_id(Tx *tx, int64_t id, Arena *arena, Closing *out, Err *err);
/* The newest first. */
bool closings_list(Tx *tx, Arena *arena, Closing **out, size_t *count, Err *err);
/* The last closed day; absent: none. */
bool closing_last_day(Tx *tx, Date *out, Err *err);
/* Every closing that is not as it was made is told; see ProofCheck. */
bool closing_verify(Tx *tx, const ProofReport *report, int64_t *count, Err *err);
