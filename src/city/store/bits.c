/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/bits.h"

#include "city/store/zip.h"

#include <math.h>

enum { WIDE = 65, PLANES = 129, ZIP_FROM = 64 };

static unsigned width_of(uint64_t value)
{
    return value ? 64 - (unsigned)__builtin_clzll(value) : 0;
}

/* The width that takes the fewest bytes when wider ones are put behind, and these bytes. */
static unsigned best_width(const uint64_t *values, size_t count, size_t *cost)
{
    size_t of_width[65] = {0};
    size_t wider = 0, behind = 0;
    unsigned best = 64;

    for (size_t i = 0; i < count; i++)
        of_width[width_of(values[i])]++;
    *cost = SIZE_MAX;
    for (unsigned width = 64;; width--) {
        size_t total = 1 + (count * width + 7) / 8 + (wider ? 2 + behind : 0);

        if (total <= *cost) {
            *cost = total;
            best = width;
        }
        if (width == 0)
            return best;
        /* Those of this width go behind the narrower packing: their bits above, and their place. */
        wider += of_width[width];
        behind += of_width[width] * 3;
        if (wider > count / 4)
            return best;
    }
}

size_t obs_bits_cost(const uint64_t *values, size_t count)
{
    size_t cost;

    best_width(values, count, &cost);
    return cost;
}

static void pack(uint8_t *out, const uint64_t *values, size_t count, unsigned width)
{
    uint64_t mask = width == 64 ? UINT64_MAX : ((uint64_t)1 << width) - 1;
    unsigned __int128 have = 0;
    unsigned bits = 0;

    for (size_t i = 0; i < count; i++) {
        have |= (unsigned __int128)(values[i] & mask) << bits;
        for (bits += width; bits >= 8; bits -= 8, have >>= 8)
            *out++ = (uint8_t)have;
    }
    if (bits > 0)
        *out = (uint8_t)have;
}

static void unpack(const uint8_t *in, size_t size, uint64_t *values, size_t count, unsigned width)
{
    uint64_t mask = width == 64 ? UINT64_MAX : ((uint64_t)1 << width) - 1;
    size_t i = 0;

    /* Up to 57 bits lie within eight bytes. */
    if (width <= 57 && size >= 8)
        for (size_t bit = 0; i < count && (bit >> 3) + 8 <= size; i++, bit += width) {
            uint64_t word;
            memcpy(&word, in + (bit >> 3), sizeof word);
            values[i] = word >> (bit & 7) & mask;
        }
    for (; i < count; i++) {
        size_t bit = i * width;
        unsigned __int128 word = 0;
        for (size_t byte = bit >> 3, n = 0; n <= 8 && byte < size; byte++, n++)
            word |= (unsigned __int128)in[byte] << (n * 8);
        values[i] = (uint64_t)(word >> (bit & 7)) & mask;
    }
}

static void put_wider(Buf *out, const uint64_t *values, size_t count, unsigned width)
{
    size_t wider = 0, last = 0;

    for (size_t i = 0; i < count; i++)
        wider += width_of(values[i]) > width;
    buf_add_varint(out, wider);
    for (size_t i = 0; i < count; i++) {
        if (width_of(values[i]) <= width)
            continue;
        buf_add_varint(out, i - last);
        buf_add_varint(out, values[i] >> width);
        last = i;
    }
}

static bool has_wider(const uint64_t *values, size_t count, unsigned width)
{
    uint64_t all = 0;

    for (size_t i = 0; i < count; i++)
        all |= values[i];
    return width_of(all) > width;
}

/* The bytes that a perfect code for single bytes would take: is it worth while to compress? */
static double entropy(const uint8_t *bytes, size_t size)
{
    uint32_t of_byte[256] = {0};
    float bits = 0;

    for (size_t i = 0; i < size; i++)
        of_byte[bytes[i]]++;
    for (int i = 0; i < 256; i++)
        if (of_byte[i])
            bits -= (float)of_byte[i] * log2f((float)of_byte[i] / (float)size);
    return (double)bits / 8;
}

/* As bytes, compressed, when that is shorter than what stands behind `from`. */
static void try_planes(Buf *out, size_t from, const uint64_t *values, size_t count)
{
    uint8_t planes[OBS_BITS_MAX * 8];
    uint64_t all = 0;
    size_t packed = out->len - from;

    for (size_t i = 0; i < count; i++)
        all |= values[i];
    unsigned bytes = (width_of(all) + 7) / 8;
    for (size_t i = 0; i < count; i++)
        for (unsigned b = 0; b < bytes; b++)
            planes[b * count + i] = (uint8_t)(values[i] >> (b * 8));
    if (entropy(planes, count * bytes) > 0.95 * (double)packed)
        return;
    size_t at = out->len;
    buf_add_u8(out, (uint8_t)(PLANES + bytes));
    obs_zip(out, planes, count * bytes);
    if (out->len - at >= packed) {
        out->len = at;
        return;
    }
    memmove(out->ptr + from, out->ptr + at, out->len - at);
    out->len -= at - from;
}

void obs_bits_put(Buf *out, const uint64_t *values, size_t count)
{
    size_t cost, from = out->len;
    unsigned width = best_width(values, count, &cost);
    bool wider = has_wider(values, count, width);
    size_t bytes = (count * width + 7) / 8;

    assert(count <= OBS_BITS_MAX);
    buf_add_u8(out, (uint8_t)(wider ? WIDE + width : width));
    buf_reserve(out, bytes);
    pack((uint8_t *)out->ptr + out->len, values, count, width);
    out->len += bytes;
    if (wider)
        put_wider(out, values, count, width);
    if (out->len - from > ZIP_FROM)
        try_planes(out, from, values, count);
}

static bool get_wider(Bytes *in, uint64_t *values, size_t count, unsigned width)
{
    uint64_t wider = bytes_varint(in);
    size_t at = 0;

    for (uint64_t i = 0; i < wider && !in->broken; i++) {
        uint64_t distance = bytes_varint(in);
        uint64_t above = bytes_varint(in);

        if (distance >= count - at || width == 64)
            return false;
        at += (size_t)distance;
        values[at] |= above << width;
    }
    return !in->broken;
}

static bool get_planes(Bytes *in, uint64_t *values, size_t count, unsigned bytes)
{
    uint8_t planes[OBS_BITS_MAX * 8];

    if (!obs_unzip(in, planes, count * bytes))
        return false;
    for (size_t i = 0; i < count; i++) {
        values[i] = 0;
        for (unsigned b = 0; b < bytes; b++)
            values[i] |= (uint64_t)planes[b * count + i] << (b * 8);
    }
    return true;
}

bool obs_bits_get(Bytes *in, uint64_t *values, size_t count)
{
    unsigned code = bytes_u8(in);

    if (count > OBS_BITS_MAX || code > PLANES + 8)
        return false;
    if (code > PLANES)
        return get_planes(in, values, count, code - PLANES);
    unsigned width = code < WIDE ? code : code - WIDE;
    size_t size = (count * width + 7) / 8;
    const uint8_t *bytes = bytes_take(in, size);
    if (!bytes)
        return false;
    unpack(bytes, size, values, count, width);
    return code < WIDE || get_wider(in, values, count, width);
}
