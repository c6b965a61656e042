/* SPDX-License-Identifier: EUPL-1.2 */
/* Deadlines in calendar or working days. */
#include "base/holiday.h"
#include "cases/case_store.h"

Date deadline_after(Date from, int days, bool working_days, Str land)
{
    if (!working_days)
        return date_add_days(from, days);
    Date date = from;

    while (days > 0) {
        date = date_add_days(date, 1);
        days -= working_day_is(date, land);
    }
    return date;
}

int deadline_left(Date from, Date deadline, bool working_days, Str land)
{
    int64_t days = date_to_days(deadline) - date_to_days(from);
    int left = 0;

    if (days <= 0)
        return 0;
    if (!working_days)
        return (int)days;
    for (int64_t i = 1; i <= days; i++)
        left += working_day_is(date_add_days(from, i), land);
    return left;
}
