/* SPDX-License-Identifier: EUPL-1.2 */
/* What clerks write down for themselves and each other: notes, and reminders (Wiedervorlage).
 * Neither has a legal effect; the applicant does not see them. */
#pragma once

#include "cases/case.h"

/* How long the author of a note may put it right. Old versions are kept. */
enum { NOTE_CORRECTION_HOURS = 24 };
enum { NOTE_MAX = 4000 }; /* characters */

typedef struct NoteText {
    Timestamp at;
    Str text;
} NoteText;

typedef struct CaseNote {
    int64_t id;
    int64_t author; /* staff id */
    Timestamp at;
    Str text;
    int64_t to_staff; /* whom it mentions, or 0 */
    Str to_office;    /* or STR_NONE */
    NoteText *older;  /* what it said before, oldest first */
    size_t older_count;
} CaseNote;

/* Whom a note or a reminder is for: a person, or an office, or (a note) nobody. */
typedef struct Addressee {
    int64_t staff;
    Str office;
} Addressee;

/* Write a note. Whom it mentions gets a reminder of today with its beginning. */
bool case_note_add(Tx *tx, const Case *c, Str text, Addressee to, int64_t author, Date today,
                   Err *err);
/* Put an own note right. ERR_FORBIDDEN: somebody else's; ERR_CONFLICT: too late. */
bool case_note_correct(Tx *tx, const Case *c, int64_t note_id, Str text, int64_t author, Err *err);
/* Newest first. */
bool case_notes(Tx *tx, int64_t case_id, Arena *arena, CaseNote **out, size_t *count, Err *err);
bool case_note_open(const CaseNote *note, int64_t staff_id, Timestamp now);

typedef struct Reminder {
    int64_t id, case_id;
    Addressee to;
    Date due;
    Str text;
    Timestamp done; /* 0: open */
    int64_t created_by;
    Timestamp created;
} Reminder;

bool case_reminder_add(Tx *tx, const Case *c, Addressee to, Date due, Str text, int64_t author,
                       Err *err);
/* ERR_CONFLICT when it is done already. */
bool case_reminder_done(Tx *tx, const Case *c, int64_t id, Str actor, Err *err);
bool case_reminder_move(Tx *tx, const Case *c, int64_t id, Date due, Str actor, Err *err);
/* Open ones of a case by day. */
bool case_reminders(Tx *tx, int64_t case_id, Arena *arena, Reminder **out, size_t *count, Err *err);

/* Another deadline, with the reason. ERR_CONFLICT while the clock is paused or when the case is
 * closed. */
bool case_deadline_set(Tx *tx, Tenant *tenant, const Package *package, Case *c, Date deadline,
                       Str reason, Str actor, Date today, Arena *arena, Err *err);
