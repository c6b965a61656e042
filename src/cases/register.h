/* SPDX-License-Identifier: EUPL-1.2 */
/* Registers: facts with valid time (when it is so) and record time (when we knew it). An entry
 * is a row per stretch of valid time; a change never overwrites, it supersedes: the old row keeps
 * `superseded_at`. The head is the current row that describes the entry's latest stretch. */
#pragma once

#include "cases/package.h"
#include "core/store/db.h"

typedef struct RegisterEntry {
    int64_t id;  /* of the entry, the same over all its rows */
    int64_t row; /* of this stretch */
    Str title;
    Date begins; /* first day of the entry */
    Date from;   /* first day of this stretch */
    Date until;  /* last day of this stretch, or absent */
    Str reason;  /* why it ended, or STR_NONE */
    Timestamp recorded;
    Timestamp superseded; /* 0: still holds */
    int64_t case_id;      /* which made it, or 0 */
    Str actor;
    const Node *data;
} RegisterEntry;

typedef struct RegisterChange {
    const RegisterSpec *spec;
    const Package *package; /* for the title */
    int64_t case_id;        /* or 0 */
    Str case_number;        /* for the message of a conflict */
    Str actor;
    Date today;
} RegisterChange;

/* Add an entry that holds from a day on. ERR_CONFLICT when a required field is missing or when
 * a living entry has the same key. */
bool register_add(Tx *tx, const RegisterChange *change, const Node *data, Date from, Arena *arena,
                  int64_t *id, Err *err);
/* The same, ended already: for histories and examples. */
bool register_end(Tx *tx, const RegisterChange *change, int64_t id, Date until, Str reason,
                  Arena *arena, Err *err);
/* From a day on some fields have other values (a map; others stay). The day may not lie before
 * the head's stretch. */
bool register_change(Tx *tx, const RegisterChange *change, int64_t id, const Node *values,
                     Date from, Arena *arena, Err *err);

/* A condition of a lookup: the field equals one of these values (as text). */
typedef struct RegisterCondition {
    Str field;
    Str *values;
    size_t count;
} RegisterCondition;

/* Heads that fulfil all conditions, in the order in which they were added. Without `all` only
 * the living: not ended, or ended later than `today`. */
bool register_find(Tx *tx, const RegisterSpec *spec, const RegisterCondition *conditions,
                   size_t count, bool all, Date today, Arena *arena, RegisterEntry **out,
                   size_t *found, Err *err);
/* The head. */
bool register_by_id(Tx *tx, Str register_id, int64_t id, Arena *arena, RegisterEntry *out,
                    Err *err);
/* Every row of an entry, superseded ones too, by record time. */
bool register_history(Tx *tx, int64_t id, Arena *arena, RegisterEntry **out, size_t *count,
                      Err *err);
/* Heads by title, from after (`after_title`, `after_row`); `terms` (normalised, prefixes) narrow.
 */
bool register_list(Tx *tx, Str register_id, const Str *terms, size_t term_count, Str after_title,
                   int64_t after_row, int limit, Arena *arena, RegisterEntry **out, size_t *count,
                   Err *err);
/* At most `limit`. */
bool register_count(Tx *tx, Str register_id, int64_t limit, int64_t *out, Err *err);

/* What an expression sees of an entry; `type` is process_entry_type(). */
const FeelValue *register_entry_value(const RegisterEntry *entry, const FeelType *type,
                                      Arena *arena);
