/* SPDX-License-Identifier: EUPL-1.2 */
/* Two people for one decision (Vier-Augen-Prinzip): somebody proposes an action with what they
 * entered and how its letters read; somebody else approves, and only then anything happens, or
 * sends it back with a reason. A proposal is void when what it rests on has changed since. */
#pragma once

#include "cases/case.h"

typedef struct Proposal {
    int64_t id, case_id;
    Str action;
    Str office, service;
    Str protected_office; /* only this office sees it (case.protected); or STR_NONE */
    const Node *entry;    /* or NULL */
    const Node *edits;    /* of the letters, or NULL */
    const Node *letters;  /* list of snapshots, as the proposer saw them */
    Str fingerprint;
    int64_t by; /* staff id */
    Timestamp at;
    Str note;   /* for who approves, or STR_NONE */
    Str status; /* open | approved | returned | void */
    int64_t decided_by;
    Timestamp decided;
    Str reason;    /* why it was sent back, or STR_NONE */
    Str number;    /* of the case, */
    Str applicant; /* for lists */
    Str version;   /* of the package, */
    Str procedure; /* in which the action is the one that is meant */
} Proposal;

typedef struct ProposeOrder {
    Str action;
    const Node *entry, *edits;
    const Node *letters; /* as previewed, or NULL */
    Str note;            /* or STR_NONE */
    int64_t staff_id;
} ProposeOrder;

/* What a decision about a case rests on, as a hash under the town's key: its state, data and work,
 * and what its lookups find in registers. Not letters and amounts: they hold the day's date and
 * would be other ones every morning. */
bool case_basis(Tx *tx, Tenant *tenant, const Package *package, const Case *c, Date today,
                Arena *arena, Str *out, Err *err);
/* Keep a proposal; nothing else happens. ERR_CONFLICT when the action does not take two people or
 * a proposal is open that still holds; one that is void makes way. */
bool case_propose(Tx *tx, Tenant *tenant, const Package *package, Case *c,
                  const ProposeOrder *order, Date today, Arena *arena, int64_t *id, Err *err);
/* Decide as proposed. ERR_FORBIDDEN for the proposer; ERR_CONFLICT when it is not open any more
 * or void. */
bool case_proposal_approve(Tx *tx, Tenant *tenant, const Package *package, Case *c, int64_t id,
                           int64_t staff_id, Date today, Arena *arena, Err *err);
/* Send it back, with a reason; or take the own one back. */
bool case_proposal_return(Tx *tx, const Case *c, int64_t id, Str reason, int64_t staff_id,
                          Err *err);
/* Does it still rest on what is there? */
bool case_proposal_holds(Tx *tx, Tenant *tenant, const Package *package, const Case *c,
                         const Proposal *proposal, Date today, Arena *arena, bool *out, Err *err);

/* The open one of a case; `out->id` 0: none. */
bool case_proposal_open(Tx *tx, int64_t case_id, Arena *arena, Proposal *out, Err *err);
bool case_proposal_by_id(Tx *tx, int64_t case_id, int64_t id, Arena *arena, Proposal *out,
                         Err *err);
/* All open ones, and those sent back to `staff_id` that lie unanswered in an open case; oldest
 * first. */
bool case_proposals(Tx *tx, int64_t staff_id, Arena *arena, Proposal **out, size_t *count,
                    Err *err);
