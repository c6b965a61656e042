/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: the pages on which a person decides about a charge. */
#pragma once

#include "core/engine.h"
#include "core/http/request.h"
#include "core/page/parts.h"
#include "pay/charge.h"
#include "pay/decision.h"

typedef struct DecisionLine { /* as it is shown */
    Decision decision;
    Str label, status, actor, answered_by, undone_by;
    Str amount; /* "" when no money moved */
    Tone tone;
} DecisionLine;

typedef struct DecisionLines {
    int64_t charge_id;
    DecisionLine *items;
    size_t count;
    bool may_decide;
} DecisionLines;

typedef struct DecisionPage {
    Charge charge;
    DecisionLine line;
    bool may_answer; /* somebody else proposed it */
    bool may_decide;
    FieldView reason;
} DecisionPage;

typedef struct DecisionForm {
    Charge charge;
    DecisionKind kind;
    bool chosen; /* else the kinds are offered */
    int64_t open_main, open_extra;
    bool enforced; /* something open of it is with enforcement */
    int64_t seen;  /* the newest decision about the charge, or 0 */
    Str explanation;
    FieldView amount, until, count, first, reason;
    bool asks_of, of_extra, asks_interest, interest;
    Str four_eyes; /* above which amount somebody else must agree, or STR_NONE */
    FieldError errors[4];
    size_t error_count;
} DecisionForm;

typedef struct ProposalList {
    DecisionLine *items;
    Charge *charges;
    size_t count;
} ProposalList;

/* The lines of a charge's sheet. */
bool decision_lines(Tx *tx, const Request *req, int64_t charge_id, DecisionLines *out, Err *err);
/* The name of who did it: "staff/3" is a member of staff. */
Str money_actor_name(Tx *tx, Str actor, Arena *arena);

/* What a decision of the kind does, in German. */
Str decision_explanation(DecisionKind kind);

bool decide_page(Request *req, Response *res, Err *err);
bool decide_post(Request *req, Response *res, Err *err);
bool decision_page(Request *req, Response *res, Err *err);
bool decision_answer_post(Request *req, Response *res, Err *err);
bool decision_undo_post(Request *req, Response *res, Err *err);
bool proposals_page(Request *req, Response *res, Err *err);
