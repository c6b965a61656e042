/* SPDX-License-Identifier: EUPL-1.2 */
/* Block: at most 1,024 observations of one series in the order of (time, ordinal). Its head says
 * what is in it without decoding and stands in a segment's directory, its body among the bodies.
 *
 * Head:
 *     columns      varint: bits as in ObsColumnBit: which columns the body has
 *     count        varint
 *     first time   zigzag varint; varint: last time from there
 *     first ordinal varint; with ordinals: zigzag varint of the last from there, varints of the
 *                  first from the least, of the greatest from the first
 *     numbers      varint (with kinds; else: all)
 *     exponent     a byte, when there are numbers: 0-15 or 255, as in numbers.h, then
 *                  decimals: zigzag varint of the first, zigzag varint of the last from there,
 *                  varints of the first from the least, of the greatest from the first, zigzag
 *                  varint of the sum; else: the five doubles first, last, min, max, sum
 *                  varints: when the least and the greatest were first, from the first time
 *     statuses     varint how many different ones, a byte each (with statuses)
 *     body         varint: its size; CRC-32 of the series (u32), the head up to here and the body
 *
 * Body, the columns that there are in this order:
 *     times        ints
 *     ordinals     ints
 *     kinds        bits
 *     numbers      numbers, of the rows that have one
 *     statuses     bits
 *     ends, result times    bits: 1 where there is one; ints of what there is, minus the time
 *     features     ints
 *     texts, extras         texts */
#pragma once

#include "base/bytes.h"
#include "city/store/columns.h"

enum ObsColumnBit {
    OBS_HAS_NUMBERS = 1,
    OBS_HAS_STATUSES = 2,
    OBS_HAS_RESULT_TIMES = 4,
    OBS_HAS_ORDINALS = 8, /* they do not follow each other */
    OBS_HAS_FEATURES = 16,
    OBS_HAS_KINDS = 32, /* not all are numbers */
    OBS_HAS_ENDS = 64,
    OBS_HAS_TEXTS = 128,
    OBS_HAS_EXTRAS = 256,
};

typedef struct ObsHead {
    uint32_t columns, count, numbers, crc;
    int64_t first_time, last_time;
    uint64_t first_ordinal, last_ordinal, low_ordinal, high_ordinal;
    double first, last, min, max, sum; /* when there are numbers */
    int64_t min_time, max_time;
    uint64_t statuses[4]; /* a bit of each that occurs */
    uint64_t body_size;
    const uint8_t *bytes; /* of the head, up to the CRC */
    size_t size;
} ObsHead;

/* Add a block to both. `columns` are in order and at most OBS_BLOCK_ROWS. */
void obs_block_put(Buf *heads, Buf *bodies, uint32_t series, const ObsColumns *columns,
                   Arena *scratch);
/* False when the bytes are no head. */
bool obs_head_get(Bytes *in, ObsHead *out);
/* The columns, in the arena. Any bytes give columns that are in order, or ERR_INPUT. */
bool obs_block_get(const ObsHead *head, uint32_t series, Str body, ObsColumns *out, Arena *arena,
                   Err *err);
/* The same without the CRC: for the fuzzer, which could not guess it. */
bool obs_block_get_unchecked(const ObsHead *head, Str body, ObsColumns *out, Arena *arena);

static inline bool obs_head_only_good(const ObsHead *head)
{
    return head->statuses[0] == 1 && !head->statuses[1] && !head->statuses[2] && !head->statuses[3];
}
