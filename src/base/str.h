/* SPDX-License-Identifier: EUPL-1.2 */
/* Str: a view of bytes with a length; it owns nothing and need not end in NUL.
 *
 * A Str with ptr NULL means "absent"; an empty Str has a non-NULL ptr. All
 * functions accept both unless they say otherwise. Text is UTF-8 where the
 * edge has checked it (see utf8.h). */
#pragma once

#include "base/arena.h"

#include <stdint.h>
#include <string.h>

typedef struct Str {
    const char *ptr;
    size_t len;
} Str;

#define STR(literal) ((Str){"" literal, sizeof(literal) - 1})
#define STR_NONE ((Str){NULL, 0})
/* printf("%.*s", STR_ARG(s)) */
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

static inline Str str_c(const char *text)
{
    return text ? (Str){text, strlen(text)} : STR_NONE;
}

static inline bool str_empty(Str s)
{
    return s.len == 0;
}

static inline bool str_eq(Str a, Str b)
{
#ifdef __clang_analyzer__
    /* What it cannot see: only an absent text has no pointer, and it is empty. */
    if (!a.ptr || !b.ptr)
        return a.len == 0 && b.len == 0;
#endif
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_is(Str a, const char *text)
{
    return str_eq(a, str_c(text));
}

/* Byte order: negative, 0, positive. Not a collation. */
int str_compare(Str a, Str b);
/* ASCII letters compared without case. */
bool str_eq_nocase(Str a, Str b);
bool str_starts_with(Str s, const char *prefix);
bool str_ends_with(Str s, const char *suffix);
/* Offset of the first occurrence, or -1. */
ptrdiff_t str_find(Str s, Str needle);
ptrdiff_t str_find_char(Str s, char c);
/* Bytes [from, to) clamped to the string. */
Str str_slice(Str s, size_t from, size_t to);
/* Without leading and trailing ASCII white space. */
Str str_trim(Str s);
/* Cut the part before the first `separator` off `*rest` and return it. When the
 * separator is missing the whole rest is returned and `*rest` becomes
 * STR_NONE; calling with STR_NONE returns STR_NONE. */
Str str_cut(Str *rest, char separator);

/* Copies into the arena; both results end in NUL. */
Str str_copy(Arena *arena, Str s);
char *str_cstr(Arena *arena, Str s);
/* printf into the arena. */
Str str_printf(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* ASCII lower case. */
Str str_lower(Arena *arena, Str s);
/* Every occurrence of `from` (not empty) replaced by `to`. */
Str str_replace(Arena *arena, Str s, Str from, Str to);

/* How many bytes are to be changed, added or taken away to make one word of the other; SIZE_MAX
 * when one has more than 62 bytes. Says which word was meant. */
size_t str_distance(Str a, Str b);

/* Whole string as a decimal integer within range; false otherwise, `*out`
 * untouched. */
bool str_to_i64(Str s, int64_t *out);

/* Which of the words it is, or `count`. */
int str_among(Str s, const char *const *words, int count);

/* [a-z0-9-]+ of at most `max` bytes: a name that leads nowhere else as part of a path. */
bool str_is_name(Str s, size_t max);

/* FNV-1a, for hash tables of trusted keys. */
uint64_t str_hash(Str s);
/* Eight bytes at once, for tables that are asked all the time. Never kept: it depends on the
 * machine. */
uint64_t str_hash_quick(Str s);
