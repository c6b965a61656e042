/* SPDX-License-Identifier: EUPL-1.2 */
/* The public holidays are those of the Länder's holiday acts (as of 2025). Holidays that hold only
 * in parts of a Land (Augsburg, Catholic communes of Saxony and Thuringia) are left out. */
#include "base/holiday.h"

static bool land_among(Str land, const char *list)
{
    return land.len == 2 && str_find(str_c(list), land) >= 0;
}

/* Wednesday before 23 November. */
static Date repentance_day(int year)
{
    Date last = {year, 11, 22};

    return date_add_days(last, -((date_weekday(last) + 5) % 7));
}

bool holiday_is(Date date, Str land)
{
    static const struct {
        int month, day;
        const char *lands; /* NULL: all */
    } FIXED[] = {{1, 1, NULL},
                 {1, 6, "BW BY ST"},
                 {3, 8, "BE MV"},
                 {5, 1, NULL},
                 {8, 15, "SL BY"},
                 {9, 20, "TH"},
                 {10, 3, NULL},
                 {10, 31, "BB HB HH MV NI SN ST SH TH"},
                 {11, 1, "BW BY NW RP SL"},
                 {12, 25, NULL},
                 {12, 26, NULL}};
    static const struct {
        int offset; /* days after Easter Sunday */
        const char *lands;
    } MOVING[] = {{-2, NULL},
                  {0, "BB"},
                  {1, NULL},
                  {39, NULL},
                  {49, "BB"},
                  {50, NULL},
                  {60, "BW BY HE NW RP SL"}};
    int64_t from_easter = date_to_days(date) - date_to_days(date_easter(date.year));

    for (size_t i = 0; i < sizeof FIXED / sizeof *FIXED; i++)
        if (date.month == FIXED[i].month && date.day == FIXED[i].day &&
            (!FIXED[i].lands || land_among(land, FIXED[i].lands)))
            return true;
    for (size_t i = 0; i < sizeof MOVING / sizeof *MOVING; i++)
        if (from_easter == MOVING[i].offset &&
            (!MOVING[i].lands || land_among(land, MOVING[i].lands)))
            return true;
    return land_among(land, "SN") && date_compare(date, repentance_day(date.year)) == 0;
}

bool working_day_is(Date date, Str land)
{
    return date_weekday(date) < 5 && !holiday_is(date, land);
}

Date working_day_from(Date date, Str land)
{
    while (!working_day_is(date, land))
        date = date_add_days(date, 1);
    return date;
}
