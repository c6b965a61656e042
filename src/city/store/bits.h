/* SPDX-License-Identifier: EUPL-1.2 */
/* Bits: small numbers without a sign, packed as narrow as most of them allow.
 *
 *     code 0-64       so many bits each, the lowest first, from the lowest bit of each byte on;
 *                     0: all are 0 and no bytes follow
 *     code 65-128     the same with code - 65 bits; what the wider ones have above follows: varint
 *                     how many, then of each the varints of its distance from the one before and
 *                     of the bits above
 *     code 130-137    code - 129 bytes each, the lowest of all first, compressed (zip.h) */
#pragma once

#include "base/bytes.h"

/* At most OBS_BITS_MAX numbers at once. */
enum { OBS_BITS_MAX = 1024 };
void obs_bits_put(Buf *out, const uint64_t *values, size_t count);
/* False when the bytes make no sense. */
bool obs_bits_get(Bytes *in, uint64_t *values, size_t count);
/* Bytes that packing takes, without compression. */
size_t obs_bits_cost(const uint64_t *values, size_t count);
