/* SPDX-License-Identifier: EUPL-1.2 */
/* What a person writes into a register by hand: a correction, an end, a new entry. Who, when and
 * why stand in `register_act`; the chain of events names its number only, so that the words can be
 * erased. Where the register demands two people the act waits until another approves. */
#pragma once

#include "cases/register.h"

typedef enum ActKind {
    ACT_NEW,     /* a new entry from a day on, perhaps with an end */
    ACT_CHANGED, /* the facts became others on a day */
    ACT_WRONG,   /* they were never so: wherever the same wrong value stands around `from` */
    ACT_SPAN,    /* they were wrong in the days `from` to `until` only */
    ACT_PERIOD,  /* the entry begins and ends on other days */
} ActKind;
enum { ACT_KINDS = 5, ACT_REASON_MAX = 2000 };

typedef struct RegisterAct {
    int64_t id;
    int64_t entry_id; /* 0: of an entry that is not there yet */
    int64_t basis;    /* newest row of the entry that its author saw; 0 with ACT_NEW */
    ActKind kind;
    const Node *values; /* the fields that become others; a whole entry with ACT_NEW. Kept while it
                         * is open, or returned and not taken up again */
    Date from, until;   /* by kind; absent: none */
    Date seen;          /* first day of the stretch whose values its author saw; or absent */
    Str end_reason;     /* of the entry, ACT_NEW and ACT_PERIOD; or STR_NONE */
    Str reason;         /* why by hand: words of the author */
    Str status;         /* "open", "done", "returned", "resumed", "withdrawn" */
    int64_t by, decided_by;
    Timestamp at, decided_at;
    Str answer;      /* why it was returned, or STR_NONE */
    int64_t follows; /* the returned one that it takes up again, or 0 */
} RegisterAct;

/* "changed" … as the database and the API say it. */
const char *register_act_word(ActKind kind);
bool register_act_kind(Str word, ActKind *out);

/* The newest row of an entry: what an act rests on. */
bool register_act_basis(Tx *tx, Str register_id, int64_t entry_id, int64_t *out, Err *err);
/* Change the register as the act says; `change->act_id` is set by the caller. ERR_CONFLICT when the
 * entry is no longer what the author saw (then with the field "basis"), or when nothing would
 * change. Fills `entry_id` of
 * ACT_NEW. */
bool register_act_apply(Tx *tx, const RegisterChange *change, RegisterAct *act, Arena *arena,
                        Err *err);
/* May this person take up again what was returned to them? ERR_CONFLICT when it was already, or
 * when nothing of it is kept. */
bool register_act_resumable(const RegisterAct *act, int64_t staff_id, Err *err);
/* Keep the act of a person and do it at once; or only keep it (`second`: another person must
 * approve). `change->act_id` is not read. What it `follows` is taken up with it. */
bool register_act_order(Tx *tx, const RegisterChange *change, RegisterAct *act, bool second,
                        Arena *arena, Err *err);
/* A second person approves: it is done now. ERR_FORBIDDEN for the author, ERR_CONFLICT when it is
 * decided already. */
bool register_act_approve(Tx *tx, const RegisterChange *change, RegisterAct *act, int64_t staff_id,
                          Arena *arena, Err *err);
/* Give it back with words (or, by its author, take it back without, also when it was given back).
 */
bool register_act_return(Tx *tx, Str register_id, RegisterAct *act, int64_t staff_id, Str answer,
                         Str actor, Err *err);
bool register_act_by_id(Tx *tx, Str register_id, int64_t id, Arena *arena, RegisterAct *out,
                        Err *err);
/* Those that wait for a second person, oldest first; of one entry, or (0) of the register. */
bool register_act_waiting(Tx *tx, Str register_id, int64_t entry_id, Arena *arena,
                          RegisterAct **out, size_t *count, Err *err);
/* Those of one author that came back, the latest first, while they neither took them up again nor
 * proposed something else for the same entry. */
bool register_act_returned(Tx *tx, Str register_id, int64_t staff_id, Arena *arena,
                           RegisterAct **out, size_t *count, Err *err);
/* Those of one entry that are done. */
bool register_act_done(Tx *tx, int64_t entry_id, Arena *arena, RegisterAct **out, size_t *count,
                       Err *err);
