/* SPDX-License-Identifier: EUPL-1.2 */
/* FEEL's numbers: IEEE 754-2008 decimal128, 34 significant digits (DMN 1.5, 10.3.2.3.1),
 * by Intel's decimal library in its binary encoding. Infinity and NaN never leave this
 * module: an operation without a finite result answers false. */
#pragma once

#include "base/str.h"

typedef struct Number {
    /* Word 1: sign, exponent + 6176 in 14 bits, upper 49 bits of the coefficient; word 0:
     * the lower 64 bits. */
    _Alignas(16) uint64_t word[2];
} Number;

#define NUMBER_ZERO ((Number){{0, (uint64_t)6176 << 49}})

typedef enum Rounding {
    ROUND_HALF_EVEN,
    ROUND_FLOOR,
    ROUND_CEILING,
    ROUND_DOWN,    /* towards zero */
    ROUND_HALF_UP, /* a half goes away from zero */
    ROUND_UP,      /* away from zero */
    ROUND_HALF_DOWN,
} Rounding;

Number number_from_i64(int64_t value);
/* [-]digits[.digits][(e|E)[+|-]digits], also ".5"; false for anything else or when the
 * value is out of range. */
bool number_parse(Str text, Number *out);
/* Plain decimal notation without needless zeros: 1.50 is "1.5", as equal numbers must
 * have equal texts. */
Str number_text(Arena *arena, Number n);

/* With the very digits and exponent: 1.50 is "1.50" and 1e3 is "1e3", which number_parse() reads
 * as the same bits. */
Str number_literal(Arena *arena, Number n);

bool number_add(Number a, Number b, Number *out);
bool number_subtract(Number a, Number b, Number *out);
bool number_multiply(Number a, Number b, Number *out);
bool number_divide(Number a, Number b, Number *out);
bool number_power(Number base, Number exponent, Number *out);
Number number_negate(Number n);
Number number_abs(Number n);
/* Negative, 0, positive. */
int number_compare(Number a, Number b);
bool number_is_zero(Number n);
bool number_is_negative(Number n);
bool number_is_integer(Number n);
/* Round to `scale` digits behind the point (negative: before it). False when the scale
 * is outside [-6111, 6176]. */
bool number_round(Number n, int64_t scale, Rounding rounding, Number *out);
/* Result has the sign of the divisor, as FEEL's modulo. */
bool number_modulo(Number a, Number b, Number *out);
bool number_sqrt(Number n, Number *out);
bool number_exp(Number n, Number *out);
bool number_log(Number n, Number *out);
/* False when not a whole number or out of range. */
bool number_to_i64(Number n, int64_t *out);
/* The fraction is cut off. */
bool number_truncate_i64(Number n, int64_t *out);
