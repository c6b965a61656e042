/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: what of a charge is due when. The parts of a charge are together what it owes,
 * always; docs/pay.md, "Due parts", has the rules. */
#pragma once

#include "pay/pay.h"

/* All parts of a charge, those that were replaced (0 cents) too; by due day, what was assessed
 * before what was added, then by number. */
typedef struct PartList {
    ChargePart *items;
    size_t count, capacity;
    int last_number;
    ChargePart *stored; /* as they were loaded */
    size_t stored_count;
} PartList;

bool parts_load(Tx *tx, int64_t charge_id, int64_t paid_cents, Arena *arena, PartList *out,
                Err *err);
/* Write what differs from what was loaded. */
bool parts_store(Tx *tx, int64_t charge_id, const PartList *parts, Arena *arena, Err *err);
/* Bring the parts into order and give what was paid to the one that was due first. */
void parts_allocate(PartList *parts, int64_t paid_cents);
ChargePart *parts_add(PartList *parts, Date due, int64_t cents, Str kind, Arena *arena);
/* The day by whose end it is to be paid: the day on which it is due, but not before its assessment
 * counts as known, the fourth day after it (§§ 122 (2), 220 (2), 240 (1) sentence 3 AO); the next
 * working day where either is none (§ 108 (3) AO). */
Date part_pay_by(const ChargePart *part, Str land);
/* Is something of it open that was due, and known to be, before the day, and that the town itself
 * asks for? */
bool part_overdue(const ChargePart *part, Date day);
/* The parts of a kind together. */
int64_t parts_sum(const PartList *parts, Str kind);

typedef struct PartChange {
    int64_t cents;              /* what the parts of what was assessed are together from now on */
    Date due;                   /* where it goes when nothing is still due */
    const AssessPart *schedule; /* how it was assessed, or none */
    size_t schedule_count;
    Date today;
    Date assessed; /* the day of this assessment */
} PartChange;
/* Change the parts of what was assessed. What was due before today, or is paid, stays, and the rest
 * is shared out over the days that come; only an amount below what stays cuts into it. */
void parts_change(PartList *parts, const PartChange *change, Arena *arena);
