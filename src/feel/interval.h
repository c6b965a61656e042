/* SPDX-License-Identifier: EUPL-1.2 */
/* Where a number lies: intervals with what the language's arithmetic makes of them. Decimal
 * operations are rounded correctly and so never turn an order round: the ends, computed like
 * values, bound what is computed. Results below the smallest decimal (1e-6176) are left out of
 * account. */
#pragma once

#include "feel/number.h"

typedef struct Interval {
    Number low, high;
    bool below; /* no lower end */
    bool above; /* no upper end */
    bool low_open;
    bool high_open;
    bool not_zero; /* 0 lies between the ends but is excluded */
    bool empty;
} Interval;

#define INTERVAL_ALL ((Interval){.below = true, .above = true})
#define INTERVAL_EMPTY ((Interval){.empty = true})

Interval interval_point(Number n);
Interval interval_from(Number low, bool open); /* upwards */
Interval interval_to(Number high, bool open);  /* downwards */
Interval interval_not_zero(void);
bool interval_has_zero(Interval i);
bool interval_is_zero(Interval i);
bool interval_is_all(Interval i);
Interval interval_meet(Interval a, Interval b);
/* What lies in one or the other, and perhaps more between them; but no 0 that is in neither. */
Interval interval_join(Interval a, Interval b);
/* Both and all that lies between them. */
Interval interval_around(Interval a, Interval b);

Interval interval_negate(Interval i);
Interval interval_add(Interval a, Interval b);
Interval interval_multiply(Interval a, Interval b);
Interval interval_divide(Interval a, Interval b);
Interval interval_power(Interval base, Interval exponent);
Interval interval_abs(Interval i);
/* A function that never falls; false: it has no result there. */
typedef bool NumberMap(Number n, const void *what, Number *out);
Interval interval_map(Interval i, NumberMap *map, const void *what);
