/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/exchange.h"

#include "base/percent.h"

#include <assert.h>

enum { LOCATION_MAX = 8192 }; /* bytes; the whole head has to fit into a connection's memory */

void response_header(Response *res, const char *name, Str value)
{
    enum { ROOM = sizeof res->headers / sizeof res->headers[0] };

    assert(res->header_count < ROOM);
    res->headers[res->header_count++] = (Field){.name = str_c(name), .value = value};
}

bool respond_html(Response *res, Str html)
{
    res->type = STR("text/html; charset=utf-8");
    res->body = html;
    return true;
}

bool respond_json(Response *res, int status, const Node *json, Arena *arena)
{
    Buf body = buf_in(arena);

    node_write_json(json, &body);
    res->status = status;
    res->type = STR("application/json");
    res->body = buf_str(&body);
    return true;
}

/* What was sent in a form may come back in the query, and a header has its limits. */
static Str location_of(const Request *req, Str path)
{
    Buf location = buf_in(req->arena);
    bool absolute = str_starts_with(path, "https://") || str_starts_with(path, "http://");

    if (!absolute)
        buf_add(&location, req->base);
    percent_encode(&location, path, "/?&=%#:;,+!$'()*@[]");
    Str query = path;
    Str plain = str_cut(&query, '?');
    return location.len <= LOCATION_MAX || !query.ptr ? buf_str(&location)
                                                      : location_of(req, plain);
}

bool respond_redirect(const Request *req, Response *res, Str path)
{
    res->status = 303;
    res->type = STR("text/plain; charset=utf-8");
    res->body = STR("");
    response_header(res, "Location", location_of(req, path));
    return true;
}

bool respond_bytes(Response *res, Arena *arena, Str type, Str bytes, Str download)
{
    res->type = type;
    res->body = bytes;
    if (download.ptr) {
        /* RFC 6266: the plain name for old programs, the exact one for all others. */
        Buf value = buf_in(arena);
        buf_add_c(&value, "attachment; filename=\"");
        for (size_t i = 0; i < download.len; i++) {
            char c = download.ptr[i];
            bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '%';
            /* One "_" for each character, not for each byte of it. */
            if (plain)
                buf_add_char(&value, c);
            else if (((unsigned char)c & 0xc0) != 0x80)
                buf_add_char(&value, '_');
        }
        buf_add_c(&value, "\"; filename*=UTF-8''");
        percent_encode(&value, download, "");
        response_header(res, "Content-Disposition", buf_str(&value));
    }
    return true;
}

bool respond_pieces(Response *res, Arena *arena, Str type, Str download, PieceFn piece,
                    void *context)
{
    respond_bytes(res, arena, type, STR(""), download);
    res->piece = piece;
    res->piece_context = context;
    return true;
}

void response_cookie(const Request *req, Response *res, const char *name, Str value, int max_age_s)
{
    Buf cookie = buf_in(req->arena);

    buf_addf(&cookie, "%s=%.*s; Path=%.*s; HttpOnly; SameSite=Lax", name, STR_ARG(value),
             STR_ARG(req->base.len ? req->base : STR("/")));
    if (max_age_s >= 0)
        buf_addf(&cookie, "; Max-Age=%d", max_age_s);
    if (req->https)
        buf_add_c(&cookie, "; Secure");
    response_header(res, "Set-Cookie", buf_str(&cookie));
}

bool respond_later(Response *res, BeginFn begin, AnswerFn answer, void *context)
{
    res->begin = begin;
    res->answer = answer;
    res->later_context = context;
    return true;
}

bool respond_events(Response *res, PollFn poll, void *context)
{
    res->type = STR("text/event-stream");
    res->poll = poll;
    res->poll_context = context;
    return true;
}
