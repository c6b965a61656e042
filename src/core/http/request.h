/* SPDX-License-Identifier: EUPL-1.2 */
/* What a handler gets and gives. Everything lives in the request's arena. */
#pragma once

#include "base/buf.h"
#include "base/clock.h"
#include "base/node.h"
#include "core/http/route.h"

typedef struct Field { /* one name=value of a query, form or cookie */
    Str name;
    Str value; /* valid UTF-8 text */
} Field;

typedef struct Upload {
    Str field; /* the form field's name */
    Str name;  /* as the sender called it, without folders */
    Str bytes;
} Upload;

/* Who is calling. Set by the router from the session cookie. */
typedef struct Session {
    int64_t citizen_id;        /* 0: not signed in as a citizen */
    int64_t staff_id;          /* 0: not staff */
    Str name;                  /* for the page head */
    Str email;                 /* citizen */
    const struct Staff *staff; /* ident/staff.h; NULL unless staff */
    Str within;                /* the only part of the town's data that a program's key is for:
                                  the name of a dataset; or STR_NONE */
} Session;

struct Request {
    Arena *arena;
    App *app;
    Tenant *tenant; /* NULL on ACCESS_GLOBAL routes */
    const Route *route;
    Str method;
    Str path; /* within the tenant: "/dienste/hund"; decoded, no "..", no "//" */
    Str base; /* prefix of every link: "" or "/t/musterstadt" */
    Str lang; /* "de", "en", "de-leicht" */
    Str host;
    bool https;
    Str address; /* the caller's IP, for rate limits only: stored and logged nowhere */
    Timestamp now;
    Date today; /* in Europe/Berlin */
    Field *query;
    size_t query_count;
    Field *form;
    size_t form_count;
    Upload *uploads;
    size_t upload_count;
    Str body; /* raw, for ROUTE_API */
    Str content_type;
    Field params[8]; /* from the pattern */
    size_t param_count;
    Session session;
    Str session_token; /* the visitor's random cookie, made when first needed */
    void *connection;
};

/* The field with a random token that a form carries: sent twice (a double click, a lost answer and
 * a reload), it is taken once. */
#define FORM_ONCE "form-einmal"

/* "" never appears for a missing one: STR_NONE. */
Str request_param(const Request *req, const char *name);
Str request_query(const Request *req, const char *name);
Str request_form(const Request *req, const char *name);
/* What was typed into a field, without blanks around it; "" when the form has none. */
Str request_typed(const Request *req, const char *name);
/* All values of a repeated form field. */
size_t request_form_all(const Request *req, const char *name, Str **out);
Str request_header(const Request *req, const char *name);
/* The member of staff who is signed in, as events name them: "staff/3". */
Str request_actor(const Request *req);
Str request_cookie(const Request *req, const char *name);
/* The token a form carries in the field "csrf": HMAC of the session token, masked anew for every
 * page. */
Str request_csrf(Request *req);
bool request_csrf_valid(Request *req, Str token);
/* The address behind "?", as it came; "" when there is none. */
Str request_raw_query(const Request *req);
/* A link within this tenant: request_url(req, "/vorgang/%lld", id). */
Str request_url(const Request *req, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* An absolute address, for mails: at one of the tenant's hosts, whatever the Host header says. */
Str request_absolute_url(const Request *req, Str path);

/* Asked about every 300 ms (and at once at first) for the next event; writes
 * "event: …\ndata: …\n\n" (or nothing) and returns false when there will be no more. */
typedef bool (*PollFn)(Request *req, Buf *out, void *context);

/* Writes the next piece of a long answer (some 64 kB) into `out`, with memory of its arena only:
 * it goes with the piece. Nothing written: the end. False breaks the connection off, so that
 * nobody takes half an answer for a whole one. Called on a network thread: some milliseconds at
 * most. */
typedef bool (*PieceFn)(Request *req, Buf *out, void *context, Err *err);

/* Begins what an answer waits for, and comes back at once. */
typedef void (*BeginFn)(Request *req, void *context);
/* Makes the answer when that is over: as a handler, but some microseconds at most. */
typedef bool (*AnswerFn)(Request *req, Response *res, void *context, Err *err);

struct Response {
    int status; /* 0: 200 */
    Str type;   /* "text/html; charset=utf-8" when empty */
    Str body;
    Field headers[16];
    size_t header_count;
    PollFn poll; /* server-sent events instead of a body */
    void *poll_context;
    PieceFn piece; /* the body comes piece by piece */
    void *piece_context;
    BeginFn begin; /* the answer is made later, by … */
    AnswerFn answer;
    void *later_context;
    bool framed; /* a page that other sites may show in a frame: nobody signs in or sends there */
};

bool respond_html(Response *res, Str html);
bool respond_json(Response *res, int status, const Node *json, Arena *arena);
/* 303 to a path within the tenant, without its base (or to an absolute http(s) address); without
 * its query where that is longer than a header may be. */
bool respond_redirect(const Request *req, Response *res, Str path);
/* Bytes with a type; `download` names the file, or STR_NONE to show it in the page. */
bool respond_bytes(Response *res, Arena *arena, Str type, Str bytes, Str download);
/* The same for a body that is made while it is sent. */
bool respond_pieces(Response *res, Arena *arena, Str type, Str download, PieceFn piece,
                    void *context);
void response_header(Response *res, const char *name, Str value);
/* A cookie: HttpOnly, SameSite=Lax, Path=base or /, Secure on https. Age below 0: until the
 * browser is closed. */
void response_cookie(const Request *req, Response *res, const char *name, Str value, int max_age_s);

/* Answer later: `begin` is called when the handler has returned, and whoever ends what it began
 * calls request_go_on() once, from any thread, perhaps before `begin` returns. No worker waits
 * meanwhile. Not on routes with ROUTE_FAST. */
bool respond_later(Response *res, BeginFn begin, AnswerFn answer, void *context);
void request_go_on(Request *req);

/* Answer with server-sent events; only on routes with ROUTE_STREAM. */
bool respond_events(Response *res, PollFn poll, void *context);
