/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/exchange.h"
#include "core/page/out.h"

#include "base/utf8.h"
#include "core/http/percent.h"
#include "core/page/out.h"

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

/* --- The header -------------------------------------------------------------------------- */

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
            x->tenant_name = x->http->options.demo_tenant;
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

/* --- Before the handler ------------------------------------------------------------------- */

static bool is_global(const Exchange *x)
{
    return x->entry && x->entry->route->access == ACCESS_GLOBAL;
}

static bool is_api(const Exchange *x)
{
    return x->entry && (x->entry->route->flags & ROUTE_API);
}

bool exchange_is_fast(Exchange *x)
{
    if (is_global(x))
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

static bool language_known(Str lang)
{
    return str_is(lang, "de") || str_is(lang, "en") || str_is(lang, "de-leicht");
}

/* The desk's pages are German, whatever the browser of who works there prefers. */
static bool is_desk(const Exchange *x)
{
    return x->entry && x->entry->route->access == ACCESS_STAFF && !is_api(x);
}

static void language_find(Exchange *x)
{
    Str asked = request_query(&x->req, "lang");
    Str kept = request_cookie(&x->req, "lang");

    if (is_desk(x))
        return;
    if (asked.ptr && language_known(asked)) {
        x->req.lang = asked;
        x->language_asked = !str_eq(asked, kept);
    } else if (kept.ptr && language_known(kept)) {
        x->req.lang = kept;
    } else {
        x->req.lang = language_choose(request_header(&x->req, "Accept-Language"));
    }
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
    if (body.len == 0 && (is_api(x) || !req->content_type.ptr))
        return true;
    if (!req->content_type.ptr)
        return exchange_fail(x, 415, "the body has no Content-Type");
    bool ok = media_type_parse(x->arena, req->content_type, &type, &x->failure);
    if (ok && !charset_fits(&type))
        return exchange_fail(x, 415, "the body is not in UTF-8");
    if (ok && is_api(x)) {
        if (str_is(type.type, "application/json"))
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

/* Programs show a key; cookies do not count where no CSRF token is asked for. */
static bool key_find(Exchange *x)
{
    Str header = request_header(&x->req, "Authorization");
    Str scheme = str_cut(&header, ' ');

    if (!x->entry || x->entry->route->access != ACCESS_STAFF || !header.ptr ||
        !str_eq_nocase(scheme, STR("Bearer")) || !x->http->sessions || !x->http->sessions->key_load)
        return true;
    if (x->http->sessions->key_load(&x->req, str_trim(header), &x->failure))
        return true;
    x->failed = true;
    return false;
}

static bool session_find(Exchange *x)
{
    Str token = request_cookie(&x->req, "sid");

    /* Outside of a town (assets, /healthz) nobody is signed in. */
    if (!x->req.tenant)
        return true;
    if (is_api(x))
        return key_find(x);
    /* "v…": a visitor; "s…": signed in. Anything else was not given out here. */
    if (token.len != 44 || (token.ptr[0] != 'v' && token.ptr[0] != 's'))
        return true;
    x->req.session_token = token;
    if (token.ptr[0] == 's' && x->http->sessions &&
        !x->http->sessions->session_load(&x->req, &x->failure)) {
        x->failed = true;
        return false;
    }
    return true;
}

/* The page that tells a failure keeps the head of who is signed in. */
static void session_for_failure(Exchange *x)
{
    Err kept = x->failure;

    if (x->req.tenant && !x->req.session_token.ptr)
        session_find(x);
    x->failure = kept;
}

static bool is_safe(const Exchange *x)
{
    return x->method == METHOD_GET;
}

/* The browser itself tells where an unsafe request comes from; when it does, that must be us. */
static bool origin_fits(const Request *req)
{
    Str site = request_header(req, "Sec-Fetch-Site");
    Str origin = request_header(req, "Origin");

    if (site.ptr && !str_is(site, "same-origin") && !str_is(site, "none"))
        return false;
    if (!origin.ptr)
        return true;
    Str authority = str_starts_with(origin, "https://")  ? str_slice(origin, 8, origin.len)
                    : str_starts_with(origin, "http://") ? str_slice(origin, 7, origin.len)
                                                         : STR_NONE;
    return authority.ptr && str_eq_nocase(authority, req->host);
}

static bool csrf_check(Exchange *x)
{
    static const char *const EXPIRED =
        N_("Aus Sicherheitsgründen konnten wir dieses Formular nicht annehmen. Es wurde nichts "
           "gespeichert. Bitte öffnen Sie die Seite neu und senden Sie das Formular noch einmal.");

    if (is_safe(x) || is_api(x) || is_global(x))
        return true;
    x->failure_text = EXPIRED;
    if (!origin_fits(&x->req))
        return exchange_fail(x, 403, "an unsafe request from another site");
    if (!request_csrf_valid(&x->req, request_form(&x->req, "csrf")))
        return exchange_fail(x, 403, "CSRF token missing or wrong");
    x->failure_text = NULL;
    return true;
}

/* Nobody is signed in: offer the page to do so, and come back after it. */
static bool sign_in_first(Exchange *x, const char *page)
{
    if (is_api(x))
        return exchange_fail(x, 401, "a key is needed: Authorization: Bearer KEY");
    if (!is_safe(x))
        return exchange_fail(x, 403, "not signed in");
    ptrdiff_t mark = str_find_char(x->target, '?');
    Buf back = buf_in(x->arena);
    Buf path = buf_in(x->arena);
    percent_encode(&back, x->req.path, "/");
    if (mark >= 0)
        buf_add(&back, str_slice(x->target, (size_t)mark, x->target.len));
    buf_add_c(&path, page);
    buf_add_c(&path, "?weiter=");
    percent_encode(&path, buf_str(&back), "/");
    respond_redirect(&x->req, &x->res, buf_str(&path));
    return false;
}

/* False: x->res or x->failure is the answer. */
static bool access_check(Exchange *x)
{
    const Route *route = x->entry->route;
    const Engine *sessions = x->http->sessions;

    switch (route->access) {
    case ACCESS_GLOBAL:
    case ACCESS_PUBLIC: return true;
    case ACCESS_CITIZEN: return x->req.session.citizen_id != 0 || sign_in_first(x, "/anmelden");
    case ACCESS_STAFF:
        if (x->req.session.staff_id == 0)
            return sign_in_first(x, "/desk/anmelden");
        if (!sessions || !sessions->session_may(&x->req, route->permission))
            return exchange_fail(x, 403, "staff/%lld has no permission %s",
                                 (long long)x->req.session.staff_id, route->permission);
        return true;
    }
    return false;
}

/* --- The way through ------------------------------------------------------------------------ */

static void request_surroundings(Exchange *x)
{
    Request *req = &x->req;

    req->now = clock_now();
    req->today = date_in_berlin(req->now);
    if (x->http->options.behind_proxy)
        req->https = str_is(request_header(req, "X-Forwarded-Proto"), "https");
}

static bool tenant_find(Exchange *x)
{
    Err err = {0};

    if (is_global(x) || x->req.tenant)
        return true;
    if (x->tenant_name.ptr)
        x->req.tenant = tenant_acquire(x->http->app, x->tenant_name, &err);
    if (x->req.tenant || x->failed)
        return x->req.tenant != NULL;
    x->req.base = STR("");
    if (x->tenant_name.ptr && err.kind != ERR_NOT_FOUND) {
        x->failure = err;
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

    if (!x->failed || x->failure_status != 404 || !is_safe(x) || path.len < 2 ||
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
    if (!x->req.tenant || is_api(x))
        return;
    if (x->token_made)
        response_cookie(&x->req, &x->res, "sid", x->req.session_token, -1);
    if (x->language_asked)
        response_cookie(&x->req, &x->res, "lang", x->req.lang, 365 * 24 * 3600);
}

void exchange_run(Exchange *x)
{
    request_surroundings(x);
    bool ready = tenant_find(x);
    ready = query_parse(x) && ready && !x->failed;
    language_find(x);
    if (!trailing_slash_redirect(x)) {
        if (ready && body_parse(x) && session_find(x) && csrf_check(x) && access_check(x))
            handler_call(x);
        if (x->failed) {
            session_for_failure(x);
            exchange_answer_failure(x);
        }
    }
    cookies_finish(x);
    response_compress(x);
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
