/* SPDX-License-Identifier: EUPL-1.2 */
/* The figures of the statistics. They are counted in the transaction of what they count, so that a
 * page reads some thousand rows however many cases there ever were: per week, procedure and scope
 * (an office, "*" or a member of staff), how many times a kind had a value. */
#pragma once

#include "base/clock.h"
#include "core/store/db.h"

enum { FIGURE_WEEKS = 52 };

typedef struct FigureWeek {
    Date monday;
    int64_t received, decided;
} FigureWeek;

typedef struct FigureProcedure {
    Str service, procedure;
    int64_t received, decided;
    int64_t median,
        p90;           /* days from receipt to decision, without those when the clock was paused */
    int64_t kept, due; /* decided within the deadline, of those that had one */
    int64_t asked;     /* requests for corrections of the decided cases */
} FigureProcedure;

typedef struct Figures {
    FigureWeek weeks[FIGURE_WEEKS]; /* the last one is the present week */
    FigureProcedure *procedures;
    size_t procedure_count;
} Figures;

/* The last FIGURE_WEEKS weeks of "steueramt", "*" or "staff/3". */
bool case_figures(Tx *tx, Str scope, Date today, Arena *arena, Figures *out, Err *err);

typedef struct AgeBucket {
    const char *label;
    int64_t count;
} AgeBucket;
enum { AGE_BUCKETS = 5 };
/* Open cases of an office by their age; of one member of staff when `staff_id` is not 0. */
bool case_ages(Tx *tx, Str office, int64_t staff_id, Date today, Arena *arena,
               AgeBucket out[AGE_BUCKETS], Err *err);
