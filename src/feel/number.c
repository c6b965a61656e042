/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/number.h"

#include "feel/short_decimal.h"

#include <assert.h>
#include <stdlib.h>

/* The flavour of the library (libbidgcc000): values, rounding and flags by argument. */
#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#include <bid_conf.h>
/* Before bid_functions.h, whose macros it defines. */
#include <bid_functions.h>

#define SIGN_BIT ((uint64_t)1 << 63)
#define COEFFICIENT_MASK (((uint64_t)1 << 49) - 1)
#define SPECIAL_BITS ((uint64_t)3 << 61)
#define NOT_FINITE_BITS ((uint64_t)0x78 << 56)

/* Longer runs of zeros are written with an exponent, as FEEL's literals allow. */
enum { MAX_PLAIN_ZEROS = 60 };
enum { BIAS = 6176, MAX_EXPONENT = 12287, MIN_SCALE = -6111, MAX_SCALE = 6176 };
enum {
    LIBRARY_EVEN = 0,
    LIBRARY_FLOOR = 1,
    LIBRARY_CEILING = 2,
    LIBRARY_ZERO = 3,
    LIBRARY_AWAY = 4
};

_Static_assert(sizeof(Number) == sizeof(BID_UINT128), "a Number is the library's 128 bits");

static BID_UINT128 to_bid(Number n)
{
    BID_UINT128 result;

    result.w[0] = n.word[0];
    result.w[1] = n.word[1];
    return result;
}

static Number from_bid(BID_UINT128 b)
{
    return (Number){{b.w[0], b.w[1]}};
}

static bool is_finite(Number n)
{
    return (n.word[1] & NOT_FINITE_BITS) != NOT_FINITE_BITS;
}

/* Take the library's result when it is finite. */
static bool take(BID_UINT128 result, Number *out)
{
    *out = from_bid(result);
    return is_finite(*out);
}

/* Coefficient below 2^64: nearly every number of daily life, for which the common
 * operations need no call into the library. */
static bool small(Number n)
{
    return (n.word[1] & (COEFFICIENT_MASK | SPECIAL_BITS)) < SPECIAL_BITS &&
           (n.word[1] & COEFFICIENT_MASK) == 0;
}

static uint64_t exponent_of(Number n)
{
    return (n.word[1] & ~SIGN_BIT) >> 49;
}

Number number_from_i64(int64_t value)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    return (Number){{magnitude, (uint64_t)BIAS << 49 | (value < 0 ? SIGN_BIT : 0)}};
}

bool number_parse(Str text, Number *out)
{
    char copy[256];
    size_t at = 0, digits = 0;

    if (text.len >= sizeof copy)
        return false;
    if (at < text.len && text.ptr[at] == '-')
        at++;
    for (; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9'; at++)
        digits++;
    if (at < text.len && text.ptr[at] == '.') {
        size_t fraction = ++at;
        for (; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9'; at++)
            digits++;
        if (at == fraction)
            return false;
    }
    if (digits == 0)
        return false;
    if (at < text.len && (text.ptr[at] == 'e' || text.ptr[at] == 'E')) {
        at++;
        if (at < text.len && (text.ptr[at] == '+' || text.ptr[at] == '-'))
            at++;
        size_t exponent = at;
        for (; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9'; at++) {
        }
        if (at == exponent)
            return false;
    }
    if (at != text.len)
        return false;
    unsigned flags = 0;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return take(bid128_from_string(copy, LIBRARY_EVEN, &flags), out);
}

Str number_text(Arena *arena, Number n)
{
    char raw[64];
    unsigned flags = 0;

    /* The library writes "+1331000E-6". */
    bid128_to_string(raw, to_bid(n), &flags);
    char *digits = raw + 1, *e = strchr(raw, 'E');
    assert(e);
    int exponent = (int)strtol(e + 1, NULL, 10);
    int count = (int)(e - digits);

    while (count > 1 && digits[count - 1] == '0' && exponent < 0) {
        count--;
        exponent++;
    }
    if (count == 1 && digits[0] == '0')
        return str_copy(arena, STR("0"));
    if (exponent > MAX_PLAIN_ZEROS || count + exponent < -MAX_PLAIN_ZEROS)
        return str_printf(arena, "%s%.*sE%+d", raw[0] == '-' ? "-" : "", count, digits, exponent);
    int point = count + exponent; /* digits before the point */
    size_t size = (size_t)count + (size_t)(exponent > 0 ? exponent : 0) +
                  (size_t)(point < 0 ? -point : 0) + 4;
    char *text = arena_alloc(arena, size), *to = text;

    if (raw[0] == '-')
        *to++ = '-';
    if (point <= 0) {
        *to++ = '0';
        *to++ = '.';
        for (int i = point; i < 0; i++)
            *to++ = '0';
    }
    for (int i = 0; i < count; i++) {
        if (i == point && i > 0)
            *to++ = '.';
        *to++ = digits[i];
    }
    for (int i = 0; i < exponent; i++)
        *to++ = '0';
    return (Str){text, (size_t)(to - text)};
}

Str number_literal(Arena *arena, Number n)
{
    char raw[64];
    unsigned flags = 0;

    bid128_to_string(raw, to_bid(n), &flags);
    char *e = strchr(raw, 'E');
    assert(e);
    int exponent = (int)strtol(e + 1, NULL, 10);
    int count = (int)(e - raw) - 1, point = count + exponent;
    const char *sign = raw[0] == '-' ? "-" : "", *digits = raw + 1;

    if (exponent == 0)
        return str_printf(arena, "%s%.*s", sign, count, digits);
    if (exponent > 0 || point < -MAX_PLAIN_ZEROS)
        return str_printf(arena, "%s%.*se%d", sign, count, digits, exponent);
    if (point > 0)
        return str_printf(arena, "%s%.*s.%s", sign, point, digits,
                          str_cstr(arena, (Str){digits + point, (size_t)-exponent}));
    char zeros[MAX_PLAIN_ZEROS];
    memset(zeros, '0', sizeof zeros);
    return str_printf(arena, "%s0.%.*s%.*s", sign, -point, zeros, count, digits);
}

bool number_add(Number a, Number b, Number *out)
{
    ShortDecimal x, y;
    unsigned flags = 0;

    if (short_of(a, &x) && short_of(b, &y) && short_add(x, y, &x)) {
        *out = short_number(x);
        return true;
    }
    return take(bid128_add(to_bid(a), to_bid(b), LIBRARY_EVEN, &flags), out);
}

bool number_subtract(Number a, Number b, Number *out)
{
    ShortDecimal x, y;
    unsigned flags = 0;

    if (short_of(a, &x) && short_of(b, &y) && short_subtract(x, y, &x)) {
        *out = short_number(x);
        return true;
    }
    return take(bid128_sub(to_bid(a), to_bid(b), LIBRARY_EVEN, &flags), out);
}

bool number_multiply(Number a, Number b, Number *out)
{
    ShortDecimal x, y;
    unsigned flags = 0;

    if (short_of(a, &x) && short_of(b, &y) && short_multiply(x, y, &x)) {
        *out = short_number(x);
        return true;
    }
    return take(bid128_mul(to_bid(a), to_bid(b), LIBRARY_EVEN, &flags), out);
}

bool number_divide(Number a, Number b, Number *out)
{
    ShortDecimal x, y;
    unsigned flags = 0;

    if (short_of(a, &x) && short_of(b, &y) && short_divide(x, y, &x)) {
        *out = short_number(x);
        return true;
    }
    if (number_is_zero(b))
        return false;
    return take(bid128_div(to_bid(a), to_bid(b), LIBRARY_EVEN, &flags), out);
}

/* By squaring, so that small whole powers are exact; the library's power goes through
 * binary logarithms. */
static bool whole_power(Number base, int64_t exponent, Number *out)
{
    Number result = number_from_i64(1);
    uint64_t left = exponent < 0 ? 0 - (uint64_t)exponent : (uint64_t)exponent;

    while (left) {
        if ((left & 1) && !number_multiply(result, base, &result))
            return false;
        left >>= 1;
        if (left && !number_multiply(base, base, &base))
            return false;
    }
    if (exponent < 0)
        return number_divide(number_from_i64(1), result, out);
    *out = result;
    return true;
}

bool number_power(Number base, Number exponent, Number *out)
{
    int64_t whole;
    unsigned flags = 0;

    if (number_to_i64(exponent, &whole) && whole >= -1000 && whole <= 1000)
        return whole_power(base, whole, out);
    return take(bid128_pow(to_bid(base), to_bid(exponent), LIBRARY_EVEN, &flags), out);
}

Number number_negate(Number n)
{
    if (number_is_zero(n))
        return n;
    n.word[1] ^= SIGN_BIT;
    return n;
}

Number number_abs(Number n)
{
    n.word[1] &= ~SIGN_BIT;
    return n;
}

int number_compare(Number a, Number b)
{
    ShortDecimal x, y;
    unsigned flags = 0;
    int order;

    if (short_of(a, &x) && short_of(b, &y) && short_compare(x, y, &order))
        return order;
    if (bid128_quiet_less(to_bid(a), to_bid(b), &flags))
        return -1;
    return bid128_quiet_greater(to_bid(a), to_bid(b), &flags);
}

bool number_is_zero(Number n)
{
    return small(n) ? n.word[0] == 0 : bid128_isZero(to_bid(n)) != 0;
}

bool number_is_negative(Number n)
{
    return (n.word[1] & SIGN_BIT) && !number_is_zero(n);
}

bool number_is_integer(Number n)
{
    unsigned flags = 0;

    if (small(n) && exponent_of(n) == BIAS)
        return true;
    Number whole = from_bid(bid128_round_integral_zero(to_bid(n), &flags));
    return number_compare(n, whole) == 0;
}

/* One unit of the last place at `scale`. */
static BID_UINT128 unit_at(int64_t scale)
{
    uint64_t exponent = (uint64_t)(BIAS - scale);

    return to_bid((Number){{1, exponent << 49}});
}

/* ROUND_UP and ROUND_HALF_DOWN, which the library lacks: cut off, then look at the rest. */
static bool round_by_rest(Number n, BID_UINT128 unit, Rounding rounding, Number *out)
{
    unsigned flags = 0;
    Number cut, rest, doubled;

    if (!take(bid128_quantize(to_bid(n), unit, LIBRARY_ZERO, &flags), &cut) ||
        !number_subtract(number_abs(n), number_abs(cut), &rest) ||
        !number_add(rest, rest, &doubled))
        return false;
    bool away =
        rounding == ROUND_UP ? !number_is_zero(rest) : number_compare(doubled, from_bid(unit)) > 0;

    *out = cut;
    if (!away)
        return true;
    Number step = from_bid(unit);
    return n.word[1] & SIGN_BIT ? number_subtract(cut, step, out) : number_add(cut, step, out);
}

bool number_round(Number n, int64_t scale, Rounding rounding, Number *out)
{
    static const unsigned library[] = {
        [ROUND_HALF_EVEN] = LIBRARY_EVEN,  [ROUND_FLOOR] = LIBRARY_FLOOR,
        [ROUND_CEILING] = LIBRARY_CEILING, [ROUND_DOWN] = LIBRARY_ZERO,
        [ROUND_HALF_UP] = LIBRARY_AWAY,
    };
    unsigned flags = 0;

    if (scale < MIN_SCALE || scale > MAX_SCALE)
        return false;
    /* Nothing to cut: padding with zeros could need more than 34 digits. */
    if (bid128_quantexp(to_bid(n), &flags) >= -scale) {
        *out = n;
        return true;
    }
    BID_UINT128 unit = unit_at(scale);
    if (rounding == ROUND_UP || rounding == ROUND_HALF_DOWN)
        return round_by_rest(n, unit, rounding, out);
    return take(bid128_quantize(to_bid(n), unit, library[rounding], &flags), out);
}

bool number_modulo(Number a, Number b, Number *out)
{
    unsigned flags = 0;

    if (number_is_zero(b) || !take(bid128_fmod(to_bid(a), to_bid(b), &flags), out))
        return false;
    if (!number_is_zero(*out) && number_is_negative(*out) != number_is_negative(b))
        return number_add(*out, b, out);
    return true;
}

bool number_sqrt(Number n, Number *out)
{
    unsigned flags = 0;

    return !number_is_negative(n) && take(bid128_sqrt(to_bid(n), LIBRARY_EVEN, &flags), out);
}

bool number_exp(Number n, Number *out)
{
    unsigned flags = 0;

    return take(bid128_exp(to_bid(n), LIBRARY_EVEN, &flags), out);
}

bool number_log(Number n, Number *out)
{
    unsigned flags = 0;

    return !number_is_negative(n) && !number_is_zero(n) &&
           take(bid128_log(to_bid(n), LIBRARY_EVEN, &flags), out);
}

bool number_to_i64(Number n, int64_t *out)
{
    return number_is_integer(n) && number_truncate_i64(n, out);
}

bool number_truncate_i64(Number n, int64_t *out)
{
    unsigned flags = 0;
    int64_t result;

    if (small(n) && exponent_of(n) == BIAS && n.word[0] <= INT64_MAX) {
        *out = n.word[1] & SIGN_BIT ? -(int64_t)n.word[0] : (int64_t)n.word[0];
        return true;
    }
    result = bid128_to_int64_int(to_bid(n), &flags);
    if (flags & BID_INVALID_EXCEPTION)
        return false;
    *out = result;
    return true;
}
