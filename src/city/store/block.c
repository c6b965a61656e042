/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/block.h"

#include "city/store/numbers.h"
#include "city/store/texts.h"

#include <zlib.h>

/* What a head says of the numbers, and the numbers as they are told. */
typedef struct Numbers {
    double values[OBS_BLOCK_ROWS];
    int64_t scaled[OBS_BLOCK_ROWS];
    size_t count;
    unsigned exponent;
    size_t least, greatest; /* their places; 0 when none is a number */
    int64_t least_time, greatest_time;
} Numbers;

static void numbers_of(const ObsColumns *columns, Numbers *out)
{
    bool any = false;

    *out = (Numbers){.least_time = columns->times[0], .greatest_time = columns->times[0]};
    for (uint32_t i = 0; i < columns->count; i++) {
        if (obs_kind_at(columns, i) != OBS_NUMBER)
            continue;
        double value = columns->numbers[i];
        size_t at = out->count++;

        out->values[at] = value;
        if (value != value)
            continue;
        if (!any || value < out->values[out->least]) {
            out->least = at;
            out->least_time = columns->times[i];
        }
        if (!any || value > out->values[out->greatest]) {
            out->greatest = at;
            out->greatest_time = columns->times[i];
        }
        any = true;
    }
    if (out->count > 0)
        out->exponent = obs_numbers_scale(out->values, out->count, out->scaled);
}

static bool sum_scaled(const Numbers *numbers, int64_t *sum)
{
    *sum = 0;
    if (numbers->exponent == OBS_EXPONENT_RAW)
        return false;
    for (size_t i = 0; i < numbers->count; i++)
        if (__builtin_add_overflow(*sum, numbers->scaled[i], sum))
            return false;
    return true;
}

static void put_raw_numbers(Buf *head, const Numbers *numbers)
{
    const double *values = numbers->values;
    double sum = 0;

    for (size_t i = 0; i < numbers->count; i++)
        sum += values[i];
    double five[5] = {values[0], values[numbers->count - 1], values[numbers->least],
                      values[numbers->greatest], sum};
    buf_add_u8(head, OBS_EXPONENT_RAW);
    buf_add_bytes(head, five, sizeof five);
}

static void put_number_head(Buf *head, const Numbers *numbers, int64_t first_time)
{
    const int64_t *scaled = numbers->scaled;
    int64_t sum;

    if (sum_scaled(numbers, &sum)) {
        buf_add_u8(head, (uint8_t)numbers->exponent);
        buf_add_zigzag(head, scaled[0]);
        buf_add_zigzag(head, scaled[numbers->count - 1] - scaled[0]);
        buf_add_varint(head, (uint64_t)(scaled[0] - scaled[numbers->least]));
        buf_add_varint(head, (uint64_t)(scaled[numbers->greatest] - scaled[0]));
        buf_add_zigzag(head, sum);
    } else {
        put_raw_numbers(head, numbers);
    }
    buf_add_varint(head, (uint64_t)numbers->least_time - (uint64_t)first_time);
    buf_add_varint(head, (uint64_t)numbers->greatest_time - (uint64_t)first_time);
}

static uint32_t columns_in(const ObsColumns *c, const Numbers *numbers)
{
    return (numbers->count ? OBS_HAS_NUMBERS : 0u) | (c->statuses ? OBS_HAS_STATUSES : 0u) |
           (c->result_times ? OBS_HAS_RESULT_TIMES : 0u) | (c->ordinals ? OBS_HAS_ORDINALS : 0u) |
           (c->features ? OBS_HAS_FEATURES : 0u) | (c->kinds ? OBS_HAS_KINDS : 0u) |
           (c->ends ? OBS_HAS_ENDS : 0u) | (c->texts ? OBS_HAS_TEXTS : 0u) |
           (c->extras ? OBS_HAS_EXTRAS : 0u);
}

static void put_ordinal_head(Buf *head, const ObsColumns *columns)
{
    uint64_t first = obs_ordinal_at(columns, 0), low = first, high = first;

    buf_add_varint(head, first);
    if (!columns->ordinals)
        return;
    for (uint32_t i = 1; i < columns->count; i++) {
        uint64_t ordinal = columns->ordinals[i];
        low = ordinal < low ? ordinal : low;
        high = ordinal > high ? ordinal : high;
    }
    buf_add_zigzag(head, (int64_t)(columns->ordinals[columns->count - 1] - first));
    buf_add_varint(head, first - low);
    buf_add_varint(head, high - first);
}

static void put_statuses_head(Buf *head, const ObsColumns *columns)
{
    bool seen[256] = {false};
    unsigned different = 0;

    for (uint32_t i = 0; i < columns->count; i++) {
        different += !seen[columns->statuses[i]];
        seen[columns->statuses[i]] = true;
    }
    buf_add_varint(head, different);
    for (unsigned status = 0; status < 256; status++)
        if (seen[status])
            buf_add_u8(head, (uint8_t)status);
}

/* --- Body: writing ---------------------------------------------------------------------------- */

static void put_small(Buf *out, const uint8_t *values, size_t count)
{
    uint64_t wide[OBS_BLOCK_ROWS];

    for (size_t i = 0; i < count; i++)
        wide[i] = values[i];
    obs_bits_put(out, wide, count);
}

/* Times that a row may lack, from the row's time. */
static void put_times(Buf *out, const int64_t *values, const int64_t *times, size_t count)
{
    uint64_t there[OBS_BLOCK_ROWS] = {0};
    int64_t distances[OBS_BLOCK_ROWS];
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        there[i] = values[i] != OBS_NONE;
        if (there[i])
            distances[found++] = (int64_t)((uint64_t)values[i] - (uint64_t)times[i]);
    }
    obs_bits_put(out, there, count);
    if (found > 0)
        obs_ints_put(out, distances, found);
}

static void put_body(Buf *out, const ObsColumns *c, const Numbers *numbers, Arena *scratch)
{
    obs_ints_put(out, c->times, c->count);
    if (c->ordinals)
        obs_ints_put(out, (const int64_t *)c->ordinals, c->count);
    if (c->kinds)
        put_small(out, c->kinds, c->count);
    if (numbers->count)
        obs_numbers_put(out, numbers->exponent, numbers->scaled, numbers->count);
    if (c->statuses)
        put_small(out, c->statuses, c->count);
    if (c->ends)
        put_times(out, c->ends, c->times, c->count);
    if (c->result_times)
        put_times(out, c->result_times, c->times, c->count);
    if (c->features)
        obs_ints_put(out, c->features, c->count);
    if (c->texts)
        obs_texts_put(out, c->texts, c->count, scratch);
    if (c->extras)
        obs_texts_put(out, c->extras, c->count, scratch);
}

static uint32_t crc_of(uint32_t series, const uint8_t *head, size_t head_size, Str body)
{
    uLong crc = crc32_z(0, (const Bytef *)&series, sizeof series);

    crc = crc32_z(crc, head, head_size);
    return (uint32_t)crc32_z(crc, (const Bytef *)body.ptr, body.len);
}

void obs_block_put(Buf *heads, Buf *bodies, uint32_t series, const ObsColumns *c, Arena *scratch)
{
    size_t head_at = heads->len, body_at = bodies->len;
    Numbers numbers;

    assert(c->count > 0 && c->count <= OBS_BLOCK_ROWS);
    numbers_of(c, &numbers);
    put_body(bodies, c, &numbers, scratch);
    buf_add_varint(heads, columns_in(c, &numbers));
    buf_add_varint(heads, c->count);
    buf_add_zigzag(heads, c->times[0]);
    buf_add_varint(heads, (uint64_t)c->times[c->count - 1] - (uint64_t)c->times[0]);
    put_ordinal_head(heads, c);
    if (c->kinds)
        buf_add_varint(heads, numbers.count);
    if (numbers.count)
        put_number_head(heads, &numbers, c->times[0]);
    if (c->statuses)
        put_statuses_head(heads, c);
    buf_add_varint(heads, bodies->len - body_at);
    uint32_t crc = crc_of(series, (const uint8_t *)heads->ptr + head_at, heads->len - head_at,
                          (Str){bodies->ptr + body_at, bodies->len - body_at});
    buf_add_bytes(heads, &crc, sizeof crc);
}
