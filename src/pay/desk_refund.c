/* SPDX-License-Identifier: EUPL-1.2 */
/* Refunds at the desk: what is overpaid, what waits for its release, and the files for the bank. */
#include "pay/desk_refund.h"

#include "core/engine.h"
#include "core/page/out.h"
#include "core/page/problem.h"
#include "core/store/file.h"
#include "pay/desk_items.h"
#include "pay/desk_refund.html.h"

enum { MOST_ROWS = 50, MOST_RELEASED = 1000, MOST_RUNS = 20, WARN_DAYS = 30 };

/* What a bank was asked to stop has been stopped after some weeks, or is on a statement. */
static bool warned_of(const RefundRun *run, Date today)
{
    return run->twice > 0 && (date_absent(run->sent_on) ||
                              date_compare(today, date_add_days(run->execute_on, WARN_DAYS)) <= 0);
}

static bool load(Tx *tx, Request *req, RefundPage *view, Err *err)
{
    Arena *arena = req->arena;
    Date today = date_in_berlin(clock_now());

    if (!refund_overpaid(tx, MOST_ROWS, arena, &view->overpaid, &view->overpaid_count, err) ||
        !refund_list(tx, STR("proposed"), MOST_ROWS, arena, &view->proposed, &view->proposed_count,
                     err) ||
        !refund_list(tx, STR("released"), MOST_RELEASED, arena, &view->released,
                     &view->released_count, err) ||
        !refund_list(tx, STR("ordered"), MOST_ROWS, arena, &view->ordered, &view->ordered_count,
                     err) ||
        !refund_runs(tx, MOST_RUNS, arena, &view->runs, &view->run_count, err))
        return false;
    view->twice = arena_array(arena, Refund *, view->run_count + 1);
    for (size_t i = 0; i < view->run_count; i++) {
        size_t count;
        if (warned_of(&view->runs[i], today) &&
            !refund_run_twice(tx, view->runs[i].id, arena, &view->twice[i], &count, err))
            return false;
    }
    view->needs_second = arena_array(arena, bool, view->proposed_count + 1);
    view->mine = arena_array(arena, bool, view->proposed_count + 1);
    for (size_t i = 0; i < view->proposed_count; i++) {
        view->needs_second[i] = refund_needs_second(req->tenant, view->proposed[i].cents);
        view->mine[i] =
            view->needs_second[i] && str_eq(view->proposed[i].proposed_by, request_actor(req));
    }
    for (size_t i = 0; i < view->released_count; i++)
        view->released_cents += view->released[i].cents;
    return true;
}

static bool show(Request *req, Response *res, RefundPage *view, Err *err)
{
    Out out = out_for(req);
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = load(tx, req, view, err);
    tx_end(tx);
    if (!ok)
        return false;
    view->may_book = money_may_book(req);
    page_refund_page(&out, view);
    return money_send(req, res, "Erstattungen", &out);
}

bool refund_page(Request *req, Response *res, Err *err)
{
    return show(req, res, &(RefundPage){0}, err);
}

typedef struct Doing {
    Request *req;
    enum { PROPOSE, MOVE, RELEASE, DROP, RUN, BACK, SENT, DISCARD } what;
    RefundOrder order;
    int64_t id, to;
} Doing;

static bool write_doing(Tx *tx, void *context, Err *err)
{
    Doing *doing = context;
    Request *req = doing->req;
    Str actor = request_actor(req);

    switch (doing->what) {
    case PROPOSE: return refund_propose(tx, &doing->order, req->arena, &doing->id, err);
    case MOVE: return refund_move(tx, doing->id, doing->to, actor, req->arena, err);
    case RELEASE: return refund_release(tx, req->tenant, doing->id, actor, req->arena, err);
    case DROP: return refund_drop(tx, doing->id, actor, err);
    case RUN: return refund_run_make(tx, actor, req->arena, &doing->id, err);
    case BACK:
        return refund_take_back(tx, req->tenant, doing->id, request_form(req, "grund"), actor,
                                req->arena, err);
    case SENT:
        return refund_run_note_sent(tx, doing->id, date_in_berlin(tx_now(tx)), actor, req->arena,
                                    err);
    case DISCARD:
        return refund_run_discard(tx, doing->id, request_form(req, "grund"), actor, req->arena,
                                  err);
    }
    return err_set(err, ERR_INTERNAL, "there is no such step");
}

/* What cannot be done is said on the page; otherwise the page is shown anew. */
static bool finish(Request *req, Response *res, Doing *doing, Err *err)
{
    doing->req = req;
    if (db_write(req->tenant->db, write_doing, doing, err))
        return respond_redirect(req, res, STR("/desk/kasse/erstattungen"));
    RefundPage view = {0};
    bool wrong = err->kind == ERR_INPUT;

    res->status = err_http_status(err->kind);
    if (!problem_take(req, err, &view.error))
        return false;
    if (doing->what == PROPOSE && wrong) {
        view.error_charge = doing->order.charge_id;
        view.typed_name = doing->order.name;
        view.typed_iban = doing->order.iban;
        view.typed_bic = doing->order.bic;
    }
    return show(req, res, &view, err);
}

bool refund_propose_post(Request *req, Response *res, Err *err)
{
    Doing doing = {.what = PROPOSE,
                   .order = {.name = request_form(req, "name"),
                             .iban = request_form(req, "iban"),
                             .bic = request_form(req, "bic"),
                             .actor = request_actor(req)}};

    str_to_i64(request_form(req, "forderung"), &doing.order.charge_id);
    return finish(req, res, &doing, err);
}

bool refund_move_post(Request *req, Response *res, Err *err)
{
    Doing doing = {.what = MOVE};

    str_to_i64(request_form(req, "von"), &doing.id);
    str_to_i64(request_form(req, "auf"), &doing.to);
    return finish(req, res, &doing, err);
}

bool refund_release_post(Request *req, Response *res, Err *err)
{
    Doing doing = {.what = RELEASE};

    return money_param_id(req, &doing.id, err) && finish(req, res, &doing, err);
}

bool refund_drop_post(Request *req, Response *res, Err *err)
{
    Doing doing = {.what = DROP};

    return money_param_id(req, &doing.id, err) && finish(req, res, &doing, err);
}

bool refund_back_post(Request *req, Response *res, Err *err)
{
    Doing doing = {.what = BACK};

    return money_param_id(req, &doing.id, err) && finish(req, res, &doing, err);
}

bool refund_sent_post(Request *req, Response *res, Err *err)
{
    Doing doing = {.what = SENT};

    return money_param_id(req, &doing.id, err) && finish(req, res, &doing, err);
}

bool refund_discard_post(Request *req, Response *res, Err *err)
{
    Doing doing = {.what = DISCARD};

    return money_param_id(req, &doing.id, err) && finish(req, res, &doing, err);
}

/* A file that could not be written now is written when it is fetched. */
bool refund_run_post(Request *req, Response *res, Err *err)
{
    Doing doing = {.what = RUN};

    if (!finish(req, res, &doing, err))
        return false;
    return doing.id == 0 || refund_run_write(req->tenant, doing.id, req->arena, err);
}

bool refund_file(Request *req, Response *res, Err *err)
{
    RefundRun run;
    Str bytes;
    int64_t id;
    Tx *tx;

    if (!money_param_id(req, &id, err) || !refund_run_write(req->tenant, id, req->arena, err) ||
        !(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = refund_run_by_id(tx, id, req->arena, &run, err) &&
              file_read(tx, req->tenant, run.sha256, req->arena, &bytes, err);
    tx_end(tx);
    return ok && respond_bytes(res, req->arena, STR("application/xml"), bytes,
                               str_printf(req->arena, "%.*s.xml", STR_ARG(run.message_id)));
}
