/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/edit/patch.h"

enum { OPERATIONS_MAX = 1000 };

/* The next part of a JSON Pointer (RFC 6901), unescaped. */
static Str next_part(Arena *arena, Str *rest)
{
    Str part = str_cut(rest, '/');

    return str_replace(arena, str_replace(arena, part, STR("~1"), STR("/")), STR("~0"), STR("~"));
}

static bool index_of(Str part, size_t most, size_t *out)
{
    int64_t index;

    if (!str_to_i64(part, &index) || index < 0 || (uint64_t)index > most)
        return false;
    *out = (size_t)index;
    return true;
}

static Node *child(const Node *node, Str part)
{
    size_t at;

    if (node->kind == NODE_MAP)
        return (Node *)node_get_str(node, part);
    return node->kind == NODE_LIST && node->count && index_of(part, node->count - 1, &at)
               ? node->items[at]
               : NULL;
}

/* What holds the place that the pointer names, and the last part of it; NULL: no such place. */
static Node *holder(Arena *arena, Node *root, Str pointer, Str *last)
{
    if (!str_starts_with(pointer, "/"))
        return NULL;
    Str rest = str_slice(pointer, 1, pointer.len);
    Node *node = root;
    for (*last = next_part(arena, &rest); rest.ptr && node; *last = next_part(arena, &rest))
        node = child(node, *last);
    return node;
}

static const Node *find(Arena *arena, Node *root, Str pointer)
{
    Str last;

    if (pointer.len == 0)
        return root;
    Node *in = holder(arena, root, pointer, &last);
    return in ? child(in, last) : NULL;
}

static bool list_insert(Arena *arena, Node *list, Str part, Node *value)
{
    size_t at = list->count;

    if (!str_is(part, "-") && !index_of(part, list->count, &at))
        return false;
    node_append(arena, list, value);
    memmove(list->items + at + 1, list->items + at, (list->count - 1 - at) * sizeof *list->items);
    list->items[at] = value;
    return true;
}

static bool add(Arena *arena, Node **root, Str pointer, const Node *value)
{
    Node *copy = value ? node_clone(arena, value) : NULL;
    Str last;

    if (!copy)
        return false;
    if (pointer.len == 0) {
        *root = copy;
        return true;
    }
    Node *in = holder(arena, *root, pointer, &last);
    if (in && in->kind == NODE_LIST)
        return list_insert(arena, in, last, copy);
    if (!in || in->kind != NODE_MAP)
        return false;
    node_set(arena, in, last, copy);
    return true;
}

static bool drop(Arena *arena, Node *root, Str pointer)
{
    Str last;
    Node *in = pointer.len ? holder(arena, root, pointer, &last) : NULL;
    size_t at;

    if (!in || !child(in, last))
        return false;
    if (in->kind == NODE_MAP) {
        node_remove(in, last);
        return true;
    }
    if (!index_of(last, in->count - 1, &at))
        return false;
    in->count--;
    memmove(in->items + at, in->items + at + 1, (in->count - at) * sizeof *in->items);
    return true;
}

static bool replace(Arena *arena, Node **root, Str pointer, const Node *value)
{
    if (pointer.len == 0)
        return add(arena, root, pointer, value);
    return find(arena, *root, pointer) && value && drop(arena, *root, pointer) &&
           add(arena, root, pointer, value);
}

static bool move(Arena *arena, Node **root, Str from, Str to)
{
    const Node *there = find(arena, *root, from);
    const Node *value = there ? node_clone(arena, there) : NULL;
    bool inside =
        to.len > from.len && str_eq(str_slice(to, 0, from.len), from) && to.ptr[from.len] == '/';

    return value && !inside && drop(arena, *root, from) && add(arena, root, to, value);
}

/* --- Limits ------------------------------------------------------------------------------------
 * A few operations could double a document again and again: all that they put has one budget. */

static bool spend(NodeLimits *left, const Node *node, int depth)
{
    if (depth > left->max_depth || left->max_nodes == 0 || node->text.len > left->max_bytes)
        return false;
    left->max_nodes--;
    left->max_bytes -= node->text.len;
    for (size_t i = 0; i < node->count; i++) {
        size_t key = node->kind == NODE_MAP ? node->keys[i].len : 0;
        if (key > left->max_bytes)
            return false;
        left->max_bytes -= key;
        if (!spend(left, node->items[i], depth + 1))
            return false;
    }
    return true;
}

/* What the operation puts somewhere, or NULL. */
static const Node *given(Arena *arena, Node *root, const Node *operation)
{
    Str op = node_get_text(operation, "op"), from = node_get_text(operation, "from");

    if (str_is(op, "add") || str_is(op, "replace"))
        return node_get(operation, "value");
    return from.ptr && (str_is(op, "copy") || str_is(op, "move")) ? find(arena, root, from) : NULL;
}

static bool may_put(Arena *arena, Node *root, const Node *operation, NodeLimits *left)
{
    const Node *value = given(arena, root, operation);
    Str path = node_get_text(operation, "path");
    int depth = 1;

    for (size_t i = 0; i < path.len; i++)
        depth += path.ptr[i] == '/';
    return !value || spend(left, value, depth);
}

static bool apply(Arena *arena, Node **root, const Node *operation, NodeLimits *left, Err *err)
{
    Str op = node_get_text(operation, "op"), path = node_get_text(operation, "path"),
        from = node_get_text(operation, "from");
    const Node *value = node_get(operation, "value");
    bool ok = false;

    if (!path.ptr)
        return err_set(err, ERR_INPUT, "has no \"path\"");
    if (!may_put(arena, *root, operation, left))
        return err_set(err, ERR_INPUT, "puts more than a document may have, or deeper than %d",
                       left->max_depth);
    if (str_is(op, "test")) {
        const Node *found = find(arena, *root, path);
        return (found && value && node_equal(found, value)) ||
               err_set(err, ERR_CONFLICT, "the test of %.*s does not hold", STR_ARG(path));
    }
    if (str_is(op, "add"))
        ok = add(arena, root, path, value);
    else if (str_is(op, "remove"))
        ok = drop(arena, *root, path);
    else if (str_is(op, "replace"))
        ok = replace(arena, root, path, value);
    else if (str_is(op, "move"))
        ok = from.ptr && move(arena, root, from, path);
    else if (str_is(op, "copy"))
        ok = from.ptr && add(arena, root, path, find(arena, *root, from));
    else
        return err_set(err, ERR_INPUT, "\"op\" is none of add, remove, replace, move, copy, test");
    return ok || err_set(err, ERR_INPUT, "\"%.*s\" of %.*s cannot be done", STR_ARG(op),
                         STR_ARG(str_slice(path, 0, 100)));
}

Node *json_patch(Arena *arena, const Node *document, const Node *operations, Err *err)
{
    Node *root = node_clone(arena, document);
    NodeLimits left = NODE_LIMITS_REQUEST;

    if (operations->kind != NODE_LIST || operations->count > OPERATIONS_MAX) {
        err_set(err, ERR_INPUT, "a JSON Patch is a list of at most %d operations", OPERATIONS_MAX);
        return NULL;
    }
    for (size_t i = 0; i < operations->count; i++) {
        if (!apply(arena, &root, operations->items[i], &left, err)) {
            err_context(err, "operation %zu", i + 1);
            return NULL;
        }
    }
    return root;
}
