/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/str.h"

#include <assert.h>
#include <stdarg.h>

static char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

int str_compare(Str a, Str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;

    if (order)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool str_eq_nocase(Str a, Str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i]))
            return false;
    return true;
}

bool str_starts_with(Str s, const char *prefix)
{
    size_t len = strlen(prefix);

    return s.len >= len && (len == 0 || memcmp(s.ptr, prefix, len) == 0);
}

bool str_ends_with(Str s, const char *suffix)
{
    size_t len = strlen(suffix);

    return s.len >= len && (len == 0 || memcmp(s.ptr + s.len - len, suffix, len) == 0);
}

ptrdiff_t str_find(Str s, Str needle)
{
    if (needle.len == 0)
        return 0;
    if (s.len < needle.len)
        return -1;
    const char *hit = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return hit ? hit - s.ptr : -1;
}

ptrdiff_t str_find_char(Str s, char c)
{
    const char *hit = s.len ? memchr(s.ptr, c, s.len) : NULL;

    return hit ? hit - s.ptr : -1;
}

Str str_slice(Str s, size_t from, size_t to)
{
    if (to > s.len)
        to = s.len;
    if (from > to)
        from = to;
    return (Str){s.ptr ? s.ptr + from : NULL, to - from};
}

Str str_trim(Str s)
{
    while (s.len && is_space(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

Str str_cut(Str *rest, char separator)
{
    if (!rest->ptr)
        return STR_NONE;
    ptrdiff_t at = str_find_char(*rest, separator);
    if (at < 0) {
        Str whole = *rest;
        *rest = STR_NONE;
        return whole;
    }
    Str head = str_slice(*rest, 0, (size_t)at);
    *rest = str_slice(*rest, (size_t)at + 1, rest->len);
    return head;
}

char *str_cstr(Arena *arena, Str s)
{
    char *copy = arena_alloc_raw(arena, s.len + 1);

    if (s.len)
        memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    return copy;
}

Str str_copy(Arena *arena, Str s)
{
    if (!s.ptr)
        return STR_NONE;
    return (Str){str_cstr(arena, s), s.len};
}

Str str_printf(Arena *arena, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return str_c(text);
}

Str str_lower(Arena *arena, Str s)
{
    char *copy = str_cstr(arena, s);

    for (size_t i = 0; i < s.len; i++)
        copy[i] = ascii_lower(copy[i]);
    return (Str){copy, s.len};
}

Str str_replace(Arena *arena, Str s, Str from, Str to)
{
    assert(from.len > 0);
    size_t count = 0;

    for (Str rest = s; rest.len;) {
        ptrdiff_t at = str_find(rest, from);
        if (at < 0)
            break;
        count++;
        rest = str_slice(rest, (size_t)at + from.len, rest.len);
    }
    char *out = arena_alloc(arena, s.len - count * from.len + count * to.len + 1);
    char *end = out;
    Str rest = s;
    while (count--) {
        size_t at = (size_t)str_find(rest, from);
        memcpy(end, rest.ptr, at);
        end += at;
        if (to.len)
            memcpy(end, to.ptr, to.len);
        end += to.len;
        rest = str_slice(rest, at + from.len, rest.len);
    }
    if (rest.len)
        memcpy(end, rest.ptr, rest.len);
    end += rest.len;
    return (Str){out, (size_t)(end - out)};
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t str_distance(Str a, Str b)
{
    size_t row[63]; /* the distances of each beginning of `b` from a beginning of `a` */

    if (a.len >= sizeof row / sizeof *row || b.len >= sizeof row / sizeof *row)
        return SIZE_MAX;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t corner = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t changed = corner + (a.ptr[i - 1] != b.ptr[j - 1]);

            corner = row[j];
            row[j] = least(changed, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.len];
}

bool str_to_i64(Str s, int64_t *out)
{
    bool negative = s.len && s.ptr[0] == '-';
    int64_t value = 0;

    if (s.len == (size_t)negative)
        return false;
    for (size_t i = negative; i < s.len; i++) {
        int digit = s.ptr[i] - '0';
        if (digit < 0 || digit > 9)
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    if (!negative && __builtin_sub_overflow(0, value, &value))
        return false;
    *out = value;
    return true;
}

uint64_t str_hash(Str s)
{
    uint64_t hash = 14695981039346656037u;

    for (size_t i = 0; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.ptr[i]) * 1099511628211u;
    return hash;
}

uint64_t str_hash_quick(Str s)
{
    const uint64_t spread = 0x9E3779B97F4A7C15u;
    uint64_t hash = s.len, word;
    size_t at = 0;

    for (; s.len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, s.ptr + at, sizeof word);
        hash = (hash ^ word) * spread;
        hash ^= hash >> 32;
    }
    for (word = 0; at < s.len; at++)
        word = word << 8 | (unsigned char)s.ptr[at];
    hash = (hash ^ word) * spread;
    return hash ^ hash >> 32;
}

int str_among(Str s, const char *const *words, int count)
{
    int i = 0;

    while (i < count && !str_is(s, words[i]))
        i++;
    return i;
}

bool str_is_name(Str s, size_t max)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return s.len > 0 && s.len <= max;
}
