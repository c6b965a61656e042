/* SPDX-License-Identifier: EUPL-1.2 */
/* What a decision plans for days to come: an action that is done by itself, such as the reminder
 * before an exemption ends.
 *
 * The decision only notes that it wants it (`case_later`). On which days it is to be done the
 * process tells from what is known at the moment, so the days (`case_later_day`) are looked at
 * anew whenever an entry that the case made in a register changes, and before anything is done.
 * A day that is not told any more is forgotten; a new one is planned. Each day is done once: the
 * row says so in the transaction of the action. An effect per day only wakes the queue.
 *
 * What its guard forbids on its day is dropped, for that is the process's answer and no failure;
 * the history says why. Another day that is told later is planned as any other.
 *
 * A letter that cannot be printed as it is does not go by itself: nothing is done, and the office
 * of the action gets a reminder (Wiedervorlage) that says why. The day stays planned until a person
 * does the action, until it goes by itself after a correction, or until the case goes on to where
 * the action is not offered any more; then the reminder is done too. */
#pragma once

#include "cases/case_store.h"
#include "core/work/work.h"

/* The effect at `position` of an action wants it. What would have been due on the day of the
 * decision or before is never done: the decision itself could say it. */
bool case_later_order(CaseWork *work, const Action *action, size_t position, Err *err);
/* An action was done, by whomever: the first day that is planned for it is done with it. */
bool case_later_acted(CaseWork *work, const Action *action, Err *err);
/* The case has another state, or an action was done: what was left to a person may be offered no
 * more, or may go by itself now. Looked at soon after this transaction. */
bool case_later_went_on(CaseWork *work, Err *err);
/* Look at the days of a case again, soon after this transaction. */
bool case_later_again(Tx *tx, int64_t case_id, Arena *arena, Err *err);
/* The cases that wrote the entry look at their days again, soon after this transaction. */
bool case_later_entry_changed(Tx *tx, int64_t entry_id, Arena *arena, Err *err);
/* Nothing is to be done any more: days that are planned go, with their reminders and failures. What
 * the decisions wanted stays, so that it can be planned again; those rows are the caller's. */
bool case_later_forget(Tx *tx, int64_t case_id, Arena *arena, Err *err);

typedef struct PlannedDay {
    const Action *action;
    Date day;
} PlannedDay;
/* What is planned, by the day. */
bool case_later_planned(Tx *tx, const Process *process, const Case *c, Arena *arena,
                        PlannedDay **out, size_t *count, Err *err);

/* Look at a case's days and do what is due: {"case": 17}. */
bool effect_later(EffectRun *run, Err *err);
