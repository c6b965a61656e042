/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/utf8.h"

/* Length of the sequence at `p` with `left` bytes, its code point in `*out`; 0 when invalid. */
static size_t decode(const unsigned char *p, size_t left, uint32_t *out)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = p[0] < 0x80       ? 1
                 : p[0] >> 5 == 6  ? 2
                 : p[0] >> 4 == 14 ? 3
                 : p[0] >> 3 == 30 ? 4
                                   : 0;

    if (len == 0 || len > left)
        return 0;
    uint32_t code = len == 1 ? p[0] : p[0] & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++) {
        if (p[i] >> 6 != 2)
            return 0;
        code = code << 6 | (p[i] & 0x3Fu);
    }
    if (code < smallest[len] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return 0;
    *out = code;
    return len;
}

/* Eight bytes at once, which most texts consist of. */
static bool ascii_bytes(const unsigned char *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
    return (word & 0x8080808080808080u) == 0;
}

bool utf8_valid(Str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;

    for (size_t i = 0; i < s.len;) {
        uint32_t code;
        if (s.len - i >= sizeof(uint64_t) && ascii_bytes(p + i)) {
            i += sizeof(uint64_t);
            continue;
        }
        size_t len = decode(p + i, s.len - i, &code);
        if (len == 0)
            return false;
        i += len;
    }
    return true;
}

bool utf8_valid_text(Str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;

    for (size_t i = 0; i < s.len;) {
        uint32_t code;
        size_t len = decode(p + i, s.len - i, &code);
        if (len == 0 || code == 0x7F || (code >= 0x80 && code < 0xA0))
            return false;
        if (code < 0x20 && code != '\t' && code != '\n' && code != '\r')
            return false;
        i += len;
    }
    return true;
}

size_t utf8_length(Str s)
{
    size_t count = 0;

    for (size_t i = 0; i < s.len; i++)
        count += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    return count;
}

uint32_t utf8_next(Str s, size_t *at)
{
    uint32_t code = 0xFFFD;
    size_t len = decode((const unsigned char *)s.ptr + *at, s.len - *at, &code);

    *at += len ? len : 1;
    return len ? code : 0xFFFD;
}

size_t utf8_encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* White_Space and Default_Ignorable_Code_Point of Unicode 15, as ranges, and the empty braille
 * pattern. */
static const struct {
    uint32_t first, last;
} UNSEEN[] = {
    {0x00, 0x20},       {0x7F, 0xA0},       {0xAD, 0xAD},     {0x34F, 0x34F},   {0x61C, 0x61C},
    {0x115F, 0x1160},   {0x1680, 0x1680},   {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x2000, 0x200F},
    {0x2028, 0x202F},   {0x205F, 0x206F},   {0x2800, 0x2800}, {0x3000, 0x3000}, {0x3164, 0x3164},
    {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFF8}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

bool utf8_blank(Str s)
{
    for (size_t at = 0; at < s.len;) {
        uint32_t code = utf8_next(s, &at);
        bool unseen = false;

        for (size_t i = 0; i < sizeof UNSEEN / sizeof *UNSEEN && !unseen; i++)
            unseen = code >= UNSEEN[i].first && code <= UNSEEN[i].last;
        if (!unseen)
            return false;
    }
    return true;
}
