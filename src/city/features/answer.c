/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/features/features.h"

#include <stdarg.h>
#include <stdio.h>

static const char ROOT[] = "/ogc/v1";

/* A problem (RFC 9457) that is the standard's exception as well: a code and what it means. */
static bool tell(OgcCall *call, const Err *err)
{
    int status = sta_http_status(err->kind);
    Node *json = node_map(call->arena);

    node_set(call->arena, json, STR("code"),
             node_string(call->arena, str_printf(call->arena, "%d", status)));
    node_set(call->arena, json, STR("description"), node_string(call->arena, str_c(err->message)));
    node_set(call->arena, json, STR("type"), node_string(call->arena, STR("about:blank")));
    node_set(call->arena, json, STR("status"), node_int(call->arena, status));
    respond_json(call->res, status, json, call->arena);
    call->res->type = STR("application/problem+json");
    return true;
}

/* `f` asks for a format; there is one. */
static bool parameters_known(const Request *req, bool properties, Err *err)
{
    for (size_t i = 0; i < req->query_count; i++) {
        const Field *field = &req->query[i];
        if (str_is(field->name, "f") ? str_is(field->value, "json") : properties)
            continue;
        return err_set(err, ERR_INPUT, "there is no parameter %.*s=%.*s here",
                       STR_ARG(str_slice(field->name, 0, 60)),
                       STR_ARG(str_slice(field->value, 0, 60)));
    }
    return true;
}

bool ogc_answer(Request *req, Response *res, OgcHandler handler, bool properties, Err *err)
{
    OgcCall call = {.req = req,
                    .res = res,
                    .arena = req->arena,
                    .root = request_absolute_url(req, str_c(ROOT))};

    /* Open data may be read from other sites' pages; no cookie is looked at here. */
    response_header(res, "Access-Control-Allow-Origin", STR("*"));
    response_header(res, "Access-Control-Expose-Headers", STR("Content-Crs, Link"));
    if (parameters_known(req, properties, err) && handler(&call, err))
        return true;
    if (err->kind == ERR_INTERNAL || err->kind == ERR_TEMPORARY)
        return false;
    Err told = *err;
    err_clear(err);
    return tell(&call, &told);
}

void ogc_link(const OgcCall *call, Node *links, const char *rel, const char *type,
              const char *title, Str address)
{
    Node *link = node_map(call->arena);

    node_set_text(call->arena, link, "href", address);
    node_set_text(call->arena, link, "rel", str_c(rel));
    node_set_text(call->arena, link, "type", str_c(type));
    node_set_text(call->arena, link, "title", str_c(title));
    node_append(call->arena, links, link);
}

Str ogc_address(const OgcCall *call, const char *format, ...)
{
    char rest[400];
    va_list args;

    va_start(args, format);
    vsnprintf(rest, sizeof rest, format, args);
    va_end(args);
    return str_printf(call->arena, "%.*s%s", STR_ARG(call->root), rest);
}
