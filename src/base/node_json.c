/* SPDX-License-Identifier: EUPL-1.2 */
/* JSON into and out of Nodes; json-c reads. */
#include "base/node.h"
#include "base/utf8.h"

#include <json-c/json.h>
#include <stdlib.h>

typedef struct Reader {
    Arena *arena;
    const char *file;
    const NodeLimits *limits;
    size_t nodes;
    Err *err;
} Reader;

static Node *convert(Reader *reader, json_object *json)
{
    if (++reader->nodes > reader->limits->max_nodes) {
        err_at(reader->err, reader->file, 0, 0, "too many values in the JSON text");
        return NULL;
    }
    Arena *arena = reader->arena;
    Node *node;
    switch (json_object_get_type(json)) {
    case json_type_null: return node_null(arena);
    case json_type_boolean: return node_bool(arena, json_object_get_boolean(json));
    case json_type_int:
    case json_type_double:
        return node_number(arena,
                           str_c(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN)));
    case json_type_string:
        return node_string(
            arena, (Str){json_object_get_string(json), (size_t)json_object_get_string_len(json)});
    case json_type_array:
        node = node_list(arena);
        for (size_t i = 0; i < json_object_array_length(json); i++) {
            Node *item = convert(reader, json_object_array_get_idx(json, i));
            if (!item)
                return NULL;
            node_append(arena, node, item);
        }
        return node;
    case json_type_object:
        node = node_map(arena);
        json_object_object_foreach(json, key, value)
        {
            Node *item = convert(reader, value);
            if (!item)
                return NULL;
            node_set(arena, node, str_c(key), item);
        }
        return node;
    }
    return NULL;
}

static void position_of(Str text, size_t offset, int *line, int *column)
{
    *line = *column = 1;
    for (size_t i = 0; i < offset && i < text.len; i++) {
        (*column)++;
        if (text.ptr[i] == '\n') {
            (*line)++;
            *column = 1;
        }
    }
}

Node *node_parse_json(Arena *arena, Str text, const char *file, const NodeLimits *limits, Err *err)
{
    if (text.len > limits->max_bytes) {
        err_set(err, ERR_TOO_LARGE, "the JSON text has %zu bytes, at most %zu are taken", text.len,
                limits->max_bytes);
        return NULL;
    }
    if (!utf8_valid(text)) {
        err_at(err, file, 0, 0, "the JSON text is not valid UTF-8");
        return NULL;
    }
    struct json_tokener *tokener = json_tokener_new_ex(limits->max_depth);
    if (!tokener) {
        err_set(err, ERR_INTERNAL, "no memory for the JSON reader");
        return NULL;
    }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    /* The NUL that json-c wants at the end stands behind the copy. */
    char *copy = str_cstr(arena, text);
    json_object *json = json_tokener_parse_ex(tokener, copy, (int)text.len + 1);
    enum json_tokener_error error = json_tokener_get_error(tokener);
    size_t end = json_tokener_get_parse_end(tokener);
    json_tokener_free(tokener);
    if (error != json_tokener_success || str_trim(str_slice(text, end, text.len)).len) {
        int line, column;
        position_of(text, end, &line, &column);
        err_at(err, file, line, column, "not valid JSON: %s",
               error == json_tokener_success || error == json_tokener_continue
                   ? "the text ends too early or goes on behind the value"
                   : json_tokener_error_desc(error));
        json_object_put(json);
        return NULL;
    }
    Reader reader = {arena, file, limits, 0, err};
    Node *node = convert(&reader, json);
    json_object_put(json);
    return node;
}

void json_write_string(Buf *out, Str text)
{
    static const char hex[] = "0123456789abcdef";
    size_t start = 0;

    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_add(out, str_slice(text, start, i));
        start = i + 1;
        switch (c) {
        case '"': buf_add_c(out, "\\\""); break;
        case '\\': buf_add_c(out, "\\\\"); break;
        case '\n': buf_add_c(out, "\\n"); break;
        case '\r': buf_add_c(out, "\\r"); break;
        case '\t': buf_add_c(out, "\\t"); break;
        default:
            buf_add_c(out, "\\u00");
            buf_add_char(out, hex[c >> 4]);
            buf_add_char(out, hex[c & 15]);
        }
    }
    buf_add(out, str_slice(text, start, text.len));
    buf_add_char(out, '"');
}

typedef struct Style {
    bool pretty;
    bool sorted;
} Style;

static void new_line(Buf *out, const Style *style, int depth)
{
    if (!style->pretty)
        return;
    buf_add_char(out, '\n');
    for (int i = 0; i < depth; i++)
        buf_add_c(out, "  ");
}

typedef struct KeyOrder {
    Str key;
    size_t index;
} KeyOrder;

static int by_key(const void *a, const void *b)
{
    return str_compare(((const KeyOrder *)a)->key, ((const KeyOrder *)b)->key);
}

static void write_node(const Node *node, Buf *out, const Style *style, int depth);

static void write_map(const Node *node, Buf *out, const Style *style, int depth)
{
    KeyOrder *order = arena_array(out->arena, KeyOrder, node->count);

    for (size_t i = 0; i < node->count; i++)
        order[i] = (KeyOrder){node->keys[i], i};
    if (style->sorted && node->count)
        qsort(order, node->count, sizeof *order, by_key);
    buf_add_char(out, '{');
    for (size_t i = 0; i < node->count; i++) {
        if (i)
            buf_add_char(out, ',');
        new_line(out, style, depth + 1);
        json_write_string(out, order[i].key);
        buf_add_c(out, style->pretty ? ": " : ":");
        write_node(node->items[order[i].index], out, style, depth + 1);
    }
    if (node->count)
        new_line(out, style, depth);
    buf_add_char(out, '}');
}

static void write_node(const Node *node, Buf *out, const Style *style, int depth)
{
    if (!node) {
        buf_add_c(out, "null");
        return;
    }
    switch (node->kind) {
    case NODE_NULL: buf_add_c(out, "null"); break;
    case NODE_BOOL: buf_add_c(out, node->boolean ? "true" : "false"); break;
    case NODE_NUMBER: buf_add(out, node->text); break;
    case NODE_STRING: json_write_string(out, node->text); break;
    case NODE_LIST:
        buf_add_char(out, '[');
        for (size_t i = 0; i < node->count; i++) {
            if (i)
                buf_add_char(out, ',');
            new_line(out, style, depth + 1);
            write_node(node->items[i], out, style, depth + 1);
        }
        if (node->count)
            new_line(out, style, depth);
        buf_add_char(out, ']');
        break;
    case NODE_MAP: write_map(node, out, style, depth); break;
    }
}

void node_write_json(const Node *node, Buf *out)
{
    write_node(node, out, &(Style){0}, 0);
}

void node_write_json_pretty(const Node *node, Buf *out)
{
    write_node(node, out, &(Style){.pretty = true}, 0);
}

void node_write_json_canonical(const Node *node, Buf *out)
{
    write_node(node, out, &(Style){.sorted = true}, 0);
}

Str node_json(const Node *node, Arena *arena)
{
    Buf out = buf_in(arena);

    node_write_json(node, &out);
    return buf_str(&out);
}
