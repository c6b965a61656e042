/* SPDX-License-Identifier: EUPL-1.2 */
/* Router: the table of all routes, compiled into a tree of path segments. A literal segment
 * goes before a ":name", which goes before "*rest". */
#pragma once

#include "core/engine.h"

typedef enum Method {
    METHOD_GET,
    METHOD_POST,
    METHOD_PUT,
    METHOD_PATCH,
    METHOD_DELETE,
    METHOD_COUNT,
} Method;

enum { ROUTE_PARAMS_MAX = 8 };

typedef struct RouteEntry {
    const Route *route;
    const char *engine; /* its name */
    size_t index;       /* position in router_entry() */
    Str names[ROUTE_PARAMS_MAX];
    size_t name_count;
} RouteEntry;

typedef struct RouteMatch {
    const RouteEntry *entry; /* NULL: none */
    Str values[ROUTE_PARAMS_MAX];
    unsigned methods; /* bits 1 << Method of what this path answers */
} RouteMatch;

typedef struct Router Router;
/* Everything lives in the arena. */
Router *router_create(Arena *arena);
/* Add a table ended by a NULL method. Two routes of one method and shape, a relative pattern, or
 * ACCESS_STAFF without a permission are refused. */
bool router_add(Router *router, const char *engine, const Route *routes, Err *err);
/* `path` as path_parse() gives it. */
RouteMatch router_match(const Router *router, Method method, Str path);
size_t router_count(const Router *router);
const RouteEntry *router_entry(const Router *router, size_t index);

/* False for a method nobody serves; HEAD is METHOD_GET. */
bool method_parse(Str text, Method *out);
const char *method_name(Method method);
