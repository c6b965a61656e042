/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/features/features.h"
#include "core/tenant.h"

#define PART "http://www.opengis.net/spec/ogcapi-features-"

static bool landing(OgcCall *call, Err *err)
{
    Node *json = node_map(call->arena), *links = node_list(call->arena);

    (void)err;
    node_set_text(
        call->arena, json, "title",
        str_printf(call->arena, "Stadtdaten: %.*s", STR_ARG(tenant_title(call->req->tenant))));
    node_set_text(call->arena, json, "description",
                  STR("Orte und Messwerte der Stadt als OGC API - Features"));
    ogc_link(call, links, "self", "application/json", "Diese Seite", call->root);
    ogc_link(call, links, "alternate", "text/html", "Stadtdaten",
             request_absolute_url(call->req, STR("/stadtdaten")));
    ogc_link(call, links, "service-desc", "application/vnd.oai.openapi+json;version=3.0",
             "Beschreibung der Schnittstelle", ogc_address(call, "/api"));
    ogc_link(call, links, "conformance", "application/json", "Was sie erfüllt",
             ogc_address(call, "/conformance"));
    ogc_link(call, links, "data", "application/json", "Die Sammlungen",
             ogc_address(call, "/collections"));
    node_set(call->arena, json, STR("links"), links);
    return respond_json(call->res, 200, json, call->arena);
}

static bool conformance(OgcCall *call, Err *err)
{
    static const char *const CLASSES[] = {PART "1/1.0/conf/core", PART "1/1.0/conf/oas30",
                                          PART "1/1.0/conf/geojson", PART "2/1.0/conf/crs"};
    Node *json = node_map(call->arena), *list = node_list(call->arena);

    (void)err;
    for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++)
        node_append(call->arena, list, node_string(call->arena, str_c(CLASSES[i])));
    node_set(call->arena, json, STR("conformsTo"), list);
    return respond_json(call->res, 200, json, call->arena);
}

bool ogc_landing(Request *req, Response *res, Err *err)
{
    return ogc_answer(req, res, landing, false, err);
}

bool ogc_conformance(Request *req, Response *res, Err *err)
{
    return ogc_answer(req, res, conformance, false, err);
}
