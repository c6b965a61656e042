/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/node.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

const NodeLimits NODE_LIMITS_REQUEST = {4u << 20, 32, 200000};
const NodeLimits NODE_LIMITS_PACKAGE = {16u << 20, 64, 2000000};

static Node *make(Arena *arena, NodeKind kind)
{
    Node *node = arena_new(arena, Node);

    node->kind = kind;
    return node;
}

Node *node_null(Arena *arena)
{
    return make(arena, NODE_NULL);
}

Node *node_bool(Arena *arena, bool value)
{
    Node *node = make(arena, NODE_BOOL);

    node->boolean = value;
    return node;
}

Node *node_int(Arena *arena, int64_t value)
{
    Node *node = make(arena, NODE_NUMBER);

    node->text = str_printf(arena, "%lld", (long long)value);
    return node;
}

Node *node_number(Arena *arena, Str text)
{
    Node *node = make(arena, NODE_NUMBER);

    node->text = str_copy(arena, text);
    return node;
}

Node *node_string(Arena *arena, Str text)
{
    Node *node = make(arena, NODE_STRING);

    node->text = text.ptr ? str_copy(arena, text) : STR("");
    return node;
}

Node *node_list(Arena *arena)
{
    return make(arena, NODE_LIST);
}

Node *node_map(Arena *arena)
{
    return make(arena, NODE_MAP);
}

static void grow(Arena *arena, Node *node)
{
    if (node->count < node->capacity)
        return;
    size_t capacity = node->capacity ? node->capacity * 2 : 4;
    Node **items = arena_array(arena, Node *, capacity);
    if (node->count)
        memcpy(items, node->items, node->count * sizeof *items);
    node->items = items;
    if (node->kind == NODE_MAP) {
        Str *keys = arena_array(arena, Str, capacity);
        if (node->count)
            memcpy(keys, node->keys, node->count * sizeof *keys);
        node->keys = keys;
    }
    node->capacity = capacity;
}

void node_append(Arena *arena, Node *list, Node *item)
{
    assert(list->kind == NODE_LIST);
    grow(arena, list);
    list->items[list->count++] = item;
}

static ptrdiff_t key_index(const Node *map, Str key)
{
    for (size_t i = 0; i < map->count; i++)
        if (str_eq(map->keys[i], key))
            return (ptrdiff_t)i;
    return -1;
}

void node_set(Arena *arena, Node *map, Str key, Node *value)
{
    assert(map->kind == NODE_MAP);
    ptrdiff_t at = key_index(map, key);

    if (at >= 0) {
        map->items[at] = value;
        return;
    }
    node_add(arena, map, key, value);
}

void node_set_text(Arena *arena, Node *map, const char *key, Str text)
{
    if (text.ptr)
        node_set(arena, map, str_c(key), node_string(arena, text));
}

void node_add(Arena *arena, Node *map, Str key, Node *value)
{
    assert(map->kind == NODE_MAP);
    grow(arena, map);
    map->keys[map->count] = str_copy(arena, key);
    map->items[map->count++] = value;
}

void node_remove(Node *map, Str key)
{
    assert(map->kind == NODE_MAP);
    ptrdiff_t at = key_index(map, key);

    if (at < 0)
        return;
    size_t after = map->count - (size_t)at - 1;
    memmove(map->items + at, map->items + at + 1, after * sizeof *map->items);
    memmove(map->keys + at, map->keys + at + 1, after * sizeof *map->keys);
    map->count--;
}

Node *node_clone(Arena *arena, const Node *node)
{
    Node *copy = make(arena, node->kind);

    copy->boolean = node->boolean;
    copy->text = str_copy(arena, node->text);
    copy->file = node->file;
    copy->line = node->line;
    copy->column = node->column;
    for (size_t i = 0; i < node->count; i++) {
        grow(arena, copy);
        copy->items[copy->count] = node_clone(arena, node->items[i]);
        if (node->kind == NODE_MAP)
            copy->keys[copy->count] = str_copy(arena, node->keys[i]);
        copy->count++;
    }
    return copy;
}

const Node *node_get_str(const Node *map, Str key)
{
    if (!map || map->kind != NODE_MAP)
        return NULL;
    ptrdiff_t at = key_index(map, key);
    return at < 0 ? NULL : map->items[at];
}

const Node *node_get(const Node *map, const char *key)
{
    return node_get_str(map, str_c(key));
}

const Node *node_at(const Node *list, size_t index)
{
    if (!list || list->kind != NODE_LIST || index >= list->count)
        return NULL;
    return list->items[index];
}

/* One step of a path: a key, or an index in brackets. */
typedef struct Step {
    Str key; /* STR_NONE: an index */
    int64_t index;
} Step;

/* Take the next step off `*rest`; false at the end (rest empty) or on a malformed path. */
static bool next_step(Str *rest, Step *step)
{
    if (rest->len == 0)
        return false;
    if (rest->ptr[0] == '[') {
        ptrdiff_t end = str_find_char(*rest, ']');
        if (end < 0 || !str_to_i64(str_slice(*rest, 1, (size_t)end), &step->index) ||
            step->index < 0)
            return false;
        step->key = STR_NONE;
        *rest = str_slice(*rest, (size_t)end + 1, rest->len);
    } else {
        size_t end = 0;
        while (end < rest->len && rest->ptr[end] != '.' && rest->ptr[end] != '[')
            end++;
        if (end == 0)
            return false;
        step->key = str_slice(*rest, 0, end);
        *rest = str_slice(*rest, end, rest->len);
    }
    if (rest->len && rest->ptr[0] == '.')
        *rest = str_slice(*rest, 1, rest->len);
    return true;
}

const Node *node_path(const Node *root, Str path)
{
    Step step;

    while (path.len) {
        if (!next_step(&path, &step))
            return NULL;
        root = step.key.ptr ? node_get_str(root, step.key) : node_at(root, (size_t)step.index);
        if (!root)
            return NULL;
    }
    return root;
}

bool node_path_set(Arena *arena, Node *root, Str path, Node *value)
{
    Step step;

    while (next_step(&path, &step)) {
        bool last = path.len == 0;
        Node *next = NULL;

        if (root->kind != (step.key.ptr ? NODE_MAP : NODE_LIST))
            return false;
        if (!last) {
            next = (Node *)(step.key.ptr ? node_get_str(root, step.key)
                                         : node_at(root, (size_t)step.index));
            if (!next || next->kind == NODE_NULL)
                next = path.ptr[0] == '[' ? node_list(arena) : node_map(arena);
        } else {
            next = value;
        }
        if (step.key.ptr) {
            node_set(arena, root, step.key, next);
        } else if ((size_t)step.index < root->count) {
            root->items[step.index] = next;
        } else if ((size_t)step.index == root->count) {
            node_append(arena, root, next);
        } else {
            return false;
        }
        if (last)
            return true;
        root = next;
    }
    return false;
}

Str node_text(const Node *node)
{
    if (!node || (node->kind != NODE_STRING && node->kind != NODE_NUMBER))
        return STR_NONE;
    return node->text;
}

Str node_get_text(const Node *map, const char *key)
{
    return node_text(node_get(map, key));
}

bool node_get_bool(const Node *map, const char *key, bool otherwise)
{
    const Node *node = node_get(map, key);

    return node && node->kind == NODE_BOOL ? node->boolean : otherwise;
}

int64_t node_get_i64(const Node *map, const char *key, int64_t otherwise)
{
    const Node *node = node_get(map, key);
    int64_t value;

    if (!node || node->kind != NODE_NUMBER || !str_to_i64(node->text, &value))
        return otherwise;
    return value;
}

double node_get_real(const Node *map, const char *key)
{
    const Node *node = node_get(map, key);
    char text[64] = "";

    if (!node || node->kind != NODE_NUMBER || node->text.len >= sizeof text)
        return 0;
    memcpy(text, node->text.ptr, node->text.len);
    return strtod(text, NULL);
}

bool node_equal(const Node *a, const Node *b)
{
    if (a == b)
        return true;
    if (!a || !b || a->kind != b->kind || a->count != b->count)
        return false;
    switch (a->kind) {
    case NODE_NULL: return true;
    case NODE_BOOL: return a->boolean == b->boolean;
    case NODE_NUMBER:
    case NODE_STRING: return str_eq(a->text, b->text);
    case NODE_LIST:
        for (size_t i = 0; i < a->count; i++)
            if (!node_equal(a->items[i], b->items[i]))
                return false;
        return true;
    case NODE_MAP:
        for (size_t i = 0; i < a->count; i++)
            if (!node_equal(a->items[i], node_get_str(b, a->keys[i])))
                return false;
        return true;
    }
    return false;
}
