/* SPDX-License-Identifier: EUPL-1.2 */
/* A form of the case page that was refused stands there again as it was sent. */
#include "cases/desk_case.h"

#include "core/http/request.h"

bool case_sent(const CaseView *view, const char *form)
{
    const Request *req = view->refused.req;

    return req && str_eq(req->path, str_printf(req->arena, "%.*s/%s", STR_ARG(view->path), form));
}

bool case_chose(const CaseView *view, const char *form, const char *name, Str value)
{
    return case_sent(view, form) && str_eq(request_form(view->refused.req, name), value);
}

FieldView case_field(const CaseView *view, const char *form, FieldView field)
{
    const Request *req = view->refused.req;

    if (!case_sent(view, form))
        return field;
    field.value = request_form(req, str_cstr(req->arena, field.name));
    if (str_eq(view->refused.field, field.name))
        field.error = view->problem;
    return field;
}
