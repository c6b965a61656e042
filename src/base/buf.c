/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/buf.h"

#include <stdio.h>

void buf_grow(Buf *buf, size_t more)
{
    size_t need = buf->len + more + 1, capacity = buf->capacity ? buf->capacity * 2 : 256;

    while (capacity < need)
        capacity *= 2;
    char *grown = arena_alloc_raw(buf->arena, capacity);
    if (buf->len)
        memcpy(grown, buf->ptr, buf->len);
    buf->ptr = grown;
    buf->capacity = capacity;
}

void buf_add_i64(Buf *buf, int64_t value)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        digits[--at] = '-';
    buf_add(buf, (Str){digits + at, sizeof digits - at});
}

void buf_add_padded(Buf *buf, uint64_t value, int width)
{
    char digits[40];
    size_t at = sizeof digits, least = sizeof digits - (size_t)(width < 20 ? width : 20);

    for (; value || at > least; value /= 10)
        digits[--at] = (char)('0' + value % 10);
    buf_add(buf, (Str){digits + at, sizeof digits - at});
}

void buf_addf(Buf *buf, const char *format, ...)
{
    va_list args;
    va_list again;

    buf_reserve(buf, 64);
    size_t room = buf->capacity - buf->len;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(buf->ptr + buf->len, room, format, args);
    va_end(args);
    if (length > 0 && (size_t)length >= room) {
        buf_reserve(buf, (size_t)length);
        vsnprintf(buf->ptr + buf->len, (size_t)length + 1, format, again);
    }
    if (length > 0)
        buf->len += (size_t)length;
    va_end(again);
}

Str buf_str(Buf *buf)
{
    buf_reserve(buf, 0);
    buf->ptr[buf->len] = '\0';
    return (Str){buf->ptr, buf->len};
}
