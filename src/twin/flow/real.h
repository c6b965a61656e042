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
#define REAL_NONE 1e-60
#define REAL_BELOW_ONE 0.0
#else
typedef float Real;
typedef int32_t Mass;
#define REAL(x) FLOW_JOIN(x, F)
#define REAL_NONE 1e-20F
#define REAL_BELOW_ONE 0x1.fffffep-1F
#endif

/* REAL_NONE: less than any water, but not 0. REAL_BELOW_ONE: the most that rounds to 0 units. */

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

/* Differences and sums of masses, of which the bed is known modulo 2^32 only. */
FLOW_INLINE Mass mass_less(Mass a, Mass b)
{
#ifdef FLOW_DOUBLE
    return a - b;
#else
    return (Mass)((uint32_t)a - (uint32_t)b);
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

/* a b + c, rounded once. It stands where a model that is mirrored or turned has the same terms, and
 * wherever there is such an instruction; else a float is computed to the same bits in double: the
 * product is exact there, and the sum is rounded to an odd last bit, so that rounding it once more
 * does no harm (Boldo and Melquiond 2008). */
FLOW_INLINE Real real_fma(Real a, Real b, Real c)
{
#if defined(FLOW_DOUBLE)
    return __builtin_fma(a, b, c);
#elif defined(__FMA__) || defined(__ARM_FEATURE_FMA)
    return __builtin_fmaf(a, b, c);
#else
    double product = (double)a * (double)b, sum = product + (double)c;
    double added = sum - product, rest = (product - (sum - added)) + ((double)c - added);
    int64_t bits, odd;

    memcpy(&bits, &sum, sizeof bits);
    odd = (rest > 0) == (sum > 0) ? bits + 1 : bits - 1;
    bits = rest != 0 && (bits & 1) == 0 ? odd : bits;
    memcpy(&sum, &bits, sizeof sum);
    return (float)sum;
#endif
}

/* What flows through a face in units, to be rounded towards zero: with the step's dither, so that
 * it is right in the mean over the steps however small it is, and the same in both directions. */
FLOW_INLINE Real flux_dithered(Real flux, Real emit, Real dither)
{
#ifdef FLOW_DOUBLE
    (void)dither;
    return flux * emit;
#else
    return real_fma(flux, emit, copysignf(dither, flux));
#endif
}
/* As whole units, even ones where `shift` is 1. */
FLOW_INLINE Mass mass_of_flux(Real dithered, int shift)
{
#ifdef FLOW_DOUBLE
    (void)shift;
    return dithered;
#else
    return (Mass)dithered * (1 << shift);
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

/* scale * sqrt(x) to 7e-4 in single precision, for x >= 0: a guess from the exponent and one step
 * of Newton's, whose constants spread the error to both sides. Vectors take a fifth of the time
 * that the exact root takes. */
FLOW_INLINE Real real_root_near(Real x, Real scale)
{
#ifdef FLOW_DOUBLE
    return scale * sqrt(x);
#else
    int32_t bits;
    float y, root;

    memcpy(&bits, &x, sizeof bits);
    bits = 0x5f1ffff9 - (bits >> 1);
    memcpy(&y, &bits, sizeof y);
    root = x * y;
    return (root * (0.703952253F * scale)) * real_fma(-root, y, 2.38924456F);
#endif
}

/* x^(-1/3), 1e-9 < x < 1e10: a first guess from the exponent, then a step of the third order (error
 * 2e-4); two more of Newton's for y^-3 - x in double precision. */
FLOW_INLINE Real real_inverse_cube_root(Real x)
{
#ifdef FLOW_DOUBLE
    float single = (float)x;
#else
    float single = x;
#endif
    int32_t bits;
    float guess;
    Real y, error;

    memcpy(&bits, &single, sizeof bits);
    bits = 0x54a21d2a - (int32_t)((float)bits * (1.0F / 3.0F));
    memcpy(&guess, &bits, sizeof guess);
    y = guess;
    error = real_fma(-(x * y), y * y, REAL(1.0));
    y = real_fma(y * error, real_fma(REAL(0.222222222222222222), error, REAL(0.333333333333333333)),
                 y);
#ifdef FLOW_DOUBLE
    y = y * (4.0 - x * y * y * y) * 0.333333333333333333;
    y = y * (4.0 - x * y * y * y) * 0.333333333333333333;
#endif
    return y;
}
