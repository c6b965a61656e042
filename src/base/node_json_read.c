/* SPDX-License-Identifier: EUPL-1.2 */
/* JSON into Nodes (RFC 8259), strictly.
 *
 * Written here because no library of the system keeps what the rules and the money need: a number
 * exactly as it was written (json-c turns whole numbers beyond 64 bits into others without a word),
 * unpaired surrogates refused instead of replaced, and a name given twice refused instead of one of
 * them forgotten. */
#include "base/node.h"
#include "base/utf8.h"

#include <string.h>

enum { SMALL_MAP = 16 }; /* names of smaller maps are compared one by one */

typedef struct Names { /* of a map that grew large: indexes into its keys by hash */
    uint32_t *slots;   /* index + 1; 0: free */
    size_t size;       /* a power of two */
} Names;

typedef struct Reader {
    Arena *arena;
    Str text;
    size_t at;
    const char *file;
    const NodeLimits *limits;
    size_t nodes;
    Err *err;
} Reader;

static Node *read_value(Reader *r, int depth);

static bool refuse(Reader *r, const char *what)
{
    int line = 1, column = 1;

    for (size_t i = 0; i < r->at && i < r->text.len; i++) {
        column++;
        if (r->text.ptr[i] == '\n') {
            line++;
            column = 1;
        }
    }
    return err_at(r->err, r->file, line, column, "not valid JSON: %s", what);
}

/* The next byte, or -1 at the end. */
static int peek(const Reader *r)
{
    return r->at < r->text.len ? (unsigned char)r->text.ptr[r->at] : -1;
}

static void skip_space(Reader *r)
{
    int c = peek(r);

    while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        r->at++;
        c = peek(r);
    }
}

static bool take(Reader *r, char c)
{
    if (peek(r) != (unsigned char)c)
        return false;
    r->at++;
    return true;
}

static bool take_word(Reader *r, const char *word)
{
    Str rest = str_slice(r->text, r->at, r->text.len);

    if (!str_starts_with(rest, word))
        return false;
    r->at += strlen(word);
    return true;
}

/* --- Numbers ------------------------------------------------------------------------------- */

static size_t take_digits(Reader *r)
{
    size_t from = r->at;

    while (peek(r) >= '0' && peek(r) <= '9')
        r->at++;
    return r->at - from;
}

static Node *read_number(Reader *r)
{
    size_t from = r->at;
    bool ok;

    take(r, '-');
    ok = take(r, '0') || take_digits(r) > 0;
    if (ok && take(r, '.'))
        ok = take_digits(r) > 0;
    if (ok && (peek(r) == 'e' || peek(r) == 'E')) {
        r->at++;
        if (!take(r, '+'))
            take(r, '-');
        ok = take_digits(r) > 0;
    }
    if (!ok) {
        refuse(r, "a number was expected here");
        return NULL;
    }
    return node_number(r->arena, str_slice(r->text, from, r->at));
}

/* --- Texts --------------------------------------------------------------------------------- */

static bool read_hex(Reader *r, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++) {
        int c = peek(r);
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)c - '0'
                         : c >= 'a' && c <= 'f' ? (uint32_t)c - 'a' + 10
                         : c >= 'A' && c <= 'F' ? (uint32_t)c - 'A' + 10
                                                : 16;
        if (digit == 16)
            return refuse(r, "\\u is followed by four hexadecimal digits");
        *out = *out * 16 + digit;
        r->at++;
    }
    return true;
}

static bool read_code_point(Reader *r, Buf *out)
{
    uint32_t point, low = 0;
    char bytes[4];

    if (!read_hex(r, &point))
        return false;
    if (point >= 0xD800 && point <= 0xDBFF) {
        if (!take(r, '\\') || !take(r, 'u') || !read_hex(r, &low) || low < 0xDC00 || low > 0xDFFF)
            return refuse(r, "half of a surrogate pair stands alone");
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    } else if (point >= 0xDC00 && point <= 0xDFFF) {
        return refuse(r, "half of a surrogate pair stands alone");
    }
    buf_add(out, (Str){bytes, utf8_encode(point, bytes)});
    return true;
}

static bool read_escape(Reader *r, Buf *out)
{
    static const char ESCAPES[] = "\"\\/bfnrt", MEANINGS[] = "\"\\/\b\f\n\r\t";
    int c = peek(r);
    const char *found = c > 0 ? strchr(ESCAPES, c) : NULL;

    r->at++;
    if (found)
        buf_add_char(out, MEANINGS[found - ESCAPES]);
    else if (c == 'u')
        return read_code_point(r, out);
    else
        return refuse(r, "\\ is followed by one of \" \\ / b f n r t u");
    return true;
}

/* Skip what stands for itself in a text; the byte behind it, or -1 at the end. */
static int skip_plain(Reader *r)
{
    static const bool ENDS[256] = {[0 ... 0x1F] = true, ['"'] = true, ['\\'] = true};
    size_t at = r->at;

    while (at < r->text.len && !ENDS[(unsigned char)r->text.ptr[at]])
        at++;
    r->at = at;
    return peek(r);
}

/* Behind the opening quote. A text without escapes lies in the arena's copy of the source. */
static bool read_text(Reader *r, Str *text)
{
    Buf out = buf_in(r->arena);
    size_t from = r->at;
    bool escaped = false;

    for (;;) {
        int c = skip_plain(r);
        if (c < 0)
            return refuse(r, "a text does not end");
        if (c < 0x20)
            return refuse(r, "control characters in texts are written \\u00XX");
        if (c == '"' || c == '\\') {
            Str part = str_slice(r->text, from, r->at);
            r->at++;
            if (c == '"') {
                if (escaped)
                    buf_add(&out, part);
                *text = escaped ? buf_str(&out) : part;
                return true;
            }
            buf_add(&out, part);
            escaped = true;
            if (!read_escape(r, &out))
                return false;
            from = r->at;
        }
    }
}

static Node *read_string(Reader *r)
{
    Str text = STR_NONE;

    return read_text(r, &text) ? node_string(r->arena, text) : NULL;
}

/* --- Lists and maps ------------------------------------------------------------------------ */

static Node *read_list(Reader *r, int depth)
{
    Node *list = node_list(r->arena);

    skip_space(r);
    if (take(r, ']'))
        return list;
    for (;;) {
        Node *item = read_value(r, depth + 1);
        if (!item)
            return NULL;
        node_append(r->arena, list, item);
        skip_space(r);
        if (take(r, ']'))
            return list;
        if (!take(r, ',')) {
            refuse(r, "\",\" or \"]\" was expected here");
            return NULL;
        }
    }
}

static void names_add(Names *names, const Node *map, size_t index)
{
    size_t slot = str_hash(map->keys[index]) & (names->size - 1);

    while (names->slots[slot])
        slot = (slot + 1) & (names->size - 1);
    names->slots[slot] = (uint32_t)index + 1;
}

static void names_grow(Reader *r, Names *names, const Node *map)
{
    names->size = names->size ? names->size * 2 : SMALL_MAP * 4;
    names->slots = arena_array(r->arena, uint32_t, names->size);
    for (size_t i = 0; i < map->count; i++)
        names_add(names, map, i);
}

static bool is_known(const Names *names, const Node *map, Str key)
{
    if (!names->size) {
        for (size_t i = 0; i < map->count; i++)
            if (str_eq(map->keys[i], key))
                return true;
        return false;
    }
    size_t slot = str_hash(key) & (names->size - 1);
    for (; names->slots[slot]; slot = (slot + 1) & (names->size - 1))
        if (str_eq(map->keys[names->slots[slot] - 1], key))
            return true;
    return false;
}

static bool read_entry(Reader *r, Node *map, Names *names, int depth)
{
    Str key = STR_NONE;

    skip_space(r);
    if (!take(r, '"'))
        return refuse(r, "a name in quotation marks was expected here");
    if (!read_text(r, &key))
        return false;
    if (is_known(names, map, key))
        return refuse(r, "a name stands twice in one object");
    skip_space(r);
    if (!take(r, ':'))
        return refuse(r, "\":\" was expected here");
    Node *value = read_value(r, depth + 1);
    if (!value)
        return false;
    node_add(r->arena, map, key, value);
    if (names->size && map->count * 2 <= names->size)
        names_add(names, map, map->count - 1);
    else if (map->count > SMALL_MAP)
        names_grow(r, names, map);
    return true;
}

static Node *read_map(Reader *r, int depth)
{
    Node *map = node_map(r->arena);
    Names names = {0};

    skip_space(r);
    if (take(r, '}'))
        return map;
    for (;;) {
        if (!read_entry(r, map, &names, depth))
            return NULL;
        skip_space(r);
        if (take(r, '}'))
            return map;
        if (!take(r, ',')) {
            refuse(r, "\",\" or \"}\" was expected here");
            return NULL;
        }
    }
}

static Node *read_value(Reader *r, int depth)
{
    skip_space(r);
    if (++r->nodes > r->limits->max_nodes) {
        refuse(r, "too many values");
        return NULL;
    }
    if (depth > r->limits->max_depth) {
        refuse(r, "nested too deeply");
        return NULL;
    }
    if (take(r, '{'))
        return read_map(r, depth);
    if (take(r, '['))
        return read_list(r, depth);
    if (take(r, '"'))
        return read_string(r);
    if (take_word(r, "true"))
        return node_bool(r->arena, true);
    if (take_word(r, "false"))
        return node_bool(r->arena, false);
    if (take_word(r, "null"))
        return node_null(r->arena);
    if (peek(r) < 0) {
        refuse(r, "the text ends too early");
        return NULL;
    }
    return read_number(r);
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
    Reader reader = {.arena = arena, .text = text, .file = file, .limits = limits, .err = err};
    Node *node = read_value(&reader, 1);
    skip_space(&reader);
    if (node && reader.at < text.len) {
        refuse(&reader, "the text goes on behind the value");
        return NULL;
    }
    return node;
}
