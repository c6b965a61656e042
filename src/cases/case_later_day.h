/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside `later`: the days of a case (case_later.c) and what is done on them (case_later_do.c). */
#pragma once

#include "cases/case_later.h"

enum { LATER_MOST_DAYS = 50 }; /* of one order */

/* What a decision wanted. */
typedef struct Later {
    int64_t id;
    Date made;
    const ActionEffect *effect; /* NULL: the package has it no more */
} Later;

typedef struct LaterList {
    Later *items;
    size_t count, capacity;
} LaterList;

typedef struct LaterDay {
    int64_t id;
    Date day;
} LaterDay;

typedef struct LaterDays {
    LaterDay *items;
    size_t count, capacity;
} LaterDays;

bool later_orders(Tx *tx, int64_t case_id, const Process *process, Arena *arena, LaterList *out,
                  Err *err);
/* What is planned for an order, by the day; up to `until` (absent: all). */
bool later_planned(Tx *tx, const Later *later, Date until, Arena *arena, LaterDays *out, Err *err);
/* Bring the days of an order up to date. */
bool later_settle(CaseWork *work, const Later *later, const FeelValue *context, Err *err);
/* The case was looked at and all that was due is done or left to a person: what failed before has
 * no work left. */
bool later_end_failures(Tx *tx, int64_t case_id, Arena *arena, Err *err);
/* The process forbids it on its day: it is not done, and the history says why. */
bool later_forbidden(CaseWork *work, const LaterDay *day, const Action *action, Str why, Err *err);
/* A day is not to be done any more. */
bool later_forget_day(Tx *tx, int64_t case_id, const LaterDay *day, Arena *arena, Err *err);
