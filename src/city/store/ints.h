/* SPDX-License-Identifier: EUPL-1.2 */
/* Ints: a column of whole numbers of 64 bits, told by whichever of four ways takes the fewest
 * bytes.
 *
 *     form         bits 0-1: 0 distance from the least, 1 steps from one to the next, 2 these above
 *                  the least of them, 3 differences of steps; bit 2: all is divided by a unit
 *     first        zigzag varint
 *     unit         varint, when bit 2 says so
 *     0: least     zigzag varint: the least (value - first) / unit; then bits (bits.h) of all above
 * it 1: -         bits of the steps of all but the first, in zigzag 2: least     zigzag varint: the
 * least step; then bits of the steps above it 3: step      zigzag varint: the first step; then bits
 * of the differences, in zigzag
 *
 * Equal values take 4 bytes, equal steps 6 to 10, however many there are. */
#pragma once

#include "city/store/bits.h"

void obs_ints_put(Buf *out, const int64_t *values, size_t count);
/* False when the bytes make no sense. */
bool obs_ints_get(Bytes *in, int64_t *values, size_t count);
