/* SPDX-License-Identifier: EUPL-1.2 */
/* Begin a case at the desk: what an office begins by itself, and what it enters for somebody who
 * wrote or came in. The forms are those of the portal. */
#include "cases/desk_new.h"

#include "cases/desk_new.html.h"
#include "cases/portal.h"
#include "core/http/request.h"

static void add(Request *req, NewService *service, const Package *package,
                const Procedure *procedure)
{
    NewChoice choice = {.name = text_in(procedure->name, STR("de")),
                        .summary = text_in(procedure->summary, STR("de")),
                        .path = str_printf(req->arena, "/dienste/%.*s/%.*s/antrag",
                                           STR_ARG(package->id), STR_ARG(procedure->id))};

    if (procedure->office.ptr)
        service->own[service->own_count++] = choice;
    else
        service->others[service->other_count++] = choice;
}

static NewService service_of(Request *req, const Package *package)
{
    NewService service = {.name = text_in(package->name, STR("de")),
                          .own = arena_array(req->arena, NewChoice, package->procedure_count),
                          .others = arena_array(req->arena, NewChoice, package->procedure_count)};

    for (size_t i = 0; i < package->procedure_count; i++)
        if (portal_offers(req, package, &package->procedures[i]))
            add(req, &service, package, &package->procedures[i]);
    return service;
}

bool desk_new_page(Request *req, Response *res, Err *err)
{
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages), shown = 0;
    NewService *services = arena_array(req->arena, NewService, count);
    Out out = out_for(req);

    (void)err;
    for (size_t i = 0; i < count; i++)
        if (desk_may_work(req, packages[i]))
            services[shown++] = service_of(req, packages[i]);
    page_desk_new(&out, services, shown);
    PageFrame frame = {
        .area = AREA_DESK, .title = STR("Neuer Vorgang"), .active = STR("/desk/neu")};
    return page_send(req, res, &frame, out_html(&out));
}
