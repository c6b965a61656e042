/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/desk_enforcement.h"

#include "core/page/out.h"
#include "core/page/problem.h"
#include "pay/desk_decision.h"
#include "pay/desk_enforcement.html.h"
#include "pay/desk_items.h"

enum { PAGE_ROWS = 50 };

/* The lines of the page that is asked for. */
static void cut_page(const Request *req, Str path, EnforcementPage *view)
{
    size_t count = view->handover.count;
    int64_t last = count ? (int64_t)((count - 1) / PAGE_ROWS) + 1 : 1;
    int64_t page = money_query_id(req, "seite");

    page = page < 1 ? 1 : page > last ? last : page;
    view->first = (size_t)(page - 1) * PAGE_ROWS;
    view->shown = count - view->first < PAGE_ROWS ? count - view->first : PAGE_ROWS;
    view->pages = (PagesView){.path = path, .page = page, .page_count = last};
}

static bool load_overview(Request *req, EnforcementPage *view, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = enforcement_look(tx, req->tenant, req->today, req->arena, &view->handover, err) &&
              enforcements_list(tx, req->arena, &view->earlier, &view->earlier_count, err);
    tx_end(tx);
    if (!ok)
        return false;
    view->may_dun = request_may(req, "money.dun");
    view->seen = enforcement_mark(&view->handover, req->arena);
    cut_page(req, STR("/desk/kasse/vollstreckung"), view);
    return true;
}

static bool show_overview(Request *req, Response *res, const EnforcementPage *view)
{
    Out out = out_for(req);

    page_enforcement_overview(&out, view);
    return money_send(req, res, "Vollstreckung", &out);
}

bool enforcement_page(Request *req, Response *res, Err *err)
{
    EnforcementPage view = {0};

    return load_overview(req, &view, err) && show_overview(req, res, &view);
}

typedef struct Handing {
    Request *req;
    Enforcement *handover;
} Handing;

static bool write_handover(Tx *tx, void *context, Err *err)
{
    const Handing *handing = context;
    Request *req = handing->req;

    return enforcement_make(tx, req->tenant, handing->handover, req->arena, err);
}

/* All is looked at beside the writer, who would be held up by it for long; what it then hands over
 * is held against that once more. */
bool enforcement_post(Request *req, Response *res, Err *err)
{
    EnforcementPage view = {0};
    Handing handing = {req, &view.handover};

    if (!load_overview(req, &view, err))
        return false;
    view.handover.actor = request_actor(req);
    if (!str_eq(request_form(req, "gesehen"), view.seen))
        err_set(err, ERR_CONFLICT, ENFORCEMENT_CHANGED);
    else if (db_write(req->tenant->db, write_handover, &handing, err))
        return respond_redirect(
            req, res,
            str_printf(req->arena, "/desk/kasse/vollstreckung/%lld", (long long)view.handover.id));
    res->status = err_http_status(err->kind);
    return problem_take(req, err, &view.error) && load_overview(req, &view, err) &&
           show_overview(req, res, &view);
}

static bool load(Request *req, EnforcementPage *view, Err *err)
{
    int64_t id;
    Tx *tx;

    if (!money_param_id(req, &id, err) || !(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = enforcement_by_id(tx, id, req->arena, &view->handover, err);
    if (ok)
        view->actor = money_actor_name(tx, view->handover.actor, req->arena);
    tx_end(tx);
    return ok;
}

bool enforcement_sheet(Request *req, Response *res, Err *err)
{
    EnforcementPage view = {0};
    Out out = out_for(req);

    if (!load(req, &view, err))
        return false;
    cut_page(req,
             str_printf(req->arena, "/desk/kasse/vollstreckung/%lld", (long long)view.handover.id),
             &view);
    page_enforcement_sheet(&out, &view);
    return money_send(req, res, "Abgabe an die Vollstreckung", &out);
}

bool enforcement_file(Request *req, Response *res, Err *err)
{
    EnforcementPage view = {0};
    bool json = str_is(request_param(req, "format"), "json");

    if (!json && !str_is(request_param(req, "format"), "csv"))
        return err_set(err, ERR_NOT_FOUND, "Es gibt diese Liste als csv und als json.");
    if (!load(req, &view, err))
        return false;
    return respond_bytes(
        res, req->arena, json ? STR("application/json") : STR("text/csv; charset=utf-8"),
        json ? enforcement_json(&view.handover, req->arena)
             : enforcement_csv(&view.handover, req->arena),
        str_printf(req->arena, "vollstreckung-%.*s.%s",
                   STR_ARG(date_iso(req->arena, view.handover.day)), json ? "json" : "csv"));
}
