/* SPDX-License-Identifier: EUPL-1.2 */
/* Node: a tree of structured data, read from JSON or YAML, that remembers where
 * each part stood. Submissions, package files, API bodies and effect payloads
 * are all Nodes. Numbers keep their exact decimal text: money never passes
 * through a double. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

typedef enum NodeKind {
    NODE_NULL,
    NODE_BOOL,
    NODE_NUMBER, /* text is the number as it was written */
    NODE_STRING,
    NODE_LIST,
    NODE_MAP, /* keys in the order of the source; unique */
} NodeKind;

typedef struct Node Node;
struct Node {
    NodeKind kind;
    bool boolean;
    Str text;     /* NODE_STRING, NODE_NUMBER */
    size_t count; /* NODE_LIST, NODE_MAP */
    size_t capacity;
    Node **items;     /* values */
    Str *keys;        /* NODE_MAP only */
    const char *file; /* where it was read from, or NULL */
    int line;         /* 1-based, 0 unknown */
    int column;
};

/* Limits for bytes from outside. */
typedef struct NodeLimits {
    size_t max_bytes; /* of the text */
    int max_depth;
    size_t max_nodes;
} NodeLimits;
extern const NodeLimits NODE_LIMITS_REQUEST; /* 4 MiB, depth 32, 200,000 nodes */
extern const NodeLimits NODE_LIMITS_PACKAGE; /* 16 MiB, depth 64, 2,000,000 nodes */

/* Read one JSON text (RFC 8259, UTF-8), strictly: a name given twice, half a surrogate pair and
 * anything behind the value are errors with their place; numbers stay as they are written. `file`
 * names the source in errors and may be NULL. */
Node *node_parse_json(Arena *arena, Str text, const char *file, const NodeLimits *limits, Err *err);
/* Read one YAML 1.2 document with the core schema (`true`, `null`, numbers; all
 * other plain scalars are strings, "01067" too). Aliases, tags and duplicate
 * keys are refused. An empty document is NODE_NULL. */
Node *node_parse_yaml(Arena *arena, Str text, const char *file, const NodeLimits *limits, Err *err);

/* Building. */
Node *node_null(Arena *arena);
Node *node_bool(Arena *arena, bool value);
Node *node_int(Arena *arena, int64_t value);
Node *node_number(Arena *arena, Str text);
Node *node_string(Arena *arena, Str text); /* the text is copied */
Node *node_list(Arena *arena);
Node *node_map(Arena *arena);
void node_append(Arena *arena, Node *list, Node *item);
/* Set or replace a key; the key is copied. */
void node_set(Arena *arena, Node *map, Str key, Node *value);
/* The same with a text; nothing when it is absent. */
void node_set_text(Arena *arena, Node *map, const char *key, Str text);
/* Add a key that the map does not have yet; the key is copied. */
void node_add(Arena *arena, Node *map, Str key, Node *value);
void node_remove(Node *map, Str key);
Node *node_clone(Arena *arena, const Node *node);

/* Reading; all accept NULL and answer "absent". */
const Node *node_get(const Node *map, const char *key);
const Node *node_get_str(const Node *map, Str key);
const Node *node_at(const Node *list, size_t index);
/* By path: "keeper.address.street", "dogs[1].chip". NULL when missing. */
const Node *node_path(const Node *root, Str path);
/* Set by path, making maps and lists on the way (an index may be at most the
 * list's count). False when the path is malformed or runs through a scalar. */
bool node_path_set(Arena *arena, Node *root, Str path, Node *value);
static inline bool node_is_null(const Node *node) /* missing or null */
{
    return !node || node->kind == NODE_NULL;
}
/* Text of a string or number; STR_NONE otherwise. */
Str node_text(const Node *node);
Str node_get_text(const Node *map, const char *key);
bool node_get_bool(const Node *map, const char *key, bool otherwise);
int64_t node_get_i64(const Node *map, const char *key, int64_t otherwise);
/* For what is measured (depths, speeds), never for money; 0 for what is no number. */
double node_get_real(const Node *map, const char *key);
/* Deep equality; numbers by text, maps regardless of order. */
bool node_equal(const Node *a, const Node *b);
/* The same where a value that is missing and one that is null say the same. */
static inline bool node_same_value(const Node *a, const Node *b)
{
    return node_is_null(a) || node_is_null(b) ? node_is_null(a) && node_is_null(b)
                                              : node_equal(a, b);
}

/* Compact JSON, keys in the node's order. */
void node_write_json(const Node *node, Buf *out);
/* Two spaces an indent, for people. */
void node_write_json_pretty(const Node *node, Buf *out);
/* Canonical: keys sorted by bytes; what hashes are made of. */
void node_write_json_canonical(const Node *node, Buf *out);
/* One JSON string with quotes. */
void json_write_string(Buf *out, Str text);
Str node_json(const Node *node, Arena *arena);
