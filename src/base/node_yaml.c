/* SPDX-License-Identifier: EUPL-1.2 */
/* YAML into Nodes; libfyaml reads and knows the lines. */
#include "base/node.h"
#include "base/utf8.h"

#include <libfyaml.h>
#include <stdlib.h>

typedef struct Reader {
    Arena *arena;
    const char *file;
    const NodeLimits *limits;
    size_t nodes;
    Err *err;
} Reader;

static bool is_number(Str s)
{
    size_t i = 0;
    size_t digits;

    if (i < s.len && s.ptr[i] == '-')
        i++;
    size_t first = i;
    while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
        i++;
    digits = i - first;
    if (digits == 0 || (digits > 1 && s.ptr[first] == '0'))
        return false;
    if (i < s.len && s.ptr[i] == '.') {
        size_t start = ++i;
        while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
            i++;
        if (i == start)
            return false;
    }
    return i == s.len;
}

static void place(Node *node, const Reader *reader, struct fy_node *source)
{
    struct fy_token *token = fy_node_is_scalar(source) ? fy_node_get_scalar_token(source) : NULL;
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;

    node->file = reader->file;
    if (mark) {
        node->line = mark->line + 1;
        node->column = mark->column + 1;
    }
}

static Node *scalar(Reader *reader, struct fy_node *source)
{
    size_t len = 0;
    const char *text = fy_node_get_scalar(source, &len);
    Str s = {text ? text : "", len};
    enum fy_node_style style = fy_node_get_style(source);
    Arena *arena = reader->arena;

    if (style == FYNS_PLAIN) {
        if (s.len == 0 || str_eq(s, STR("null")) || str_eq(s, STR("~")))
            return node_null(arena);
        if (str_eq(s, STR("true")) || str_eq(s, STR("false")))
            return node_bool(arena, s.ptr[0] == 't');
        if (is_number(s))
            return node_number(arena, s);
    }
    return node_string(arena, s);
}

static Node *convert(Reader *reader, struct fy_node *source, int depth);

static bool convert_pair(Reader *reader, Node *map, struct fy_node_pair *pair, int depth)
{
    struct fy_node *key_node = fy_node_pair_key(pair);
    size_t len = 0;
    const char *key_text = key_node ? fy_node_get_scalar(key_node, &len) : NULL;

    if (!key_text)
        return err_at(reader->err, reader->file, map->line, map->column,
                      "a key must be a plain word");
    Str key = {key_text, len};
    Node *item = convert(reader, fy_node_pair_value(pair), depth + 1);
    if (!item)
        return false;
    Node where = {0};
    place(&where, reader, key_node);
    if (item->line == 0 || item->kind == NODE_LIST || item->kind == NODE_MAP) {
        item->line = where.line;
        item->column = where.column;
    }
    if (map->line == 0) {
        map->line = where.line;
        map->column = where.column;
    }
    if (node_get_str(map, key))
        return err_at(reader->err, reader->file, where.line, where.column,
                      "the key \"%.*s\" stands here twice: remove one", STR_ARG(key));
    node_set(reader->arena, map, key, item);
    return true;
}

static Node *convert(Reader *reader, struct fy_node *source, int depth)
{
    if (++reader->nodes > reader->limits->max_nodes || depth > reader->limits->max_depth) {
        err_at(reader->err, reader->file, 0, 0, "the YAML text is too deep or too large");
        return NULL;
    }
    Node *node;
    void *at = NULL;
    if (!source) {
        node = node_null(reader->arena);
        node->file = reader->file;
        return node;
    }
    if (fy_node_is_alias(source) || fy_node_get_anchor(source) || fy_node_get_tag(source, NULL)) {
        Node where = {0};
        place(&where, reader, source);
        err_at(reader->err, reader->file, where.line, where.column,
               "anchors, aliases and tags are not used here: write the value out");
        return NULL;
    }
    switch (fy_node_get_type(source)) {
    case FYNT_SCALAR:
        node = scalar(reader, source);
        place(node, reader, source);
        return node;
    case FYNT_SEQUENCE:
        node = node_list(reader->arena);
        node->file = reader->file;
        for (struct fy_node *item; (item = fy_node_sequence_iterate(source, &at));) {
            Node *converted = convert(reader, item, depth + 1);
            if (!converted)
                return NULL;
            if (node->line == 0) {
                node->line = converted->line;
                node->column = converted->column;
            }
            node_append(reader->arena, node, converted);
        }
        return node;
    case FYNT_MAPPING:
        node = node_map(reader->arena);
        node->file = reader->file;
        for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(source, &at));)
            if (!convert_pair(reader, node, pair, depth))
                return NULL;
        return node;
    }
    return NULL;
}

/* The first thing libfyaml has to say, with its place. */
static void report(struct fy_diag *diag, const char *file, Err *err)
{
    void *at = NULL;
    const struct fy_diag_error *first = diag ? fy_diag_errors_iterate(diag, &at) : NULL;

    if (first)
        err_at(err, file, first->line, first->column, "not valid YAML: %s", first->msg);
    else
        err_at(err, file, 0, 0, "not valid YAML");
}

Node *node_parse_yaml(Arena *arena, Str text, const char *file, const NodeLimits *limits, Err *err)
{
    if (text.len > limits->max_bytes) {
        err_set(err, ERR_TOO_LARGE, "the YAML text has %zu bytes, at most %zu are taken", text.len,
                limits->max_bytes);
        return NULL;
    }
    if (!utf8_valid(text)) {
        err_at(err, file, 0, 0, "the YAML text is not valid UTF-8");
        return NULL;
    }
    const char *name = file ? arena_strdup(arena, file) : NULL;
    struct fy_diag_cfg diag_cfg;
    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = NULL;
    diag_cfg.output_fn = NULL;
    struct fy_diag *diag = fy_diag_create(&diag_cfg);
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg cfg = {.flags = FYPCF_COLLECT_DIAG | FYPCF_DEFAULT_DOC, .diag = diag};
    struct fy_document *document = fy_document_build_from_string(&cfg, text.ptr, text.len);
    Node *node = NULL;

    if (document) {
        Reader reader = {arena, name, limits, 0, err};
        node = convert(&reader, fy_document_root(document), 0);
    } else {
        report(diag, name, err);
    }
    fy_document_destroy(document);
    fy_diag_destroy(diag);
    return node;
}
