/* SPDX-License-Identifier: EUPL-1.2 */
/* Buf: bytes that grow, in an arena. Pages, JSON and letters are written here. */
#pragma once

#include "base/str.h"

typedef struct Buf {
    Arena *arena;
    char *ptr;
    size_t len;
    size_t capacity;
} Buf;

/* An empty buffer; memory comes when something is added. */
static inline Buf buf_in(Arena *arena)
{
    return (Buf){.arena = arena};
}

/* More room, where buf_reserve() finds too little. */
void buf_grow(Buf *buf, size_t more);

/* Make room for `more` bytes behind `len`, and the NUL. Here and not in buf.c, with the adds below:
 * an answer is a million of them, most a few bytes that are known when this is compiled. */
static inline void buf_reserve(Buf *buf, size_t more)
{
    if (buf->capacity - buf->len <= more)
        buf_grow(buf, more);
}

static inline void buf_add(Buf *buf, Str s)
{
    if (s.len == 0)
        return;
    buf_reserve(buf, s.len);
    memcpy(buf->ptr + buf->len, s.ptr, s.len);
    buf->len += s.len;
}

static inline void buf_add_c(Buf *buf, const char *text)
{
    buf_add(buf, str_c(text));
}

static inline void buf_add_char(Buf *buf, char c)
{
    buf_reserve(buf, 1);
    buf->ptr[buf->len++] = c;
}

void buf_add_i64(Buf *buf, int64_t value);
/* A whole number that is not negative with zeros before it, at least `width` digits: "007". */
void buf_add_padded(Buf *buf, uint64_t value, int width);
void buf_addf(Buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The content so far; NUL follows but is not counted. Valid until the next add. */
Str buf_str(Buf *buf);
