/* SPDX-License-Identifier: EUPL-1.2 */
/* Markup inside a block: strong, links, escapes, line breaks. */
#include "post/markdown_inline.h"

#include "base/vec.h"

enum { LINK_TEXT_MAX = 500, LINK_ADDRESS_MAX = 2000 }; /* bounds a search for "]" or ")" */

typedef struct Inline {
    Arena *arena;
    MarkdownText *out;
    Buf text; /* of the span being read */
    bool strong;
    Str href;
} Inline;

static bool is_punctuation(char c)
{
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
           (c >= '{' && c <= '~');
}

static bool starts_at(Str s, size_t at, const char *token)
{
    return str_starts_with(str_slice(s, at, s.len), token);
}

static void flush(Inline *in)
{
    Str text = buf_str(&in->text);

    if (text.len)
        VEC_PUSH(in->arena, in->out,
                 (MarkdownSpan){.text = text, .strong = in->strong, .href = in->href});
    in->text = buf_in(in->arena);
}

static void add_break(Inline *in)
{
    flush(in);
    VEC_PUSH(in->arena, in->out, (MarkdownSpan){.text = STR(""), .line_break = true});
}

/* A line's end: a forced break after a backslash or two blanks, else one blank. */
static void end_line(Inline *in, bool forced)
{
    size_t blanks = 0;

    while (in->text.len && in->text.ptr[in->text.len - 1] == ' ') {
        in->text.len--;
        blanks++;
    }
    if (forced || blanks >= 2)
        add_break(in);
    else
        buf_add_char(&in->text, ' ');
}

/* Offset of `token` at or behind `from` outside of escapes, or `s.len`. */
static size_t find_closing(Str s, size_t from, size_t limit, const char *token)
{
    for (size_t i = from; i < s.len && i < limit; i++) {
        if (s.ptr[i] == '\\')
            i++;
        else if (starts_at(s, i, token))
            return i;
    }
    return s.len;
}

static void read_spans(Inline *in, Str s);

static bool is_blank_at(Str s, size_t at)
{
    return at >= s.len || s.ptr[at] == ' ' || s.ptr[at] == '\n';
}

/* Offset of the "**" that ends a strong text: there is something before it, and no blank. */
static size_t strong_end(Str s, size_t from)
{
    size_t end = find_closing(s, from, s.len, "**");

    while (end < s.len && (end == from || is_blank_at(s, end - 1)))
        end = find_closing(s, end + 2, s.len, "**");
    return end;
}

/* Where "**" has no end no later one has, so `*open` saves the search. */
static bool read_strong(Inline *in, Str s, size_t *at, bool *open)
{
    size_t end;

    if (is_blank_at(s, *at + 2) || s.ptr[*at + 2] == '*')
        return false;
    end = strong_end(s, *at + 2);
    if (end == s.len) {
        *open = false;
        return false;
    }
    flush(in);
    in->strong = true;
    read_spans(in, str_slice(s, *at + 2, end));
    flush(in);
    in->strong = false;
    *at = end + 2;
    return true;
}

static bool read_link(Inline *in, Str s, size_t *at)
{
    size_t text_end = find_closing(s, *at + 1, *at + LINK_TEXT_MAX, "]");
    size_t address_end;
    Str address;

    if (text_end == s.len || !starts_at(s, text_end, "]("))
        return false;
    address_end = find_closing(s, text_end + 2, text_end + LINK_ADDRESS_MAX, ")");
    if (address_end == s.len)
        return false;
    address = str_slice(s, text_end + 2, address_end);
    if (!markdown_address_safe(address))
        return false;
    flush(in);
    in->href = address;
    read_spans(in, str_slice(s, *at + 1, text_end));
    flush(in);
    in->href = STR_NONE;
    *at = address_end + 1;
    return true;
}

/* Strong inside strong and links inside links do not nest, so the depth is at most 3. */
static void read_spans(Inline *in, Str s)
{
    bool strong_open = !in->strong;
    size_t i = 0;

    while (i < s.len) {
        char c = s.ptr[i];

        if (c == '\\' && i + 1 < s.len && s.ptr[i + 1] == '\n') {
            end_line(in, true);
            i += 2;
        } else if (c == '\\' && i + 1 < s.len && is_punctuation(s.ptr[i + 1])) {
            buf_add_char(&in->text, s.ptr[i + 1]);
            i += 2;
        } else if (c == '\n') {
            end_line(in, false);
            i++;
        } else if (c == '*' && strong_open && starts_at(s, i, "**")) {
            if (!read_strong(in, s, &i, &strong_open)) {
                buf_add_c(&in->text, "**");
                i += 2;
            }
        } else if (c == '[' && !in->href.ptr && read_link(in, s, &i)) {
            continue;
        } else {
            buf_add_char(&in->text, c);
            i++;
        }
    }
}

void markdown_read_inline(Arena *arena, Str source, MarkdownText *out)
{
    Inline in = {.arena = arena, .out = out, .text = buf_in(arena)};

    read_spans(&in, str_trim(source));
    flush(&in);
}

bool markdown_address_safe(Str address)
{
    static const char *const schemes[] = {"https://", "http://", "mailto:"};

    for (size_t i = 0; i < address.len; i++)
        if ((unsigned char)address.ptr[i] <= ' ' || address.ptr[i] == 0x7f ||
            strchr("<>\"\\", address.ptr[i]))
            return false;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t len = strlen(schemes[i]);

        if (address.len > len && str_eq_nocase(str_slice(address, 0, len), str_c(schemes[i])))
            return true;
    }
    if (str_empty(address) || str_starts_with(address, "//"))
        return false;
    for (size_t i = 0; i < address.len && !strchr("/?#", address.ptr[i]); i++)
        if (address.ptr[i] == ':')
            return false;
    return true;
}

/* What Markdown reads as more than a letter. */
static const bool SIGNS[256] = {
    ['\\'] = true, ['*'] = true, ['#'] = true, ['|'] = true, ['['] = true, [']'] = true,
    ['('] = true,  [')'] = true, ['<'] = true, ['>'] = true, ['+'] = true, ['-'] = true,
    ['.'] = true,  ['~'] = true, ['`'] = true, ['_'] = true};

void markdown_escape(Buf *out, Str value)
{
    size_t start = 0; /* of what stays as it is */

    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];

        if (c != '\r' && c != '\n' && !SIGNS[(unsigned char)c])
            continue;
        buf_add(out, str_slice(value, start, i));
        start = c == '\r' || c == '\n' ? i + 1 : i;
        if (c == '\n')
            buf_add_char(out, ' ');
        else if (c != '\r')
            buf_add_char(out, '\\');
    }
    buf_add(out, str_slice(value, start, value.len));
}

Str markdown_plain(Arena *arena, const MarkdownText *text)
{
    Buf plain = buf_in(arena);

    for (size_t i = 0; i < text->count; i++)
        if (text->items[i].line_break)
            buf_add_char(&plain, ' ');
        else
            buf_add(&plain, text->items[i].text);
    return buf_str(&plain);
}
