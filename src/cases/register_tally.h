/* SPDX-License-Identifier: EUPL-1.2 */
/* Kept counts of a register: how many entries hold on a day, by one or two groups, as known now.
 *
 * `register_tally` has, per day, how many rows begin to hold and how many end on it (and the same
 * per year), so a count for any day reads the years before it and the days of its year; it takes
 * the same time however many entries there are. What is kept stands in `register_tally_kept`: it
 * is built when it is first asked for, and from then on every write of a row keeps it in the same
 * transaction. `rathaus verify` counts anew and compares. */
#pragma once

#include "cases/register.h"

typedef struct TallyRow {
    Date begins, from, until;
    const Node *data;
} TallyRow;

enum { TALLY_KEPT_MAX = 64 };

typedef struct TallyKept {
    Str groups;
    Str fields[2];
    int64_t takes[2]; /* how many characters of a value count */
    size_t count;     /* 1 or 2 */
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

/* Can this be answered from what is kept? No filters, and nothing was written after `known_at`. */
bool tally_answers(Tx *tx, const RegisterQuery *query, const RegisterGroup *groups,
                   size_t group_count, bool *out, Err *err);
bool tally_cells(Tx *tx, const RegisterQuery *query, const RegisterGroup *groups,
                 size_t group_count, Arena *arena, RegisterCell **out, size_t *count, Err *err);
/* Keep these counts from now on; nothing when they are kept. One scan of the register. */
bool tally_keep(Tx *tx, Str register_id, const RegisterGroup *groups, size_t group_count,
                Arena *arena, Err *err);
