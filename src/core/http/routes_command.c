/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus routes` */
#include "base/flags.h"
#include "core/http/exchange.h"
#include "core/http/server.h"

#include "core/page/assets.h"

#include <stdio.h>

static const char HELP[] =
    "Usage: rathaus routes [--json]\n"
    "\n"
    "List every address, its engine, who may call it, and with which permission.\n"
    "\n"
    "  --json  for machines\n"
    "  --help  this text\n"
    "\n"
    "Exit status: 0 listed, 1 not, 2 called wrongly.\n";

static const char *access_name(Access access)
{
    switch (access) {
    case ACCESS_PUBLIC: return "public";
    case ACCESS_CITIZEN: return "citizen";
    case ACCESS_STAFF: return "staff";
    case ACCESS_GLOBAL: return "global";
    }
    return "";
}

static Node *route_node(Arena *arena, const RouteEntry *entry)
{
    static const struct {
        unsigned flag;
        const char *name;
    } FLAGS[] = {{ROUTE_FAST, "fast"},
                 {ROUTE_API, "api"},
                 {ROUTE_UPLOAD, "upload"},
                 {ROUTE_STREAM, "stream"},
                 {ROUTE_WITHIN, "within"}};
    const Route *route = entry->route;
    Node *node = node_map(arena);
    Node *flags = node_list(arena);

    for (size_t i = 0; i < sizeof FLAGS / sizeof FLAGS[0]; i++)
        if (route->flags & FLAGS[i].flag)
            node_append(arena, flags, node_string(arena, str_c(FLAGS[i].name)));
    node_set(arena, node, STR("method"), node_string(arena, str_c(route->method)));
    node_set(arena, node, STR("pattern"), node_string(arena, str_c(route->pattern)));
    node_set(arena, node, STR("engine"), node_string(arena, str_c(entry->engine)));
    node_set(arena, node, STR("access"), node_string(arena, str_c(access_name(route->access))));
    node_set(arena, node, STR("permission"),
             route->permission ? node_string(arena, str_c(route->permission)) : node_null(arena));
    node_set(arena, node, STR("flags"), flags);
    return node;
}

static void routes_print(const Router *router, Arena *arena, bool json)
{
    Node *list = node_list(arena);

    for (size_t i = 0; i < router_count(router); i++) {
        const RouteEntry *entry = router_entry(router, i);
        const Route *route = entry->route;
        if (json)
            node_append(arena, list, route_node(arena, entry));
        else
            printf("%-6s %-48s %-8s %-8s %s\n", route->method, route->pattern, entry->engine,
                   access_name(route->access), route->permission ? route->permission : "");
    }
    if (json) {
        Buf out = buf_in(arena);
        node_write_json_pretty(list, &out);
        printf("%.*s\n", STR_ARG(buf_str(&out)));
    }
}

int routes_command(int argc, char **argv)
{
    bool json = false;
    const Flag flags[] = {{"--json", .set = &json}, {0}};
    Err err = {0};
    int status = flags_read("routes", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    Arena *arena = arena_create(0);
    Router *router = router_create(arena);
    size_t count;
    const Engine *const *engines = engines_all(&count);
    bool ok = router_add(router, "server", SERVER_ROUTES, &err) &&
              router_add(router, "page", ASSET_ROUTES, &err);
    for (size_t i = 0; ok && i < count; i++)
        ok = router_add(router, engines[i]->name, engines[i]->routes, &err);
    if (ok)
        routes_print(router, arena, json);
    else
        fprintf(stderr, "rathaus routes: %s\n", err.message);
    arena_destroy(arena);
    return ok ? 0 : 1;
}
