/* SPDX-License-Identifier: EUPL-1.2 */
/* The steps of exchange_run() (dispatch.c) that are a thought of their own. Those that return bool
 * return false when the request is answered: by the failure in `x`, or by x->res. */
#pragma once

#include "core/http/exchange.h"

/* Of no tenant: /healthz, /metrics, /assets. */
static inline bool exchange_is_global(const Exchange *x)
{
    return x->entry && x->entry->route->access == ACCESS_GLOBAL;
}

/* For programs: JSON, and a key instead of a session. */
static inline bool exchange_is_api(const Exchange *x)
{
    return x->entry && (x->entry->route->flags & ROUTE_API);
}

/* It changes nothing. */
static inline bool exchange_is_safe(const Exchange *x)
{
    return x->method == METHOD_GET;
}

/* Choose x->req.lang: as asked in the address, as kept in the cookie, or as the browser prefers. */
void exchange_find_language(Exchange *x);
/* Take the session or the key of whoever calls; without either it is nobody, and that is fine. */
bool exchange_find_caller(Exchange *x);
/* The same for a request that has failed before: the page that tells so keeps the head of who is
 * signed in. */
void exchange_find_caller_of_failure(Exchange *x);
/* An unsafe request must come from a page of ours. */
bool exchange_check_origin(Exchange *x);
/* May the caller use this route? Offers people who are not signed in to do so. */
bool exchange_check_access(Exchange *x);
