/* SPDX-License-Identifier: EUPL-1.2 */
/* The header of a request: is it sound, which tenant and which route does it mean? */
#include "core/http/exchange.h"

#include <stdio.h>

bool exchange_fail(Exchange *x, int status, const char *format, ...)
{
    char message[sizeof x->failure.message];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    err_set(&x->failure, status >= 500 ? ERR_TEMPORARY : ERR_INPUT, "%s", message);
    x->failure_status = status;
    x->failed = true;
    return false;
}

/* A token (RFC 9110 5.6.2); so "Content-Length :" is no Content-Length that others see. */
static bool name_valid(Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
              (c && strchr("!#$%&'*+-.^_`|~", c))))
            return false;
    }
    return name.len > 0;
}

static bool value_valid(Str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* Headers that steer how a message is read must be there once and be plain; otherwise a proxy
 * in front of us may read another message than we do. */
static bool headers_check(Exchange *x)
{
    int hosts = 0;
    int lengths = 0;
    int encodings = 0;

    if (x->failed)
        return false;
    if (x->headers.count > HEADERS_MAX)
        return exchange_fail(x, 431, "more than %d header lines", HEADERS_MAX);
    for (size_t i = 0; i < x->headers.count; i++) {
        Str name = x->headers.items[i].name;
        Str value = x->headers.items[i].value;
        if (!name_valid(name) || !value_valid(value))
            return exchange_fail(x, 400, "malformed header line");
        if (name.len == 4 && str_eq_nocase(name, STR("Host"))) {
            hosts++;
            x->req.host = value;
        } else if (name.len == 14 && str_eq_nocase(name, STR("Content-Length"))) {
            lengths++;
        } else if (name.len == 17 && str_eq_nocase(name, STR("Transfer-Encoding"))) {
            encodings++;
            if (!str_eq_nocase(value, STR("chunked")))
                return exchange_fail(x, 400, "unknown Transfer-Encoding");
        } else if (name.len == 6 && str_eq_nocase(name, STR("Cookie"))) {
            cookies_parse(x->arena, value, &x->cookies);
        } else if (name.len == 12 && str_eq_nocase(name, STR("Content-Type"))) {
            x->req.content_type = value;
        }
    }
    if (hosts > 1 || lengths > 1 || encodings > 1 || (lengths && encodings))
        return exchange_fail(x, 400, "contradicting header lines");
    for (size_t i = 0; i < x->req.host.len; i++) {
        char c = x->req.host.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
              strchr("-.:[]_", c)))
            return exchange_fail(x, 400, "malformed Host");
    }
    return true;
}

/* Cut "/t/NAME" off the path. */
static void tenant_prefix_cut(Exchange *x, Str *path)
{
    if (!str_starts_with(*path, "/t/"))
        return;
    Str rest = str_slice(*path, 3, path->len);
    ptrdiff_t slash = str_find_char(rest, '/');
    size_t len = slash < 0 ? rest.len : (size_t)slash;

    x->tenant_name = str_slice(rest, 0, len);
    x->req.base = str_slice(*path, 0, 3 + len);
    *path = slash < 0 ? STR("/") : str_slice(*path, 3 + len, path->len);
}

static Str host_without_port(Str host)
{
    for (size_t i = host.len; i > 0; i--) {
        if (host.ptr[i - 1] == ':')
            return str_slice(host, 0, i - 1);
        if (host.ptr[i - 1] < '0' || host.ptr[i - 1] > '9')
            break;
    }
    return host;
}

static bool route_find(Exchange *x, Str path)
{
    RouteMatch match = router_match(x->http->router, x->method, path);

    x->req.path = path;
    if (match.entry) {
        x->entry = match.entry;
        x->req.route = match.entry->route;
        x->req.param_count = match.entry->name_count;
        for (size_t i = 0; i < match.entry->name_count; i++)
            x->req.params[i] = (Field){.name = match.entry->names[i], .value = match.values[i]};
        return true;
    }
    x->allowed = match.methods;
    if (match.methods)
        return exchange_fail(x, 405, "the method is not allowed here");
    return exchange_fail(x, 404, "no such path");
}

void exchange_begin(Exchange *x)
{
    Request *req = &x->req;
    Str query = x->target;
    Str path;

    req->arena = x->arena;
    req->app = x->http->app;
    req->connection = x;
    req->base = STR("");
    req->lang = STR("de");
    req->path = STR("/");
    x->body_limit = BODY_MAX;
    if (!headers_check(x))
        return;
    if (x->target.len > TARGET_MAX) {
        exchange_fail(x, 414, "the request target is longer than %d bytes", TARGET_MAX);
        return;
    }
    Str raw = str_cut(&query, '?');
    if (!path_parse(x->arena, raw, &path, &x->failure)) {
        x->failed = true;
        x->failure_status = 400;
        return;
    }
    tenant_prefix_cut(x, &path);
    if (!x->tenant_name.ptr) {
        x->tenant_name = app_tenant_of_host(x->http->app, host_without_port(req->host));
        if (!x->tenant_name.ptr)
            x->tenant_name = x->http->options.root_tenant;
    }
    if (!method_parse(req->method, &x->method)) {
        for (int method = 0; method < METHOD_COUNT; method++)
            x->allowed |= router_match(x->http->router, (Method)method, path).methods;
        exchange_fail(x, x->allowed ? 405 : 404, "nobody serves this method");
        return;
    }
    x->head = str_is(req->method, "HEAD");
    if (!route_find(x, path))
        return;
    if (x->entry->route->flags & ROUTE_UPLOAD)
        x->body_limit = BODY_MAX_UPLOAD;
}
