/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/percent.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool needs_decoding(Str raw, bool plus_is_space)
{
    if (raw.len == 0)
        return false;
    return memchr(raw.ptr, '%', raw.len) || (plus_is_space && memchr(raw.ptr, '+', raw.len));
}

bool percent_decode(Arena *arena, Str raw, bool plus_is_space, Str *out)
{
    if (!needs_decoding(raw, plus_is_space)) {
        *out = raw;
        return true;
    }
    char *text = arena_alloc(arena, raw.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        if (c == '%') {
            if (raw.len - i < 3)
                return false;
            int high = hex_value(raw.ptr[i + 1]);
            int low = hex_value(raw.ptr[i + 2]);
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        text[len++] = c;
    }
    *out = (Str){text, len};
    return true;
}

static bool unreserved(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void percent_encode(Buf *out, Str text, const char *keep)
{
    static const char HEX[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (unreserved(c) || (c != '\0' && strchr(keep, c))) {
            buf_add_char(out, c);
        } else {
            unsigned byte = (unsigned char)c;
            char escape[3] = {'%', HEX[byte >> 4], HEX[byte & 15]};
            buf_add(out, (Str){escape, sizeof escape});
        }
    }
}
