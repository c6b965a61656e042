/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/interval.h"

/* An end, or infinity. */
typedef struct End {
    Number n;
    int infinite; /* -1, 0, 1 */
    bool open;
} End;

static End low_of(Interval i)
{
    return i.below ? (End){.infinite = -1, .open = true} : (End){.n = i.low, .open = i.low_open};
}

static End high_of(Interval i)
{
    return i.above ? (End){.infinite = 1, .open = true} : (End){.n = i.high, .open = i.high_open};
}

static int end_compare(End a, End b)
{
    if (a.infinite || b.infinite)
        return a.infinite - b.infinite;
    return number_compare(a.n, b.n);
}

/* A closed end at an excluded 0 is an open one; ends that passed each other leave nothing. */
static Interval tidy(Interval i)
{
    if (i.empty)
        return INTERVAL_EMPTY;
    if (i.not_zero && !i.below && number_is_zero(i.low))
        i.low_open = true;
    if (i.not_zero && !i.above && number_is_zero(i.high))
        i.high_open = true;
    if (!i.below && !i.above) {
        int order = number_compare(i.low, i.high);
        if (order > 0 || (order == 0 && (i.low_open || i.high_open)))
            return INTERVAL_EMPTY;
    }
    return i;
}

static Interval between(End low, End high)
{
    Interval i = {.below = low.infinite != 0,
                  .above = high.infinite != 0,
                  .low = low.infinite ? NUMBER_ZERO : low.n,
                  .high = high.infinite ? NUMBER_ZERO : high.n,
                  .low_open = low.open,
                  .high_open = high.open};

    return tidy(i);
}

Interval interval_point(Number n)
{
    return (Interval){.low = n, .high = n};
}

Interval interval_from(Number low, bool open)
{
    return (Interval){.low = low, .low_open = open, .above = true};
}

Interval interval_to(Number high, bool open)
{
    return (Interval){.high = high, .high_open = open, .below = true};
}

Interval interval_not_zero(void)
{
    return (Interval){.below = true, .above = true, .not_zero = true};
}

bool interval_has_zero(Interval i)
{
    if (i.empty || i.not_zero)
        return false;
    int low = i.below ? -1 : number_compare(i.low, NUMBER_ZERO);
    int high = i.above ? 1 : number_compare(i.high, NUMBER_ZERO);
    return (low < 0 || (low == 0 && !i.low_open)) && (high > 0 || (high == 0 && !i.high_open));
}

bool interval_is_zero(Interval i)
{
    return !i.empty && !i.below && !i.above && number_is_zero(i.low) && number_is_zero(i.high);
}

bool interval_is_all(Interval i)
{
    return !i.empty && i.below && i.above && !i.not_zero;
}

Interval interval_meet(Interval a, Interval b)
{
    if (a.empty || b.empty)
        return INTERVAL_EMPTY;
    End low = low_of(a), other = low_of(b);
    int order = end_compare(low, other);
    if (order < 0 || (order == 0 && other.open))
        low = other;
    End high = high_of(a);
    other = high_of(b);
    order = end_compare(high, other);
    if (order > 0 || (order == 0 && other.open))
        high = other;
    Interval i = between(low, high);
    i.not_zero = a.not_zero || b.not_zero;
    return tidy(i);
}

Interval interval_join(Interval a, Interval b)
{
    if (a.empty || b.empty)
        return a.empty ? b : a;
    End low = low_of(a), other = low_of(b);
    int order = end_compare(low, other);
    if (order > 0 || (order == 0 && !other.open))
        low = other;
    End high = high_of(a);
    other = high_of(b);
    order = end_compare(high, other);
    if (order < 0 || (order == 0 && !other.open))
        high = other;
    Interval i = between(low, high);
    i.not_zero = !interval_has_zero(a) && !interval_has_zero(b);
    return tidy(i);
}

Interval interval_around(Interval a, Interval b)
{
    Interval i = interval_join(a, b);

    i.not_zero = false;
    return i;
}

Interval interval_negate(Interval i)
{
    return (Interval){.low = number_negate(i.high),
                      .high = number_negate(i.low),
                      .below = i.above,
                      .above = i.below,
                      .low_open = i.high_open,
                      .high_open = i.low_open,
                      .not_zero = i.not_zero,
                      .empty = i.empty};
}

/* Rounding may reach an open end, but no sum is rounded to 0. */
static End add_ends(End a, End b, int infinite)
{
    End sum = {.open = a.open || b.open};

    if (a.infinite || b.infinite || !number_add(a.n, b.n, &sum.n))
        return (End){.infinite = infinite, .open = true};
    sum.open = sum.open && number_is_zero(sum.n);
    return sum;
}

Interval interval_add(Interval a, Interval b)
{
    if (a.empty || b.empty)
        return INTERVAL_EMPTY;
    return between(add_ends(low_of(a), low_of(b), -1), add_ends(high_of(a), high_of(b), 1));
}

/* --- Products and quotients: the extremes are among those of the ends --------------------------
 */

static int sign_of(End e)
{
    if (e.infinite)
        return e.infinite;
    return number_is_zero(e.n) ? 0 : number_is_negative(e.n) ? -1 : 1;
}

static bool reaches_zero(End e)
{
    return sign_of(e) == 0 && !e.open;
}

static End multiply_ends(End a, End b)
{
    int sign = sign_of(a) * sign_of(b);
    End product = {.n = NUMBER_ZERO, .open = a.open || b.open};

    if (sign == 0)
        product.open = !reaches_zero(a) && !reaches_zero(b);
    else if (a.infinite || b.infinite || !number_multiply(a.n, b.n, &product.n))
        product = (End){.infinite = sign, .open = true};
    else
        product.open = false;
    return product;
}

/* By an end that is not 0, but perhaps infinite or an open 0. */
static End divide_ends(End a, End b, int side)
{
    int sign = sign_of(a) * side;
    End quotient = {.n = NUMBER_ZERO};

    if (sign == 0 || b.infinite)
        quotient.open = !reaches_zero(a);
    else if (a.infinite || number_is_zero(b.n) || !number_divide(a.n, b.n, &quotient.n))
        quotient = (End){.infinite = sign, .open = true};
    return quotient;
}

static Interval around(const End ends[4])
{
    End low = ends[0], high = ends[0];

    for (int i = 1; i < 4; i++) {
        int order = end_compare(ends[i], low);
        if (order < 0 || (order == 0 && !ends[i].open))
            low = ends[i];
        order = end_compare(ends[i], high);
        if (order > 0 || (order == 0 && !ends[i].open))
            high = ends[i];
    }
    return between(low, high);
}

Interval interval_multiply(Interval a, Interval b)
{
    if (a.empty || b.empty)
        return INTERVAL_EMPTY;
    End ends[4] = {
        multiply_ends(low_of(a), low_of(b)),
        multiply_ends(low_of(a), high_of(b)),
        multiply_ends(high_of(a), low_of(b)),
        multiply_ends(high_of(a), high_of(b)),
    };
    Interval i = around(ends);
    i.not_zero = !interval_has_zero(a) && !interval_has_zero(b);
    return tidy(i);
}

Interval interval_divide(Interval a, Interval b)
{
    b = interval_meet(b, interval_not_zero());
    if (a.empty || b.empty)
        return INTERVAL_EMPTY;
    Interval all = INTERVAL_ALL;
    End low = low_of(b), high = high_of(b);
    int side = sign_of(low) >= 0 ? 1 : sign_of(high) <= 0 ? -1 : 0;
    if (side) {
        End ends[4] = {
            divide_ends(low_of(a), low, side),
            divide_ends(low_of(a), high, side),
            divide_ends(high_of(a), low, side),
            divide_ends(high_of(a), high, side),
        };
        all = around(ends);
    }
    all.not_zero = !interval_has_zero(a);
    return tidy(all);
}

/* --- Other functions
 * ------------------------------------------------------------------------------ */

Interval interval_power(Interval base, Interval exponent)
{
    int64_t whole = 0;
    bool fixed = !exponent.below && !exponent.above && !exponent.empty &&
                 number_compare(exponent.low, exponent.high) == 0 &&
                 number_to_i64(exponent.low, &whole);

    if (base.empty || exponent.empty)
        return INTERVAL_EMPTY;
    if (fixed && whole == 0)
        return interval_point(number_from_i64(1));
    bool positive = !base.below && !number_is_negative(base.low);
    if (!positive && !(fixed && whole % 2 == 0))
        return interval_has_zero(base) ? INTERVAL_ALL : interval_not_zero();
    return interval_from(NUMBER_ZERO, !interval_has_zero(base));
}

Interval interval_abs(Interval i)
{
    Interval up = interval_meet(i, interval_from(NUMBER_ZERO, false));
    Interval down = interval_meet(i, interval_to(NUMBER_ZERO, false));

    return interval_join(up, interval_negate(down));
}

Interval interval_map(Interval i, NumberMap *map, const void *what)
{
    End low = low_of(i), high = high_of(i);

    if (i.empty)
        return i;
    if (!low.infinite && !map(low.n, what, &low.n))
        low.infinite = -1;
    if (!high.infinite && !map(high.n, what, &high.n))
        high.infinite = 1;
    low.open = low.infinite;
    high.open = high.infinite;
    return between(low, high);
}
