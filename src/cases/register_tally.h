/* SPDX-License-Identifier: EUPL-1.2 */
/* Kept counts of a register: how many entries hold on a day, by one or two groups, as known now.
 *
 * `register_tally` has, per day, how many rows begin to hold and how many end on it (and the same
 * per year), so a count for any day reads the years before it and the days of its year; it takes
 * the same time however many entries there are. What is kept stands in `register_tally_kept`.
 *
 * It is built in the background, some thousand rows a transaction, so that nobody waits for it:
 * `built_to` is the last row that is counted (NULL: all). Every write of a row keeps the counts in
 * the same transaction; of a count that is being built only for rows that are counted already, for
 * the others are still to come. `rathaus verify` counts anew and compares. */
#pragma once

#include "cases/register.h"

typedef struct TallyRow {
    int64_t row;
    Date begins, from, until;
    const Node *data;
} TallyRow;

/* Where a kept count `t` finds its values of a row `e`, and which rows it has counted. */
#define TALLY_VALUES                                                                          \
    "COALESCE(SUBSTR(CASE WHEN t.field_a = '' THEN e.begins ELSE g.value END, 1, t.take_a), " \
    "'') AS a, COALESCE(SUBSTR(CASE WHEN t.field_b = '' THEN e.begins ELSE h.value END, 1, "  \
    "t.take_b), '') AS b"
#define TALLY_ROWS                                                             \
    "register_tally_kept t JOIN register_entry e ON e.register = t.register "  \
    "LEFT JOIN register_key g ON g.row_id = e.row_id AND g.field = t.field_a " \
    "LEFT JOIN register_key h ON h.row_id = e.row_id AND h.field = t.field_b "
#define TALLY_COUNTED "e.superseded_at IS NULL AND (t.built_to IS NULL OR e.row_id <= t.built_to)"

/* Statements that take the rows of an entry ($1), before they go, out of all that is kept. The
 * second drops the lines that nothing is counted in any more, so that no value of it stays. */
extern const char TALLY_FORGET[], TALLY_SWEEP[];

enum { TALLY_KEPT_MAX = 64 };

typedef struct TallyKept {
    Str groups;
    Str fields[2];
    int64_t takes[2]; /* how many characters of a value count */
    size_t count;     /* 1 or 2 */
    int64_t built_to; /* rows up to this one are counted; INT64_MAX: all */
    Timestamp changed;
} TallyKept;

typedef struct TallyList {
    TallyKept items[TALLY_KEPT_MAX];
    size_t count;
} TallyList;

/* What is kept of a register. */
bool tally_list(Tx *tx, Str register_id, Arena *arena, TallyList *out, Err *err);
/* A row is known from now on (`sign` 1), or not any more (-1). */
bool tally_row(Tx *tx, const RegisterSpec *spec, const TallyList *list, const TallyRow *row,
               int sign, Arena *arena, Err *err);
/* The register was written now: counts as known before are not these. */
bool tally_touch(Tx *tx, Str register_id, const TallyList *list, Err *err);

/* How what is kept answers a question. */
typedef struct TallyAnswer {
    bool found;
    Str groups;      /* whose rows are read */
    size_t group[2]; /* which of their values the question's groups are */
    size_t filter[REGISTER_FILTERS];
} TallyAnswer;

/* Can this be answered from what is kept? Filters by fields whose whole values are counted; and
 * nothing was written after `known_at`. */
bool tally_answers(Tx *tx, const RegisterQuery *query, const RegisterGroup *groups,
                   size_t group_count, Arena *arena, TallyAnswer *out, Err *err);
bool tally_cells(Tx *tx, const RegisterQuery *query, const TallyAnswer *answer, size_t group_count,
                 Arena *arena, RegisterCell **out, size_t *count, Err *err);
/* Build these counts by one more step of `slice` rows; `*whole` when they are (or when as many as
 * may be are kept already). */
bool tally_build(Tx *tx, Str register_id, const RegisterGroup *groups, size_t group_count,
                 int64_t slice, Arena *arena, bool *whole, Err *err);
