/* SPDX-License-Identifier: EUPL-1.2 */
/* Mandates at the desk: one that came on paper is entered at the charge that it is for, and holds
 * for all charges of the same payer. */
#include "pay/desk_mandate.h"

#include "core/engine.h"
#include "core/page/out.h"
#include "core/page/problem.h"
#include "pay/desk_items.h"
#include "pay/desk_mandate.html.h"

bool payer_view_load(Tx *tx, Request *req, const Charge *charge, PayerView *out, Err *err)
{
    *out = (PayerView){.charge_id = charge->id, .may_book = money_may_book(req)};
    if (!bank_items_of_charge(tx, charge->id, req->arena, &out->items, &out->item_count, err) ||
        (!str_empty(charge->payer) && !mandates_of_payer(tx, charge->payer, req->arena,
                                                         &out->mandates, &out->mandate_count, err)))
        return false;
    for (size_t i = 0; i < out->mandate_count; i++)
        out->living = out->living || date_absent(out->mandates[i].revoked_on);
    return true;
}

static bool load_charge(Request *req, Charge *out, Err *err)
{
    int64_t id;
    Tx *tx;

    if (!money_param_id(req, &id, err) || !(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = charge_by_id(tx, id, req->arena, out, err);
    tx_end(tx);
    return ok;
}

static bool show_form(Request *req, Response *res, MandateForm *view)
{
    Out out = out_for(req);

    page_mandate_form(&out, view);
    return money_send(req, res, "Mandat eintragen", &out);
}

bool mandate_form_page(Request *req, Response *res, Err *err)
{
    MandateForm view = {0};

    if (!load_charge(req, &view.charge, err))
        return false;
    view.holder = view.charge.debtor;
    return show_form(req, res, &view);
}

typedef struct Entered {
    Request *req;
    const Charge *charge;
    MandateOrder order;
} Entered;

/* A charge that names no payer gets one of its own. */
static bool write_mandate(Tx *tx, void *context, Err *err)
{
    Entered *entered = context;
    Arena *arena = entered->req->arena;
    Charge now, *charge = &now; /* an assessment may have named a payer since the page was shown */
    Mandate mandate;

    if (!charge_by_id(tx, entered->charge->id, arena, charge, err))
        return false;
    entered->order.payer = charge->payer;
    if (str_empty(charge->payer)) {
        entered->order.payer = str_printf(arena, "charge/%lld", (long long)charge->id);
        if (!tx_exec(tx, err, "UPDATE charge SET payer = $2 WHERE id = $1 AND payer IS NULL",
                     P_INT(charge->id), P_TEXT(entered->order.payer)))
            return false;
    }
    return mandate_put(tx, &entered->order, arena, &mandate, err);
}

static Str form_text(Request *req, const char *name)
{
    Str text = str_trim(request_form(req, name));

    return text.len ? text : STR_NONE;
}

bool mandate_form_post(Request *req, Response *res, Err *err)
{
    MandateForm view = {.holder = form_text(req, "kontoinhaber"),
                        .iban = form_text(req, "iban"),
                        .bic = form_text(req, "bic"),
                        .signed_on = form_text(req, "unterschrieben"),
                        .email = form_text(req, "email")};

    if (!load_charge(req, &view.charge, err))
        return false;
    Entered entered = {.req = req,
                       .charge = &view.charge,
                       .order = {.holder = view.holder,
                                 .iban = view.iban,
                                 .bic = view.bic,
                                 .email = view.email,
                                 .signed_on = money_day(view.signed_on),
                                 .subject = view.charge.subject,
                                 .actor = request_actor(req)}};
    if (db_write(req->tenant->db, write_mandate, &entered, err))
        return respond_redirect(
            req, res,
            str_printf(req->arena, "/desk/kasse/forderungen/%lld", (long long)view.charge.id));
    view.error_field = str_printf(req->arena, "%s", err->field);
    if (!problem_take(req, err, &view.error))
        return false;
    res->status = 422;
    return show_form(req, res, &view);
}

typedef struct Revoking {
    Request *req;
    const Charge *charge;
    int64_t mandate;
} Revoking;

static bool write_revoke(Tx *tx, void *context, Err *err)
{
    const Revoking *revoking = context;
    Request *req = revoking->req;
    Mandate mandate;

    if (!mandate_by_id(tx, revoking->mandate, req->arena, &mandate, err))
        return false;
    if (!str_eq(mandate.payer, revoking->charge->payer))
        return err_set(err, ERR_NOT_FOUND, "Dieses Mandat gehört jemand anderem.");
    return mandate_revoke(tx, mandate.id, req->today, STR("widerrufen"), request_actor(req), err);
}

bool mandate_revoke_post(Request *req, Response *res, Err *err)
{
    Charge charge;
    Revoking revoking = {.req = req, .charge = &charge};

    if (!str_to_i64(request_param(req, "mandat"), &revoking.mandate))
        return err_set(err, ERR_NOT_FOUND, "Dieses Mandat gibt es nicht.");
    return load_charge(req, &charge, err) &&
           db_write(req->tenant->db, write_revoke, &revoking, err) &&
           respond_redirect(
               req, res,
               str_printf(req->arena, "/desk/kasse/forderungen/%lld", (long long)charge.id));
}
