/* SPDX-License-Identifier: EUPL-1.2 */
/* Route: which handler answers what, and who may call it. Rights are declared here and
 * checked by the router before the handler runs; `rathaus routes --json` lists the table,
 * and a generated test calls every entry without rights. */
#pragma once

#include "base/err.h"

typedef struct Tenant Tenant;
typedef struct Request Request;
typedef struct Response Response;
typedef struct App App;

/* Fill the response and return true; or return false with `err`, which becomes an
 * error page (or problem+json) in the person's language. */
typedef bool (*Handler)(Request *req, Response *res, Err *err);

typedef enum Access {
    ACCESS_PUBLIC,  /* anybody; a secret in the path may be needed and is the handler's matter */
    ACCESS_CITIZEN, /* signed-in citizen */
    ACCESS_STAFF,   /* signed-in staff with `permission` somewhere; the handler checks office and
                       service */
    ACCESS_GLOBAL,  /* no tenant: /healthz, /metrics, /assets */
} Access;

enum {
    ROUTE_FAST = 1,    /* a short read: runs on the network thread, without the worker pool */
    ROUTE_API = 2,     /* JSON: errors are problem+json, no cookies, so no CSRF token */
    ROUTE_UPLOAD = 4,  /* takes multipart with files, up to 60 MB in all; others 1 MB */
    ROUTE_STREAM = 8,  /* server-sent events */
    ROUTE_RAW = 16,    /* with ROUTE_API: a body of any type, which the handler looks at */
    ROUTE_WITHIN = 32, /* a key that is for one part of the town's data will do; the handler asks
                          whether it is this part (request_may_within) */
    ROUTE_ENGLISH = 64 | ROUTE_API, /* what it says is for who wrote the program on the other side,
                                       and English whatever language is asked for */
};

typedef struct Route {
    const char *method;  /* "GET", "POST", …; HEAD is answered by GET */
    const char *pattern; /* "/antrag/:token/seite/:page"; a trailing "*rest" takes the rest */
    Handler handler;
    Access access;
    const char *permission; /* ACCESS_STAFF: e.g. "case.read"; else NULL */
    unsigned flags;
} Route;
