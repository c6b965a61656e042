/* SPDX-License-Identifier: EUPL-1.2 */
/* Who calls, and may they? */
#include "core/http/dispatch.h"

#include "base/percent.h"
#include "core/page/out.h"

/* Programs show a key, also where anybody may read but not everything; cookies do not count where
 * no CSRF token is asked for. */
static bool key_find(Exchange *x)
{
    Str header = request_header(&x->req, "Authorization");
    Str scheme = str_cut(&header, ' ');

    bool asks = x->entry && (x->entry->route->access == ACCESS_STAFF ||
                             x->entry->route->access == ACCESS_PUBLIC);

    if (!asks || !header.ptr || !str_eq_nocase(scheme, STR("Bearer")) || !x->http->sessions ||
        !x->http->sessions->key_load)
        return true;
    if (x->http->sessions->key_load(&x->req, str_trim(header), &x->failure))
        return true;
    x->failed = true;
    return false;
}

bool exchange_find_caller(Exchange *x)
{
    Str token = request_cookie(&x->req, "sid");

    /* Outside of a town (assets, /healthz) nobody is signed in. */
    if (!x->req.tenant)
        return true;
    if (exchange_is_api(x))
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
void exchange_find_caller_of_failure(Exchange *x)
{
    Err kept = x->failure;

    if (x->req.tenant && !x->req.session_token.ptr)
        exchange_find_caller(x);
    x->failure = kept;
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

bool exchange_check_origin(Exchange *x)
{
    static const char *const EXPIRED =
        N_("Aus Sicherheitsgründen konnten wir dieses Formular nicht annehmen. Es wurde nichts "
           "gespeichert. Bitte öffnen Sie die Seite neu und senden Sie das Formular noch einmal.");

    if (exchange_is_safe(x) || exchange_is_api(x) || exchange_is_global(x))
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
    if (exchange_is_api(x))
        return exchange_fail(x, 401, "a key is needed: Authorization: Bearer KEY");
    if (!exchange_is_safe(x))
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
bool exchange_check_access(Exchange *x)
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
        if (!sessions ||
            !(route->flags & ROUTE_WITHIN ? request_may_within(&x->req, route->permission)
                                          : sessions->session_may(&x->req, route->permission)))
            return exchange_fail(x, 403, "staff/%lld has no permission %s",
                                 (long long)x->req.session.staff_id, route->permission);
        return true;
    }
    return false;
}
