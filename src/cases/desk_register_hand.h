/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing into a register by hand at the desk and through the API: the same reading, checks, trial
 * and decision; the pages and the API only ask and show. Needs `register.correct`. */
#pragma once

#include "cases/desk_register.h"
#include "cases/form.h"
#include "cases/register_act.h"

typedef struct HandError {
    Str field; /* "from", "until", "reason", "endReason", "kind", or a field of the register */
    bool own;  /* one of the first five */
    Str rule, message;
} HandError;

typedef struct Hand {
    Request *req;
    DeskRegister reg;
    bool fresh;         /* a new entry */
    bool period;        /* its days only */
    RegisterEntry head; /* unless fresh */
    RegisterEntry base; /* the stretch whose values are put right */
    FormField **fields; /* that the caller may write, of spec->form */
    size_t field_count;
    Node *data;      /* the entry as it should be */
    FormState state; /* of `data`; not of a period */
    RegisterAct act;
    const RegisterAct *again; /* what was returned and is taken up, or NULL */
    bool moved_on;            /* the entry is another than `again` rests on */
    struct HandErrors {
        HandError *items;
        size_t count, capacity;
    } errors;
    EntryEvent *events; /* after hand_try: what the register would say, newest first */
    size_t event_count;
    Str title;       /* of the entry as it would be */
    FactView *facts; /* of a new entry: all that it would say */
    size_t fact_count;
    bool hidden; /* but for what the caller may not see */
    bool tried;
    bool second; /* another person must approve */
    bool alone;  /* and nobody else may */
} Hand;

/* --- desk_register_hand.c ----------------------------------------------------------------------
 */

/* Register, right and entry. `valid_on` (absent: the newest stretch) chooses what is put right;
 * `follows` is the returned act that is taken up, or 0. ERR_FORBIDDEN without the right;
 * ERR_CONFLICT for a new entry that nobody can write by hand, because it needs values that only a
 * case knows, and for an act that is not to be taken up here. */
bool hand_open(Request *req, bool fresh, bool period, Date valid_on, int64_t follows, Hand *out,
               Err *err);
/* Fill in what the act says that is taken up. ERR_CONFLICT when it cannot be any more. */
bool hand_resume(Hand *hand, Err *err);
bool hand_can_add(const RegisterSpec *spec);
void hand_error(Hand *hand, const char *field, bool own, const char *rule, Str message);
/* Evaluate `data`, collect what is wrong, and find what is another than before. */
bool hand_check(Hand *hand, Err *err);
/* Do it and take it back: fills `events`. ERR_CONFLICT when the register does not take it. */
bool hand_try(Hand *hand, Err *err);
/* Do it, or propose it where two people decide. */
bool hand_commit(Hand *hand, Err *err);
/* A waiting act as the trial shows it to who decides about it. */
bool hand_try_act(Hand *hand, const RegisterAct *act, Err *err);
/* May somebody else approve? */
bool hand_find_second(Hand *hand, Tx *tx, Err *err);
RegisterChange hand_change(const Hand *hand);

/* --- desk_entry.c: how we came to know an entry; after a write in the same transaction ---------
 */

bool desk_entry_events(Request *req, const DeskRegister *reg, Tx *tx, int64_t id,
                       EntryEvent **events, size_t *count, Err *err);
/* What an entry says, as far as the caller may see it; `*hidden` when there is more. */
size_t desk_entry_facts(const DeskRegister *reg, const Node *data, Arena *arena, FactView **out,
                        bool *hidden);
/* --- Views ---------------------------------------------------------------------------------------
 */

typedef struct HandPage {
    Str title, lead, path, back_path, back_label;
    Str problem;
    const FieldError *errors;
    size_t error_count;
    Html fields;
    FieldView kind, from, until, end_reason, reason;
    bool has_kind, has_from, has_until, has_end_reason;
    Str basis, valid_on, follows;
    Str answer; /* why what is taken up was returned; or STR_NONE */
    bool moved_on;
    /* The preview. */
    bool second, alone;
    const Hand *tried;
    const Field *sent; /* kept for the next step */
    size_t sent_count;
    Str button;
} HandPage;

typedef struct ActPage {
    Str register_name, register_path, title, entry_title, entry_path, path;
    Str by, at, reason, what, problem, outcome;
    const Hand *tried; /* NULL: it cannot be done any more */
    bool open, mine;
    Str resume_path;         /* where its author takes it up again; or STR_NONE */
    bool droppable;          /* its author may withdraw what was returned */
    Str next_path;           /* the one that took it up; or STR_NONE */
    Str before_path, before; /* the one that it took up, and why that was returned */
} ActPage;

/* "Hat sich geändert ab 3. März 2027" */
Str hand_what(const RegisterAct *act, Arena *arena);
