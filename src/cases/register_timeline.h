/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the registers' writing: an entry's timeline in memory, and what it must fulfil before it
 * is stored again. */
#pragma once

#include "cases/register_row.h"
#include "cases/register_tally.h"

typedef struct Stretch {
    int64_t row; /* as it is stored; 0: new or changed */
    Date from, until;
    Str reason;
    const Node *data;
} Stretch;

typedef struct Timeline {
    int64_t id; /* 0: a new entry */
    Date begins;
    Date stored_begins; /* as read */
    TallyList tallies;  /* counts that are kept of the register */
    Str title;          /* of the head, for messages */
    Stretch *stored;    /* as read */
    size_t stored_count;
    struct StretchList {
        Stretch *items;
        size_t count, capacity;
    } now;
} Timeline;

/* --- What an entry must fulfil (register_check.c) ------------------------------------------------
 * Messages are in `lang`; STR_NONE: German. */

/* Is `a` an earlier last day than `b`? An absent one is never reached. */
bool register_ends_before(Date a, Date b);
/* ERR_INPUT for a day that cannot be stored (register_day_ok()); `until` may be absent. */
bool register_check_days(Date from, Date until, Str lang, Err *err);
/* The same, and ERR_CONFLICT when the last day lies before the first. */
bool register_check_period(Date from, Date until, Str lang, Err *err);
/* ERR_CONFLICT with the label of a required field that has no value. */
bool register_check_required(const RegisterSpec *spec, const Node *data, Str lang, Err *err);
/* ERR_CONFLICT when another entry than `except` (0: none) has the same values in all key fields on
 * a day of these. A key with a null in it never collides. */
bool register_check_unique(Tx *tx, const RegisterChange *change, const Node *data, Date from,
                           Date until, int64_t except, Arena *arena, Err *err);
/* The same for every stretch that is new or changed, but for days on which the entry had the key
 * before. */
bool register_check_keys(Tx *tx, const RegisterChange *change, const Timeline *line, Arena *arena,
                         Err *err);

/* --- Storing (register_timeline.c) ---------------------------------------------------------------
 */

/* The rows of an entry that hold now. ERR_NOT_FOUND: this register has no such entry; ERR_CONFLICT:
 * its days cannot be read. */
bool timeline_read(Tx *tx, const RegisterChange *change, int64_t id, Arena *arena, Timeline *out,
                   Err *err);
/* Store a new entry of one stretch; `*id` is its number. */
bool timeline_add(Tx *tx, const RegisterChange *change, Timeline *line, const Stretch *stretch,
                  Arena *arena, int64_t *id, Err *err);
/* Check the keys and store what changed: rows that are not in `now` any more are superseded, new
 * ones written. The last stretch is the head; a stored row that became or ceased to be it is told
 * so. What waits for the entry is woken (case_later.h). */
bool timeline_store(Tx *tx, const RegisterChange *change, const Timeline *line, Arena *arena,
                    Err *err);
