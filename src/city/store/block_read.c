/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/block.h"

#include "city/store/numbers.h"
#include "city/store/texts.h"

#include <zlib.h>

/* --- Head ------------------------------------------------------------------------------------- */

static int64_t later(int64_t time, uint64_t distance)
{
    return (int64_t)((uint64_t)time + distance);
}

static void get_ordinals(Bytes *in, ObsHead *head)
{
    uint64_t first = head->first_ordinal = bytes_varint(in);

    if (head->columns & OBS_HAS_ORDINALS) {
        head->last_ordinal = first + (uint64_t)bytes_zigzag(in);
        head->low_ordinal = first - bytes_varint(in);
        head->high_ordinal = first + bytes_varint(in);
        in->broken = in->broken || head->low_ordinal > first || head->high_ordinal < first ||
                     head->high_ordinal - head->low_ordinal < head->count - 1;
        return;
    }
    head->low_ordinal = first;
    head->last_ordinal = head->high_ordinal = first + head->count - 1;
    in->broken = in->broken || head->high_ordinal < first;
}

static double raw_double(Bytes *in)
{
    uint64_t bits = bytes_u64(in);
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static void get_numbers(Bytes *in, ObsHead *head)
{
    unsigned exponent = bytes_u8(in);

    if (exponent == OBS_EXPONENT_RAW) {
        head->first = raw_double(in);
        head->last = raw_double(in);
        head->min = raw_double(in);
        head->max = raw_double(in);
        head->sum = raw_double(in);
    } else if (exponent <= 15) {
        int64_t first = bytes_zigzag(in);
        head->first = obs_number_of(first, exponent);
        head->last = obs_number_of(later(first, (uint64_t)bytes_zigzag(in)), exponent);
        head->min = obs_number_of(later(first, 0 - bytes_varint(in)), exponent);
        head->max = obs_number_of(later(first, bytes_varint(in)), exponent);
        head->sum = obs_number_of(bytes_zigzag(in), exponent);
    } else {
        in->broken = true;
    }
    head->min_time = later(head->first_time, bytes_varint(in));
    head->max_time = later(head->first_time, bytes_varint(in));
}

static void get_statuses(Bytes *in, ObsHead *head)
{
    uint64_t different = bytes_varint(in);

    memset(head->statuses, 0, sizeof head->statuses);
    in->broken = in->broken || different == 0 || different > 256;
    for (uint64_t i = 0; i < different && !in->broken; i++) {
        uint8_t status = bytes_u8(in);
        head->statuses[status / 64] |= (uint64_t)1 << status % 64;
    }
}

static void get_times(Bytes *in, ObsHead *head)
{
    head->first_time = bytes_zigzag(in);
    head->last_time = later(head->first_time, bytes_varint(in));
    in->broken = in->broken || head->first_time == OBS_NONE || head->last_time == INT64_MAX ||
                 head->last_time < head->first_time;
}

bool obs_head_get(Bytes *in, ObsHead *head)
{
    *head = (ObsHead){.bytes = in->at, .statuses = {1, 0, 0, 0}};
    uint64_t columns = bytes_varint(in);
    uint64_t count = bytes_varint(in);

    if (columns >= OBS_HAS_EXTRAS * 2 || count == 0 || count > OBS_BLOCK_ROWS)
        in->broken = true;
    head->columns = (uint32_t)columns;
    head->count = head->numbers = (uint32_t)count;
    get_times(in, head);
    get_ordinals(in, head);
    if (columns & OBS_HAS_KINDS) {
        uint64_t numbers = bytes_varint(in);
        in->broken = in->broken || numbers > count;
        head->numbers = (uint32_t)numbers;
    }
    if ((head->numbers > 0) != ((columns & OBS_HAS_NUMBERS) != 0))
        in->broken = true;
    if (columns & OBS_HAS_NUMBERS)
        get_numbers(in, head);
    if (columns & OBS_HAS_STATUSES)
        get_statuses(in, head);
    head->body_size = bytes_varint(in);
    head->size = (size_t)(in->at - head->bytes);
    head->crc = bytes_u32(in);
    return !in->broken;
}

/* --- Body ------------------------------------------------------------------------------------- */

static const uint8_t *get_small(Bytes *in, size_t count, uint64_t max, Arena *arena)
{
    uint64_t wide[OBS_BLOCK_ROWS];
    uint8_t *values = arena_alloc_raw(arena, count);

    if (!obs_bits_get(in, wide, count))
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (wide[i] > max)
            return NULL;
        values[i] = (uint8_t)wide[i];
    }
    return values;
}

static const int64_t *get_ints(Bytes *in, size_t count, Arena *arena)
{
    int64_t *values = arena_alloc_raw(arena, count * sizeof *values);

    return obs_ints_get(in, values, count) ? values : NULL;
}

static const int64_t *get_lacking(Bytes *in, const int64_t *times, size_t count, Arena *arena)
{
    int64_t *values = arena_alloc_raw(arena, count * sizeof *values);
    int64_t distances[OBS_BLOCK_ROWS] = {0};
    const uint8_t *there = get_small(in, count, 1, arena);
    size_t found = 0, next = 0;

    for (size_t i = 0; there && i < count; i++)
        found += there[i];
    if (!there || (found > 0 && !obs_ints_get(in, distances, found)))
        return NULL;
    for (size_t i = 0; i < count; i++)
        values[i] = there[i] ? later(times[i], (uint64_t)distances[next++]) : OBS_NONE;
    return values;
}

/* Spread the numbers over the rows that have one. */
static const double *get_doubles(Bytes *in, const ObsHead *head, const uint8_t *kinds, Arena *arena)
{
    double *numbers = arena_alloc_raw(arena, head->count * sizeof *numbers);
    double dense[OBS_BLOCK_ROWS];
    uint32_t next = 0;

    if (!kinds)
        return obs_numbers_get(in, numbers, head->count) ? numbers : NULL;
    if (!obs_numbers_get(in, dense, head->numbers))
        return NULL;
    for (uint32_t i = 0; i < head->count; i++) {
        numbers[i] = 0;
        if (kinds[i] != OBS_NUMBER)
            continue;
        if (next == head->numbers)
            return NULL;
        numbers[i] = dense[next++];
    }
    return next == head->numbers ? numbers : NULL;
}

static const Str *get_texts(Bytes *in, size_t count, Arena *arena)
{
    Str *texts = arena_array(arena, Str, count);

    return obs_texts_get(in, texts, count, arena) ? texts : NULL;
}

static bool get_columns(Bytes *in, const ObsHead *head, ObsColumns *c, Arena *arena)
{
    uint32_t has = head->columns, count = head->count;

    if (!(c->times = get_ints(in, count, arena)))
        return false;
    if (has & OBS_HAS_ORDINALS && !(c->ordinals = (const uint64_t *)get_ints(in, count, arena)))
        return false;
    if (has & OBS_HAS_KINDS && !(c->kinds = get_small(in, count, OBS_TEXT, arena)))
        return false;
    if (has & OBS_HAS_NUMBERS && !(c->numbers = get_doubles(in, head, c->kinds, arena)))
        return false;
    if (has & OBS_HAS_STATUSES && !(c->statuses = get_small(in, count, UINT8_MAX, arena)))
        return false;
    if (has & OBS_HAS_ENDS && !(c->ends = get_lacking(in, c->times, count, arena)))
        return false;
    if (has & OBS_HAS_RESULT_TIMES && !(c->result_times = get_lacking(in, c->times, count, arena)))
        return false;
    if (has & OBS_HAS_FEATURES && !(c->features = get_ints(in, count, arena)))
        return false;
    if (has & OBS_HAS_TEXTS && !(c->texts = get_texts(in, count, arena)))
        return false;
    return !(has & OBS_HAS_EXTRAS) || (c->extras = get_texts(in, count, arena));
}

static bool row_fits(const ObsHead *head, const ObsColumns *c, uint32_t i)
{
    uint64_t ordinal = obs_ordinal_at(c, i);

    if (ordinal < head->low_ordinal || ordinal > head->high_ordinal)
        return false;
    if (c->ends && c->ends[i] != OBS_NONE && c->ends[i] < c->times[i])
        return false;
    if (obs_kind_at(c, i) == OBS_TEXT && !(c->texts && c->texts[i].ptr))
        return false;
    return i == 0 || c->times[i] > c->times[i - 1] ||
           (c->times[i] == c->times[i - 1] && ordinal > obs_ordinal_at(c, i - 1));
}

/* Does the body keep what its head promises? */
static bool fits(const ObsHead *head, const ObsColumns *c)
{
    if (c->times[0] != head->first_time || c->times[c->count - 1] != head->last_time ||
        obs_ordinal_at(c, 0) != head->first_ordinal ||
        obs_ordinal_at(c, c->count - 1) != head->last_ordinal)
        return false;
    for (uint32_t i = 0; i < c->count; i++)
        if (!row_fits(head, c, i))
            return false;
    return true;
}

bool obs_block_get_unchecked(const ObsHead *head, Str body, ObsColumns *out, Arena *arena)
{
    Bytes in = bytes_in(body);

    *out = (ObsColumns){.count = head->count, .first_ordinal = head->first_ordinal};
    return get_columns(&in, head, out, arena) && !in.broken && bytes_left(&in) == 0 &&
           fits(head, out);
}

bool obs_block_get(const ObsHead *head, uint32_t series, Str body, ObsColumns *out, Arena *arena,
                   Err *err)
{
    uLong crc = crc32_z(0, (const Bytef *)&series, sizeof series);

    crc = crc32_z(crc, head->bytes, head->size);
    if ((uint32_t)crc32_z(crc, (const Bytef *)body.ptr, body.len) != head->crc)
        return err_set(err, ERR_INPUT, "the checksum of a block is wrong");
    if (!obs_block_get_unchecked(head, body, out, arena))
        return err_set(err, ERR_INPUT, "a block makes no sense");
    return true;
}
