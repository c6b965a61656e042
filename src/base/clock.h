/* SPDX-License-Identifier: EUPL-1.2 */
/* Dates and moments. Moments are UTC milliseconds; the administration's dates are
 * days of the calendar in Europe/Berlin. */
#pragma once

#include "base/str.h"

typedef int64_t Timestamp; /* ms since 1970-01-01T00:00:00Z */

typedef struct Date {
    int year; /* 1-9999 */
    int month;
    int day;
} Date; /* all 0: absent */

Timestamp clock_now(void);
/* Milliseconds of a clock that never jumps; only differences mean something. */
int64_t clock_monotonic_ms(void);

bool date_valid(Date date);
static inline bool date_absent(Date date)
{
    return date.year == 0;
}
int date_days_in_month(int year, int month);
/* Days since 1970-01-01 and back (proleptic Gregorian). */
int64_t date_to_days(Date date);
Date date_from_days(int64_t days);
/* The same for a day of any year. */
typedef struct LongDate {
    int64_t year;
    int month, day;
} LongDate;
int64_t long_date_to_days(LongDate date);
LongDate long_date_from_days(int64_t days);
/* Negative, 0, positive. */
int date_compare(Date a, Date b);
Date date_later(Date a, Date b);
Date date_add_days(Date date, int64_t days);
/* The day is clamped to the month's end. */
Date date_add_months(Date date, int months);
/* 0 = Monday ... 6 = Sunday. */
int date_weekday(Date date);
/* Easter Sunday (Gauss/Meeus). */
Date date_easter(int year);
/* The calendar day in Europe/Berlin (EU rule for summer time since 1996). */
Date date_in_berlin(Timestamp at);
/* The minutes since midnight that clocks in Berlin show. */
int minute_in_berlin(Timestamp at);
/* The moment at which the day begins in Europe/Berlin. */
Timestamp timestamp_of_berlin_day(Date date);
/* The moment at which clocks in Berlin show this day and `ms` since midnight. `second`: when they
 * show it twice (the hour in which summer time ends), the later one. False for what they never show
 * (the hour in which it begins). */
bool timestamp_of_berlin(Date day, int64_t ms, bool second, Timestamp *out);

/* "2027-03-01" and nothing else. */
bool date_parse_iso(Str text, Date *out);
/* What a person types: "1.3.2027", "01.03.2027", "1.3.27" refused, ISO or "2027-3-1". */
bool date_parse_german(Str text, Date *out);
Str date_iso(Arena *arena, Date date);
/* "1. März 2027"; `lang` is "de", "en" ("1 March 2027") or "de-leicht" (as de). */
Str date_long(Arena *arena, Date date, Str lang);
/* "2027-03-01T09:30:00.123Z". */
Str timestamp_iso(Arena *arena, Timestamp at);
bool timestamp_parse_iso(Str text, Timestamp *out);
/* "1. März 2027, 10:30 Uhr" in Europe/Berlin. */
Str timestamp_long(Arena *arena, Timestamp at, Str lang);
/* "1.234,50 €" ("€1,234.50" in en) from cents. */
Str money_text(Arena *arena, int64_t cents, Str lang);
