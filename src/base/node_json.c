/* SPDX-License-Identifier: EUPL-1.2 */
/* Nodes as JSON. */
#include "base/node.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* Eight bytes at once: how many of them come before the first that is below a space, a quotation
 * mark or a backslash? */
static size_t plain_bytes(const char *bytes)
{
    const uint64_t ones = 0x0101010101010101u, tops = ones << 7;
    uint64_t word, quote, backslash;

    memcpy(&word, bytes, sizeof word);
    word = le64toh(word);
    quote = word ^ ones * '"';
    backslash = word ^ ones * '\\';
    uint64_t found = ((word - ones * ' ') & ~word) | ((quote - ones) & ~quote) |
                     ((backslash - ones) & ~backslash);
    found &= tops;
    return found ? (size_t)__builtin_ctzll(found) / 8 : sizeof word;
}

void json_write_string(Buf *out, Str text)
{
    static const char hex[] = "0123456789abcdef";
    size_t start = 0;

    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        for (size_t plain = sizeof(uint64_t);
             plain == sizeof(uint64_t) && text.len - i > sizeof(uint64_t); i += plain)
            plain = plain_bytes(text.ptr + i);
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
