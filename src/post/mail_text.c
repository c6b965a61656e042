/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/mail_text.h"

enum { LINE_MAX_CHARS = 76 };

static void add_escape(Buf *out, char c)
{
    static const char hex[] = "0123456789ABCDEF";

    buf_add_char(out, '=');
    buf_add_char(out, hex[(unsigned char)c >> 4]);
    buf_add_char(out, hex[(unsigned char)c & 15]);
}

/* Blanks at a line's end may be lost on the way, and a line "From" or "." may be changed. */
static bool needs_escape(Str line, size_t at)
{
    char c = line.ptr[at];

    return c == '=' || (unsigned char)c > '~' || ((unsigned char)c < ' ' && c != '\t') ||
           ((c == ' ' || c == '\t') && at + 1 == line.len) ||
           (at == 0 && (c == '.' || (c == 'F' && str_starts_with(line, "From "))));
}

static void add_line(Buf *out, Str line)
{
    size_t width = 0;

    for (size_t i = 0; i < line.len; i++) {
        bool escape = needs_escape(line, i);
        size_t needed = escape ? 3 : 1;

        /* One place is kept for the "=" of a soft break. */
        if (width + needed > LINE_MAX_CHARS - 1) {
            buf_add_c(out, "=\r\n");
            width = 0;
            escape = escape || line.ptr[i] == '.';
            needed = escape ? 3 : 1;
        }
        if (escape)
            add_escape(out, line.ptr[i]);
        else
            buf_add_char(out, line.ptr[i]);
        width += needed;
    }
    buf_add_c(out, "\r\n");
}

void mail_add_quoted_printable(Buf *out, Str text)
{
    while (!str_empty(text)) {
        Str line = str_cut(&text, '\n');

        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        add_line(out, line);
    }
}

void mail_add_base64(Buf *out, Str bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = (const unsigned char *)bytes.ptr;

    buf_reserve(out, bytes.len / 57 * 78 + 100);
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t rest = bytes.len - i;
        unsigned group = (unsigned)in[i] << 16 | (rest > 1 ? (unsigned)in[i + 1] << 8 : 0) |
                         (rest > 2 ? in[i + 2] : 0);

        buf_add_char(out, digits[group >> 18]);
        buf_add_char(out, digits[group >> 12 & 63]);
        buf_add_char(out, rest > 1 ? digits[group >> 6 & 63] : '=');
        buf_add_char(out, rest > 2 ? digits[group & 63] : '=');
        if (i % 57 == 54 || rest <= 3)
            buf_add_c(out, "\r\n");
    }
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "=C3" at `at`: its byte, or -1. */
static int escape_at(Str text, size_t at)
{
    int high, low;

    if (at + 2 >= text.len || text.ptr[at] != '=')
        return -1;
    high = hex_value(text.ptr[at + 1]);
    low = hex_value(text.ptr[at + 2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

Str mail_decode_quoted_printable(Arena *arena, Str body)
{
    Buf text = buf_in(arena);

    for (size_t i = 0; i < body.len; i++) {
        Str rest = str_slice(body, i, body.len);
        int byte = escape_at(body, i);

        if (str_starts_with(rest, "=\r\n")) {
            i += 2;
        } else if (byte >= 0) {
            buf_add_char(&text, (char)byte);
            i += 2;
        } else if (body.ptr[i] != '\r') {
            buf_add_char(&text, body.ptr[i]);
        }
    }
    return buf_str(&text);
}

/* An encoded word at the start of `rest` is decoded to `out`; returns its length or 0. */
static size_t decode_word(Buf *out, Str rest)
{
    static const Str start = STR("=?UTF-8?Q?");
    ptrdiff_t end;

    if (!str_starts_with(rest, start.ptr))
        return 0;
    end = str_find(str_slice(rest, start.len, rest.len), STR("?="));
    if (end < 0)
        return 0;
    for (size_t i = start.len; i < start.len + (size_t)end; i++) {
        int byte = escape_at(rest, i);

        if (byte >= 0)
            i += 2;
        else
            byte = rest.ptr[i] == '_' ? ' ' : (unsigned char)rest.ptr[i];
        buf_add_char(out, (char)byte);
    }
    return start.len + (size_t)end + 2;
}

Str mail_decode_header(Arena *arena, Str value)
{
    Buf text = buf_in(arena);
    bool after_word = false;

    for (size_t i = 0; i < value.len;) {
        Str rest = str_slice(value, i, value.len);
        size_t word = decode_word(&text, rest);

        if (word) {
            i += word;
            after_word = true;
        } else if (str_starts_with(rest, "\r\n ")) {
            /* The fold between two encoded words is not part of the text (RFC 2047, 6.2). */
            bool between = after_word && str_starts_with(str_slice(rest, 3, rest.len), "=?");

            if (!between)
                buf_add_char(&text, ' ');
            i += 3;
        } else {
            buf_add_char(&text, value.ptr[i++]);
            after_word = false;
        }
    }
    return buf_str(&text);
}
