/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: what a person decides about a charge. Each decision has a day, a reason and its
 * maker, stands until it is taken back, and is never deleted. Only remission and write-off for good
 * lower the claim; the others move the days or hold the dunning up (docs/pay.md, "Decisions"). */
#pragma once

#include "pay/claim.h"

typedef enum DecisionKind {
    DECISION_INSTALMENTS, /* Ratenzahlung: other days for what is open */
    DECISION_DEFERRAL,    /* Stundung: not dunned until a day, perhaps with interest */
    DECISION_REMISSION,   /* Erlass */
    DECISION_WRITE_OFF,   /* Niederschlagung, for good */
    DECISION_SUSPENSION,  /* Niederschlagung, until a day */
    DECISION_STOP,        /* Mahnsperre: not dunned, perhaps until a day */
    DECISION_ENFORCEMENT, /* parts handed over to enforcement: not dunned any more */
    DECISION_KINDS,
} DecisionKind;

typedef struct Decision {
    int64_t id;
    int64_t charge_id;
    DecisionKind kind;
    Str status;    /* "proposed", "stands", "refused", "undone" */
    int64_t cents; /* waived, or the interest; 0: no money */
    bool of_extra; /* waived of fees, surcharges and interest, not of what was assessed */
    Date begins;
    Date until; /* absent: without an end */
    Str reason;
    Str actor;
    Timestamp at;
    Str answered_by; /* who agreed or refused, or STR_NONE */
    Timestamp answered_at;
    Str undone_by, undone_reason;
    Timestamp undone_at;
    const Node *parts; /* {taken: [{number, cents}], made: [number]} */
} Decision;

/* The word in the database ("erlass") and the one for people ("Erlass"). */
Str decision_word(DecisionKind kind);
Str decision_label(DecisionKind kind);
bool decision_kind_of(Str word, DecisionKind *out);

typedef struct DecisionOrder {
    int64_t charge_id;
    DecisionKind kind;
    int64_t cents; /* remission, write-off */
    bool of_extra;
    Date until;              /* deferral, suspension; stop: may be absent */
    int count;               /* instalments: how many, 2 to 60, a month apart */
    Date first;              /* the day of the first */
    bool interest;           /* deferral, instalments: where the tenant takes any */
    const TakenList *handed; /* enforcement: the parts that go there */
    Str reason;
    Str actor;
    Date today;
} DecisionOrder;

/* Decide. A remission or write-off above the tenant's `money.four_eyes_above` is only proposed.
 * ERR_INPUT, with the field and in German, when it cannot be so. */
bool decision_make(Tx *tx, Tenant *tenant, const DecisionOrder *order, Arena *arena, int64_t *id,
                   Err *err);
/* Somebody else agrees to what was proposed, or not. ERR_FORBIDDEN for the one who proposed it. */
bool decision_answer(Tx *tx, int64_t id, bool agree, Str actor, Arena *arena, Err *err);
/* Take back what stands: by bookings and parts of its own. */
bool decision_undo(Tx *tx, int64_t id, Str reason, Str actor, Arena *arena, Err *err);

bool decisions_of(Tx *tx, int64_t charge_id, Arena *arena, Decision **out, size_t *count, Err *err);
bool decision_by_id(Tx *tx, int64_t id, Arena *arena, Decision *out, Err *err);
/* The last day on which a deferral lets pay: the next working day when its own is none (§ 108 (3)
 * AO). */
Date decision_deferred_until(const Decision *deferral, Str land);
/* Is something open of the charge with enforcement? */
bool charge_enforced(Tx *tx, int64_t charge_id, Arena *arena, bool *out, Err *err);
/* Mark the parts that stand with enforcement. */
void decisions_mark_enforced(const Decision *decisions, size_t count, PartList *parts,
                             Arena *arena);
/* Why dunning of the whole charge is held up on this day, in German; STR_NONE: it is not. */
Str decisions_hold(const Decision *decisions, size_t count, Date day, Str land, Arena *arena);

/* A fee, surcharge or interest goes (its reason fell away): the part of this number, and with it
 * what was waived of it, so that no waiver that is taken back later brings it back. */
bool decision_drop_extra(Tx *tx, Charge *charge, int number, Str text, Str actor, Arena *arena,
                         Err *err);

/* An assessment sank below what was waived of it: lower the waivers, the latest first. */
bool decision_lower_waivers(Tx *tx, Charge *charge, int64_t cents, Str actor, Arena *arena,
                            Err *err);
