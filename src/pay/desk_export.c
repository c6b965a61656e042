/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/desk_export.h"

#include "core/page/out.h"
#include "core/page/problem.h"
#include "pay/desk_export.html.h"
#include "pay/desk_items.h"
#include "pay/ledger_export.h"

static bool show_export(Request *req, Response *res, Str from, Str until, Str format,
                        const Err *fault)
{
    ExportPage view = {
        .from = money_field("von", "Vom Buchungstag", "Zum Beispiel 1.1.2027", from),
        .until = money_field("bis", "Bis zum Buchungstag", "Zum Beispiel 31.3.2027", until),
        .format = format};
    Out out = out_for(req);

    if (fault) {
        Str message = problem_words(fault, req->arena);
        res->status = 422;
        if (str_is(STR("format"), fault->field))
            view.errors[view.error_count++] = (FieldError){STR("format"), message};
        else
            field_fail(&view.until, view.errors, &view.error_count, message);
    }
    page_export_form(&out, &view);
    return money_send(req, res, "Buchungen ausgeben", &out);
}

bool ledger_export_page(Request *req, Response *res, Err *err)
{
    Date first = {req->today.year, req->today.month, 1};

    (void)err;
    return show_export(req, res, money_day_text(req->arena, first),
                       money_day_text(req->arena, req->today), STR("csv"), NULL);
}

bool ledger_export_file(Request *req, Response *res, Err *err)
{
    ExportOrder order = {.from = money_day(request_query(req, "von")),
                         .until = money_day(request_query(req, "bis")),
                         .now = req->now};
    Str bytes;
    Tx *tx;

    export_format_of(request_query(req, "format"), &order.format);
    if (!(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = ledger_export(tx, req->tenant, &order, req->arena, &bytes, err);
    tx_end(tx);
    if (ok)
        return respond_bytes(res, req->arena, ledger_export_type(&order), bytes,
                             ledger_export_name(&order, req->arena));
    if (err->kind != ERR_INPUT)
        return false;
    Err fault = *err;
    return show_export(req, res, request_query(req, "von"), request_query(req, "bis"),
                       request_query(req, "format"), &fault);
}
