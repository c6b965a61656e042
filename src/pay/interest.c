/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/interest.h"

enum { STEP = 50 * 100, LEAST = 10 * 100 };

int64_t interest_base(int64_t cents)
{
    return cents > 0 ? cents / STEP * STEP : 0;
}

int interest_months(Date from, Date until)
{
    int months = 0;

    while (date_compare(date_add_months(from, months + 1), until) <= 0)
        months++;
    return months;
}

int64_t interest_of(int64_t cents, Date from, Date until)
{
    return interest_base(cents) * interest_months(from, until) * 5 / 1000;
}

int64_t interest_set(int64_t cents)
{
    int64_t full = cents / 100 * 100;

    return full >= LEAST ? full : 0;
}

int64_t surcharge_of(int64_t cents)
{
    return interest_base(cents) / 100;
}
