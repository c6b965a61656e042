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

bool decide_page(Request *req, Response *res, Err *err);
bool decide_post(Request *req, Response *res, Err *err);
bool decision_page(Request *req, Response *res, Err *err);
bool decision_answer_post(Request *req, Response *res, Err *err);
bool decision_undo_post(Request *req, Response *res, Err *err);
bool proposals_page(Request *req, Response *res, Err *err);

static inline Str decision_explanation(DecisionKind kind)
{
    static const char *const TEXTS[DECISION_KINDS] = {
        [DECISION_INSTALMENTS] = N_("Was offen ist, wird in gleichen Monatsraten fällig."),
        [DECISION_DEFERRAL] = N_("Bis zu einem Tag wird nicht gemahnt und nicht abgebucht, und es "
                                 "entstehen keine Säumniszuschläge."),
        [DECISION_REMISSION] =
            N_("Auf einen Betrag wird endgültig verzichtet. Er wird nicht mehr geschuldet."),
        [DECISION_WRITE_OFF] = N_("Ein Betrag wird als nicht beitreibbar ausgebucht."),
        [DECISION_SUSPENSION] =
            N_("Die Beitreibung ruht bis zu einem Tag. Der Betrag bleibt geschuldet."),
        [DECISION_STOP] = N_("Die Forderung wird nicht gemahnt, zum Beispiel während einer "
                             "Prüfung."),
        [DECISION_ENFORCEMENT] =
            N_("Was abgegeben ist, mahnt die Stadt nicht mehr. Was von dieser Forderung nicht "
               "dabei war, etwa ein später fälliger Teil, mahnt sie weiter. Abgebucht wird von der "
               "ganzen Forderung nichts mehr."),
    };

    return str_c(TEXTS[kind]);
}
