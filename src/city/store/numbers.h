/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbers: a column of doubles, which comes back bit for bit.
 *
 * Measured values are decimals: when all are n / 10^e with the least e up to 15 and |n| < 2^53, the
 * n are told as whole numbers; else (NaN, -0, infinities, results of computations) their 64 bits.
 *
 *     exponent     a byte, 0-15; 255: the bits of the doubles
 *     ints         (ints.h) */
#pragma once

#include "city/store/ints.h"

enum { OBS_EXPONENT_RAW = 255 };

/* The least exponent and the whole numbers; OBS_EXPONENT_RAW and the bits of the doubles. */
unsigned obs_numbers_scale(const double *numbers, size_t count, int64_t *out);
/* n / 10^exponent; `exponent` is at most 15. */
double obs_number_of(int64_t n, unsigned exponent);

void obs_numbers_put(Buf *out, unsigned exponent, const int64_t *scaled, size_t count);
bool obs_numbers_get(Bytes *in, double *numbers, size_t count);
