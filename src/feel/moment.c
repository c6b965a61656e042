/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/moment.h"

#include "feel/zone.h"

#include <assert.h>

enum { MAX_YEAR = 999999999, MAX_OFFSET = 14 * 3600 };

static int days_in_month(int64_t year, int month)
{
    /* The calendar repeats every 400 years; base's function wants a year from 1. */
    return date_days_in_month((int)((year % 400 + 400) % 400 + 400), month);
}

bool day_join(int64_t year, int64_t month, int64_t day, int64_t *days)
{
    if (year < -MAX_YEAR || year > MAX_YEAR || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, (int)month))
        return false;
    *days = long_date_to_days((LongDate){year, (int)month, (int)day});
    return true;
}

FeelValue moment_date(int64_t day)
{
    return (FeelValue){.kind = FEEL_DATE, .at = {.day = day}};
}

FeelValue moment_date_at_midnight(FeelValue date)
{
    return (FeelValue){
        .kind = FEEL_DATE_TIME, .zone_kind = ZONE_OFFSET, .at = {.day = date.at.day}};
}

static int64_t floor_divide(Nanos a, int64_t b)
{
    Nanos quotient = a / b;

    return (int64_t)(a % b < 0 ? quotient - 1 : quotient);
}

FeelValue moment_now(Timestamp now)
{
    Nanos nanos = (Nanos)now * 1000000;
    int64_t day = floor_divide(nanos, NANOS_PER_DAY);

    return (FeelValue){
        .kind = FEEL_DATE_TIME,
        .zone_kind = ZONE_OFFSET,
        .at = {.day = day, .nanos = (int64_t)(nanos - (Nanos)day * NANOS_PER_DAY)},
    };
}

/* A named zone's offset depends on the date; a time without one takes 1970's. */
static void resolve_offset(FeelValue *value)
{
    if (value->zone_kind == ZONE_NAMED)
        value->offset = zone_offset_of_local(value->zone, value->at.day * 86400 +
                                                              value->at.nanos / NANOS_PER_SECOND);
}

bool moment_set_offset(FeelValue *value, int64_t seconds)
{
    if (seconds < -MAX_OFFSET || seconds > MAX_OFFSET)
        return false;
    value->zone_kind = ZONE_OFFSET;
    value->offset = (int32_t)seconds;
    return true;
}

bool moment_set_zone(Arena *arena, FeelValue *value, Str name)
{
    if (!zone_known(name))
        return false;
    value->zone_kind = ZONE_NAMED;
    value->zone = str_cstr(arena, name);
    resolve_offset(value);
    return true;
}

/* Position on the line of nanoseconds, in UTC when there is a zone. */
static Nanos position(FeelValue v)
{
    Nanos local = (Nanos)v.at.day * NANOS_PER_DAY + v.at.nanos;

    return v.zone_kind == ZONE_NONE ? local : local - (Nanos)v.offset * NANOS_PER_SECOND;
}

int moment_order(FeelValue a, FeelValue b)
{
    if (a.zone_kind == ZONE_NONE)
        a.offset = b.offset;
    if (b.zone_kind == ZONE_NONE)
        b.offset = a.offset;
    a.zone_kind = b.zone_kind = ZONE_OFFSET;
    Nanos difference = position(a) - position(b);
    return difference < 0 ? -1 : difference > 0;
}

bool moment_difference(FeelValue a, FeelValue b, Nanos *out)
{
    /* A date is midnight in UTC beside anything but a date. */
    bool a_zoned = a.zone_kind != ZONE_NONE || a.kind == FEEL_DATE;
    bool b_zoned = b.zone_kind != ZONE_NONE || b.kind == FEEL_DATE;
    if (a_zoned != b_zoned)
        return false;
    *out = position(a) - position(b);
    return true;
}

static bool add_months(int64_t day, int64_t months, int64_t *out)
{
    LongDate split = long_date_from_days(day);
    int64_t index;

    if (__builtin_add_overflow(split.year * 12 + split.month - 1, months, &index))
        return false;
    int64_t year = (index >= 0 ? index : index - 11) / 12;
    int month = (int)(index - year * 12) + 1;
    if (year < -MAX_YEAR || year > MAX_YEAR)
        return false;
    int last = days_in_month(year, month);
    return day_join(year, month, split.day > last ? last : split.day, out);
}

static bool add_nanos(FeelValue value, Nanos nanos, FeelValue *out)
{
    *out = value;
    if (value.kind == FEEL_TIME) {
        int64_t in_day = (int64_t)(nanos % NANOS_PER_DAY);
        out->at.nanos = (value.at.nanos + in_day + NANOS_PER_DAY) % NANOS_PER_DAY;
        return true;
    }
    assert(nanos <= 2 * NANOS_MAX && nanos >= -2 * NANOS_MAX);
    Nanos sum = (Nanos)value.at.day * NANOS_PER_DAY + value.at.nanos + nanos;
    Nanos days = sum / NANOS_PER_DAY - (sum % NANOS_PER_DAY < 0);
    if (days < long_date_to_days((LongDate){-MAX_YEAR, 1, 1}) ||
        days > long_date_to_days((LongDate){MAX_YEAR, 12, 31}))
        return false;
    out->at.day = (int64_t)days;
    out->at.nanos = value.kind == FEEL_DATE ? 0 : (int64_t)(sum - days * NANOS_PER_DAY);
    return true;
}

/* Hours pass in a zone as they do on a clock at hand: through UTC. */
static bool add_nanos_in_zone(FeelValue value, Nanos nanos, FeelValue *out)
{
    FeelValue utc = value;

    if (!add_nanos(value, nanos - (Nanos)value.offset * NANOS_PER_SECOND, &utc))
        return false;
    int64_t seconds = utc.at.day * 86400 + utc.at.nanos / NANOS_PER_SECOND;
    int32_t offset = zone_offset_of_moment(value.zone, seconds);
    if (!add_nanos(utc, (Nanos)offset * NANOS_PER_SECOND, out))
        return false;
    out->offset = offset;
    return true;
}

bool moment_add(FeelValue value, FeelValue duration, int sign, FeelValue *out)
{
    if (duration.kind == FEEL_DAYS_DURATION) {
        Nanos nanos = sign * duration.nanos;
        return value.kind == FEEL_DATE_TIME && value.zone_kind == ZONE_NAMED
                   ? add_nanos_in_zone(value, nanos, out)
                   : add_nanos(value, nanos, out);
    }
    if (value.kind == FEEL_TIME)
        return false;
    *out = value;
    if (duration.months == INT64_MIN ||
        !add_months(value.at.day, sign * duration.months, &out->at.day))
        return false;
    resolve_offset(out);
    return true;
}

bool moment_months_between(FeelValue from, FeelValue to, int64_t *months)
{
    LongDate a = long_date_from_days(from.at.day), b = long_date_from_days(to.at.day);
    int64_t count = (b.year - a.year) * 12 + b.month - a.month;

    if (count > 0 && b.day < a.day)
        count--;
    else if (count < 0 && b.day > a.day)
        count++;
    *months = count;
    return true;
}

int moment_weekday(FeelValue date)
{
    int64_t days = date.at.day + 3; /* 1970-01-01 was a Thursday */

    return (int)((days % 7 + 7) % 7) + 1;
}

int moment_day_of_year(FeelValue date)
{
    LongDate day = long_date_from_days(date.at.day);

    return (int)(date.at.day - long_date_to_days((LongDate){day.year, 1, 1})) + 1;
}

int moment_week_of_year(FeelValue date)
{
    /* The week belongs to the year of its Thursday. */
    FeelValue thursday = moment_date(date.at.day + 4 - moment_weekday(date));

    return (moment_day_of_year(thursday) - 1) / 7 + 1;
}

static bool has_date(FeelTypeKind kind)
{
    return kind == FEEL_DATE || kind == FEEL_DATE_TIME;
}

static bool has_clock(FeelTypeKind kind)
{
    return kind == FEEL_TIME || kind == FEEL_DATE_TIME;
}

const FeelType *moment_property_type(FeelTypeKind kind, Str name)
{
    static const char *const date[] = {"year", "month", "day", "weekday", NULL};
    static const char *const clock[] = {"hour", "minute", "second", NULL};
    static const char *const days[] = {"days", "hours", "minutes", "seconds", NULL};
    static const char *const months[] = {"years", "months", NULL};
    const char *const *lists[2] = {has_date(kind)                 ? date
                                   : kind == FEEL_DAYS_DURATION   ? days
                                   : kind == FEEL_MONTHS_DURATION ? months
                                                                  : NULL,
                                   has_clock(kind) ? clock : NULL};

    for (int i = 0; i < 2; i++)
        for (const char *const *property = lists[i]; property && *property; property++)
            if (str_is(name, *property))
                return feel_type(FEEL_NUMBER);
    if (has_clock(kind) && str_is(name, "time offset"))
        return feel_type(FEEL_DAYS_DURATION);
    if (has_clock(kind) && str_is(name, "timezone"))
        return feel_type(FEEL_STRING);
    return NULL;
}

static FeelValue second_of(int64_t nanos)
{
    Number whole = number_from_i64(nanos / NANOS_PER_SECOND % 60);
    Number fraction, sum;

    if (nanos % NANOS_PER_SECOND == 0 ||
        !number_divide(number_from_i64(nanos % NANOS_PER_SECOND), number_from_i64(NANOS_PER_SECOND),
                       &fraction) ||
        !number_add(whole, fraction, &sum))
        return value_number(whole);
    return value_number(sum);
}

static FeelValue clock_property(FeelValue value, Str name)
{
    int64_t seconds = value.at.nanos / NANOS_PER_SECOND;

    if (str_is(name, "hour"))
        return value_i64(seconds / 3600);
    if (str_is(name, "minute"))
        return value_i64(seconds / 60 % 60);
    if (str_is(name, "second"))
        return second_of(value.at.nanos);
    if (str_is(name, "timezone"))
        return value.zone_kind == ZONE_NAMED ? value_string(str_c(value.zone)) : VALUE_NULL;
    if (value.zone_kind == ZONE_NONE)
        return VALUE_NULL;
    return (FeelValue){.kind = FEEL_DAYS_DURATION, .nanos = (Nanos)value.offset * NANOS_PER_SECOND};
}

/* Parts of a negative duration are negative. */
static FeelValue duration_property(FeelValue value, Str name)
{
    if (value.kind == FEEL_MONTHS_DURATION)
        return value_i64(str_is(name, "years") ? value.months / 12 : value.months % 12);
    int64_t rest = (int64_t)(value.nanos % NANOS_PER_DAY);
    if (str_is(name, "days"))
        return value_i64((int64_t)(value.nanos / NANOS_PER_DAY));
    if (str_is(name, "hours"))
        return value_i64(rest / NANOS_PER_SECOND / 3600);
    if (str_is(name, "minutes"))
        return value_i64(rest / NANOS_PER_SECOND / 60 % 60);
    return second_of(rest);
}

bool moment_property(FeelValue value, Str name, FeelValue *out)
{
    if (!moment_property_type(value.kind, name))
        return false;
    if (value.kind == FEEL_DAYS_DURATION || value.kind == FEEL_MONTHS_DURATION) {
        *out = duration_property(value, name);
        return true;
    }
    LongDate day = long_date_from_days(value.at.day);
    if (has_date(value.kind) && str_is(name, "year"))
        *out = value_i64(day.year);
    else if (has_date(value.kind) && str_is(name, "month"))
        *out = value_i64(day.month);
    else if (has_date(value.kind) && str_is(name, "day"))
        *out = value_i64(day.day);
    else if (has_date(value.kind) && str_is(name, "weekday"))
        *out = value_i64(moment_weekday(value));
    else
        *out = clock_property(value, name);
    return true;
}
