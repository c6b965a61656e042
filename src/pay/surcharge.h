/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: the surcharge for late payment (Säumniszuschlag, § 240 AO).
 *
 * 1 % for each begun month of delay, on what of the assessed part was open when the month began,
 * rounded down to 50 euros. A delay of up to three days counts for nothing (§ 240 (3) AO), nor does
 * one after a deferral. The day on which it was due, the last of the three days and the end of a
 * deferral move to the next working day (§ 108 (3) AO; for the three days BFH V B 16/09). Nobody is
 * late with what was not assessed yet, whatever day it was due (§ 240 (1) sentence 3 AO). Months in
 * which payment was deferred are left out, and no month is ever charged twice. */
#pragma once

#include "pay/decision.h"

enum { SURCHARGE_GRACE_DAYS = 3 };

typedef struct Surcharge { /* one month of one part */
    int number;
    int month;
    int64_t cents;
} Surcharge;

typedef struct Surcharges {
    Surcharge *items;
    size_t count, capacity;
    int64_t cents;
} Surcharges;

/* What has become due by `day` and was not charged yet. */
bool surcharges_due(Tx *tx, const Charge *charge, const PartList *parts, Date day, Str land,
                    Arena *arena, Surcharges *out, Err *err);
/* Remember that these months are charged. */
bool surcharges_note(Tx *tx, int64_t charge_id, const Surcharges *list, Date day, Arena *arena,
                     Err *err);
