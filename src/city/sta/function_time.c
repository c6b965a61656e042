/* SPDX-License-Identifier: EUPL-1.2 */
/* Functions on instants and intervals. The parts of a time are those of the offset in which it was
 * written; of an interval, those of its start. How two times lie to each other: SensorThings 1.1,
 * table "Built-in Query Functions". */
#include "city/sta/function.h"

typedef enum Part {
    YEAR,
    MONTH,
    DAY,
    HOUR,
    MINUTE,
    SECOND,
} Part;

static StaValue part(const StaCall *call, const StaValue *args, size_t count)
{
    StaTimeParts parts = sta_time_parts(args[0].time);

    (void)count;
    switch ((Part)call->detail) {
    case YEAR: return sta_whole(parts.date.year);
    case MONTH: return sta_whole(parts.date.month);
    case DAY: return sta_whole(parts.date.day);
    case HOUR: return sta_whole(parts.hour);
    case MINUTE: return sta_whole(parts.minute);
    case SECOND: return sta_whole(parts.second);
    }
    return sta_null();
}

static StaValue fractional_seconds(const StaCall *call, const StaValue *args, size_t count)
{
    (void)call;
    (void)count;
    return sta_number(sta_time_parts(args[0].time).millisecond / 1000.0);
}

static StaValue date(const StaCall *call, const StaValue *args, size_t count)
{
    (void)call;
    (void)count;
    return (StaValue){.type = STA_DATE, .whole = sta_time_parts(args[0].time).day};
}

static StaValue time_of_day(const StaCall *call, const StaValue *args, size_t count)
{
    StaTimeParts parts = sta_time_parts(args[0].time);

    (void)call;
    (void)count;
    return (StaValue){.type = STA_CLOCK,
                      .whole = ((parts.hour * 60 + parts.minute) * 60 + parts.second) * 1000 +
                               parts.millisecond};
}

static StaValue total_offset_minutes(const StaCall *call, const StaValue *args, size_t count)
{
    (void)call;
    (void)count;
    return sta_whole(args[0].time.offset);
}

static StaValue instant(Timestamp at)
{
    return sta_time((StaTime){.start = at, .end = at});
}

static StaValue now(const StaCall *call, const StaValue *args, size_t count)
{
    (void)args;
    (void)count;
    return instant(call->now);
}

static StaValue min_date_time(const StaCall *call, const StaValue *args, size_t count)
{
    (void)call;
    (void)args;
    (void)count;
    return instant(STA_FIRST_INSTANT);
}

static StaValue max_date_time(const StaCall *call, const StaValue *args, size_t count)
{
    (void)call;
    (void)args;
    (void)count;
    return instant(STA_LAST_INSTANT);
}

/* --- Two times ----------------------------------------------------------------------------- */

static StaValue before(const StaCall *call, const StaValue *args, size_t count)
{
    (void)call;
    (void)count;
    return sta_bool(sta_time_before(args[0].time, args[1].time));
}

static StaValue after(const StaCall *call, const StaValue *args, size_t count)
{
    (void)call;
    (void)count;
    return sta_bool(sta_time_before(args[1].time, args[0].time));
}

static StaValue meets(const StaCall *call, const StaValue *args, size_t count)
{
    StaTime a = args[0].time, b = args[1].time;

    (void)call;
    (void)count;
    return sta_bool(a.end == b.start || a.start == b.end);
}

static StaValue during(const StaCall *call, const StaValue *args, size_t count)
{
    StaTime a = args[0].time, b = args[1].time;

    (void)call;
    (void)count;
    return sta_bool(a.start >= b.start && a.start < b.end && a.end <= b.end);
}

static StaValue overlaps(const StaCall *call, const StaValue *args, size_t count)
{
    StaTime a = args[0].time, b = args[1].time;

    (void)call;
    (void)count;
    return sta_bool(!sta_time_before(a, b) && !sta_time_before(b, a));
}

static StaValue starts(const StaCall *call, const StaValue *args, size_t count)
{
    (void)call;
    (void)count;
    return sta_bool(args[0].time.start == args[1].time.start);
}

static StaValue finishes(const StaCall *call, const StaValue *args, size_t count)
{
    (void)call;
    (void)count;
    return sta_bool(args[0].time.end == args[1].time.end);
}

#define ONE_TIME .least = 1, .most = 1, .parameters = {STA_TIME}
#define TWO_TIMES .least = 2, .most = 2, .parameters = {STA_TIME, STA_TIME}

const StaFunction STA_TIME_FUNCTIONS[] = {
    {"year", part, STA_WHOLE, ONE_TIME, .detail = YEAR},
    {"month", part, STA_WHOLE, ONE_TIME, .detail = MONTH},
    {"day", part, STA_WHOLE, ONE_TIME, .detail = DAY},
    {"hour", part, STA_WHOLE, ONE_TIME, .detail = HOUR},
    {"minute", part, STA_WHOLE, ONE_TIME, .detail = MINUTE},
    {"second", part, STA_WHOLE, ONE_TIME, .detail = SECOND},
    {"fractionalseconds", fractional_seconds, STA_NUMBER, ONE_TIME},
    {"date", date, STA_DATE, ONE_TIME},
    {"time", time_of_day, STA_CLOCK, ONE_TIME},
    {"totaloffsetminutes", total_offset_minutes, STA_WHOLE, ONE_TIME},
    {"now", now, STA_INSTANT, .most = 0},
    {"mindatetime", min_date_time, STA_INSTANT, .most = 0},
    {"maxdatetime", max_date_time, STA_INSTANT, .most = 0},
    {"before", before, STA_BOOL, TWO_TIMES},
    {"after", after, STA_BOOL, TWO_TIMES},
    {"meets", meets, STA_BOOL, TWO_TIMES},
    {"during", during, STA_BOOL, 2, 2, .parameters = {STA_TIME, STA_INTERVAL}},
    {"overlaps", overlaps, STA_BOOL, TWO_TIMES},
    {"starts", starts, STA_BOOL, TWO_TIMES},
    {"finishes", finishes, STA_BOOL, TWO_TIMES},
    {0},
};
