/* SPDX-License-Identifier: EUPL-1.2 */
/* Cases that belong together: links that clerks make, and a duplicate that goes on inside another
 * case. What might belong together is told by keys: the same person (name and date of birth), the
 * same organisation, the same key of a register (a chip number). */
#pragma once

#include "cases/case_store.h"

/* Bring the keys of a case up to date with its data. */
bool case_index_keys(CaseWork *work, Err *err);

typedef struct CaseLink {
    int64_t id;
    int64_t other; /* the other case, seen from the one that was asked about */
    Str number, applicant, version, procedure, state;
    Str why;     /* as the clerk wrote it, or STR_NONE */
    bool merged; /* one of the two goes on in the other: */
    bool into;   /*   this one in the other; else the other in this one */
    Timestamp at;
} CaseLink;
bool case_links(Tx *tx, int64_t case_id, Arena *arena, CaseLink **out, size_t *count, Err *err);

typedef struct CaseHint {
    int64_t other;
    Str number, applicant, version, procedure, state;
    Str *keys; /* that both have: "person|…", "organisation|…", "hund.chip|…" */
    size_t key_count;
    bool closed;
} CaseHint;
/* How many cases have a key in common and are not linked yet; it counts no further than `most`. */
bool case_hint_count(Tx *tx, int64_t case_id, int64_t most, int64_t *out, Err *err);
/* These, newest first: `limit` of them behind the `first` ones. */
bool case_hints(Tx *tx, int64_t case_id, size_t first, size_t limit, Arena *arena, CaseHint **out,
                size_t *count, Err *err);

bool case_link_add(Tx *tx, const Case *c, const Case *other, Str why, int64_t staff_id, Err *err);
bool case_link_remove(Tx *tx, const Case *c, int64_t link_id, int64_t staff_id, Err *err);

/* The case goes on in `into`: its findings and tasks are closed, it leaves the lists, its applicant
 * is told. Both must be of one service; the case must be open, `into` not merged itself. */
bool case_merge(CaseWork *work, const Case *into, Str why, int64_t staff_id, Err *err);
/* Take it back, while nothing was decided in the other case since. */
bool case_unmerge(CaseWork *work, int64_t staff_id, Err *err);
