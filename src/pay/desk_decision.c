/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/desk_decision.h"

#include "core/page/out.h"
#include "core/page/problem.h"
#include "core/store/event.h"
#include "core/store/rows.h"
#include "pay/desk_decision.html.h"
#include "pay/desk_items.h"

/* --- Words ------------------------------------------------------------------------------------ */

Str decision_explanation(DecisionKind kind)
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

/* --- Lines --------------------------------------------------------------------------------- */

Str money_actor_name(Tx *tx, Str actor, Arena *arena)
{
    int64_t id;
    Err err = {0};

    if (!str_starts_with(actor, "staff/") || !str_to_i64(str_slice(actor, 6, actor.len), &id))
        return STR("");
    Rows *rows = tx_query(tx, arena, &err, "SELECT name FROM staff WHERE id = $1", P_INT(id));
    err_clear(&err);
    if (!rows || !rows_next(rows, &err))
        return STR("");
    Str name = row_text(rows, 0);
    rows_end(rows);
    return name;
}

static DecisionLine line_of(Tx *tx, const Decision *decision, Date today, Arena *arena)
{
    DecisionLine line = {.decision = *decision,
                         .label = decision_label(decision->kind),
                         .actor = money_actor_name(tx, decision->actor, arena),
                         .answered_by = money_actor_name(tx, decision->answered_by, arena),
                         .undone_by = money_actor_name(tx, decision->undone_by, arena),
                         .amount = decision->cents ? money_text(arena, decision->cents, STR("de"))
                                                   : STR("")};
    bool over = !date_absent(decision->until) && date_compare(decision->until, today) < 0;

    if (str_is(decision->status, "proposed")) {
        line.status = STR("wartet auf Zustimmung");
        line.tone = TONE_WARNING;
    } else if (str_is(decision->status, "stands")) {
        line.status = over ? STR("abgelaufen") : STR("gilt");
        line.tone = over ? TONE_PLAIN : TONE_SUCCESS;
    } else {
        line.status =
            str_is(decision->status, "refused") ? STR("abgelehnt") : STR("zurückgenommen");
        line.tone = TONE_PLAIN;
    }
    return line;
}

bool decision_lines(Tx *tx, const Request *req, int64_t charge_id, DecisionLines *out, Err *err)
{
    Decision *decisions;

    if (!decisions_of(tx, charge_id, req->arena, &decisions, &out->count, err))
        return false;
    out->charge_id = charge_id;
    out->may_decide = request_may(req, "money.decide");
    out->items = arena_array(req->arena, DecisionLine, out->count + 1);
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = line_of(tx, &decisions[i], req->today, req->arena);
    return true;
}

/* --- Deciding --------------------------------------------------------------------------------- */

typedef struct Asked { /* what the form sent */
    Request *req;
    DecisionOrder order;
    Str amount, until, count, first;
    int64_t id;
} Asked;

static void add_fields(DecisionForm *view, const Asked *asked)
{
    switch (view->kind) {
    case DECISION_REMISSION:
    case DECISION_WRITE_OFF:
        view->amount = money_field("betrag", "Betrag", "Zum Beispiel 12,50", asked->amount);
        view->amount.inputmode = "decimal";
        view->amount.unit = STR("€");
        view->asks_of = view->open_extra > 0;
        break;
    case DECISION_INSTALMENTS:
        view->count = money_field("raten", "Anzahl der Raten",
                                  "2 bis 60, im Abstand von einem Monat", asked->count);
        view->count.inputmode = "numeric";
        view->count.width = FIELD_SHORT;
        view->first =
            money_field("erste", "Erste Rate fällig am", "Zum Beispiel 15.4.2027", asked->first);
        break;
    case DECISION_STOP:
        view->until = money_field("bis", "Gilt bis",
                                  "Ohne Angabe gilt die Mahnsperre, bis Sie sie "
                                  "zurücknehmen. Zum Beispiel 15.4.2027",
                                  asked->until);
        view->until.optional = true;
        break;
    case DECISION_DEFERRAL:
    case DECISION_SUSPENSION:
        view->until = money_field("bis", "Gilt bis", "Zum Beispiel 15.4.2027", asked->until);
        break;
    case DECISION_ENFORCEMENT:
    case DECISION_KINDS: break;
    }
    view->reason =
        money_field("grund", "Grund", "Er steht bei der Forderung und ist später nachzulesen.",
                    asked->order.reason);
    view->reason.rows = 4;
    view->reason.max_length = 2000;
}

static void mark_error(DecisionForm *view, const Err *fault, Arena *arena)
{
    FieldView *fields[] = {&view->amount, &view->until, &view->count, &view->first, &view->reason};
    Str message = problem_words(fault, arena);

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (str_is(fields[i]->id, fault->field)) {
            field_fail(fields[i], view->errors, &view->error_count, message);
            return;
        }
    view->errors[view->error_count++] = (FieldError){view->reason.id, message};
}

static bool load_form(Request *req, int64_t id, DecisionForm *view, Err *err)
{
    ChargePart *parts;
    size_t count;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = charge_by_id(tx, id, req->arena, &view->charge, err) &&
              charge_parts(tx, id, req->arena, &parts, &count, err) &&
              charge_enforced(tx, id, req->arena, &view->enforced, err) &&
              tx_query_int(tx, err, &view->seen,
                           "SELECT MAX(id) FROM charge_decision WHERE charge_id = $1", P_INT(id));
    tx_end(tx);
    for (size_t i = 0; ok && i < count; i++)
        *(str_eq(parts[i].kind, PART_MAIN) ? &view->open_main : &view->open_extra) +=
            parts[i].open_cents;
    return ok;
}

static bool show_form(Request *req, Response *res, const Asked *asked, const Err *fault, Err *err)
{
    DecisionForm view = {.kind = asked->order.kind, .chosen = asked->order.kind < DECISION_KINDS};
    const Node *money = node_get(req->tenant->settings, "money");
    int64_t limit = node_get_i64(money, "four_eyes_above", -1);
    Out out = out_for(req);
    Err failed = {0};

    if (fault)
        failed = *fault;
    if (!load_form(req, asked->order.charge_id, &view, err))
        return false;
    if (view.chosen) {
        view.explanation = decision_explanation(view.kind);
        add_fields(&view, asked);
        view.of_extra = asked->order.of_extra;
        view.asks_interest =
            (view.kind == DECISION_DEFERRAL || view.kind == DECISION_INSTALMENTS) &&
            node_get_bool(money, "deferral_interest", false);
        view.interest = asked->order.interest;
        if (limit >= 0 && view.amount.id.len)
            view.four_eyes = money_text(req->arena, limit, STR("de"));
        if (fault)
            mark_error(&view, &failed, req->arena);
    }
    page_decision_form(&out, &view);
    return money_send(req, res, "Entscheidung", &out);
}

bool decide_page(Request *req, Response *res, Err *err)
{
    Asked asked = {.req = req, .order = {.kind = DECISION_KINDS, .interest = true}};

    if (!money_param_id(req, &asked.order.charge_id, err))
        return false;
    decision_kind_of(request_query(req, "art"), &asked.order.kind);
    if (asked.order.kind == DECISION_ENFORCEMENT)
        asked.order.kind = DECISION_KINDS;
    return show_form(req, res, &asked, NULL, err);
}

static bool is_same(const Decision *decision, const DecisionOrder *order)
{
    return decision->kind == order->kind && decision->cents == order->cents &&
           decision->of_extra == order->of_extra &&
           date_compare(decision->until, order->until) == 0 &&
           str_eq(decision->reason, str_trim(order->reason)) &&
           str_eq(decision->actor, order->actor);
}

/* Somebody else may have decided since the form was shown; or the form was sent twice, and is taken
 * once. */
static bool write_decision(Tx *tx, void *context, Err *err)
{
    Asked *asked = context;
    Arena *arena = asked->req->arena;
    Decision *decisions;
    int64_t seen;
    size_t count;

    if (!decisions_of(tx, asked->order.charge_id, arena, &decisions, &count, err))
        return false;
    int64_t newest = count ? decisions[0].id : 0;
    if (!str_to_i64(request_form(asked->req, "gesehen"), &seen) || seen == newest)
        return decision_make(tx, asked->req->tenant, &asked->order, arena, &asked->id, err);
    asked->id = newest;
    return (count && is_same(&decisions[0], &asked->order)) ||
           err_field(err, "grund",
                     "Seit Sie diese Seite geöffnet haben, ist zu der Forderung etwas anderes "
                     "entschieden worden. Bitte prüfen Sie, ob Ihre Entscheidung noch passt.");
}

/* What was typed, as far as it can be read; what cannot be read is refused as missing. */
static void read_form(Request *req, Asked *asked)
{
    DecisionOrder *order = &asked->order;
    int64_t count = 0;

    asked->amount = request_form(req, "betrag");
    asked->until = request_form(req, "bis");
    asked->count = request_form(req, "raten");
    asked->first = request_form(req, "erste");
    decision_kind_of(request_form(req, "art"), &order->kind);
    money_parse(asked->amount, &order->cents);
    order->of_extra = str_is(request_form(req, "von"), "neben");
    if (!date_parse_german(str_trim(asked->until), &order->until) &&
        !str_empty(str_trim(asked->until)))
        order->until = (Date){1, 1, 1}; /* typed, and no day: refused as one that is over */
    date_parse_german(str_trim(asked->first), &order->first);
    if (str_to_i64(str_trim(asked->count), &count) && count > 0 && count < 1000)
        order->count = (int)count;
    order->interest = str_is(request_form(req, "zinsen"), "ja");
    order->reason = request_form(req, "grund");
    order->actor = request_actor(req);
    order->today = req->today;
}

bool decide_post(Request *req, Response *res, Err *err)
{
    Asked asked = {.req = req, .order = {.kind = DECISION_KINDS}};

    if (!money_param_id(req, &asked.order.charge_id, err))
        return false;
    read_form(req, &asked);
    if (asked.order.kind >= DECISION_ENFORCEMENT)
        return err_set(err, ERR_INPUT, "Bitte wählen Sie aus, was Sie entscheiden wollen.");
    if (db_write(req->tenant->db, write_decision, &asked, err))
        return respond_redirect(
            req, res,
            str_printf(req->arena, "/desk/kasse/entscheidungen/%lld", (long long)asked.id));
    if (err->kind != ERR_INPUT)
        return false;
    Err fault = *err;
    res->status = 422;
    return show_form(req, res, &asked, &fault, err);
}

/* --- One decision ----------------------------------------------------------------------------- */

static bool show_decision(Request *req, Response *res, const Err *fault, Err *err)
{
    DecisionPage view = {.may_decide = request_may(req, "money.decide")};
    Decision decision;
    Out out = out_for(req);
    Str fault_text = fault ? problem_words(fault, req->arena) : STR_NONE;
    int64_t id;
    Tx *tx;

    if (!money_param_id(req, &id, err) || !(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = decision_by_id(tx, id, req->arena, &decision, err) &&
              charge_by_id(tx, decision.charge_id, req->arena, &view.charge, err);
    if (ok)
        view.line = line_of(tx, &decision, req->today, req->arena);
    tx_end(tx);
    if (!ok)
        return false;
    view.may_answer = view.may_decide && !str_eq(decision.actor, request_actor(req));
    view.reason = money_field("grund", "Grund", NULL, request_form(req, "grund"));
    view.reason.rows = 3;
    view.reason.error = fault_text;
    page_decision_sheet(&out, &view);
    return money_send(req, res, "Entscheidung", &out);
}

bool decision_page(Request *req, Response *res, Err *err)
{
    return show_decision(req, res, NULL, err);
}

typedef struct Answering {
    Request *req;
    int64_t id;
} Answering;

static bool write_answer(Tx *tx, void *context, Err *err)
{
    const Answering *a = context;

    return decision_answer(tx, a->id, str_is(request_form(a->req, "antwort"), "ja"),
                           request_actor(a->req), a->req->arena, err);
}

static bool write_undo(Tx *tx, void *context, Err *err)
{
    const Answering *a = context;

    return decision_undo(tx, a->id, request_form(a->req, "grund"), request_actor(a->req),
                         a->req->arena, err);
}

static bool do_with_decision(Request *req, Response *res, WriteFn fn, Err *err)
{
    Answering answering = {.req = req};

    if (!money_param_id(req, &answering.id, err))
        return false;
    if (db_write(req->tenant->db, fn, &answering, err))
        return respond_redirect(
            req, res,
            str_printf(req->arena, "/desk/kasse/entscheidungen/%lld", (long long)answering.id));
    if (err->kind != ERR_INPUT)
        return false;
    Err fault = *err;
    res->status = 422;
    return show_decision(req, res, &fault, err);
}

bool decision_answer_post(Request *req, Response *res, Err *err)
{
    return do_with_decision(req, res, write_answer, err);
}

bool decision_undo_post(Request *req, Response *res, Err *err)
{
    return do_with_decision(req, res, write_undo, err);
}

/* --- Proposals ---------------------------------------------------------------------------------
 */

static bool proposal_ids(Tx *tx, Arena *arena, int64_t **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id FROM charge_decision WHERE status = 'proposed' "
                          "ORDER BY id LIMIT 200");

    return ROWS_LIST(rows, arena, out, count, err, row_int(rows, 0));
}

bool proposals_page(Request *req, Response *res, Err *err)
{
    ProposalList view = {0};
    Out out = out_for(req);
    int64_t *ids;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = proposal_ids(tx, req->arena, &ids, &view.count, err);
    view.items = arena_array(req->arena, DecisionLine, view.count + 1);
    view.charges = arena_array(req->arena, Charge, view.count + 1);
    for (size_t i = 0; ok && i < view.count; i++) {
        Decision decision;
        ok = decision_by_id(tx, ids[i], req->arena, &decision, err) &&
             charge_by_id(tx, decision.charge_id, req->arena, &view.charges[i], err);
        if (ok)
            view.items[i] = line_of(tx, &decision, req->today, req->arena);
    }
    tx_end(tx);
    if (!ok)
        return false;
    page_decision_proposals(&out, &view);
    return money_send(req, res, "Vorschläge", &out);
}
