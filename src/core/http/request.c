/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/exchange.h"

#include "base/vec.h"
#include "core/crypto.h"
#include "core/store/event.h"

#include <assert.h>

/* Of the proof: 22 base64url characters are 132 bits. */
enum { CSRF_BYTES = 22 };

static Str find(const Field *fields, size_t count, const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < count; i++)
        if (fields[i].name.len == len && memcmp(fields[i].name.ptr, name, len) == 0)
            return fields[i].value;
    return STR_NONE;
}

Str request_param(const Request *req, const char *name)
{
    return find(req->params, req->param_count, name);
}

Str request_query(const Request *req, const char *name)
{
    return find(req->query, req->query_count, name);
}

Str request_form(const Request *req, const char *name)
{
    return find(req->form, req->form_count, name);
}

Str request_typed(const Request *req, const char *name)
{
    Str value = str_trim(request_form(req, name));

    return value.ptr ? value : STR("");
}

Str request_actor(const Request *req)
{
    return event_staff(req->arena, req->session.staff_id);
}

Str request_raw_query(const Request *req)
{
    Str rest = request_exchange(req)->target;

    str_cut(&rest, '?');
    return rest.ptr ? rest : STR("");
}

size_t request_form_all(const Request *req, const char *name, Str **out)
{
    struct {
        Str *items;
        size_t count, capacity;
    } values = {0};
    Str wanted = str_c(name);

    for (size_t i = 0; i < req->form_count; i++)
        if (str_eq(req->form[i].name, wanted))
            VEC_PUSH(req->arena, &values, req->form[i].value);
    *out = values.items;
    return values.count;
}

Str request_header(const Request *req, const char *name)
{
    const Exchange *x = request_exchange(req);
    Str wanted = str_c(name);

    for (size_t i = 0; i < x->headers.count; i++)
        if (str_eq_nocase(x->headers.items[i].name, wanted))
            return x->headers.items[i].value;
    return STR_NONE;
}

Str request_cookie(const Request *req, const char *name)
{
    const Exchange *x = request_exchange(req);

    return find(x->cookies.items, x->cookies.count, name);
}

/* What the token must prove: a keyed hash of the session's token. */
static void csrf_proof(const Request *req, unsigned char out[CSRF_BYTES])
{
    crypto_mac(req->tenant->csrf_key, req->session_token, out, CSRF_BYTES);
}

/* Random bytes for a mask, drawn from the system for many pages at once. */
static void mask_take(unsigned char out[CSRF_BYTES])
{
    enum { DRAWN = 32 };
    static _Thread_local unsigned char drawn[DRAWN][CSRF_BYTES];
    static _Thread_local int left;

    if (left == 0) {
        crypto_random(drawn, sizeof drawn);
        left = DRAWN;
    }
    memcpy(out, drawn[--left], CSRF_BYTES);
}

Str request_csrf(Request *req)
{
    Exchange *x = request_exchange(req);
    unsigned char token[2 * CSRF_BYTES];

    if (!req->tenant)
        return STR("");
    if (x->csrf.ptr && str_eq(x->csrf_of, req->session_token))
        return x->csrf;
    if (!req->session_token.ptr) {
        req->session_token = str_printf(req->arena, "v%.*s", STR_ARG(crypto_token(req->arena, 32)));
        x->token_made = true;
    }
    /* A fresh mask for every page: a compressed page's length tells nothing about the proof
     * (the BREACH attack). */
    csrf_proof(req, token + CSRF_BYTES);
    mask_take(token);
    for (int i = 0; i < CSRF_BYTES; i++)
        token[CSRF_BYTES + i] ^= token[i];
    x->csrf = crypto_base64url(req->arena, (Str){(const char *)token, sizeof token});
    x->csrf_of = req->session_token;
    return x->csrf;
}

bool request_csrf_valid(Request *req, Str token)
{
    unsigned char proof[CSRF_BYTES];
    unsigned char given[CSRF_BYTES];
    Str bytes;

    if (!req->session_token.ptr || token.len > 100 ||
        !crypto_base64url_decode(req->arena, token, &bytes) || bytes.len != 2 * CSRF_BYTES)
        return false;
    csrf_proof(req, proof);
    for (int i = 0; i < CSRF_BYTES; i++)
        given[i] = (unsigned char)(bytes.ptr[i] ^ bytes.ptr[CSRF_BYTES + i]);
    return crypto_equal((Str){(const char *)proof, CSRF_BYTES},
                        (Str){(const char *)given, CSRF_BYTES});
}

Str request_url(const Request *req, const char *format, ...)
{
    Buf url = buf_in(req->arena);
    va_list args;

    va_start(args, format);
    char *path = arena_vprintf(req->arena, format, args);
    va_end(args);
    buf_add(&url, req->base);
    buf_add_c(&url, path);
    return buf_str(&url);
}

/* Without the port. */
static Str host_name(Str host)
{
    ptrdiff_t bracket = str_find_char(host, ']');
    size_t from = bracket >= 0 ? (size_t)bracket : 0;
    ptrdiff_t colon = str_find_char(str_slice(host, from, host.len), ':');

    return colon >= 0 ? str_slice(host, 0, from + (size_t)colon) : host;
}

static bool is_loopback(Str name)
{
    for (size_t i = 0; str_starts_with(name, "127.") && i < name.len; i++)
        if (name.ptr[i] != '.' && (name.ptr[i] < '0' || name.ptr[i] > '9'))
            return false; /* "127.evil.example" is a name */
    return str_eq_nocase(name, STR("localhost")) || str_starts_with(name, "127.") ||
           str_is(name, "[::1]");
}

/* The host of links in mails. Whoever sends a request writes its Host header, and must not be
 * able to send somebody else a sign-in link that leads elsewhere: it counts only when the
 * tenant's settings name it, or on this very machine. */
static Str trusted_host(const Request *req)
{
    const Node *hosts = req->tenant ? node_get(req->tenant->settings, "hosts") : NULL;
    Str name = host_name(req->host);

    for (size_t i = 0; hosts && i < hosts->count; i++)
        if (str_eq_nocase(node_text(hosts->items[i]), name))
            return req->host;
    if (hosts && hosts->count > 0)
        return node_text(hosts->items[0]);
    return is_loopback(name) ? req->host : str_c(request_exchange(req)->http->options.listen);
}

Str request_absolute_url(const Request *req, Str path)
{
    return str_printf(req->arena, "%s://%.*s%.*s%.*s", req->https ? "https" : "http",
                      STR_ARG(trusted_host(req)), STR_ARG(req->base), STR_ARG(path));
}
