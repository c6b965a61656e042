/* SPDX-License-Identifier: EUPL-1.2 */
/* Metrics: what the operator's monitoring reads at /metrics, in Prometheus' text format, and
 * the access log. Neither knows who asked or for which path: only the route's pattern. */
#pragma once

#include "base/buf.h"
#include "core/http/router.h"

typedef struct Metrics Metrics;
/* Counters for each route of the router, and one row for requests without a route. */
Metrics *metrics_create(const Router *router, bool access_log);
void metrics_destroy(Metrics *metrics);

typedef struct Done {        /* one request that was answered */
    const RouteEntry *entry; /* NULL: no route */
    const char *method;
    int status;
    int64_t microseconds;
    size_t bytes; /* of the body */
} Done;
void metrics_count(Metrics *metrics, const Done *done);
void metrics_write(Metrics *metrics, Buf *out);
/* Write out what the access log has gathered; called a few times a second. */
void metrics_flush_log(Metrics *metrics);
