/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/short_decimal.h"

const int64_t short_powers[SHORT_POWERS] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
};

/* Only quotients by 2^x 5^y end. What the dividend cancels of other factors is not looked for,
 * beyond that the division leaves no rest. */
static bool ends(uint64_t divisor)
{
    divisor >>= __builtin_ctzll(divisor);
    while (divisor % 5 == 0)
        divisor /= 5;
    return divisor == 1;
}

static uint64_t magnitude(int64_t n)
{
    return n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
}

bool short_divide(ShortDecimal a, ShortDecimal b, ShortDecimal *out)
{
    if (b.coefficient == 0 || a.coefficient == 0)
        return false;
    uint64_t divisor = magnitude(b.coefficient);
    uint64_t quotient = magnitude(a.coefficient) / divisor;
    uint64_t rest = magnitude(a.coefficient) % divisor;
    int64_t exponent = a.exponent - b.exponent;

    if (rest && (divisor > INT64_MAX / 10 || !ends(divisor)))
        return false;
    for (; rest; exponent--) {
        if (quotient > INT64_MAX / 10 - 1)
            return false;
        quotient = quotient * 10 + rest * 10 / divisor;
        rest = rest * 10 % divisor;
    }
    if (quotient > INT64_MAX || !short_in_range(exponent))
        return false;
    out->exponent = exponent;
    out->coefficient =
        (a.coefficient < 0) != (b.coefficient < 0) ? -(int64_t)quotient : (int64_t)quotient;
    return true;
}
