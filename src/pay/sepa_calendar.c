/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/sepa_calendar.h"

bool target_day(Date date)
{
    static const struct {
        int month, day;
    } FIXED[] = {{1, 1}, {5, 1}, {12, 25}, {12, 26}};
    int64_t after_easter = date_to_days(date) - date_to_days(date_easter(date.year));

    if (date_weekday(date) >= 5 || after_easter == -2 || after_easter == 1)
        return false;
    for (size_t i = 0; i < sizeof FIXED / sizeof *FIXED; i++)
        if (date.month == FIXED[i].month && date.day == FIXED[i].day)
            return false;
    return true;
}

Date target_from(Date date)
{
    while (!target_day(date))
        date = date_add_days(date, 1);
    return date;
}

Date target_after(Date date, int days)
{
    while (days > 0) {
        date = date_add_days(date, 1);
        if (target_day(date))
            days--;
    }
    return date;
}
