/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: what is claimed beside the assessment, and what is waived. Each changes the parts,
 * the charge and the ledger together. */
#pragma once

#include "pay/part.h"

/* Claim a fee, a surcharge or interest (kind PART_…) as a part of its own; `*number` (may be NULL)
 * gets the part's. */
bool claim_add(Tx *tx, Charge *charge, Str kind, int64_t cents, Date due, Str text, Str actor,
               Arena *arena, int *number, Err *err);
/* Take such a part back, as far as it still claims anything. */
bool claim_remove(Tx *tx, Charge *charge, int number, Str text, Str actor, Arena *arena, Err *err);

typedef struct Taken { /* from one part */
    int number;
    int64_t cents;
} Taken;
typedef struct TakenList {
    Taken *items;
    size_t count, capacity;
} TakenList;

/* Lower what is open, the part that was due first before the others, and book it as `kind`
 * ("erlass" or "niederschlagung") against the account of that name. ERR_INPUT when less is open. */
bool claim_waive(Tx *tx, Charge *charge, Str kind, int64_t cents, bool of_extra, Str text,
                 Str actor, Arena *arena, TakenList *taken, Err *err);
/* Claim up to `cents` of it again, on the days from which it was taken. */
bool claim_restore(Tx *tx, Charge *charge, Str kind, int64_t cents, bool of_extra, Str text,
                   Str actor, const TakenList *taken, Arena *arena, Err *err);
/* Only the booking and the sums: the parts follow from the assessment that goes with it. */
bool claim_book_waiver(Tx *tx, Charge *charge, Str kind, int64_t cents, bool of_extra, Str text,
                       Str actor, Err *err);
