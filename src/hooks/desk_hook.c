/* SPDX-License-Identifier: EUPL-1.2 */
/* Desk: which programs are told of what happens, and how far they are. */
#include "core/page/frame.h"
#include "core/page/out.h"
#include "core/page/problem.h"
#include "hooks/desk_hook.html.h"
#include "hooks/hook.h"

static bool param_id(const Request *req, int64_t *id, Err *err)
{
    return (str_to_i64(request_param(req, "id"), id) && *id > 0) ||
           err_set(err, ERR_NOT_FOUND, "Diese Anbindung gibt es nicht.");
}

static bool send_page(Request *req, Response *res, Str title, Out *out)
{
    return page_send(
        req, res,
        &(PageFrame){.area = AREA_DESK, .title = title, .active = STR("/desk/anbindungen")},
        out_html(out));
}

/* --- List and form -----------------------------------------------------------------------------
 */

static bool show_list(Request *req, Response *res, const HookForm *form, Err *err)
{
    HookPage page = {.form = *form};
    Out out = out_for(req);
    Hook *items;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = hook_list(tx, req->arena, &items, &page.count, err) &&
              tx_query_int(tx, err, &page.last_event, "SELECT COALESCE(MAX(id), 0) FROM event");
    tx_end(tx);
    if (!ok)
        return false;
    page.items = items;
    if (str_is(request_query(req, "getan"), "geloescht"))
        page.notice = STR("Die Anbindung ist gelöscht.");
    page_hook_list(&out, &page);
    return send_page(req, res, STR("Anbindungen"), &out);
}

static bool list_page(Request *req, Response *res, Err *err)
{
    return show_list(req, res, &(HookForm){0}, err);
}

/* --- One ---------------------------------------------------------------------------------------
 */

static bool show_one(Request *req, Response *res, int64_t id, HookSheet *sheet, Err *err)
{
    Out out = out_for(req);
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = hook_by_id(tx, id, req->arena, &sheet->hook, err) &&
              tx_query_int(tx, err, &sheet->last_event, "SELECT COALESCE(MAX(id), 0) FROM event");
    tx_end(tx);
    if (!ok)
        return false;
    sheet->behind = sheet->last_event - sheet->hook.position;
    page_hook_one(&out, sheet);
    return send_page(req, res, sheet->hook.name, &out);
}

static bool one_page(Request *req, Response *res, Err *err)
{
    static const struct {
        const char *done, *notice;
    } NOTICES[] = {
        {"pause", "Die Anbindung pausiert. Was inzwischen geschieht, wird danach gesendet."},
        {"weiter", "Die Anbindung sendet wieder."},
        {"position", "Es wird noch einmal gesendet."},
    };
    HookSheet sheet = {0};
    int64_t id;

    for (size_t i = 0; i < sizeof NOTICES / sizeof *NOTICES; i++)
        if (str_is(request_query(req, "getan"), NOTICES[i].done))
            sheet.notice = str_c(NOTICES[i].notice);
    return param_id(req, &id, err) && show_one(req, res, id, &sheet, err);
}

/* --- Changes -------------------------------------------------------------------------------------
 */

typedef struct Change {
    Request *req;
    int64_t id;
    HookForm form;
    bool active;
    int64_t position;
    Str secret;
} Change;

static bool write_add(Tx *tx, void *context, Err *err)
{
    Change *change = context;

    return hook_add(tx, change->form.name, change->form.url, change->form.types,
                    request_actor(change->req), change->req->arena, &change->id, &change->secret,
                    err);
}

static bool add_post(Request *req, Response *res, Err *err)
{
    Change change = {.req = req,
                     .form = {.name = str_trim(request_form(req, "name")),
                              .url = str_trim(request_form(req, "adresse")),
                              .types = str_trim(request_form(req, "arten"))}};

    if (!change.form.types.ptr)
        change.form.types = STR("");
    if (hook_check(req->tenant, change.form.name, change.form.url, change.form.types, err) &&
        db_write(req->tenant->db, write_add, &change, err))
        return show_one(req, res, change.id, &(HookSheet){.secret = change.secret}, err);
    change.form.error_field = str_printf(req->arena, "%s", err->field);
    res->status = 422;
    return problem_take(req, err, &change.form.error) && show_list(req, res, &change.form, err);
}

static bool write_active(Tx *tx, void *context, Err *err)
{
    Change *change = context;

    return hook_set_active(tx, change->id, change->active, request_actor(change->req), err);
}

static bool set_active(Request *req, Response *res, bool active, Err *err)
{
    Change change = {.req = req, .active = active};

    return param_id(req, &change.id, err) &&
           db_write(req->tenant->db, write_active, &change, err) &&
           respond_redirect(req, res,
                            str_printf(req->arena, "/desk/anbindungen/%lld?getan=%s",
                                       (long long)change.id, active ? "weiter" : "pause"));
}

static bool pause_post(Request *req, Response *res, Err *err)
{
    return set_active(req, res, false, err);
}

static bool resume_post(Request *req, Response *res, Err *err)
{
    return set_active(req, res, true, err);
}

static bool write_position(Tx *tx, void *context, Err *err)
{
    Change *change = context;

    return hook_rewind(tx, change->id, change->position, request_actor(change->req), err);
}

static bool position_post(Request *req, Response *res, Err *err)
{
    Change change = {.req = req, .position = -1};

    if (!param_id(req, &change.id, err))
        return false;
    str_to_i64(str_trim(request_form(req, "position")), &change.position);
    if (db_write(req->tenant->db, write_position, &change, err))
        return respond_redirect(
            req, res,
            str_printf(req->arena, "/desk/anbindungen/%lld?getan=position", (long long)change.id));
    HookSheet sheet = {0};

    res->status = 422;
    return problem_take(req, err, &sheet.error) && show_one(req, res, change.id, &sheet, err);
}

static bool write_secret(Tx *tx, void *context, Err *err)
{
    Change *change = context;

    return hook_renew_secret(tx, change->id, request_actor(change->req), change->req->arena,
                             &change->secret, err);
}

static bool secret_post(Request *req, Response *res, Err *err)
{
    Change change = {.req = req};

    return param_id(req, &change.id, err) &&
           db_write(req->tenant->db, write_secret, &change, err) &&
           show_one(req, res, change.id, &(HookSheet){.secret = change.secret}, err);
}

static bool write_remove(Tx *tx, void *context, Err *err)
{
    Change *change = context;

    return hook_remove(tx, change->id, request_actor(change->req), err);
}

static bool remove_post(Request *req, Response *res, Err *err)
{
    Change change = {.req = req};

    return param_id(req, &change.id, err) &&
           db_write(req->tenant->db, write_remove, &change, err) &&
           respond_redirect(req, res, STR("/desk/anbindungen?getan=geloescht"));
}

const Route HOOK_ROUTES[] = {
    {"GET", "/desk/anbindungen", list_page, ACCESS_STAFF, "hook.manage", 0},
    {"POST", "/desk/anbindungen", add_post, ACCESS_STAFF, "hook.manage", 0},
    {"GET", "/desk/anbindungen/:id", one_page, ACCESS_STAFF, "hook.manage", 0},
    {"POST", "/desk/anbindungen/:id/pause", pause_post, ACCESS_STAFF, "hook.manage", 0},
    {"POST", "/desk/anbindungen/:id/weiter", resume_post, ACCESS_STAFF, "hook.manage", 0},
    {"POST", "/desk/anbindungen/:id/position", position_post, ACCESS_STAFF, "hook.manage", 0},
    {"POST", "/desk/anbindungen/:id/schluessel", secret_post, ACCESS_STAFF, "hook.manage", 0},
    {"POST", "/desk/anbindungen/:id/loeschen", remove_post, ACCESS_STAFF, "hook.manage", 0},
    {"GET", "/api/v1/events", hook_api_events, ACCESS_STAFF, "event.read", ROUTE_API},
    {0},
};
