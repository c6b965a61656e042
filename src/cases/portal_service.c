/* SPDX-License-Identifier: EUPL-1.2 */
/* What a service is, who may, what is needed, and the button that begins. */
#include "cases/portal_service.h"
#include "cases/portal_service.html.h"
#include "ident/ident.h"

static const Package *find_package(Request *req, Err *err)
{
    return tenant_package(req->tenant, request_param(req, "service"), err);
}

bool portal_offers(const Request *req, const Package *package, const Procedure *procedure)
{
    return !procedure->office.ptr ||
           ident_may(req->session.staff, "case.decide", procedure->office, package->id);
}

bool portal_service(Request *req, Response *res, Err *err)
{
    const Package *package = find_package(req, err);

    if (!package)
        return false;
    ServiceView *procedures = arena_array(req->arena, ServiceView, package->procedure_count);
    size_t count = 0;

    for (size_t i = 0; i < package->procedure_count; i++)
        if (portal_offers(req, package, &package->procedures[i]))
            procedures[count++] = (ServiceView){
                .name = portal_text(req, package->procedures[i].name),
                .summary = portal_text(req, package->procedures[i].summary),
                .path = str_printf(req->arena, "/dienste/%.*s/%.*s", STR_ARG(package->id),
                                   STR_ARG(package->procedures[i].id))};
    Out out = out_for(req);
    page_portal_service(&out, portal_text(req, package->name),
                        portal_markdown(req, package->summary), procedures, count);
    PageFrame frame = {.area = AREA_PORTAL,
                       .title = portal_text(req, package->name),
                       .active = STR("/dienste"),
                       .description = portal_text(req, package->summary)};
    return page_send(req, res, &frame, out_html(&out));
}

static const Html *markdown_list(Request *req, const Node *list, size_t *count)
{
    *count = list ? list->count : 0;
    Html *items = arena_array(req->arena, Html, *count);

    for (size_t i = 0; i < *count; i++)
        items[i] = portal_markdown(req, list->items[i]);
    return items;
}

static Str office_setting(Request *req, Str office, const char *key)
{
    return text_in(node_path(req->tenant->settings,
                             str_printf(req->arena, "offices.%.*s.%s", STR_ARG(office), key)),
                   req->lang);
}

static const ContactView *contacts(Request *req, const Package *package, size_t *count)
{
    ContactView *views = arena_array(req->arena, ContactView, package->office_count);

    *count = 0;
    for (size_t i = 0; i < package->office_count; i++) {
        Str office = package->offices[i];
        ContactView view = {.name = office_setting(req, office, "name"),
                            .place = office_setting(req, office, "room"),
                            .phone = office_setting(req, office, "phone"),
                            .email = office_setting(req, office, "email")};
        if (str_empty(view.name))
            continue;
        view.phone_link =
            str_printf(req->arena, "tel:%.*s",
                       STR_ARG(str_replace(req->arena, view.phone, STR(" "), STR(""))));
        view.email_link = str_printf(req->arena, "mailto:%.*s", STR_ARG(view.email));
        views[(*count)++] = view;
    }
    return views;
}

static const Procedure *find_procedure(Request *req, const Package **package, Err *err)
{
    *package = find_package(req, err);
    const Procedure *procedure =
        *package ? package_procedure(*package, request_param(req, "procedure")) : NULL;

    if (procedure && !portal_offers(req, *package, procedure))
        procedure = NULL;
    if (*package && !procedure)
        err_set(err, ERR_NOT_FOUND, "Diese Leistung gibt es hier nicht.");
    return procedure;
}

bool portal_procedure(Request *req, Response *res, Err *err)
{
    const Package *package;
    const Procedure *procedure = find_procedure(req, &package, err);

    if (!procedure)
        return false;
    ProcedureView view = {.service = portal_text(req, package->name),
                          .service_path =
                              str_printf(req->arena, "/dienste/%.*s", STR_ARG(package->id)),
                          .name = portal_text(req, procedure->name),
                          .summary = portal_markdown(req, procedure->summary),
                          .who = portal_markdown(req, procedure->who),
                          .cost = portal_markdown(req, procedure->cost),
                          .duration = portal_markdown(req, procedure->duration),
                          .begin = str_printf(req->arena, "/dienste/%.*s/%.*s/antrag",
                                              STR_ARG(package->id), STR_ARG(procedure->id)),
                          .button = tr(req->lang, "Jetzt beginnen")};
    view.needs = markdown_list(req, procedure->needs, &view.need_count);
    view.legal = markdown_list(req, procedure->legal, &view.legal_count);
    view.contacts = contacts(req, package, &view.contact_count);
    Out out = out_for(req);
    page_portal_procedure(&out, &view);
    PageFrame frame = {.area = AREA_PORTAL,
                       .title = view.name,
                       .active = STR("/dienste"),
                       .description = portal_text(req, procedure->summary)};
    return page_send(req, res, &frame, out_html(&out));
}

/* POST /dienste/:service/:procedure/antrag */
bool portal_begin(Request *req, Response *res, Err *err)
{
    const Package *package;
    const Procedure *procedure = find_procedure(req, &package, err);
    Str token;

    if (!procedure || !draft_create(req->tenant, package, procedure, req->session.citizen_id,
                                    req->arena, &token, err))
        return false;
    return respond_redirect(req, res,
                            str_printf(req->arena, "/antrag/%.*s/%.*s", STR_ARG(token),
                                       STR_ARG(procedure->form->pages[0].id)));
}
