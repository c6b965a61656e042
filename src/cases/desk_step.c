/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/desk_step.h"

#include "cases/desk_step.html.h"

StepPage desk_step_of(const Request *req, const DeskCase *desk)
{
    return (StepPage){.case_path =
                          str_printf(req->arena, "/desk/vorgaenge/%lld", (long long)desk->c.id),
                      .number = desk->c.number,
                      .applicant = desk->c.applicant,
                      .action = req->path};
}

bool desk_step_show(Request *req, Response *res, const StepPage *page, Err *err)
{
    Out out = out_for(req);

    (void)err;
    page_desk_step(&out, page);
    if (page->problem.len)
        res->status = 409;
    return page_send(
        req, res,
        &(PageFrame){.area = AREA_DESK, .title = page->title, .active = STR("/desk/vorgaenge")},
        out_html(&out));
}

bool desk_step_case(Request *req, DeskCase *desk, StepLoad loaded, void *context, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = desk_case(req, tx, desk, err);

    if (ok && !desk_may_in_case(req->session.staff, "case.decide", desk))
        ok = err_set(err, ERR_FORBIDDEN, "Dazu sind Sie in diesem Verfahren nicht freigeschaltet.");
    ok = ok && (!loaded || loaded(req, tx, desk, context, err));
    tx_end(tx);
    return ok;
}
