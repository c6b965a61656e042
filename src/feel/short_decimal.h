/* SPDX-License-Identifier: EUPL-1.2 */
/* Decimal numbers of at most 63 bits, unpacked: nearly every number of daily life. Their operations
 * are a few instructions; each answers false where the result is not exact or has no room, and the
 * caller then asks the decimal library. Exponents of results are IEEE 754's preferred ones. */
#pragma once

#include "feel/number.h"

typedef struct ShortDecimal {
    int64_t coefficient;
    int64_t exponent; /* of ten; |exponent| ≤ SHORT_EXPONENT_MAX */
} ShortDecimal;

enum { SHORT_EXPONENT_MAX = 1000, SHORT_BIAS = 6176, SHORT_EXPONENT_SHIFT = 49 };
enum { SHORT_POWERS = 19 };

extern const int64_t short_powers[SHORT_POWERS]; /* of ten */

static inline bool short_in_range(int64_t exponent)
{
    return (uint64_t)(exponent + SHORT_EXPONENT_MAX) <= 2 * SHORT_EXPONENT_MAX;
}

/* False for long, special and very large or small numbers and for a negative zero. */
static inline bool short_of(Number n, ShortDecimal *out)
{
    uint64_t upper = n.word[1] & ~((uint64_t)1 << 63);
    bool negative = n.word[1] >> 63;

    /* The upper bits of the coefficient and the mark of specials are part of `upper`: only a short
     * number leaves nothing below the exponent and an exponent near the middle. */
    out->exponent = (int64_t)(upper >> SHORT_EXPONENT_SHIFT) - SHORT_BIAS;
    out->coefficient = (int64_t)(negative ? 0 - n.word[0] : n.word[0]);
    return (upper << (64 - SHORT_EXPONENT_SHIFT)) == 0 && short_in_range(out->exponent) &&
           n.word[0] <= INT64_MAX && (n.word[0] != 0 || !negative);
}

static inline Number short_number(ShortDecimal s)
{
    uint64_t negative = s.coefficient < 0;
    uint64_t magnitude = negative ? 0 - (uint64_t)s.coefficient : (uint64_t)s.coefficient;

    return (Number){
        {magnitude, negative << 63 | (uint64_t)(s.exponent + SHORT_BIAS) << SHORT_EXPONENT_SHIFT}};
}

/* The coefficient with some more digits, all zeros. */
static inline bool short_scale(int64_t *coefficient, int64_t digits)
{
    return digits < SHORT_POWERS &&
           !__builtin_mul_overflow(*coefficient, short_powers[digits], coefficient);
}

/* Bring both to the smaller of their exponents. Values, not places in memory: these are the steps
 * of loops. */
static inline bool short_align(ShortDecimal *a, ShortDecimal *b)
{
    int64_t digits = a->exponent - b->exponent;

    if (digits > 0) {
        a->exponent = b->exponent;
        return short_scale(&a->coefficient, digits);
    }
    b->exponent = a->exponent;
    return digits == 0 || short_scale(&b->coefficient, -digits);
}

static inline bool short_add(ShortDecimal a, ShortDecimal b, ShortDecimal *out)
{
    if (!short_align(&a, &b))
        return false;
    out->exponent = a.exponent;
    return !__builtin_add_overflow(a.coefficient, b.coefficient, &out->coefficient);
}

static inline bool short_subtract(ShortDecimal a, ShortDecimal b, ShortDecimal *out)
{
    if (!short_align(&a, &b))
        return false;
    out->exponent = a.exponent;
    return !__builtin_sub_overflow(a.coefficient, b.coefficient, &out->coefficient);
}

static inline bool short_multiply(ShortDecimal a, ShortDecimal b, ShortDecimal *out)
{
    out->exponent = a.exponent + b.exponent;
    /* A zero would have the sign of its factors. */
    return !__builtin_mul_overflow(a.coefficient, b.coefficient, &out->coefficient) &&
           out->coefficient != 0 && short_in_range(out->exponent);
}

/* False when it does not come out even, too: then there are 34 digits to find. */
bool short_divide(ShortDecimal a, ShortDecimal b, ShortDecimal *out);

/* Negative, 0, positive in `order`. */
static inline bool short_compare(ShortDecimal a, ShortDecimal b, int *order)
{
    if (!short_align(&a, &b))
        return false;
    *order = (a.coefficient > b.coefficient) - (a.coefficient < b.coefficient);
    return true;
}
