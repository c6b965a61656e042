/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/page/out.h"

#include <stdio.h>

Html out_html(Out *out)
{
    return (Html){buf_str(out->buf)};
}

/* The entity for a byte, or NULL when it stands for itself. Control characters but tab and
 * line ends are dropped: HTML does not allow them. */
static const char *entity(unsigned char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\t':
    case '\n':
    case '\r': return NULL;
    default: return c < 0x20 || c == 0x7F ? "" : NULL;
    }
}

/* Bytes for which entity() has something. */
static const bool SPECIAL[256] = {
    [0 ... 8] = true, [11 ... 12] = true, [14 ... 31] = true, [0x7F] = true, ['&'] = true,
    ['<'] = true,     ['>'] = true,       ['"'] = true,       ['\''] = true,
};

/* Is one of 16 bytes special, or white space among the control characters? */
static bool any_special(const char *bytes)
{
    typedef unsigned char Block __attribute__((vector_size(16)));
    typedef signed char Lanes __attribute__((vector_size(16)));
    Block block;

    memcpy(&block, bytes, sizeof block);
    union {
        Lanes lanes;
        uint64_t halves[2];
    } found = {(block < 0x20) | (block == 0x7F) | (block == '&') | (block == '<') | (block == '>') |
               (block == '"') | (block == '\'')};
    return (found.halves[0] | found.halves[1]) != 0;
}

static size_t next_special(Str s, size_t at)
{
    while (s.len - at >= 16 && !any_special(s.ptr + at))
        at += 16;
    while (at < s.len && !SPECIAL[(unsigned char)s.ptr[at]])
        at++;
    return at;
}

void out_attr(Out *out, Str s)
{
    size_t from = 0;

    for (size_t i = next_special(s, 0); i < s.len; i = next_special(s, from)) {
        const char *escaped = entity((unsigned char)s.ptr[i]);
        buf_add(out->buf, str_slice(s, from, i));
        buf_add_c(out->buf, escaped);
        from = i + 1;
    }
    buf_add(out->buf, str_slice(s, from, s.len));
}

/* Quotes are escaped in text too: costs nothing and cannot be wrong. */
void out_text(Out *out, Str s)
{
    out_attr(out, s);
}

void out_raw(Out *out, Html html)
{
    buf_add(out->buf, html.str);
}

void out_int(Out *out, int64_t value)
{
    buf_add_i64(out->buf, value);
}

/* Relative, or a scheme that cannot run a script. A browser strips white space and control
 * characters out of a scheme before it reads it, so nothing with them is let through, and it
 * reads "\" as "/". "//host" leads to another host without saying so. */
static bool url_is_safe(Str s)
{
    static const char *const SCHEMES[] = {"https:", "http:", "mailto:", "tel:"};

    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c <= 0x20 || c == 0x7F || c == '\\')
            return false;
    }
    if (s.len > 0 && s.ptr[0] == '/')
        return s.len == 1 || s.ptr[1] != '/';
    for (size_t i = 0; i < sizeof SCHEMES / sizeof *SCHEMES; i++) {
        if (str_eq_nocase(str_slice(s, 0, strlen(SCHEMES[i])), str_c(SCHEMES[i])))
            return true;
    }
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '/' || s.ptr[i] == '?' || s.ptr[i] == '#')
            return true;
        if (s.ptr[i] == ':')
            return false;
    }
    return true;
}

/* A path of this town of plain characters: nothing to escape, nothing to be afraid of. */
static bool is_plain_path(Str s)
{
    static const bool PLAIN[256] = {
        ['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true, ['/'] = true,
        ['-'] = true,         ['_'] = true,         ['.'] = true,         ['?'] = true,
        ['='] = true,         ['#'] = true,
    };

    if (s.len == 0 || s.ptr[0] != '/' || (s.len > 1 && s.ptr[1] == '/'))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!PLAIN[(unsigned char)s.ptr[i]])
            return false;
    return true;
}

void out_url(Out *out, Str s)
{
    if (is_plain_path(s)) {
        buf_add(out->buf, s);
        return;
    }
    out_attr(out, url_is_safe(s) ? s : STR("#"));
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

/* RFC 3986, section 2.1 */
static void percent_encode(Buf *buf, Str s)
{
    static const char HEX[] = "0123456789ABCDEF";

    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (is_unreserved(s.ptr[i])) {
            buf_add_char(buf, s.ptr[i]);
        } else {
            buf_add_char(buf, '%');
            buf_add_char(buf, HEX[c >> 4]);
            buf_add_char(buf, HEX[c & 15]);
        }
    }
}

void out_url_part(Out *out, Str s)
{
    percent_encode(out->buf, s);
}

const char *url_part(Arena *arena, Str s)
{
    Buf buf = buf_in(arena);

    percent_encode(&buf, s);
    return str_cstr(arena, buf_str(&buf));
}

void out_text_c(Out *out, const char *s)
{
    out_text(out, str_c(s));
}

void out_attr_c(Out *out, const char *s)
{
    out_attr(out, str_c(s));
}

void out_url_c(Out *out, const char *s)
{
    out_url(out, str_c(s));
}

void out_url_part_c(Out *out, const char *s)
{
    out_url_part(out, str_c(s));
}

Str out_path(const Out *out, Str path)
{
    if (str_empty(out->base) || path.len == 0 || path.ptr[0] != '/')
        return path;
    Arena *arena = out->buf->arena;
    char *joined = arena_alloc_raw(arena, out->base.len + path.len);
    memcpy(joined, out->base.ptr, out->base.len);
    memcpy(joined + out->base.len, path.ptr, path.len);
    return (Str){joined, out->base.len + path.len};
}

Str out_link(Out *out, const char *format, ...)
{
    Arena *arena = out->buf->arena;
    va_list args;

    if (!strchr(format, '%'))
        return out_path(out, str_c(format));
    va_start(args, format);
    const char *path = arena_vprintf(arena, format, args);
    va_end(args);
    return out_path(out, str_c(path));
}
