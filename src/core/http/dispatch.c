/* SPDX-License-Identifier: EUPL-1.2 */
/* The way of a complete request to its handler and to the answer. */
#include "core/http/dispatch.h"

bool exchange_is_fast(Exchange *x)
{
    if (exchange_is_global(x))
        return x->entry->route->flags & ROUTE_FAST;
    if (!x->failed && !(x->entry->route->flags & ROUTE_FAST))
        return false;
    if (!x->tenant_name.ptr)
        return true;
    x->req.tenant = tenant_acquire_open(x->http->app, x->tenant_name);
    return x->req.tenant != NULL;
}

static bool query_parse(Exchange *x)
{
    ptrdiff_t mark = str_find_char(x->target, '?');
    FieldList fields = {0};

    if (mark < 0)
        return true;
    Str query = str_slice(x->target, (size_t)mark + 1, x->target.len);
    if (!urlencoded_parse(x->arena, query, FIELDS_MAX_QUERY, &fields, &x->failure)) {
        x->failed = true;
        x->failure_status = 400;
        return false;
    }
    x->req.query = fields.items;
    x->req.query_count = fields.count;
    return true;
}

static bool charset_fits(const MediaType *type)
{
    return !type->charset.ptr || str_eq_nocase(type->charset, STR("utf-8")) ||
           str_eq_nocase(type->charset, STR("utf8"));
}

static bool body_parse(Exchange *x)
{
    Request *req = &x->req;
    Str body = {x->body ? x->body : "", x->body_len};
    FieldList fields = {0};
    UploadList uploads = {0};
    MediaType type;

    req->body = body;
    if (x->body_dropped)
        return exchange_fail(x, 413, "the body is larger than %zu bytes", x->body_limit);
    if (body.len == 0 && (exchange_is_api(x) || !req->content_type.ptr))
        return true;
    if (!req->content_type.ptr)
        return exchange_fail(x, 415, "the body has no Content-Type");
    bool ok = media_type_parse(x->arena, req->content_type, &type, &x->failure);
    if (ok && !charset_fits(&type))
        return exchange_fail(x, 415, "the body is not in UTF-8");
    if (ok && exchange_is_api(x)) {
        if (str_is(type.type, "application/json") || x->entry->route->flags & ROUTE_RAW)
            return true;
        return exchange_fail(x, 415, "the body must be application/json");
    }
    if (ok && str_is(type.type, "application/x-www-form-urlencoded"))
        ok = urlencoded_parse(x->arena, body, FIELDS_MAX_FORM, &fields, &x->failure);
    else if (ok && str_is(type.type, "multipart/form-data"))
        ok = multipart_parse(x->arena, type.boundary, body, &fields, &uploads, &x->failure);
    else if (ok)
        return exchange_fail(x, 415, "this Content-Type is not taken here");
    if (!ok) {
        x->failed = true;
        x->failure_status = x->failure.kind == ERR_TOO_LARGE ? 413 : 400;
        return false;
    }
    req->form = fields.items;
    req->form_count = fields.count;
    req->uploads = uploads.items;
    req->upload_count = uploads.count;
    return true;
}

static void request_surroundings(Exchange *x)
{
    Request *req = &x->req;

    req->now = clock_now();
    req->today = date_in_berlin(req->now);
    if (x->http->options.behind_proxy)
        req->https = str_is(request_header(req, "X-Forwarded-Proto"), "https");
}

/* A town that is there but cannot be opened, as when its settings are wrong, is the operator's to
 * mend: nothing that the visitor sent is at fault. */
static bool tenant_find(Exchange *x)
{
    Err err = {0};

    if (exchange_is_global(x) || x->req.tenant)
        return true;
    if (x->tenant_name.ptr)
        x->req.tenant = tenant_acquire(x->http->app, x->tenant_name, &err);
    if (x->req.tenant || x->failed)
        return x->req.tenant != NULL;
    x->req.base = STR("");
    if (x->tenant_name.ptr && err.kind != ERR_NOT_FOUND) {
        x->failure = err;
        if (err.kind != ERR_INTERNAL)
            x->failure.kind = ERR_TEMPORARY;
        x->failed = true;
        return false;
    }
    return exchange_fail(x, 404, "no tenant answers here");
}

static bool handler_call(Exchange *x)
{
    if (x->entry->route->handler(&x->req, &x->res, &x->failure))
        return true;
    x->failed = true;
    x->res = (Response){0};
    return false;
}

/* "/dienste/" where only "/dienste" is known. */
static bool trailing_slash_redirect(Exchange *x)
{
    Str path = x->req.path;

    if (!x->failed || x->failure_status != 404 || !exchange_is_safe(x) || path.len < 2 ||
        path.ptr[path.len - 1] != '/')
        return false;
    path.len--;
    if (!router_match(x->http->router, METHOD_GET, path).entry)
        return false;
    ptrdiff_t mark = str_find_char(x->target, '?');
    Str query = mark < 0 ? STR("") : str_slice(x->target, (size_t)mark, x->target.len);
    respond_redirect(&x->req, &x->res,
                     str_printf(x->arena, "%.*s%.*s", STR_ARG(path), STR_ARG(query)));
    x->res.status = 308;
    x->failed = false;
    return true;
}

static void cookies_finish(Exchange *x)
{
    if (!x->req.tenant || exchange_is_api(x))
        return;
    if (x->token_made)
        response_cookie(&x->req, &x->res, "sid", x->req.session_token, -1);
    if (x->language_asked)
        response_cookie(&x->req, &x->res, "lang", x->req.lang, 365 * 24 * 3600);
}

static void answer_finish(Exchange *x)
{
    if (x->failed) {
        exchange_find_caller_of_failure(x);
        exchange_answer_failure(x);
    }
    cookies_finish(x);
    response_compress(x);
}

void exchange_go_on(Exchange *x)
{
    Response later = x->res;

    x->res.begin = NULL;
    if (!later.answer(&x->req, &x->res, later.later_context, &x->failure)) {
        x->failed = true;
        x->res = (Response){0};
    }
    answer_finish(x);
}

bool exchange_run(Exchange *x)
{
    request_surroundings(x);
    bool ready = tenant_find(x);
    ready = query_parse(x) && ready && !x->failed;
    exchange_find_language(x);
    if (!trailing_slash_redirect(x) && ready && body_parse(x) && exchange_find_caller(x) &&
        exchange_check_origin(x) && exchange_check_access(x))
        handler_call(x);
    if (x->res.begin)
        return false;
    answer_finish(x);
    return true;
}

void exchange_end(Exchange *x)
{
    if (x->req.tenant)
        tenant_release(x->req.tenant);
    x->req.tenant = NULL;
}

Str methods_text(Arena *arena, unsigned methods)
{
    Buf text = buf_in(arena);

    for (int i = 0; i < METHOD_COUNT; i++) {
        if (!(methods & 1u << i))
            continue;
        buf_add_c(&text, text.len ? ", " : "");
        buf_add_c(&text, method_name((Method)i));
        if (i == METHOD_GET)
            buf_add_c(&text, ", HEAD");
    }
    return buf_str(&text);
}
