/* SPDX-License-Identifier: EUPL-1.2 */
/* Exchange: one request and its answer, between the server, which knows the network, and
 * dispatch.c, which knows tenants, rights and handlers. */
#pragma once

#include "core/http/metrics.h"
#include "core/http/parse.h"
#include "core/http/router.h"
#include "core/http/server.h"

#include <stdatomic.h>

enum {
    TARGET_MAX = 4096,                  /* bytes of path and query */
    HEADERS_MAX = 100,                  /* lines */
    BODY_MAX = 1024 * 1024,             /* 1 MB */
    BODY_MAX_UPLOAD = 60 * 1024 * 1024, /* 60 MB */
};

/* What all requests share. */
typedef struct Http {
    App *app;
    Router *router;
    Metrics *metrics;
    ServerOptions options;
    const Engine *sessions; /* the engine that knows who is calling, or NULL */
    atomic_bool stopping;
    atomic_int in_flight;
    Arena *arena; /* as long as the server */
} Http;

typedef struct Exchange {
    Request req; /* first: req.connection points here */
    Response res;
    Http *http;
    Arena *arena;
    int64_t began; /* monotonic microseconds, when the header was complete */
    Str target;    /* as it came: path and query */
    FieldList headers;
    FieldList cookies;
    const RouteEntry *entry; /* NULL: none */
    Method method;
    bool head;
    Str tenant_name;  /* by prefix, host or default; STR_NONE */
    unsigned allowed; /* methods of a path that was asked with another one */
    bool token_made;  /* req.session_token is new: send it as cookie */
    Str csrf;         /* the token of this page, once made … */
    Str csrf_of;      /* … for this session token */
    bool language_asked;
    bool failed; /* `failure` says why it cannot be served */
    Err failure;
    int failure_status;       /* 0: from failure.kind */
    const char *failure_text; /* German, instead of the status' own text; or NULL */
    /* Where the body gathers. */
    char *body;
    size_t body_len;
    size_t body_capacity;
    size_t body_limit;
    bool body_dropped; /* over the limit: read on, keep nothing */
} Exchange;

/* Of a request under way. */
static inline Exchange *request_exchange(const Request *req)
{
    return req->connection;
}

/* Look at target, headers, method: finds route, tenant name and limits. Failures wait in
 * `failed` until the body is read. Touches no database. */
void exchange_begin(Exchange *x);
/* May it run on the network thread? Takes hold of the tenant when it is open. */
bool exchange_is_fast(Exchange *x);
/* Everything else: x->res is the answer when it returns true; else it is once x->res.begin() has
 * led to exchange_go_on(). */
bool exchange_run(Exchange *x);
void exchange_go_on(Exchange *x);
/* Give back what exchange_run took (the tenant). */
void exchange_end(Exchange *x);
/* Note why the request cannot be served. Returns false. */
bool exchange_fail(Exchange *x, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Make x->res an error page or problem+json from x->failure. */
void exchange_answer_failure(Exchange *x);

/* The server's own routes: /healthz, /readyz, /metrics. */
extern const Route SERVER_ROUTES[];
/* "GET, HEAD, POST" of the bits. */
Str methods_text(Arena *arena, unsigned methods);
/* Squeeze a text response when the caller accepts it and it pays. */
void response_compress(Exchange *x);
