/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/desk.h"

/* Grants by their words: two people with the same rights still have keys of their own. */
Str desk_reader_key(const Request *req)
{
    const Staff *staff = req->session.staff;
    Buf key = buf_in(req->arena);

    buf_add(&key, req->base);
    buf_add_char(&key, '|');
    buf_add(&key, req->lang);
    buf_add_char(&key, '|');
    buf_add_i64(&key, date_to_days(req->today));
    buf_add_char(&key, '|');
    buf_add_i64(&key, req->session.staff_id);
    buf_add_char(&key, '|');
    buf_add(&key, staff->scopes);
    for (size_t i = 0; i < staff->grant_count; i++) {
        buf_add_char(&key, '|');
        buf_add(&key, staff->grants[i].role);
        buf_add_char(&key, '/');
        buf_add(&key, staff->grants[i].office);
        buf_add_char(&key, '/');
        buf_add(&key, staff->grants[i].service);
    }
    return buf_str(&key);
}

bool desk_may_read(const Request *req, const Package *package)
{
    for (size_t i = 0; i < package->office_count; i++)
        if (ident_may(req->session.staff, "case.read", package->offices[i], package->id))
            return true;
    return false;
}

bool desk_may_work(const Request *req, const Package *package)
{
    for (size_t i = 0; i < package->office_count; i++)
        if (ident_may(req->session.staff, "case.decide", package->offices[i], package->id))
            return true;
    return false;
}

bool desk_may_decide(const Request *req, Str office, Str service)
{
    return ident_may(req->session.staff, "case.decide", office, service);
}

bool desk_may_see_protected(const Request *req, Str office, Str service)
{
    return ident_may(req->session.staff, "case.protected", office, service);
}

bool desk_rights_now(Tx *tx, Request *req, Err *err)
{
    Staff *staff;
    size_t count;

    if (!ident_staff_list(tx, req->arena, &staff, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (staff[i].id == req->session.staff_id) {
            req->session.staff = &staff[i];
            req->session.name = staff[i].name;
            return true;
        }
    return err_set(err, ERR_FORBIDDEN, "Das Konto, das dies bestellt hat, ist gesperrt.");
}

bool desk_case_id(const Request *req, int64_t *id, Err *err)
{
    if (str_to_i64(request_param(req, "id"), id) && *id > 0)
        return true;
    return err_set(err, ERR_NOT_FOUND, "Diesen Vorgang gibt es nicht.");
}

bool desk_may_in_case(const Staff *staff, const char *permission, const DeskCase *desk)
{
    for (size_t i = 0; i < desk->office_count; i++)
        if (ident_may(staff, permission, desk->offices[i], desk->package->id))
            return true;
    return false;
}

/* The offices that take part, as case_index_desk() keeps them. */
bool desk_case_offices(Tx *tx, DeskCase *desk, Arena *arena, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, "SELECT office FROM case_desk WHERE case_id = $1",
                          P_INT(desk->c.id));

    desk->offices = arena_array(arena, Str, desk->package->office_count + 1);
    desk->office_count = 0;
    while (rows && desk->office_count <= desk->package->office_count && rows_next(rows, err))
        desk->offices[desk->office_count++] = row_text(rows, 0);
    if (rows)
        rows_end(rows);
    return rows && err->kind == ERR_NONE;
}

bool desk_case(Request *req, Tx *tx, DeskCase *out, Err *err)
{
    Str asked = request_param(req, "id");
    int64_t id;
    Case named;

    /* By its number, as people and programs write it, or by its id. */
    if (case_number_valid(asked))
        return case_by_number(tx, asked, req->arena, &named, err) &&
               desk_case_open(req, tx, named.id, out, err);
    return desk_case_id(req, &id, err) && desk_case_open(req, tx, id, out, err);
}

bool desk_case_open(Request *req, Tx *tx, int64_t id, DeskCase *out, Err *err)
{
    if (!case_by_id(tx, id, req->arena, &out->c, err))
        return false;
    out->package = tenant_package_version(req->tenant, out->c.version, err);
    if (!out->package)
        return false;
    if (!desk_case_offices(tx, out, req->arena, err))
        return false;
    if (!desk_may_in_case(req->session.staff, "case.read", out))
        return err_set(err, ERR_FORBIDDEN,
                       "Dieser Vorgang gehört zu einem Amt oder einer Leistung, für die Sie nicht "
                       "freigeschaltet sind.");
    out->procedure = package_procedure(out->package, out->c.procedure);
    out->process = out->procedure ? out->procedure->process : NULL;
    return out->process || err_set(err, ERR_INTERNAL, "the package lacks the case's procedure");
}

bool desk_staff_may_act(const Staff *staff, const DeskCase *desk, const Action *action)
{
    Str service = desk->package->id;

    return ident_may(staff, "case.decide", action->office, service) &&
           (!action_protected_by(action).ptr ||
            ident_may(staff, "case.protected", action->office, service));
}

bool desk_may_act(const Request *req, const DeskCase *desk, const Action *action)
{
    return desk_staff_may_act(req->session.staff, desk, action);
}
