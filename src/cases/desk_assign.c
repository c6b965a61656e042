/* SPDX-License-Identifier: EUPL-1.2 */
/* Who works on a case: assigned by hand, or taken as the next one that nobody has. */
#include "cases/desk_work.h"

bool desk_may_assign(const Request *req, const DeskCase *desk)
{
    return desk_may_in_case(req->session.staff, "case.decide", desk) ||
           desk_may_in_case(req->session.staff, "case.assign", desk);
}

bool desk_assign_to(Request *req, Tx *tx, DeskCase *desk, int64_t staff_id, Err *err)
{
    Staff staff;

    if (!desk_may_assign(req, desk))
        return err_set(err, ERR_FORBIDDEN, "Zuständigkeiten dürfen Sie hier nicht ändern.");
    if (staff_id != 0) {
        if (!ident_staff_by_id(tx, staff_id, req->arena, &staff, err))
            return err->kind == ERR_NOT_FOUND
                       ? err_set(err, ERR_INPUT,
                                 "Dieses Konto gibt es nicht. Bitte wählen Sie jemand anderen.")
                       : false;
        if (!desk_may_in_case(&staff, "case.decide", desk))
            return err_set(err, ERR_INPUT, "%.*s gehört zu keinem Amt dieses Vorgangs.",
                           STR_ARG(staff.name));
    }
    return case_assign(tx, &desk->c, staff_id, request_actor(req), err);
}

bool desk_assign_case(Work *work, Tx *tx, DeskCase *desk, Err *err)
{
    int64_t id;

    return desk_form_id(work->req, "konto", &id, err) &&
           desk_assign_to(work->req, tx, desk, id, err);
}

bool desk_assign_post(Request *req, Response *res, Err *err)
{
    return desk_work_answer(req, res, desk_assign_case, "zustaendig", err);
}

/* --- The next case
 * -------------------------------------------------------------------------------- */

enum { CANDIDATES = 50 };

typedef struct Next {
    Request *req;
    int64_t id;
} Next;

/* The most urgent case of the list that nobody has and that the caller may decide. The choice and
 * the assignment are one write: two who ask at once get two cases. */
static bool take_next(Tx *tx, void *context, Err *err)
{
    Next *next = context;
    Request *req = next->req;
    ListScope scope = {0};
    ListFilter filter;
    ListWalk walk;

    if (!list_filter_parse(req, tx, request_form(req, "abfrage"), &scope, &filter, err))
        return false;
    filter = (ListFilter){.view = STR("zutun"),
                          .office = filter.office,
                          .service = filter.service,
                          .procedure = filter.procedure,
                          .assignee = STR("niemand")};
    if (!list_walk(tx, req, &filter, &scope, CANDIDATES, &walk, err))
        return false;
    for (size_t i = 0; i < walk.count && next->id == 0; i++) {
        DeskCase desk;
        bool taken = false;

        if (!desk_case_open(req, tx, walk.ids[i], &desk, err))
            return false;
        if (!desk_may_in_case(req->session.staff, "case.decide", &desk))
            continue;
        if (!case_take(tx, &desk.c, req->session.staff_id, request_actor(req), &taken, err))
            return false;
        if (taken)
            next->id = desk.c.id;
    }
    return true;
}

bool desk_next_post(Request *req, Response *res, Err *err)
{
    Next next = {.req = req};

    if (!db_write(req->tenant->db, take_next, &next, err))
        return false;
    return respond_redirect(
        req, res,
        next.id ? str_printf(req->arena, "/desk/vorgaenge/%lld?ansicht=meine&getan=uebernommen",
                             (long long)next.id)
                : STR("/desk/vorgaenge?ansicht=zutun&getan=nichts"));
}
