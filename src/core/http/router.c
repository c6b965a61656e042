/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/router.h"

#include "base/vec.h"

#include <assert.h>

typedef struct Branch Branch;
typedef struct Literal {
    Str segment;
    Branch *branch;
} Literal;

struct Branch {
    struct {
        Literal *items;
        size_t count, capacity;
    } literals;    /* sorted by length and bytes */
    Branch *param; /* any one segment */
    Branch *rest;  /* everything that follows */
    const RouteEntry *entries[METHOD_COUNT];
};

struct Router {
    Arena *arena;
    Branch root;
    struct {
        RouteEntry **items;
        size_t count, capacity;
    } entries;
};

static const char *const METHODS[METHOD_COUNT] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

bool method_parse(Str text, Method *out)
{
    if (str_is(text, "HEAD")) {
        *out = METHOD_GET;
        return true;
    }
    for (int i = 0; i < METHOD_COUNT; i++)
        if (str_is(text, METHODS[i])) {
            *out = (Method)i;
            return true;
        }
    return false;
}

const char *method_name(Method method)
{
    return METHODS[method];
}

Router *router_create(Arena *arena)
{
    Router *router = arena_new(arena, Router);

    router->arena = arena;
    return router;
}

static int segment_compare(Str a, Str b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return memcmp(a.ptr, b.ptr, a.len);
}

/* Where the segment stands, or where it belongs (`*found` false). */
static size_t literal_position(const Branch *branch, Str segment, bool *found)
{
    size_t low = 0;
    size_t high = branch->literals.count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = segment_compare(branch->literals.items[middle].segment, segment);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *found = false;
    return low;
}

static Branch *literal_branch(Arena *arena, Branch *branch, Str segment)
{
    bool found;
    size_t at = literal_position(branch, segment, &found);

    if (found)
        return branch->literals.items[at].branch;
    Literal literal = {.segment = segment, .branch = arena_new(arena, Branch)};
    VEC_PUSH(arena, &branch->literals, literal);
    for (size_t i = branch->literals.count - 1; i > at; i--)
        branch->literals.items[i] = branch->literals.items[i - 1];
    branch->literals.items[at] = literal;
    return literal.branch;
}

static Branch *branch_of(Arena *arena, Branch **slot)
{
    if (!*slot)
        *slot = arena_new(arena, Branch);
    return *slot;
}

static bool entry_place(Router *router, RouteEntry *entry, Method method, Err *err)
{
    const char *pattern = entry->route->pattern;
    Str rest = str_c(pattern);
    Branch *branch = &router->root;

    if (pattern[0] != '/')
        return err_set(err, ERR_INTERNAL, "route %s: the pattern must begin with \"/\"", pattern);
    rest = str_slice(rest, 1, rest.len);
    while (rest.ptr && rest.len) {
        Str segment = str_cut(&rest, '/');
        bool takes = segment.len > 1 && (segment.ptr[0] == ':' || segment.ptr[0] == '*');
        if (takes) {
            if (entry->name_count == ROUTE_PARAMS_MAX)
                return err_set(err, ERR_INTERNAL, "route %s: too many parameters", pattern);
            entry->names[entry->name_count++] = str_slice(segment, 1, segment.len);
        }
        if (takes && segment.ptr[0] == '*') {
            if (rest.ptr)
                return err_set(err, ERR_INTERNAL, "route %s: \"*\" must come last", pattern);
            branch = branch_of(router->arena, &branch->rest);
        } else if (takes) {
            branch = branch_of(router->arena, &branch->param);
        } else {
            branch = literal_branch(router->arena, branch, segment);
        }
    }
    if (branch->entries[method])
        return err_set(err, ERR_INTERNAL,
                       "route %s %s stands in the table twice (engines %s and %s)", METHODS[method],
                       pattern, branch->entries[method]->engine, entry->engine);
    branch->entries[method] = entry;
    return true;
}

bool router_add(Router *router, const char *engine, const Route *routes, Err *err)
{
    for (const Route *route = routes; route && route->method; route++) {
        Method method;
        if (!method_parse(str_c(route->method), &method) || str_is(str_c(route->method), "HEAD"))
            return err_set(err, ERR_INTERNAL, "route %s: unknown method %s", route->pattern,
                           route->method);
        if (route->access == ACCESS_STAFF && !route->permission)
            return err_set(err, ERR_INTERNAL, "route %s: staff routes need a permission",
                           route->pattern);
        RouteEntry *entry = arena_new(router->arena, RouteEntry);
        entry->route = route;
        entry->engine = engine;
        entry->index = router->entries.count;
        VEC_PUSH(router->arena, &router->entries, entry);
        if (!entry_place(router, entry, method, err))
            return false;
    }
    return true;
}

typedef struct Walk {
    Method method;
    Str values[ROUTE_PARAMS_MAX];
    RouteMatch *match;
} Walk;

static bool branch_answers(const Branch *branch, Walk *walk, size_t taken)
{
    for (int i = 0; i < METHOD_COUNT; i++)
        if (branch->entries[i])
            walk->match->methods |= 1u << i;
    const RouteEntry *entry = branch->entries[walk->method];
    if (!entry)
        return false;
    assert(entry->name_count == taken);
    walk->match->entry = entry;
    memcpy(walk->match->values, walk->values, taken * sizeof(Str));
    return true;
}

/* `rest` is what follows a "/"; STR_NONE when the path has ended. */
static bool branch_match(const Branch *branch, Str rest, Walk *walk, size_t taken)
{
    if (!rest.ptr)
        return branch_answers(branch, walk, taken);
    Str after = rest;
    Str segment = str_cut(&after, '/');
    bool found;
    size_t at = literal_position(branch, segment, &found);

    if (found && branch_match(branch->literals.items[at].branch, after, walk, taken))
        return true;
    if (taken == ROUTE_PARAMS_MAX || segment.len == 0)
        return false;
    if (branch->param) {
        walk->values[taken] = segment;
        if (branch_match(branch->param, after, walk, taken + 1))
            return true;
    }
    if (branch->rest) {
        walk->values[taken] = rest;
        return branch_answers(branch->rest, walk, taken + 1);
    }
    return false;
}

RouteMatch router_match(const Router *router, Method method, Str path)
{
    RouteMatch match = {0};
    Walk walk = {.method = method, .match = &match};

    assert(path.len > 0 && path.ptr[0] == '/');
    branch_match(&router->root, path.len == 1 ? STR_NONE : str_slice(path, 1, path.len), &walk, 0);
    return match;
}

size_t router_count(const Router *router)
{
    return router->entries.count;
}

const RouteEntry *router_entry(const Router *router, size_t index)
{
    return router->entries.items[index];
}
