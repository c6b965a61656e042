/* SPDX-License-Identifier: EUPL-1.2 */
/* Real and Mass: one source for both precisions, and the cube root, which the compiler
 * would not turn into vector code by itself. Only kernels include this. */
#pragma once

#include <math.h>
#include <string.h>
#ifdef __SSE__
#include <xmmintrin.h>
#endif

#include "twin/flow/strip.h"

#define FLOW_GRAVITY 9.81
#define FLOW_JOIN(a, b) a##b
#define FLOW_INLINE static inline __attribute__((always_inline))

#ifdef FLOW_DOUBLE
typedef double Real;
typedef double Mass;
#define REAL(x) x
#else
typedef float Real;
typedef int32_t Mass;
#define REAL(x) FLOW_JOIN(x, F)
#endif

/* Numbers below 1e-38 count as 0 until flow_flush_end(): squares of velocities that friction has
 * all but ended would be such, and the processor takes a hundred times as long for them. */
FLOW_INLINE unsigned flow_flush_begin(void)
{
#ifdef __SSE__
    unsigned before = _mm_getcsr();

    _mm_setcsr(before | 0x8040); /* flush to zero, denormals are zero */
    return before;
#else
    return 0;
#endif
}
FLOW_INLINE void flow_flush_end(unsigned before)
{
#ifdef __SSE__
    _mm_setcsr(before);
#else
    (void)before;
#endif
}

FLOW_INLINE Real real_min(Real a, Real b)
{
    return a < b ? a : b;
}
FLOW_INLINE Real real_max(Real a, Real b)
{
    return a > b ? a : b;
}

/* Difference of two masses, of which the bed is known modulo 2^32 only. */
FLOW_INLINE Real mass_difference(Mass a, Mass b)
{
#ifdef FLOW_DOUBLE
    return a - b;
#else
    return (Real)(int32_t)((uint32_t)a - (uint32_t)b);
#endif
}
FLOW_INLINE Mass mass_sum(Mass a, Mass b)
{
#ifdef FLOW_DOUBLE
    return a + b;
#else
    return (Mass)((uint32_t)a + (uint32_t)b);
#endif
}

/* What flows through a face, as whole units: rounded towards zero after adding
 * the step's dither, so that it is right in the mean over the steps however small
 * it is, and the same in both directions. `shift` 1 gives even numbers. */
FLOW_INLINE Mass mass_of_flux(Real units, Real dither, int shift)
{
#ifdef FLOW_DOUBLE
    (void)dither, (void)shift;
    return units;
#else
    return (Mass)(units + (units < 0 ? -dither : dither)) * (1 << shift);
#endif
}

FLOW_INLINE Real real_root(Real x)
{
#ifdef FLOW_DOUBLE
    return sqrt(x);
#else
    return sqrtf(x);
#endif
}

/* x^(-1/3), 1e-9 < x < 1e6: a first guess from the exponent, then Newton's steps for y^-3 - x. */
FLOW_INLINE Real real_inverse_cube_root(Real x)
{
#ifdef FLOW_DOUBLE
    float single = (float)x;
#else
    float single = x;
#endif
    int32_t bits;
    float guess;
    Real y;

    memcpy(&bits, &single, sizeof bits);
    bits = 0x54a21d2a - (int32_t)((float)bits * (1.0F / 3.0F));
    memcpy(&guess, &bits, sizeof guess);
    y = guess;
    y = y * (REAL(4.0) - x * y * y * y) * REAL(0.333333333333333333);
    y = y * (REAL(4.0) - x * y * y * y) * REAL(0.333333333333333333);
#ifdef FLOW_DOUBLE
    y = y * (4.0 - x * y * y * y) * 0.333333333333333333;
    y = y * (4.0 - x * y * y * y) * 0.333333333333333333;
#endif
    return y;
}
