/* SPDX-License-Identifier: EUPL-1.2 */
/* Times as SensorThings writes them (ISO 8601): instants, intervals, dates, times of day and
 * durations, to the millisecond. What stands behind it is cut off. */
#pragma once

#include "base/buf.h"
#include "base/clock.h"

/* An instant (start is end) or an interval: its start belongs to it, its end does not. */
typedef struct StaTime {
    Timestamp start, end;
    int offset; /* minutes east of UTC in which it was written */
} StaTime;

static inline bool sta_time_is_instant(StaTime time)
{
    return time.start == time.end;
}

/* Calendar months (years are twelve) and milliseconds; both have the same sign. */
typedef struct StaDuration {
    int64_t months;
    int64_t ms;
} StaDuration;

enum { STA_MS_PER_DAY = 86400000 };
extern const Timestamp STA_FIRST_INSTANT; /* 0001-01-01T00:00:00.000Z */
extern const Timestamp STA_LAST_INSTANT;  /* 9999-12-31T23:59:59.999Z */

/* "2027-03-01T09:30:00.5+01:00"; seconds and their fraction may be missing, the offset not. */
bool sta_instant_parse(Str text, StaTime *out);
/* An instant, or "start/end" where one side may be a duration. The end is not before the start. */
bool sta_time_parse(Str text, StaTime *out);
/* "2027-03-01" as days since 1970-01-01. */
bool sta_date_parse(Str text, int64_t *days);
/* "09:30", "09:30:00.5" as milliseconds since midnight. */
bool sta_clock_parse(Str text, int64_t *ms);
/* "P1Y2M3W4DT5H6M7.5S", "-PT1H". */
bool sta_duration_parse(Str text, StaDuration *out);

/* In UTC, with milliseconds only where there are some: "…Z", "…Z/…Z". */
void sta_time_write(Buf *out, StaTime time);
void sta_date_write(Buf *out, int64_t days);
void sta_clock_write(Buf *out, int64_t ms);
void sta_duration_write(Buf *out, StaDuration duration);

/* `sign` times the duration later; months first, their day clamped to the month's end. False when
 * it leaves the years 1 to 9999. */
bool sta_time_add(StaTime time, StaDuration duration, int sign, StaTime *out);

/* An interval ends where or before the other begins; an instant comes before. */
bool sta_time_before(StaTime a, StaTime b);

/* The parts of an instant (of an interval: its start) in the offset in which it was written. */
typedef struct StaTimeParts {
    Date date;
    int64_t day; /* the date as days since 1970-01-01 */
    int hour, minute, second, millisecond;
} StaTimeParts;
StaTimeParts sta_time_parts(StaTime time);
