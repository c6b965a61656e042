/* SPDX-License-Identifier: EUPL-1.2 */
/* Registers: facts with valid time (when it is so) and record time (when we knew it). An entry
 * is a row per stretch of valid time; a change never overwrites, it supersedes: the old row keeps
 * `superseded_at`. The rows that are not superseded are the entry's timeline as we know it now;
 * they follow one another by valid time, and the last of them is the head. Rows and what they are
 * found by are never deleted, so that every question can be asked "as known on that day". */
#pragma once

#include "cases/package.h"
#include "core/store/db.h"

typedef struct Tenant Tenant;

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
    int64_t act_id;       /* the act of a person that made it (register_act.h), or 0 */
    Str actor;
    const Node *data;
} RegisterEntry;

typedef struct RegisterChange {
    const RegisterSpec *spec;
    const Package *package; /* for the title */
    int64_t case_id;        /* or 0 */
    Str case_number;        /* for the message of a conflict */
    int64_t act_id;         /* of an act by hand, or 0 */
    Str actor;
    Date today;
    Str lang; /* of what a new entry is refused with; STR_NONE: German */
} RegisterChange;

/* When an entry holds. */
typedef struct RegisterPeriod {
    Date from, until; /* `until` is the last day; absent: no end */
    Str reason;       /* why it ended, or STR_NONE */
} RegisterPeriod;

/* --- Writing (register_write.c, register_check.c) ------------------------------------------------
 */

/* Days lie between 1.1.1000 and 30.12.9999, so that their texts sort as they do. 31.12.9999 as a
 * last day is how many programs write "no end": it is none. */
bool register_day_ok(Date day);
Date register_last_day(Date until);

/* Add an entry that holds from a day on. ERR_CONFLICT when a required field is missing or when
 * another entry has the same key at the same time. ERR_INPUT for a day that cannot be. */
bool register_add(Tx *tx, const RegisterChange *change, const Node *data, Date from, Arena *arena,
                  int64_t *id, Err *err);
/* The same with an end, which is not before its first day. */
bool register_add_period(Tx *tx, const RegisterChange *change, const Node *data,
                         const RegisterPeriod *period, Arena *arena, int64_t *id, Err *err);
/* The changes below take no key that another entry has at that time (ERR_CONFLICT); what was so
 * before does not stand in their way.
 *
 * `until` is the last day of the entry: what was known of later days falls away; an earlier end is
 * moved. Absent: it has no end (any more). Not before its first day. */
bool register_end(Tx *tx, const RegisterChange *change, int64_t id, Date until, Str reason,
                  Arena *arena, Err *err);
/* From a day on some fields have other values (a map; others stay). The day may lie in the past:
 * every later stretch gets the values then. Not before the entry's first day, nor after its last.
 */
bool register_change(Tx *tx, const RegisterChange *change, int64_t id, const Node *values,
                     Date from, Arena *arena, Err *err);
/* The same for the days `from` to `until` only (absent: no end). */
bool register_correct(Tx *tx, const RegisterChange *change, int64_t id, const Node *values,
                      Date from, Date until, Arena *arena, Err *err);
/* The entry's first day is another one. An earlier one lengthens its first stretch. Not after its
 * last day. */
bool register_begin(Tx *tx, const RegisterChange *change, int64_t id, Date begins, Arena *arena,
                    Err *err);
/* Both days at once, also to a time at which it did not hold: then what it said last (or first, of
 * a time before it) is said of the new one. */
bool register_move(Tx *tx, const RegisterChange *change, int64_t id, const RegisterPeriod *period,
                   Arena *arena, Err *err);

/* --- Finding (register_find.c) -------------------------------------------------------------------
 */

/* A condition of a lookup: the field equals one of these values (as text). */
typedef struct RegisterCondition {
    Str field;
    Str *values;
    size_t count;
} RegisterCondition;

/* Is there a stretch of another entry than `except`, as known now, that fulfils all conditions and
 * holds between two days (`until` absent: no end)? An entry may end on the day on which the next
 * one begins. */
bool register_holder(Tx *tx, const RegisterSpec *spec, const RegisterCondition *conditions,
                     size_t count, Date from, Date until, int64_t except, Arena *arena,
                     RegisterEntry *out, bool *found, Err *err);
/* Heads that fulfil all conditions, in the order in which they were added. Without `all` only
 * the living: not ended, or ended later than `today`. */
bool register_find(Tx *tx, const RegisterSpec *spec, const RegisterCondition *conditions,
                   size_t count, bool all, Date today, Arena *arena, RegisterEntry **out,
                   size_t *found, Err *err);
/* The head. */
bool register_by_id(Tx *tx, Str register_id, int64_t id, Arena *arena, RegisterEntry *out,
                    Err *err);
/* What held on a day as it was known at a moment; ERR_NOT_FOUND when nothing did. `begins` is the
 * first day as known then. */
bool register_at(Tx *tx, Str register_id, int64_t id, Date valid_on, Timestamp known_at,
                 Arena *arena, RegisterEntry *out, Err *err);
/* The last moment of a day in Berlin: what was known on that day. */
Timestamp register_known_on(Date day);
/* Every row of an entry, superseded ones too, by record time. */
bool register_history(Tx *tx, int64_t id, Arena *arena, RegisterEntry **out, size_t *count,
                      Err *err);
/* A field's value as the text that lookups and filters compare; STR_NONE for what they cannot
 * find. */
Str register_text(const RegisterSpec *spec, Str field, const Node *value, Arena *arena);

/* What an expression sees of an entry, whose data it shares; `type` is process_entry_type(). */
const FeelValue *register_entry_value(const RegisterEntry *entry, const FeelType *type,
                                      Arena *arena);

/* --- Lists (register_query.c) --------------------------------------------------------------------
 */

/* A field whose text lies in a range (dates in ISO form do as days do); `from` = `to` for one
 * value, STR_NONE for an open end. */
typedef struct RegisterFilter {
    Str field;
    Str from, to;
} RegisterFilter;

enum { REGISTER_FILTERS = 12, REGISTER_TERMS = 5 };

typedef enum RegisterSort {
    REGISTER_BY_TITLE,
    REGISTER_BY_AGE, /* as they were recorded, oldest first */
    REGISTER_NEWEST, /* newest first */
    REGISTER_BY_FIELD,
} RegisterSort;

typedef struct RegisterQuery {
    Str register_id;
    const Str *terms; /* normalised beginnings of words that must all be there */
    size_t term_count;
    RegisterFilter filters[REGISTER_FILTERS];
    size_t filter_count;
    bool at;            /* rows that hold on `valid_on` as known at `known_at`, else heads */
    Date valid_on;      /* with `at` */
    Timestamp known_at; /* with `at` */
    Timestamp heads_at; /* without `at`: the heads of this moment; 0: of now */
    RegisterSort sort;
    Str sort_field;    /* REGISTER_BY_FIELD; entries without a value are left out */
    Str after_text;    /* of the row before: title or the sorted field's text */
    int64_t after_row; /* 0: from the start */
    int limit;
} RegisterQuery;

/* Entries of a register, from after (`after_text`, `after_row`). Each walks an index in the order
 * asked for, or sorts a few thousand at most. `sort_texts` (may be NULL) gets what `after_text`
 * must be for the row. */
bool register_select(Tx *tx, const RegisterQuery *query, Arena *arena, RegisterEntry **out,
                     Str **sort_texts, size_t *count, Err *err);
/* How many there are; at most `limit`. */
bool register_count(Tx *tx, const RegisterQuery *query, int64_t limit, int64_t *out, Err *err);

typedef struct RegisterGroup {
    Str field; /* empty: the day of the entry's beginning */
    RegisterTake take;
} RegisterGroup;

typedef struct RegisterCell {
    Str values[2]; /* STR_NONE: no value */
    int64_t count;
} RegisterCell;

/* Count the entries that hold on `query->valid_on` as known at `query->known_at` (`at` must be set)
 * by one or two groups; sorted by value. */
bool register_cells(Tx *tx, const RegisterQuery *query, const RegisterGroup *groups,
                    size_t group_count, Arena *arena, RegisterCell **out, size_t *count, Err *err);

/* Keep these counts, so that they are answered at once however many entries there are
 * (register_tally.h). The first time costs a scan, in short transactions: for the background. */
bool register_counts_keep(Db *db, Str register_id, const RegisterGroup *groups, size_t group_count,
                          Err *err);

/* --- What registers are counted by (register_counts.c) ------------------------------------------
 */

/* `count_by` of the package; when it says nothing choices and yes or no, days by year, the entry's
 * beginning by month. */
size_t register_counts(const RegisterSpec *spec, Arena *arena, RegisterCount **out);
/* Keep what the statistics and the open data of large registers count, each count also with those
 * choices by which the desk filters; by the clock. */
bool register_counts_schedule(Tenant *tenant, Arena *arena, Err *err);

/* A group of a package's `count_by`, and the words for one of its values (STR_NONE: no value). */
RegisterGroup register_group(const RegisterCount *count);
Str register_group_text(const RegisterCount *count, Str value, Str lang, Arena *arena);
