/* SPDX-License-Identifier: EUPL-1.2 */
/* Functions that make and take apart dates and times (10.3.4.1, 10.3.4.7, 10.3.4.8). */
#include "feel/builtin.h"

#include "feel/moment.h"

static FeelValue code_date_of_text(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue result;

    (void)e, (void)count;
    return moment_parse_date(args[0].string, &result) ? result : VALUE_NULL;
}

static FeelValue code_date_of_moment(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)e, (void)count;
    return moment_date(args[0].at.day);
}

static bool take_integers(const FeelValue *args, size_t count, int64_t *out)
{
    for (size_t i = 0; i < count; i++)
        if (!number_truncate_i64(args[i].number, &out[i]))
            return false;
    return true;
}

static FeelValue code_date_of_parts(FeelEval *e, const FeelValue *args, size_t count)
{
    int64_t part[3], day;

    (void)e, (void)count;
    if (!take_integers(args, 3, part) || !day_join(part[0], part[1], part[2], &day))
        return VALUE_NULL;
    return moment_date(day);
}

static FeelValue code_time_of_text(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue result;

    (void)count;
    if (moment_parse_time(e->arena, args[0].string, &result))
        return result;
    /* The time of a date and time given as text (10.3.4.1). */
    if (!moment_parse_date_time(e->arena, args[0].string, &result) ||
        str_find_char(args[0].string, 'T') < 0)
        return VALUE_NULL;
    result.kind = FEEL_TIME;
    result.at.day = 0;
    return result;
}

static FeelValue code_time_of_moment(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue result = args[0];

    (void)e, (void)count;
    result.kind = FEEL_TIME;
    result.at.day = 0;
    return result;
}

static FeelValue code_time_of_time(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)e, (void)count;
    return args[0];
}

/* Nanoseconds of hours, minutes and seconds with a fraction. */
static bool clock_of(const FeelValue *args, int64_t *nanos)
{
    int64_t part[3], fraction;
    Number rest;

    if (!take_integers(args, 3, part) || part[0] < 0 || part[0] > 23 || part[1] < 0 ||
        part[1] > 59 || part[2] < 0 || part[2] > 59 || number_is_negative(args[2].number))
        return false;
    if (!number_subtract(args[2].number, number_from_i64(part[2]), &rest) ||
        !number_multiply(rest, number_from_i64(NANOS_PER_SECOND), &rest) ||
        !number_truncate_i64(rest, &fraction))
        return false;
    *nanos = ((part[0] * 60 + part[1]) * 60 + part[2]) * NANOS_PER_SECOND + fraction;
    return true;
}

static bool apply_offset(FeelValue *value, FeelValue offset)
{
    if (offset.kind == FEEL_NULL)
        return true;
    if (offset.nanos > NANOS_PER_DAY || offset.nanos < -NANOS_PER_DAY)
        return false;
    return moment_set_offset(value, (int64_t)(offset.nanos / NANOS_PER_SECOND));
}

static FeelValue code_time_of_parts(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue result = {.kind = FEEL_TIME};

    (void)e;
    if (!clock_of(args, &result.at.nanos) || (count > 3 && !apply_offset(&result, args[3])))
        return VALUE_NULL;
    return result;
}

static FeelValue code_date_time_of_text(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue result;

    (void)count;
    return moment_parse_date_time(e->arena, args[0].string, &result) ? result : VALUE_NULL;
}

static FeelValue code_date_time_of_both(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue result = args[1];

    (void)count;
    result.kind = FEEL_DATE_TIME;
    result.at.day = args[0].at.day;
    if (result.zone_kind == ZONE_NAMED && !moment_set_zone(e->arena, &result, str_c(args[1].zone)))
        return VALUE_NULL;
    return result;
}

/* The same moment on the clocks of a zone. */
static FeelValue code_date_time_in_zone(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue result = args[0], utc = args[0];
    FeelValue offset = {.kind = FEEL_DAYS_DURATION};

    (void)count;
    if (args[0].zone_kind == ZONE_NONE)
        return moment_set_zone(e->arena, &result, args[1].string) ? result : VALUE_NULL;
    offset.nanos = -(Nanos)args[0].offset * NANOS_PER_SECOND;
    utc.zone_kind = ZONE_NONE;
    FeelValue start = {.kind = FEEL_DATE_TIME, .zone_kind = ZONE_OFFSET};
    FeelValue passed = {.kind = FEEL_DAYS_DURATION};
    if (!moment_add(utc, offset, 1, &utc))
        return VALUE_NULL;
    utc.zone_kind = ZONE_OFFSET;
    utc.offset = 0;
    /* From 1970 in that zone as much time passes as in UTC. */
    if (!moment_set_zone(e->arena, &start, args[1].string) ||
        !moment_difference(utc, start, &passed.nanos) || !moment_add(start, passed, 1, &result))
        return VALUE_NULL;
    return result;
}

static FeelValue code_date_time_of_parts(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue date = code_date_of_parts(e, args, 3);
    FeelValue result = {.kind = FEEL_DATE_TIME};

    if (date.kind != FEEL_DATE || !clock_of(args + 3, &result.at.nanos))
        return VALUE_NULL;
    result.at.day = date.at.day;
    if (count <= 6)
        return result;
    if (args[6].kind == FEEL_STRING)
        return moment_set_zone(e->arena, &result, args[6].string) ? result : VALUE_NULL;
    return apply_offset(&result, args[6]) ? result : VALUE_NULL;
}

static FeelValue code_today(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)args, (void)count;
    return moment_date(date_to_days(e->env->today));
}

static FeelValue code_now(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)args, (void)count;
    return moment_now(e->env->now);
}

static FeelValue code_is(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)count;
    eval_steps(e, value_weight(&args[0]));
    return value_boolean(value_same(args[0], args[1]));
}

static FeelValue code_day_of_year(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)e, (void)count;
    return value_i64(moment_day_of_year(args[0]));
}

static FeelValue code_day_of_week(FeelEval *e, const FeelValue *args, size_t count)
{
    static const char *const names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};

    (void)e, (void)count;
    return value_string(str_c(names[moment_weekday(args[0]) - 1]));
}

static FeelValue code_month_of_year(FeelEval *e, const FeelValue *args, size_t count)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

    (void)e, (void)count;
    return value_string(str_c(names[long_date_from_days(args[0].at.day).month - 1]));
}

static FeelValue code_week_of_year(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)e, (void)count;
    return value_i64(moment_week_of_year(args[0]));
}

#define YEAR_MONTH_DAY                               \
    {"year", PARAM_NUMBER}, {"month", PARAM_NUMBER}, \
    {                                                \
        "day", PARAM_NUMBER                          \
    }
#define HOUR_MINUTE_SECOND                            \
    {"hour", PARAM_NUMBER}, {"minute", PARAM_NUMBER}, \
    {                                                 \
        "second", PARAM_NUMBER                        \
    }
#define OF_DAY                \
    {                         \
        {                     \
            "date", PARAM_DAY \
        }                     \
    }

const Builtin BUILTIN_DATE[] = {
    {"date", code_date_of_text, RESULT_DATE, 1, 1, {{"from", PARAM_STRING}}},
    {"date", code_date_of_moment, RESULT_DATE, 1, 1, {{"from", PARAM_DAY}}},
    {"date", code_date_of_parts, RESULT_DATE, 3, 3, {YEAR_MONTH_DAY}},
    {"time", code_time_of_text, RESULT_TIME, 1, 1, {{"from", PARAM_STRING}}},
    {"time", code_time_of_time, RESULT_TIME, 1, 1, {{"from", PARAM_TIME}}},
    {"time", code_time_of_moment, RESULT_TIME, 1, 1, {{"from", PARAM_DATE_TIME}}},
    {"time",
     code_time_of_parts,
     RESULT_TIME,
     3,
     4,
     {HOUR_MINUTE_SECOND, {"offset", PARAM_DAYS_OR_NULL}}},
    {"date and time", code_date_time_of_text, RESULT_DATE_TIME, 1, 1, {{"from", PARAM_STRING}}},
    {"date and time",
     code_date_time_of_both,
     RESULT_DATE_TIME,
     2,
     2,
     {{"date", PARAM_DAY}, {"time", PARAM_TIME}}},
    {"date and time",
     code_date_time_in_zone,
     RESULT_DATE_TIME,
     2,
     2,
     {{"date", PARAM_DATE_TIME}, {"timezone", PARAM_STRING}}},
    {"date and time",
     code_date_time_of_parts,
     RESULT_DATE_TIME,
     6,
     7,
     {YEAR_MONTH_DAY, HOUR_MINUTE_SECOND, {"offset", PARAM_DAYS_OR_NULL}}},
    {"date and time",
     code_date_time_of_parts,
     RESULT_DATE_TIME,
     7,
     7,
     {YEAR_MONTH_DAY, HOUR_MINUTE_SECOND, {"timezone", PARAM_STRING}}},
    {"today", code_today, RESULT_DATE, 0, 0, {{NULL, PARAM_ANY}}},
    {"now", code_now, RESULT_DATE_TIME, 0, 0, {{NULL, PARAM_ANY}}},
    {"is", code_is, RESULT_BOOLEAN, 2, 2, {{"value1", PARAM_ANY}, {"value2", PARAM_ANY}}},
    {"day of year", code_day_of_year, RESULT_NUMBER, 1, 1, OF_DAY},
    {"day of week", code_day_of_week, RESULT_STRING, 1, 1, OF_DAY},
    {"month of year", code_month_of_year, RESULT_STRING, 1, 1, OF_DAY},
    {"week of year", code_week_of_year, RESULT_NUMBER, 1, 1, OF_DAY},
    {.name = NULL},
};
