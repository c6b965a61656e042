/* SPDX-License-Identifier: EUPL-1.2 */
/* Bytes: reading what may be damaged in any way, and numbers of as many bytes as they need.
 *
 * A reader never passes `end`: beyond it, zeros, and `broken` is set, which is asked once at the
 * end. Whole numbers of fixed size lie as the machine has them, and machines are little-endian. */
#pragma once

#include "base/buf.h"

#include <assert.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "files are little-endian");

typedef struct Bytes {
    const uint8_t *at, *end;
    bool broken;
} Bytes;

static inline Bytes bytes_in(Str text)
{
    const uint8_t *at = (const uint8_t *)text.ptr;

    return (Bytes){at, at ? at + text.len : at, false};
}
static inline size_t bytes_left(const Bytes *bytes)
{
    return (size_t)(bytes->end - bytes->at);
}
static inline uint8_t bytes_u8(Bytes *bytes)
{
    if (bytes->at >= bytes->end) {
        bytes->broken = true;
        return 0;
    }
    return *bytes->at++;
}
/* The next `size` bytes; NULL when there are not so many. */
static inline const uint8_t *bytes_take(Bytes *bytes, uint64_t size)
{
    const uint8_t *at = bytes->at;

    if (size > (uint64_t)bytes_left(bytes)) {
        bytes->broken = true;
        bytes->at = bytes->end;
        return NULL;
    }
    bytes->at += size;
    return at;
}
static inline uint64_t bytes_u64(Bytes *bytes)
{
    const uint8_t *at = bytes_take(bytes, 8);
    uint64_t value = 0;

    if (at)
        memcpy(&value, at, sizeof value);
    return value;
}
static inline uint32_t bytes_u32(Bytes *bytes)
{
    const uint8_t *at = bytes_take(bytes, 4);
    uint32_t value = 0;

    if (at)
        memcpy(&value, at, sizeof value);
    return value;
}
static inline uint64_t bytes_varint(Bytes *bytes)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = bytes_u8(bytes);

        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return value;
    }
    bytes->broken = true;
    return 0;
}
/* Writes at most 10 bytes; returns how many. */
static inline size_t put_varint(uint8_t *out, uint64_t value)
{
    size_t len = 0;

    for (; value >= 0x80; value >>= 7)
        out[len++] = (uint8_t)(value | 0x80);
    out[len++] = (uint8_t)value;
    return len;
}

/* Small numbers of either sign as small numbers. */
static inline uint64_t zigzag(int64_t value)
{
    return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}
static inline int64_t unzigzag(uint64_t value)
{
    return (int64_t)((value >> 1) ^ (0 - (value & 1)));
}
static inline int64_t bytes_zigzag(Bytes *bytes)
{
    return unzigzag(bytes_varint(bytes));
}

static inline void buf_add_bytes(Buf *buf, const void *bytes, size_t size)
{
    buf_add(buf, (Str){bytes, size});
}
static inline void buf_add_u8(Buf *buf, uint8_t value)
{
    buf_add_char(buf, (char)value);
}
static inline void buf_add_varint(Buf *buf, uint64_t value)
{
    buf_reserve(buf, 10);
    buf->len += put_varint((uint8_t *)buf->ptr + buf->len, value);
}
static inline void buf_add_zigzag(Buf *buf, int64_t value)
{
    buf_add_varint(buf, zigzag(value));
}
